"""Use cases of lots: receive, split, merge, move, adjust, hold, ship. Quantities change in ``ledger.move`` only."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from mes.core.numbering import dated_code
from mes.core.plant import plant, production_day
from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Item
from mes.lots import queries
from mes.lots.ledger import (
    check_usable,
    like,
    link,
    lock_lot,
    lock_lots,
    move,
    new_codes,
    new_lot,
    shelf_end,
)
from mes.lots.models import EdgeKind, Hold, Lot, LotStatus, MovementKind, Receipt, Shipment
from mes.lots.parting import NothingToMerge, check_divisible, check_merge
from mes.lots.rules import (
    HoldLifted,
    NothingToShip,
    Use,
    check_enough,
    check_lot,
    check_new_lot,
    check_reason,
)
from mes.partners.models import Partner


def receive_lots(
    work: Work,
    *,
    item: Item,
    quantities: Sequence[Decimal],
    supplier: Partner | None = None,
    supplier_lot: str | None = None,
    expires_on: date | None = None,
    made_on: date | None = None,
    location: Location | None = None,
    note: str | None = None,
    codes: Sequence[str] = (),
) -> list[Lot]:
    """Receive material (입고): one lot for each quantity, as each container gets its own label.

    Without a use-by date the item's shelf life counts from the day it was made (or came). An item with incoming
    inspection waits for it. ``codes`` are the plant's own lot numbers for opening stock.
    """
    for quantity in quantities:
        check_new_lot(item, quantity)
    today = production_day(plant(work.session), work.now)
    receipt = Receipt(
        code=dated_code(work.session, "R", today),
        supplier_id=supplier.id if supplier else None,
        at=work.now,
        note=note,
    )
    work.add(receipt, "lots.receipt")
    status = LotStatus.INSPECTION if item.inspect_incoming else LotStatus.AVAILABLE
    made = made_on or today
    values = {
        "supplier_id": supplier.id if supplier else None,
        "supplier_lot": supplier_lot,
        "expires_on": expires_on or shelf_end(item, made),
        "receipt_id": receipt.id,
        "status": status,
        "made_on": made,
        "note": note,
    }
    lots = [
        new_lot(work, item, location, code=code, **values) for code in codes or new_codes(work, item, len(quantities))
    ]
    work.session.add_all(lots)
    work.session.flush()
    for lot, quantity in zip(lots, quantities, strict=True):
        move(work, lot, MovementKind.RECEIVE, quantity, to=location, receipt_id=receipt.id)
        work.record("lots.receive", lot, after={"quantity": quantity, "item": item.code, **values})
    return lots


def split_lot(work: Work, code: str, quantity: Decimal, location: Location | None = None) -> Lot:
    """Take a part off a lot (분할): it becomes a lot of its own with the same history, status and open holds."""
    lot = lock_lot(work, code)
    check_divisible(lot)
    check_enough(lot, quantity)
    part = like(work, lot, location)
    move(work, lot, MovementKind.SPLIT, -quantity)
    move(work, part, MovementKind.SPLIT, quantity, to=location)
    link(work, lot.id, part.id, EdgeKind.SPLIT, quantity)
    for hold in queries.open_holds(work.session, [lot.id]):
        hold_lot(work, part.id, hold.reason, source=hold.source)
    work.record("lots.split", part, after={"from": lot.code, "quantity": quantity})
    return part


def merge_lots(work: Work, codes: Sequence[str]) -> Lot:
    """Pour lots of one item together (병합): a new lot with the earliest use-by date, all of them its parents."""
    lots = lock_lots(work, codes)
    if len(lots) < 2:
        raise NothingToMerge(field="codes")
    first = lots[0]
    for other in lots[1:]:
        check_merge(first, other)
    for lot in lots:
        check_lot(lot, Use(today=work.today))
    days = [lot.expires_on for lot in lots if lot.expires_on]
    merged = like(work, first, None)
    merged.expires_on, merged.made_on = min(days, default=None), min(lot.made_on for lot in lots)
    if len({(lot.supplier_id, lot.supplier_lot) for lot in lots}) > 1:
        merged.supplier_id, merged.supplier_lot = None, None
    for origin in ("receipt_id", "order_id"):
        if len({getattr(lot, origin) for lot in lots}) > 1:
            setattr(merged, origin, None)
    for lot in lots:
        quantity = lot.on_hand
        move(work, lot, MovementKind.MERGE, -quantity)
        move(work, merged, MovementKind.MERGE, quantity)
        link(work, lot.id, merged.id, EdgeKind.MERGE, quantity)
    work.record("lots.merge", merged, after={"from": [lot.code for lot in lots], "quantity": merged.on_hand})
    return merged


def move_lot(work: Work, code: str, location: Location, quantity: Decimal | None = None) -> Lot:
    """Put a lot somewhere else (이동). A part of it becomes a lot of its own, with its own label."""
    lot = lock_lot(work, code)
    if quantity is not None and quantity != lot.on_hand:
        return split_lot(work, code, quantity, location)
    if lot.location_id != location.id:
        came_from = lot.location_id
        move(work, lot, MovementKind.MOVE, Decimal(0), to=location)
        work.record("lots.move", lot, before={"location": came_from}, after={"location": location.code})
    return lot


def adjust_lot(work: Work, code: str, counted: Decimal, reason: str) -> Lot:
    """Set a lot to what was counted (재고실사); the difference is a movement with its reason."""
    lot = lock_lot(work, code)
    reason = check_reason(reason)
    if counted:
        check_new_lot(lot.item, counted)
    before = lot.on_hand
    if counted != before:
        move(work, lot, MovementKind.COUNT, counted - before, reason=reason)
        work.record("lots.adjust", lot, before={"quantity": before}, after={"quantity": counted}, reason=reason)
    return lot


def scrap_lot(work: Work, code: str, quantity: Decimal, reason: str) -> Lot:
    """Throw away some or all of a lot (폐기); a held or rejected one too."""
    return _dispose(work, code, quantity, reason, MovementKind.SCRAP, "lots.scrap")


def return_lot(work: Work, code: str, quantity: Decimal, reason: str) -> Lot:
    """Send some or all of a lot back to its supplier (반품)."""
    return _dispose(work, code, quantity, reason, MovementKind.RETURN, "lots.return")


def _dispose(work: Work, code: str, quantity: Decimal, reason: str, kind: MovementKind, verb: str) -> Lot:
    lot = lock_lot(work, code)
    reason = check_reason(reason)
    check_enough(lot, quantity)
    move(work, lot, kind, -quantity, reason=reason)
    work.record(verb, lot, after={"quantity": quantity}, reason=reason)
    return lot


def hold_lot(work: Work, lot_id: int, reason: str, source: str = "person") -> Hold:
    """Put a lot aside (보류): nothing may be done with it until the hold is lifted."""
    reason = check_reason(reason)
    lot = work.lock(Lot, lot_id)
    hold = Hold(lot_id=lot.id, reason=reason, source=source, placed_at=work.now, placed_by=work.actor.name)
    work.session.add(hold)
    lot.holds += 1
    work.session.flush()
    work.record("lots.hold", lot, after={"source": source}, reason=reason)
    return hold


def lift_hold(work: Work, hold_id: int, reason: str) -> Hold:
    """Lift one hold with a reason; others on the same lot stay. Raises HoldLifted."""
    reason = check_reason(reason)
    lot_id = work.session.get_one(Hold, hold_id).lot_id
    lot = work.lock(Lot, lot_id)
    hold = work.session.get_one(Hold, hold_id, populate_existing=True)
    if hold.lifted_at is not None:
        raise HoldLifted(who=hold.lifted_by, when=hold.lifted_at)
    hold.lifted_at, hold.lifted_by, hold.lift_reason = work.now, work.actor.name, reason
    lot.holds -= 1
    work.session.flush()
    work.record("lots.lift_hold", lot, before={"hold": hold.reason}, reason=reason)
    return hold


def lift_holds_of(work: Work, lot_id: int, source: str, reason: str) -> None:
    """Lift the holds that one rule placed on a lot."""
    for hold in queries.open_holds(work.session, [lot_id]):
        if hold.source == source:
            lift_hold(work, hold.id, reason)


def release_inspected(work: Work, lot_id: int) -> Lot:
    """The incoming inspection passed: the lot may be used."""
    return _set_status(work, lot_id, LotStatus.AVAILABLE)


def reject_lot(work: Work, lot_id: int) -> Lot:
    """The lot failed for good: it may only be scrapped or returned."""
    return _set_status(work, lot_id, LotStatus.REJECTED)


def _set_status(work: Work, lot_id: int, status: LotStatus) -> Lot:
    lot = work.lock(Lot, lot_id)
    with work.change(lot, "lots.status"):
        lot.status = status
        work.session.flush()
    return lot


def ship_lots(
    work: Work,
    *,
    customer: Partner,
    lines: Sequence[tuple[str, Decimal | None]],
    reference: str | None = None,
    note: str | None = None,
) -> Shipment:
    """Ship lots to a customer (출하): each passes the gate; no quantity means the whole lot. All or nothing."""
    if not lines:
        raise NothingToShip
    lots = {lot.code: lot for lot in lock_lots(work, [code for code, _quantity in lines])}
    shipment = Shipment(
        code=dated_code(work.session, "D", production_day(plant(work.session), work.now)),
        customer_id=customer.id,
        at=work.now,
        reference=reference,
        note=note,
    )
    work.add(shipment, "lots.shipment")
    for code, wanted in lines:
        lot = lots[code.strip().upper()]
        check_usable(work, lot)
        quantity = lot.on_hand if wanted is None else wanted
        check_enough(lot, quantity)
        move(work, lot, MovementKind.SHIP, -quantity, shipment_id=shipment.id)
        work.record("lots.ship", lot, after={"shipment": shipment.code, "to": customer.code, "quantity": quantity})
    return shipment
