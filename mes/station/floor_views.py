"""The work centre as a whole: its queue, what stands still, and calls for help."""

from flask import request

from mes.core.access import EVERYONE, OFFICE
from mes.core.errors import NotFound
from mes.core.forms import row_number
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, page
from mes.core.scanning import COMMANDS
from mes.core.work import Reader, Work
from mes.equipment import call_queries, calls
from mes.equipment.models import CallKind, StopReason
from mes.equipment.queries import get_stop_reason, list_coded, list_machines
from mes.equipment.service import end_downtime, start_downtime
from mes.orders.queries import find_job
from mes.scan.models import COMMAND_NAMES
from mes.station.here import here, room, shown
from mes.station.queries import queue_here

desk = Room("calls", __name__)
desk.entry("calls.index", N_("Calls"), "megaphone", "production", OFFICE)


@room.read("/queue", who=EVERYONE)
def queue(read: Reader) -> Page:
    """What this work centre has to do, running first."""
    station = here(read)
    return shown(read, "station/queue.html", rows=queue_here(read, station.work_centre_id))


@room.read("/stop", who=EVERYONE)
def stop(read: Reader) -> Page:
    """Why does it stand still? One touch on the reason records it."""
    station = here(read)
    job = find_job(read, request.args.get("job", ""))
    machines = list_machines(read, work_centre_id=station.work_centre_id, active=True)
    chosen = job.machine_id if job and job.machine_id else machines[0].id if len(machines) == 1 else None
    return shown(
        read,
        "station/stop.html",
        job=job,
        machines=machines,
        chosen=chosen,
        reasons=list_coded(read, StopReason, active=True),
    )


@room.write("/stop", who=EVERYONE, show=stop)
def record_stop(work: Work) -> Page:
    """The machine (or the whole line) stands still from now on."""
    station = here(work.session)
    job = find_job(work.session, request.form.get("job", ""))
    reason = get_stop_reason(work.session, request.form.get("reason", ""))
    machine = request.form.get("machine", "")
    start_downtime(
        work,
        work_centre_id=station.work_centre_id,
        machine_id=row_number(machine),
        reason_id=reason.id,
        job_id=job.id if job else None,
    )
    return _back(job.code if job else None, _("Stopped: %(reason)s.", reason=own_name(reason)))


@room.write("/stops/<int:ident>/end", who=EVERYONE, show=lambda read, ident: queue(read))
def end_stop(work: Work, ident: int) -> Page:
    """It runs again."""
    here(work.session)
    end_downtime(work, ident)
    return _back(request.form.get("job"), _("It runs again."))


@room.read("/call", who=EVERYONE)
def call(read: Reader) -> Page:
    """Who is needed here? One touch calls."""
    return shown(read, "station/call.html", job=find_job(read, request.args.get("job", "")), names=calls.CALL_NAMES)


@room.write("/call", who=EVERYONE, show=call)
def place_call(work: Work) -> Page:
    """Somebody is called to this work centre."""
    station = here(work.session)
    job = find_job(work.session, request.form.get("job", ""))
    kind = _call_kind(request.form.get("kind", ""))
    calls.call_for(work, kind=kind, work_centre_id=station.work_centre_id, job_id=job.id if job else None)
    return _back(job.code if job else None, _("Called: %(kind)s.", kind=_(calls.CALL_NAMES[kind])))


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
    words = [(code, _(COMMAND_NAMES[command])) for code, command in COMMANDS.items()]
    return page("station/codes.html", codes=words)


@desk.read("/calls", who=OFFICE)
def index(read: Reader) -> Page:
    """Calls for help, newest first."""
    still_open = request.args.get("state", "open") == "open"
    found = call_queries.page_of_calls(read, still_open=still_open, after=request.args.get("after"))
    return page("station/calls.html", found=found, names=calls.CALL_NAMES)


@desk.write("/calls/<int:ident>/take", who=OFFICE, show=lambda read, ident: index(read))
def take(work: Work, ident: int) -> Page:
    """Say that one is on the way."""
    calls.take_call(work, ident)
    return go("calls.index", said=_("You have taken the call."))


@desk.write("/calls/<int:ident>/solve", who=OFFICE, show=lambda read, ident: index(read))
def solve(work: Work, ident: int) -> Page:
    """The help has been given."""
    calls.solve_call(work, ident)
    return go("calls.index", said=_("The call is closed."))
