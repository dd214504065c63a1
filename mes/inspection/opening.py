"""Beginning an inspection: what it is made of, by which revision of the standard, and with which sampling plan."""

from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.inspection import open_queries, rules
from mes.inspection.models import Inspection, InspectionKind, InspectionStandard
from mes.inspection.sampling import Sampling, sampling_for
from mes.inspection.standard_queries import standard_of
from mes.items.models import Item
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import get_lot
from mes.lots.rules import LotRejected
from mes.orders import service as orders
from mes.orders.first_piece import block_first_piece
from mes.orders.models import Job


def open_inspection(
    work: Work,
    *,
    kind: InspectionKind,
    lot_code: str | None = None,
    job_code: str | None = None,
    trigger: str | None = None,
    note: str | None = None,
) -> Inspection:
    """Begin an inspection, or go on with the one that is open: two people share one. It keeps the standard's revision
    and the sampling plan of this moment, whatever is approved meanwhile.

    Raises NothingToMeasure, InspectionNeedsLot, InspectionNeedsJob, LotOfAnotherOrder, LotRejected, NotFound.
    """
    job, lot, item = target_of(work, kind, lot_code, job_code)
    there = open_queries.find_open(work.session, kind, lot.id if lot else None, job.id if job else None)
    if there is not None:
        return there
    standard = standard_of(work.session, kind, lot, job)
    if standard is None or not standard.characteristics:
        raise rules.NothingToMeasure(item=item.name, kind=rules.kind_name(kind))
    drawn = sampling_for(work.session, standard, lot) if lot else None
    opened = begun_by(work, kind, item, lot, job, standard, drawn)
    opened.trigger, opened.note = trigger, note
    work.add(opened, "inspection.open")
    if job is not None and kind is InspectionKind.FIRST and trigger and standard.gate and job.first_piece_passed:
        block_first_piece(work, job.id)
    return opened


def target_of(
    work: Work, kind: InspectionKind, lot_code: str | None, job_code: str | None
) -> tuple[Job | None, Lot | None, Item]:
    """What is inspected, with its job locked, so that two who begin at once begin one inspection."""
    rules.check_target(kind, lot=bool(lot_code), job=bool(job_code))
    job = orders.lock_job(work, job_code) if job_code else None
    lot = _lock_lot(work, lot_code) if lot_code else None
    if lot is not None and lot.status is LotStatus.REJECTED:
        raise LotRejected(field="code", lot=lot.code)
    if lot is not None and job is not None:
        rules.check_lot_of_job(lot, job)
    if lot is not None:
        return job, lot, lot.item
    assert job is not None  # check_target: a lot, or else a job
    return job, lot, job.order.item


def _lock_lot(work: Work, code: str) -> Lot:
    """The lot, locked, as it is now: somebody may have decided about it, or taken of it, since it was looked for."""
    locked = work.lock(Lot, get_lot(work.session, code).id)
    return get_lot(work.session, locked.code)


def begun_by(
    work: Work, kind: InspectionKind, item: Item, lot: Lot | None, job: Job | None, standard: InspectionStandard,
    drawn: Sampling | None,
) -> Inspection:  # fmt: skip
    """An inspection as it begins, not written yet: the sample is the plan's, or as many pieces as the standard says."""
    today = this_production_day(work)
    return Inspection(
        code=dated_code(work.session, "I", today),
        kind=kind, item_id=item.id, lot_id=lot.id if lot else None, job_id=job.id if job else None,
        standard_id=standard.id, machine_id=job.machine_id if job else None, tool_id=job.tool_id if job else None,
        made=job.good if job else None,
        pieces=drawn.samples[0].size if drawn else standard.sample_size,
        lot_size=drawn.lot_size if drawn else None, severity=drawn.severity if drawn else None,
        day=today, at=work.now, person_id=work.actor.person_id, person=work.actor.name[:100],
    )  # fmt: skip
