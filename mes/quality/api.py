"""Production reports with their defects, defects, and inspections, for programs."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from mes.core.access import EVERYONE, QUALITY_ONLY
from mes.core.api import Api, CodeText, Listing, LongText, NameText, Paged, listing
from mes.core.work import Reader, Work
from mes.orders.lists import get_report, page_of_reports
from mes.orders.models import Report
from mes.quality import queries, service
from mes.quality.finding import Finding, Mark
from mes.quality.models import Disposition

api = Api("quality", __name__)


class DefectLine(msgspec.Struct, forbid_unknown_fields=True):
    """Defective pieces of one type."""

    code: CodeText
    quantity: Decimal


class ConsumedLine(msgspec.Struct, forbid_unknown_fields=True):
    """A lot that was used; no quantity means what the job still needs, at most the lot."""

    lot: CodeText
    quantity: Decimal | None = None


class NewReport(msgspec.Struct, forbid_unknown_fields=True):
    """What was made; ``confirmed`` answers a question that was asked before (409)."""

    good: Decimal
    defects: list[DefectLine] = []
    scrap: Decimal = Decimal(0)
    rework: Decimal = Decimal(0)
    consumed: list[ConsumedLine] = []
    confirmed: bool = False


class ReportOut(msgspec.Struct):
    """One production report. ``reverses`` names the report that this one takes back."""

    id: int
    job: str
    day: date
    at: datetime
    good: Decimal
    defective: Decimal
    scrap: Decimal
    rework: Decimal
    person: str
    station: str | None
    machine: str | None
    lot: str | None
    reverses: int | None


class Undo(msgspec.Struct, forbid_unknown_fields=True):
    """Why; needed for somebody else's report or an older one."""

    reason: NameText | None = None


class DefectOut(msgspec.Struct):
    """Defective pieces of one type. ``standing`` is false for what was taken back."""

    id: int
    code: str
    name: str
    quantity: Decimal
    day: date
    at: datetime
    item: str
    lot: str | None
    job: str | None
    machine: str | None
    person: str
    cause_code: str | None
    cause: str | None
    tool: str | None
    cavity: str | None
    mark: tuple[int, int] | None
    disposition: Disposition
    sorted_good: Decimal | None
    approved_by: str | None
    rework_lot: str | None
    standing: bool


class NewDefect(msgspec.Struct, forbid_unknown_fields=True):
    """Defective pieces found on a lot or at a job."""

    code: CodeText
    quantity: Decimal
    lot: CodeText | None = None
    job: CodeText | None = None
    cause_code: CodeText | None = None
    cause: LongText | None = None
    note: LongText | None = None
    tool: CodeText | None = None
    cavity: CodeText | None = None
    #: Thousandths of the width and height of the item's picture, from the upper left.
    mark: tuple[int, int] | None = None


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of defective pieces, and why. ``apart``: reworked pieces become a lot of their own; ``take_out``:
    scrapped or returned ones leave the lot; a concession names who approved it."""

    disposition: Disposition
    reason: LongText
    take_out: bool = False
    apart: bool = False
    approved_by: NameText | None = None


class Sorted(msgspec.Struct, forbid_unknown_fields=True):
    """How many of the sorted pieces were good."""

    good: Decimal


class DefectQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which defects; days are production days, both included."""

    since: date | None = None
    until: date | None = None
    code: str | None = None
    item: str | None = None
    lot: str | None = None
    disposition: Disposition | None = None


def _report_out(report: Report) -> ReportOut:
    same = ("id", "day", "at", "good", "defective", "scrap", "rework", "person", "station")
    return ReportOut(
        job=report.job.code,
        machine=report.machine.code if report.machine else None,
        lot=report.lot.code if report.lot else None,
        reverses=report.reverses_id,
        **{name: getattr(report, name) for name in same},
    )


def _defect_out(row: queries.DefectRow) -> DefectOut:
    defect = row.defect
    return DefectOut(
        id=defect.id,
        code=defect.type.code,
        name=defect.type.name,
        quantity=defect.quantity,
        day=defect.day,
        at=defect.at,
        item=defect.item.code,
        lot=defect.lot.code if defect.lot else None,
        job=row.job,
        machine=row.machine.code if row.machine else None,
        person=defect.person,
        cause_code=defect.why.code if defect.why else None,
        cause=defect.cause,
        tool=defect.tool,
        cavity=defect.cavity,
        mark=None if defect.mark_x is None or defect.mark_y is None else (defect.mark_x, defect.mark_y),
        disposition=defect.disposition,
        sorted_good=defect.sorted_good,
        approved_by=defect.approved_by,
        rework_lot=defect.rework_lot.code if defect.rework_lot else None,
        standing=row.standing,
    )


def _fresh_report(work: Work, ident: int) -> ReportOut:
    work.session.flush()
    work.session.expire_all()
    return _report_out(get_report(work.session, ident))


def _fresh_defect(work: Work, ident: int) -> DefectOut:
    work.session.flush()
    work.session.expire_all()
    return _defect_out(queries.get_defect(work.session, ident))


@api.read("/reports", who=EVERYONE, query=Paged, gives=Listing[ReportOut])
def list_reports(read: Reader, query: Paged) -> Listing[ReportOut]:
    """Production reports, newest first."""
    found = page_of_reports(read, after=query.after, size=query.size)
    return listing([_report_out(report) for report in found.rows], found.next)


@api.write("/jobs/<code>/reports", who=EVERYONE, takes=NewReport, gives=ReportOut)
def report(work: Work, body: NewReport, code: str) -> ReportOut:
    """Report good pieces and defects by code; at the last operation the lot is made."""
    made = service.report_production(
        work,
        code,
        good=body.good,
        defects=[(line.code, line.quantity) for line in body.defects],
        scrap=body.scrap,
        rework=body.rework,
        consumed=[(line.lot, line.quantity) for line in body.consumed],
        confirmed=body.confirmed,
    )
    return _fresh_report(work, made.id)


@api.write("/reports/<int:ident>/undo", who=EVERYONE, takes=Undo, gives=ReportOut)
def undo_report(work: Work, body: Undo, ident: int) -> ReportOut:
    """Take a report back by its opposite: gives the reversing report."""
    get_report(work.session, ident)
    return _fresh_report(work, service.undo_report(work, ident, body.reason).id)


@api.read("/defects", who=EVERYONE, query=DefectQuery, gives=Listing[DefectOut])
def list_defects(read: Reader, query: DefectQuery) -> Listing[DefectOut]:
    """Defects, newest day first; what was taken back is among them."""
    names = ("since", "until", "code", "item", "lot", "disposition")
    chosen = queries.DefectFilter(**{name: getattr(query, name) for name in names})
    found = queries.page_of_defects(read, chosen, query.after, query.size)
    return listing([_defect_out(row) for row in found.rows], found.next)


@api.write("/defects", who=EVERYONE, takes=NewDefect, gives=DefectOut)
def record_defect(work: Work, body: NewDefect) -> DefectOut:
    """Record defective pieces found on a lot or at a job."""
    made = service.record_defect(
        work,
        code=body.code,
        quantity=body.quantity,
        lot_code=body.lot,
        job_code=body.job,
        finding=Finding(
            cause_code=body.cause_code,
            cause=body.cause,
            note=body.note,
            tool=body.tool,
            cavity=body.cavity,
            mark=Mark(*body.mark) if body.mark else None,
        ),
    )
    return _fresh_defect(work, made.id)


@api.write("/defects/<int:ident>/disposition", who=QUALITY_ONLY, takes=Decision, gives=DefectOut)
def dispose_defect(work: Work, body: Decision, ident: int) -> DefectOut:
    """Decide what becomes of defective pieces."""
    decided = service.dispose_defect(
        work,
        ident,
        body.disposition,
        body.reason,
        take_out=body.take_out,
        apart=body.apart,
        approved_by=body.approved_by,
    )
    return _fresh_defect(work, decided.id)


@api.write("/defects/<int:ident>/sorted", who=QUALITY_ONLY, takes=Sorted, gives=DefectOut)
def record_sorting(work: Work, body: Sorted, ident: int) -> DefectOut:
    """Record how many of the sorted pieces were good; the rest is decided again."""
    return _fresh_defect(work, service.record_sorting(work, ident, body.good).id)
