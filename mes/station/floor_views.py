"""The work centre as a whole: its queue, what stands still, and calls for help."""

from flask import request

from mes.core.access import EVERYONE
from mes.core.commands import all_commands
from mes.core.errors import NotFound
from mes.core.forms import row_number
from mes.core.i18n import _, own_name
from mes.core.pages import Page, go, mes, page
from mes.core.visit import comes_late
from mes.core.work import Reader, Work
from mes.equipment import calls
from mes.equipment.call_rules import CALL_NAMES
from mes.equipment.models import CallKind
from mes.equipment.queries import get_stop_reason, list_machines
from mes.equipment.rules import machine_meant
from mes.equipment.service import end_downtime, start_downtime
from mes.equipment.stop_queries import get_stop, reasons_in_groups
from mes.equipment.stops import explain_stop
from mes.leader.queries import meant_for
from mes.orders.queries import find_job
from mes.shifts.check_queries import due_sheets
from mes.shifts.check_rules import Standing
from mes.shifts.hand_queries import unread_notes
from mes.station.here import here, room, shown
from mes.station.queries import queue_here


@room.read("/queue", who=EVERYONE)
def queue(read: Reader) -> Page:
    """What this work centre has to do, running first."""
    station = here(read)
    rows = queue_here(read, station.work_centre_id)
    due = due_sheets(read, mes().clock(), station.work_centre_id)
    return shown(
        read,
        "station/queue.html",
        rows=rows,
        meant_for=meant_for(read, [row.job for row in rows]),
        notes=unread_notes(read, station.work_centre_id),
        due=[one for one in due if one.standing in (Standing.DUE, Standing.OVERDUE)],
    )


@room.read("/stop", who=EVERYONE)
def stop(read: Reader) -> Page:
    """Why does it stand still? One touch on the reason records it; without one it is told later."""
    station = here(read)
    job = find_job(read, request.args.get("job", ""))
    machines = list_machines(read, work_centre_id=station.work_centre_id, active=True)
    chosen = machine_meant(job.machine_id if job else None, machines)
    return shown(
        read, "station/stop.html", job=job, machines=machines, chosen=chosen, groups=reasons_in_groups(read), told=None
    )


@room.write("/stop", who=EVERYONE, show=stop)
def record_stop(work: Work) -> Page:
    """The machine (or the whole line) stands still from now on. Without a reason the next page asks for it.

    The key on the queue and on a job names no machine: it is the job's, or the only one; of several it is asked which.
    Of a stop that comes late nobody can be asked that any more: it is kept for the work centre as a whole.
    """
    station = here(work.session)
    job = find_job(work.session, request.form.get("job", ""))
    wanted = request.form.get("reason", "")
    reason = get_stop_reason(work.session, wanted) if wanted else None
    machine = request.form.get("machine", "" if reason else None)
    if machine is None:
        there = list_machines(work.session, work_centre_id=station.work_centre_id, active=True)
        meant = machine_meant(job.machine_id if job else None, there)
        if meant is None and there and not comes_late():
            return go("station.stop", job=job.code if job else None)
        machine = str(meant or "")
    made = start_downtime(
        work,
        work_centre_id=station.work_centre_id,
        machine_id=row_number(machine),
        reason_id=reason.id if reason else None,
        job_id=job.id if job else None,
    )
    if reason is None:
        said = _("Stopped. The clock runs; say why when you can.")
        return go("station.stop_reason", ident=made.id, job=job.code if job else None, said=said)
    return _back(job.code if job else None, _("Stopped: %(reason)s.", reason=own_name(reason)))


@room.read("/stops/<int:ident>/reason", who=EVERYONE)
def stop_reason(read: Reader, ident: int) -> Page:
    """Why did it stand still? The same tiles, for a stop that is recorded already."""
    job = find_job(read, request.values.get("job", ""))
    return shown(
        read, "station/stop.html", job=job, machines=[], chosen=None, groups=reasons_in_groups(read),
        told=get_stop(read, ident),
    )  # fmt: skip


@room.write("/stops/<int:ident>/reason", who=EVERYONE, show=stop_reason)
def tell_reason(work: Work, ident: int) -> Page:
    """The reason of a stop is told."""
    here(work.session)
    reason = get_stop_reason(work.session, request.form.get("reason", ""))
    explain_stop(work, ident, reason.id)
    return _back(request.form.get("job"), _("Stopped: %(reason)s.", reason=own_name(reason)))


@room.write("/stops/<int:ident>/end", who=EVERYONE, show=lambda read, ident: queue(read))
def end_stop(work: Work, ident: int) -> Page:
    """It runs again."""
    here(work.session)
    end_downtime(work, ident)
    return _back(request.form.get("job"), _("It runs again."))


@room.read("/call", who=EVERYONE)
def call(read: Reader) -> Page:
    """Who is needed here? One touch calls."""
    return shown(read, "station/call.html", job=find_job(read, request.args.get("job", "")), names=CALL_NAMES)


@room.write("/call", who=EVERYONE, show=call)
def place_call(work: Work) -> Page:
    """Somebody is called to this work centre."""
    station = here(work.session)
    job = find_job(work.session, request.form.get("job", ""))
    kind = _call_kind(request.form.get("kind", ""))
    machines = list_machines(work.session, work_centre_id=station.work_centre_id, active=True)
    made = calls.call_for(
        work,
        kind=kind,
        work_centre_id=station.work_centre_id,
        job_id=job.id if job else None,
        machine_id=machine_meant(job.machine_id if job else None, machines),
        stands_still=request.form.get("stop") == "yes",
    )
    said = _("Called: %(kind)s.", kind=_(CALL_NAMES[kind]))
    if made.downtime_id is not None:
        said += " " + _("It is recorded as standing still.")
    return _back(job.code if job else None, said)


def _call_kind(text: str) -> CallKind:
    try:
        return CallKind(text)
    except ValueError:
        raise NotFound(what=_("call"), code=text) from None


@room.write("/calls/<int:ident>/solve", who=EVERYONE, show=lambda read, ident: queue(read))
def solve_call(work: Work, ident: int) -> Page:
    """The help has been given."""
    here(work.session)
    calls.solve_call(work, ident)
    return _back(request.form.get("job"), _("The call is closed."))


def _back(job: str | None, said: str) -> Page:
    return go("station.job", code=job, said=said) if job else go("station.queue", said=said)


@room.read("/codes", who=EVERYONE)
def codes(read: Reader) -> Page:
    """The command codes to print and hang up beside the tablet."""
    words = [(one.code, _(one.name)) for one in all_commands()]
    return page("station/codes.html", codes=words)
