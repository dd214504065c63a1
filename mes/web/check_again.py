"""``mes check`` on what is here again: from customers never more than had left, out of machines than had gone in."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from mes.core.i18n import N_
from mes.lots.dismantle_models import DismantledPart, Dismantling
from mes.lots.dismantle_queries import lives_of
from mes.lots.dismantle_queries import stands as not_undone
from mes.lots.models import Edge, EdgeKind, Lot, Movement
from mes.lots.return_models import ReturnLine
from mes.lots.return_queries import stands

#: Pairs of machines and parts that are looked at.
MOST_PARTS = 100_000
Found = tuple[str, dict[str, object]]


def faults(session: Session, most: int) -> Iterator[Found]:
    """Everything that is wrong with what is here again: msgids with their values, so many of each kind."""
    yield from _returns(session, most)
    yield from islice(_parts(session), most)


def _returns(session: Session, most: int) -> Iterator[Found]:
    total = func.sum(ReturnLine.quantity)
    more = select(Lot.code, -Movement.quantity, total).join(Movement, Movement.lot_id == Lot.id)
    more = more.join(ReturnLine, ReturnLine.shipped_id == Movement.id).where(stands())
    for lot, left, came in session.execute(more.group_by(Movement.id, Lot.code).having(total > -Movement.quantity)):
        yield N_("Of lot %(lot)s %(left)s left, but %(came)s came back."), {"lot": lot, "left": left, "came": came}
    back = aliased(Lot)
    edge = (Edge.parent_id == ReturnLine.lot_id, Edge.child_id == ReturnLine.back_id, ~Edge.undone)
    linked = select(Edge.id).where(*edge, Edge.kind == EdgeKind.COME_BACK, Edge.quantity == ReturnLine.quantity)
    lost = select(Lot.code, back.code).select_from(ReturnLine).join(Lot, Lot.id == ReturnLine.lot_id)
    lost = lost.join(back, back.id == ReturnLine.back_id).where(ReturnLine.lot_id != ReturnLine.back_id)
    for lot, came_as in session.execute(lost.where(stands(), ~linked.exists()).limit(most)):
        message = N_("Lot %(back)s came back from a customer, but the genealogy does not lead to it from lot %(lot)s.")
        yield message, {"lot": lot, "back": came_as}


def _parts(session: Session) -> Iterator[Found]:
    """No more came out of a machine than had gone in."""
    pair = (Dismantling.lot_id, DismantledPart.source_id)
    rows = select(*pair, func.sum(DismantledPart.quantity)).group_by(*pair)
    rows = rows.join(DismantledPart, DismantledPart.dismantling_id == Dismantling.id).where(not_undone())
    for machine_id, source_id, out in session.execute(rows.limit(MOST_PARTS)):
        lives = lives_of(session, machine_id)
        went = select(func.sum(Edge.quantity)).where(Edge.child_id.in_(lives), Edge.parent_id == source_id)
        much = session.scalar(went.where(Edge.kind == EdgeKind.CONSUME, ~Edge.undone)) or 0
        if out > much:
            codes = [session.get_one(Lot, ident).code for ident in (machine_id, source_id)]
            message = N_("Of lot %(part)s %(much)s went into %(lot)s, but %(out)s came out of it.")
            yield message, {"lot": codes[0], "part": codes[1], "much": much, "out": out}
