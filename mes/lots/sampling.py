"""Use cases of retained samples (보관품): put aside, tested, kept longer, thrown away; never stock again."""

from datetime import date
from decimal import Decimal

from mes.core.access import QUALITY_ONLY
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.equipment.models import Location
from mes.equipment.rules import check_in_use
from mes.items.models import Tracking
from mes.lots import queries, sample_queries
from mes.lots.ledger import lock_lot, move
from mes.lots.models import Lot, LotStatus, MovementKind
from mes.lots.rules import LotEmpty, LotOnHold, check_part, check_reason
from mes.lots.sample_models import RetainedSample, SampleTest
from mes.lots.sample_rules import (
    KeptLonger,
    NoSample,
    ResultKnown,
    SampleGone,
    check_keep,
    check_not_kept,
    check_result,
    is_due,
    kept_until,
)
from mes.lots.splitting import split_lot

USED_UP = N_("used up by tests")


def retain_sample(
    work: Work,
    code: str,
    quantity: Decimal | None = None,
    *,
    keep_until: date | None = None,
    location: Location | None = None,
    note: str | None = None,
) -> RetainedSample:
    """Put a quantity of a lot aside as a sample (보관품): a lot of its own with a label of its own; a piece with a
    serial number becomes the sample itself. It stands at ``location``, else where the lot stands.

    ``keep_until``: else by the item's rule. Open holds go with it. Raises NotFound, LotRetained, LotEmpty, NotEnough,
    NothingToMove, KeepUntilNeeded, KeepUntilPast, NotInUse.
    """
    if location is not None:
        check_in_use(location)
    lot = lock_lot(work, code)
    check_not_kept(lot)
    if lot.on_hand <= 0:
        raise LotEmpty(lot=lot.code, who=queries.last_taker(work.session, lot.id))
    until = check_keep(lot.item, keep_until or kept_until(lot.item, lot), work.today)
    if lot.item.tracking is Tracking.SERIAL:
        check_part(lot, Decimal(1) if quantity is None else quantity)
        sample = lot
        if location is not None and location.id != lot.location_id:
            move(work, lot, MovementKind.MOVE, Decimal(0), to=location)
    else:
        sample = split_lot(work, code, quantity or Decimal(0), location)
    sample.status = LotStatus.RETAINED
    row = RetainedSample(
        lot_id=sample.id, source_id=lot.id, quantity=sample.on_hand, keep_until=until, at=work.now,
        person=work.actor.name[:100], note=note,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    told = {"from": lot.code, "quantity": sample.on_hand, "keep_until": until}
    work.record("lots.retain", sample, after=told, reason=note)
    return row


def use_sample(work: Work, code: str, quantity: Decimal, reason: str, result: str | None = None) -> SampleTest:
    """Take some of a sample for a test (시험 사용): why, and what it gave if that is known already. On hold or not.

    Raises ReasonNeeded, NotFound, NoSample, SampleGone, NotEnough, NotWholePieces.
    """
    reason = check_reason(reason)
    lot, row = _lock(work, code)
    check_part(lot, quantity)
    line = move(work, lot, MovementKind.TEST, -quantity, reason=reason)
    work.session.flush()
    test = SampleTest(
        sample_id=row.id, movement_id=line.id, quantity=quantity, at=work.now, person=work.actor.name[:100],
        reason=reason, result=(result or "").strip() or None,
    )  # fmt: skip
    work.session.add(test)
    work.session.flush()
    if not lot.on_hand:
        row.disposed_at, row.disposed_by, row.dispose_reason = work.now, work.actor.name[:100], USED_UP
    work.record("lots.test_sample", lot, after={"quantity": quantity, "result": test.result}, reason=reason)
    return test


def record_result(work: Work, code: str, test_id: int, result: str) -> SampleTest:
    """Write down what a test of a sample gave, once it is known; also when nothing is left of the sample.

    Raises NotFound, NoSample, ResultNeeded, ResultKnown.
    """
    lot = lock_lot(work, code)
    row = sample_queries.sample_of(work.session, lot.id)
    if row is None:
        raise NoSample(lot=lot.code)
    test = sample_queries.get_test(work.session, row.id, test_id)
    if test.result is not None:
        raise ResultKnown(result=test.result)
    test.result = check_result(result)
    work.session.flush()
    work.record("lots.sample_result", lot, after={"result": test.result}, reason=test.reason)
    return test


def dispose_sample(work: Work, code: str, reason: str | None = None) -> RetainedSample:
    """Throw a sample away when its time is over (폐기); before, only quality or a manager does, with a reason.

    What is on hold is evidence: it stays until the hold is lifted. Raises NotFound, NoSample, SampleGone, LotOnHold,
    KeptLonger, ReasonNeeded.
    """
    lot, row = _lock(work, code)
    if lot.holds:
        why = ", ".join(hold.reason for hold in queries.open_holds(work.session, [lot.id]))
        raise LotOnHold(lot=lot.code, reason=why or "-")
    if not is_due(row.keep_until, work.today):
        if not work.actor.is_one_of(QUALITY_ONLY):
            raise KeptLonger(lot=lot.code, day=row.keep_until)
        reason = check_reason(reason)
    why = (reason or "").strip() or _("Kept until %(day)s", day=row.keep_until)
    quantity = lot.on_hand
    if quantity:  # a count may have found none
        move(work, lot, MovementKind.SCRAP, -quantity, reason=why)
    row.disposed_at, row.disposed_by, row.dispose_reason = work.now, work.actor.name[:100], why
    work.session.flush()
    work.record("lots.dispose_sample", lot, after={"quantity": quantity}, reason=why)
    return row


def keep_sample(work: Work, code: str, keep_until: date | None, reason: str) -> RetainedSample:
    """Keep a sample for another time than was said.

    Raises ReasonNeeded, NotFound, NoSample, SampleGone, KeepUntilPast, KeepUntilNeeded.
    """
    reason = check_reason(reason)
    lot, row = _lock(work, code)
    before = row.keep_until
    row.keep_until = check_keep(lot.item, keep_until, work.today)
    work.session.flush()
    after = {"keep_until": row.keep_until}
    work.record("lots.keep_sample", lot, before={"keep_until": before}, after=after, reason=reason)
    return row


def _lock(work: Work, code: str) -> tuple[Lot, RetainedSample]:
    """A sample of which something is left, its lot locked first."""
    lot = lock_lot(work, code)
    row = sample_queries.sample_of(work.session, lot.id)
    if row is None:
        raise NoSample(lot=lot.code)
    if row.disposed_at is not None:
        raise SampleGone(lot=lot.code, why=row.dispose_reason or "-")
    return lot, row
