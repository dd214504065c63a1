"""The leader's screen: every work centre live, the queue in order, requests and messages. On a phone first."""

from flask import request

from mes.core.access import LEADERS
from mes.core.forms import row_number
from mes.core.fresh import is_known, mark_of, marked, unchanged
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, mes, page, this_plant
from mes.core.work import Reader, Work
from mes.equipment import calls
from mes.equipment.call_rules import CALL_NAMES
from mes.equipment.models import WorkCentre
from mes.equipment.queries import get_work_centre
from mes.leader import queries, service
from mes.leader.forms import AssignForm, MessageForm
from mes.leader.models import AskState
from mes.leader.rules import ASK_NAMES, DENIALS, QUICK_MESSAGES
from mes.orders import planning
from mes.orders.queries import get_job, queue
from mes.reports.live import CentreNow, floor_now

room = Room("leader", __name__, url_prefix="/floor")
room.entry("leader.index", N_("Floor live"), "activity", "production", LEADERS)

STATES = {
    AskState.OPEN: N_("waits for an answer"),
    AskState.GRANTED: N_("allowed"),
    AskState.DENIED: N_("refused"),
    AskState.WITHDRAWN: N_("withdrawn"),
}


@room.read("", who=LEADERS)
def index(read: Reader) -> Page:
    """Every work centre as it is now, those that need somebody first."""
    return page("leader/floor.html", mark=mark_of(read), **_floor(read))


@room.read("/now", who=LEADERS)
def now(read: Reader) -> Page:
    """What the leader's screen asks again and again."""
    mark = mark_of(read)
    return unchanged(mark) if is_known(mark) else marked(page("leader/_floor.html", **_floor(read)), mark)


def _floor(read: Reader) -> dict[str, object]:
    moment = mes().clock()
    return {
        "centres": floor_now(read, this_plant(), moment),
        "asks": queries.open_asks(read),
        "ask_names": ASK_NAMES,
        "denials": DENIALS,
        "call_names": CALL_NAMES,
    }


@room.read("/lines/<path:code>", who=LEADERS)
def line(read: Reader, code: str) -> Page:
    """One work centre: what runs, its queue to be put in order, its tablets and messages."""
    centre = get_work_centre(read, code)
    return page("leader/line.html", mark=mark_of(read, centre.id), **_line(read, centre))


@room.read("/now/<path:code>", who=LEADERS)
def line_now(read: Reader, code: str) -> Page:
    """What the page of a work centre asks again and again."""
    centre = get_work_centre(read, code)
    mark = mark_of(read, centre.id)
    return unchanged(mark) if is_known(mark) else marked(page("leader/_line.html", **_line(read, centre)), mark)


def _line(read: Reader, centre: WorkCentre) -> dict[str, object]:
    moment = mes().clock()
    jobs = queue(read, centre.id)
    found = floor_now(read, this_plant(), moment, centre.id)
    return {
        "line": found[0] if found else CentreNow(centre),
        "jobs": jobs,
        "meant_for": queries.meant_for(read, jobs),
        "messages": queries.recent_messages(read, moment, centre.id),
        "call_names": CALL_NAMES,
    }


def _line_of(read: Reader, code: str) -> Page:
    """The page of the work centre of a job, to show a refusal on."""
    centre = get_work_centre(read, request.form.get("line", ""))
    return page("leader/line.html", mark=mark_of(read, centre.id), **_line(read, centre))


@room.write("/jobs/<code>/place", who=LEADERS, show=_line_of)
def place(work: Work, code: str) -> Page:
    """Put a job at another place of the queue."""
    job = planning.place_job(work, code, row_number(request.form.get("place", "")) or 1)
    said = _("%(name)s of %(code)s is number %(n)s now.", name=own_name(job), code=_order_of(work, code), n=job.place)
    return go("leader.line", code=request.form.get("line", ""), said=said if job.place else None)


def _order_of(work: Work, code: str) -> str:
    return get_job(work.session, code).order.code


@room.write("/sort/<path:code>", who=LEADERS, show=line)
def sort(work: Work, code: str) -> Page:
    """Let priority and due date alone say what comes next."""
    planning.sort_queue(work, get_work_centre(work.session, code).id)
    return go("leader.line", code=code, said=_("The queue follows priority and due date again."))


def _assign_page(read: Reader, form: AssignForm, code: str) -> Page:
    return page("leader/assign.html", form=form, job=get_job(read, code))


@room.form("/jobs/<code>/assign", who=LEADERS, form=AssignForm, show=_assign_page)
def assign(work: Work, form: AssignForm, code: str) -> Page:
    """Say where a job is done, on which machine, and for whom it is meant."""
    centre = work.session.get_one(WorkCentre, form.centre.data or 0)
    job = planning.assign_job(
        work, code, work_centre_id=centre.id, machine_id=form.machine.data, person_id=form.person.data
    )
    said = _("%(name)s of %(code)s is planned at %(place)s.", name=own_name(job), code=job.order.code,
             place=own_name(centre))  # fmt: skip
    return go("leader.line", code=centre.code, said=said)


@room.read("/requests", who=LEADERS)
def requests(read: Reader) -> Page:
    """What stations asked for, and what was answered."""
    found = queries.page_of_asks(read, request.args.get("after"))
    return page("leader/requests.html", found=found, ask_names=ASK_NAMES, states=STATES)


@room.write("/requests/<int:ident>/grant", who=LEADERS, show=lambda read, ident: index(read))
def grant(work: Work, ident: int) -> Page:
    """Allow what a station asks for; it is done at once."""
    ask = service.grant(work, ident, request.form.get("answer"))
    return go("leader.index", said=_("Allowed and done: %(what)s.", what=_(ASK_NAMES[ask.kind])))


@room.write("/requests/<int:ident>/deny", who=LEADERS, show=lambda read, ident: index(read))
def deny(work: Work, ident: int) -> Page:
    """Say no, and why."""
    chosen = request.form.get("reason", "")
    typed = request.form.get("answer", "").strip()
    ask = service.deny(work, ident, typed or (chosen if chosen in DENIALS else ""))
    return go("leader.index", said=_("Refused: %(what)s. The station is told.", what=_(ASK_NAMES[ask.kind])))


@room.write("/calls/<int:ident>/take", who=LEADERS, show=lambda read, ident: index(read))
def take_call(work: Work, ident: int) -> Page:
    """Say that one is on the way."""
    calls.take_call(work, ident)
    return go("leader.index", said=_("You have taken the call."))


def _message_page(read: Reader, form: MessageForm) -> Page:
    return page(
        "leader/message.html",
        form=form,
        stations=queries.stations_to_tell(read),
        ticked=form.chosen if request.method == "POST" else None,
        line=request.args.get("line", ""),
        quick=QUICK_MESSAGES,
        messages=queries.recent_messages(read, mes().clock()),
    )


@room.form("/messages", who=LEADERS, form=MessageForm, show=_message_page)
def message(work: Work, form: MessageForm) -> Page:
    """Write to stations; each shows it until somebody there has read it."""
    quick = request.form.get("quick", "")
    sent = service.send_message(work, form.chosen, quick if quick in QUICK_MESSAGES else str(form.text.data or ""))
    return go("leader.message", said=_("Sent to %(n)s stations.", n=len(sent)))
