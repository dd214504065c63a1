"""Files as a plant would bring them, built in memory."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from mes.exchange.reading import Table

DATA = Path(__file__).parent.parent / "data"


def workbook(
    rows: Iterable[Sequence[object]], more: Callable[[xlsxwriter.Workbook, Worksheet], None] | None = None
) -> bytes:
    """A workbook with one sheet of these rows; ``more`` may write on."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("품목")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if more:
        more(book, sheet)
    book.close()
    return out.getvalue()


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def table(headings: str, *rows: str, name: str = "file.csv", above: str = "") -> Table:
    """A table from lines with ``|`` between the cells."""
    return Table(
        name=name,
        headings=headings.split("|"),
        heading_row=1,
        rows=[(number, row.split("|")) for number, row in enumerate(rows, 2)],
        above=[(1, above.split("|"))] if above else [],
        encoding="utf-8",
    )
