"""Use cases of results: report what was made.

A report at the last operation makes lots (or serial numbers) and draws the genealogy; a report before it only
counts what is passed on. Nothing is edited: undoing writes the opposite.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from mes.core import rows
from mes.core.plant import Strictness, ask_for_plant, plant, production_day
from mes.core.work import Work
from mes.equipment.stops import check_stops_explained
from mes.items.models import Tracking
from mes.lots.ledger import (
    add_produced,
    ask_for_lots,
    lock_by_id,
    make_lots,
)
from mes.lots.models import Lot, Movement
from mes.lots.packing import open_around
from mes.orders import queries
from mes.orders.by_products import make_by_products
from mes.orders.consuming import book, choose_back_flush, take
from mes.orders.crew_keeping import name_workers
from mes.orders.doubts import check_rate, check_silence
from mes.orders.first_piece import check_first_piece
from mes.orders.genealogy import draw, take_up
from mes.orders.models import Job, LotRule, OrderMaterial, Report
from mes.orders.rules import (
    MaterialMissing,
    check_counts,
    check_flow,
    check_job,
    check_order,
    check_plan,
    lacking,
    processed,
)
from mes.orders.service import JOB_LOCKED, lock_job
from mes.orders.step_gate import check_steps


def ask_for_report(work: Work, job_code: str, lots: Sequence[str]) -> None:
    """A report with these scanned lots will be recorded in this act: what it begins with is asked for at once."""
    JOB_LOCKED.ask(work.session, code=job_code.strip().upper())
    ask_for_plant(work.session)
    ask_for_lots(work, lots)


def record_report(
    work: Work,
    job_code: str,
    *,
    good: Decimal,
    defective: Decimal = Decimal(0),
    scrap: Decimal = Decimal(0),
    rework: Decimal = Decimal(0),
    consumed: Sequence[tuple[str, Decimal | None]] = (),
    started_at: datetime | None = None,
    confirmed: bool = False,
) -> Report:
    """Record what was made (실적), take back-flushed material, and at the last operation make the lot.

    ``consumed`` are lots scanned together with the entry (code, quantity). ``confirmed`` answers a question asked
    before (more than planned, too fast, a long silence). Raises the refusals of ``orders.rules``, ``orders.doubts`` and
    of the scan gate.
    """
    job = lock_job(work, job_code)
    order, settings = job.order, plant(work.session)
    if job.is_last and good:  # the lots that are made draw from it
        queries.UNDRAWN.ask(work.session, order_id=order.id)
    counts = (good, defective, scrap, rework)
    check_order(order, "work")
    check_job(job, "report")
    check_counts(order.item, counts)
    if settings.stop_reason_needed:
        check_stops_explained(work, job.work_centre_id, job.machine_id)
    day = production_day(settings, work.now)
    if good:  # a first piece that fails is written down like any other defect
        check_first_piece(job, day)
        check_steps(work.session, job)
    pieces = sum(counts, Decimal(0))
    if not job.is_first:
        check_flow(job, queries.job_before(work.session, job), order.item.unit, pieces)
    check_plan(job, order, settings, good, confirmed)
    if not confirmed:
        check_rate(job, settings, pieces, work.now)
        check_silence(work.session, job, settings, work.now)
    materials = queries.materials_of(work.session, order.id)
    mine = [material for material in materials if material.operation == job.sequence]
    taken = _take_scanned(work, job, mine, consumed, day if good else None) if consumed else []
    if settings.material_scanned is not Strictness.OFF:
        check_material(mine, processed(job) + pieces)
    flushed = choose_back_flush(work, job, mine, pieces)
    lots = _lots_for(work, job, good) if job.is_last and good > 0 else []
    report = Report(
        job_id=job.id,
        day=day,
        at=work.now,
        started_at=started_at or job.started_at,
        good=good,
        defective=defective,
        scrap=scrap,
        rework=rework,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
        station=work.actor.station,
        machine_id=job.machine_id,
        tool_id=job.tool_id,
    )
    report.job, report.lot = job, lots[0] if lots else None
    rows.reserve(work.session, Movement, len(flushed) + len(lots))
    work.add(report, "orders.report", code=job.code)
    name_workers(work, report)
    taken += [book(work, job, *portion, report_id=report.id) for portion in flushed]
    fresh = take_up(work, taken)
    beside = make_by_products(work, job, report, pieces, materials) if job.by_products else []
    if lots:
        for lot in lots:
            add_produced(work, lot, good / len(lots), lot.location, order.id, report.id)
        draw(work, order, report, lots, pieces, materials, fresh)
    open_around(work, [*lots, *beside])  # boxes and pallets are locked after all lots
    count(job, report, 1)
    return report


def _take_scanned(
    work: Work,
    job: Job,
    mine: list[OrderMaterial],
    consumed: Sequence[tuple[str, Decimal | None]],
    good_on: date | None,
) -> list[Movement]:
    """Take what was scanned with the entry: another lot may ask for a first piece again before anything is good."""
    taken = [done.movement for done in take(work, job, mine, consumed)]
    if good_on is not None:
        check_first_piece(job, good_on)
    return taken


def check_material(materials: list[OrderMaterial], pieces: Decimal) -> None:
    """Every material that is scanned was scanned; of pieces with serial numbers, one for each place."""
    for material in materials:
        if lacking(material, pieces):
            needed, unit = material.per_piece * pieces, material.item.unit
            raise MaterialMissing(item=material.item.name, scanned=material.consumed, needed=needed, unit=unit)


def _lots_for(work: Work, job: Job, good: Decimal) -> list[Lot]:
    """The lots that a report fills: one serial for each piece, the order's one lot, or a new lot."""
    order = job.order
    place = queries.place_of(work.session, job)
    if order.item.tracking is Tracking.SERIAL:
        return make_lots(work, order.item, int(good), place, order.id)
    if order.lot_rule is LotRule.ORDER:
        known = queries.filled_lot(work.session, order.id)
        if known is not None:
            return list(lock_by_id(work, [known]).values())
    return make_lots(work, order.item, 1, place, order.id)


def count(job: Job, report: Report, sign: int) -> None:
    """Keep the sums of the job, and of the order at its last operation."""
    for name in ("good", "defective", "scrap", "rework"):
        setattr(job, name, getattr(job, name) + sign * abs(getattr(report, name)))
    if job.is_last:
        job.order.good += sign * abs(report.good)
