"""Use cases of a stop after it began: why it was, two stops out of one, and one that nobody recorded in time."""

from datetime import datetime

from mes.core.coded import lock_coded
from mes.core.errors import NotFound
from mes.core.files import clean_photo, store_file
from mes.core.i18n import _
from mes.core.work import Work
from mes.equipment import stop_queries
from mes.equipment.models import Downtime, Machine, StopReason, WorkCentre
from mes.equipment.rules import (
    NotYetPast,
    OutsideStop,
    StopsOverlap,
    StopUnexplained,
    check_in_use,
    check_stands_at,
)


def explain_stop(work: Work, downtime_id: int, reason_id: int, note: str | None = None) -> Downtime:
    """Say why it stood (or stands) still, or put another reason in the place of a wrong one; the event keeps both.

    A ``note`` takes the place of the one before; None leaves it. Raises NotInUse.
    """
    stop = _lock_stop(work, downtime_id)
    check_in_use(work.session.get_one(StopReason, reason_id))
    with work.change(stop, "equipment.explain_stop"):
        stop.reason_id = reason_id
        if note is not None:
            stop.note = note.strip() or None
        work.session.flush()
    return stop


def split_stop(work: Work, downtime_id: int, at: datetime, reason_id: int) -> Downtime:
    """Two stops out of one: the first keeps its reason and ends at a moment, the rest has another reason.

    Gives the second; it is open when the first was. Raises OutsideStop, NotInUse.
    """
    stop = _lock_stop(work, downtime_id)
    check_in_use(work.session.get_one(StopReason, reason_id))
    ended = stop.ended_at
    if not stop.started_at < at < (ended or work.now):
        raise OutsideStop(began=stop.started_at, ended=ended or work.now, at=at)
    rest = Downtime(
        work_centre_id=stop.work_centre_id, machine_id=stop.machine_id, job_id=stop.job_id, reason_id=reason_id,
        started_at=at, ended_at=ended, person_id=work.actor.person_id,
    )  # fmt: skip
    with work.change(stop, "equipment.split_stop"):
        stop.ended_at = at
        work.session.flush()
    return work.add(rest, "equipment.start_downtime", code=_what(work, stop))


def record_stop_afterwards(
    work: Work,
    *,
    work_centre_id: int,
    machine_id: int | None,
    reason_id: int,
    began: datetime,
    ended: datetime,
    note: str | None = None,
) -> Downtime:
    """Record a stop that nobody recorded while it lasted.

    Raises NotYetPast, StopsOverlap, MachineElsewhere, NotInUse.
    """
    centre = work.lock(WorkCentre, work_centre_id)
    machine = work.lock(Machine, machine_id) if machine_id is not None else None
    check_stands_at(machine, centre)
    check_in_use(work.session.get_one(StopReason, reason_id))
    if not began < ended <= work.now:
        raise NotYetPast(began=began, ended=ended)
    other = stop_queries.stop_between(work.session, centre.id, machine_id, began, ended)
    if other is not None:
        raise StopsOverlap(what=(machine or centre).code, began=other.started_at, ended=other.ended_at or work.now)
    stop = Downtime(
        work_centre_id=centre.id, machine_id=machine_id, reason_id=reason_id, started_at=began, ended_at=ended,
        note=(note or "").strip() or None, person_id=work.actor.person_id,
    )  # fmt: skip
    return work.add(stop, "equipment.record_stop", code=(machine or centre).code)


def check_stops_explained(work: Work, work_centre_id: int, machine_id: int | None) -> None:
    """Before a result, if the plant wants it: every stop here that was more than a micro-stop has a reason.

    Raises StopUnexplained.
    """
    for stop in stop_queries.unexplained(work.session, work_centre_id, work.now):
        if machine_id is None or stop.machine_id in (None, machine_id):
            raise StopUnexplained(what=_what(work, stop), began=stop.started_at)


def set_reason_picture(work: Work, code: str, name: str, raw: bytes) -> StopReason:
    """What a reason looks like, for those who choose it by touch. Raises NotAPicture and the like."""
    picture = clean_photo(name, raw)
    reason = lock_coded(work, StopReason, code, _("stop reason"))
    kept = store_file(work, f"stop-reason-{reason.code}.jpg", "image/jpeg", picture)
    with work.change(reason, "equipment.change_stop_reason"):
        reason.picture_id = kept.id
        work.session.flush()
    return reason


def _lock_stop(work: Work, downtime_id: int) -> Downtime:
    if work.session.get(Downtime, downtime_id) is None:
        raise NotFound(what=_("stop"), code=str(downtime_id))
    return work.lock(Downtime, downtime_id)


def _what(work: Work, stop: Downtime) -> str:
    if stop.machine_id is not None:
        return work.session.get_one(Machine, stop.machine_id).code
    return work.session.get_one(WorkCentre, stop.work_centre_id).code
