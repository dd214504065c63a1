"""Use cases of material: a lot is taken for a job by scanning it, and what nobody scans is chosen first out first."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from mes.core.access import Actor
from mes.core.plant import Strictness, plant
from mes.core.types import SMALLEST
from mes.core.work import Work
from mes.items.models import Consumption, Item, Tracking
from mes.lots import queries as lot_queries
from mes.lots.ledger import check_usable, consume_lot, lock_by_id, lock_named
from mes.lots.models import Lot, Movement
from mes.lots.queries import FirstOut
from mes.lots.rules import Use, check_first_out, goes_before, is_free
from mes.orders import queries
from mes.orders.first_piece import ask_again_with
from mes.orders.genealogy import take_up
from mes.orders.models import Job, LotRule, OrderMaterial, WorkOrder
from mes.orders.override_rules import override
from mes.orders.rules import (
    EnoughAlready,
    MaterialShort,
    NotNeededHere,
    OwnProduct,
    check_job,
    check_order,
)
from mes.orders.service import lock_job


class Consumed(NamedTuple):
    """A consumption; ``better`` is the lot that should have gone first, where the plant only warns."""

    movement: Movement
    lot: Lot
    material: OrderMaterial
    better: FirstOut | None


class Portion(NamedTuple):
    """So much of a lot, for one material."""

    material: OrderMaterial
    lot: Lot
    amount: Decimal


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
    allowed = override(work.actor, approver, override_reason)
    materials = queries.materials_of(work.session, job.order_id, job.sequence)
    [done] = take(work, job, materials, [(lot_code, quantity)], approver, override_reason if allowed else None)
    take_up(work, [done.movement])
    return done


def take(
    work: Work,
    job: Job,
    materials: list[OrderMaterial],
    lines: Sequence[tuple[str, Decimal | None]],
    approver: Actor | None = None,
    override_reason: str | None = None,
) -> list[Consumed]:
    """Take lots for a locked job, each for one of the materials of its operation."""
    lots = lock_named(work, [code for code, _quantity in lines])
    gate = _Gate(work, job, list(lots.values()), bool(override_reason))
    ask_again_with(work, job, lots.values())
    taken = []
    for code, quantity in lines:
        lot = lots[code.strip().upper()]
        material, items = _needed(work, materials, lot)
        better = gate.let_pass(lot, items)
        amount = _amount(material, lot) if quantity is None else quantity
        check_stem(work, job.order, lot)
        movement = book(work, job, material, lot, amount, reason=override_reason)
        if lot.on_hand <= 0:
            gate.look_again()
        after = {"job": job.code, "quantity": amount, "approved_by": approver.name if approver else None}
        work.record("orders.consume", lot, after=after, reason=override_reason)
        taken.append(Consumed(movement, lot, material, better))
    return taken


def book(work: Work, job: Job, material: OrderMaterial, lot: Lot, amount: Decimal, **why: Any) -> Movement:
    """Write down that so much of a lot was taken for a material of a job."""
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


class _Gate:
    """The scan gate at one job, for some lots at once."""

    def __init__(self, work: Work, job: Job, lots: list[Lot], allowed: bool) -> None:
        self.work = work
        self.settings = plant(work.session)
        self.places = [job.work_centre.location_id] if job.work_centre.location_id else []
        self.allowed = allowed
        self.items = {lot.item_id for lot in lots}
        self.firsts: dict[int, FirstOut] = {}
        self.look_again()

    def look_again(self) -> None:
        """Which lot of each item goes first now; another one as soon as a lot is used up."""
        if self.settings.first_out is not Strictness.OFF:
            self.firsts = lot_queries.first_of_each(self.work.session, self.items, self.work.today)

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


def check_stem(work: Work, order: WorkOrder, lot: Lot) -> None:
    """Nothing becomes part of itself: the one lot that an order fills may not take in what was made from it."""
    if order.good <= 0 or order.lot_rule is not LotRule.ORDER:
        return
    filled = queries.filled_lot(work.session, order.id)
    if filled == lot.id or (filled and lot_queries.stems_from(work.session, lot.id, filled)):
        raise OwnProduct(lot=lot.code, made=work.session.get_one(Lot, filled).code)


def choose_back_flush(work: Work, job: Job, materials: list[OrderMaterial], pieces: Decimal) -> list[Portion]:
    """How much of which lots makes up the BOM quantity of what nobody scans; the lots are locked."""
    places = [job.work_centre.location_id] if job.work_centre.location_id else []
    chosen: list[Portion] = []
    for material in materials:
        if material.consumption is Consumption.BACKFLUSH:
            needed = (material.per_piece * pieces).quantize(SMALLEST)
            chosen += _portions(work, material, needed, places, chosen)
    return chosen


def _portions(
    work: Work, material: OrderMaterial, needed: Decimal, places: list[int], before: Sequence[Portion]
) -> list[Portion]:
    """First out first, as many lots as it takes; ``before`` is spoken for already. Raises MaterialShort."""
    portions: list[Portion] = []
    left, seen = needed, 0
    while left > 0:
        found = lot_queries.first_out(work.session, [material.item_id], work.today, places, skip=seen)
        if not found:
            there = needed - left
            raise MaterialShort(item=material.item.name, needed=needed, left=there, unit=material.item.unit)
        seen += len(found)
        locked = lock_by_id(work, [lot.id for lot in found])
        for lot in (locked[one.id] for one in found):
            there = lot.on_hand - sum(portion.amount for portion in before if portion.lot is lot)
            if there > 0 and left > 0 and is_free(lot, work.today, places):
                portions.append(Portion(material, lot, min(left, there)))
                left -= portions[-1].amount
    return portions
