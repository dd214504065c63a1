"""Printed command codes at a station: what they do where the open page has no key for it."""

from collections.abc import Callable
from decimal import Decimal

from flask import request

from mes.core.commands import Command
from mes.core.i18n import _, number, own_name
from mes.core.pages import Page, go
from mes.core.work import Work
from mes.equipment.queries import open_downtimes
from mes.equipment.service import end_downtime
from mes.orders.queries import get_job
from mes.quality.service import report_production
from mes.station import queries, rules
from mes.station.here import here, typed


def counted(work: Work, job: str, pieces: int, sure: bool) -> Page:
    """One (or ten) good pieces more: on an open sheet they are added to what is typed, else they are reported.

    ``sure``: what a report asks first (over the plan, faster than possible) was answered with yes.
    """
    if "sheet" in request.form:
        before = typed()
        so_far = before.get("good", "")
        good = int(so_far) + pieces if so_far.isdecimal() and len(so_far) < 13 else pieces
        return go("station.report", code=job, **(before | {"good": str(good)}))
    made = report_production(work, job, good=Decimal(pieces), confirmed=sure)
    total = get_job(work.session, job).good
    said = _("Good +%(n)s: %(total)s so far.", n=pieces, total=number(total))
    return go("station.job", code=job, made=made.id if made.lot_id else None, said=said)


def begin_number(work: Work, job: str, digit: str) -> Page:
    """A digit on a job's page begins its report; on an open sheet it goes behind what stands there."""
    before = typed()
    return go("station.report", code=job, **(before | {"good": f"{before.get('good', '')}{digit}"[:12]}))


def print_last(work: Work, job: str, _sure: bool) -> Page:
    """Show the lot that the job made last, with its label's key: the next "print" prints it. Raises NoLotToPrint."""
    made = queries.last_made(work.session, get_job(work.session, job).id)
    if made is None:
        raise rules.NoLotToPrint
    return go("station.job", code=job, made=made, said=_("Scan Print once more to print the label."))


def opened(endpoint: str) -> Callable[[Work, str | None, bool], Page]:
    """A page that opens for a job, or for the whole work centre."""
    return lambda _work, job, _sure: go(endpoint, **({"code": job} if job and endpoint in OF_A_JOB else {"job": job}))


#: Pages whose address holds the job.
OF_A_JOB = ("station.report", "station.defect")


def resumed(work: Work, job: str | None, _sure: bool) -> Page:
    """What stands still here runs again: the job's machine, else the newest stop. Raises NotStopped."""
    station = here(work.session)
    stops = [stop for stop in open_downtimes(work.session, station.work_centre_id) if stop.started_at <= work.now]
    machine = get_job(work.session, job).machine_id if job else None
    meant = next((stop for stop in stops if stop.machine_id == machine), stops[-1] if stops else None)
    if meant is None:
        raise rules.NotStopped
    name = own_name(meant.machine) if meant.machine else own_name(meant.work_centre)
    end_downtime(work, meant.id)
    said = _("%(name)s is running.", name=name)
    return go("station.job", code=job, said=said) if job else go("station.queue", said=said)


#: What a command does, for the job of the open page if there is one; the last says whether a question was answered.
WITHOUT_A_JOB: dict[Command, Callable[[Work, str | None, bool], Page]] = {
    Command.STOP: opened("station.stop"),
    Command.CALL: opened("station.call"),
    Command.RESUME: resumed,
    Command.BACK: lambda _work, _job, _sure: go("station.queue", said=""),  # done, and nothing to tell
}
ON_A_JOB: dict[Command, Callable[[Work, str, bool], Page]] = {
    **WITHOUT_A_JOB,
    Command.GOOD: lambda work, job, sure: counted(work, job, 1, sure),
    Command.GOOD_TEN: lambda work, job, sure: counted(work, job, 10, sure),
    Command.PRINT: print_last,
    Command.REPORT: opened("station.report"),
    Command.DEFECT: opened("station.defect"),
}
