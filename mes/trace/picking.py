"""Finding a beginning without knowing a code: choose what kind of thing it is, then pick it from a list."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, null, or_, select
from sqlalchemy.orm import Session

from mes.core.i18n import N_, own_name
from mes.equipment.queries import list_machines
from mes.equipment.tools import list_tools
from mes.gauges.queries import gauges_in_use
from mes.items.models import Item
from mes.items.queries import suggest_items
from mes.lots.models import Lot, Receipt, Shipment
from mes.lots.unit_models import HandlingUnit
from mes.orders.models import WorkOrder
from mes.partners.models import Partner, PartnerKind
from mes.partners.queries import partners_of_kind
from mes.people.queries import list_people
from mes.quality.catalogue import list_defect_codes
from mes.trace.beginnings import How
from mes.trace.conditions import called
from mes.trace.handles import LOT, ORDER, RECEIPT, SHIPMENT, SUPPLIER_LOT, TRACE_NUMBER, UNIT

#: So many of the newest are shown; who looks for an older one types a part of its code or name.
MOST = 50


class Pick(NamedTuple):
    """One that may be meant."""

    code: str
    name: str
    note: str
    at: datetime | None


class Kind(NamedTuple):
    """A kind of beginning: its name, its picture and how it is asked."""

    name: str
    label: str
    icon: str

    @property
    def how(self) -> How | None:
        """The rule that it is the thing of; none for what has a code of its own."""
        return How(self.name) if self.name in set(How) else None


KINDS = {
    one.name: one
    for one in (
        Kind(LOT, N_("Lot or serial number"), "box"),
        Kind(SUPPLIER_LOT, N_("Supplier's lot number"), "truck"),
        Kind(TRACE_NUMBER, N_("Trace number of food"), "tag"),
        Kind(RECEIPT, N_("Receipt"), "package-open"),
        Kind(ORDER, N_("Work order"), "clipboard-list"),
        Kind(SHIPMENT, N_("Shipment"), "send"),
        Kind(UNIT, N_("Box or pallet"), "boxes"),
        Kind(How.CUSTOMER.value, N_("Customer"), "building-2"),
        Kind(How.ITEM.value, N_("Item"), "package"),
        Kind(How.MATERIAL.value, N_("Material that was used"), "flask-conical"),
        Kind(How.MACHINE.value, N_("Machine"), "cog"),
        Kind(How.TOOL.value, N_("Mould or tool"), "wrench"),
        Kind(How.PERSON.value, N_("Person"), "user"),
        Kind(How.GAUGE.value, N_("Gauge"), "gauge"),
        Kind(How.DEFECT.value, N_("Type of defect"), "triangle-alert"),
        Kind(How.LABELS.value, N_("Print job of labels"), "printer"),
    )
}


def picks(session: Session, kind: str, text: str = "") -> list[Pick]:
    """The newest of a kind that has a code of its own, or those whose code or name has this in it; one statement."""
    code, at, query = _listed(kind)
    if text.strip():
        like = [column.icontains(text.strip(), autoescape=True) for column in _searched(kind, code)]
        query = query.where(or_(*like))
    rows = session.execute(query.order_by(at.desc()).limit(MOST))
    return [Pick(row[0], row[1] or "", row[2] or "", row[3]) for row in rows]


def _of_lots(code: Any, note: Any) -> Select[Any]:
    query = select(code, called(Item), note, Lot.made_at).join(Item, Item.id == Lot.item_id)
    return query.outerjoin(Partner, Partner.id == Lot.supplier_id).where(code.is_not(None))


def _listed(kind: str) -> tuple[Any, Any, Select[Any]]:
    """The column of the code, the one by which newer goes before older, and the statement."""
    receipts = select(Receipt.code, called(Partner), Receipt.note, Receipt.at)
    orders = select(WorkOrder.code, called(Item), WorkOrder.note, WorkOrder.created_at)
    shipments = select(Shipment.code, called(Partner), Shipment.reference, Shipment.at)
    units: Any = select(HandlingUnit.code, HandlingUnit.note, null(), HandlingUnit.made_at)
    found: dict[str, tuple[Any, Any, Select[Any]]] = {
        LOT: (Lot.code, Lot.id, _of_lots(Lot.code, Lot.supplier_lot)),
        SUPPLIER_LOT: (Lot.supplier_lot, Lot.id, _of_lots(Lot.supplier_lot, called(Partner))),
        TRACE_NUMBER: (Lot.trace_number, Lot.id, _of_lots(Lot.trace_number, Lot.code)),
        RECEIPT: (Receipt.code, Receipt.id, receipts.outerjoin(Partner, Partner.id == Receipt.supplier_id)),
        ORDER: (WorkOrder.code, WorkOrder.id, orders.join(Item, Item.id == WorkOrder.item_id)),
        SHIPMENT: (Shipment.code, Shipment.id, shipments.join(Partner, Partner.id == Shipment.customer_id)),
        UNIT: (HandlingUnit.code, HandlingUnit.id, units),
    }
    return found[kind]


def _searched(kind: str, code: Any) -> Sequence[Any]:
    names: dict[str, Sequence[Any]] = {
        RECEIPT: (Partner.name, Partner.name_en),
        SHIPMENT: (Partner.name, Partner.name_en, Shipment.reference),
        UNIT: (HandlingUnit.note,),
    }
    return (code, *names.get(kind, (Item.name, Item.name_en, Item.code)))


#: Who lists the things of a rule.
_THINGS: dict[How, Callable[[Session], Sequence[Any]]] = {
    How.MACHINE: list_machines,
    How.TOOL: list_tools,
    How.PERSON: list_people,
    How.MATERIAL: suggest_items,
    How.ITEM: suggest_items,
    How.CUSTOMER: lambda session: partners_of_kind(session, PartnerKind.CUSTOMER),
    How.GAUGE: gauges_in_use,
    How.DEFECT: list_defect_codes,
}


def things(session: Session, how: How) -> list[tuple[str, str]]:
    """What a rule may name: (code, name). None for print jobs, which go by their number."""
    if how not in _THINGS:
        return []
    return [(one.code, f"{own_name(one)} ({one.code})") for one in _THINGS[how](session)]
