"""What is known of the lots on the way: a fixed number of statements, however many lots there are."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session, aliased

from mes.core.chunks import among
from mes.equipment.models import Location, Machine, Tool
from mes.inspection.models import Inspection
from mes.lots.models import Hold, Lot, Movement, MovementKind, Receipt, Shipment
from mes.lots.queries import away, standing
from mes.lots.return_queries import came_back
from mes.orders.models import Job, Report, WorkOrder
from mes.partners.models import Partner
from mes.people.models import Person
from mes.quality.models import Defect, DefectCode
from mes.trace.conditions import called, conditions_of, measured_in
from mes.trace.facts import Details, Done, Flaw, Held, Inspected, LotFacts, Making, Shipped

__all__ = ["called", "details_of", "shipped_of"]
#: Ledger lines by which a lot comes into being.
MAKING = (
    MovementKind.RECEIVE, MovementKind.PRODUCE, MovementKind.SPLIT, MovementKind.MERGE, MovementKind.COME_BACK,
)  # fmt: skip


def details_of(session: Session, lot_ids: Collection[int]) -> Details:
    """What is known of these lots and of the work on the orders that made them; nine statements."""
    if not lot_ids:
        return Details()
    facts = {row.id: row for row in _facts(session, lot_ids)}
    orders = sorted({row.order_id for row in facts.values() if row.order_id is not None})
    makings: dict[int, list[Making]] = {}
    for making in _makings(session, lot_ids):
        makings.setdefault(making.lot_id, []).append(making)
    inspected = list(_inspected(session, lot_ids, orders))
    holds = list(_held(session, lot_ids))
    return Details(
        facts,
        makings,
        list(_done(session, orders)),
        list(_shipped(session, lot_ids)),
        inspected,
        list(_flaws(session, lot_ids, orders)),
        [one for one in holds if one.lifted_at is None],
        [one for one in holds if one.lifted_at is not None],
        measured_in(session, [one.id for one in inspected]),
        list(conditions_of(session, orders)),
    )


def shipped_of(session: Session, lot_ids: Collection[int]) -> dict[int, list[Shipped]]:
    """Where lots, or parts of them, left for, by lot; one statement."""
    found: dict[int, list[Shipped]] = {}
    for one in _shipped(session, lot_ids) if lot_ids else ():
        found.setdefault(one.lot_id, []).append(one)
    return found


def _facts(session: Session, lots: Collection[int]) -> Iterable[LotFacts]:
    query = (
        select(
            Lot.id,
            Lot.code,
            Lot.on_hand,
            Lot.status,
            Lot.holds,
            Lot.made_on,
            Lot.arrived_on,
            Lot.expires_on,
            Lot.supplier_lot,
            Lot.trace_number,
            called(Partner),
            called(Location),
            Lot.order_id,
            WorkOrder.code,
            Receipt.code,
        )
        .outerjoin(Partner, Partner.id == Lot.supplier_id)
        .outerjoin(Location, Location.id == Lot.location_id)
        .outerjoin(WorkOrder, WorkOrder.id == Lot.order_id)
        .outerjoin(Receipt, Receipt.id == Lot.receipt_id)
    )
    rows: Iterable[Any] = session.execute(query.where(among(session, Lot.id, lots)))
    return (LotFacts(*row) for row in rows)


def _makings(session: Session, lots: Collection[int]) -> Iterable[Making]:
    """Lines that were taken back are no making."""
    query = (
        select(
            Movement.lot_id,
            Movement.kind,
            Movement.quantity,
            Movement.at,
            func.coalesce(Report.person, Person.name),
            called(Machine),
            called(Tool),
        )
        .outerjoin(Report, Report.id == Movement.report_id)
        .outerjoin(Machine, Machine.id == Report.machine_id)
        .outerjoin(Tool, Tool.id == Report.tool_id)
        .outerjoin(Person, Person.id == Movement.person_id)
        .where(Movement.kind.in_(MAKING), Movement.quantity > 0, *standing())
        .where(among(session, Movement.lot_id, lots))
        .order_by(Movement.id)
    )
    return (Making(*row) for row in session.execute(query))


def _done(session: Session, orders: Collection[int]) -> Iterable[Done]:
    back = aliased(Report)
    query = (
        select(
            Job.order_id,
            WorkOrder.code,
            Job.code,
            called(Job),
            Report.at,
            Report.person,
            called(Machine),
            called(Tool),
            Report.good,
            Report.defective,
            Report.scrap,
            Report.rework,
        )
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .outerjoin(Machine, Machine.id == Report.machine_id)
        .outerjoin(Tool, Tool.id == Report.tool_id)
        .outerjoin(back, back.reverses_id == Report.id)
        .where(among(session, Job.order_id, orders), Report.reverses_id.is_(None), back.id.is_(None))
        .order_by(Report.id)
    )
    return (Done(*row) for row in session.execute(query))


def _shipped(session: Session, lots: Collection[int]) -> Iterable[Shipped]:
    query = (
        select(
            Movement.lot_id,
            Lot.code,
            Shipment.code,
            called(Partner),
            Shipment.at,
            Shipment.reference,
            -Movement.quantity,
            came_back(),
        )
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Shipment, Shipment.id == Movement.shipment_id)
        .join(Partner, Partner.id == Shipment.customer_id)
        .where(among(session, Movement.lot_id, lots), *away())
        .order_by(Movement.id)
    )
    return (Shipped(*row) for row in session.execute(query))


def _inspected(session: Session, lots: Collection[int], orders: Collection[int]) -> Iterable[Inspected]:
    jobs = select(Job.id).where(among(session, Job.order_id, orders))
    either = union(
        select(Inspection.id).where(among(session, Inspection.lot_id, lots)),
        select(Inspection.id).where(Inspection.job_id.in_(jobs)),
    )
    query = (
        select(
            Inspection.code,
            Inspection.kind,
            Inspection.verdict,
            Inspection.at,
            Inspection.person,
            Inspection.id,
            Inspection.lot_id,
            Lot.code,
            Job.order_id,
            WorkOrder.code,
        )
        .outerjoin(Lot, Lot.id == Inspection.lot_id)
        .outerjoin(Job, Job.id == Inspection.job_id)
        .outerjoin(WorkOrder, WorkOrder.id == Job.order_id)
        .where(Inspection.id.in_(either), Inspection.verdict.is_not(None))
        .order_by(Inspection.id)
    )
    rows: Iterable[Any] = session.execute(query)
    return (Inspected(*row) for row in rows)


def _flaws(session: Session, lots: Collection[int], orders: Collection[int]) -> Iterable[Flaw]:
    back = aliased(Defect)
    jobs = select(Job.id).where(among(session, Job.order_id, orders))
    either = union(
        select(Defect.id).where(among(session, Defect.lot_id, lots)), select(Defect.id).where(Defect.job_id.in_(jobs))
    )
    query = (
        select(
            Defect.id,
            DefectCode.code,
            called(DefectCode),
            Defect.quantity,
            Defect.at,
            Defect.person,
            Defect.lot_id,
            Lot.code,
            Job.order_id,
            WorkOrder.code,
            Defect.disposition,
            Defect.photo_id,
        )
        .join(DefectCode, DefectCode.id == Defect.code_id)
        .outerjoin(Lot, Lot.id == Defect.lot_id)
        .outerjoin(Job, Job.id == Defect.job_id)
        .outerjoin(WorkOrder, WorkOrder.id == Job.order_id)
        .outerjoin(back, back.reverses_id == Defect.id)
        .where(Defect.id.in_(either), Defect.reverses_id.is_(None), back.id.is_(None))
        .order_by(Defect.id)
    )
    return (Flaw(*row) for row in session.execute(query))


def _held(session: Session, lots: Collection[int]) -> Iterable[Held]:
    query = (
        select(
            Hold.lot_id,
            Lot.code,
            Hold.reason,
            Hold.placed_at,
            Hold.placed_by,
            Hold.lifted_at,
            Hold.lifted_by,
            Hold.lift_reason,
        )
        .join(Lot, Lot.id == Hold.lot_id)
        .where(among(session, Hold.lot_id, lots))
        .order_by(Hold.id)
    )
    return (Held(*row) for row in session.execute(query))
