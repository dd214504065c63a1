"""Use cases that take something back: scanned material, and reports. Nothing is edited: the opposite is written."""

from sqlalchemy import select

from mes.core.plant import plant
from mes.core.work import Work
from mes.lots.ledger import lock_by_id, take_back
from mes.lots.models import Movement, MovementKind
from mes.orders import queries
from mes.orders.genealogy import is_drawn, put_back, undraw
from mes.orders.models import Job, JobState, OrderState, Report
from mes.orders.reporting import count
from mes.orders.rules import AlreadyUndone, UsedAlready, check_order, check_undo, processed
from mes.orders.service import lock_job


def return_material(work: Work, movement_id: int, reason: str | None = None) -> Movement:
    """Put back what was scanned and is not part of a made lot yet. Raises UsedAlready, AlreadyTakenBack."""
    movement = work.session.get_one(Movement, movement_id)
    job = work.session.get(Job, movement.job_id) if movement.job_id else None
    if job is None or movement.kind is not MovementKind.CONSUME:
        raise AlreadyUndone
    locked = lock_job(work, job.code)
    check_order(locked.order, "undo")
    [lot] = lock_by_id(work, [movement.lot_id]).values()
    if movement.reverses_id is None and is_drawn(work, movement):
        raise UsedAlready(what=lot.code)
    back = take_back(work, movement, lot, reason)
    put_back(work, movement)
    work.record("orders.return_material", lot, after={"job": locked.code, "quantity": back.quantity}, reason=reason)
    return back


def take_back_report(work: Work, report_id: int, reason: str | None = None) -> Report:
    """Undo a report by its opposite: the made quantity, back-flushed material and genealogy are taken back.

    What was scanned stays with the job. Raises UndoTooLate, AlreadyUndone, UsedAlready.
    """
    report = work.session.get_one(Report, report_id)
    job = lock_job(work, work.session.get_one(Job, report.job_id).code)
    check_order(job.order, "undo")
    undone = select(Report.id).where(Report.reverses_id == report.id)
    if report.reverses_id is not None or work.session.scalar(undone):
        raise AlreadyUndone
    check_undo(report, work.actor, plant(work.session), work.now, reason)
    after = queries.job_after(work.session, job)
    if after is not None and processed(after) > job.good - report.good:
        raise UsedAlready(what=after.name)
    undraw(work, report)
    back = _opposite(work, report, reason)
    work.add(back, "orders.undo_report", reason=reason, code=job.code)
    _take_movements_back(work, report, reason)
    count(job, back, -1)
    _reopen(work, job)
    return back


def _opposite(work: Work, report: Report, reason: str | None) -> Report:
    kept = ("job_id", "started_at", "machine_id", "lot_id", "day")
    counts = {name: -getattr(report, name) for name in ("good", "defective", "scrap", "rework")}
    return Report(
        **{name: getattr(report, name) for name in kept},
        **counts,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
        station=work.actor.station,
        reverses_id=report.id,
        reason=reason,
    )


def _take_movements_back(work: Work, report: Report, reason: str | None) -> None:
    lines = work.session.scalars(select(Movement).where(Movement.report_id == report.id).order_by(Movement.id)).all()
    lots = lock_by_id(work, {line.lot_id for line in lines})
    for line in lines:
        lot = lots[line.lot_id]
        if line.quantity > 0 and (lot.on_hand < line.quantity):
            raise UsedAlready(what=lot.code)
        take_back(work, line, lot, reason)
        if line.kind is MovementKind.CONSUME:
            put_back(work, line)


def _reopen(work: Work, job: Job) -> None:
    """A finished job or completed order goes back to work when one of its reports is undone."""
    if job.state is JobState.DONE:
        job.state, job.ended_at = JobState.PAUSED, None
    if job.order.state is OrderState.COMPLETED:
        job.order.state, job.order.completed_at = OrderState.RUNNING, None
    work.session.flush()
