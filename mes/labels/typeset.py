"""Setting a text into its field: as large as the layout wants, shrunk if need be, then cut with an ellipsis.

All lengths are printer dots. Whole words stay whole while that costs at most a quarter of the size.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mes.core.fonts import EM
from mes.core.letters import clusters, is_tall, pieces
from mes.labels.fonts import ELLIPSIS, face

#: Height of a single line and distance between two, in ems; wide enough for Vietnamese capitals.
LINE = 1.25
PITCH = 1.2
#: The same for letters with signs above and below them: Khmer, Burmese, Thai, Nepali.
TALL_LINE = 1.5
TALL_PITCH = 1.45
#: From the baseline to the optical middle of Hangul, capitals and digits, in ems.
MIDDLE = 0.37
TALL_MIDDLE = 0.27
#: Long codes may be parted after these.
_PARTS_AFTER = "-/,·"


class Setting(NamedTuple):
    """A text that fits: its size and, line by line, its words and their width in dots; whether some is missing; from
    one line to the next, in ems."""

    size: int
    lines: tuple[tuple[str, int], ...]
    cut: bool = False
    pitch: float = PITCH


@lru_cache(maxsize=8192)
def set_text(weight: str, text: str, width: int, height: int, largest: int, smallest: int, most_lines: int) -> Setting:
    """The largest setting of a printable text in a field of ``width`` x ``height``, in at most ``most_lines``.

    What does not fit at the smallest size is cut and ends with an ellipsis.
    """
    tall = is_tall(text)
    largest = max(smallest, min(largest, int(height / (TALL_LINE if tall else LINE))))
    if most_lines == 1:
        return _set_line(weight, text, width, largest, smallest)
    whole_from = max(smallest, largest * 3 // 4)
    for floor, split in ((whole_from, False), (smallest, True)):
        for size in range(largest, floor - 1, -1):
            rows = list(_broken(weight, text, width * EM / size, split))
            if len(rows) <= rows_in(height, size, most_lines, tall) and (
                split or _all_within(weight, rows, width, size)
            ):
                return _setting(weight, rows, size)
    hard = list(_broken(weight, text, width * EM / smallest, split=True, anywhere=True))
    most = rows_in(height, smallest, most_lines, tall)
    if len(hard) <= most:  # parted in the middle of a group, but all of it is there
        return _setting(weight, hard, smallest)
    return _cut(weight, text, width, smallest, most)


def rows_in(height: int, size: int, most_lines: int = 1000, tall: bool = False) -> int:
    """How many lines of a size stand in a height, at least one."""
    line, pitch = (TALL_LINE, TALL_PITCH) if tall else (LINE, PITCH)
    return max(1, min(most_lines, 1 + int((height - line * size) / (pitch * size))))


def _set_line(weight: str, text: str, width: int, largest: int, smallest: int) -> Setting:
    units = face(weight).width(text)
    size = largest if units * largest <= width * EM else int(width * EM / units)
    if size < smallest:
        return _cut(weight, text, width, smallest, 1)
    return Setting(size, ((text, round(units * size / EM)),))


def _setting(weight: str, rows: list[str], size: int) -> Setting:
    measure = face(weight).width
    pitch = TALL_PITCH if any(map(is_tall, rows)) else PITCH
    return Setting(size, tuple((row, round(measure(row) * size / EM)) for row in rows), pitch=pitch)


def _all_within(weight: str, rows: list[str], width: int, size: int) -> bool:
    measure = face(weight).width
    return all(measure(row) * size <= width * EM for row in rows)


def _broken(weight: str, text: str, limit: float, split: bool, anywhere: bool = False) -> Iterator[str]:
    """Rows no wider than the limit; without ``split`` a word wider than that stands alone and sticks out. A split
    word is parted after a hyphen or the like if one is near, ``anywhere`` at the last letter that fits."""
    measure = face(weight).width
    row = ""
    for word in pieces(text):
        longer = row + word
        if measure(longer.rstrip()) <= limit:
            row = longer
            continue
        if row and not (split and measure(word.rstrip()) > limit):
            yield row.rstrip()
            longer = word
        while split and measure(longer.rstrip()) > limit:
            head = _head(weight, longer, limit, anywhere)
            yield longer[:head].rstrip()
            longer = longer[head:].lstrip()
        row = longer
    yield row.rstrip()


def _head(weight: str, text: str, limit: float, anywhere: bool) -> int:
    """How many characters of a too long text stand in one row, ending after a hyphen or the like if near; a letter
    keeps its signs."""
    fits = _fitting(weight, text, limit) or len(clusters(text)[0])
    if anywhere:
        return fits
    for end in range(fits, fits * 2 // 3, -1):
        if text[end - 1] in _PARTS_AFTER:
            return end
    return fits


def _fitting(weight: str, text: str, limit: float) -> int:
    measure = face(weight).width
    used, count = 0.0, 0
    for letter in clusters(text):
        used += measure(letter)
        if used > limit:
            return count
        count += len(letter)
    return len(text)


def _cut(weight: str, text: str, width: int, size: int, most_lines: int) -> Setting:
    limit = width * EM / size
    rows = list(_broken(weight, text, limit, split=True))
    if len(rows) > most_lines:
        rest = " ".join(rows[most_lines - 1 :])
        room = _fitting(weight, rest, limit - face(weight).width(ELLIPSIS))
        rows = [*rows[: most_lines - 1], rest[:room].rstrip() + ELLIPSIS]
    return _setting(weight, rows, size)._replace(cut=True)
