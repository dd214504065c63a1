"""Use cases that decide what becomes of defective pieces: rework, concession, sort, return, scrap."""

from decimal import Decimal

from mes.core.plant import plant
from mes.core.work import Work
from mes.items.counting import check_whole
from mes.items.models import Item, Tracking
from mes.lots import service as lots
from mes.lots.models import EdgeKind, Lot
from mes.quality import queries, rules
from mes.quality.models import Defect, Disposition


def dispose_defect(
    work: Work,
    defect_id: int,
    disposition: Disposition,
    reason: str,
    *,
    take_out: bool = False,
    apart: bool = False,
    approved_by: str | None = None,
) -> Defect:
    """Decide what becomes of defective pieces (재작업, 특채, 선별, 반품, 폐기), with the reason.

    With ``take_out`` scrapped or returned pieces also leave the stock of the lot they were found in; with ``apart``
    reworked pieces become a lot of their own, a child of it, else the lot keeps its identity. A concession names
    who approved it. After sorting, only those that were not good are decided. Raises AlreadyDecided,
    DefectTakenBack, DecisionMissing, ReasonNeeded, ApprovalMissing, SortingNotCounted, ReworkedOften,
    NothingInTheLot, and NotEnough of the lot.
    """
    seen = queries.get_defect(work.session, defect_id)
    rules.check_decision(seen.defect, disposition, reason, taken_back=seen.reversed_by is not None)
    approver = rules.check_approval(disposition, approved_by)
    lot = seen.defect.lot if seen.defect.report_id is None else None
    wanted = (take_out and disposition in rules.LEAVING) or (apart and disposition is Disposition.REWORK)
    if wanted and lot is None:
        raise rules.NothingInTheLot(field="take_out")
    if wanted and lot is not None and disposition in rules.LEAVING:
        leave = lots.scrap_lot if disposition is Disposition.SCRAP else lots.return_lot
        leave(work, lot.code, seen.defect.left, reason)
    reworked = None
    if disposition is Disposition.REWORK and lot is not None:
        parted = apart and seen.defect.item.tracking is not Tracking.SERIAL
        reworked = _rework(work, lot.id, seen.defect.left, apart=parted)
    defect = work.lock(Defect, defect_id)
    rules.check_decision(defect, disposition, reason, taken_back=queries.is_taken_back(work.session, defect_id))
    with work.change(defect, "quality.dispose", reason=reason):
        defect.disposition, defect.disposition_reason = disposition, reason.strip()
        defect.disposed_at, defect.disposed_by = work.now, work.actor.name[:100]
        defect.approved_by, defect.rework_lot_id = approver, reworked.id if reworked else None
        work.session.flush()
    return defect


def record_sorting(work: Work, defect_id: int, good: Decimal) -> Defect:
    """Say how many of the sorted pieces were good (선별 결과); the rest is decided again, none left is the end of it.

    Raises NotFound, NotSorting, SortedBeyond, WholePieces.
    """
    defect = work.lock(Defect, queries.get_defect(work.session, defect_id).defect.id)
    if defect.disposition is not Disposition.SORT or defect.sorted_good is not None:
        raise rules.NotSorting
    if not 0 <= good <= defect.quantity:
        raise rules.SortedBeyond(field="good", good=good, quantity=defect.quantity)
    check_whole(work.session.get_one(Item, defect.item_id), good, "good")
    with work.change(defect, "quality.sorted"):
        defect.sorted_good = good
        work.session.flush()
    return defect


def _rework(work: Work, lot_id: int, quantity: Decimal, *, apart: bool) -> Lot:
    """The lot that is reworked: a child with the pieces alone, or the lot as it is. Raises ReworkedOften."""
    most = plant(work.session).rework_limit
    lot = work.lock(Lot, lot_id)
    before = queries.times_reworked(work.session, lot.id)
    if most and before >= most:
        raise rules.ReworkedOften(lot=lot.code, times=before, most=most)
    if quantity == lot.on_hand or not apart:
        return lot
    return lots.split_lot(work, lot.code, quantity, kind=EdgeKind.REWORK)
