"""The pages of quality at a desk: defects, their Pareto and codes, inspections and their standards."""

from flask import make_response, request

from mes.core.access import INSPECTORS, OFFICE, QUALITY_ONLY
from mes.core.forms import Form
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, mes, page, reader, this_plant
from mes.core.plant import production_day
from mes.core.work import Reader, Work
from mes.items.queries import get_item
from mes.lots.models import LotStatus
from mes.quality import inspection_queries, queries, rules, service
from mes.quality.forms import (
    CharacteristicChangeForm,
    CharacteristicForm,
    CodeChangeForm,
    CodeForm,
    DecisionForm,
    DefectFilterForm,
    DefectForm,
    InspectionFilterForm,
    InspectionForm,
    LotDecisionForm,
    photo_bytes,
    word,
)
from mes.quality.models import Disposition, InspectionKind
from mes.quality.pareto import Bar, Grouping, Measure, Pareto, pareto
from mes.quality.showing import FILTERS, name_of, ranges

room = Room("quality", __name__, url_prefix="/quality")
room.entry("quality.defects", N_("Defects"), "circle-alert", "quality", OFFICE)
room.entry("quality.analysis", N_("Pareto"), "chart-column", "quality", OFFICE)
room.entry("quality.inspections", N_("Inspections"), "clipboard-check", "quality", OFFICE)
room.entry("quality.standards", N_("Inspection standards"), "ruler", "quality", OFFICE)
room.entry("quality.codes", N_("Defect codes"), "tags", "quality", OFFICE)

#: Kinds of inspection as an address names them.
KINDS = ", ".join(InspectionKind)
#: Defects kept as pictures are shown in the page; anything else would be handed over as a file.
SHOWN_IN_PAGE = "image/jpeg"


for name, word_for in FILTERS.items():
    room.add_app_template_filter(word_for, name)


@room.app_template_global()
def judged(lot_id: int) -> inspection_queries.Judged:
    """For the page of a lot, which stands below inspections: why it failed and who decided."""
    return inspection_queries.judged(reader(), lot_id)


def days_back() -> list[tuple[str, str]]:
    """The beginnings of the usual ranges of days, for chips."""
    return ranges(production_day(this_plant(), mes().clock()))


@room.read("/defects", who=OFFICE)
def defects(read: Reader) -> Page:
    """The defect log, with filters kept in the address."""
    form = DefectFilterForm(request.args)
    form.fill(read)
    chosen = form.chosen()
    found = queries.page_of_defects(read, chosen, request.args.get("after"))
    amounts = queries.amounts(read, chosen)
    return page("quality/defects.html", form=form, chosen=chosen, found=found, amounts=amounts, days=days_back())


@room.form("/defects/new", who=OFFICE, form=DefectForm, show="quality/new_defect.html")
def new_defect(work: Work, form: DefectForm) -> Page:
    """Record defective pieces found on a lot or at a job."""
    photo = photo_bytes(form.photo)
    recorded = service.record_defect(
        work,
        code=str(form.code.data),
        quantity=form.quantity.data,
        of=str(form.of.data),
        cause=form.cause.data or None,
        note=form.note.data or None,
        photo=photo,
        photo_name=form.photo.data.filename if photo is not None else "",
    )
    return go("quality.defect", ident=recorded.id, said=_("The defect is recorded."))


@room.read("/defects/<int:ident>", who=OFFICE)
def defect(read: Reader, ident: int) -> Page:
    """One defect: what, where, photo, and what was decided."""
    row = queries.get_defect(read, ident)
    return page("quality/defect.html", row=row, decisions=queries.decisions(read, ident))


@room.read("/defects/<int:ident>/photo", who=OFFICE)
def photo(read: Reader, ident: int) -> Page:
    """The photo of a defect. Its type is the one decided when it was kept, never guessed from the content."""
    kept = queries.get_photo(read, ident)
    response = make_response(kept.content)
    response.content_type = kept.kind if kept.kind == SHOWN_IN_PAGE else "application/octet-stream"
    shown = "inline" if kept.kind == SHOWN_IN_PAGE else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="defect-{ident}.jpg"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def show_decision(read: Reader, form: Form, ident: int) -> Page:
    """The defect beside the question what becomes of it."""
    return page("quality/decide.html", form=form, row=queries.get_defect(read, ident))


@room.form("/defects/<int:ident>/decide", who=QUALITY_ONLY, form=DecisionForm, show=show_decision)
def decide(work: Work, form: DecisionForm, ident: int) -> Page:
    """Decide what becomes of defective pieces."""
    decision = Disposition(str(form.decision.data))
    service.dispose_defect(work, ident, decision, str(form.reason.data), take_out=form.takes_out)
    said = _("Decided: %(decision)s.", decision=rules.disposition_name(decision))
    return go("quality.defect", ident=ident, said=said)


@room.read("/pareto", who=OFFICE)
def analysis(read: Reader) -> Page:
    """The Pareto of defects: by code, item or machine, by quantity or number of records."""
    if "since" not in request.args:
        return go("quality.analysis", **{**request.args, "since": days_back()[2][0]})
    form = DefectFilterForm(request.args)
    form.fill(read)
    chosen = form.chosen()
    by: Grouping = word(Grouping, request.args.get("by")) or Grouping.CODE
    measure: Measure = word(Measure, request.args.get("measure")) or Measure.QUANTITY
    found = pareto(read, chosen, by, measure)
    bars = [
        {"rank": rank, "bar": bar, "label": name_of(bar.thing), "href": rows_behind(bar, by, found)}
        for rank, bar in enumerate(found.bars, 1)
    ]
    return page(
        "quality/analysis.html",
        form=form,
        by=by,
        measure=measure,
        found=found,
        bars=bars,
        days=days_back(),
    )


def rows_behind(bar: Bar, by: Grouping, found: Pareto) -> dict[str, str]:
    """The filter of the defect list that shows the rows of a bar."""
    kept = {
        name: request.args[name] for name in ("since", "until", "code", "item", "machine") if request.args.get(name)
    }
    unit = {"unit": found.unit} if found.unit else {}
    return {**kept, **unit, by.value: bar.address}


@room.read("/codes", who=OFFICE)
def codes(read: Reader) -> Page:
    """All types of defect."""
    return page("quality/codes.html", codes=queries.list_defect_codes(read))


def show_code(read: Reader, form: Form, code: str = "") -> Page:
    """The form of a type of defect, with the groups there are."""
    groups = sorted({one.group for one in queries.list_defect_codes(read) if one.group})
    return page("quality/code.html", form=form, code=code, groups=groups)


@room.form("/new-code", who=QUALITY_ONLY, form=CodeForm, show=show_code)
def new_code(work: Work, form: CodeForm) -> Page:
    """Enter a type of defect."""
    added = service.add_defect_code(work, code=str(form.code.data), **form.columns)
    return go("quality.codes", said=_("%(code)s is entered.", code=added.code))


@room.form("/codes/<path:code>", who=QUALITY_ONLY, form=CodeChangeForm, show=show_code)
def code(work: Work, form: CodeChangeForm, code: str) -> Page:
    """Change a type of defect, or take it out of use."""
    changed = service.change_defect_code(work, code, version=form.row_version, **form.columns)
    return go("quality.codes", said=_("%(code)s is saved.", code=changed.code))


@room.read("/inspections", who=OFFICE)
def inspections(read: Reader) -> Page:
    """Inspections, with filters kept in the address."""
    form = InspectionFilterForm(request.args)
    found = inspection_queries.page_of_inspections(read, form.chosen(), request.args.get("after"))
    return page("quality/inspections.html", form=form, found=found, days=days_back())


@room.read("/inspections/<code>", who=OFFICE)
def inspection(read: Reader, code: str) -> Page:
    """One inspection with its readings and the limits they were judged by."""
    row = inspection_queries.get_inspection(read, code)
    lot = row.inspection.lot
    failed = inspection_queries.failed_kinds(read, lot.id) if lot else set()
    undecided = bool(lot and lot.status is LotStatus.INSPECTION and InspectionKind.INCOMING in failed)
    return page("quality/inspection.html", row=row, undecided=undecided)


@room.read("/inspections/<code>/print", who=OFFICE)
def inspection_sheet(read: Reader, code: str) -> Page:
    """One inspection as an A4 document."""
    return page("quality/inspection_sheet.html", row=inspection_queries.get_inspection(read, code))


@room.read("/inspect", who=INSPECTORS)
def inspect(read: Reader) -> Page:
    """Choose what to inspect: scan a lot or a job, or take one that waits."""
    code = request.args.get("code", "").strip()
    target = inspection_queries.seek_target(read, code) if code else None
    if target is not None:
        kinds = inspection_queries.measured_kinds(read, target.item.id)
        return page("quality/inspect.html", target=target, kinds=kinds)
    jobs = inspection_queries.jobs_to_inspect(read, code) if code else ()
    if len(jobs) == 1:
        return go("quality.inspect", code=jobs[0].code)
    waiting = (inspection_queries.waiting_lots(read), inspection_queries.waiting_jobs(read))
    missing = inspection_queries.unknown_target(code) if code and not jobs else None
    shown = page("quality/inspect.html", target=None, jobs=jobs, waiting=waiting, missing=missing, code=code)
    return make_response(shown, missing.status if missing else 200)


def show_readings(read: Reader, form: InspectionForm, kind: str, code: str) -> Page:
    """One field for each reading, beside what is inspected."""
    target = inspection_queries.find_target(read, code)
    return page("quality/new_inspection.html", form=form, kind=InspectionKind(kind), target=target)


@room.form(f"/inspect/<any({KINDS}):kind>/<code>", who=INSPECTORS, form=InspectionForm, show=show_readings)
def new_inspection(work: Work, form: InspectionForm, kind: str, code: str) -> Page:
    """Record an inspection; its verdict is computed from the readings."""
    target = inspection_queries.find_target(work.session, code)
    recorded = service.record_inspection(
        work,
        kind=InspectionKind(kind),
        lot_code=target.lot.code if target.lot else None,
        job_code=target.job.code if target.job else None,
        readings=form.readings,
        note=form.note.data or None,
    )
    said = _("%(code)s: %(verdict)s.", code=recorded.code, verdict=rules.verdict_name(recorded.verdict))
    return go("quality.inspection", code=recorded.code, said=said)


def show_lot_decision(read: Reader, form: Form, code: str) -> Page:
    """The question what becomes of a lot whose incoming inspection failed."""
    return page("quality/decide_lot.html", form=form, target=inspection_queries.find_target(read, code))


@room.form("/lots/<code>/decide", who=QUALITY_ONLY, form=LotDecisionForm, show=show_lot_decision)
def decide_lot(work: Work, form: LotDecisionForm, code: str) -> Page:
    """Reject a lot whose incoming inspection failed, or accept it by concession."""
    accept = form.accept.data == "yes"
    lot = service.decide_failed_lot(work, code, accept=accept, reason=str(form.reason.data))
    yes, no = _("Lot %(lot)s is accepted by concession.", lot=lot.code), _("Lot %(lot)s is rejected.", lot=lot.code)
    return go("quality.inspections", lot=lot.code, said=yes if accept else no)


@room.read("/standards", who=OFFICE)
def standards(read: Reader) -> Page:
    """What is measured on which item."""
    code = request.args.get("item", "").strip()
    if code:
        return go("quality.standard", code=get_item(read, code).code)
    return page("quality/standards.html", found=inspection_queries.list_standards(read))


@room.read("/standards/<path:code>", who=OFFICE)
def standard(read: Reader, code: str) -> Page:
    """Everything that is measured on one item, by kind of inspection."""
    item = get_item(read, code)
    found = inspection_queries.all_characteristics_of(read, item.id)
    return page("quality/standard.html", item=item, found=found)


def show_characteristic(read: Reader, form: Form, code: str = "", ident: int | None = None) -> Page:
    """The form of a characteristic and the item it belongs to."""
    one = inspection_queries.get_characteristic(read, ident) if ident is not None else None
    item = one.item if one else get_item(read, code)
    return page("quality/characteristic.html", form=form, one=one, item=item)


@room.form("/new-characteristic/<path:code>", who=QUALITY_ONLY, form=CharacteristicForm, show=show_characteristic)
def new_characteristic(work: Work, form: CharacteristicForm, code: str) -> Page:
    """Enter what is measured on an item."""
    item = get_item(work.session, code)
    added = service.add_characteristic(work, item=item, kind=InspectionKind(str(form.kind.data)), **form.columns)
    return go("quality.standard", code=item.code, said=_("%(name)s is entered.", name=added.name))


@room.form("/characteristics/<int:ident>", who=QUALITY_ONLY, form=CharacteristicChangeForm, show=show_characteristic)
def characteristic(work: Work, form: CharacteristicChangeForm, ident: int) -> Page:
    """Change limits, name or use of a characteristic."""
    item = inspection_queries.get_characteristic(work.session, ident).item
    changed = service.change_characteristic(work, ident, version=form.row_version, **form.columns)
    return go("quality.standard", code=item.code, said=_("%(name)s is saved.", name=changed.name))
