"""The sum of a suspect's shares, from the ledger and without knowing how they were worked out."""

from collections import defaultdict
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.trace.shares import FINE
from mes.trace.sharing import Reached, held_by

#: By what a lot comes into being, goes into another one, or stays what it is; by all else it leaves for good.
STAYS = frozenset({
    MovementKind.RECEIVE, MovementKind.PRODUCE, MovementKind.SPLIT, MovementKind.MERGE, MovementKind.MOVE,
    MovementKind.COUNT, MovementKind.COME_BACK, MovementKind.RECOVER,
})  # fmt: skip


def adds_up(session: Session, suspect: int) -> None:
    """What is left of a suspect in every lot, what left with them, and what steps lost, is what there was of it; and
    the worst case is never less than the share nor more than the lot."""
    held = held_by(session, [suspect])
    content = held.contents[suspect].whole
    [item] = held.parts[suspect]
    total = sum((Fraction(lost.get(item, 0), FINE) for lost in held.lost.values()), Fraction(0))
    for lot, parts in held.parts.items():
        if item not in parts:
            continue
        part, mine = parts[item], held.contents[lot]
        assert 0 <= part.about <= part.at_most * FINE
        assert part.at_most <= content
        assert mine.measure != held.contents[suspect].measure or part.at_most <= mine.whole
        if part.about:
            total += Fraction(part.about, FINE) * ends_in(session, lot) / mine.whole
    total -= recovered(session, held, item)
    assert abs(total - content) < Fraction(1, 10**12), f"{float(total)} of {content}"


def ends_in(session: Session, lot: int) -> int:
    """How much of a lot, in millionths, is there or went anywhere but into another lot."""
    sums: dict[MovementKind, Fraction] = defaultdict(Fraction)
    query = select(Movement.kind, func.sum(Movement.quantity)).where(Movement.lot_id == lot).group_by(Movement.kind)
    for kind, much in session.execute(query):
        sums[kind] = Fraction(much)
    there = Fraction(session.scalar(select(Lot.on_hand).where(Lot.id == lot)) or 0)
    first = session.scalars(select(Movement).where(Movement.lot_id == lot).order_by(Movement.id).limit(1)).one()
    opened = Fraction(first.quantity) if first.kind is MovementKind.COUNT else Fraction(0)
    gone = -sum((much for kind, much in sums.items() if kind not in STAYS), Fraction(0))
    gone += max(Fraction(0), opened - sums[MovementKind.COUNT])
    if first.kind is not MovementKind.COME_BACK:  # a piece that came back as itself
        gone -= sums[MovementKind.COME_BACK]
    into = select(func.sum(Edge.quantity)).where(Edge.parent_id == lot, ~Edge.undone)
    back = Edge.kind.in_((EdgeKind.CONSUME, EdgeKind.COME_BACK))
    return int((there + gone - Fraction(session.scalar(into.where(back)) or 0)) * 10**6)


def recovered(session: Session, held: Reached, item: int) -> Fraction:
    """What is in parts that came out of machines: it went into the machine and is counted there, too."""
    query = select(Edge.parent_id, Edge.quantity).where(Edge.kind == EdgeKind.RECOVER, ~Edge.undone)
    total = Fraction(0)
    for parent, much in session.execute(query):
        part = held.parts.get(parent, {}).get(item)
        if part is not None:
            total += Fraction(part.about, FINE) * int(much * 10**6) / held.contents[parent].whole
    return total
