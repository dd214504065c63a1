"""Sheets to print, and 4M changes."""

from flask import request, url_for

from mes.certificates import changes, queries, rules, sheets
from mes.certificates.birth import birth_pdf
from mes.certificates.content import told_now
from mes.certificates.forms import ChangeForm, NoteForm, SignForm
from mes.certificates.models import ChangeState, FourMChange, Language, Signature
from mes.certificates.views import pdf_file
from mes.core.access import INSPECTORS, OFFICE, QUALITY_ONLY
from mes.core.forms import Form, ReasonForm
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, mes, page, this_plant
from mes.core.scanning import named_code
from mes.core.work import Reader, Work
from mes.inspection.models import InspectionKind
from mes.inspection.queries import InspectionFilter, jobs_to_inspect, page_of_inspections
from mes.lots.queries import get_lot
from mes.orders.queries import find_job, get_job
from mes.people.signature_rules import fingerprint

room = Room("sheets", __name__)
room.entry("sheets.index", N_("Sheets"), "printer", "inspection", OFFICE)
room.entry("sheets.changes_list", N_("4M changes"), "git-branch", "inspection", OFFICE)
TONES = {
    ChangeState.ASKED: "person",
    ChangeState.APPROVED: "running",
    ChangeState.REFUSED: "stopped",
    ChangeState.DONE: "done",
}


def _company() -> str:
    return this_plant().name or "MES"


@room.read("/lots/<code>/birth-certificate-<any(ko,en,both):language>.pdf", who=OFFICE)
def birth(read: Reader, code: str, language: str) -> Page:
    """What is in a machine, who made it where, how it was inspected: one or two pages."""
    lot = get_lot(read, code)
    made = birth_pdf(read, lot, Language(language), _company(), mes().clock())
    return pdf_file(made, f"{lot.code}-{language}")


@room.read("/sheets", who=OFFICE)
def index(read: Reader) -> Page:
    """Which sheets can be printed: of a job, of a work order's jobs, of an inspection."""
    code = named_code(request.args.get("of", "").strip())
    job = find_job(read, code) if code else None
    jobs = [job] if job else list(jobs_to_inspect(read, code)) if code else []
    reports = page_of_inspections(read, InspectionFilter(lot=code or None)) if not jobs else None
    return page("certificates/sheets.html", code=code, jobs=jobs, reports=reports)


@room.read("/sheets/inspections/<code>.pdf", who=OFFICE)
def inspection_report(read: Reader, code: str) -> Page:
    """One inspection as a report."""
    told = queries.told_inspection(read, code)
    item, lot = told.inspection.item, told.inspection.lot
    facts = [
        (_("Item"), own_name(item)),
        (_("Item code"), item.code),
        (_("Spec"), item.spec or "-"),
        (_("Lot"), lot.code if lot else "-"),
        (_("Supplier lot"), (lot.supplier_lot if lot else None) or "-"),
        (_("Job"), told.job.code if told.job else "-"),
    ]
    said = told_now(read, told)
    return pdf_file(sheets.inspection_pdf(told, said, facts, _company(), mes().clock()), told.inspection.code)


@room.read("/sheets/pieces/<code>.pdf", who=OFFICE)
def pieces(read: Reader, code: str) -> Page:
    """First, middle and last piece of a job; blank when the address says so."""
    job = get_job(read, code)
    asked = {kind: queries.characteristics_for(read, job, kind) for kind in sheets.PIECES}
    told = queries.told_of_job(read, job, [kind.value for kind in sheets.PIECES])
    blank = request.args.get("blank") == "yes"
    return pdf_file(sheets.pieces_pdf(job, asked, told, _company(), mes().clock(), blank=blank), job.code)


@room.read("/sheets/self/<code>.pdf", who=OFFICE)
def self_check(read: Reader, code: str) -> Page:
    """The self-inspection check sheet of a job; blank when the address says so."""
    job = get_job(read, code)
    asked = queries.characteristics_for(read, job, InspectionKind.SELF)
    found = queries.inspections_at(read, job, InspectionKind.SELF)
    blank = request.args.get("blank") == "yes"
    return pdf_file(sheets.self_check_pdf(job, asked, found, _company(), mes().clock(), blank=blank), job.code)


@room.read("/four-m", who=OFFICE)
def changes_list(read: Reader) -> Page:
    """4M changes, the newest first."""
    asked = request.args.get("state", "")
    found = queries.page_of_changes(
        read,
        state=ChangeState(asked) if asked in list(ChangeState) else None,
        after=request.args.get("after"),
    )
    return page("certificates/changes.html", found=found, names=rules.CHANGE_NAMES, words=rules.FOUR_M, tones=TONES,
                who=INSPECTORS)  # fmt: skip


@room.form("/new/four-m", who=INSPECTORS, form=ChangeForm, show="certificates/new_change.html")
def new_change(work: Work, form: ChangeForm) -> Page:
    """Ask for a 4M change."""
    made = changes.ask_change(work, **form.values)
    return go("sheets.change", code=made.code, said=_("The change is asked for. It is carried out once approved."))


@room.read("/four-m/<code>", who=OFFICE)
def change(read: Reader, code: str) -> Page:
    """One 4M change: what, why, when, what it touches, who signed."""
    found = queries.get_change(read, code)
    signatures = queries.signatures_of(read, change_id=found.id)
    return page(
        "certificates/change.html",
        change=found,
        signatures=signatures,
        whole=_is_whole(found, signatures),
        names=rules.CHANGE_NAMES,
        words=rules.FOUR_M,
        meanings=rules.SIGNED_AS,
        proofs=rules.PROOF_NAMES,
        tones=TONES,
        who=QUALITY_ONLY,
    )


def _is_whole(found: FourMChange, signatures: list[Signature]) -> bool:
    text = fingerprint(rules.content_of_change(found, queries.affected_codes(found)))
    return all(one.sha256 == text for one in signatures)


@room.read("/four-m/<code>/change.pdf", who=OFFICE)
def change_pdf(read: Reader, code: str) -> Page:
    """The 4M change as an A4 form."""
    found = queries.get_change(read, code)
    signatures = queries.signatures_of(read, change_id=found.id)
    return pdf_file(sheets.change_pdf(found, signatures, _company(), mes().clock()), found.code)


def _sign_page(read: Reader, form: Form, code: str) -> Page:
    found = queries.get_change(read, code)
    return page("certificates/sign.html", form=form, thing=found, back=url_for("sheets.change", code=code))


@room.form("/four-m/<code>/sign", who=QUALITY_ONLY, form=SignForm, show=_sign_page)
def sign_change(work: Work, form: SignForm, code: str) -> Page:
    """Sign a 4M change; the approval lets it be carried out."""
    changes.sign_change(work, code, **form.signature)
    return go("sheets.change", code=code, said=_("Signed."))


def _refuse_page(read: Reader, form: Form, code: str) -> Page:
    found = queries.get_change(read, code)
    back = url_for("sheets.change", code=code)
    return page(
        "certificates/reason.html", form=form, thing=found, title=_("Refuse"), hint="", kind="danger", back=back
    )


@room.form("/four-m/<code>/refuse", who=QUALITY_ONLY, form=ReasonForm, show=_refuse_page)
def refuse_change(work: Work, form: ReasonForm, code: str) -> Page:
    """Refuse a 4M change."""
    changes.refuse_change(work, code, form.reason.data or "")
    return go("sheets.change", code=code, said=_("The change is refused."))


def _finish_page(read: Reader, form: Form, code: str) -> Page:
    return page("certificates/finish.html", form=form, change=queries.get_change(read, code))


@room.form("/four-m/<code>/finish", who=INSPECTORS, form=NoteForm, show=_finish_page)
def finish_change(work: Work, form: NoteForm, code: str) -> Page:
    """Say that a change was carried out."""
    changes.finish_change(work, code, form.note.data or "")
    return go("sheets.change", code=code, said=_("The change is carried out."))
