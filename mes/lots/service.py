"""Use cases of the ledger: receive, split, merge, move, adjust, hold, ship, and what orders do with lots.

Every unit that leaves a lot is a movement; ``Lot.on_hand`` changes only in ``_move``. Lots are locked in the order
of their ids, so that two acts on the same lots wait for each other instead of for ever.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import joinedload

from mes.core.numbering import dated_code, dated_codes
from mes.core.plant import plant, production_day
from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Item, Tracking
from mes.lots import queries
from mes.lots.models import Edge, EdgeKind, Hold, Lot, LotStatus, Movement, MovementKind, Receipt, Shipment
from mes.lots.rules import (
    AlreadyTakenBack,
    CannotMerge,
    HoldLifted,
    NothingToShip,
    Use,
    check_enough,
    check_lot,
    check_merge,
    check_new_lot,
    check_quantity,
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
        _new_lot(work, item, location, code=code, **values) for code in codes or new_codes(work, item, len(quantities))
    ]
    work.session.add_all(lots)
    work.session.flush()
    for lot, quantity in zip(lots, quantities, strict=True):
        _move(work, lot, MovementKind.RECEIVE, quantity, to=location, receipt_id=receipt.id)
        work.record("lots.receive", lot, after={"quantity": quantity, "item": item.code, **values})
    return lots


def shelf_end(item: Item, made_on: date) -> date | None:
    """The last day on which an item made on a day may be used."""
    return made_on + timedelta(days=item.shelf_life_days) if item.shelf_life_days is not None else None


def new_codes(work: Work, item: Item, count: int) -> list[str]:
    """Fresh lot codes (L...) or serial numbers (S...) of today's production day."""
    prefix = "S" if item.tracking is Tracking.SERIAL else "L"
    return dated_codes(work.session, prefix, production_day(plant(work.session), work.now), count)


def split_lot(work: Work, code: str, quantity: Decimal, location: Location | None = None) -> Lot:
    """Take a part off a lot (분할): it becomes a lot of its own with the same history, status and open holds."""
    lot = lock_lot(work, code)
    check_enough(lot, quantity)
    part = _like(work, lot, location)
    _move(work, lot, MovementKind.SPLIT, -quantity)
    _move(work, part, MovementKind.SPLIT, quantity, to=location)
    link(work, lot.id, part.id, EdgeKind.SPLIT, quantity)
    for hold in queries.open_holds(work.session, [lot.id]):
        hold_lot(work, part.id, hold.reason, source=hold.source)
    work.record("lots.split", part, after={"from": lot.code, "quantity": quantity})
    return part


def merge_lots(work: Work, codes: Sequence[str]) -> Lot:
    """Pour lots of one item together (병합): a new lot with the earliest use-by date, all of them its parents."""
    lots = lock_lots(work, codes)
    if len(lots) < 2:
        raise CannotMerge(first=codes[0] if codes else "-", second="-", why="-")
    first = lots[0]
    for other in lots[1:]:
        check_merge(first, other)
    for lot in lots:
        check_lot(lot, Use(today=work.today))
    days = [lot.expires_on for lot in lots if lot.expires_on]
    merged = _like(work, first, None)
    merged.expires_on, merged.made_on = min(days, default=None), min(lot.made_on for lot in lots)
    merged.supplier_lot = first.supplier_lot if len({lot.supplier_lot for lot in lots}) == 1 else None
    for lot in lots:
        quantity = lot.on_hand
        _move(work, lot, MovementKind.MERGE, -quantity)
        _move(work, merged, MovementKind.MERGE, quantity)
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
        _move(work, lot, MovementKind.MOVE, Decimal(0), to=location)
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
        _move(work, lot, MovementKind.COUNT, counted - before, reason=reason)
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
    _move(work, lot, kind, -quantity, reason=reason)
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
        _move(work, lot, MovementKind.SHIP, -quantity, shipment_id=shipment.id)
        work.record("lots.ship", lot, after={"shipment": shipment.code, "to": customer.code, "quantity": quantity})
    return shipment


# What orders do with lots


def lock_lot(work: Work, code: str) -> Lot:
    """A lot by code, locked, with its item and place. Raises NotFound."""
    return lock_lots(work, [code])[0]


def lock_lots(work: Work, codes: Sequence[str]) -> list[Lot]:
    """Lots by code, locked in the order of their ids, given back as asked (each once). Raises NotFound."""
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    found = {lot.code: lot for lot in work.session.scalars(BY_CODE, {"codes": wanted})}
    return [found[code] if code in found else queries.get_lot(work.session, code) for code in wanted]


LOTS_LOCKED = (
    select(Lot)
    .order_by(Lot.id)
    .options(joinedload(Lot.item, innerjoin=True), joinedload(Lot.location))
    .with_for_update(of=Lot)
    .execution_options(populate_existing=True)
)
BY_CODE = LOTS_LOCKED.where(Lot.code.in_(bindparam("codes", expanding=True)))
BY_ID = LOTS_LOCKED.where(Lot.id.in_(bindparam("ids", expanding=True)))


def lock_by_id(work: Work, ids: Iterable[int]) -> dict[int, Lot]:
    """Lots by id, locked in the order of their ids, as they are now."""
    wanted = list(ids)
    return {lot.id: lot for lot in work.session.scalars(BY_ID, {"ids": wanted})} if wanted else {}


def check_usable(work: Work, lot: Lot, use: Use | None = None) -> None:
    """The scan gate for a locked lot; looks up the reasons of its holds and who took the last only when needed."""
    reasons = [hold.reason for hold in queries.open_holds(work.session, [lot.id])] if lot.holds else []
    taker = (queries.last_taker(work.session, lot.id) or "") if lot.on_hand <= 0 else ""
    asked = use or Use(today=work.today)
    check_lot(lot, Use(**{**asked.__dict__, "hold_reasons": reasons, "taken_by": taker}))


def consume_lot(work: Work, lot: Lot, quantity: Decimal, **purpose: Any) -> Movement:
    """Take a quantity from a locked, checked lot for a job (투입). ``purpose``: order_id, job_id, material_id, …"""
    check_enough(lot, quantity)
    return _move(work, lot, MovementKind.CONSUME, -quantity, **purpose)


def make_lots(work: Work, item: Item, count: int, location: Location | None, order_id: int) -> list[Lot]:
    """New, still empty lots of an item for an order, written with the next flush; ``add_produced`` fills them."""
    made_on = production_day(plant(work.session), work.now)
    ends = shelf_end(item, made_on)
    lots = [
        _new_lot(work, item, location, code=code, made_on=made_on, expires_on=ends, order_id=order_id)
        for code in new_codes(work, item, count)
    ]
    work.session.add_all(lots)
    return lots


def add_produced(
    work: Work, lot: Lot, quantity: Decimal, location: Location | None, order_id: int, report_id: int
) -> Movement:
    """Put a reported quantity onto a lot."""
    check_quantity(quantity)
    return _move(work, lot, MovementKind.PRODUCE, quantity, to=location, order_id=order_id, report_id=report_id)


def take_back(work: Work, movement: Movement, lot: Lot, reason: str | None = None) -> Movement:
    """Reverse a ledger line by its opposite; both stay. Raises AlreadyTakenBack, NotEnough."""
    if work.session.scalar(select(Movement.id).where(Movement.reverses_id == movement.id)):
        raise AlreadyTakenBack
    if movement.quantity > 0:
        check_enough(lot, movement.quantity)
    purpose = {name: getattr(movement, name) for name in ("order_id", "job_id", "material_id", "report_id")}
    return _move(work, lot, movement.kind, -movement.quantity, reverses_id=movement.id, reason=reason, **purpose)


def link(work: Work, parent_id: int, child_id: int, kind: EdgeKind, quantity: Decimal) -> None:
    """Record that ``quantity`` of the parent went into the child."""
    link_all(work, [{"parent_id": parent_id, "child_id": child_id, "kind": kind, "quantity": quantity}])


def link_all(work: Work, edges: Sequence[dict[str, Any]]) -> None:
    """Record several edges at once; those of a report name it and the consumption they draw from."""
    if edges:
        work.session.connection().execute(insert(Edge), [{"at": work.now, "undone": False, **edge} for edge in edges])


def unlink_report(work: Work, report_id: int) -> None:
    """Mark the edges of a report that is taken back: they stay visible and are not walked any more."""
    work.session.execute(update(Edge).where(Edge.report_id == report_id, ~Edge.undone).values(undone=True))


def _move(
    work: Work, lot: Lot, kind: MovementKind, quantity: Decimal, to: Location | None = None, **purpose: Any
) -> Movement:
    """The one place where a lot's quantity changes."""
    line = Movement(
        lot_id=lot.id,
        kind=kind,
        quantity=quantity,
        at=work.now,
        from_location_id=lot.location_id if quantity <= 0 else None,
        to_location_id=to.id if to else None,
        person_id=work.actor.person_id,
        **purpose,
    )
    lot.on_hand += quantity
    if to is not None:
        lot.location_id = to.id
        lot.location = to
    work.session.add(line)
    return line


def _new_lot(work: Work, item: Item, location: Location | None, *, code: str, **values: Any) -> Lot:
    lot = Lot(
        code=code.upper(), item_id=item.id, location_id=location.id if location else None, made_at=work.now,
        on_hand=Decimal(0), holds=0, **values,
    )  # fmt: skip
    lot.item, lot.location = item, location
    return lot


def _like(work: Work, lot: Lot, location: Location | None) -> Lot:
    """A fresh lot with another lot's history: same item, status, dates, supplier and order."""
    names = ("status", "made_on", "expires_on", "supplier_lot", "supplier_id", "order_id", "receipt_id")
    fresh = _new_lot(
        work, lot.item, location or lot.location, code=new_codes(work, lot.item, 1)[0],
        **{name: getattr(lot, name) for name in names},
    )  # fmt: skip
    work.session.add(fresh)
    work.session.flush()
    return fresh
