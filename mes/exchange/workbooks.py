"""XLSX workbooks as text: codes, dates, shares and errors as a person sees them in Excel.

The reader behind this (calamine) is fast but trusts its input. It is given a fresh archive that holds nothing
but parts that ``archives`` has checked.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from mes.exchange.archives import (
    CELLS_LIMIT,
    check_extent,
    checked_parts,
    column_number,
    row_number,
    sheet_parts,
    xml_tree,
)
from mes.exchange.errors import SheetNotFound, TableTooLarge, WorkbookIsDamaged
from mes.exchange.parsing import NOT_CALCULATED

_ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^<>]*\bt="e")[^<>]*?\br="([A-Z]+)([0-9]+)"[^<>]*>"""
    rb"""(?:<(?:\w+:)?f[^<>]*>(?:[^<]*</(?:\w+:)?f>)?)?<(?:\w+:)?v>([^<]{1,20})</"""
)
_STYLED_CELL = re.compile(rb"""<(?:\w+:)?c\s(?=[^<>]*\br="([A-Z]+)([0-9]+)")[^<>]*?\bs="([0-9]+)"[^<>]*>""")
#: A formula without a result: what Excel shows there is in no file. An empty text (t="str") is a result.
_UNCALCULATED_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?![^<>]*\bt="str")(?=[^<>]*\br="([A-Z]+)([0-9]+)")[^<>]*[^/<>]>\s*"""
    rb"""<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_ZEROS = re.compile(r"0{2,}(?:;@)?")

Shape = Callable[[float], str]
#: Cells by their row in Excel and the place of their column.
Cells = frozenset[tuple[int, int]]


class Workbook:
    """A checked workbook: ``sheets`` are its visible sheets in order, ``rows`` gives one as text.

    Any fault of the file is a ``FileRefused``.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._parts = checked_parts(name, data)
        self._sheets = sheet_parts(name, self._parts)
        #: Cells of the sheets read so far that show the text of the cell above, with which they are merged.
        self.merged: dict[str, Cells] = {}

    @property
    def sheets(self) -> list[str]:
        """The names of the visible sheets."""
        return list(self._sheets)

    def rows(self, sheet: str) -> list[list[str]]:
        """The cells of a sheet; a row's place in the list is its row in Excel less one.

        Cells merged downwards show their text in every row, as a person reads them.
        """
        if sheet not in self._sheets:
            raise SheetNotFound(name=self.name, sheet=sheet, sheets=", ".join(self._sheets))
        rows, self.merged[sheet] = _rows_of(self.name, self._parts, sheet, self._sheets[sheet])
        return rows


@contextmanager
def _faults_mean_damage(name: str) -> Iterator[None]:
    """Whatever stops the reader means a damaged file; its panics are no ``Exception``, hence the wide net."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as fault:
        raise WorkbookIsDamaged(name=name) from fault


def _rows_of(name: str, parts: dict[str, bytes], title: str, part: str) -> tuple[list[list[str]], Cells]:
    check_extent(name, parts[part])
    archive = _fresh_archive(parts, part)
    with _faults_mean_damage(name):
        from python_calamine import CalamineWorkbook  # a megabyte that most days need not

        sheet = CalamineWorkbook.from_filelike(archive).get_sheet_by_name(title)
        cells: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    rows = [[cell if cell.__class__ is str else as_text(cell) for cell in row] for row in cells]
    _restore_shown_numbers(rows, cells, parts[part], _shapes(name, parts))
    _restore_errors(rows, parts[part])
    _mark_uncalculated(rows, parts[part])
    return rows, _fill_down(name, rows, merged)


def _fresh_archive(parts: dict[str, bytes], part: str) -> io.BytesIO:
    """An archive of the checked parts only, without the other sheets.

    Lightly packed: the reader takes its input byte by byte, which costs more than unpacking.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as fresh:
        for path, content in parts.items():
            if path == part or not path.startswith("xl/worksheets/"):
                fresh.writestr(path, content)
    archive.seek(0)
    return archive


def as_text(cell: object) -> str:
    """A cell's value as text: whole numbers without ``.0``, dates as ISO, yes/no as TRUE/FALSE.

    Excel keeps 15 digits. A longer number has lost digits already and is written with its power of ten, so
    that it is refused as a code instead of coming in wrong.
    """
    if isinstance(cell, float):
        return _number_text(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(" ")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)


def _number_text(number: float) -> str:
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.15G}"
    return format(Decimal(text), "f") if "E-" in text else text


def _shapes(name: str, parts: dict[str, bytes]) -> dict[bytes, Shape]:
    """Cell styles under which a number shows as something else that matters: 00123 and 5%."""
    styles = parts.get("xl/styles.xml", b"")
    if (
        b'formatCode="00' not in styles
        and b"%" not in styles
        and b'numFmtId="9"' not in styles
        and (b'numFmtId="10"' not in styles)
    ):
        return {}
    tree = xml_tree(name, styles)
    formats = {"9": "0%", "10": "0.00%"}
    formats |= {entry.get("numFmtId", ""): entry.get("formatCode", "") for entry in tree.iterfind(".//{*}numFmt")}
    shapes: dict[bytes, Shape] = {}
    for number, style in enumerate(tree.iterfind("{*}cellXfs/{*}xf")):
        code = formats.get(style.get("numFmtId", ""), "")
        if _ZEROS.fullmatch(code):
            shapes[str(number).encode()] = partial(_with_zeros, width=code.count("0"))
        elif code.endswith("%"):
            shapes[str(number).encode()] = _as_percent
    return shapes


def _with_zeros(number: float, width: int) -> str:
    return as_text(number).zfill(width)


def _as_percent(number: float) -> str:
    return as_text(float(f"{number * 100:.12g}")) + "%"


def _restore_shown_numbers(
    rows: list[list[str]], cells: list[list[Any]], xml: bytes, shapes: dict[bytes, Shape]
) -> None:
    if not shapes:
        return
    for found in _STYLED_CELL.finditer(xml):
        shape = shapes.get(found[3])
        if shape is None:
            continue
        row, column = row_number(found[2]) - 1, column_number(found[1]) - 1
        if row < len(rows) and column < len(rows[row]) and isinstance(cells[row][column], float):
            rows[row][column] = shape(cells[row][column])


def _restore_errors(rows: list[list[str]], xml: bytes) -> None:
    """Failed formulas read as blank; put their names back, so that nobody takes them for an empty cell."""
    if b't="e"' not in xml:
        return
    for found in _ERROR_CELL.finditer(xml):
        row, column = row_number(found[2]) - 1, column_number(found[1]) - 1
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = found[3].decode("utf-8", "replace")


def _mark_uncalculated(rows: list[list[str]], xml: bytes) -> None:
    """Formulas without a result read as blank, where a person sees a value in Excel."""
    if b"f>" not in xml and b"<f" not in xml:
        return
    for found in _UNCALCULATED_CELL.finditer(xml):
        row, column = row_number(found[2]) - 1, column_number(found[1]) - 1
        if row < len(rows) and column < len(rows[row]) and not rows[row][column]:
            rows[row][column] = NOT_CALCULATED


def _fill_down(name: str, rows: list[list[str]], merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> Cells:
    """Show the text of merged cells in every row; gives those that show that of the cell above."""
    work = sum(last - first for (first, _), (last, _) in merged)
    if work > CELLS_LIMIT:
        raise TableTooLarge(name=name, limit=CELLS_LIMIT)
    filled: set[tuple[int, int]] = set()
    for (first, column), (last, _) in merged:
        if last > first and first < len(rows) and column < len(rows[first]):
            for number, row in enumerate(rows[first + 1 : last + 1], first + 2):
                if rows[first][column] and not row[column]:
                    row[column] = rows[first][column]
                    filled.add((number, column))
    return frozenset(filled)
