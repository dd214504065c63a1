"""Reads about inspections and what is measured in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core import events
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.core.scanning import named_code
from mes.core.types import NOTHING
from mes.inspection.models import Inspection, InspectionKind, Reading, Verdict
from mes.items.models import Item
from mes.lots.code_queries import as_written, named
from mes.lots.models import Lot, LotStatus, Movement, MovementKind
from mes.lots.queries import origins_of
from mes.lots.walks import downwards
from mes.orders.first_piece import first_piece_owed
from mes.orders.models import Job, JobState, OrderState, Report, WorkOrder


@dataclass(frozen=True, kw_only=True)
class InspectionFilter:
    """Which inspections are meant; empty fields choose nothing."""

    since: date | None = None
    until: date | None = None
    kind: InspectionKind | None = None
    verdict: Verdict | None = None
    item: str | None = None
    lot: str | None = None


class InspectionRow(NamedTuple):
    """An inspection with the codes of its job and order."""

    inspection: Inspection
    job: str | None
    order: str | None


def _inspections() -> Any:
    query = select(Inspection, Job.code, WorkOrder.code).outerjoin(Job, Job.id == Inspection.job_id)
    query = query.outerjoin(WorkOrder, WorkOrder.id == Job.order_id)
    return query.options(joinedload(Inspection.item), joinedload(Inspection.lot))


def page_of_inspections(session: Session, chosen: InspectionFilter, after: str | None = None) -> Slice[InspectionRow]:
    """Inspections, newest first."""
    query = _inspections()
    conditions = [
        chosen.since and Inspection.day >= chosen.since,
        chosen.until and Inspection.day <= chosen.until,
        chosen.kind and Inspection.kind == chosen.kind,
        chosen.verdict and Inspection.verdict == chosen.verdict,
    ]
    query = query.where(*(one for one in conditions if one is not None))
    if chosen.item:
        query = query.join(Item, Item.id == Inspection.item_id).where(Item.code == chosen.item)
    if chosen.lot:
        query = query.join(Lot, Lot.id == Inspection.lot_id).where(named([as_written(chosen.lot)]))
    found = keyset(session, query, Inspection.at, Inspection.id, after=after, newest_first=True, whole_rows=True)
    return Slice([InspectionRow(*row[:3]) for row in found.rows], found.next, found.first)


def get_inspection(session: Session, code: str) -> InspectionRow:
    """An inspection with its readings. Raises NotFound."""
    query = _inspections().options(
        selectinload(Inspection.readings).joinedload(Reading.choice), joinedload(Inspection.standard)
    )
    row = session.execute(query.where(Inspection.code == code.strip().upper())).one_or_none()
    if row is None:
        raise NotFound(what=_(N_("inspection")), code=code)
    return InspectionRow(*row)


def failed_kinds(session: Session, lot_id: int) -> set[InspectionKind]:
    """Kinds of inspection whose newest one of this lot failed; of a part that was not inspected by itself, those that
    the lots failed which it was divided or poured from."""
    judged = (Inspection.lot_id.in_(origins_of(session, lot_id)), Inspection.verdict.is_not(None))
    query = select(Inspection.lot_id, Inspection.kind, Inspection.verdict).where(*judged).order_by(Inspection.id)
    newest = {(lot, kind): verdict for lot, kind, verdict in session.execute(query)}
    own = {kind for lot, kind in newest if lot == lot_id}
    failed = [key for key, verdict in newest.items() if verdict is Verdict.FAIL]
    return {kind for lot, kind in failed if lot == lot_id or kind not in own}


def failures_of(session: Session, lot_id: int, kind: InspectionKind) -> Sequence[str]:
    """Codes of the inspections of a kind that a lot, or one it was divided or poured from, failed: holds name them."""
    query = select(Inspection.code).where(Inspection.lot_id.in_(origins_of(session, lot_id)))
    return session.scalars(query.where(Inspection.kind == kind, Inspection.verdict == Verdict.FAIL)).all()


def jobs_with_failed_first_piece(session: Session, item_id: int) -> set[int | None]:
    """Jobs of an item that are not done and whose newest first piece failed."""
    newest = (
        select(func.max(Inspection.id))
        .join(Job, Job.id == Inspection.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .where(WorkOrder.item_id == item_id, Job.state != JobState.DONE)
        .where(Inspection.kind == InspectionKind.FIRST, Inspection.verdict.is_not(None))
        .group_by(Inspection.job_id)
    )
    failed = select(Inspection.job_id).where(Inspection.id.in_(newest), Inspection.verdict == Verdict.FAIL)
    return set(session.scalars(failed))


class Judged(NamedTuple):
    """Why a lot stands as it does: the newest inspections that failed, one for each kind, and what was decided."""

    failed: list[Inspection]
    decision: events.Event | None


def judged(session: Session, lot_id: int) -> Judged:
    """What inspections said of a lot and of the lots it was divided from."""
    lots = origins_of(session, lot_id)
    query = (
        select(Inspection)
        .options(selectinload(Inspection.readings).joinedload(Reading.choice))
        .where(Inspection.lot_id.in_(lots), Inspection.verdict.is_not(None))
    )
    newest = {(one.lot_id, one.kind): one for one in session.scalars(query.order_by(Inspection.id))}
    verbs = ("quality.accept_lot", "quality.reject_lot")
    told = select(events.Event).where(
        events.Event.thing == Lot.__tablename__, events.Event.thing_id.in_(lots), events.Event.verb.in_(verbs)
    )
    decision = session.scalars(told.order_by(events.Event.id.desc()).limit(1)).first()
    return Judged([one for one in newest.values() if one.verdict is Verdict.FAIL], decision)


def lots_in_doubt(session: Session, inspection: Inspection, job: Job, *, back: bool) -> list[int]:
    """Lots that a failure at a job puts in doubt, with what they were split and poured into, as far as there is any.

    Without ``back`` the newest one that the order made, unless the inspection was of a lot; with it everything made of
    the item at the machine (or by the order) since the last good check of the same kind.
    """
    reports = select(Report.id).join(Job, Job.id == Report.job_id).where(Report.lot_id.is_not(None))
    reports = reports.where(Report.reverses_id.is_(None))
    if not back:
        if inspection.lot_id is not None:
            return []
        reports = reports.where(Job.order_id == job.order_id).order_by(Report.id.desc()).limit(1)
    else:
        at = Inspection.machine_id == job.machine_id if job.machine_id else Inspection.job_id == job.id
        good = (Inspection.kind == inspection.kind, Inspection.verdict == Verdict.PASS, at)
        last = session.scalar(
            select(func.max(Inspection.closed_at)).where(Inspection.item_id == inspection.item_id, *good)
        )
        same_order = Job.order_id == job.order_id
        where = or_(same_order, Report.machine_id == job.machine_id) if job.machine_id else same_order
        reports = reports.join(WorkOrder, WorkOrder.id == Job.order_id)
        reports = reports.where(WorkOrder.item_id == inspection.item_id, where)
        since = last or job.started_at
        reports = reports.where(Report.at >= since) if since else reports
    wanted = list(session.scalars(reports))
    produced = select(Movement.lot_id).where(Movement.report_id.in_(wanted), Movement.kind == MovementKind.PRODUCE)
    made = downwards(produced, "doubted", parted=True)
    return list(session.scalars(select(Lot.id).where(Lot.id.in_(select(made.c.id)), Lot.on_hand > NOTHING)))


def jobs_to_inspect(session: Session, code: str) -> Sequence[Job]:
    """The jobs of a work order, when that is what was scanned."""
    query = (
        select(Job)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .options(joinedload(Job.order).joinedload(WorkOrder.item), joinedload(Job.work_centre))
        .where(WorkOrder.code == named_code(code).upper())
    )
    return session.scalars(query.order_by(Job.sequence)).all()


def waiting_lots(session: Session, most: int = 20) -> Sequence[Lot]:
    """Lots that wait for their incoming inspection, oldest first."""
    query = select(Lot).options(joinedload(Lot.item), joinedload(Lot.location))
    query = query.where(Lot.status == LotStatus.INSPECTION, Lot.on_hand > NOTHING)
    return session.scalars(query.order_by(Lot.id).limit(most)).all()


class LotsTold(NamedTuple):
    """What inspections already know of lots that wait: codes by the lot's id."""

    failed: dict[int | None, str]
    begun: dict[int | None, str]


def told_of(session: Session, lots: Sequence[Lot]) -> LotsTold:
    """Of lots that wait: whose newest incoming inspection failed, and on which one somebody measures now."""
    query = select(Inspection.lot_id, Inspection.code, Inspection.verdict, Inspection.closed_at).where(
        Inspection.lot_id.in_([lot.id for lot in lots]), Inspection.kind == InspectionKind.INCOMING
    )
    told = LotsTold({}, {})
    for lot_id, code, verdict, closed_at in session.execute(query.order_by(Inspection.id)) if lots else ():
        if closed_at is None:
            told.begun[lot_id] = code
        elif verdict is Verdict.FAIL:
            told.failed[lot_id] = code
        elif verdict is Verdict.PASS:
            told.failed.pop(lot_id, None)
    return told


def waiting_jobs(session: Session, day: date, most: int = 20) -> Sequence[Job]:
    """Jobs that may not report on a production day before their first piece has passed, running ones first."""
    query = (
        select(Job)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .options(joinedload(Job.order).joinedload(WorkOrder.item), joinedload(Job.work_centre))
        .where(
            first_piece_owed(day),
            Job.state != JobState.DONE,
            WorkOrder.state.in_((OrderState.RELEASED, OrderState.RUNNING)),
        )
        .order_by((Job.state == JobState.WAITING), WorkOrder.due_on, Job.id)
    )
    return session.scalars(query.limit(most)).all()
