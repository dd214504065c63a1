"""From the bytes of a file to a table of text rows.

``read_table`` is the one door: it looks at the bytes (never at the file's ending), refuses what is no table
in one plain sentence, finds the headings and gives the rows below them as text, each with its row number in
Excel. Use it with ``headings.match_columns`` (which column is what), ``parsing`` and ``choices`` (text to
values) and ``bom_shapes`` (BOM lists to parent/child lines):

    table = read_table(name, data)
    mapping = match_columns("items", table)
    for number, cells in table.rows:
        code = parse_code(mapping.value(cells, "code"))
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mes.exchange.archives import COLUMNS_LIMIT, MEGABYTE
from mes.exchange.delimited import decode, parse_rows
from mes.exchange.errors import (
    FileIsEmpty,
    FileTooLarge,
    HeadingsNotFound,
    NoRowsBelow,
    TooManyColumns,
    TooManyRows,
    WorkbookHasPassword,
    WorkbookIsOldOrLocked,
    WrongKindOfFile,
)
from mes.exchange.headings import heading_score
from mes.exchange.parsing import MERGED
from mes.exchange.workbooks import Cells, Workbook

BYTES_LIMIT = 50 * MEGABYTE
ROWS_LIMIT = 200_000
_HEADINGS_WITHIN = 40
_SURE = 2

_FORMATS = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"BM", "BMP"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3\0", "SQLite"),
    (b"MZ\x90\0", "EXE"),
)
_PAGES = (
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<table", "HTML"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Rows = list[list[str]]


@dataclass(frozen=True)
class Table:
    """What a file says, as text.

    ``rows`` are (row number in Excel, cells); all rows have as many cells as ``headings``, blank rows are
    left out. ``above`` are the rows above the headings (titles, a BOM's top item). ``encoding`` is "xlsx" for
    a workbook, whose visible sheets are in ``sheets``.
    """

    name: str
    headings: list[str]
    heading_row: int
    rows: list[tuple[int, list[str]]]
    above: list[tuple[int, list[str]]]
    encoding: str
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    #: Cells (row, column) that show the text of the cell above, with which they are merged.
    merged: Cells = frozenset()

    def with_doubtful(self, column: int) -> "Table":
        """The same, but what a merged cell of this column says is sure for no row but the first."""
        numbers = {number for number, merged in self.merged if merged == column}
        if not numbers:
            return self
        rows = [
            (number, [*cells[:column], MERGED, *cells[column + 1 :]] if number in numbers else cells)
            for number, cells in self.rows
        ]
        return replace(self, rows=rows)


def read_table(name: str, data: bytes, sheet: str | None = None, kind: str | None = None) -> Table:
    """Read a CSV or XLSX file of at most 50 MB, 200 000 rows and 200 columns.

    Without ``sheet`` the first visible sheet whose headings are known is taken. ``kind`` (a key of
    ``headings.SYNONYMS``) makes sure that headings of that kind are preferred over a title line.
    Whatever the bytes are, the only exception is a ``FileRefused``.
    """
    with without_garbage_collection():
        return _read_table(name, data, sheet, kind)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """A third of the time of a large list would go into looking for garbage among rows that are all kept."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_table(name: str, data: bytes, sheet: str | None, kind: str | None) -> Table:
    if len(data) > BYTES_LIMIT:
        raise FileTooLarge(name=name, limit=BYTES_LIMIT // MEGABYTE)
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise FileIsEmpty(name=name)
    _refuse_foreign_formats(name, data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_workbook(name, Workbook(name, data), sheet, kind)
    text, encoding = decode(name, data)
    rows = parse_rows(name, text, ROWS_LIMIT)
    return _table(name, rows, _heading_place(rows, kind), encoding)


def _refuse_foreign_formats(name: str, data: bytes) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise WorkbookHasPassword(name=name)
        kind = _ole_format(data)
        raise WrongKindOfFile(name=name, found=kind) if kind else WorkbookIsOldOrLocked(name=name)
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    found = next((word for mark, word in _FORMATS if data.startswith(mark)), None)
    found = found or next((word for mark, word in _PAGES if head.startswith(mark)), None)
    if (found == "BMP" and data[:512].isascii()) or (found == "RIFF" and b"\0" not in data[:64]):
        return
    if found:
        raise WrongKindOfFile(name=name, found=found)


def _ole_format(data: bytes) -> str | None:
    for mark, word in (("Workbook", "XLS"), ("Book", "XLS"), ("WordDocument", "DOC"), ("HwpSummary", "HWP")):
        if mark.encode("utf-16-le") in data:
            return word
    return None


def _read_workbook(name: str, book: Workbook, sheet: str | None, kind: str | None) -> Table:
    """The sheet asked for; else the first with known headings; else the first that may be one."""
    fallback: tuple[str, Rows, int | None] | None = None
    for title in [sheet] if sheet is not None else book.sheets:
        rows = book.rows(title)
        place = _heading_place(rows, kind)
        if place is not None and heading_score(rows[place], kind) >= _SURE:
            return _table(name, rows, place, "xlsx", title, book)
        if rows and (fallback is None or (fallback[2] is None and place is not None)):
            fallback = title, rows, place
    if fallback is None:
        raise FileIsEmpty(name=name)
    title, rows, place = fallback
    return _table(name, rows, place, "xlsx", title, book)


def _heading_place(rows: Rows, kind: str | None) -> int | None:
    """Where the headings are: the row with the most known ones, else the first row of several words."""
    head = rows[:_HEADINGS_WITHIN]
    scores = [heading_score(row, kind) for row in head]
    best = max(scores, default=0)
    if best >= _SURE or (best == 1 and max(_filled(row) for row in head) == 1):
        place = scores.index(best)
        return place + 1 if _is_second_heading_row(head, scores, place) else place
    return next((place for place, row in enumerate(head) if _is_words(row)), None)


def _is_second_heading_row(head: Rows, scores: list[int], place: int) -> bool:
    """Headings over two rows: merged ones show in both, so that the lower row names every column."""
    below = place + 1
    if below >= len(head) or scores[below] < scores[place]:
        return False
    return any(upper and upper == lower for upper, lower in zip(head[place], head[below], strict=False))


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_words(row: list[str]) -> bool:
    words = [cell.strip() for cell in row if cell.strip()]
    return len(words) > 1 and not any(word[0].isdigit() or word[0] in "+-." for word in words)


def _table(
    name: str,
    rows: Rows,
    place: int | None,
    encoding: str,
    sheet: str | None = None,
    book: Workbook | None = None,
) -> Table:
    if not any(any(row) for row in rows):
        raise FileIsEmpty(name=name)
    if place is None:
        raise HeadingsNotFound(name=name)
    headings = rows[place]
    below = [(number, cells) for number, cells in enumerate(rows[place + 1 :], place + 2) if _has_text(cells)]
    if not below:
        raise NoRowsBelow(name=name)
    if len(below) > ROWS_LIMIT:
        raise TooManyRows(name=name, limit=ROWS_LIMIT)
    width = _width(headings, below)
    if width > COLUMNS_LIMIT:
        raise TooManyColumns(name=name, limit=COLUMNS_LIMIT)
    return Table(
        name=name,
        headings=_fit(headings, width),
        heading_row=place + 1,
        rows=[(number, cells if len(cells) == width else _fit(cells, width)) for number, cells in below],
        above=[(number, cells) for number, cells in enumerate(rows[:place], 1) if _has_text(cells)],
        encoding=encoding,
        sheet=sheet,
        sheets=tuple(book.sheets) if book else (),
        merged=book.merged[sheet] if book and sheet else frozenset(),
    )


def _has_text(cells: list[str]) -> bool:
    first = next(filter(None, cells), "")
    return (not first.isspace() and first != "") or any(cell and not cell.isspace() for cell in cells)


def _width(headings: list[str], below: list[tuple[int, list[str]]]) -> int:
    """The last column that holds anything; cells beyond the headings count, so that nothing is lost."""
    width = max((place for place, heading in enumerate(headings, 1) if heading.strip()), default=0)
    for _, cells in below:
        if len(cells) > width:
            filled = (place for place, cell in enumerate(cells, 1) if cell and not cell.isspace())
            width = max(width, *filled)
    return width


def _fit(cells: list[str], width: int) -> list[str]:
    return cells[:width] if len(cells) >= width else cells + [""] * (width - len(cells))
