"""A BOM file as it is read, in any of its shapes: needs no database."""

from dataclasses import dataclass, field

from mes.exchange.bom_shapes import BomRow, read_bom
from mes.exchange.choices import parse_choice
from mes.exchange.columns import Column, Sheet, read_columns
from mes.exchange.headings import Mapping
from mes.exchange.masters import parse_unit
from mes.exchange.parsing import (
    parse_codes,
    parse_integer,
    parse_name,
    parse_percent,
    parse_quantity,
    parse_text,
    parse_yes_no,
)
from mes.exchange.plans import Options
from mes.exchange.reading import Table
from mes.items.models import Consumption
from mes.items.rules import LAST_OPERATION

BOM_COLUMNS = (
    Column("component_name", parse_name),
    Column("parent_name", parse_name),
    Column("quantity", lambda text: parse_quantity(text, zero=False), needed=True),
    Column("unit", parse_unit),
    Column("scrap_percent", parse_percent),
    Column("operation", lambda text: parse_integer(text, zero=False, most=LAST_OPERATION)),
    Column("consumption", lambda text: Consumption(parse_choice("consumption", text))),
    Column("reference", parse_text),
    Column("phantom", parse_yes_no),
    Column("by_product", parse_yes_no),
    Column("substitutes", parse_codes),
)


@dataclass
class BomSheet(Sheet):
    """A BOM file as parent/child lines."""

    lines: list[BomRow] = field(default_factory=list)


def read_bom_file(table: Table, mapping: Mapping, options: Options) -> BomSheet:
    """Read a BOM file in any of its shapes; needs no database."""
    found = read_bom(table, mapping, options.parent)
    faulty = dict(found.problems)
    lines = {line.number: line for line in found.lines}
    rows = [(number, cells) for number, cells in table.rows if number in lines or number in faulty]
    plain = read_columns(BOM_COLUMNS, rows, mapping)
    sheet = BomSheet(rows, mapping, plain.values, {}, [lines.get(number, _no_line(number)) for number, _ in rows])
    for row, (number, _cells) in enumerate(rows):
        if number in faulty:
            sheet.refuse(row, "component", faulty[number])
    for row, fault in plain.faults.items():
        sheet.faults.setdefault(row, fault)
    return sheet


def _no_line(number: int) -> BomRow:
    return BomRow(number, "", "", [])
