"""The pages of a nonconformance: list, opening, its page with the eight steps, actions, proof, cost and paper."""

from flask import make_response, request

from mes.core.access import INSPECTORS, OFFICE, QUALITY_ONLY
from mes.core.forms import Form, day_asked
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, actor, go, mes, page, this_day, this_plant
from mes.core.plant import production_day
from mes.core.work import Reader, Work
from mes.nonconformance import document, lists, queries, rules, service
from mes.nonconformance.forms import ChangeForm, CheckForm, CostForm, OpenForm, StepForm, split
from mes.nonconformance.models import CostKind, Origin, Severity
from mes.nonconformance.wording import (
    ACTION_NAMES,
    COST_NAMES,
    DECISION_NAMES,
    ORIGIN_NAMES,
    ROLE_NAMES,
    SEVERITY_NAMES,
    STEP_NAMES,
)
from mes.quality.forms import word
from mes.quality.showing import ranges

room = Room("nonconformance", __name__, url_prefix="/nonconformances")
room.entry("nonconformance.index", N_("Nonconformances"), "octagon-alert", "quality", OFFICE)


@room.context_processor
def words() -> dict[str, object]:
    """What the pages of this room ask for."""
    return {
        "ORIGIN_NAMES": ORIGIN_NAMES,
        "SEVERITY_NAMES": SEVERITY_NAMES,
        "ROLE_NAMES": ROLE_NAMES,
        "DECISION_NAMES": DECISION_NAMES,
        "ACTION_NAMES": ACTION_NAMES,
        "COST_NAMES": COST_NAMES,
        "STEP_NAMES": STEP_NAMES,
        "today": this_day(),
        "choices_of": lambda names: [(value.value, _(name)) for value, name in names.items()],
    }


def _asked() -> lists.Wanted:
    asked = request.args
    return lists.Wanted(
        open={"closed": False, "all": None}.get(asked.get("state", ""), True),
        origin=word(Origin, asked.get("origin")),
        severity=word(Severity, asked.get("severity")),
        item=asked.get("item") or None,
        since=day_asked(asked.get("since", "")),
        until=day_asked(asked.get("until", "")),
    )


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """Nonconformances, the open ones first of all."""
    found = lists.page_of(read, _asked(), this_day(), request.args.get("after"))
    return page("nonconformance/index.html", found=found, counts=lists.count_open(read, this_day()))


@room.form("/new", who=INSPECTORS, form=OpenForm, show="nonconformance/new.html")
def new(work: Work, form: OpenForm) -> Page:
    """Open a nonconformance."""
    made = service.open_nonconformance(
        work,
        origin=form.origin.data,
        item=form.item_of(work.session),
        found_on=form.found_on.data,
        found_by=form.found_by.data or None,
        inspection=form.inspection.data or None,
        defects=form.defect_ids,
        partner=form.customer(),
        shipment=form.shipment.data or None,
        lots=split(str(form.lots.data or "")),
        **form.finding,
    )
    return go(
        "nonconformance.show",
        code=made.code,
        said=_("%(code)s is opened. Contain what may have it too.", code=made.code),
    )


@room.read("/actions", who=OFFICE)
def actions(read: Reader) -> Page:
    """Actions that wait: one's own, or everybody's."""
    mine = request.args.get("whose") == "mine"
    person = actor()
    found = lists.waiting_actions(read, person.person_id if mine and person else None)
    return page("nonconformance/actions.html", found=found, mine=mine)


@room.read("/costs", who=OFFICE)
def costs(read: Reader) -> Page:
    """What nonconformances cost over a period, by kind, with the lines behind it."""
    days = ranges(production_day(this_plant(), mes().clock()))
    if "since" not in request.args:
        return go("nonconformance.costs", **{**request.args, "since": days[2][0]})
    since, until = (day_asked(request.args.get(name, "")) for name in ("since", "until"))
    kind = word(CostKind, request.args.get("kind"))
    sums = lists.costs_between(read, since, until)
    rows = lists.cost_rows(read, since, until, kind, request.args.get("after"))
    return page("nonconformance/costs.html", sums=sums, rows=rows, days=days, since=since, until=until)


@room.read("/<code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One nonconformance with everything that belongs to it."""
    return page("nonconformance/show.html", whole=queries.whole(read, code), signs=this_plant().signed_decisions)


def _beside(template: str) -> object:
    """A form beside the nonconformance it belongs to."""

    def shown(read: Reader, form: Form, code: str, **address: object) -> Page:
        found = queries.get_nonconformance(read, code)
        return page(template, form=form, found=found, **address)

    return shown


@room.form("/<code>/edit", who=QUALITY_ONLY, form=ChangeForm, show=_beside("nonconformance/edit.html"))  # type: ignore[arg-type]
def edit(work: Work, form: ChangeForm, code: str) -> Page:
    """Correct what was written at the opening."""
    columns = {**form.finding, "check_due_on": form.check_due_on.data}
    found = service.change_nonconformance(work, code, version=form.row_version, **columns)
    return go("nonconformance.show", code=found.code, said=_("%(code)s is saved.", code=found.code))


def show_step(read: Reader, form: Form, code: str, step: int) -> Page:
    """A step beside what it said before."""
    whole = queries.whole(read, code)
    return page("nonconformance/step.html", form=form, whole=whole, step=step)


@room.form("/<code>/steps/<int(min=1,max=8):step>", who=INSPECTORS, form=StepForm, show=show_step)
def step(work: Work, form: StepForm, code: str, step: int) -> Page:
    """Write one of the eight steps."""
    cause = form.causes.get(str(form.cause.data)) if step == rules.ROOT_CAUSE else None
    service.write_step(work, code, step, str(form.text.data), whys=form.answers, cause=cause)
    said = _("D%(step)s is written. What it said before is kept.", step=str(step))
    return go("nonconformance.show", code=code, said=said, _anchor="steps")


@room.form("/<code>/check", who=QUALITY_ONLY, form=CheckForm, show=_beside("nonconformance/check.html"))  # type: ignore[arg-type]
def check(work: Work, form: CheckForm, code: str) -> Page:
    """Record whether the actions helped."""
    passed = form.passed.data == "yes"
    service.check_effect(work, code, day=form.day.data or work.today, passed=passed, result=str(form.result.data))
    return go("nonconformance.show", code=code, said=_("The effect check is recorded."))


@room.write("/<code>/close", who=QUALITY_ONLY, show=show)
def close(work: Work, code: str) -> Page:
    """Close it, when every action is done and the effect is proved."""
    found = service.close_nonconformance(work, code)
    return go("nonconformance.show", code=found.code, said=_("%(code)s is closed.", code=found.code))


@room.write("/<code>/reopen", who=QUALITY_ONLY, show=show)
def reopen(work: Work, code: str) -> Page:
    """Open a closed one again."""
    found = service.reopen_nonconformance(work, code, request.form.get("reason", ""))
    return go("nonconformance.show", code=found.code, said=_("%(code)s is open again.", code=found.code))


@room.form("/<code>/costs/new", who=INSPECTORS, form=CostForm, show=_beside("nonconformance/cost.html"))  # type: ignore[arg-type]
def new_cost(work: Work, form: CostForm, code: str) -> Page:
    """Add a line of cost."""
    service.add_cost(
        work,
        code,
        kind=form.kind.data,
        quantity=form.quantity.data,
        unit=str(form.unit.data),
        unit_cost=form.unit_cost.data,
        what=form.what.data or None,
    )
    return go("nonconformance.show", code=code, said=_("The cost is recorded."), _anchor="costs")


@room.write("/<code>/costs/<int:ident>/take-back", who=INSPECTORS, show=lambda read, code, ident: show(read, code))
def take_back_cost(work: Work, code: str, ident: int) -> Page:
    """Take a line of cost back."""
    service.take_back_cost(work, code, ident, request.form.get("reason", ""))
    return go("nonconformance.show", code=code, said=_("The line is taken back; both stay visible."), _anchor="costs")


def _printed(read: Reader, code: str, template: str, *, eight: bool) -> Page:
    whole = queries.whole(read, code)
    sheet = document.sheet_of(whole, this_plant().name or "MES", mes().clock(), eight=eight)
    return page(template, whole=whole, sheet=sheet)


def _pdf(read: Reader, code: str, *, eight: bool) -> Page:
    whole = queries.whole(read, code)
    response = make_response(document.pdf_of(whole, this_plant().name or "MES", mes().clock(), eight=eight))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = "inline"
    return response


@room.read("/<code>/print", who=OFFICE)
def print_report(read: Reader, code: str) -> Page:
    """The report of a nonconformance (부적합 보고서) to print from the browser."""
    return _printed(read, code, "nonconformance/print.html", eight=False)


@room.read("/<code>/pdf", who=OFFICE)
def report_pdf(read: Reader, code: str) -> Page:
    """The report of a nonconformance on paper."""
    return _pdf(read, code, eight=False)


@room.read("/<code>/8d", who=OFFICE)
def print_8d(read: Reader, code: str) -> Page:
    """The 8D report to print from the browser."""
    return _printed(read, code, "nonconformance/print.html", eight=True)


@room.read("/<code>/8d/pdf", who=OFFICE)
def pdf_8d(read: Reader, code: str) -> Page:
    """The 8D report on paper."""
    return _pdf(read, code, eight=True)
