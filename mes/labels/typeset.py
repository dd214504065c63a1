"""Setting a text into its field: as large as the layout wants, shrunk if need be, then cut with an ellipsis.

All lengths are printer dots. Whole words stay whole while that costs at most a quarter of the size.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mes.labels.fonts import ELLIPSIS, EM, face

#: Height of a single line and distance between two, in ems; wide enough for Vietnamese capitals.
LINE = 1.25
PITCH = 1.2
#: From the baseline to the optical middle of Hangul, capitals and digits, in ems.
MIDDLE = 0.37
#: Long codes may be parted after these.
_PARTS_AFTER = "-/,·"


class Setting(NamedTuple):
    """A text that fits: its size and, line by line, its words and their width in dots; whether some is missing."""

    size: int
    lines: tuple[tuple[str, int], ...]
    cut: bool = False


@lru_cache(maxsize=8192)
def set_text(weight: str, text: str, width: int, height: int, largest: int, smallest: int, most_lines: int) -> Setting:
    """The largest setting of a printable text in a field of ``width`` x ``height``, in at most ``most_lines``.

    What does not fit at the smallest size is cut and ends with an ellipsis.
    """
    largest = max(smallest, min(largest, int(height / LINE)))
    if most_lines == 1:
        return _set_line(weight, text, width, largest, smallest)
    whole_from = max(smallest, largest * 3 // 4)
    for floor, split in ((whole_from, False), (smallest, True)):
        for size in range(largest, floor - 1, -1):
            rows = list(_broken(weight, text, width * EM / size, split))
            if len(rows) <= rows_in(height, size, most_lines) and (split or _all_within(weight, rows, width, size)):
                return _setting(weight, rows, size)
    hard = list(_broken(weight, text, width * EM / smallest, split=True, anywhere=True))
    if len(hard) <= rows_in(height, smallest, most_lines):  # parted in the middle of a group, but all of it is there
        return _setting(weight, hard, smallest)
    return _cut(weight, text, width, smallest, rows_in(height, smallest, most_lines))


def rows_in(height: int, size: int, most_lines: int = 1000) -> int:
    """How many lines of a size stand in a height, at least one."""
    return max(1, min(most_lines, 1 + int((height - LINE * size) / (PITCH * size))))


def _set_line(weight: str, text: str, width: int, largest: int, smallest: int) -> Setting:
    units = face(weight).width(text)
    size = largest if units * largest <= width * EM else int(width * EM / units)
    if size < smallest:
        return _cut(weight, text, width, smallest, 1)
    return Setting(size, ((text, round(units * size / EM)),))


def _setting(weight: str, rows: list[str], size: int) -> Setting:
    measure = face(weight).width
    return Setting(size, tuple((row, round(measure(row) * size / EM)) for row in rows))


def _all_within(weight: str, rows: list[str], width: int, size: int) -> bool:
    measure = face(weight).width
    return all(measure(row) * size <= width * EM for row in rows)


def _broken(weight: str, text: str, limit: float, split: bool, anywhere: bool = False) -> Iterator[str]:
    """Rows no wider than the limit; without ``split`` a word wider than that stands alone and sticks out. A split
    word is parted after a hyphen or the like if one is near, ``anywhere`` at the last letter that fits."""
    measure = face(weight).width
    row = ""
    for word in text.split(" "):
        longer = f"{row} {word}" if row else word
        if measure(longer) <= limit:
            row = longer
            continue
        if row and not (split and measure(word) > limit):
            yield row
            longer = word
        while split and measure(longer) > limit:
            head = _head(weight, longer, limit, anywhere)
            yield longer[:head].rstrip()
            longer = longer[head:].lstrip()
        row = longer
    yield row


def _head(weight: str, text: str, limit: float, anywhere: bool) -> int:
    """How many characters of a too long text stand in one row, ending after a hyphen or the like if near."""
    fits = max(1, _fitting(weight, text, limit))
    if anywhere:
        return fits
    for end in range(fits, fits * 2 // 3, -1):
        if text[end - 1] in _PARTS_AFTER:
            return end
    return fits


def _fitting(weight: str, text: str, limit: float) -> int:
    measure = face(weight).width
    used = 0.0
    for count, character in enumerate(text):
        used += measure(character)
        if used > limit:
            return count
    return len(text)


def _cut(weight: str, text: str, width: int, size: int, most_lines: int) -> Setting:
    limit = width * EM / size
    rows = list(_broken(weight, text, limit, split=True))
    if len(rows) > most_lines:
        rest = " ".join(rows[most_lines - 1 :])
        room = _fitting(weight, rest, limit - face(weight).width(ELLIPSIS))
        rows = [*rows[: most_lines - 1], rest[:room].rstrip() + ELLIPSIS]
    return _setting(weight, rows, size)._replace(cut=True)
