"""Use cases between a leader and the stations: requests that only a leader answers, and messages."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from mes.core.errors import NotFound, ReasonNeeded
from mes.core.i18n import _, word
from mes.core.work import Work
from mes.equipment.models import Station
from mes.leader.models import Ask, AskKind, AskState, Message
from mes.leader.rules import AlreadyAnswered, AlreadyAsked, NobodyToTell, NotYours, WithdrawnMeanwhile
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.queries import get_lot
from mes.orders.consuming import consume
from mes.orders.models import Job, Report
from mes.orders.queries import get_job
from mes.orders.undo import return_material
from mes.quality.service import undo_report


def ask_for_lot(work: Work, *, station_id: int, job_code: str, lot_code: str, why: str) -> Ask:
    """Ask the leader to allow a lot that is not first out or not here. Raises AlreadyAsked."""
    job, lot = get_job(work.session, job_code), get_lot(work.session, lot_code)
    return _ask(work, Ask(kind=AskKind.LOT, station_id=station_id, job_id=job.id, lot_id=lot.id, why=why), job)


def ask_to_undo_result(work: Work, *, station_id: int, job_code: str, report_id: int, why: str) -> Ask:
    """Ask the leader to undo a result that its author may not undo any more. Raises NotFound, AlreadyAsked."""
    job, report = get_job(work.session, job_code), work.session.get(Report, report_id)
    if report is None or report.job_id != job.id or report.reverses_id is not None:
        raise NotFound(what=_("result"), code=str(report_id))
    ask = Ask(kind=AskKind.UNDO_RESULT, station_id=station_id, job_id=job.id, report_id=report.id, why=why)
    return _ask(work, ask, job)


def ask_to_give_back(work: Work, *, station_id: int, job_code: str, movement_id: int, why: str) -> Ask:
    """Ask the leader to take back material that was scanned. Raises NotFound, AlreadyAsked."""
    job, taken = get_job(work.session, job_code), work.session.get(Movement, movement_id)
    if taken is None or taken.job_id != job.id or taken.kind is not MovementKind.CONSUME or taken.reverses_id:
        raise NotFound(what=_("consumption"), code=str(movement_id))
    ask = Ask(kind=AskKind.UNDO_TAKEN, station_id=station_id, job_id=job.id, movement_id=taken.id, why=why)
    ask.lot_id = taken.lot_id
    return _ask(work, ask, job)


def _ask(work: Work, ask: Ask, job: Job) -> Ask:
    work.lock(Station, ask.station_id)  # a double touch finds the first one
    if not ask.why.strip():
        raise ReasonNeeded(field="reason")
    same = select(Ask).where(
        Ask.answered_at.is_(None),
        Ask.kind == ask.kind,
        Ask.job_id == ask.job_id,
        Ask.lot_id.is_not_distinct_from(ask.lot_id),
        Ask.report_id.is_not_distinct_from(ask.report_id),
        Ask.movement_id.is_not_distinct_from(ask.movement_id),
    )
    before = work.session.scalar(same.limit(1))
    if before is not None:
        raise AlreadyAsked(when=before.asked_at)
    ask.why, ask.asked_at, ask.asked_by, ask.person_id = ask.why.strip()[:500], work.now, *_who(work)
    return work.add(ask, "leader.ask", reason=ask.why, code=job.code)


def _who(work: Work) -> tuple[str, int | None]:
    return work.actor.name[:100], work.actor.person_id


def withdraw(work: Work, ask_id: int, station_id: int) -> Ask:
    """The station does not need it any more. Raises NotYours, AlreadyAnswered."""
    ask = _lock_open(work, ask_id)
    if ask.station_id != station_id:
        raise NotYours
    with work.change(ask, "leader.withdraw"):
        ask.state, ask.answered_at, ask.answered_by = AskState.WITHDRAWN, work.now, work.actor.name[:100]
        ask.seen_at = work.now
        work.session.flush()
    return ask


def grant(work: Work, ask_id: int, answer: str | None = None) -> Ask:
    """Allow what a station asks for, and do it at once: the lot is taken, or the entry undone.

    What the rules still refuse is not done, and the request stays open. Raises AlreadyAnswered, WithdrawnMeanwhile,
    and the refusals of the scan gate and of undoing.
    """
    ask = _lock_open(work, ask_id)
    job = work.session.get_one(Job, ask.job_id)
    reason = " · ".join(said for said in (word(ask.why), (answer or "").strip()) if said)
    if ask.kind is AskKind.LOT:
        _take(work, ask, job, reason)
    elif ask.kind is AskKind.UNDO_RESULT:
        undo_report(work, ask.report_id or 0, reason, of=job.code)
    else:
        return_material(work, ask.movement_id or 0, reason, of=job.code)
    return _answer(work, ask, AskState.GRANTED, answer)


def _take(work: Work, ask: Ask, job: Job, reason: str) -> None:
    """The lot is taken by who asked, with the leader's leave."""
    leader = work.actor
    lot = work.session.get_one(Lot, ask.lot_id or 0)
    station = work.session.get_one(Station, ask.station_id)
    work.actor = replace(
        leader, name=ask.asked_by, person_id=ask.person_id, name_en=None, station_id=station.id, station=station.name
    )
    try:
        consume(work, job.code, lot.code, approver=leader, override_reason=reason)
    finally:
        work.actor = leader


def deny(work: Work, ask_id: int, answer: str) -> Ask:
    """Say no, and why. Raises ReasonNeeded, AlreadyAnswered, WithdrawnMeanwhile."""
    if not (answer or "").strip():
        raise ReasonNeeded(field="reason")
    return _answer(work, _lock_open(work, ask_id), AskState.DENIED, answer)


def _answer(work: Work, ask: Ask, state: AskState, answer: str | None) -> Ask:
    with work.change(ask, f"leader.{'grant' if state is AskState.GRANTED else 'deny'}", reason=answer or None):
        ask.state, ask.answered_at, ask.answered_by = state, work.now, work.actor.name[:100]
        ask.answer = (answer or "").strip()[:500] or None
        work.session.flush()
    return ask


def see_answer(work: Work, ask_id: int, station_id: int) -> Ask:
    """Somebody at the station has seen the answer; it is not shown any more. Raises NotYours."""
    ask = _lock(work, ask_id)
    if ask.station_id != station_id or ask.answered_at is None:
        raise NotYours
    if ask.seen_at is None:
        with work.change(ask, "leader.see"):
            ask.seen_at = work.now
            work.session.flush()
    return ask


def _lock(work: Work, ask_id: int) -> Ask:
    if work.session.get(Ask, ask_id) is None:
        raise NotFound(what=_("request"), code=str(ask_id))
    return work.lock(Ask, ask_id)


def _lock_open(work: Work, ask_id: int) -> Ask:
    ask = _lock(work, ask_id)
    if ask.state is AskState.WITHDRAWN:
        raise WithdrawnMeanwhile(who=ask.answered_by)
    if ask.answered_at is not None:
        raise AlreadyAnswered(who=ask.answered_by, when=ask.answered_at)
    return ask


def send_message(work: Work, station_ids: Iterable[int], text: str) -> list[Message]:
    """Write to some stations; each shows it until somebody there has read it. Raises NobodyToTell, ReasonNeeded."""
    words = text.strip()[:500]
    if not words:
        raise ReasonNeeded(field="text")
    chosen = select(Station).where(Station.id.in_(set(station_ids)), Station.active, Station.device_hash.is_not(None))
    stations = list(work.session.scalars(chosen.order_by(Station.id)))
    if not stations:
        raise NobodyToTell(field="stations")
    return [
        work.add(
            Message(station_id=station.id, text=words, sent_at=work.now, sent_by=work.actor.name[:100]),
            "leader.send",
            code=station.code,
        )
        for station in stations
    ]


def read_message(work: Work, message_id: int, station_id: int) -> Message:
    """Somebody at the station has read it: the leader sees who and when. Raises NotFound, NotYours."""
    if work.session.get(Message, message_id) is None:
        raise NotFound(what=_("message"), code=str(message_id))
    message = work.lock(Message, message_id)
    if message.station_id != station_id:
        raise NotYours
    if message.read_at is None:
        with work.change(message, "leader.read"):
            message.read_at, message.read_by = work.now, work.actor.name[:100]
            work.session.flush()
    return message
