"""Customers' part numbers from files and to them: one row for each customer and item."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.exchange import queries
from mes.exchange.columns import Column, Sheet, read_columns, recording
from mes.exchange.headings import Mapping
from mes.exchange.masters import parse_unit
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_code, parse_name, parse_quantity
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, NotKnown, RowTwice
from mes.items.customer_parts import check_customer_part, parts_for, set_customer_part
from mes.items.models import CustomerPart, Item
from mes.partners.models import Partner

PART_FIELDS = ("customer", "item", "item_name", "part_code", "part_name", "part_unit", "pack_size")
#: Fields of a row that a second import may change, with the attribute they are kept in.
_CHANGING = {"part_code": "code", "part_name": "name", "part_unit": "unit", "pack_size": "pack_size"}


def _pack(text: str) -> Decimal:
    return parse_quantity(text, zero=False)


COLUMNS = (
    Column("customer", parse_code, needed=True),
    Column("item", parse_code, needed=True),
    Column("part_code", parse_code, needed=True),
    Column("part_name", parse_name),
    Column("part_unit", parse_unit),
    Column("pack_size", _pack),
)


def read_part_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a list of customers' part numbers; needs no database."""
    return read_columns(COLUMNS, table.rows, mapping)


def judge_parts(session: Session, sheet: Sheet, options: Options) -> Plan:
    """A row is a new line, or changes the one of its customer and item; a blank cell changes nothing."""
    items = queries.items_by_code(session, {code for code in sheet.values["item"] if code})
    partners = queries.all_of(session, Partner)
    known = {(part.item_id, part.partner_id): part for part in _recorded(session, items.values())}
    rows = range(len(sheet.rows))
    _check_rows(sheet, items, partners)
    changes: dict[int, tuple[Verdict, Sequence[Change]]] = {}
    for row in rows:
        if row not in sheet.faults:
            item, partner = items[sheet.value(row, "item")], partners[sheet.value(row, "customer")]
            changes[row] = _compared(sheet, row, known.get((item.id, partner.id)))
    verdicts = []
    for row in rows:
        item_code, code = sheet.value(row, "item") or "", sheet.value(row, "part_code") or ""
        name = items[item_code].name if item_code in items else ""
        verdicts.append(sheet.judged(row, code, name, *changes.get(row, (Verdict.NEW, ()))))

    def record(work: Work) -> None:
        for row, (verdict, _changes) in changes.items():
            if verdict is not Verdict.SAME:
                with recording(row):
                    _record(work, sheet, row, items, partners, known)

    return Plan(verdicts, record)


def _recorded(session: Session, items: Any) -> list[CustomerPart]:
    ids = [item.id for item in items]
    return parts_for(session, ids) if ids else []


def _check_rows(sheet: Sheet, items: dict[str, Item], partners: dict[str, Partner]) -> None:
    first: dict[tuple[str, str], int] = {}
    for row in range(len(sheet.rows)):
        item, customer, code = (sheet.value(row, name) for name in ("item", "customer", "part_code"))
        if item and item not in items:
            sheet.refuse(row, "item", NotKnown(what=_(N_("item")), value=item))
        if customer and customer not in partners:
            sheet.refuse(row, "customer", NotKnown(what=_(N_("partner")), value=customer))
        elif item and customer and first.setdefault((customer, item), row) != row:
            number = str(sheet.rows[first[customer, item]][0])
            sheet.refuse(row, "item", RowTwice(value=item, code=f"{customer} {item}", first=number))
        elif customer and code:
            try:
                check_customer_part(partners[customer], code, None)
            except Refused as reason:
                sheet.refuse(row, "customer", reason)


def _compared(sheet: Sheet, row: int, old: CustomerPart | None) -> tuple[Verdict, Sequence[Change]]:
    if old is None:
        return Verdict.NEW, ()
    told = [(name, getattr(old, column), sheet.value(row, name)) for name, column in _CHANGING.items()]
    changes = [Change(name, before, after) for name, before, after in told if after is not None and before != after]
    return (Verdict.CHANGED if changes else Verdict.SAME), changes


def _record(
    work: Work,
    sheet: Sheet,
    row: int,
    items: dict[str, Item],
    partners: dict[str, Partner],
    known: dict[tuple[int, int], CustomerPart],
) -> None:
    item, partner = items[sheet.value(row, "item")], partners[sheet.value(row, "customer")]
    old = known.get((item.id, partner.id))
    told: dict[str, Any] = {}
    for name, column in _CHANGING.items():
        value = sheet.value(row, name)
        told[column] = value if value is not None or old is None else getattr(old, column)
    set_customer_part(work, item=item, partner=partner, **told)


def listed_parts() -> Select[*tuple[Any, ...]]:
    """All lines, as the list goes out."""
    columns = (
        Partner.code, Item.code, Item.name, CustomerPart.code, CustomerPart.name, CustomerPart.unit,
        CustomerPart.pack_size,
    )  # fmt: skip
    query = select(*columns).join(Item, Item.id == CustomerPart.item_id)
    return query.join(Partner, Partner.id == CustomerPart.partner_id).order_by(Partner.code, Item.code)
