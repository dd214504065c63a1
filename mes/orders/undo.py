"""Use cases that take something back: scanned material, and reports. Nothing is edited: the opposite is written."""

from sqlalchemy import select

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.plant import Strictness, plant
from mes.core.work import Work
from mes.lots.ledger import lock_by_id, take_back
from mes.lots.models import Movement, MovementKind
from mes.lots.sample_rules import check_not_kept
from mes.orders import queries
from mes.orders.genealogy import is_drawn, put_back, undraw
from mes.orders.models import Job, JobState, OrderState, Report
from mes.orders.reporting import count
from mes.orders.rules import check_order, processed
from mes.orders.service import lock_job
from mes.orders.undo_rules import AlreadyUndone, TakenByReport, UsedAlready, check_given_back, check_undo


def return_material(work: Work, movement_id: int, reason: str | None = None, *, of: str | None = None) -> Movement:
    """Put back what was scanned and is not part of a made lot yet; ``of`` is the job or order it was scanned for.

    Within the set minutes by who scanned it, later by a leader with a reason. Raises NotFound, UndoTooLate,
    AlreadyUndone, AlreadyTakenBack, TakenByReport, UsedAlready, StillNeeded.
    """
    movement = work.session.get(Movement, movement_id)
    job = work.session.get(Job, movement.job_id) if movement is not None and movement.job_id else None
    if movement is None or job is None or movement.kind is not MovementKind.CONSUME:
        raise NotFound(what=_(N_("consumption")), code=str(movement_id))
    job = lock_job(work, job.code)
    if of is not None and of.upper() not in (job.code, job.order.code):
        raise NotFound(what=_(N_("consumption")), code=str(movement_id))
    check_order(job.order, "undo")
    if movement.reverses_id is not None:
        raise AlreadyUndone
    if movement.report_id is not None:
        raise TakenByReport
    settings = plant(work.session)
    check_undo(movement, work.actor, settings, work.now, reason)
    [lot] = lock_by_id(work, [movement.lot_id]).values()
    if is_drawn(work, movement):
        raise UsedAlready(what=lot.code)
    back = take_back(work, movement, lot, reason)
    put_back(work, movement)
    if settings.material_scanned is not Strictness.OFF:
        check_given_back(queries.materials_of(work.session, job.order_id, job.sequence), processed(job))
    work.record("orders.return_material", lot, after={"job": job.code, "quantity": back.quantity}, reason=reason)
    return back


def take_back_report(work: Work, report_id: int, reason: str | None = None, *, of: str | None = None) -> Report:
    """Undo a report by its opposite: the made quantity, back-flushed material and genealogy are taken back.

    What was scanned stays with the job. ``of`` is the job it was reported at. Raises NotFound, UndoTooLate,
    AlreadyUndone, UsedAlready, LotRetained.
    """
    report = work.session.get(Report, report_id)
    if report is None:
        raise NotFound(what=_(N_("result")), code=str(report_id))
    job = lock_job(work, work.session.get_one(Job, report.job_id).code)
    if of is not None and of.upper() != job.code:
        raise NotFound(what=_(N_("result")), code=str(report_id))
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
    kept = ("job_id", "started_at", "machine_id", "tool_id", "lot_id", "day")
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
        if line.quantity > 0:
            check_not_kept(lot)
            if lot.on_hand < line.quantity:
                raise UsedAlready(what=lot.code)
        take_back(work, line, lot, reason)
        if line.kind is MovementKind.CONSUME:
            put_back(work, line)


def _reopen(work: Work, job: Job) -> None:
    """A finished job or completed order goes back to work when one of its reports is undone."""
    if job.state is JobState.DONE:
        with work.change(job, "orders.reopen_job"):
            job.state, job.ended_at = JobState.PAUSED, None
            work.session.flush()
    if job.order.state is OrderState.COMPLETED:
        with work.change(job.order, "orders.reopen"):
            job.order.state, job.order.completed_at = OrderState.RUNNING, None
            work.session.flush()
