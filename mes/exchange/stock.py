"""Opening lots and work orders from files: entered through the same use cases as at a desk."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.equipment.models import Location
from mes.exchange import queries
from mes.exchange.cell_errors import CodeHasSlash
from mes.exchange.choices import parse_choice
from mes.exchange.columns import Column, Sheet, read_columns, recording
from mes.exchange.headings import Mapping
from mes.exchange.masters import parse_unit
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_code, parse_date, parse_name, parse_quantity
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import (
    Change,
    Judged,
    LotIsThere,
    NoLongerUsed,
    NotKnown,
    OrderIsReleased,
    OrderItemDiffers,
    PartnerIsNot,
    RowTwice,
    converted,
    unit_factor,
)
from mes.items.counting import check_whole
from mes.items.models import Item
from mes.lots.code_models import FormerCode
from mes.lots.models import Lot, LotStatus
from mes.lots.receiving_rules import check_dates
from mes.lots.rules import check_new_lot
from mes.lots.service import receive_lots, release_inspected
from mes.orders.models import LotRule, OrderState, WorkOrder
from mes.orders.rules import STATE_NAMES
from mes.orders.service import change_order, create_order
from mes.partners.models import Partner, PartnerKind

PARTNER_WORDS = {PartnerKind.SUPPLIER: N_("supplier"), PartnerKind.CUSTOMER: N_("customer")}
Verdicts = dict[int, tuple[Verdict, Sequence[Change]]]


def _amount(text: str) -> Decimal:
    return parse_quantity(text, zero=False)


def _capitals(text: str) -> str:
    """The number of a lot or an order: its page is found by it. Raises CodeHasSlash."""
    code = parse_code(text).upper()
    if "/" in code:
        raise CodeHasSlash(value=code)
    return code


def _supplier_lot(text: str) -> str:
    return parse_name(text, 100)


def _priority(text: str) -> int:
    """1 (most urgent) to 9, or a word such as 긴급."""
    return int(parse_choice("priority", text))


LOT_COLUMNS = (
    Column("lot", _capitals),
    Column("item", parse_code, needed=True),
    Column("supplier_lot", _supplier_lot),
    Column("quantity", _amount, needed=True),
    Column("unit", parse_unit),
    Column("expires_on", parse_date),
    Column("made_on", parse_date),
    Column("received_on", parse_date),
    Column("location", parse_code),
    Column("supplier", parse_code),
    Column("note", parse_name),
)
ORDER_COLUMNS = (
    Column("code", _capitals),
    Column("item", parse_code, needed=True),
    Column("quantity", _amount, needed=True),
    Column("unit", parse_unit),
    Column("due_on", parse_date, needed=True),
    Column("priority", _priority),
    Column("customer", parse_code),
    Column("note", parse_name),
)


def read_lot_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a list of stock; needs no database."""
    return read_columns(LOT_COLUMNS, table.rows, mapping)


def read_order_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a production plan; needs no database."""
    return read_columns(ORDER_COLUMNS, table.rows, mapping)


class _Rows:
    """What lots and orders have in common: an item, a quantity in a unit, a partner."""

    def __init__(self, session: Session, sheet: Sheet, own: str, partner: str, kind: PartnerKind) -> None:
        self.sheet, self.own = sheet, own
        self.items = queries.items_by_code(session, {code for code in sheet.values["item"] if code})
        units = queries.units_of(session, list(self.items.values()))
        self.partners = queries.all_of(session, Partner) if partner in sheet.values else {}
        first: dict[str, int] = {}
        for row, code in enumerate(sheet.values["item"]):
            self._check_twice(row, first)
            if code and code not in self.items:
                sheet.refuse(row, "item", NotKnown(what=_(N_("item")), value=code))
            self._check_partner(row, partner, kind)
            if row not in sheet.faults:
                self._convert(row, units)

    def _check_twice(self, row: int, first: dict[str, int]) -> None:
        code = self.sheet.value(row, self.own)
        if code and first.setdefault(code, row) != row:
            number = str(self.sheet.rows[first[code]][0])
            self.sheet.refuse(row, self.own, RowTwice(value=code, code=code, first=number))

    def _check_partner(self, row: int, name: str, kind: PartnerKind) -> None:
        code = self.sheet.value(row, name)
        if not code:
            return
        if code not in self.partners:
            self.sheet.refuse(row, name, NotKnown(what=_(N_("partner")), value=code))
        elif kind not in self.partners[code].kinds:
            self.sheet.refuse(row, name, PartnerIsNot(value=code, kind=_(PARTNER_WORDS[kind])))

    def _convert(self, row: int, units: dict[int, list[tuple[str, Decimal]]]) -> None:
        item, unit, quantities = self.item(row), self.sheet.value(row, "unit"), self.sheet.values["quantity"]
        if not unit:
            return
        try:
            factor = unit_factor(unit, item.unit, units.get(item.id, ()), item.code)
            quantities[row] = converted(quantities[row], factor, f"{quantities[row]} {unit}")
        except Refused as reason:
            self.sheet.refuse(row, "unit", reason)

    def check_used(self, row: int, name: str, what: str, thing: Item | Location | Partner | None) -> None:
        """Refuse what was taken out of use."""
        if thing is not None and not thing.active:
            self.sheet.refuse(row, name, NoLongerUsed(what=what, value=thing.code))

    def item(self, row: int) -> Item:
        """The item of a row that is in order."""
        return self.items[self.sheet.value(row, "item")]

    def partner(self, row: int, name: str) -> Partner | None:
        """The partner of a row that is in order."""
        code = self.sheet.value(row, name)
        return self.partners[code] if code else None

    def judged(self, verdicts: Verdicts) -> list[Judged]:
        """The verdicts on all rows."""
        rows = []
        for row in range(len(self.sheet.rows)):
            code = self.sheet.value(row, "item") or ""
            name = self.items[code].name if code in self.items else ""
            own = self.sheet.value(row, self.own)
            verdict, changes = verdicts.get(row, (Verdict.NEW, ()))
            rows.append(self.sheet.judged(row, own or code, name, verdict, changes))
        return rows


def judge_lots(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Every row is a lot that stands in the plant already when it begins to work with the system."""
    rows = _Rows(session, sheet, "lot", "supplier", PartnerKind.SUPPLIER)
    places = queries.all_of(session, Location) if "location" in sheet.values else {}
    own = {code for code in sheet.values.get("lot", ()) if code}
    taken = queries.taken_codes(session, Lot, own) | queries.taken_codes(session, FormerCode, own)
    for row in range(len(sheet.rows)):
        code, place = sheet.value(row, "lot"), sheet.value(row, "location")
        if code in taken:
            sheet.refuse(row, "lot", LotIsThere(value=code))
        if place and place not in places:
            sheet.refuse(row, "location", NotKnown(what=_(N_("place")), value=place))
        rows.check_used(row, "location", _(N_("place")), places.get(place))
        if row not in sheet.faults:
            rows.check_used(row, "item", _(N_("item")), rows.item(row))
            _check_lot(rows, row, options.today)
    return Plan(rows.judged({}), lambda work: _receive(work, rows, places))


def _check_lot(rows: _Rows, row: int, today: date) -> None:
    value = rows.sheet.value
    made, came, expires = value(row, "made_on"), value(row, "received_on"), value(row, "expires_on")
    try:
        check_new_lot(rows.item(row), value(row, "quantity"))
        check_dates(made, expires, today, confirmed=True, came=came)
    except Refused as reason:
        rows.sheet.refuse(row, reason.field or "item", reason)


def _receive(work: Work, rows: _Rows, places: dict[str, Location]) -> None:
    for row in range(len(rows.sheet.rows)):
        place = rows.sheet.value(row, "location")
        with recording(row):
            _receive_lot(work, rows, row, places[place] if place else None)


def _receive_lot(work: Work, rows: _Rows, row: int, place: Location | None) -> None:
    value = rows.sheet.value
    code = value(row, "lot")
    [lot] = receive_lots(
        work,
        item=rows.item(row),
        quantities=[value(row, "quantity")],
        supplier=rows.partner(row, "supplier"),
        supplier_lot=value(row, "supplier_lot"),
        expires_on=value(row, "expires_on"),
        made_on=value(row, "made_on"),
        came_on=value(row, "received_on"),
        location=place,
        note=value(row, "note"),
        codes=[code] if code else (),
        confirmed=True,  # what has expired stands there all the same
    )
    if lot.status is LotStatus.INSPECTION:  # stock that is in use already was inspected when it came
        release_inspected(work, lot.id)


def judge_orders(session: Session, sheet: Sheet, options: Options) -> Plan:
    """A row is a new draft, or changes a draft that is there under its number."""
    rows = _Rows(session, sheet, "code", "customer", PartnerKind.CUSTOMER)
    known = queries.orders_by_code(session, {code for code in sheet.values.get("code", ()) if code})
    verdicts: Verdicts = {}
    for row in range(len(sheet.rows)):
        if row in sheet.faults:
            continue
        item, quantity = rows.item(row), sheet.value(row, "quantity")
        try:
            check_whole(item, quantity)
        except Refused as reason:
            sheet.refuse(row, "quantity", reason)
            continue
        old = known.get(sheet.value(row, "code") or "")
        changes = _order_changes(rows, row, old) if old else []
        if old:
            verdicts[row] = (Verdict.CHANGED if changes else Verdict.SAME), changes
            _check_change(sheet, row, old, item, changes)
        if changes or not old:
            rows.check_used(row, "item", _(N_("item")), item)
            rows.check_used(row, "customer", _(N_("partner")), rows.partner(row, "customer"))
    return Plan(rows.judged(verdicts), lambda work: _order(work, rows, known, verdicts))


def _check_change(sheet: Sheet, row: int, old: WorkOrder, item: Item, changes: Sequence[Change]) -> None:
    if old.item_id != item.id:
        sheet.refuse(row, "item", OrderItemDiffers(value=item.code, code=old.code, own=old.item.code))
    elif changes and old.state is not OrderState.DRAFT:
        sheet.refuse(row, "code", OrderIsReleased(value=old.code, state=_(STATE_NAMES[old.state])))


def _order_changes(rows: _Rows, row: int, old: WorkOrder) -> list[Change]:
    value = rows.sheet.value
    customer = rows.partner(row, "customer")
    buyers = {partner.id: code for code, partner in rows.partners.items()}
    pairs: list[tuple[str, Any, Any]] = [
        ("quantity", old.quantity, value(row, "quantity")),
        ("due_on", old.due_on, value(row, "due_on")),
        ("priority", old.priority, value(row, "priority")),
        ("customer", buyers.get(old.customer_id or 0), customer.code if customer else None),
        ("note", old.note, value(row, "note")),
    ]
    return [Change(name, before, after) for name, before, after in pairs if after is not None and before != after]


def _order(work: Work, rows: _Rows, known: dict[str, WorkOrder], verdicts: Verdicts) -> None:
    for row in range(len(rows.sheet.rows)):
        old = known.get(rows.sheet.value(row, "code") or "")
        if old is None or verdicts[row][0] is Verdict.CHANGED:
            with recording(row):
                _order_one(work, rows, row, old)


def _order_one(work: Work, rows: _Rows, row: int, old: WorkOrder | None) -> None:
    value = rows.sheet.value
    said: dict[str, Any] = {
        "quantity": value(row, "quantity"), "due_on": value(row, "due_on"), "priority": value(row, "priority") or 5,
        "customer": rows.partner(row, "customer"), "note": value(row, "note"),
    }  # fmt: skip
    if old is None:
        create_order(work, item=rows.item(row), code=value(row, "code"), lot_rule=LotRule.ORDER, **said)
        return
    kept = {"priority": value(row, "priority") or old.priority, "note": said["note"] or old.note}
    customer = said["customer"] or (work.session.get(Partner, old.customer_id) if old.customer_id else None)
    change_order(work, old.code, **{**said, **kept, "customer": customer, "lot_rule": old.lot_rule})
