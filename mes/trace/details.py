"""What is known of the lots on the way: a fixed number of statements, however many lots there are."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session, aliased

from mes.core.chunks import among
from mes.inspection.models import Inspection
from mes.lots.models import Hold, Lot, MovementKind
from mes.orders.models import Job, WorkOrder
from mes.quality.models import Defect, DefectCode
from mes.trace.conditions import called, conditions_of, measured_in
from mes.trace.facts import Details, Flaw, Held, Inspected, Shipped, shipped
from mes.trace.queries import LOTS, fetch
from mes.trace.reads import Rows, rows_of, shipped_lines

__all__ = ["called", "details_of", "shipped_of"]
#: Ledger lines by which a lot comes into being.
MAKING = (
    MovementKind.RECEIVE, MovementKind.PRODUCE, MovementKind.SPLIT, MovementKind.MERGE, MovementKind.COME_BACK,
    MovementKind.RECOVER,
)  # fmt: skip


def details_of(session: Session, lot_ids: Collection[int], rows: Rows | None = None) -> Details:
    """What is known of these lots and of the work on the orders that made them; fourteen statements.

    ``rows``: what was read of them already.
    """
    if not lot_ids:
        return Details()
    rows = rows or rows_of(session, lot_ids, MAKING)
    orders = sorted(rows.orders)
    inspected = list(_inspected(session, lot_ids, orders))
    holds = list(_held(session, lot_ids))
    return Details(
        rows,
        inspected,
        list(_flaws(session, lot_ids, orders)),
        [one for one in holds if one.lifted_at is None],
        [one for one in holds if one.lifted_at is not None],
        measured_in(session, [one.id for one in inspected]),
        list(conditions_of(session, orders)),
    )


def shipped_of(session: Session, lot_ids: Collection[int]) -> dict[int, list[Shipped]]:
    """Where lots, or parts of them, left for, by lot; four statements."""
    if not lot_ids:
        return {}
    lines = shipped_lines(session, lot_ids)
    codes = {row[0]: row[1] for row in fetch(session, LOTS, sorted({line[0] for line in lines}))}
    found: dict[int, list[Shipped]] = {}
    for line in lines:
        found.setdefault(line[0], []).append(shipped(codes[line[0]], *line))
    return found


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
