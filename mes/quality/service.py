"""Use cases of quality: report with defects, undo, record defects and decide what becomes of them.

Photos are made small and clean before the transaction begins, so that nobody waits for a picture.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from mes.core.files import StoredFile, clean_photo, store_file
from mes.core.plant import plant, production_day
from mes.core.work import Work
from mes.items.models import Tracking
from mes.lots import service as lots
from mes.lots.queries import get_lot
from mes.orders.models import Report
from mes.orders.queries import get_job
from mes.orders.reporting import record_report
from mes.orders.undo import take_back_report
from mes.quality import queries, rules
from mes.quality.models import Defect, DefectCode, Disposition
from mes.quality.standards import add_defect_code, change_defect_code
from mes.quality.targets import find_target

__all__ = [
    "add_defect_code",
    "change_defect_code",
    "dispose_defect",
    "record_defect",
    "report_production",
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
    photo: bytes | None = None,
    photo_name: str = "",
) -> Report:
    """Report good pieces and defects by code together (실적): one report, one defect row for each code.

    ``consumed`` are lots scanned together with the entry. ``defects`` are (defect code, quantity above zero); the
    report's defective quantity is their sum, and the photo belongs to all of them. Raises what orders refuse, and
    DefectCodeEnded, DefectWithoutQuantity, PhotoWithoutDefect, NotAPicture, PictureTooLarge.
    """
    clean = None if photo is None else clean_photo(photo_name, photo)
    if clean is not None and not defects:
        raise rules.PhotoWithoutDefect(field="photo")
    found = [(_usable_code(work, code), _counted(quantity)) for code, quantity in defects]
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
    picture = _keep_photo(work, photo_name, clean)
    # a defective piece is none of the serials made; of a lot it is one that should have become part of it
    lot_id = None if job.order.item.tracking is Tracking.SERIAL else report.lot_id
    for code, quantity in found:
        row = _new_defect(work, code, quantity, job.order.item_id, picture)
        row.day, row.report_id, row.lot_id = report.day, report.id, lot_id
        row.job_id, row.machine_id = job.id, report.machine_id
        work.add(row, "quality.defect", code=job.code)
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
        codes = queries.names_of_codes(work.session, {row.code_id for row in decided})
        raise rules.DefectsDecided(codes=", ".join(codes))
    same = ("code_id", "item_id", "job_id", "lot_id", "machine_id", "photo_id", "cause", "note")
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
    cause: str | None = None,
    note: str | None = None,
    photo: bytes | None = None,
    photo_name: str = "",
) -> Defect:
    """Record defective pieces found on a lot or at a job, apart from a production report (불량 등록).

    ``of`` is a scanned code that is either a lot's or a job's. The stock does not change: the pieces stay in the lot
    until it is decided what becomes of them. Raises DefectOfNothing, DefectCodeEnded, DefectWithoutQuantity,
    MoreThanTheLot, NotFound, NotAPicture, PictureTooLarge.
    """
    clean = None if photo is None else clean_photo(photo_name, photo)
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
    picture = _keep_photo(work, photo_name, clean)
    row = _new_defect(work, kind, quantity, lot.item_id if lot else job.order.item_id if job else 0, picture)
    row.lot_id, row.cause, row.note = (lot.id if lot else None), cause, note
    row.job_id, row.machine_id = (job.id, job.machine_id) if job else (None, None)
    return work.add(row, "quality.defect", code=lot.code if lot else job.code if job else None)


def dispose_defect(
    work: Work, defect_id: int, disposition: Disposition, reason: str, *, take_out: bool = False
) -> Defect:
    """Decide what becomes of defective pieces (재작업, 특채, 선별, 반품, 폐기), with the reason.

    With ``take_out`` scrapped or returned pieces also leave the stock of the lot they were found in. Raises
    AlreadyDecided, DefectTakenBack, DecisionMissing, ReasonNeeded, NothingInTheLot, and NotEnough of the lot.
    """
    seen = queries.get_defect(work.session, defect_id)
    rules.check_decision(seen.defect, disposition, reason, taken_back=seen.reversed_by is not None)
    if take_out and disposition in rules.LEAVING:
        if seen.defect.lot is None or seen.defect.report_id is not None:
            raise rules.NothingInTheLot(field="take_out")
        leave = lots.scrap_lot if disposition is Disposition.SCRAP else lots.return_lot
        leave(work, seen.defect.lot.code, seen.defect.quantity, reason)
    defect = work.lock(Defect, defect_id)
    rules.check_decision(defect, disposition, reason, taken_back=queries.is_taken_back(work.session, defect_id))
    with work.change(defect, "quality.dispose", reason=reason):
        defect.disposition, defect.disposition_reason = disposition, reason.strip()
        defect.disposed_at, defect.disposed_by = work.now, work.actor.name[:100]
        work.session.flush()
    return defect


def _usable_code(work: Work, code: str) -> DefectCode:
    found = queries.get_defect_code(work.session, code)
    if not found.active:
        raise rules.DefectCodeEnded(field="code", code=found.code)
    return found


def _counted(quantity: Decimal) -> Decimal:
    if quantity <= 0:
        raise rules.DefectWithoutQuantity(field="quantity", quantity=quantity)
    return quantity


def _keep_photo(work: Work, name: str, clean: bytes | None) -> StoredFile | None:
    return None if clean is None else store_file(work, name or "photo.jpg", "image/jpeg", clean)


def _new_defect(work: Work, code: DefectCode, quantity: Decimal, item_id: int, picture: StoredFile | None) -> Defect:
    return Defect(
        code_id=code.id,
        quantity=quantity,
        item_id=item_id,
        day=production_day(plant(work.session), work.now),
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
        photo_id=picture.id if picture else None,
    )
