"""Use cases of shipments: what leaves for a customer, and what is taken back because it did not leave after all."""

from collections.abc import Sequence
from decimal import Decimal

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.lots import queries, unit_queries
from mes.lots.code_queries import code_now
from mes.lots.ledger import check_usable, leave_unit, lock_by_id, lock_named, move, take_back
from mes.lots.models import Lot, MovementKind, Shipment
from mes.lots.packing import lock_whole_units, send_units
from mes.lots.packing_rules import HalfAUnit
from mes.lots.returning import check_not_back
from mes.lots.rules import AlreadyTakenBack, check_part, check_reason
from mes.lots.shipping_rules import LotTwice, each_lot_once
from mes.lots.unit_locks import Tree
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

    A lot on several lines is one line with their sum. The code of a box or pallet means all that is on it, and each of
    its lots passes the gate. Raises NothingToShip, LotTwice, UnitIsEmpty and what the gate refuses.
    """
    wanted_of = each_lot_once(lines)
    whole = _lock_units(work, wanted_of)
    on_units = {lot.code: lot for tree in whole for lot in tree.lots.values()}
    named = lock_named(work, list(wanted_of)) if wanted_of else {}
    wanted_of = each_lot_once([(named[code].code, much) for code, much in wanted_of.items()]) if named else {}
    lots = {lot.code: lot for lot in named.values()}
    for code in lots:
        if code in on_units:
            raise LotTwice(field="lines", lot=code)
    lots |= on_units
    wanted_of |= dict.fromkeys(on_units)
    shipment = Shipment(
        code=dated_code(work.session, "D", this_production_day(work)),
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
        move(work, lot, MovementKind.SHIP, -quantity, with_unit=code in on_units, shipment_id=shipment.id)
        work.record("lots.ship", lot, after={"shipment": shipment.code, "to": customer.code, "quantity": quantity})
    send_units(work, whole, shipment.id, shipment.code)
    return shipment


def _lock_units(work: Work, wanted_of: dict[str, Decimal | None]) -> list[Tree]:
    """Takes the boxes and pallets out of what is wanted, and gives them with all that is on them, locked.

    Raises HalfAUnit, UnitIsEmpty.
    """
    units = unit_queries.units_by_code(work.session, wanted_of)
    if not units:
        return []
    for code, unit in units.items():
        if wanted_of.pop(code) is not None:
            raise HalfAUnit(field="lines", unit=unit.code)
    idents = {unit.id for unit in units.values()}
    tops = sorted({unit.id for unit in units.values() if unit.parent_id not in idents})
    lock_by_id(work, {*unit_queries.on_units(work.session, tops)[1], *queries.ids_of(work.session, wanted_of)})
    return list(lock_whole_units(work, tops).values())


def take_back_shipment(work: Work, code: str, reason: str, lot: str | None = None) -> list[Lot]:
    """Undo a shipment, or the line of one ``lot`` of it, by the opposite: both stay visible (출하 취소).

    The quantities are back in their lots and no longer count as shipped. Raises ReasonNeeded, NotFound,
    AlreadyTakenBack, CameBackAlready.
    """
    reason = check_reason(reason)
    shipment = work.lock(Shipment, queries.get_shipment(work.session, code).id)
    shipped = queries.shipped_lots(work.session, shipment.id)
    alone = None if lot is None else code_now(work.session, lot)
    chosen = [one for one in shipped if alone in (None, one.lot.code)]
    if not chosen:
        raise NotFound(what=_(N_("lot of this shipment")), code=lot or code)
    standing = [one.movement for one in chosen if not one.undone]
    if not standing:
        raise AlreadyTakenBack
    check_not_back(work, [movement.id for movement in standing])
    lots = lock_by_id(work, {movement.lot_id for movement in standing})
    for movement in standing:
        back = take_back(work, movement, lots[movement.lot_id], reason)
        after = {"shipment": shipment.code, "quantity": back.quantity}
        work.record("lots.take_back_shipment", lots[movement.lot_id], after=after, reason=reason)
    _bring_units_back(work, shipment, list(lots.values()), alone=lot is not None)
    return list(lots.values())


def _bring_units_back(work: Work, shipment: Shipment, lots: Sequence[Lot], *, alone: bool) -> None:
    """Boxes and pallets of which nothing is away any more are here again; a lot that comes back ``alone`` is off its
    own."""
    for lot in lots:
        if alone and lot.unit_id is not None:
            leave_unit(work, lot)
    work.session.flush()
    units = unit_queries.units_of_shipment(work.session, shipment.id)
    away = unit_queries.units_away(work.session, [unit.id for unit in units])
    away |= {unit.parent_id for unit in units if unit.id in away and unit.parent_id}
    for unit in units:
        if unit.id not in away:
            unit.shipment_id = None
            unit.parent_id = None if unit.parent_id in away else unit.parent_id
            work.record("units.take_back", unit, after={"shipment": shipment.code})
