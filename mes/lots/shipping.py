"""Use cases of shipments: what leaves for a customer, and what is taken back because it did not leave after all."""

from collections.abc import Sequence
from decimal import Decimal

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.plant import plant, production_day
from mes.core.work import Work
from mes.lots import queries
from mes.lots.ledger import check_usable, lock_by_id, lock_lots, move, take_back
from mes.lots.models import Lot, MovementKind, Shipment
from mes.lots.rules import AlreadyTakenBack, check_part, check_reason
from mes.lots.shipping_rules import each_lot_once
from mes.partners.models import Partner


def ship_lots(
    work: Work,
    *,
    customer: Partner,
    lines: Sequence[tuple[str, Decimal | None]],
    reference: str | None = None,
    note: str | None = None,
) -> Shipment:
    """Ship lots to a customer (출하): each passes the gate; no quantity means the whole lot. All or nothing.

    A lot on several lines is one line with their sum. Raises NothingToShip, LotTwice and what the gate refuses.
    """
    wanted_of = each_lot_once(lines)
    lots = {lot.code: lot for lot in lock_lots(work, list(wanted_of))}
    shipment = Shipment(
        code=dated_code(work.session, "D", production_day(plant(work.session), work.now)),
        customer_id=customer.id,
        at=work.now,
        reference=reference,
        note=note,
    )
    work.add(shipment, "lots.shipment")
    for code, wanted in wanted_of.items():
        lot = lots[code]
        check_usable(work, lot)
        quantity = lot.on_hand if wanted is None else wanted
        check_part(lot, quantity)
        move(work, lot, MovementKind.SHIP, -quantity, shipment_id=shipment.id)
        work.record("lots.ship", lot, after={"shipment": shipment.code, "to": customer.code, "quantity": quantity})
    return shipment


def take_back_shipment(work: Work, code: str, reason: str, lot: str | None = None) -> list[Lot]:
    """Undo a shipment, or the line of one ``lot`` of it, by the opposite: both stay visible (출하 취소).

    The quantities are back in their lots and no longer count as shipped. Raises ReasonNeeded, NotFound,
    AlreadyTakenBack.
    """
    reason = check_reason(reason)
    shipment = work.lock(Shipment, queries.get_shipment(work.session, code).id)
    shipped = queries.shipped_lots(work.session, shipment.id)
    chosen = [one for one in shipped if lot is None or one.lot.code == lot.strip().upper()]
    if not chosen:
        raise NotFound(what=_(N_("lot of this shipment")), code=lot or code)
    standing = [one.movement for one in chosen if not one.undone]
    if not standing:
        raise AlreadyTakenBack
    lots = lock_by_id(work, {movement.lot_id for movement in standing})
    for movement in standing:
        back = take_back(work, movement, lots[movement.lot_id], reason)
        after = {"shipment": shipment.code, "quantity": back.quantity}
        work.record("lots.take_back_shipment", lots[movement.lot_id], after=after, reason=reason)
    return list(lots.values())
