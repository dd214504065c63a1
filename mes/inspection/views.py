"""The pages of inspection at a desk: inspections, their readings and standards."""

from flask import make_response, request

from mes.core.access import INSPECTORS, OFFICE, QUALITY_ONLY
from mes.core.forms import Form
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, mes, page, reader, this_plant
from mes.core.plant import production_day
from mes.core.templates import in_words
from mes.core.work import Reader, Work
from mes.inspection import queries, rules, service, standard_queries
from mes.inspection.forms import (
    CharacteristicChangeForm,
    CharacteristicForm,
    InspectionFilterForm,
    InspectionForm,
    LotDecisionForm,
)
from mes.inspection.models import InspectionKind, InspectionStandard
from mes.inspection.standards import scope_of
from mes.items.models import Item
from mes.items.queries import get_item
from mes.lots.models import LotStatus
from mes.quality.showing import ranges
from mes.quality.targets import find_target, seek_target, unknown_target

room = Room("inspection", __name__, url_prefix="/quality")
room.entry("inspection.inspections", N_("Inspections"), "clipboard-check", "quality", OFFICE)
room.entry("inspection.standards", N_("Inspection standards"), "ruler", "quality", OFFICE)

#: Kinds of inspection as an address names them.
KINDS = ", ".join(InspectionKind)

room.add_app_template_filter(in_words(rules.kind_name), "kind_name")
room.add_app_template_filter(in_words(rules.verdict_name), "verdict_name")


@room.app_template_global()
def judged(lot_id: int) -> queries.Judged:
    """For the page of a lot, which stands below inspections: why it failed and who decided."""
    return queries.judged(reader(), lot_id)


@room.read("/inspections", who=OFFICE)
def inspections(read: Reader) -> Page:
    """Inspections, with filters kept in the address."""
    form = InspectionFilterForm(request.args)
    found = queries.page_of_inspections(read, form.chosen(), request.args.get("after"))
    return page(
        "inspection/inspections.html", form=form, found=found, days=ranges(production_day(this_plant(), mes().clock()))
    )


@room.read("/inspections/<code>", who=OFFICE)
def inspection(read: Reader, code: str) -> Page:
    """One inspection with its readings and the limits they were judged by."""
    row = queries.get_inspection(read, code)
    lot = row.inspection.lot
    failed = queries.failed_kinds(read, lot.id) if lot else set()
    undecided = bool(lot and lot.status is LotStatus.INSPECTION and InspectionKind.INCOMING in failed)
    return page("inspection/inspection.html", row=row, undecided=undecided)


@room.read("/inspections/<code>/print", who=OFFICE)
def inspection_sheet(read: Reader, code: str) -> Page:
    """One inspection as an A4 document."""
    return page("inspection/inspection_sheet.html", row=queries.get_inspection(read, code))


@room.read("/inspect", who=INSPECTORS)
def inspect(read: Reader) -> Page:
    """Choose what to inspect: scan a lot or a job, or take one that waits."""
    code = request.args.get("code", "").strip()
    target = seek_target(read, code) if code else None
    if target is not None:
        measured = standard_queries.kinds_of(read, target.lot, target.job)
        kinds = [kind for kind in rules.kinds_for(target) if kind in measured]
        return page("inspection/inspect.html", target=target, kinds=kinds)
    jobs = queries.jobs_to_inspect(read, code) if code else ()
    if len(jobs) == 1:
        return go("inspection.inspect", code=jobs[0].code)
    waiting = (queries.waiting_lots(read), queries.waiting_jobs(read))
    missing = unknown_target(code) if code and not jobs else None
    shown = page("inspection/inspect.html", target=None, jobs=jobs, waiting=waiting, missing=missing, code=code)
    return make_response(shown, missing.status if missing else 200)


def show_readings(read: Reader, form: InspectionForm, kind: str, code: str) -> Page:
    """One field for each reading, beside what is inspected."""
    target = find_target(read, code)
    return page("inspection/new_inspection.html", form=form, kind=InspectionKind(kind), target=target)


@room.form(f"/inspect/<any({KINDS}):kind>/<code>", who=INSPECTORS, form=InspectionForm, show=show_readings)
def new_inspection(work: Work, form: InspectionForm, kind: str, code: str) -> Page:
    """Record an inspection; its verdict is computed from the readings."""
    target = find_target(work.session, code)
    recorded = service.record_inspection(
        work,
        kind=InspectionKind(kind),
        lot_code=target.lot.code if target.lot else None,
        job_code=target.job.code if target.job else None,
        readings=form.readings,
        note=form.note.data or None,
    )
    said = _("%(code)s: %(verdict)s.", code=recorded.code, verdict=rules.verdict_name(recorded.verdict))
    return go("inspection.inspection", code=recorded.code, said=said)


def show_lot_decision(read: Reader, form: Form, code: str) -> Page:
    """The question what becomes of a lot whose incoming inspection failed."""
    return page("inspection/decide_lot.html", form=form, target=find_target(read, code))


@room.form("/lots/<code>/decide", who=QUALITY_ONLY, form=LotDecisionForm, show=show_lot_decision)
def decide_lot(work: Work, form: LotDecisionForm, code: str) -> Page:
    """Reject a lot whose incoming inspection failed, or accept it by concession."""
    accept = form.accept.data == "yes"
    lot = service.decide_failed_lot(work, code, accept=accept, reason=str(form.reason.data))
    yes, no = _("Lot %(lot)s is accepted by concession.", lot=lot.code), _("Lot %(lot)s is rejected.", lot=lot.code)
    return go("inspection.inspections", lot=lot.code, said=yes if accept else no)


@room.read("/standards", who=OFFICE)
def standards(read: Reader) -> Page:
    """What is measured on which item."""
    code = request.args.get("item", "").strip()
    if code:
        return go("inspection.standard", code=get_item(read, code).code)
    found = standard_queries.page_of_standards(read, standard_queries.StandardFilter(), request.args.get("after"))
    return page("inspection/standards.html", found=found)


@room.read("/standards/<path:code>", who=OFFICE)
def standard(read: Reader, code: str) -> Page:
    """Everything that is measured on one item, by kind of inspection."""
    item = get_item(read, code)
    found = standard_queries.standards_of(read, item.id)
    return page("inspection/standard.html", item=item, found=found)


def show_characteristic(read: Reader, form: Form, code: str = "", ident: int | None = None) -> Page:
    """The form of a characteristic and the item it belongs to."""
    one = standard_queries.get_characteristic(read, ident) if ident is not None else None
    item = one.standard.item if one else get_item(read, code)
    return page("inspection/characteristic.html", form=form, one=one, item=item)


@room.form("/new-characteristic/<path:code>", who=QUALITY_ONLY, form=CharacteristicForm, show=show_characteristic)
def new_characteristic(work: Work, form: CharacteristicForm, code: str) -> Page:
    """Enter what is measured on an item."""
    item = get_item(work.session, code)
    draft = _draft(work, item, InspectionKind(str(form.kind.data)))
    added = service.add_characteristic(work, draft.id, form.entered)
    return go("inspection.standard", code=item.code, said=_("%(name)s is entered.", name=added.name))


def _draft(work: Work, item: Item, kind: InspectionKind) -> InspectionStandard:
    """The draft of an item's general standard: the one there is, a copy of the one in force, or a new one."""
    scope = scope_of(item.id, kind, None, None)
    there = standard_queries.newest_approved(work.session, scope) or standard_queries.draft_of(work.session, scope)
    return service.revise_standard(work, there.id) if there else service.make_standard(work, item=item, kind=kind)


@room.form("/characteristics/<int:ident>", who=QUALITY_ONLY, form=CharacteristicChangeForm, show=show_characteristic)
def characteristic(work: Work, form: CharacteristicChangeForm, ident: int) -> Page:
    """Change limits, name or use of a characteristic."""
    item = standard_queries.get_characteristic(work.session, ident).standard.item
    changed = service.change_characteristic(
        work, ident, form.entered, position=int(form.position.data), version=form.row_version
    )
    return go("inspection.standard", code=item.code, said=_("%(name)s is saved.", name=changed.name))
