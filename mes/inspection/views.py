"""The pages of inspection at a desk: inspections, their readings and standards."""

from collections.abc import Sequence

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
    InspectionFilterForm,
    InspectionForm,
    LotDecisionForm,
)
from mes.inspection.gauge_check import behind
from mes.inspection.models import InspectionKind, Severity
from mes.inspection.sampling import planned
from mes.inspection.signed import content_of_decision, decision_signatures
from mes.lots.models import LotStatus
from mes.lots.queries import find_lot
from mes.people.signature_rules import Standing, seen_of
from mes.quality.showing import ranges
from mes.quality.targets import find_target, seek_target, unknown_target

room = Room("inspection", __name__, url_prefix="/quality")
room.entry("inspection.inspections", N_("Inspections"), "clipboard-check", "inspection", OFFICE)

#: Kinds of inspection as an address names them.
KINDS = ", ".join(InspectionKind)

room.add_app_template_filter(in_words(rules.kind_name), "kind_name")
room.add_app_template_filter(in_words(rules.verdict_name), "verdict_name")


@room.app_template_global()
def judged(lot_id: int) -> queries.Judged:
    """For the page of a lot, which stands below inspections: why it failed and who decided."""
    return queries.judged(reader(), lot_id)


@room.app_template_global()
def lot_signatures(lot_id: int) -> Sequence[Standing]:
    """The signatures under the decisions about a lot, and what was changed since."""
    return decision_signatures(reader(), lot_id)


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
    one = row.inspection
    drawn = planned(one.standard, one.lot_size or 1, one.severity or Severity.NORMAL) if lot else None
    return page("inspection/inspection.html", row=row, behind=behind(read, one), undecided=undecided, drawn=drawn)


@room.read("/inspections/<code>/print", who=OFFICE)
def inspection_sheet(read: Reader, code: str) -> Page:
    """One inspection as an A4 document."""
    row = queries.get_inspection(read, code)
    return page("inspection/inspection_sheet.html", row=row, behind=behind(read, row.inspection))


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
    day = production_day(this_plant(), mes().clock())
    lots = queries.waiting_lots(read)
    waiting = (lots, queries.waiting_jobs(read, day))
    missing = unknown_target(code) if code and not jobs else None
    shown = page("inspection/inspect.html", target=None, jobs=jobs, waiting=waiting, missing=missing, code=code,
                 told=queries.told_of(read, lots))  # fmt: skip
    return make_response(shown, missing.status if missing else 200)


def show_readings(read: Reader, form: InspectionForm, kind: str, code: str) -> Page:
    """One field for each reading, beside what is inspected."""
    target = find_target(read, code)
    return page("inspection/new_inspection.html", form=form, kind=InspectionKind(kind), target=target)


def show_lot_decision(read: Reader, form: Form, code: str) -> Page:
    """The question what becomes of a lot whose incoming inspection failed."""
    lot = find_lot(read, code)
    if lot is not None:
        form["seen"].data = form["seen"].data or seen_of(content_of_decision(read, lot, accept=True, reason=""))
    return page(
        "inspection/decide_lot.html", form=form, target=find_target(read, code), signs=this_plant().signed_decisions
    )


@room.form("/lots/<code>/decide", who=QUALITY_ONLY, form=LotDecisionForm, show=show_lot_decision)
def decide_lot(work: Work, form: LotDecisionForm, code: str) -> Page:
    """Reject a lot whose incoming inspection failed, or accept it by concession."""
    accept = form.accept.data == "yes"
    lot = service.decide_failed_lot(work, code, accept=accept, reason=str(form.reason.data), signer=form.given)
    yes, no = _("Lot %(lot)s is accepted by concession.", lot=lot.code), _("Lot %(lot)s is rejected.", lot=lot.code)
    return go("lots.show", code=lot.code, said=yes if accept else no)
