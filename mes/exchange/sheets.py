"""Writing lists as XLSX and CSV, so that a spreadsheet shows them and never runs them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice

from mes.core.cells import harmless
from mes.core.config import bundled
from mes.core.i18n import _, language
from mes.exchange.choices import parse_choice
from mes.exchange.headings import REQUIRED, match_columns
from mes.exchange.kinds import KINDS
from mes.exchange.reading import read_table
from mes.exchange.words import CHOICE_FIELDS, Cell, heading

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_EXAMPLE_ROWS = 3
#: Rows of one sheet below its headings; Excel has no more.
MOST_ROWS = 1_048_575
#: Digits that a number of a spreadsheet keeps.
_DIGITS = 15
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A list as CSV in UTF-8, which Excel opens by double click; cells that look like formulas are made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_harmless(text) for text in headings])
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: Cell) -> str:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def as_xlsx(sheets: Iterable[Sheet], needed: Sequence[str] = (), made: datetime | None = None) -> bytes:
    """Lists as a workbook, one sheet each: (title, headings, rows). Text is written as text, never as a formula.

    A list that is longer than a sheet goes on in the next one. ``needed`` headings stand out. ``made`` fixes the
    workbook's date.
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    if made:
        book.set_properties({"created": made.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEECE6"})
    must = book.add_format({"bold": True, "bottom": 1, "bg_color": "#D7E4F5"})
    for title, headings, rows in _parted(sheets):
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        widths = [len(text) for text in headings]
        for column, text in enumerate(headings):
            sheet.write_string(0, column, text, must if text in needed else head)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value[:32_000])
                    widths[column] = max(widths[column], min(len(value), 40)) if number < 200 else widths[column]
                elif isinstance(value, Decimal) and len(value.as_tuple().digits) > _DIGITS:
                    sheet.write_string(number, column, f"{value:f}")
                elif value is not None:
                    sheet.write_number(number, column, value)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width * 1.4 + 3)
    book.close()
    return out.getvalue()


def _parted(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    """Lists in parts that a sheet can hold."""
    for title, headings, rows in sheets:
        left, number = iter(rows), 1
        part = list(islice(left, MOST_ROWS))
        while part or number == 1:
            yield _title(title, number), headings, part
            part, number = list(islice(left, MOST_ROWS)), number + 1


def _title(title: str, number: int) -> str:
    """A sheet's title: at most 31 characters, none of those that Excel refuses."""
    behind = f" ({number})" if number > 1 else ""
    plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in title)
    return (plain[: 31 - len(behind)].strip("'") or "1") + behind


def example(kind: str) -> bytes:
    """A file to fill in: headings in the reader's language and a few rows of the sample factory."""
    [file] = (bundled("sample_data") / "food").glob(f"{kind}.*")
    table = read_table(file.name, file.read_bytes(), kind=kind)
    mapping = match_columns(kind, table)
    fields = [name for name in mapping.columns if name not in ("lot", "code") or kind != "work_orders"]
    rows = []
    for _number, cells in table.rows[:_EXAMPLE_ROWS]:
        values = {name: mapping.value(cells, name) for name in fields}
        rows.append([_translated(kind, name, values) for name in fields])
    needed = [heading(kind, name) for name in REQUIRED[kind]]
    return as_xlsx([(_(KINDS[kind].label), [heading(kind, name) for name in fields], rows)], needed)


def _translated(kind: str, name: str, values: dict[str, str]) -> str:
    """A cell of the Korean sample in the reader's language."""
    text = values[name]
    if language() == "ko" or not text:
        return text
    choice = CHOICE_FIELDS.get((kind, name))
    if choice:
        return ", ".join(parse_choice(choice, word.strip()) for word in text.split(","))
    if kind == "work_orders" and name == "priority":
        return parse_choice("priority", text)
    return values.get("name_en") or text if name == "name" else text
