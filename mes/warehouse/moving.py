"""Use cases: put lots away (적치), bring them to where an order needs them (불출), and take that back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from mes.core.access import Actor
from mes.core.plant import Strictness, plant
from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Item, Tracking
from mes.lots.ledger import check_usable, lock_lot, lock_lots
from mes.lots.models import Lot
from mes.lots.packing import move_unit
from mes.lots.place_rules import check_place, standing
from mes.lots.rules import Use, WrongPlace, check_first_out, check_part, goes_before
from mes.lots.service import move_lot
from mes.lots.shelves import ASIDE, Shelved, shelved
from mes.lots.unit_queries import units_by_code
from mes.orders.models import Job, OrderMaterial, WorkOrder
from mes.orders.override_rules import override
from mes.orders.queries import get_order, substitutes
from mes.orders.rules import NotNeededHere, check_order
from mes.orders.service import lock_order
from mes.warehouse import queries
from mes.warehouse.models import Pick
from mes.warehouse.rules import (
    AlreadyBrought,
    EnoughBrought,
    NoLotScanned,
    NoPlaceToBring,
    NothingToTakeBack,
    NotTheLast,
)
from mes.warehouse.units import lots_on


def put_away(work: Work, codes: Sequence[str], place: Location, *, confirmed: bool = False) -> list[Lot]:
    """Put lots, boxes and pallets down at a place (적치), all or none; what is on a pallet stays on it.

    ``confirmed`` answers FreeIntoQuarantine. Raises NoLotScanned and what check_place refuses.
    """
    if not codes:
        raise NoLotScanned
    units = units_by_code(work.session, codes)
    alone = [code for code in codes if code not in units]
    carried = [lot.code for code in units for lot in lots_on(work.session, code)]
    lots = lock_lots(work, [*alone, *carried])
    unfree = any(standing(lot, work.today) for lot in lots)
    quarantine = queries.has_quarantine(work.session) if unfree else True
    for lot in lots:
        check_place(lot, place, work.today, quarantine=quarantine, confirmed=confirmed)
    for code in units:
        move_unit(work, code, place)
    for code in alone:
        move_lot(work, code, place)
    return lots


class Picked(NamedTuple):
    """What was brought; ``rest`` stays where it was when only a part was taken; ``better`` should have gone first."""

    pick: Pick
    lot: Lot
    rest: Lot | None
    place: Location
    better: Shelved | None


class TooBig(NamedTuple):
    """Nothing was brought yet: more is left of the lot than the order still needs, so somebody says how much.

    ``better`` should go first.
    """

    lot: Lot
    open: Decimal
    better: Shelved | None


class Need(NamedTuple):
    """Which material of an order a lot serves, and how much of it is still to be brought where."""

    material: OrderMaterial
    items: list[Item]
    place: Location
    open: Decimal


def need_of(work: Work, order: WorkOrder, lot: Lot) -> Need:
    """What an order needs a lot for. Raises NotNeededHere, NoPlaceToBring."""
    others = substitutes(work.session, order.materials)
    serving = [(one, [one.item, *others.get(one.bom_line_id or 0, ())]) for one in order.materials]
    fitting = [pair for pair in serving if pair[0].item_id == lot.item_id]
    fitting = fitting or [pair for pair in serving if lot.item_id in {item.id for item in pair[1]}]
    if not fitting:
        wanted = ", ".join(one.item.name for one in order.materials) or "-"
        raise NotNeededHere(lot=lot.code, item=lot.item.name, wanted=wanted)
    brought = queries.brought_by_material(work.session, [order.id])
    left = {one.id: queries.pieces_to_bring(one, brought.get(one.id, queries.Brought())) for one, _items in fitting}
    material, items = next((pair for pair in fitting if left[pair[0].id] > 0), fitting[0])
    job: Job = next(job for job in order.jobs if job.sequence == material.operation)
    place = queries.place_of_centre(work.session, job.work_centre)
    if place is None:
        raise NoPlaceToBring(centre=job.work_centre.name)
    return Need(material, items, place, left[material.id])


def pick(
    work: Work,
    order_code: str,
    lot_code: str,
    quantity: Decimal | None = None,
    *,
    here: Location | None = None,
    approver: Actor | None = None,
    reason: str | None = None,
    confirmed: bool = False,
) -> Picked | TooBig:
    """Bring a lot, or a part of it, to where an order needs it (불출): it passes the gate or is refused.

    Without a quantity all of it goes; of a lot with more than is needed nothing goes yet (TooBig), unless a leader
    allows it: then what is needed. A part becomes a lot with its own label. ``here``: the place at which the handler
    scanned; a lot that is recorded elsewhere is refused. A leader may allow another lot than the first one out, and
    another place. ``confirmed`` answers EnoughBrought.
    """
    allowed = override(work.actor, approver, reason)
    check_order(lock_order(work, order_code), "work")
    order = get_order(work.session, order_code)
    lot = lock_lot(work, lot_code)
    need = need_of(work, order, lot)
    if lot.location_id == need.place.id:
        raise AlreadyBrought(lot=lot.code, place=need.place.name)
    better = _gate(work, lot, need.items, here, allowed)
    if need.open <= 0 and not confirmed:
        item = need.material.item
        raise EnoughBrought(item=item.name, needed=need.material.required, unit=item.unit)
    amount = quantity
    if amount is None:
        parted = lot.item.tracking is not Tracking.SERIAL and lot.on_hand > need.open > 0
        if parted and not allowed:
            return TooBig(lot, need.open, better)
        amount = need.open if parted else lot.on_hand
    check_part(lot, amount)
    came_from = lot.location_id
    brought = move_lot(work, lot.code, need.place, amount)
    done = Pick(
        order_id=order.id,
        material_id=need.material.id,
        lot_id=brought.id,
        quantity=amount,
        from_location_id=came_from,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name,
        approved_by=(approver or work.actor).name if allowed else None,
        reason=reason if allowed else None,
    )
    work.session.add(done)
    after = {"order": order.code, "quantity": amount, "location": need.place.code, "approved_by": done.approved_by}
    work.record("warehouse.pick", brought, after=after, reason=done.reason)
    return Picked(done, brought, lot if brought is not lot else None, need.place, better)


def _gate(work: Work, lot: Lot, items: Sequence[Item], here: Location | None, allowed: bool) -> Shelved | None:
    """The scan gate of the store: right item, status, use-by, place, and which lot goes first."""
    settings = plant(work.session)
    use = Use(
        today=work.today,
        items=items,
        places=[here.id] if here else (),
        right_place=Strictness.OFF if allowed else Strictness.REFUSE,
        first_out=Strictness.OFF if allowed else settings.first_out,
    )
    check_usable(work, lot, use)
    if not allowed and lot.location is not None and lot.location.kind in ASIDE:
        raise WrongPlace(lot=lot.code, place=lot.location.name)
    if settings.first_out is Strictness.OFF:
        return None
    found = shelved(work.session, [lot.item_id], work.today, aside=queries.NOT_PICKED_FROM)
    first = found[0] if found else None
    check_first_out(lot, Use(today=work.today, first_out=use.first_out, first=first))
    return first if goes_before(first, lot) else None


def take_back_pick(work: Work, order_code: str) -> Pick:
    """Bring the last lot that was picked for an order back to where it stood. Raises NothingToTakeBack, NotTheLast."""
    order = lock_order(work, order_code)
    last = queries.last_pick(work.session, order.id)
    if last is None or last.from_location_id is None:
        raise NothingToTakeBack
    lot = lock_lot(work, last.lot.code)
    home = work.session.get_one(Location, last.from_location_id)
    need = need_of(work, get_order(work.session, order_code), lot)
    if lot.location_id != need.place.id or lot.on_hand < last.quantity:
        raise NotTheLast(lot=lot.code, place=need.place.name)
    move_lot(work, lot.code, home)
    last.undone_at = work.now
    work.record("warehouse.take_back_pick", lot, after={"order": order.code, "location": home.code})
    return last
