"""What the ledger says about suspects and all that was split off or poured together of them; nine statements."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from mes.core.chunks import among
from mes.items.models import Item
from mes.lots.dismantle_queries import came_out
from mes.lots.models import Edge, EdgeKind, Hold, Lot, LotStatus, Movement, MovementKind
from mes.lots.return_models import CustomerReturn, ReturnLine
from mes.lots.return_queries import stands
from mes.lots.walks import PARTED, downwards
from mes.orders.models import OrderState, WorkOrder
from mes.people.models import Person
from mes.recall.balance import Book, Family, Parting
from mes.trace.details import called

ZERO = Decimal(0)
#: What such an order took and no lot got went into what it scrapped.
FINISHED = frozenset({OrderState.COMPLETED, OrderState.CLOSED, OrderState.CANCELLED})
ORIGINS = (MovementKind.RECEIVE, MovementKind.PRODUCE)
#: Kinds of ledger lines that take material out of a lot, and what they are in its book.
FATES = {
    MovementKind.CONSUME: "consumed",
    MovementKind.SCRAP: "scrapped",
    MovementKind.RETURN: "returned",
    MovementKind.SHIP: "shipped",
    MovementKind.COUNT: "counted",
    MovementKind.DISMANTLE: "apart",
    MovementKind.TEST: "tested",
}


class Counted(NamedTuple):
    """A count that changed a lot: so much less (or, below zero, more) was there."""

    lot_id: int
    lot: str
    quantity: Decimal
    at: datetime
    who: str | None
    reason: str | None


class InProcess(NamedTuple):
    """Material that an order has taken and that is in no lot yet."""

    lot_id: int
    lot: str
    order: str
    quantity: Decimal
    #: The item in the reader's language, and its unit.
    name: str
    unit: str


def family_of(session: Session, suspects: Collection[int]) -> tuple[Family, list[Counted]]:
    """The books of suspects and of all lots that were divided from them, and the counts that changed those."""
    walk = downwards(select(Lot.id).where(among(session, Lot.id, suspects)), "family", parted=True)
    stock = select(Lot.id, Lot.on_hand, Lot.status).where(Lot.id.in_(select(walk.c.id)))
    kept = LotStatus.RETAINED
    books = {
        lot: Book(retained=much) if status is kept else Book(stock=much) for lot, much, status in session.execute(stock)
    }
    lots = sorted(books)
    opening = _openings(session, lots)
    sums = select(Movement.lot_id, Movement.kind, func.sum(Movement.quantity))
    sums = sums.where(among(session, Movement.lot_id, lots)).group_by(Movement.lot_id, Movement.kind)
    for lot, kind, quantity in session.execute(sums):
        if kind in ORIGINS:
            books[lot] = replace(books[lot], origin=books[lot].origin + quantity)
        elif kind in FATES:
            books[lot] = replace(books[lot], **{FATES[kind]: -quantity})
    for lot, (_ident, quantity) in opening.items():
        book = books[lot]
        books[lot] = replace(book, origin=book.origin + quantity, counted=book.counted + quantity)
    for lot, (drawn, lost) in _taken(session, lots).items():
        books[lot] = replace(books[lot], drawn=drawn, lost=lost)
    for lot, (out, gone) in came_out(session, lots).items():  # what machines were made of and are no longer
        book = books[lot]
        books[lot] = replace(book, consumed=book.consumed - out, drawn=book.drawn - out - gone, lost=book.lost + gone)
    for lot, quantity in _came_back(session, lots):
        books[lot] = replace(books[lot], shipped=books[lot].shipped - quantity, came_back=quantity)
    for lot in _held_back(session, lots):
        books[lot] = replace(books[lot], stock=ZERO, back=books[lot].stock)
    edges = select(Edge.parent_id, Edge.child_id, Edge.quantity).where(among(session, Edge.child_id, lots))
    partings = [Parting(*row) for row in session.execute(edges.where(PARTED, ~Edge.undone).order_by(Edge.id))]
    return Family(books, partings), _counts(session, lots, {ident for ident, _quantity in opening.values()})


def _openings(session: Session, lots: Collection[int]) -> dict[int, tuple[int, Decimal]]:
    """Lots that began with a count: what was there when the books were opened is what was received."""
    first = select(func.min(Movement.id)).where(among(session, Movement.lot_id, lots)).group_by(Movement.lot_id)
    query = select(Movement.lot_id, Movement.id, Movement.quantity).where(Movement.id.in_(first))
    query = query.where(Movement.kind == MovementKind.COUNT, Movement.quantity > ZERO)
    return {lot: (ident, quantity) for lot, ident, quantity in session.execute(query)}


def _came_back(session: Session, lots: Collection[int]) -> list[tuple[int, Decimal]]:
    """What customers brought back of each lot."""
    query = select(ReturnLine.lot_id, func.sum(ReturnLine.quantity)).where(stands())
    query = query.where(among(session, ReturnLine.lot_id, lots)).group_by(ReturnLine.lot_id)
    return [(lot, quantity) for lot, quantity in session.execute(query)]


def _held_back(session: Session, lots: Collection[int]) -> set[int]:
    """Lots that are held because they, or what they were divided from, came back from a customer."""
    query = select(Hold.lot_id).join(CustomerReturn, CustomerReturn.code == Hold.source)
    query = query.where(among(session, Hold.lot_id, lots), Hold.lifted_at.is_(None))
    return set(session.scalars(query))


def _drawn(session: Session, lots: Collection[int]) -> dict[tuple[int, int | None], Decimal]:
    """What made lots drew of each lot, by the order that took it."""
    edges = select(Edge.parent_id, Movement.order_id, func.sum(Edge.quantity))
    edges = edges.outerjoin(Movement, Movement.id == Edge.movement_id).where(among(session, Edge.parent_id, lots))
    edges = edges.where(Edge.kind == EdgeKind.CONSUME, ~Edge.undone).group_by(Edge.parent_id, Movement.order_id)
    return {(lot, order): quantity for lot, order, quantity in session.execute(edges)}


def _consumption(session: Session, lots: Collection[int], *more: Any) -> Select[Any]:
    """What each order took of each lot; ``more`` says what else is told of both."""
    query = select(Movement.lot_id, Movement.order_id, WorkOrder.state, -func.sum(Movement.quantity), *more)
    query = query.join(WorkOrder, WorkOrder.id == Movement.order_id).where(Movement.kind == MovementKind.CONSUME)
    query = query.where(among(session, Movement.lot_id, lots))
    return query.group_by(Movement.lot_id, Movement.order_id, WorkOrder.state, *more)


def _taken(session: Session, lots: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Of what was consumed: what made lots drew, and what finished orders took beyond that."""
    drawn = _drawn(session, lots)
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for (lot, _order), quantity in drawn.items():
        found[lot] = (found.get(lot, (ZERO, ZERO))[0] + quantity, ZERO)
    for lot, order, state, quantity in session.execute(_consumption(session, lots)):
        if state in FINISHED:
            before = found.get(lot, (ZERO, ZERO))
            found[lot] = (before[0], before[1] + quantity - drawn.get((lot, order), ZERO))
    return found


def _counts(session: Session, lots: Collection[int], openings: Collection[int]) -> list[Counted]:
    query = (
        select(Movement.id, Movement.lot_id, Lot.code, -Movement.quantity, Movement.at, Person.name, Movement.reason)
        .join(Lot, Lot.id == Movement.lot_id)
        .outerjoin(Person, Person.id == Movement.person_id)
        .where(among(session, Movement.lot_id, lots), Movement.kind == MovementKind.COUNT)
        .order_by(Movement.id)
    )
    return [Counted(*row[1:]) for row in session.execute(query) if row[0] not in openings]


def in_process(session: Session, lots: Collection[int]) -> list[InProcess]:
    """What open orders have taken of these lots and is in no lot yet; two statements."""
    drawn = _drawn(session, lots)
    query = _consumption(session, lots, Lot.code, WorkOrder.code, called(Item), Item.unit)
    query = query.join(Lot, Lot.id == Movement.lot_id).join(Item, Item.id == Lot.item_id)
    query = query.where(WorkOrder.state.not_in(FINISHED)).order_by(WorkOrder.code, Lot.code)
    found = []
    for lot, order, _state, taken, *told in session.execute(query):
        left = taken - drawn.get((lot, order), ZERO)
        if left > ZERO:
            found.append(InProcess(lot, told[0], told[1], left, told[2], told[3]))
    return found
