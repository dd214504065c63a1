"""Use cases of goods that customers bring back (반품 입고), and of a return that was a mistake."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select, update

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.equipment.models import Location, LocationKind
from mes.equipment.rules import check_in_use
from mes.items.models import Tracking
from mes.lots import return_queries, unit_queries
from mes.lots.code_queries import as_written, code_now, codes_now
from mes.lots.holding import hold_lot, lift_holds_of
from mes.lots.ledger import like, link, lock_by_id, lock_lots, move, take_back
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind, Shipment
from mes.lots.place_rules import PlaceOutside
from mes.lots.return_models import CustomerReturn, ReturnLine
from mes.lots.return_rules import (
    Away,
    CameBackAlready,
    Goods,
    OtherCustomer,
    ReturnMovedOn,
    ReturnUndone,
    check_lines,
    the_line,
)
from mes.lots.rules import check_reason
from mes.lots.sample_rules import check_not_kept


def take_returns(
    work: Work,
    goods: Sequence[Goods],
    *,
    reason: str,
    reference: str | None = None,
    location: Location | None = None,
    note: str | None = None,
) -> CustomerReturn:
    """Goods come back from a customer (반품 입고), all or nothing: they are stock again, on hold until somebody has
    looked at them.

    Of a lot what came back is a lot of its own that stems from the shipped one; a piece with a serial number comes back
    as itself. The code of a box or pallet means all that left on it. They stand at ``location``, else in quarantine,
    else where they stood before. Raises ReasonNeeded, NothingCameBack, GoodsTwice, NeverShipped, AllBack,
    WhichShipment, MoreThanShipped, OtherCustomer, PlaceOutside, NotInUse, NotFound.
    """
    reason = check_reason(reason)
    now = codes_now(work.session, [one.code for one in goods])
    each = _each_lot(work, [_named(one, now) for one in goods])
    check_lines(each)
    place = location or return_queries.quarantine(work.session)
    if location is not None:
        check_in_use(location)
        if location.kind is LocationKind.OUTSIDE:
            raise PlaceOutside(field="location", place=location.name)
    lots = _lock(work, [one.code for one in each])
    chosen = _matched(work, each, lots)
    [customer] = {line.customer_id for _goods, line, _much in chosen}
    header = CustomerReturn(
        code=dated_code(work.session, "RT", this_production_day(work)),
        customer_id=customer,
        at=work.now,
        person=work.actor.name[:100],
        reason=reason,
        reference=reference,
        note=note,
    )
    work.add(header, "lots.customer_return", reason=reason)
    for one, line, quantity in chosen:
        _bring_back(work, header, one, line, lots[one.code], quantity, place)
    return header


def _named(one: Goods, now: Mapping[str, str]) -> Goods:
    return one._replace(code=now[as_written(one.code)], shipment=(one.shipment or "").strip().upper() or None)


def _each_lot(work: Work, goods: Sequence[Goods]) -> list[Goods]:
    """Boxes and pallets stand for the lots that left on them. Raises NothingCameBack."""
    units = unit_queries.units_by_code(work.session, [one.code for one in goods])
    each: list[Goods] = []
    for one in goods:
        unit = units.get(one.code)
        if unit is None:
            each.append(one)
            continue
        content = unit_queries.content_of(work.session, unit)
        away = return_queries.away_of(work.session, [packed.lot.id for packed in content.all_lots])
        gone = {lot for lot, lines in away.items() if any(line.left > 0 for line in lines)}
        each += [
            one._replace(code=packed.lot.code, quantity=None) for packed in content.all_lots if packed.lot.id in gone
        ]
    return each


def _lock(work: Work, codes: Sequence[str]) -> dict[str, Lot]:
    """The lots, locked after the shipments by which they had left, so that two returns of the same goods wait."""
    known = select(Movement.shipment_id).join(Lot, Lot.id == Movement.lot_id)
    known = known.where(Lot.code.in_(codes), Movement.kind == MovementKind.SHIP, Movement.reverses_id.is_(None))
    for ident in sorted({ident for ident in work.session.scalars(known) if ident}):
        work.lock(Shipment, ident)
    return {lot.code: lot for lot in lock_lots(work, codes)}


def _matched(work: Work, each: Sequence[Goods], lots: dict[str, Lot]) -> list[tuple[Goods, Away, Decimal]]:
    """For each of the goods the line by which it had left, all of one customer."""
    away = return_queries.away_of(work.session, [lot.id for lot in lots.values()])
    used: dict[int, Decimal] = {}
    found: list[tuple[Goods, Away, Decimal]] = []
    for one in each:
        lot = lots[one.code]
        mine = [
            line._replace(left=line.left - used.get(line.movement_id, Decimal(0)))
            for line in away.get(lot.id, ())
            if one.shipment is None or line.shipment == one.shipment
        ]
        line, quantity = the_line(lot.code, lot.item, mine, one.quantity)
        used[line.movement_id] = used.get(line.movement_id, Decimal(0)) + quantity
        if found and found[0][1].customer_id != line.customer_id:
            raise OtherCustomer(field="lines", lot=lot.code)
        found.append((one, line, quantity))
    return found


def _bring_back(
    work: Work, header: CustomerReturn, one: Goods, line: Away, lot: Lot, quantity: Decimal, place: Location | None
) -> None:
    """One line of the ledger, and where it is a lot of its own an edge from the shipped one."""
    itself = lot.item.tracking is Tracking.SERIAL
    back = lot if itself else like(work, lot, place)
    if not itself:
        back.trace_number = lot.trace_number
    kind = MovementKind.COME_BACK
    moved = move(
        work, back, kind, quantity, to=place or lot.location, shipment_id=line.shipment_id, reason=header.reason
    )
    if not itself:
        link(work, lot.id, back.id, EdgeKind.COME_BACK, quantity)
    work.session.flush()
    row = ReturnLine(
        return_id=header.id, shipped_id=line.movement_id, lot_id=lot.id, back_id=back.id, movement_id=moved.id,
        quantity=quantity, condition=one.condition,
    )  # fmt: skip
    work.session.add(row)
    said = {"return": header.code, "from": lot.code, "shipment": line.shipment, "quantity": quantity}
    work.record("lots.come_back", back, after=said | {"condition": one.condition}, reason=header.reason)
    why = _("Returned by the customer, to be inspected: %(reason)s", reason=header.reason)
    hold_lot(work, back.id, why, source=header.code)


def undo_return(work: Work, code: str, reason: str, lot: str | None = None) -> CustomerReturn:
    """Take a return, or the line of one ``lot`` of it, back by the opposite: it was a mistake. Both stay visible.

    Raises ReasonNeeded, NotFound, ReturnUndone, ReturnMovedOn, LotRetained.
    """
    reason = check_reason(reason)
    header = work.lock(CustomerReturn, return_queries.get_return(work.session, code).id)
    alone = None if lot is None else code_now(work.session, lot)
    lines = [
        one.line
        for one in return_queries.lines_of(work.session, header.id)
        if alone in (None, one.line.lot.code, one.line.back.code)
    ]
    if not lines:
        raise NotFound(what=_(N_("lot of this return")), code=lot or code)
    standing = [line for line in lines if line.undone_at is None]
    if not standing:
        raise ReturnUndone(code=header.code)
    backs = lock_by_id(work, {line.back_id for line in standing})
    for line in standing:
        _undo_line(work, header, line, backs[line.back_id], reason)
    return header


def _undo_line(work: Work, header: CustomerReturn, line: ReturnLine, back: Lot, reason: str) -> None:
    since = select(Movement.id).where(Movement.lot_id == back.id, Movement.id > line.movement_id)
    if work.session.scalar(since.where(Movement.quantity != Decimal(0)).limit(1)) is not None:
        raise ReturnMovedOn(lot=back.code)
    check_not_kept(back)
    take_back(work, work.session.get_one(Movement, line.movement_id), back, reason)
    edge = update(Edge).where(Edge.child_id == back.id, Edge.kind == EdgeKind.COME_BACK, ~Edge.undone)
    work.session.execute(edge.values(undone=True))
    line.undone_at, line.undone_by, line.undo_reason = work.now, work.actor.name[:100], reason
    work.session.flush()
    work.record("lots.undo_return", back, after={"return": header.code, "quantity": -line.quantity}, reason=reason)
    lift_holds_of(work, back.id, header.code, reason)


def check_not_back(work: Work, movements: Iterable[int]) -> None:
    """What customers brought back did leave. Raises CameBackAlready."""
    for lot, code in return_queries.returns_of_lines(work.session, list(movements)):
        raise CameBackAlready(lot=lot, code=code)
