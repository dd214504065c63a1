"""The pages of measuring means: gauges, their calibrations and their studies."""

from flask import make_response, request

from mes.core.access import OFFICE, QUALITY_ONLY
from mes.core.drawings import ENDINGS
from mes.core.errors import NotFound, Refused
from mes.core.forms import Form, ReasonForm, row_number
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, mes, page, this_day, this_plant
from mes.core.templates import in_words
from mes.core.work import Reader, Work
from mes.equipment.models import WorkCentre
from mes.equipment.queries import list_coded
from mes.gauges import queries, rules, service, studies, study_grid, study_paper, study_result
from mes.gauges.forms import GaugeForm, GridForm, PasteForm, StateForm, StudyForm
from mes.gauges.models import Gauge, GaugeStudy, Standing, StudyKind, StudyState

room = Room("gauges", __name__)
room.entry("gauges.index", N_("Gauges"), "gauge", "inspection", OFFICE)
room.entry("gauges.study_list", N_("Gauge studies"), "flask-conical", "inspection", OFFICE)
#: What a certificate may do in the browser: look as it looks.
FILE_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
#: The status colour of each standing.
TONES = {
    Standing.LOST: "stopped",
    Standing.OUT_OF_USE: "waiting",
    Standing.FAILED: "stopped",
    Standing.OVERDUE: "stopped",
    Standing.NEVER: "held",
    Standing.SOON: "held",
    Standing.GOOD: "running",
}
VERDICT_TONES = {"acceptable": "running", "marginal": "held", "not acceptable": "stopped"}

room.add_app_template_filter(in_words(study_result.short_verdict), "study_verdict")


@room.app_template_global()
def gauge_standing(gauge: Gauge) -> tuple[str, str]:
    """The status colour and word of a gauge today."""
    standing = rules.standing_of(gauge, this_day())
    return TONES[standing], _(rules.STANDING_NAMES[standing])


@room.app_template_global()
def study_tone(study: GaugeStudy) -> str:
    """The status colour of a study's verdict."""
    return VERDICT_TONES.get(study.verdict or "", "waiting")


@room.read("/gauges", who=OFFICE)
def index(read: Reader) -> Page:
    """Gauges in the order in which they are due."""
    asked = request.args.get("show", "")
    chosen = queries.GaugeFilter(
        search=request.args.get("q", "").strip(),
        standing=Standing(asked) if asked in list(Standing) else None,
        work_centre_id=row_number(request.args.get("centre", "")),
    )
    found = queries.page_of_gauges(read, chosen, this_day(), request.args.get("after"))
    return page(
        "gauges/index.html",
        found=found,
        counts=queries.standings(read, this_day()),
        centres=list_coded(read, WorkCentre, active=True),
        verdicts=queries.newest_verdicts(read, [one.id for one in found.rows]),
        names=rules.STANDING_NAMES,
        who=QUALITY_ONLY,
    )


def _edit_page(read: Reader, form: Form, code: str | None = None) -> Page:
    gauge = queries.get_gauge(read, code) if code else None
    return page("gauges/edit.html", form=form, gauge=gauge, kinds=queries.kinds_in_use(read))


@room.form("/new/gauge", who=QUALITY_ONLY, form=GaugeForm, show=_edit_page)
def new(work: Work, form: GaugeForm) -> Page:
    """Enter a gauge."""
    gauge = service.add_gauge(work, code=form.code.data or "", **form.values)
    return go("gauges.show", code=gauge.code, said=_("%(name)s was added.", name=own_name(gauge)))


@room.read("/gauges/<path:code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One gauge: what it is, whether it may be used, its calibrations and its studies."""
    gauge = queries.get_gauge(read, code)
    calibrations = queries.calibrations_of(read, gauge.id)
    return page(
        "gauges/show.html",
        gauge=gauge,
        range_text=rules.range_text(gauge),
        calibrations=calibrations,
        standing={one.id for one in rules.in_force(calibrations)},
        studies=queries.studies_of(read, gauge.id),
        result_names=rules.RESULT_NAMES,
        study_names=rules.STUDY_NAMES,
        study_states=rules.STUDY_STATE_NAMES,
        who=QUALITY_ONLY,
    )


@room.form("/gauges/<path:code>/edit", who=QUALITY_ONLY, form=GaugeForm, show=_edit_page)
def edit(work: Work, form: GaugeForm, code: str) -> Page:
    """Change a gauge."""
    gauge = service.change_gauge(work, code, version=form.row_version, **form.values)
    return go("gauges.show", code=gauge.code, said=_("%(name)s was saved.", name=f"{gauge.code} {own_name(gauge)}"))


def _state_page(read: Reader, form: Form, code: str) -> Page:
    return page("gauges/state.html", form=form, gauge=queries.get_gauge(read, code))


@room.form("/gauges/<path:code>/state", who=QUALITY_ONLY, form=StateForm, show=_state_page)
def state(work: Work, form: StateForm, code: str) -> Page:
    """In use, out of use or lost."""
    gauge = service.set_state(work, code, form.state.data, form.reason.data or "")
    return go("gauges.show", code=gauge.code, said=_("%(name)s was saved.", name=f"{gauge.code} {own_name(gauge)}"))


@room.read("/gauges/<path:code>/calibrations/<int:number>/file", who=OFFICE)
def calibration_file(read: Reader, code: str, number: int) -> Page:
    """The certificate of a calibration, for the browser's own viewer: it can neither run nor fetch anything."""
    found = queries.get_calibration(read, queries.get_gauge(read, code), number)
    if found.file is None:
        raise NotFound(what=_("file"), code=str(number))
    response = make_response(found.file.content)
    response.content_type = found.file.kind
    ending = ENDINGS[found.file.kind]
    response.headers["Content-Disposition"] = f"inline; filename=calibration-{found.id}.{ending}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def _take_back_page(read: Reader, form: Form, code: str, number: int) -> Page:
    gauge = queries.get_gauge(read, code)
    found = queries.get_calibration(read, gauge, number)
    return page("gauges/take_back.html", form=form, gauge=gauge, calibration=found, result_names=rules.RESULT_NAMES)


@room.form(
    "/gauges/<path:code>/calibrations/<int:number>/take-back", who=QUALITY_ONLY, form=ReasonForm, show=_take_back_page
)
def take_back(work: Work, form: ReasonForm, code: str, number: int) -> Page:
    """Take back a calibration that was recorded wrongly."""
    service.take_back_calibration(work, code, number, form.reason.data or "")
    return go("gauges.show", code=code, said=_("The calibration is taken back; both entries stay."))


@room.read("/gauge-studies", who=OFFICE)
def study_list(read: Reader) -> Page:
    """All studies, the newest first."""
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    found = queries.page_of_studies(
        read,
        kind=StudyKind(kind) if kind in list(StudyKind) else None,
        state=StudyState(state) if state in list(StudyState) else None,
        after=request.args.get("after"),
    )
    return page("gauges/studies.html", found=found, names=rules.STUDY_NAMES, states=rules.STUDY_STATE_NAMES)


def _new_study_page(read: Reader, form: Form, code: str) -> Page:
    return page("gauges/new_study.html", form=form, gauge=queries.get_gauge(read, code))


@room.form("/gauges/<path:code>/new-study", who=QUALITY_ONLY, form=StudyForm, show=_new_study_page)
def new_study(work: Work, form: StudyForm, code: str) -> Page:
    """Lay out a study."""
    study = studies.begin_study(work, code, **form.values)
    return go("gauges.study_data", code=study.code, said=_("The sheet is laid out. Fill it in, or paste a table."))


@room.read("/gauge-studies/<code>", who=OFFICE)
def study(read: Reader, code: str) -> Page:
    """One study: what it came to, with its graphs."""
    return _study_page(read, code)


def _study_page(read: Reader, code: str) -> Page:
    found = queries.get_study(read, code)
    grid = study_grid.from_text(found.data)
    outcome, missing = _outcome(found, grid)
    return page(
        "gauges/study.html",
        study=found,
        grid=grid,
        outcome=outcome,
        missing=missing,
        charts=study_paper.charts(found, grid, outcome) if outcome else [],
        tables=study_paper.tables(outcome) if outcome else [],
        sentence=study_result.verdict_sentence(found.kind, outcome.verdict) if outcome else "",
        least=study_result.LEAST_CATEGORIES,
        names=rules.STUDY_NAMES,
        states=rules.STUDY_STATE_NAMES,
        tones=VERDICT_TONES,
        who=QUALITY_ONLY,
    )


def _outcome(found: GaugeStudy, grid: study_grid.Grid) -> tuple[study_result.Outcome | None, Refused | None]:
    """What the study comes to so far, or why nothing can be worked out yet."""
    try:
        return study_result.work_out(found.kind, grid, found.tolerance, found.good), None
    except Refused as refused:
        return None, refused


def _data_page(read: Reader, form: Form, code: str) -> Page:
    found = queries.get_study(read, code)
    grid = study_grid.from_text(found.data)
    shown = study_grid.with_typed(grid, request.form) if request.method == "POST" else grid
    return page(
        "gauges/study_data.html",
        form=form,
        study=found,
        grid=shown,
        referenced=found.kind in study_grid.REFERENCED,
        measured=found.kind in study_grid.MEASURED,
        names=rules.STUDY_NAMES,
    )


@room.form("/gauge-studies/<code>/data", who=QUALITY_ONLY, form=GridForm, show=_data_page)
def study_data(work: Work, form: GridForm, code: str) -> Page:
    """Fill in the sheet of a study."""
    kept = study_grid.from_text(queries.get_study(work.session, code).data)
    studies.fill_study(work, code, study_grid.with_typed(kept, request.form), version=form.row_version)
    return go("gauges.study", code=code, said=_("The readings are kept."))


def _paste_page(read: Reader, form: Form, code: str) -> Page:
    return page("gauges/study_paste.html", form=form, study=queries.get_study(read, code), names=rules.STUDY_NAMES)


@room.form("/gauge-studies/<code>/paste", who=QUALITY_ONLY, form=PasteForm, show=_paste_page)
def study_paste(work: Work, form: PasteForm, code: str) -> Page:
    """Take the whole sheet of a study from a table."""
    found = queries.get_study(work.session, code)
    grid = study_grid.pasted(found.kind, form.table.data or "")
    studies.fill_study(work, code, grid, version=form.row_version)
    return go("gauges.study", code=code, said=_("The readings are kept."))


@room.write("/gauge-studies/<code>/conclude", who=QUALITY_ONLY, show=_study_page)
def conclude(work: Work, code: str) -> Page:
    """Conclude a study: its verdict is kept and nothing changes any more."""
    studies.conclude_study(work, code)
    return go("gauges.study", code=code, said=_("The study is concluded and stays as it is."))


def _drop_page(read: Reader, form: Form, code: str) -> Page:
    return page("gauges/drop_study.html", form=form, study=queries.get_study(read, code))


@room.form("/gauge-studies/<code>/drop", who=QUALITY_ONLY, form=ReasonForm, show=_drop_page)
def drop(work: Work, form: ReasonForm, code: str) -> Page:
    """Give a study up."""
    studies.drop_study(work, code, form.reason.data or "")
    return go("gauges.study", code=code, said=_("The study is given up; what was entered stays."))


@room.read("/gauge-studies/<code>/study.pdf", who=OFFICE)
def study_pdf(read: Reader, code: str) -> Page:
    """The study as an A4 document."""
    found = queries.get_study(read, code)
    grid = study_grid.from_text(found.data)
    outcome, missing = _outcome(found, grid)
    if outcome is None and missing:
        raise missing
    made = study_paper.study_pdf(found, grid, outcome, this_plant().name or "MES", mes().clock())
    response = make_response(made)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{found.code}.pdf"'
    return response
