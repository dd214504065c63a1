"""Use cases of inspection. Quality pushes state down: lots and orders only read what is decided here."""

from collections.abc import Mapping
from decimal import Decimal

from mes.core.i18n import _
from mes.core.numbering import dated_code
from mes.core.plant import plant, production_day
from mes.core.work import Work
from mes.inspection import queries, rules
from mes.inspection.models import Characteristic, Inspection, InspectionKind, Nature, Reading, Verdict
from mes.inspection.standard_queries import standard_of
from mes.items.models import Item
from mes.lots import service as lots
from mes.lots.ledger import lock_lot
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import get_lot
from mes.lots.rules import LotRejected, check_reason
from mes.orders import service as orders
from mes.orders.models import Job
from mes.orders.queries import lots_of_order
from mes.orders.rules import ORDER_ACTS

#: The mark of holds that a failed inspection places.
BY_INSPECTION = "inspection"


def record_inspection(
    work: Work,
    *,
    kind: InspectionKind,
    lot_code: str | None = None,
    job_code: str | None = None,
    readings: Mapping[int, Decimal],
    note: str | None = None,
) -> Inspection:
    """Record an inspection; ``readings`` are by the characteristic's id. The verdict is computed, never typed.

    A failure holds the lot. At a job it closes the first piece again or, for the other kinds, holds what the order
    has made so far, or the order itself when there is nothing yet. A pass releases a lot that waited for its
    incoming inspection, opens a job that waited for its first piece, and lifts the lot's inspection holds once the
    newest inspection of every kind has passed. Raises ReadingMissing, ReadingUnknown, NothingToMeasure,
    InspectionNeedsLot, InspectionNeedsJob, LotOfAnotherOrder, LotRejected, NotFound.
    """
    rules.check_target(kind, lot=bool(lot_code), job=bool(job_code))
    job = orders.lock_job(work, job_code) if job_code else None
    lot = get_lot(work.session, lot_code) if lot_code else None
    if lot is not None and lot.status is LotStatus.REJECTED:
        raise LotRejected(field="code", lot=lot.code)
    if lot is not None and job is not None:
        rules.check_lot_of_job(lot, job)
    item = lot.item if lot else _item_of(job)
    standard = standard_of(work.session, kind, lot, job)
    if standard is None:
        raise rules.NothingToMeasure(item=item.name, kind=rules.kind_name(kind))
    rules.check_readings(standard.characteristics, readings)
    taken = [_reading(one, readings[one.id]) for one in standard.characteristics]
    today = production_day(plant(work.session), work.now)
    inspection = Inspection(
        code=dated_code(work.session, "I", today),
        kind=kind,
        item_id=item.id,
        lot_id=lot.id if lot else None,
        job_id=job.id if job else None,
        standard_id=standard.id,
        day=today,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
        verdict=rules.judge_all(one.verdict for one in taken),
        note=note,
    )
    inspection.readings = taken
    work.add(inspection, "quality.inspect")
    if job is not None:
        _tell_job(work, inspection, job, alone=lot is None)
    if lot is not None:
        _tell_lot(work, inspection, lot.id)
    return inspection


def decide_failed_lot(work: Work, lot_code: str, *, accept: bool, reason: str) -> Lot:
    """Decide about a lot whose incoming inspection failed: accept it by concession (특채), or reject it.

    Raises NotWaitingForDecision, ReasonNeeded, NotFound.
    """
    lot = lock_lot(work, lot_code)
    failed = InspectionKind.INCOMING in queries.failed_kinds(work.session, lot.id)
    if lot.status is not LotStatus.INSPECTION or not failed:
        raise rules.NotWaitingForDecision(lot=lot.code)
    reason = check_reason(reason)
    if accept:
        lots.release_inspected(work, lot.id)
        lots.lift_holds_of(work, lot.id, BY_INSPECTION, reason)
    else:
        lots.reject_lot(work, lot.id)
    work.record("quality.accept_lot" if accept else "quality.reject_lot", lot, reason=reason)
    return lot


def _item_of(job: Job | None) -> Item:
    assert job is not None  # check_target: a lot, or else a job
    return job.order.item


def _reading(one: Characteristic, value: Decimal) -> Reading:
    """Of what is decided by looking the faulty pieces are counted, and none may be."""
    upper = Decimal(0) if one.nature is Nature.ATTRIBUTE else one.upper
    return Reading(
        characteristic_id=one.id, position=one.position, name=one.name, unit=one.unit,
        lower=one.lower, upper=upper, value=value, verdict=rules.judge(value, one.lower, upper),
    )  # fmt: skip


def _tell_job(work: Work, inspection: Inspection, job: Job, *, alone: bool) -> None:
    passed = inspection.verdict is Verdict.PASS
    if inspection.kind is InspectionKind.FIRST:
        decide = orders.pass_first_piece if passed else orders.block_first_piece
        decide(work, job.id)
    elif alone and not passed:
        reason = _why_held(inspection)
        made = [lot.id for lot in lots_of_order(work.session, job.order_id) if lot.on_hand > 0]
        for lot_id in made:
            lots.hold_lot(work, lot_id, reason, source=BY_INSPECTION)
        if not made and job.order.state in ORDER_ACTS["hold"]:
            orders.hold_order(work, job.order.code, reason)


def _tell_lot(work: Work, inspection: Inspection, lot_id: int) -> None:
    if inspection.verdict is Verdict.FAIL:
        lots.hold_lot(work, lot_id, _why_held(inspection), source=BY_INSPECTION)
        return
    lot = work.lock(Lot, lot_id)
    if inspection.kind is InspectionKind.INCOMING and lot.status is LotStatus.INSPECTION:
        lots.release_inspected(work, lot_id)
    if lot.holds and not queries.failed_kinds(work.session, lot_id):
        reason = _("Inspection %(code)s passed.", code=inspection.code)
        lots.lift_holds_of(work, lot_id, BY_INSPECTION, reason)


def _why_held(inspection: Inspection) -> str:
    failed = ", ".join(one.name for one in inspection.readings if one.verdict is Verdict.FAIL)
    return _("Inspection %(code)s failed (%(names)s)", code=inspection.code, names=failed)
