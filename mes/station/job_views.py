"""One job on the tablet: start, pause, report, defects, first piece, undo, finish."""

from datetime import timedelta
from decimal import Decimal

from flask import flash, g, request

from mes.core.access import EVERYONE
from mes.core.commands import COMMANDS, Command
from mes.core.forms import row_number
from mes.core.i18n import _, own_name
from mes.core.pages import Page, actor, confirmed, go, mes, this_moment, this_plant
from mes.core.plant import production_day
from mes.core.visit import comes_late
from mes.core.work import Reader, Work
from mes.equipment.queries import get_machine, list_machines
from mes.equipment.tools import any_tools
from mes.inspection.due import due_at
from mes.items.counting import decimals_of
from mes.lots.queries import get_lot
from mes.orders import service as orders
from mes.orders.consuming import Consumed, consume
from mes.orders.counting import keep_count, last_reading, pieces_per_shot, scale_of, work_out
from mes.orders.crew import crew_of
from mes.orders.first_piece import owes_first_piece
from mes.orders.models import Job, JobState
from mes.orders.override_rules import LIFTED_BY_LEADER, OVERRIDE_REASONS
from mes.orders.queries import get_job
from mes.orders.undo import return_material
from mes.orders.undo_rules import undo_ways
from mes.quality.service import report_production, undo_report
from mes.station import queries, rules
from mes.station.approving import approver
from mes.station.forms import DefectForm, ReportForm, TakeForm
from mes.station.here import here, room, shown, typed


@room.read("/jobs/<code>", who=EVERYONE)
def job(read: Reader, code: str) -> Page:
    """What is made, how many, what next."""
    station = here(read)
    sheet = queries.job_sheet(read, code)
    _as_if(read, sheet.job)
    waiting = sheet.job.state is JobState.WAITING
    now = mes().clock()
    owed = due_at(read, sheet.job, now)
    blocked = owes_first_piece(sheet.job, production_day(this_plant(), now))
    machines = list_machines(read, work_centre_id=sheet.job.work_centre_id, active=True) if waiting else []
    left = rules.seconds_left(sheet.job, sheet.plan)
    made = queries.lots_made(read, made) if (made := row_number(request.args.get("made", ""))) is not None else []
    return shown(
        read,
        "station/job.html",
        sheet=sheet,
        machines=machines,
        tools=any_tools(read),
        made=made,
        remaining=left,
        until=now + timedelta(seconds=left or 0),
        crew=[one for one in crew_of(read, sheet.job.id, now) if one.since],
        next_job=queries.next_here(read, sheet.job),
        owed=owed,
        blocked=blocked,
        main=rules.main_key(sheet.job.state, first_piece_due=blocked, good=sheet.job.good, plan=sheet.plan),
        elsewhere=sheet.job.work_centre_id != station.work_centre_id,
        undoable=_undoable(sheet),
        ask=request.args.get("ask"),
        override=_override_lot(),
        asked=g.get("command"),
        scanned_lot=g.get("lot"),
        typed=typed(),
        reasons=OVERRIDE_REASONS,
        undo_reasons=rules.UNDO_REASONS,
    )


def _as_if(read: Reader, job: Job) -> None:
    """The page as it looks in another state (``as``), for the tablet to keep: without a connection it gets there."""
    asked = request.args.get("as")
    if request.method == "GET" and asked in (JobState.RUNNING, JobState.PAUSED):
        read.expunge(job)
        job.state = JobState(asked)


def _override_lot() -> str | None:
    """The lot that was refused and that a leader may allow."""
    refused = g.get("refused")
    if refused is not None and refused.code in LIFTED_BY_LEADER:
        return str(refused.values["lot"])
    return request.form.get("lot") if request.endpoint == "station.allow" else None


def _undoable(sheet: queries.JobSheet) -> dict[str, str]:
    """How this person may take back each entry of the page, by its name there."""
    who, standing = actor(), [entry for entry in sheet.entries if not entry.undone]
    if who is None:
        return {}
    ways = undo_ways([entry.done for entry in standing], who, this_plant(), this_moment())
    return {entry.key: way for entry, way in zip(standing, ways, strict=True) if way}


@room.write("/jobs/<code>/start", who=EVERYONE, show=job)
def start(work: Work, code: str) -> Page:
    """Start a job, or go on with it; on a machine, if one was touched."""
    here(work.session)
    return started(work, code, request.form.get("machine"))


def started(work: Work, code: str, machine: str | None) -> Page:
    """Start a job. The only machine of a work centre is taken without asking."""
    found = get_job(work.session, code)
    if not machine and found.machine_id is None:
        machines = list_machines(work.session, work_centre_id=found.work_centre_id, active=True)
        machine = machines[0].code if len(machines) == 1 else None
    orders.start_job(work, code, machine or None)
    name = own_name(get_machine(work.session, machine)) if machine else own_name(found)
    return go("station.job", code=code, said=_("%(name)s is running.", name=name))


@room.write("/jobs/<code>/pause", who=EVERYONE, show=job)
def pause(work: Work, code: str) -> Page:
    """Interrupt a job."""
    here(work.session)
    return paused(work, code)


def paused(work: Work, code: str) -> Page:
    """Interrupt a job and say so."""
    return go("station.job", code=code, said=_("%(name)s is paused.", name=own_name(orders.pause_job(work, code))))


@room.write("/jobs/<code>/finish", who=EVERYONE, show=job)
def finish(work: Work, code: str) -> Page:
    """Finish a job; fewer pieces than planned are asked for first."""
    here(work.session)
    return finished(work, code, sure=confirmed())


def finished(work: Work, code: str, *, sure: bool) -> Page:
    """Finish a job and say so."""
    done = orders.finish_job(work, code, confirmed=sure)
    return go("station.queue", said=_("%(name)s of %(code)s is finished.", name=own_name(done), code=done.order.code))


def _show_report(read: Reader, form: ReportForm, code: str) -> Page:
    sheet, now = queries.job_sheet(read, code), mes().clock()
    blocked = owes_first_piece(sheet.job, production_day(this_plant(), now))
    return shown(
        read,
        "station/report.html",
        form=form,
        save_code=next(code for code, command in COMMANDS.items() if command is Command.REPORT),
        sheet=sheet,
        so_far=queries.defective_by_code(read, sheet.job.id),
        decimals=decimals_of(sheet.job.order.item),
        scale=scale_of(read, sheet.job.order.item),
        before=last_reading(read, sheet.job.machine_id),
        shot=pieces_per_shot(read, sheet.job),
        blocked=blocked,
        owed=due_at(read, sheet.job, now) if blocked else [],
    )


@room.form("/jobs/<code>/report", who=EVERYONE, form=ReportForm, show=_show_report)
def report(work: Work, form: ReportForm, code: str) -> Page:
    """Good pieces and defects by code: one sheet, one save."""
    here(work.session)
    bad = sum((quantity for _code, quantity in form.counted), Decimal(0))
    counted = work_out(work.session, code, form.reading, bad) if form.reading else None
    made = report_production(
        work,
        code,
        good=counted.pieces if counted else form.good.data or Decimal(0),
        defects=form.counted,
        confirmed=confirmed(),
        finding=form.finding,
    )
    if counted:
        keep_count(work, made, counted)
    unit = queries.item_of_job(work.session, code).unit
    said = _("Saved: %(good)s %(unit)s good, %(bad)s defective.", good=made.good, bad=made.defective, unit=unit)
    return go("station.job", code=code, made=made.id if made.lot_id else None, said=said)


def _show_defect(read: Reader, form: DefectForm, code: str) -> Page:
    sheet = queries.job_sheet(read, code)
    return shown(read, "station/defect.html", form=form, sheet=sheet, decimals=decimals_of(sheet.job.order.item))


@room.form("/jobs/<code>/defect", who=EVERYONE, form=DefectForm, show=_show_defect)
def defect(work: Work, form: DefectForm, code: str) -> Page:
    """Defective pieces of one type, with photos: a result like any other, so that it counts and can be undone."""
    here(work.session)
    found = [(str(form.code.data), form.quantity.data)]
    made = report_production(work, code, good=Decimal(0), defects=found, finding=form.finding, confirmed=confirmed())
    unit = queries.item_of_job(work.session, code).unit
    said = _("Saved: %(bad)s %(unit)s defective.", bad=made.defective, unit=unit)
    return go("station.job", code=code, said=said)


@room.write("/jobs/<code>/reports/<int:ident>/undo", who=EVERYONE, show=lambda read, code, ident: job(read, code))
def undo(work: Work, code: str, ident: int) -> Page:
    """Take a result back, with its lot and defects."""
    here(work.session)
    undo_report(work, ident, request.form.get("reason") or None, of=code)
    return go("station.job", code=code, said=_("The entry is undone."))


@room.write("/jobs/<code>/taken/<int:ident>/undo", who=EVERYONE, show=lambda read, code, ident: job(read, code))
def give_back(work: Work, code: str, ident: int) -> Page:
    """Give back a lot that was scanned."""
    here(work.session)
    return_material(work, ident, request.form.get("reason") or None, of=code)
    return go("station.job", code=code, said=_("The material is given back."))


def undone_last(work: Work, code: str, sure: bool) -> Page:
    """Undo by command code: the first scan asks, the second one does it. Raises NothingToUndo."""
    sheet = queries.job_sheet(work.session, code)
    ways = _undoable(sheet)
    last = next((entry for entry in sheet.entries if ways.get(entry.key) == "own"), None)
    if last is None:
        raise rules.NothingToUndo
    if not sure or request.form.get("entry", last.key) != last.key:  # what was asked about is not the newest any more
        return go("station.job", code=code, ask=last.key)
    if last.report:
        return undo(work, code, last.report.id)
    return give_back(work, code, last.taken.id if last.taken else 0)


def said_taken(work: Work, done: Consumed) -> str:
    """The sentence about a lot that was taken; where another should have gone first it is said too."""
    if done.better is not None and not comes_late():
        first = _("%(first)s should have been used before %(lot)s.", first=done.better.code, lot=done.lot.code)
        work.after(lambda: flash(first, "warning"))
    return _(
        "%(item)s: %(quantity)s %(unit)s taken from %(lot)s.",
        item=own_name(done.lot.item),
        quantity=-done.movement.quantity,
        unit=done.lot.item.unit,
        lot=done.lot.code,
    )


@room.write("/jobs/<code>/allow", who=EVERYONE, show=job)
def allow(work: Work, code: str) -> Page:
    """A leader allows a lot that is not first out or not here: by badge, or signed in as one, with a reason."""
    here(work.session)
    allowing = approver(work)
    lot = get_lot(work.session, request.form.get("lot", ""))
    reason = request.form.get("reason", "")
    done = consume(work, code, lot.code, approver=allowing, override_reason=_(reason) if reason else "")
    return go("station.report" if typed() else "station.job", code=code, said=said_taken(work, done), **typed())


def _show_take(read: Reader, form: TakeForm, code: str, lot: str) -> Page:
    sheet, found = queries.job_sheet(read, code), get_lot(read, lot)
    return shown(read, "station/take.html", form=form, sheet=sheet, lot=found, decimals=decimals_of(found.item))


@room.form("/jobs/<code>/take/<lot>", who=EVERYONE, form=TakeForm, show=_show_take)
def take(work: Work, form: TakeForm, code: str, lot: str) -> Page:
    """Take a quantity of a lot that somebody typed."""
    here(work.session)
    done = consume(work, code, lot, form.quantity.data)
    return go("station.job", code=code, said=said_taken(work, done))
