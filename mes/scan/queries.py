"""Looking a scanned text up: one statement over everything that has a code."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from mes.certificates.models import Certificate, FourMChange
from mes.core.dresses import Reading
from mes.core.gs1 import spellings_of_gtin
from mes.equipment.models import Location, Machine, Tool, WorkCentre
from mes.gauges.models import Gauge, GaugeStudy
from mes.inspection.models import Inspection
from mes.items.models import CustomerPart, Item, Tracking
from mes.lots.code_models import FormerCode
from mes.lots.code_queries import named
from mes.lots.models import Edge, EdgeKind, Lot, Receipt, Shipment
from mes.lots.unit_models import HandlingUnit
from mes.nonconformance.models import Nonconformance
from mes.orders.models import Job, WorkOrder
from mes.people.models import Person
from mes.quality.models import DefectCode
from mes.scan.models import Kind, Meaning

NOTHING = null()
ORDER = {kind: position for position, kind in enumerate(Kind)}
#: Kinds whose labels bear a code of ours: only they are proposed for a misread.
WITH_LABEL = frozenset(Kind) - {Kind.SUPPLIER_LOT, Kind.ITEM, Kind.DEFECT_CODE, Kind.BADGE}


def look_up(session: Session, readings: Sequence[Reading]) -> list[Meaning]:
    """Everything in the plant that one of the readings may stand for: all plain codes, or all GS1 identifiers."""
    if readings[0].gtin:
        return _of_items(session, readings)
    return find_codes(session, readings)


def find_codes(session: Session, readings: Sequence[Reading]) -> list[Meaning]:
    """Everything that has one of the plain codes, in one statement."""
    texts = list(dict.fromkeys(text for reading in readings for text in reading.texts))
    return _found(session, _searches(texts).values())


def find_labels(session: Session, codes: Sequence[str]) -> list[Meaning]:
    """What bears one of these codes on a label of ours: no item, no supplier's number, nobody's badge."""
    return _found(session, [search for kind, search in _searches(list(codes)).items() if kind in WITH_LABEL])


def _found(session: Session, searches: Iterable[Select[Any]]) -> list[Meaning]:
    rows = session.execute(union_all(*searches)).all()
    found = [Meaning(Kind(kind), code, ident, name or "", owner or "") for kind, ident, code, name, owner in rows]
    return sorted(found, key=lambda meaning: ORDER[meaning.kind])


def _searches(texts: list[str]) -> dict[Kind, Select[Any]]:
    serial = case((Item.tracking == Tracking.SERIAL, Kind.SERIAL.value), else_=Kind.LOT.value)
    with_item = select(serial, Lot.id, Lot.code, Item.name, Item.code).join(Item, Item.id == Lot.item_id)
    # lots that came under one number of a supplier are one meaning; only a single one is named as its owner
    single = case((func.count() == 1, func.min(Lot.code)))
    supplied = select(literal(Kind.SUPPLIER_LOT.value), func.min(Lot.id), Lot.supplier_lot, func.min(Item.name), single)
    order = select(literal(Kind.ORDER.value), WorkOrder.id, WorkOrder.code, Item.name, Item.code)
    job = select(literal(Kind.JOB.value), Job.id, Job.code, Job.name, WorkOrder.code)
    # what a customer calls an item means the item
    parts = select(literal(Kind.ITEM.value), Item.id, Item.code, Item.name, NOTHING)
    named = select(CustomerPart.item_id).where(CustomerPart.code.in_(texts))
    unit = select(literal(Kind.UNIT.value), HandlingUnit.id, HandlingUnit.code, NOTHING, NOTHING)
    return {
        Kind.LOT: _as_it_is_now(with_item, texts),
        Kind.UNIT: unit.where(HandlingUnit.code.in_(texts)),
        Kind.SUPPLIER_LOT: supplied.join(Item, Item.id == Lot.item_id)
        .where(Lot.supplier_lot.in_(texts))
        .group_by(Lot.supplier_lot),
        Kind.ORDER: order.join(Item, Item.id == WorkOrder.item_id).where(WorkOrder.code.in_(texts)),
        Kind.JOB: job.join(WorkOrder, WorkOrder.id == Job.order_id).where(Job.code.in_(texts)),
        Kind.BADGE: _simple(Kind.BADGE, Person, Person.badge, Person.name, texts, Person.code).where(Person.active),
        Kind.MACHINE: _simple(Kind.MACHINE, Machine, Machine.code, Machine.name, texts, NOTHING, Machine.tag),
        Kind.TOOL: _simple(Kind.TOOL, Tool, Tool.code, Tool.name, texts, NOTHING, Tool.tag),
        Kind.GAUGE: _simple(Kind.GAUGE, Gauge, Gauge.code, Gauge.name, texts, NOTHING, Gauge.tag),
        Kind.LOCATION: _simple(Kind.LOCATION, Location, Location.code, Location.name, texts, NOTHING, Location.tag),
        Kind.WORK_CENTRE: _simple(Kind.WORK_CENTRE, WorkCentre, WorkCentre.code, WorkCentre.name, texts),
        Kind.ITEM: parts.where(or_(Item.code.in_(texts), Item.id.in_(named))),
        Kind.RECEIPT: _simple(Kind.RECEIPT, Receipt, Receipt.code, NOTHING, texts),
        Kind.SHIPMENT: _simple(Kind.SHIPMENT, Shipment, Shipment.code, Shipment.reference, texts),
        Kind.INSPECTION: _simple(Kind.INSPECTION, Inspection, Inspection.code, NOTHING, texts),
        Kind.CERTIFICATE: _simple(Kind.CERTIFICATE, Certificate, Certificate.code, NOTHING, texts),
        Kind.STUDY: _simple(Kind.STUDY, GaugeStudy, GaugeStudy.code, GaugeStudy.characteristic, texts),
        Kind.CHANGE: _simple(Kind.CHANGE, FourMChange, FourMChange.code, FourMChange.title, texts),
        Kind.NONCONFORMANCE: _simple(Kind.NONCONFORMANCE, Nonconformance, Nonconformance.code, NOTHING, texts),
        Kind.DEFECT_CODE: _simple(Kind.DEFECT_CODE, DefectCode, DefectCode.code, DefectCode.name, texts),
    }


def _as_it_is_now(lots: Select[Any], texts: list[str]) -> Select[Any]:
    """Lots by code, or by one they bore before. A part that was taken out of a machine bears its old serial number
    still: that leads to the lot as which it is here now. (``undone`` is carried along as a key, as in every walk.)"""
    first = select(Lot.id.label("id"), false().label("undone"), Item.tracking.label("tracking"))
    lives = first.join(Item, Item.id == Lot.item_id).where(named(texts)).cte("lives", recursive=True)
    on = (Edge.parent_id == lives.c.id) & (Edge.undone == lives.c.undone)
    further = (Edge.kind == EdgeKind.RECOVER) & (lives.c.tracking == Tracking.SERIAL)
    lives = lives.union(select(Edge.child_id, lives.c.undone, lives.c.tracking).join(lives, on).where(further))
    went_on = select(Edge.id).where(Edge.parent_id == lives.c.id, Edge.kind == EdgeKind.RECOVER, ~Edge.undone).exists()
    return lots.join(lives, lives.c.id == Lot.id).where(or_(lives.c.tracking != Tracking.SERIAL, ~went_on))


def _simple(
    kind: Kind, table: Any, code: Any, name: Any, texts: list[str], owner: Any = NOTHING, tag: Any = None
) -> Select[Any]:
    asked = code.in_(texts) if tag is None else or_(code.in_(texts), tag.in_(texts))
    return select(literal(kind.value), table.id, code, name, owner).where(asked)


def _of_items(session: Session, readings: Sequence[Reading]) -> list[Meaning]:
    """The lots (or the item itself) that GS1 identifiers name, for the likeliest reading that leads anywhere."""
    spelled = {spelling for reading in readings for spelling in spellings_of_gtin(reading.gtin or "")}
    query: Any = (
        select(Item, Lot.id, Lot.code, Lot.supplier_lot, FormerCode.code)
        .select_from(Item)
        .where(Item.gtin.in_(spelled))
        .order_by(Lot.id.desc())
        .limit(100)
    )
    numbers = list({text for reading in readings for text in reading.texts})
    rows = session.execute(
        query.outerjoin(Lot, and_(Lot.item_id == Item.id, named(numbers, numbers))).outerjoin(
            FormerCode, and_(FormerCode.lot_id == Lot.id, FormerCode.code.in_(numbers))
        )
    ).all()
    for reading in readings:
        lots = [
            Meaning(_kind_of(item), code, ident, item.name, item.code)
            for item, ident, code, supplier_lot, before in rows
            if ident is not None and {code, supplier_lot, before} & set(reading.texts)
        ]
        if lots:
            return list(dict.fromkeys(lots))
    return [Meaning(Kind.ITEM, item.code, item.id, item.name) for item in dict.fromkeys(row[0] for row in rows)]


def _kind_of(item: Item) -> Kind:
    return Kind.SERIAL if item.tracking is Tracking.SERIAL else Kind.LOT
