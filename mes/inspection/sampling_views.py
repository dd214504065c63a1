"""The pages of sampling: where the lots of each supplier stand, and what a plan does to good and bad lots."""

from decimal import Decimal

from flask import request

from mes.core.access import OFFICE, QUALITY_ONLY
from mes.core.forms import Form, row_number
from mes.core.i18n import N_, _, number
from mes.core.pages import Page, Room, go, page
from mes.core.plotting import BOTTOM, LEFT, RIGHT, Dot, Drawing, Line, Scale, Text, frame, ticks
from mes.core.templates import in_words
from mes.core.work import Reader, Work
from mes.inspection import control_plan, sampling, sampling_rules
from mes.inspection.models import Severity
from mes.inspection.sampling_forms import USUAL_LOT, PlanForm, SamplingReasonForm
from mes.statistics.errors import NoSuchSampling
from mes.statistics.sampling import Plan, find_plan
from mes.statistics.sampling_risk import operating_characteristic, quality_accepted, risk
from mes.statistics.sampling_switching import SCORE_NEEDED
from mes.statistics.sampling_tables import STANDARD

room = Room("sampling", __name__, url_prefix="/quality")
room.entry("sampling.index", N_("Sampling"), "chart-line", "inspection", OFFICE)
room.add_app_template_filter(in_words(sampling_rules.severity_name), "severity_name")

#: The graph's box.
WIDTH, HEIGHT = 520.0, 260.0


@room.read("/sampling", who=OFFICE)
def index(read: Reader) -> Page:
    """Where the lots of each item and supplier stand."""
    asked = request.args.get("severity")
    severity = Severity(asked) if asked in set(Severity) else None
    found = sampling.page_of_states(read, severity, request.args.get("after"))
    return page("inspection/sampling.html", found=found, severities=list(Severity))


@room.read("/sampling/<int:ident>", who=OFFICE)
def show(read: Reader, ident: int) -> Page:
    """One series of lots: its severity and why, the plan of the next lot, and the lots before."""
    return _show(read, ident)


def _show(read: Reader, ident: int, form: Form | None = None) -> Page:
    state = sampling.get_state(read, ident)
    standard = sampling.standard_in_force(read, state)
    steps = sampling.steps_of(read, ident)
    asked = request.args.get("lot", "")
    usual = next(
        (step.inspection.lot_size for step in steps if step.inspection and step.inspection.lot_size), USUAL_LOT
    )
    size = pieces if 0 < (pieces := row_number(asked) or 0) < 10**7 else usual
    drawn = sampling.planned(standard, size, state.severity) if standard else None
    return page(
        "inspection/sampling_state.html",
        state=state,
        standard=standard,
        steps=steps,
        drawn=drawn,
        size=size,
        edition=STANDARD,
        needed=SCORE_NEEDED,
        curve=curve(drawn.plan) if drawn and drawn.plan else None,
        words=control_plan,
        form=form or SamplingReasonForm(formdata=None),
    )


@room.read("/sampling-plan", who=OFFICE)
def plan(read: Reader) -> Page:
    """Any plan of the standard with its operating characteristic."""
    form = PlanForm.of_address()
    found = refused = None
    if form.validate():
        try:
            found = find_plan(
                form.lot.whole or USUAL_LOT, form.aql.data, level=form.level.data, kind=form.kind.data,
                double=bool(form.double.data),
            )  # fmt: skip
        except NoSuchSampling as error:
            refused = error
    return page(
        "inspection/sampling_plan.html",
        form=form,
        plan=found,
        refused=refused,
        edition=STANDARD,
        curve=curve(found) if found else None,
        risks=risks(found) if found else [],
    )


def risks(plan: Plan) -> list[tuple[str, str, str]]:
    """What a plan does at its AQL, and the qualities it accepts with 95, 50 and 10 of 100."""
    at = risk(plan, plan.quality)
    rows = [(_("At the AQL"), _quality(plan.quality), _percent(at.accepted))]
    for share, name in (
        (0.95, _("Producer's risk")),
        (0.5, _("Half of the lots")),
        (0.1, _("Consumer's risk")),
    ):
        quality = quality_accepted(plan, share)
        rows.append((name, "-" if quality is None else _quality(quality), _percent(share)))
    return rows


def _quality(value: float) -> str:
    return number(Decimal(str(round(value, 3)))) + " %"


def _percent(share: float) -> str:
    return number(Decimal(str(round(share * 100, 1)))) + " %"


def curve(plan: Plan) -> Drawing:
    """The operating characteristic: how many of 100 lots are accepted at each quality."""
    points = operating_characteristic(plan)
    last = points[-1].quality
    upright, _places, shapes = frame(0.0, 100.0, (), WIDTH, HEIGHT)
    along = Scale(0.0, last, LEFT, WIDTH - RIGHT)
    line = [(along.at(one.quality), upright.at(one.accepted * 100)) for one in points]
    shapes.append(Line(line))
    for value in ticks(0.0, last):
        shapes.append(Text(along.at(value), HEIGHT - 6, f"{value:.3g}"))
    if plan.quality <= last:
        accepted = risk(plan, plan.quality).accepted * 100
        x, y = along.at(plan.quality), upright.at(accepted)
        shapes += [Line(((x, y), (x, HEIGHT - BOTTOM)), "good", dashed=True), Dot(x, y, "good")]
    title = (
        _("Accepted of 100 lots, by percent nonconforming")
        if plan.is_percent
        else _("Accepted of 100 lots, by nonconformities per 100 pieces")
    )
    return Drawing(title, WIDTH, HEIGHT, shapes)


def show_reason(read: Reader, form: SamplingReasonForm, ident: int) -> Page:
    """The page of the state with the reason that was typed."""
    return _show(read, ident, form)


@room.form("/sampling/<int:ident>/allow-reduced", who=QUALITY_ONLY, form=SamplingReasonForm, show=show_reason)
def allow_reduced(work: Work, form: SamplingReasonForm, ident: int) -> Page:
    """Allow reduced inspection."""
    sampling.allow_reduced(work, ident, str(form.reason.data))
    return go("sampling.show", ident=ident, said=_("Reduced inspection is allowed."))


@room.form("/sampling/<int:ident>/end-reduced", who=QUALITY_ONLY, form=SamplingReasonForm, show=show_reason)
def end_reduced(work: Work, form: SamplingReasonForm, ident: int) -> Page:
    """No more reduced inspection."""
    sampling.end_reduced(work, ident, str(form.reason.data))
    return go("sampling.show", ident=ident, said=_("Reduced inspection is no longer allowed."))


@room.form("/sampling/<int:ident>/restart", who=QUALITY_ONLY, form=SamplingReasonForm, show=show_reason)
def restart(work: Work, form: SamplingReasonForm, ident: int) -> Page:
    """Sampling begins again after it was discontinued."""
    sampling.restart(work, ident, str(form.reason.data))
    return go("sampling.show", ident=ident, said=_("Sampling begins again, tightened."))
