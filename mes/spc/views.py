"""The pages of control charts: the list, one characteristic, settings, frozen limits, alarms."""

from collections.abc import Sequence
from functools import partial

from flask import flash, make_response, request
from werkzeug.wrappers import Response

from mes.core.access import EVERYONE, INSPECTORS, OFFICE, QUALITY_ONLY
from mes.core.api import as_response
from mes.core.forms import Form, row_number
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, mes, page, this_plant
from mes.core.plant import day_span, production_day
from mes.core.templates import in_words
from mes.core.work import Reader, Work
from mes.inspection.forms import InspectionForm
from mes.inspection.models import InspectionKind
from mes.inspection.rules import verdict_name
from mes.inspection.service import open_inspection
from mes.inspection.views import KINDS, show_readings
from mes.inspection.views import room as inspections
from mes.quality.showing import ranges
from mes.quality.targets import find_target
from mes.spc import export, queries, rules, service, study
from mes.spc.forms import AnswerForm, ChartChangeForm, ChartFilterForm, FreezeForm, NewChartForm
from mes.spc.models import ChartAlarm
from mes.spc.pictures import drawings_of, histogram_drawing
from mes.spc.readings import Chosen
from mes.spc.shown import spark, written

room = Room("spc", __name__, url_prefix="/charts")
room.entry("spc.index", N_("Control charts"), "chart-line", "inspection", OFFICE)

#: Points on the screen at first; more are a touch away.
SHOWN = 100
#: Buckets of the first drawing of a long stretch, and of the one that can be looked into.
FIRST_BUCKETS, ALL_BUCKETS = 300, 5000

room.add_app_template_filter(in_words(rules.chart_name), "chart_name")
room.add_app_template_filter(in_words(rules.rule_name), "rule_name")
room.add_app_template_filter(in_words(rules.track_name), "track_name")
room.add_app_template_filter(in_words(rules.sentence_of), "alarm_sentence")
room.add_app_template_filter(in_words(rules.who_acts), "alarm_acts")
room.add_app_template_filter(written, "written")


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """All charted characteristics, what needs attention first."""
    rows = queries.list_charts(read)
    return page(
        "spc/index.html", rows=rows, sparks={row.chart.id: spark(row.values) for row in rows}, words=rules.STATE_WORDS
    )


def chosen_of_address() -> Chosen:
    """Which points the address asks for: the newest, or those of a period, of one machine."""
    form = ChartFilterForm(request.args)
    form.validate()
    plant, first, final = this_plant(), form.value("since"), form.value("until")
    since = day_span(plant, first)[0] if first else None
    until = day_span(plant, final)[1] if final else None
    last = request.args.get("last", "")
    asked = row_number(last) or 0
    points = asked if 0 < asked <= queries.MOST_JUDGED else None
    if points is None and last != "all" and since is None and until is None:
        points = SHOWN
    ends = [row_number(request.args.get(name, "")) for name in ("from", "to")]
    if ends != [None, None]:
        points = None
    return Chosen(
        points=points, since=since, until=until, machine=request.args.get("machine") or None,
        first_id=ends[0], last_id=ends[1],
    )  # fmt: skip


@room.read("/<int:ident>", who=OFFICE)
def show(read: Reader, ident: int) -> Page:
    """A characteristic: charts, phases, alarms, histogram and capability."""
    found = queries.study(read, ident, chosen_of_address(), FIRST_BUCKETS)
    form = ChartFilterForm(request.args)
    form.offer(found.machines)
    form.validate()
    shown = study.shown_of(found)
    capable = study.capability_of(found)
    return page(
        "spc/show.html",
        found=found,
        shown=shown,
        drawings=drawings_of(shown),
        capable=capable,
        histogram=histogram_drawing(capable, found.measured.unit or "") if capable else None,
        state=study.state_of_study(found),
        words=rules.STATE_WORDS,
        sigma_name=study.sigma_name,
        index_words=export.index_words,
        form=form,
        days=ranges(production_day(this_plant(), mes().clock())),
    )


@room.read("/<int:ident>/data", who=OFFICE)
def data(read: Reader, ident: int) -> Response:
    """The points of a chart for the module that draws them."""
    return as_response(study.shown_of(queries.study(read, ident, chosen_of_address(), ALL_BUCKETS, capable=False)), 200)


@room.read("/<int:ident>/chart.csv", who=OFFICE)
def as_csv(read: Reader, ident: int) -> Response:
    """The points as a list: each with its readings, limits and the rules it met."""
    content, name = export.as_csv(read, ident, chosen_of_address())
    return _file(content, "text/csv; charset=utf-8", f'attachment; filename="{name}.csv"')


@room.read("/<int:ident>/chart.pdf", who=OFFICE, far=True)
def as_pdf(read: Reader, ident: int) -> Response:
    """The characteristic as an A4 document."""
    found = queries.study(read, ident, chosen_of_address(), FIRST_BUCKETS)
    content = export.as_pdf(found, this_plant().name or "MES", mes().clock())
    return _file(content, "application/pdf", f'inline; filename="chart-{ident}.pdf"')


def _file(content: bytes, kind: str, disposition: str) -> Response:
    response = make_response(content)
    response.content_type = kind
    response.headers["Content-Disposition"] = disposition
    return response


@inspections.form(f"/inspect/<any({KINDS}):kind>/<code>", who=INSPECTORS, form=InspectionForm, show=show_readings)
def new_inspection(work: Work, form: InspectionForm, kind: str, code: str) -> Page:
    """Record an inspection at a desk: a page of inspections, with the control charts watching."""
    target = find_target(work.session, code)
    if form.by_piece:
        begun = open_inspection(
            work,
            kind=InspectionKind(kind),
            lot_code=target.lot.code if target.lot else None,
            job_code=target.job.code if target.job else None,
        )
        return go("station.measure", code=begun.code)
    recorded = service.record_inspection(
        work,
        kind=InspectionKind(kind),
        lot_code=target.lot.code if target.lot else None,
        job_code=target.job.code if target.job else None,
        readings=form.readings,
        note=form.note.data or None,
    )
    made = recorded.inspection
    tell_alarms(work, recorded.alarms)
    verdict = verdict_name(made.verdict) if made.verdict else "-"
    return go(
        "inspection.inspection", code=made.code, said=_("%(code)s: %(verdict)s.", code=made.code, verdict=verdict)
    )


def tell_alarms(work: Work, alarms: Sequence[ChartAlarm]) -> None:
    """Say at once what the control charts saw, and who must act."""
    said = [_("%(what)s %(who)s must act.", what=rules.sentence_of(one), who=rules.who_acts(one)) for one in alarms]
    for sentence in said:
        work.after(partial(flash, sentence, "error"))


@room.form("/new", who=QUALITY_ONLY, form=NewChartForm, show="spc/edit.html")
def new(work: Work, form: NewChartForm) -> Page:
    """Watch a characteristic."""
    ident = int(str(form.characteristic.data))
    made = service.add_chart(work, characteristic_id=ident, rules_by_name=form.chosen_rules, **form.columns)
    return go(
        "spc.show", ident=made.id, said=_("The control chart is set up. Freeze its limits once the process is stable.")
    )


def show_settings(read: Reader, form: Form, ident: int) -> Page:
    """The form of the settings and what they are of."""
    return page("spc/edit.html", form=form, chart=queries.get_chart(read, ident))


@room.form("/<int:ident>/settings", who=QUALITY_ONLY, form=ChartChangeForm, show=show_settings)
def settings(work: Work, form: ChartChangeForm, ident: int) -> Page:
    """Change how a characteristic is watched."""
    service.change_chart(work, ident, version=form.row_version, **form.columns)
    return go("spc.show", ident=ident, said=_("The settings are saved."))


def show_freeze(read: Reader, form: Form, ident: int) -> Page:
    """The range of points from which limits would be frozen."""
    return page("spc/freeze.html", form=form, chart=queries.get_chart(read, ident), enough=rules.ENOUGH)


@room.form("/<int:ident>/freeze", who=QUALITY_ONLY, form=FreezeForm, show=show_freeze)
def freeze(work: Work, form: FreezeForm, ident: int) -> Page:
    """Freeze limits from a stated range of inspections."""
    first, last, reason = (str(form[name].data) for name in ("first", "last", "reason"))
    phase = service.freeze_limits(work, ident, first=first, last=last, reason=reason)
    said = _("Phase %(number)s: limits frozen from %(points)s points.", number=phase.number, points=phase.points)
    return go("spc.show", ident=ident, said=said)


def show_alarm(read: Reader, form: Form, ident: int) -> Page:
    """An alarm: what happened, who acts, and what was done."""
    return page("spc/alarm.html", form=form, one=queries.get_alarm(read, ident), INSPECTORS=INSPECTORS)


@room.form("/alarms/<int:ident>", who=EVERYONE, form=AnswerForm, show=show_alarm)
def alarm(work: Work, form: AnswerForm, ident: int) -> Page:
    """Close an alarm with its cause and the action taken."""
    cause, action = str(form.cause.data), str(form.action.data)
    service.answer_alarm(work, ident, cause=cause, action=action, let_go=bool(form.let_go.data))
    return go("spc.alarm", ident=ident, said=_("The alarm is closed."))


def alarm_words(one: ChartAlarm) -> str:
    """Whose chart an alarm is of."""
    return own_name(one.chart.characteristic)


room.add_app_template_filter(in_words(alarm_words), "alarm_of")
