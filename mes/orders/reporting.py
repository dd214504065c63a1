"""Use cases of the floor: consume a lot, report what was made, undo.

A report at the last operation makes lots (or serial numbers) and draws the genealogy; a report before it only
counts what is passed on. Nothing is edited: undoing writes the opposite.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from mes.core.access import LEADERS, Actor
from mes.core.plant import Strictness, plant, production_day
from mes.core.types import SMALLEST
from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Consumption, Item, Tracking
from mes.lots import queries as lot_queries
from mes.lots.ledger import (
    add_produced,
    check_usable,
    consume_lot,
    lock_by_id,
    lock_lots,
    make_lots,
)
from mes.lots.models import Lot, Movement
from mes.lots.queries import FirstOut
from mes.lots.rules import Use, check_first_out, check_reason, goes_before
from mes.orders import queries
from mes.orders.genealogy import draw, take_up
from mes.orders.models import Job, LotRule, OrderMaterial, Report
from mes.orders.rules import (
    EnoughAlready,
    FirstPieceMissing,
    MaterialMissing,
    MaterialShort,
    NotAnOverride,
    NotNeededHere,
    check_counts,
    check_flow,
    check_job,
    check_order,
    check_plan,
    processed,
)
from mes.orders.service import lock_job


class Consumed(NamedTuple):
    """A consumption; ``better`` is the lot that should have gone first, where the plant only warns."""

    movement: Movement
    lot: Lot
    material: OrderMaterial
    better: FirstOut | None


def consume(
    work: Work,
    job_code: str,
    lot_code: str,
    quantity: Decimal | None = None,
    *,
    approver: Actor | None = None,
    override_reason: str | None = None,
) -> Consumed:
    """Take material for a job by scanning its lot (투입): it passes the scan gate or is refused in one sentence.

    Without a quantity it is what the job still needs, at most the lot. A leader (``approver``, or the person
    acting) may allow a lot that is not first out or not here, with a reason.
    """
    job = lock_job(work, job_code)
    check_order(job.order, "work")
    check_job(job, "consume")
    allowed = _override(work, approver, override_reason)
    materials = queries.materials_of(work.session, job.order_id, job.sequence)
    [done] = _take(work, job, materials, [(lot_code, quantity)], approver, override_reason if allowed else None)
    take_up(work, [done.movement])
    return done


def _take(
    work: Work,
    job: Job,
    materials: list[OrderMaterial],
    lines: Sequence[tuple[str, Decimal | None]],
    approver: Actor | None = None,
    override_reason: str | None = None,
) -> list[Consumed]:
    """Take lots for a locked job, each for one of the materials of its operation."""
    lots = {lot.code: lot for lot in lock_lots(work, [code for code, _quantity in lines])}
    gate = _Gate(work, job, list(lots.values()), bool(override_reason))
    taken = []
    for code, quantity in lines:
        lot = lots[code.strip().upper()]
        material, items = _needed(work, materials, lot)
        better = gate.let_pass(lot, items)
        amount = _amount(material, lot) if quantity is None else quantity
        movement = _consume(work, job, material, lot, amount, reason=override_reason)
        after = {"job": job.code, "quantity": amount, "approved_by": approver.name if approver else None}
        work.record("orders.consume", lot, after=after, reason=override_reason)
        taken.append(Consumed(movement, lot, material, better))
    return taken


def _consume(work: Work, job: Job, material: OrderMaterial, lot: Lot, amount: Decimal, **why: Any) -> Movement:
    movement = consume_lot(work, lot, amount, order_id=job.order_id, job_id=job.id, material_id=material.id, **why)
    material.consumed += amount
    return movement


def _needed(work: Work, materials: list[OrderMaterial], lot: Lot) -> tuple[OrderMaterial, list[Item]]:
    """The material that the lot can serve, with the items that serve it."""
    fitting = [(material, [material.item]) for material in materials if material.item_id == lot.item_id]
    if not fitting:
        others = queries.substitutes(work.session, materials)
        served = [(material, others.get(material.bom_line_id or 0, [])) for material in materials]
        fitting = [(one, [one.item, *items]) for one, items in served if lot.item_id in {item.id for item in items}]
    if not fitting:
        wanted = ", ".join(material.item.name for material in materials) or "-"
        raise NotNeededHere(lot=lot.code, item=lot.item.name, wanted=wanted)
    return next(((material, items) for material, items in fitting if material.missing > 0), fitting[0])


def _amount(material: OrderMaterial, lot: Lot) -> Decimal:
    if material.missing <= 0:
        raise EnoughAlready(item=material.item.name, needed=material.required, unit=material.item.unit)
    return min(material.missing, lot.on_hand) if lot.item.tracking is not Tracking.SERIAL else Decimal(1)


def _override(work: Work, approver: Actor | None, reason: str | None) -> bool:
    if reason is None and approver is None:
        return False
    if not (approver or work.actor).is_one_of(LEADERS):
        raise NotAnOverride
    check_reason(reason)
    return True


class _Gate:
    """The scan gate at one job, for some lots at once."""

    def __init__(self, work: Work, job: Job, lots: list[Lot], allowed: bool) -> None:
        self.work = work
        self.settings = plant(work.session)
        self.places = [job.work_centre.location_id] if job.work_centre.location_id else []
        self.allowed = allowed
        self.firsts: dict[int, FirstOut] = {}
        if self.settings.first_out is not Strictness.OFF:
            self.firsts = lot_queries.first_of_each(work.session, {lot.item_id for lot in lots}, work.today)

    def let_pass(self, lot: Lot, items: list[Item]) -> FirstOut | None:
        """Refuse the lot, or give the one that should have gone first where the plant only warns."""
        first = self.firsts.get(lot.item_id)
        off = Strictness.OFF
        use = Use(
            today=self.work.today,
            items=items,
            places=self.places,
            right_place=off if self.allowed else self.settings.right_place,
            first_out=off if self.allowed else self.settings.first_out,
            first=first,
        )
        check_usable(self.work, lot, use)
        check_first_out(lot, use)
        return first if goes_before(first, lot) else None


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
    before (more than planned). Raises the refusals of ``orders.rules`` and of the scan gate.
    """
    job = lock_job(work, job_code)
    order, settings = job.order, plant(work.session)
    counts = (good, defective, scrap, rework)
    check_order(order, "work")
    check_job(job, "report")
    check_counts(order.item, counts)
    if job.inspected and not job.first_piece_passed:
        raise FirstPieceMissing(job=job.name)
    pieces = sum(counts, Decimal(0))
    if not job.is_first:
        check_flow(job, queries.job_before(work.session, job), order.item.unit, pieces)
    check_plan(job, order, settings, good, confirmed)
    materials = queries.materials_of(work.session, order.id)
    mine = [material for material in materials if material.operation == job.sequence]
    taken = [done.movement for done in _take(work, job, mine, consumed)] if consumed else []
    if settings.material_scanned is not Strictness.OFF:
        check_material(mine, processed(job) + pieces)
    lots = _lots_for(work, job, good) if job.is_last and good > 0 else []
    report = Report(
        job_id=job.id,
        day=production_day(settings, work.now),
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
    )
    report.job, report.lot = job, lots[0] if lots else None
    work.add(report, "orders.report", code=job.code)
    taken += _back_flush(work, job, report, mine, pieces)
    fresh = take_up(work, taken)
    if lots:
        for lot in lots:
            add_produced(work, lot, good / len(lots), lot.location, order.id, report.id)
        draw(work, order, report, lots, pieces, materials, fresh)
    count(job, report, 1)
    return report


def check_material(materials: list[OrderMaterial], pieces: Decimal) -> None:
    """Every material that is scanned was scanned; of pieces with serial numbers, one for each place."""
    for material in materials:
        if material.consumption is not Consumption.SCAN:
            continue
        serial = material.item.tracking is Tracking.SERIAL
        needed = material.per_piece * pieces
        if material.consumed <= 0 or (serial and material.consumed < needed):
            unit = material.item.unit
            raise MaterialMissing(item=material.item.name, scanned=material.consumed, needed=needed, unit=unit)


def _lots_for(work: Work, job: Job, good: Decimal) -> list[Lot]:
    """The lots that a report fills: one serial for each piece, the order's one lot, or a new lot."""
    order = job.order
    place = work.session.get(Location, job.work_centre.location_id) if job.work_centre.location_id else None
    if order.item.tracking is Tracking.SERIAL:
        return make_lots(work, order.item, int(good), place, order.id)
    if order.lot_rule is LotRule.ORDER:
        filled = select(Report.lot_id).where(Report.job_id == job.id, Report.lot_id.is_not(None))
        known = work.session.scalar(filled.order_by(Report.id).limit(1))
        if known is not None:
            return list(lock_by_id(work, [known]).values())
    return make_lots(work, order.item, 1, place, order.id)


def _back_flush(
    work: Work, job: Job, report: Report, materials: list[OrderMaterial], pieces: Decimal
) -> list[Movement]:
    """Take the BOM quantity of what nobody scans: first out first, at the work centre's place if it has one."""
    taken = []
    for material in materials:
        if material.consumption is not Consumption.BACKFLUSH:
            continue
        needed = (material.per_piece * pieces).quantize(SMALLEST)
        places = [job.work_centre.location_id] if job.work_centre.location_id else []
        candidates = lot_queries.first_out(work.session, [material.item_id], work.today, places)
        left = needed
        for lot in _relocked(work, candidates):
            amount = min(left, lot.on_hand)
            if amount > 0:
                taken.append(_consume(work, job, material, lot, amount, report_id=report.id))
                left -= amount
        if left > 0:
            there = sum((lot.on_hand for lot in candidates), needed - left)
            raise MaterialShort(item=material.item.name, needed=needed, left=there, unit=material.item.unit)
    return taken


def _relocked(work: Work, candidates: list[Lot]) -> list[Lot]:
    """The same lots, locked as they are now, in the order of use."""
    locked = lock_by_id(work, [lot.id for lot in candidates])
    return [locked[lot.id] for lot in candidates]


def count(job: Job, report: Report, sign: int) -> None:
    """Keep the sums of the job, and of the order at its last operation."""
    for name in ("good", "defective", "scrap", "rework"):
        setattr(job, name, getattr(job, name) + sign * abs(getattr(report, name)))
    if job.is_last:
        job.order.good += sign * abs(report.good)
