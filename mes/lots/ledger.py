"""The ledger itself: locking lots, and the one place where a lot's quantity changes.

Lots are locked in the order of their ids, so that two acts on the same lots wait for each other instead of for ever.
Use cases (``service``) and orders stand on this.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from mes.core import rows
from mes.core.errors import NotFound
from mes.core.fetch import Fetch
from mes.core.i18n import N_, _
from mes.core.numbering import dated_codes
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Item, Tracking
from mes.lots import queries
from mes.lots.code_queries import bearers, each_once
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.lots.piece_rules import check_one
from mes.lots.rules import AlreadyTakenBack, Use, check_enough, check_lot, check_quantity
from mes.lots.unit_models import HandlingUnit


def shelf_end(item: Item, made_on: date) -> date | None:
    """The last day on which an item made on a day may be used."""
    return made_on + timedelta(days=item.shelf_life_days) if item.shelf_life_days is not None else None


def new_codes(work: Work, item: Item, count: int) -> list[str]:
    """Fresh lot codes (L...) or serial numbers (S...) of today's production day."""
    prefix = "S" if item.tracking is Tracking.SERIAL else "L"
    return dated_codes(work.session, prefix, this_production_day(work), count)


def lock_lot(work: Work, code: str) -> Lot:
    """A lot by code, locked, with its item and place. Raises NotFound."""
    return lock_lots(work, [code])[0]


def lock_lots(work: Work, codes: Sequence[str]) -> list[Lot]:
    """Lots by code, locked in the order of their ids, given back as asked (each once). Raises NotFound."""
    return list({lot.id: lot for lot in lock_named(work, codes).values()}.values())


def lock_named(work: Work, codes: Sequence[str]) -> dict[str, Lot]:
    """The same by the code that was asked for, in capitals: one that a lot bore before leads to that lot."""
    wanted = each_once(codes)
    found = {lot.code: lot for lot in _placed(work, BY_CODE.all(work.session, codes=wanted))}
    before = bearers(work.session, [code for code in wanted if code not in found])
    locked = lock_by_id(work, before.values())
    found |= {code: locked[ident] for code, ident in before.items()}
    for code in wanted:
        if code not in found:
            raise NotFound(what=_(N_("lot")), code=code)
    return {code: found[code] for code in wanted}


def ask_for_lots(work: Work, codes: Sequence[str]) -> None:
    """These lots will be locked by code in this act."""
    if codes:
        BY_CODE.ask(work.session, codes=each_once(codes))


LOTS_LOCKED = (
    select(Lot, Item, Location)
    .join(Item, Item.id == Lot.item_id)
    .outerjoin(Location, Location.id == Lot.location_id)
    .order_by(Lot.id)
    .with_for_update(of=Lot)
)
BY_CODE = Fetch(Lot, LOTS_LOCKED.where(Lot.code.in_(bindparam("codes", expanding=True))))
BY_ID = Fetch(Lot, LOTS_LOCKED.where(Lot.id.in_(bindparam("ids", expanding=True))))


def lock_by_id(work: Work, ids: Iterable[int]) -> dict[int, Lot]:
    """Lots by id, locked in the order of their ids, as they are now."""
    wanted = list(dict.fromkeys(ids))
    return {lot.id: lot for lot in _placed(work, BY_ID.all(work.session, ids=wanted))} if wanted else {}


def _placed(work: Work, found: Iterable[Lot]) -> list[Lot]:
    """After waiting for a lock, PostgreSQL gives the lot as it is now, but its place as it was: look again."""
    lots = list(found)
    for lot in lots:
        if lot.location_id != (lot.location.id if lot.location else None):
            set_committed_value(lot, "location", work.session.get(Location, lot.location_id))
    return lots


def check_usable(work: Work, lot: Lot, use: Use | None = None) -> None:
    """The scan gate for a locked lot; looks up the reasons of its holds and who took the last only when needed."""
    reasons = [hold.reason for hold in queries.open_holds(work.session, [lot.id])] if lot.holds else []
    taker = (queries.last_taker(work.session, lot.id) or "") if lot.on_hand <= 0 else ""
    asked = use or Use(today=work.today)
    check_lot(lot, replace(asked, hold_reasons=reasons, taken_by=taker))


def consume_lot(work: Work, lot: Lot, quantity: Decimal, **purpose: Any) -> Movement:
    """Take a quantity from a locked, checked lot for a job (투입). ``purpose``: order_id, job_id, material_id, …"""
    check_enough(lot, quantity)
    return move(work, lot, MovementKind.CONSUME, -quantity, **purpose)


def make_lots(work: Work, item: Item, count: int, location: Location | None, order_id: int) -> list[Lot]:
    """New, still empty lots of an item for an order, written with the next flush; ``add_produced`` fills them."""
    made_on = this_production_day(work)
    ends = shelf_end(item, made_on)
    lots = [
        new_lot(work, item, location, code=code, made_on=made_on, expires_on=ends, order_id=order_id)
        for code in new_codes(work, item, count)
    ]
    work.session.add_all(lots)
    return lots


def add_produced(
    work: Work, lot: Lot, quantity: Decimal, location: Location | None, order_id: int, report_id: int
) -> Movement:
    """Put a reported quantity onto a lot."""
    check_quantity(quantity)
    return move(work, lot, MovementKind.PRODUCE, quantity, to=location, order_id=order_id, report_id=report_id)


def take_back(work: Work, movement: Movement, lot: Lot, reason: str | None = None) -> Movement:
    """Reverse a ledger line by its opposite; both stay. Raises AlreadyTakenBack, NotEnough."""
    if work.session.scalar(select(Movement.id).where(Movement.reverses_id == movement.id)):
        raise AlreadyTakenBack
    if movement.quantity > 0:
        check_enough(lot, movement.quantity)
    purpose = {
        name: getattr(movement, name) for name in ("order_id", "job_id", "material_id", "report_id", "shipment_id")
    }
    return move(work, lot, movement.kind, -movement.quantity, reverses_id=movement.id, reason=reason, **purpose)


def link(work: Work, parent_id: int, child_id: int, kind: EdgeKind, quantity: Decimal) -> None:
    """Record that ``quantity`` of the parent went into the child."""
    link_all(work, [{"parent_id": parent_id, "child_id": child_id, "kind": kind, "quantity": quantity}])


def link_all(work: Work, edges: Sequence[dict[str, Any]]) -> None:
    """Record several edges at once; those of a report name it and the consumption they draw from."""
    rows.put(work.session, Edge, [{"at": work.now, **edge} for edge in edges])


def unlink_report(work: Work, report_id: int) -> None:
    """Mark the edges of a report that is taken back: they stay visible and are not walked any more."""
    work.session.execute(update(Edge).where(Edge.report_id == report_id, ~Edge.undone).values(undone=True))


def move(
    work: Work,
    lot: Lot,
    kind: MovementKind,
    quantity: Decimal,
    to: Location | None = None,
    *,
    with_unit: bool = False,
    **purpose: Any,
) -> Movement:
    """The one place where a lot's quantity changes.

    A packed lot that is used up or goes somewhere else leaves its box or pallet, unless it goes ``with_unit``. Raises
    PieceIsHere.
    """
    check_one(lot, quantity)
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
    if lot.unit_id is not None and not with_unit and _goes_its_own_way(lot, kind, quantity, to):
        leave_unit(work, lot)
    lot.on_hand += quantity
    if to is not None:
        lot.location_id = to.id
        lot.location = to
    work.session.add(line)
    return line


def _goes_its_own_way(lot: Lot, kind: MovementKind, quantity: Decimal, to: Location | None) -> bool:
    """Whether a packed lot is used up, goes somewhere else, or is here again though its pallet left with it."""
    found_again = not lot.on_hand and quantity > 0 and kind is not MovementKind.SHIP
    return lot.on_hand + quantity == 0 or found_again or (to is not None and to.id != lot.location_id)


def leave_unit(work: Work, lot: Lot) -> None:
    """A lot leaves its box or pallet, which is open from then on: its label no longer tells what is on it."""
    unit = work.session.get_one(HandlingUnit, lot.unit_id)
    closed = (HandlingUnit.closed_at.is_not(None), HandlingUnit.shipment_id.is_(None))
    both = HandlingUnit.id.in_({unit.id, unit.parent_id or unit.id})
    work.session.execute(update(HandlingUnit).where(both, *closed).values(closed_at=None))
    lot.unit_id = None
    work.record("units.leave", unit, after={"lot": lot.code})


def new_lot(work: Work, item: Item, location: Location | None, *, code: str, **values: Any) -> Lot:
    """A lot with nothing in it yet, not written."""
    lot = Lot(
        code=code.upper(), tail=code.upper()[-4:], item_id=item.id, made_at=work.now,
        location_id=location.id if location else None, on_hand=Decimal(0), holds=0, **values,
    )  # fmt: skip
    lot.item, lot.location = item, location
    return lot


def like(work: Work, lot: Lot, location: Location | None) -> Lot:
    """A fresh lot with another lot's history: same item, status, dates, supplier and order."""
    names = ("status", "made_on", "arrived_on", "expires_on", "supplier_lot", "supplier_id", "order_id", "receipt_id")
    fresh = new_lot(
        work, lot.item, location or lot.location, code=new_codes(work, lot.item, 1)[0],
        **{name: getattr(lot, name) for name in names},
    )  # fmt: skip
    work.session.add(fresh)
    work.session.flush()
    return fresh
