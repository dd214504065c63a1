"""BOM files: each product's list is compared with its BOM in force; a new revision is made only where they differ."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.exchange import queries
from mes.exchange.bom_changes import Said, compare_by_products, differences
from mes.exchange.bom_errors import BomGoesRound
from mes.exchange.bom_shapes import BomRow, find_loops, read_bom
from mes.exchange.choices import parse_choice
from mes.exchange.columns import Column, Sheet, read_columns
from mes.exchange.headings import Mapping
from mes.exchange.masters import parse_unit
from mes.exchange.models import Verdict
from mes.exchange.parsing import (
    parse_code,
    parse_integer,
    parse_list,
    parse_name,
    parse_percent,
    parse_quantity,
    parse_text,
    parse_yes_no,
)
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, Judged, NotKnown, converted, unit_factor
from mes.items.boms import data_of
from mes.items.by_products import ByProductData, check_by_product
from mes.items.models import Bom, Consumption, Item, ItemKind
from mes.items.rules import check_line
from mes.items.service import BomLineData, add_item, change_item, make_bom, release_bom

#: What is looked up, as a sentence names it.
ITEM = N_("item")
BOM_COLUMNS = (
    Column("component_name", parse_name),
    Column("parent_name", parse_name),
    Column("quantity", lambda text: parse_quantity(text, zero=False), needed=True),
    Column("unit", parse_unit),
    Column("scrap_percent", parse_percent),
    Column("operation", lambda text: parse_integer(text, zero=False)),
    Column("consumption", lambda text: Consumption(parse_choice("consumption", text))),
    Column("reference", parse_text),
    Column("phantom", parse_yes_no),
    Column("by_product", parse_yes_no),
    Column("substitutes", lambda text: tuple(parse_code(word) for word in parse_list(text))),
)


@dataclass
class BomSheet(Sheet):
    """A BOM file as parent/child lines."""

    lines: list[BomRow] = field(default_factory=list)
    #: Rows that give no line: products of a multi-level list.
    silent: list[tuple[int, str]] = field(default_factory=list)


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


def judge_boms(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Compare each product's list with its BOM in force."""
    assert isinstance(sheet, BomSheet)
    return _Boms(session, sheet, options).plan()


class _Boms:
    """The judging of one BOM file."""

    def __init__(self, session: Session, sheet: BomSheet, options: Options) -> None:
        self.sheet, self.options = sheet, options
        others = [code for codes in sheet.values.get("substitutes", []) for code in codes or ()]
        named = {code for line in sheet.lines for code in (line.parent, line.component)} - {""}
        self.items = queries.items_by_code(session, {*named, *others})
        self.units = queries.units_of(session, list(self.items.values()))
        self.missing: dict[str, Item] = {}
        self.products: dict[str, list[int]] = {}
        for row, line in enumerate(sheet.lines):
            if line.parent:
                self.products.setdefault(line.parent, []).append(row)
        products = [item.id for code, item in self.items.items() if code in self.products]
        self.released = queries.released_boms(session, products)
        self.by_products = queries.by_products_of(session, self.released.values())
        self.edges = queries.recorded_edges(session, self.products)

    def plan(self) -> Plan:
        self._find_items()
        self._check_lines()
        self._check_loops()
        verdicts: dict[int, Said] = {}
        fresh: dict[str, list[int]] = {}
        for product, rows in self.products.items():
            if any(row in self.sheet.faults for row in rows):
                continue
            old = self.released.get(self.items[product].id) if product in self.items else None
            parts = [row for row in rows if not self._is_by_product(row)]
            also = [row for row in rows if self._is_by_product(row)]
            self._keep_what_is_not_said(parts, old)
            said = dict(zip(parts, self._compare(parts, old), strict=True)) | self._compare_by_products(also, old, rows)
            if any(verdict is not Verdict.SAME for verdict, _changes in said.values()):
                fresh[product] = rows
            verdicts.update(said)
        judged = [self._judged(row, *verdicts.get(row, (Verdict.SAME, []))) for row in range(len(self.sheet.rows))]
        return Plan(judged, lambda work: self._record(work, fresh), list(self.missing))

    def _judged(self, row: int, verdict: Verdict, changes: list[Change]) -> Judged:
        line = self.sheet.lines[row]
        component = self.items.get(line.component)
        name = (component.name if component else self.sheet.value(row, "component_name")) or ""
        code = f"{line.parent} > {line.component}" if line.parent else ""
        return self.sheet.judged(row, code, name, verdict, changes)

    def _find_items(self) -> None:
        for row, line in enumerate(self.sheet.lines):
            if not line.parent:
                continue
            for code, name in ((line.parent, "parent"), (line.component, "component")):
                self._find(row, name, code)
            for code in self.sheet.value(row, "substitutes") or ():
                self._find(row, "substitutes", code)

    def _find(self, row: int, name: str, code: str) -> None:
        if code in self.items or code in self.missing:
            return
        if not self.options.create_missing:
            self.sheet.refuse(row, name, NotKnown(what=_(ITEM), value=code))
            return
        told = self.sheet.value(row, f"{name}_name") if name in ("parent", "component") else None
        kind = ItemKind.SEMI if code in self.products else ItemKind.RAW
        unit = (self.sheet.value(row, "unit") if name == "component" else None) or "EA"
        self.missing[code] = Item(code=code, name=told or code, kind=kind, unit=unit)

    def _item(self, code: str) -> Item:
        return self.items[code] if code in self.items else self.missing[code]

    def _check_lines(self) -> None:
        for row, line in enumerate(self.sheet.lines):
            if row in self.sheet.faults:
                continue
            self._convert(row, self._item(line.component))
            if self._is_by_product(row):
                self._check_by_product(row, line)
                continue
            substitutes = self.sheet.value(row, "substitutes") or ()
            if row not in self.sheet.faults:
                try:
                    quantity, scrap = self.sheet.value(row, "quantity"), self.sheet.value(row, "scrap_percent")
                    check_line(line.parent, line.component, quantity, scrap or Decimal(0), substitutes)
                except Refused as reason:
                    self.sheet.refuse(row, reason.field or "component", reason)

    def _is_by_product(self, row: int) -> bool:
        return bool(self.sheet.value(row, "by_product"))

    def _check_by_product(self, row: int, line: BomRow) -> None:
        if row not in self.sheet.faults:
            try:
                check_by_product(line.parent, self._item(line.component), self.sheet.value(row, "quantity"))
            except Refused as reason:
                self.sheet.refuse(row, "component", reason)

    def _convert(self, row: int, component: Item) -> None:
        unit, quantities = self.sheet.value(row, "unit"), self.sheet.values["quantity"]
        if not unit:
            return
        try:
            factor = unit_factor(unit, component.unit, self.units.get(component.id, ()), component.code)
            if factor != 1:
                quantities[row] = converted(quantities[row], factor, f"{quantities[row]} {unit}")
        except Refused as reason:
            self.sheet.refuse(row, "unit", reason)

    def _check_loops(self) -> None:
        """A list that would make an item a part of itself, by its own lines or together with recorded BOMs."""
        lines = [
            (line.parent, line.component)
            for row, line in enumerate(self.sheet.lines)
            if line.parent and not self._is_by_product(row)
        ]
        for loop in find_loops([*lines, *self.edges]):
            round_trip = set(pairwise(loop))
            reason = BomGoesRound(loop=" > ".join(loop))
            for row, line in enumerate(self.sheet.lines):
                if (line.parent, line.component) in round_trip and not self._is_by_product(row):
                    self.sheet.refuse(row, "component", reason)

    def _keep_what_is_not_said(self, rows: Iterable[int], old: Bom | None) -> None:
        """Columns that the file does not have keep what is recorded for the same component."""
        kept = {line.component.code: data_of(line) for line in old.lines} if old else {}
        for name in ("scrap_percent", "operation", "consumption", "reference", "phantom", "substitutes"):
            if name in self.sheet.mapping:
                continue
            column = self.sheet.values.setdefault(name, [None] * len(self.sheet.rows))
            for row in rows:
                line = kept.get(self.sheet.lines[row].component)
                if line is not None:
                    value = getattr(line, name)
                    column[row] = tuple(item.code for item in value) if name == "substitutes" else value

    def _line(self, row: int) -> BomLineData:
        value = self.sheet.value
        return BomLineData(
            component=self._item(self.sheet.lines[row].component),
            quantity=value(row, "quantity"),
            scrap_percent=value(row, "scrap_percent") or Decimal(0),
            operation=value(row, "operation"),
            consumption=value(row, "consumption") or Consumption.SCAN,
            phantom=bool(value(row, "phantom")),
            reference=value(row, "reference"),
            substitutes=[self._item(code) for code in value(row, "substitutes") or ()],
        )

    def _compare(self, rows: list[int], old: Bom | None) -> list[Said]:
        """The verdict on each line; components that are gone are told with the last one."""
        waiting = [data_of(line) for line in old.lines] if old else []
        said: list[Said] = []
        for row in rows:
            line = self._line(row)
            twin = next((other for other in waiting if other.component.code == line.component.code), None)
            if twin is None:
                said.append((Verdict.NEW, []))
                continue
            waiting.remove(twin)
            changes = differences(twin, line)
            said.append((Verdict.CHANGED if changes else Verdict.SAME, changes))
        if waiting and said:
            verdict, changes = said[-1]
            leave = Change("component", ", ".join(line.component.code for line in waiting), None)
            said[-1] = (verdict if verdict is Verdict.NEW else Verdict.CHANGED), [*changes, leave]
        return said

    def _compare_by_products(self, also: list[int], old: Bom | None, rows: list[int]) -> dict[int, Said]:
        """The verdict on each by-product; those that are gone are told with the product's last row."""
        before, told = self._by_products_of(old), "by_product" in self.sheet.mapping
        said, gone = compare_by_products(before, {row: self._by_product(row) for row in also})
        if gone and told:
            said[rows[-1]] = (Verdict.CHANGED, [Change("by_product", ", ".join(gone), None)])
        return said

    def _by_products_of(self, bom: Bom | None) -> list[ByProductData]:
        return self.by_products.get(bom.id, []) if bom else []

    def _by_product(self, row: int) -> ByProductData:
        value = self.sheet.value
        item = self._item(self.sheet.lines[row].component)
        return ByProductData(item=item, quantity=value(row, "quantity"), operation=value(row, "operation"))

    def _all_by_products(self, product: str, rows: list[int]) -> list[ByProductData]:
        """What the file says also comes out; a file without the column keeps what is recorded."""
        if "by_product" in self.sheet.mapping:
            return [self._by_product(row) for row in rows if self._is_by_product(row)]
        return self._by_products_of(self.released.get(self.items[product].id))

    def _record(self, work: Work, fresh: dict[str, list[int]]) -> None:
        for code, item in self.missing.items():
            self.items[code] = add_item(work, code=code, name=item.name, kind=item.kind, unit=item.unit)
        for product, rows in fresh.items():
            item = self.items[product]
            if self.options.create_missing and item.kind is ItemKind.RAW:
                change_item(work, product, kind=ItemKind.SEMI)
            lines = [self._line(row) for row in rows if not self._is_by_product(row)]
            bom = make_bom(work, item, lines, by_products=self._all_by_products(product, rows))
            if self.options.release:
                release_bom(work, bom.id)
