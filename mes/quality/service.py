"""Use cases of quality: report with defects, undo, and record defects. What becomes of them is in deciding.

Photos are made small and clean before the transaction begins, so that nobody waits for a picture.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from mes.core import rows
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.items.counting import check_whole
from mes.items.models import Tracking
from mes.lots.queries import get_lot
from mes.orders.models import Report
from mes.orders.queries import get_job
from mes.orders.reporting import ask_for_report, record_report
from mes.orders.undo import take_back_report
from mes.quality import catalogue, queries, rules
from mes.quality.deciding import dispose_defect, record_sorting
from mes.quality.finding import NOTHING_TOLD, Finding, attach, keep, tool_mark
from mes.quality.models import Defect, DefectCode, Disposition
from mes.quality.standards import (
    add_defect_cause,
    add_defect_code,
    change_defect_cause,
    change_defect_code,
    remove_defect_cause,
    remove_defect_code,
    set_code_picture,
)
from mes.quality.targets import find_target

__all__ = [
    "add_defect_cause",
    "add_defect_code",
    "change_defect_cause",
    "change_defect_code",
    "dispose_defect",
    "record_defect",
    "record_sorting",
    "remove_defect_cause",
    "remove_defect_code",
    "report_production",
    "set_code_picture",
    "undo_report",
]


def report_production(
    work: Work,
    job_code: str,
    *,
    good: Decimal,
    defects: Sequence[tuple[str, Decimal]] = (),
    scrap: Decimal = Decimal(0),
    rework: Decimal = Decimal(0),
    consumed: Sequence[tuple[str, Decimal | None]] = (),
    started_at: datetime | None = None,
    confirmed: bool = False,
    finding: Finding = NOTHING_TOLD,
) -> Report:
    """Report good pieces and defects by code together (실적): one report, one defect row for each code.

    ``consumed`` are lots scanned together with the entry. ``defects`` are (defect code, quantity above zero); the
    report's defective quantity is their sum, and the finding (photos, cause, mark) belongs to all of them. Raises
    what orders refuse, and DefectCodeEnded, DefectWithoutQuantity, PhotoWithoutDefect, and what a finding refuses.
    """
    photos = finding.cleaned()
    if photos and not defects:
        raise rules.PhotoWithoutDefect(field="photos")
    ask_for_report(work, job_code, [lot for lot, _quantity in consumed])
    found = [(_usable_code(work, code), _counted(quantity)) for code, quantity in defects]
    rows.reserve(work.session, Defect, len(found))
    report = record_report(
        work,
        job_code,
        good=good,
        defective=sum((quantity for _code, quantity in found), Decimal(0)),
        scrap=scrap,
        rework=rework,
        consumed=consumed,
        started_at=started_at,
        confirmed=confirmed,
    )
    if not found:
        return report
    job = report.job
    told, files = finding.columns(work), keep(work, photos)
    # a defective piece is none of the serials made; of a lot it is one that should have become part of it
    lot_id = None if job.order.item.tracking is Tracking.SERIAL else report.lot_id
    for code, quantity in found:
        row = _new_defect(work, code, quantity, job.order.item_id, told)
        row.day, row.report_id, row.lot_id = report.day, report.id, lot_id
        row.job_id, row.machine_id = job.id, report.machine_id
        row.tool = row.tool or tool_mark(work.session, report.tool_id)
        _write(work, row, files, job.code)
    return report


def undo_report(work: Work, report_id: int, reason: str | None = None, *, of: str | None = None) -> Report:
    """Undo a report with its defects: reversing rows, both visible. Gives the reversing report.

    ``of`` is the job it was reported at.

    Raises DefectsDecided when quality has decided about one of them already, and what orders refuse.
    """
    reversing = take_back_report(work, report_id, reason, of=of)
    rows = list(
        work.session.scalars(select(Defect).where(Defect.report_id == report_id).order_by(Defect.id).with_for_update())
    )
    decided = [row for row in rows if row.disposition is not Disposition.OPEN]
    if decided:
        codes = catalogue.names_of_codes(work.session, {row.code_id for row in decided})
        raise rules.DefectsDecided(codes=", ".join(codes))
    same = (
        "code_id", "item_id", "job_id", "lot_id", "machine_id", "photo_id", "cause_id", "cause", "note",
        "tool", "cavity", "mark_x", "mark_y",
    )  # fmt: skip
    for row in rows:
        back = Defect(
            quantity=-row.quantity,
            day=reversing.day,
            at=work.now,
            report_id=reversing.id,
            person_id=work.actor.person_id,
            person=work.actor.name[:100],
            reverses_id=row.id,
            **{name: getattr(row, name) for name in same},
        )
        work.add(back, "quality.take_back_defect", reason=reason)
    return reversing


def record_defect(
    work: Work,
    *,
    code: str,
    quantity: Decimal,
    of: str | None = None,
    lot_code: str | None = None,
    job_code: str | None = None,
    finding: Finding = NOTHING_TOLD,
) -> Defect:
    """Record defective pieces found on a lot or at a job, apart from a production report (불량 등록).

    ``of`` is a scanned code that is either a lot's or a job's. The stock does not change: the pieces stay in the lot
    until it is decided what becomes of them. The machine is the job's, or the one that made the lot. Raises
    DefectOfNothing, DefectCodeEnded, DefectWithoutQuantity, MoreThanTheLot, NotFound, and what a finding refuses.
    """
    photos = finding.cleaned()
    if not (of or lot_code or job_code):
        raise rules.DefectOfNothing(field="of")
    kind, quantity = _usable_code(work, code), _counted(quantity)
    scanned = find_target(work.session, of) if of else None
    job = get_job(work.session, job_code) if job_code else scanned and scanned.job
    lot = get_lot(work.session, lot_code) if lot_code else scanned and scanned.lot
    if lot:
        most = queries.most_ever(work.session, lot.id)
        if quantity > most:
            raise rules.MoreThanTheLot(field="quantity", lot=lot.code, most=most, unit=lot.item.unit, quantity=quantity)
    item = lot.item if lot else job.order.item if job else None
    if item is not None:
        check_whole(item, quantity)
    item_id = item.id if item else 0
    row = _new_defect(work, kind, quantity, item_id, finding.columns(work))
    row.lot_id, row.job_id = (lot.id if lot else None), (job.id if job else None)
    row.tool = row.tool or tool_mark(work.session, job.tool_id if job else None)
    row.machine_id = job.machine_id if job else queries.made_on(work.session, lot.id) if lot else None
    return _write(work, row, keep(work, photos), lot.code if lot else job.code if job else None)


def _usable_code(work: Work, code: str) -> DefectCode:
    found = catalogue.get_defect_code(work.session, code)
    if not found.active:
        raise rules.DefectCodeEnded(field="code", code=found.code)
    return found


def _counted(quantity: Decimal) -> Decimal:
    if quantity <= 0:
        raise rules.DefectWithoutQuantity(field="quantity", quantity=quantity)
    return quantity


def _new_defect(work: Work, code: DefectCode, quantity: Decimal, item_id: int, told: dict[str, Any]) -> Defect:
    return Defect(
        code_id=code.id,
        quantity=quantity,
        item_id=item_id,
        day=this_production_day(work),
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
        **told,
    )


def _write(work: Work, row: Defect, files: Sequence[int], code: str | None) -> Defect:
    row.photo_id = files[0] if files else None
    work.add(row, "quality.defect", code=code)
    attach(work, row, files)
    return row
