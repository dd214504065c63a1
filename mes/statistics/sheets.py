"""A table of readings as text: which row is the heading, which column is what, and the number in a cell.

A blank cell is a missing reading, and so is a blank row amid a single column. Everything else must be a number; it is
refused with its row rather than guessed.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import category, normalize

from mes.core.i18n import N_, _
from mes.statistics.sheet_errors import CellBlank, ColumnMissing, NoRowsInside, ReadingUnreadable, RowTooLong
from mes.statistics.values import Reading, measured

#: What a column may be called, in lower case and without blanks.
NAMES: Mapping[str, tuple[str, ...]] = {
    "subgroup": (
        "subgroup", "sample", "group", "sampleno", "subgroupno",
        "부분군", "시료군", "시료", "군", "군번호", "시료번호",
    ),
    "value": ("value", "reading", "measurement", "measured", "result", "x", "측정값", "측정치", "값", "데이터", "data"),
    "found": (
        "found", "defects", "defectives", "defective", "nonconforming", "nonconformities", "count", "np", "c",
        "불량수", "불량", "결점수", "결점", "부적합수", "부적합", "부적합품수",
    ),
    "size": (
        "size", "n", "inspected", "samplesize", "units", "검사수", "검사수량", "시료수", "시료크기", "시료의크기",
        "수량",
    ),
    "part": (
        "part", "parts", "partno", "piece", "item", "sample", "부품", "시료", "파트", "제품", "부품번호", "시료번호",
    ),
    "operator": (
        "operator", "appraiser", "inspector", "person", "작업자", "측정자", "평가자", "검사자", "검사원", "오퍼레이터",
    ),
    "trial": ("trial", "run", "repeat", "replicate", "round", "회차", "차수", "반복", "회", "측정회차", "시행"),
    "rating": ("rating", "decision", "verdict", "result", "value", "판정", "판정결과", "결과", "평가"),
    "reference": (
        "reference", "ref", "standard", "master", "true", "truevalue", "기준", "기준값", "참값", "표준", "기준판정",
        "마스터",
    ),
}  # fmt: skip
#: The same in the reader's language, for refusals.
COLUMNS = {
    "subgroup": N_("subgroup"),
    "value": N_("measured value"),
    "found": N_("number found"),
    "size": N_("number inspected"),
    "part": N_("part"),
    "operator": N_("operator"),
    "trial": N_("trial"),
    "rating": N_("decision"),
    "reference": N_("reference value"),
}
#: Columns that say when and where, and are never readings.
LABELS = frozenset(
    (
        "no", "no.", "#", "number", "id", "date", "time", "datetime", "day", "shift", "lot", "machine", "comment",
        "note", "trial", "phase", "번호", "순번", "일자", "날짜", "시간", "일시", "시각", "로트", "설비", "비고",
        "단계", "근무조",
    )
) | {name for kind in ("subgroup", "operator") for name in NAMES[kind]}  # fmt: skip
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
#: Digits, the letters that are taken for them, points, commas and blanks; or dashes alone.
_GONE_WRONG = re.compile(r"[+-]?[0-9OoIl.,\s]+|[-–—]+")
_LONGEST = 60


@dataclass(frozen=True)
class Sheet:
    """Headings (plain names, empty when there are none) and rows with their numbers in the file."""

    headings: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.headings) or max(len(cells) for _, cells in self.rows)

    def column(self, kind: str) -> int | None:
        """The place of a column by what it is, or by its own heading."""
        wanted = [*NAMES.get(kind, ()), plain(kind)]
        return next((self.headings.index(name) for name in wanted if name in self.headings), None)

    def names_first(self) -> bool:
        """Whether the first column holds names: no number, and nothing that looks like a number gone wrong."""
        cells = [cells[0].strip() for _, cells in self.rows if cells[0].strip()]
        return bool(cells) and not any(_NUMBER.fullmatch(cell) or _GONE_WRONG.fullmatch(cell) for cell in cells)

    def needed(self, kind: str) -> int:
        """The place of a column that must be there. Raises ColumnMissing."""
        place = self.column(kind)
        if place is None:
            raise ColumnMissing(column=called(kind), choices=", ".join(NAMES.get(kind, (kind,))))
        return place


def sheet(rows: Sequence[Sequence[str]]) -> Sheet:
    """Rows as a file holds them, numbered from 1. Raises NoRowsInside, RowTooLong.

    The first row is the heading when none of its cells is a number, or one of them is a heading that is known.
    """
    filled = [(number, _trimmed(cells)) for number, cells in enumerate(rows, 1)]
    filled = [(number, cells) for number, cells in filled if cells]
    headings: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    if filled and _is_heading(filled[0][1]):
        titles = tuple(cell.strip() for cell in filled[0][1])
        headings = tuple(plain(cell) for cell in titles)
        filled = filled[1:]
    if not filled:
        raise NoRowsInside
    expected = len(headings) or _usual_width([cells for _, cells in filled])
    for number, cells in filled:
        if len(cells) > expected:
            raise RowTooLong(row=str(number), found=str(len(cells)), expected=str(expected))
    if expected == 1:
        filled = _with_gaps(filled)
    return Sheet(headings, titles, tuple((number, tuple(cells)) for number, cells in filled))


def _with_gaps(filled: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """A blank row amid a single column is a reading that is missing, unless so many are blank that they only space."""
    first, last = filled[0][0], filled[-1][0]
    if 2 * (last - first + 1 - len(filled)) >= len(filled):
        return filled
    there = dict(filled)
    return [(number, there.get(number, [""])) for number in range(first, last + 1)]


def called(kind: str) -> str:
    """A column as the reader calls it; a column of the plant's own stays as it is."""
    return _(COLUMNS[kind]) if kind in COLUMNS else kind


def plain(heading: str) -> str:
    """A heading as it is compared: no blanks, no brackets with units, lower case."""
    text = re.sub(r"[(\[].*?[)\]]", "", normalize("NFKC", heading))
    return re.sub(r"[\s_\-]", "", text).lower()


def number(cells: Sequence[str], place: int, row: int) -> Reading:
    """The number in a cell; None when it is blank or not there. ``10²`` is none. Raises ReadingUnreadable."""
    text = cells[place].strip() if place < len(cells) else ""
    if not text:
        return None
    written = normalize("NFKC", text).replace("−", "-")
    if not _NUMBER.fullmatch(written) or len(written) > _LONGEST or any(category(letter) == "No" for letter in text):
        raise ReadingUnreadable(row=str(row), value=text[:40])
    return measured([Decimal(written)])[0]


def word(cells: Sequence[str], place: int, row: int, column: str) -> str:
    """The word in a cell. Raises CellBlank."""
    text = cells[place].strip() if place < len(cells) else ""
    if not text:
        raise CellBlank(row=str(row), column=called(column))
    return text


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Without the empty cells that Excel leaves at the end of a row."""
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have; the wider of two that are equally frequent."""
    widths = Counter(len(cells) for cells in rows)
    return max(widths, key=lambda width: (widths[width], width))


def _is_heading(cells: Sequence[str]) -> bool:
    names = [plain(cell) for cell in cells]
    known = LABELS.union(*NAMES.values())
    return any(name in known for name in names) or not any(_NUMBER.fullmatch(cell.strip()) for cell in cells)
