"""Use cases of taking a machine apart (분해), and of taking that back (decision 0026).

Nothing goes round in a circle: what comes out is a lot of its own, younger than the machine and than the lot that had
gone in, and stems from both.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select, update

from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.types import NOTHING
from mes.core.work import Work
from mes.equipment.models import Location
from mes.equipment.rules import check_in_use
from mes.lots import dismantle_queries, queries
from mes.lots.code_queries import as_written, codes_now
from mes.lots.dismantle_models import DismantledPart, Dismantling, PartOutcome
from mes.lots.dismantle_rules import PartMovedOn, PutTogetherAlready, TakenOut, the_rest
from mes.lots.holding import hold_lot, lift_hold
from mes.lots.ledger import like, link_all, lock_by_id, lock_lot, move, take_back
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.lots.rules import LotEmpty, check_reason
from mes.lots.sample_rules import check_not_kept


def dismantle(
    work: Work, code: str, parts: Sequence[TakenOut], *, reason: str, location: Location | None = None
) -> Dismantling:
    """Take a piece with a serial number apart: it is used up, and its parts are stock again, on hold or thrown away.

    What is not named could not be recovered. The holds of the machine lie on its parts, too, until somebody lifts them.
    Parts stand at ``location``, else where the machine stood. Raises ReasonNeeded, NotFound, LotEmpty, NothingInside,
    NotInside, MoreThanInside, NotInUse.
    """
    reason = check_reason(reason)
    if location is not None:
        check_in_use(location)
    machine = lock_lot(work, code)
    check_not_kept(machine)
    if machine.on_hand <= 0:
        raise LotEmpty(lot=machine.code, who=queries.last_taker(work.session, machine.id))
    inside = dismantle_queries.inside_of(work.session, machine)
    now = codes_now(work.session, [one.code for one in parts])
    named = [one._replace(code=now[as_written(one.code)]) for one in parts]
    rest = the_rest(machine, inside, named)
    place = location or machine.location
    line = move(work, machine, MovementKind.DISMANTLE, -machine.on_hand, reason=reason)
    work.session.flush()
    header = Dismantling(
        code=dated_code(work.session, "DM", this_production_day(work)), lot_id=machine.id, movement_id=line.id,
        at=work.now, person=work.actor.name[:100], reason=reason,
    )  # fmt: skip
    work.session.add(header)
    work.session.flush()
    lots = {one.lot.code: one.lot for one in inside}
    lost = [TakenOut(one, much, PartOutcome.LOST) for one, much in rest.items()]
    out = [_take_out(work, header, machine, lots[one.code], one, place) for one in [*named, *lost]]
    told = {"dismantling": header.code, "parts": [lot.code for lot in out if lot]}
    work.record("lots.dismantle", machine, after=told, reason=reason)
    return header


def _take_out(
    work: Work, header: Dismantling, machine: Lot, source: Lot, one: TakenOut, place: Location | None
) -> Lot | None:
    """One part as a lot of its own; None for what could not be recovered."""
    part = None if one.outcome is PartOutcome.LOST else _part(work, machine, source, one.quantity, place, header)
    row = DismantledPart(
        dismantling_id=header.id, source_id=source.id, lot_id=part.id if part else None, quantity=one.quantity,
        outcome=one.outcome, note=one.note,
    )  # fmt: skip
    work.session.add(row)
    if part is None:
        return None
    said = {"from": machine.code, "was": source.code, "quantity": one.quantity, "outcome": one.outcome}
    work.record("lots.recover", part, after=said, reason=one.note or header.reason)
    if one.outcome is not PartOutcome.SCRAP:
        for hold in queries.open_holds(work.session, [machine.id]):
            hold_lot(work, part.id, hold.reason, source=hold.source)
    if one.outcome is PartOutcome.HOLD:
        hold_lot(work, part.id, one.note or header.reason, source=header.code)
    if one.outcome is PartOutcome.SCRAP:
        move(work, part, MovementKind.SCRAP, -one.quantity, reason=one.note or header.reason)
        work.record("lots.scrap", part, after={"quantity": one.quantity}, reason=one.note or header.reason)
    return part


def _part(work: Work, machine: Lot, source: Lot, quantity: Decimal, place: Location | None, header: Dismantling) -> Lot:
    """It stems from the lot that had gone in, with its quantity, and from the machine it was in."""
    part = like(work, source, place)
    part.trace_number = source.trace_number
    move(work, part, MovementKind.RECOVER, quantity, to=place, reason=header.reason)
    recovered = {"parent_id": source.id, "child_id": part.id, "kind": EdgeKind.RECOVER, "quantity": quantity}
    was_in = {"parent_id": machine.id, "child_id": part.id, "kind": EdgeKind.DISMANTLE, "quantity": Decimal(0)}
    link_all(work, [recovered, was_in])
    return part


def undo_dismantling(work: Work, code: str, reason: str) -> Dismantling:
    """It was a mistake: the machine is whole again, by opposite lines; both stay visible.

    Raises ReasonNeeded, NotFound, PutTogetherAlready, PartMovedOn, LotRetained.
    """
    reason = check_reason(reason)
    header = work.lock(Dismantling, dismantle_queries.get_dismantling(work.session, code).id)
    if header.undone_at is not None:
        raise PutTogetherAlready(code=header.code)
    parts = [part for part in dismantle_queries.parts_of(work.session, header.id) if part.lot_id is not None]
    locked = lock_by_id(work, {header.lot_id, *(part.lot_id for part in parts if part.lot_id)})
    for part in parts:
        lot = locked[part.lot_id or 0]
        lines = work.session.scalars(
            select(Movement).where(Movement.lot_id == lot.id, Movement.quantity != NOTHING).order_by(Movement.id.desc())
        ).all()
        if len(lines) != (2 if part.outcome is PartOutcome.SCRAP else 1):
            raise PartMovedOn(part=lot.code)
        check_not_kept(lot)
        for line in lines:  # the newest first
            take_back(work, line, lot, reason)
        for hold in queries.open_holds(work.session, [lot.id]):
            if hold.placed_at == header.at:
                lift_hold(work, hold.id, reason)
    gone = (Edge.child_id.in_([part.lot_id for part in parts]), ~Edge.undone)
    work.session.execute(update(Edge).where(*gone).values(undone=True))
    machine = locked[header.lot_id]
    take_back(work, work.session.get_one(Movement, header.movement_id), machine, reason)
    header.undone_at, header.undone_by, header.undo_reason = work.now, work.actor.name[:100], reason
    work.session.flush()
    work.record("lots.undo_dismantle", machine, after={"dismantling": header.code}, reason=reason)
    return header
