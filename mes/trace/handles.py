"""What a trace begins with: anything that a customer, a supplier or an auditor may name."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    literal,
    null,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from mes.core.dresses import Reading
from mes.core.errors import Refused
from mes.core.gs1 import spellings_of_gtin
from mes.core.i18n import N_, language
from mes.core.scanning import read_scan
from mes.items.models import Item
from mes.lots.code_queries import named
from mes.lots.models import Lot, Movement, Receipt, Shipment
from mes.lots.queries import away
from mes.lots.unit_models import HandlingUnit
from mes.lots.unit_queries import code_of_unit
from mes.orders.models import Job, WorkOrder
from mes.partners.models import Partner
from mes.trace.conditions import called

LOT, SUPPLIER_LOT, SHIPMENT, ORDER, RECEIPT = "lot", "supplier_lot", "shipment", "order", "receipt"
UNIT, TRACE_NUMBER = "unit", "trace_number"
#: What each kind of beginning is called.
KIND_NAMES = {
    LOT: N_("Lot"),
    SHIPMENT: N_("Shipment"),
    ORDER: N_("Work order"),
    RECEIPT: N_("Receipt"),
    SUPPLIER_LOT: N_("Supplier lot"),
    UNIT: N_("Box or pallet"),
    TRACE_NUMBER: N_("Trace number of food"),
}
#: In an address: everything that carries the number, instead of one of several.
ALL = "all"
#: What a question asks for: codes as they may be written, those of boxes and pallets, item numbers in a GS1 code.
TEXTS: BindParameter[Any] = bindparam("texts", expanding=True)
UNITS: BindParameter[Any] = bindparam("units", expanding=True)
GTINS: BindParameter[Any] = bindparam("gtins", expanding=True)


class NothingToTrace(Refused):
    """A text that is no code of anything that can be traced."""

    message = N_("Nothing that can be traced has the code %(code)s.")
    hint = N_(
        "Enter a lot, a serial number, a supplier's lot number, a shipment, a work order, a receipt, a box or a pallet."
    )
    status = 404


class WhichOne(Refused):
    """A number that several suppliers (or items) use."""

    message = N_("The number %(code)s was given to several deliveries: %(found)s.")
    hint = N_("Choose one of them, or trace all of them together.")


@dataclass(frozen=True)
class Handle:
    """Where a trace begins: the lots behind one code. ``name`` is the item, the customer or the supplier."""

    kind: str
    code: str
    key: str
    name: str
    item: str
    lot_ids: tuple[int, ...]


def find_handles(session: Session, text: str) -> list[Handle]:
    """All beginnings that a text may name, in one statement. Our own codes go before suppliers' numbers."""
    readings = read_scan(text).readings
    texts = list(dict.fromkeys(known for reading in readings for known in reading.texts))
    if not texts:
        return []
    asked = {"texts": texts, "units": sorted({code_of_unit(text) for text in texts})}
    if gtins := _gtins(readings):
        asked["gtins"] = gtins
    rows = session.execute(_question(bool(gtins), language()), asked).all()
    groups: dict[tuple[str, str, str, str], tuple[Any, list[int]]] = {}
    for row in rows:
        _row, lots = groups.setdefault((row.kind, row.code, row.owner or "", row.part or ""), (row, []))
        if row.lot_id is not None and row.lot_id not in lots:
            lots.append(row.lot_id)
    handles = [_handle(row, lots) for row, lots in groups.values()]
    ours = [handle for handle in handles if handle.kind != SUPPLIER_LOT]
    return ours or sorted(handles, key=lambda handle: handle.key)


def chosen(handles: Sequence[Handle], only: str | None) -> list[Handle]:
    """The beginnings that are meant. ``only``: the key of one, or "all" for all of them together as one."""
    if only == ALL and handles:
        lots = tuple(dict.fromkeys(lot for handle in handles for lot in handle.lot_ids))
        names = ", ".join(dict.fromkeys(handle.name for handle in handles))
        return [Handle(handles[0].kind, handles[0].code, ALL, names, "", lots)]
    return [handle for handle in handles if not only or handle.key == only]


def get_handle(session: Session, text: str, only: str | None = None) -> Handle:
    """The one beginning that a text names. Raises NothingToTrace, WhichOne."""
    return one_of(text, chosen(find_handles(session, text), only))


def one_of(text: str, handles: Sequence[Handle]) -> Handle:
    """The one that is left. Raises NothingToTrace, WhichOne (with the text as it was asked)."""
    if not handles:
        raise NothingToTrace(code=text[:60])
    if len(handles) > 1:
        found = "; ".join(f"{one.name} {one.item} ({one.key})" for one in handles)
        raise WhichOne(code=text[:60], found=found, text=text)
    return handles[0]


def _handle(row: Any, lots: list[int]) -> Handle:
    key = "/".join(part for part in (row.kind, row.owner, row.part) if part)
    return Handle(row.kind, row.code, key, row.name or "", row.item or "", tuple(sorted(lots)))


def _gtins(readings: Sequence[Reading]) -> list[str]:
    """The item numbers in a GS1 code, as they may be recorded; the lot then is one of that item."""
    return sorted({spelled for reading in readings if reading.gtin for spelled in spellings_of_gtin(reading.gtin)})


@cache
def _question(of_an_item: bool, _words: str) -> CompoundSelect[Any]:
    """The statement in the reader's language. It is made once: that takes longer than its answer."""
    of_item: list[ColumnElement[bool]] = [Item.gtin.in_(GTINS)] if of_an_item else []
    return union_all(
        _found(LOT, Lot.code, null(), null(), called(Item), called(Item), Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(named(TEXTS), *of_item),
        _found(SUPPLIER_LOT, Lot.supplier_lot, Partner.code, Item.code, called(Partner), called(Item), Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(Partner, Partner.id == Lot.supplier_id)
        .where(Lot.supplier_lot.in_(TEXTS), *of_item),
        _found(SHIPMENT, Shipment.code, null(), null(), called(Partner), null(), Movement.lot_id)
        .join(Partner, Partner.id == Shipment.customer_id)
        .outerjoin(Movement, and_(Movement.shipment_id == Shipment.id, *away()))
        .where(Shipment.code.in_(TEXTS)),
        _found(ORDER, WorkOrder.code, null(), null(), called(Item), called(Item), Lot.id)
        .join(Item, Item.id == WorkOrder.item_id)
        .outerjoin(Lot, Lot.order_id == WorkOrder.id)
        .where(WorkOrder.id.in_(_orders())),
        _found(RECEIPT, Receipt.code, null(), null(), called(Partner), null(), Lot.id)
        .outerjoin(Partner, Partner.id == Receipt.supplier_id)
        .outerjoin(Lot, Lot.receipt_id == Receipt.id)
        .where(Receipt.code.in_(TEXTS)),
        *_packed(),
        _found(TRACE_NUMBER, Lot.trace_number, null(), null(), null(), null(), Lot.id).where(
            Lot.trace_number.in_(TEXTS)
        ),
    )


def _orders() -> CompoundSelect[int]:
    """The orders with one of these codes, or with such a job: two lists, as ``or`` would read every order."""
    by_job = select(Job.order_id).where(Job.code.in_(TEXTS))
    return union(select(WorkOrder.id).where(WorkOrder.code.in_(TEXTS)), by_job)


def _packed() -> list[Select[Any]]:
    """The lots on a box or pallet, and those in boxes on it; what left keeps its content."""
    box, none = aliased(HandlingUnit), null()
    meant = HandlingUnit.code.in_(UNITS)
    on_it = _found(UNIT, HandlingUnit.code, none, none, none, none, Lot.id)
    in_boxes = on_it.join(box, box.parent_id == HandlingUnit.id).join(Lot, Lot.unit_id == box.id)
    return [on_it.outerjoin(Lot, Lot.unit_id == HandlingUnit.id).where(meant), in_boxes.where(meant)]


def _found(kind: str, code: Any, owner: Any, part: Any, name: Any, item: Any, lot: Any) -> Select[Any]:
    """``owner`` and ``part`` (codes) tell apart what else has the same code; ``name`` and ``item`` say it in words."""
    return select(
        literal(kind).label("kind"),
        code.label("code"),
        owner.label("owner"),
        part.label("part"),
        name.label("name"),
        item.label("item"),
        lot.label("lot_id"),
    ).select_from(code.class_)
