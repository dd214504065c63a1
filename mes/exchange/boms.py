"""BOM files: each product's list is compared with its BOM in force; a new revision is made only where they differ."""

from decimal import Decimal
from itertools import pairwise

from sqlalchemy.orm import Session

from mes.core.coded import SimilarCode, folded
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.exchange import queries
from mes.exchange.bom_changes import Said, compare_by_products, compare_lines, pair_lines, tell_gone
from mes.exchange.bom_errors import BomGoesRound, ComponentsMissing, ComponentTwice
from mes.exchange.bom_shapes import BomRow
from mes.exchange.bom_sheet import BomSheet
from mes.exchange.columns import Sheet
from mes.exchange.models import Verdict
from mes.exchange.plans import Options, Plan
from mes.exchange.rules import Change, Judged, NotKnown, converted, unit_factor
from mes.items.boms import BomLineData, data_of
from mes.items.by_products import ByProductData, check_by_product
from mes.items.counting import check_same_unit
from mes.items.loops import find_loops
from mes.items.many_boms import BomList, make_boms
from mes.items.models import Bom, BomLine, Consumption, Item, ItemKind
from mes.items.rules import check_line
from mes.items.service import add_item, change_item

#: What is looked up, as a sentence names it.
ITEM = N_("item")


def judge_boms(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Compare each product's list with its BOM in force."""
    assert isinstance(sheet, BomSheet)
    return _Boms(session, sheet, options).plan()


class _Boms:
    """The judging of one BOM file."""

    def __init__(self, session: Session, sheet: BomSheet, options: Options) -> None:
        self.sheet, self.options = sheet, options
        others = [code for codes in sheet.values.get("substitutes", []) for code in codes or ()]
        named = {code for line in sheet.lines for code in (line.parent, line.component)}.union(others) - {""}
        self.items = queries.items_by_code(session, named)
        self.units = queries.units_of(session, list(self.items.values()))
        self.missing: dict[str, Item] = {}
        self.alike = queries.similar_codes(session, Item, named - set(self.items))
        self.products: dict[str, list[int]] = {}
        for row, line in enumerate(sheet.lines):
            if line.parent:
                self.products.setdefault(line.parent, []).append(row)
        products = [item.id for code, item in self.items.items() if code in self.products]
        self.released = queries.released_boms(session, products)
        self.by_products = queries.by_products_of(session, self.released.values())
        self.edges = queries.recorded_edges(session, self.products)
        self.pairs: dict[int, BomLineData] = {}
        self.gone: dict[str, list[str]] = {}

    def plan(self) -> Plan:
        self._find_items()
        for product, rows in self.products.items():
            self._keep_what_is_not_said(product, rows)
        self._check_lines()
        self._check_loops()
        verdicts: dict[int, Said] = {}
        fresh: dict[str, list[int]] = {}
        for product, rows in self.products.items():
            if any(row in self.sheet.faults for row in rows):
                continue
            said = self._compare(product, rows)
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
        there = self.sheet.lines[row].component
        if code in self.items or code in self.missing:
            return
        if not self.options.create_missing:
            self.sheet.refuse(row, name, NotKnown(what=_(ITEM), value=code))
            return
        other = self.alike.setdefault(folded(code), code)
        if other != code:
            self.sheet.refuse(row, name, SimilarCode(code=code, other=other))
        told = self.sheet.value(row, f"{name}_name") if name in ("parent", "component") else None
        kind = ItemKind.SEMI if code in self.products else ItemKind.RAW
        unit = self.sheet.value(row, "unit") if name == "component" else None
        if name == "substitutes":  # one for one
            unit = next((known[there].unit for known in (self.items, self.missing) if there in known), None)
        self.missing[code] = Item(code=code, name=told or code, kind=kind, unit=unit or "EA")

    def _item(self, code: str) -> Item:
        return self.items[code] if code in self.items else self.missing[code]

    def _keep_what_is_not_said(self, product: str, rows: list[int]) -> None:
        """Columns that the file does not have keep what is recorded for the same line."""
        old = [data_of(line) for line in self._in_force(product)]
        self.items |= {item.code: item for line in old for item in line.substitutes}
        parts = [row for row in rows if not self._is_by_product(row)]
        places = {row: (self.sheet.lines[row].component, self.sheet.value(row, "operation")) for row in parts}
        pairs, gone = pair_lines(old, places)
        self.pairs |= pairs
        self.gone[product] = [line.component.code for line in gone]
        for name in ("scrap_percent", "operation", "consumption", "reference", "phantom", "substitutes"):
            if name in self.sheet.mapping:
                continue
            column = self.sheet.values.setdefault(name, [None] * len(self.sheet.rows))
            for row, line in pairs.items():
                value = getattr(line, name)
                column[row] = tuple(item.code for item in value) if name == "substitutes" else value

    def _in_force(self, product: str) -> list[BomLine]:
        bom = self._bom(product)
        return bom.lines if bom else []

    def _bom(self, product: str) -> Bom | None:
        return self.released.get(self.items[product].id) if product in self.items else None

    def _check_lines(self) -> None:
        for product, rows in self.products.items():
            first: dict[tuple[object, ...], int] = {}
            for row in rows:
                if row not in self.sheet.faults:
                    self._check_once(row, first)
                if row not in self.sheet.faults:
                    self._check_line(row, self.sheet.lines[row])
            if all(self._is_by_product(row) for row in rows):
                self.sheet.refuse(rows[0], "by_product", ComponentsMissing(value=product))

    def _check_once(self, row: int, first: dict[tuple[object, ...], int]) -> None:
        """One operation takes a component once, and a by-product comes out once."""
        line, also = self.sheet.lines[row], self._is_by_product(row)
        before = first.setdefault((line.component, also, None if also else self.sheet.value(row, "operation")), row)
        if before != row:
            where = {"first": str(self.sheet.lines[before].number), "second": str(line.number)}
            twice = ComponentTwice(value="", component=line.component, parent=line.parent, **where)
            self.sheet.refuse(row, "component", twice)

    def _check_line(self, row: int, line: BomRow) -> None:
        self._convert(row, self._item(line.component))
        if row in self.sheet.faults:
            return
        quantity, scrap = self.sheet.value(row, "quantity"), self.sheet.value(row, "scrap_percent") or Decimal(0)
        try:
            if self._is_by_product(row):
                check_by_product(line.parent, self._item(line.component), quantity)
            else:
                others = self.sheet.value(row, "substitutes") or ()
                check_line(line.parent, line.component, quantity, scrap, others)
                check_same_unit(self._item(line.component), [self._item(code) for code in others])
        except Refused as reason:
            self.sheet.refuse(row, "component" if self._is_by_product(row) else reason.field or "component", reason)

    def _is_by_product(self, row: int) -> bool:
        return bool(self.sheet.value(row, "by_product"))

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
        """A list that would make an item a part of itself or of what takes its place, also by recorded BOMs."""
        edges: dict[int, list[tuple[str, str]]] = {}
        for row, line in enumerate(self.sheet.lines):
            if line.parent and not self._is_by_product(row):
                parts = (line.component, *(self.sheet.value(row, "substitutes") or ()))
                edges[row] = [(line.parent, part) for part in parts]
        for loop in find_loops([*(edge for found in edges.values() for edge in found), *self.edges]):
            round_trip = set(pairwise(loop))
            reason = BomGoesRound(loop=" > ".join(loop))
            for row, found in edges.items():
                if round_trip.intersection(found):
                    self.sheet.refuse(row, "component", reason)

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

    def _compare(self, product: str, rows: list[int]) -> dict[int, Said]:
        """The verdict on each row of a product; what is gone is told with its last one."""
        parts = [row for row in rows if not self._is_by_product(row)]
        also = {row: self._by_product(row) for row in rows if self._is_by_product(row)}
        said = compare_lines(self.pairs, {row: self._line(row) for row in parts})
        told, gone = compare_by_products(self._recorded_by_products(product), also)
        said |= told
        tell_gone(said, parts[-1], "component", self.gone[product])
        tell_gone(said, rows[-1], "by_product", gone if "by_product" in self.sheet.mapping else ())
        return said

    def _recorded_by_products(self, product: str) -> list[ByProductData]:
        bom = self._bom(product)
        return self.by_products.get(bom.id, []) if bom else []

    def _by_product(self, row: int) -> ByProductData:
        value = self.sheet.value
        item = self._item(self.sheet.lines[row].component)
        return ByProductData(item=item, quantity=value(row, "quantity"), operation=value(row, "operation"))

    def _list(self, product: str, rows: list[int]) -> BomList:
        """All of a product's new list; a file without a column for by-products keeps those that are recorded."""
        lines = [self._line(row) for row in rows if not self._is_by_product(row)]
        if "by_product" in self.sheet.mapping:
            also = [self._by_product(row) for row in rows if self._is_by_product(row)]
        else:
            also = self._recorded_by_products(product)
        return BomList(self.items[product], lines, also)

    def _record(self, work: Work, fresh: dict[str, list[int]]) -> None:
        for code, item in self.missing.items():
            self.items[code] = add_item(work, code=code, name=item.name, kind=item.kind, unit=item.unit)
        for product in fresh:
            if self.options.create_missing and self.items[product].kind is ItemKind.RAW:
                change_item(work, product, kind=ItemKind.SEMI)
        make_boms(work, [self._list(*one) for one in fresh.items()], release=self.options.release)
