"""One scan on the tablet: a badge signs in, an order or job opens, a machine starts, a mould is mounted, a lot is
taken, a gauge is measured with, a command acts."""

from flask import flash, g, request

from mes.core.access import ANYONE
from mes.core.commands import Command
from mes.core.i18n import _, own_name
from mes.core.pages import Page, actor, confirmed, go
from mes.core.visit import comes_late
from mes.core.work import Reader, Work
from mes.equipment.models import Station
from mes.gauges.service import usable_gauge
from mes.lots.queries import get_lot
from mes.orders.consuming import consume
from mes.orders.queries import get_job
from mes.scan.models import KIND_NAMES, Kind, Meaning
from mes.scan.rules import UnknownScan
from mes.scan.service import resolve
from mes.station import command_views, crew_views, job_views, queries, rules
from mes.station.floor_views import queue
from mes.station.here import need_station, paired, room, signed_in_here, typed
from mes.station.inspect_views import show_measuring
from mes.station.lot_views import is_to_inspect
from mes.station.sign_in_views import show_enter, sign_in_by_badge
from mes.station.tool_views import mounted
from mes.station.unlock_views import unlocked_by_badge

#: What a job's page waits for, what an inspection does, and what the queue does: they win when a text is the code of
#: several things.
ON_A_JOB = (
    Kind.LOT,
    Kind.SERIAL,
    Kind.SUPPLIER_LOT,
    Kind.MACHINE,
    Kind.TOOL,
    Kind.BADGE,
    Kind.JOB,
    Kind.ORDER,
    Kind.COMMAND,
)
WHILE_MEASURING = (Kind.GAUGE, Kind.BADGE, Kind.LOT, Kind.SERIAL, Kind.JOB, Kind.ORDER)
IN_THE_QUEUE = (Kind.JOB, Kind.ORDER, Kind.BADGE, Kind.COMMAND)


def _again(read: Reader) -> Page:
    station = paired(read)
    if station is None or not signed_in_here(station):
        return show_enter(read)
    if measured := request.form.get("inspection"):
        return show_measuring(read, measured)
    code = request.form.get("job")
    if code and "crew" in request.form:
        return crew_views.people(read, code)
    return job_views.job(read, code) if code else queue(read)


@room.write("/scan", who=ANYONE, show=_again)
def scanned(work: Work) -> Page:
    """What a scan means follows from the code and from the page on which it is made. One that comes late and says of
    no deed only opened a page: nothing was recorded by it."""
    done = _meant(work)
    g.opened = comes_late() and getattr(done, "said", None) is None
    return done


def _meant(work: Work) -> Page:
    station = need_station(work.session)
    job = request.form.get("job") or None
    measured = request.form.get("inspection") or None
    expected = WHILE_MEASURING if measured else ON_A_JOB if job else IN_THE_QUEUE
    scan = resolve(work.session, request.form.get("text", ""), expected, request.form.get("meant", ""))
    here = signed_in_here(station)
    if not scan.meanings and not here:
        raise rules.UnknownBadge(code=scan.scan.code[:60])
    if type(scan.refusal) is UnknownScan:
        raise rules.UnknownCode(code=scan.scan.code[:60])
    if not here and not scan.of(Kind.BADGE):
        raise rules.SignInHere
    found = scan.only
    if scan.anew and not comes_late():
        told = str(scan.anew)
        work.after(lambda: flash(told, "warning"))
    if measured and found.kind is Kind.GAUGE:
        return go("station.measure", code=measured, gauge=usable_gauge(work, found.code).code)
    if found.kind is Kind.BADGE:
        return _badge(work, found.code, job, measured)
    if found.kind in (Kind.JOB, Kind.ORDER):
        return _open_job(work, station, found)
    if not job and found.kind in (Kind.LOT, Kind.SERIAL) and is_to_inspect(get_lot(work.session, found.code), actor()):
        return go("station.lot", code=found.code)
    if found.kind is Kind.COMMAND:
        return _commanded(work, station, found, job)
    return _on_job(work, found, job or _only_running(work, station, found))


def _commanded(work: Work, station: Station, found: Meaning, job: str | None) -> Page:
    """Do what a command code says. One that comes late and would only open a page (what every deed says is missing)
    recorded nothing, though the tablet said that it is kept: a person decides. Raises NothingToAnswer."""
    command = Command(found.code)
    if not job and command in command_views.WITHOUT_A_JOB:
        done = command_views.WITHOUT_A_JOB[command](work, None, confirmed())
    else:
        done = _command(work, command, job or _only_running(work, station, found))
    if comes_late() and command is not Command.BACK and getattr(done, "said", None) is None:
        raise rules.NothingToAnswer
    return done


def _badge(work: Work, badge: str, job: str | None, measured: str | None) -> Page:
    """A badge signs in; on the page of those who work on a job it joins them, or leaves."""
    blocked = request.form.get("unlock")
    if blocked and not comes_late() and (unlocked := unlocked_by_badge(work, badge, blocked)):
        return unlocked
    joins = job is not None and "crew" in request.form and signed_in_here(need_station(work.session))
    joined = crew_views.toggled_by_badge(work, job, badge) if job and joins else None
    if joined is None and comes_late():  # who signed in then may have gone home
        return go("station.queue")
    return joined if joined is not None else sign_in_by_badge(work, badge, job, measured)


def _open_job(work: Work, station: Station, found: Meaning) -> Page:
    """Open a job; one of another work centre is asked for first. Late there is nobody to show it to or to ask."""
    if comes_late():
        return go("station.queue")
    if found.kind is Kind.ORDER:
        here = queries.job_of_order(work.session, found.code, station.work_centre_id)
        if here is None:
            raise rules.NothingHere(order=found.code, here=own_name(station.work_centre))
        return go("station.job", code=here.code)
    job = get_job(work.session, found.code)
    if job.work_centre_id != station.work_centre_id and not confirmed():
        raise rules.JobElsewhere(job=job.code, place=own_name(job.work_centre), here=own_name(station.work_centre))
    return go("station.job", code=job.code)


def _only_running(work: Work, station: Station, found: Meaning) -> str:
    """Without an open page the only running job of the work centre is meant. Raises WhichJob."""
    running = queries.running_jobs(work.session, station.work_centre_id)
    if len(running) != 1:
        raise rules.WhichJob(code=found.code.upper())
    return running[0].code


def _on_job(work: Work, found: Meaning, job: str) -> Page:
    if found.kind in (Kind.LOT, Kind.SERIAL):
        return _take(work, job, found.code)
    if found.kind is Kind.SUPPLIER_LOT:
        if not found.owner:
            raise rules.SeveralLots(code=found.code)
        return _take(work, job, found.owner)
    if found.kind is Kind.MACHINE:
        return job_views.started(work, job, found.code)
    if found.kind is Kind.TOOL:
        return mounted(work, job, found.code)
    if found.kind is Kind.DEFECT_CODE:
        return go("station.defect", code=job, type=found.code)
    raise rules.NoUseHere(kind=_(KIND_NAMES[found.kind]), code=found.code)


def _take(work: Work, job: str, lot: str) -> Page:
    """Take a scanned lot; from the report sheet one comes back to the digits that stood there."""
    g.lot = lot
    done = consume(work, job, lot)
    said = job_views.said_taken(work, done)
    if "sheet" in request.form:
        return go("station.report", code=job, said=said, **typed())
    return go("station.job", code=job, said=said)


def _command(work: Work, command: Command, job: str) -> Page:
    """Do what a printed command code says. Scanning the code of a question once more answers it with yes.

    What a key of the open page does is done by that key (commands.js); here is what no page has a key for.
    """
    g.command = command.value
    sure = confirmed() or request.form.get("asked") == command.value
    if command in command_views.ON_A_JOB:
        return command_views.ON_A_JOB[command](work, job, sure)
    if command is Command.START:
        return job_views.started(work, job, None)
    if command is Command.PAUSE:
        return job_views.paused(work, job)
    if command is Command.FINISH:
        return job_views.finished(work, job, sure=sure)
    if command is Command.UNDO:
        return job_views.undone_last(work, job, sure)
    if command.digit:
        return command_views.begin_number(work, job, command.digit)
    raise rules.NothingToAnswer
