"""Reads about what came back from customers."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.chunks import among
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.equipment.models import Location, LocationKind
from mes.lots.models import Lot, Movement, Shipment
from mes.lots.queries import away
from mes.lots.return_models import CustomerReturn, ReturnLine
from mes.lots.return_rules import Away

ZERO = Decimal(0)


def stands() -> ColumnElement[bool]:
    """Of lines of returns: that they were not undone."""
    return ReturnLine.undone_at.is_(None)


def came_back() -> ScalarSelect[Decimal]:
    """Of a line of a shipment: how much of it came back since."""
    total = select(func.coalesce(func.sum(ReturnLine.quantity), ZERO)).where(
        ReturnLine.shipped_id == Movement.id, stands()
    )
    return total.correlate(Movement).scalar_subquery()


def _away(session: Session, lot_ids: Collection[int]) -> Select[Any]:
    columns = (Movement.id, Shipment.id, Shipment.code, Shipment.customer_id, Movement.lot_id, -Movement.quantity)
    query: Any = select(*columns, came_back()).join(Shipment, Shipment.id == Movement.shipment_id)
    return query.where(among(session, Movement.lot_id, lot_ids), *away()).order_by(Movement.id)  # type: ignore[no-any-return]


def away_of(session: Session, lot_ids: Collection[int], shipment: str | None = None) -> dict[int, list[Away]]:
    """By lot: the lines by which it left for customers, with what is still away of each; one statement."""
    found: dict[int, list[Away]] = {}
    rows: Iterable[Any] = session.execute(_away(session, lot_ids))
    for movement, shipment_id, code, customer, lot, much, back in rows:
        one = Away(movement, shipment_id, code, customer, lot, much, much - back)
        if shipment is None or one.shipment == shipment:
            found.setdefault(one.lot_id, []).append(one)
    return found


def still_away(session: Session, lot_id: int) -> Decimal:
    """How much of a lot customers have."""
    return sum((one.left for one in away_of(session, [lot_id]).get(lot_id, ())), ZERO)


def away_on(session: Session, shipment_id: int) -> list[tuple[Lot, Decimal]]:
    """The lots of a shipment of which something is still away, and how much."""
    query = select(Lot, -Movement.quantity, came_back()).join(Movement, Movement.lot_id == Lot.id)
    query = query.where(Movement.shipment_id == shipment_id, *away()).options(joinedload(Lot.item))
    rows = [(lot, much - back) for lot, much, back in session.execute(query.order_by(Movement.id))]
    return [(lot, left) for lot, left in rows if left > 0]


class Back(NamedTuple):
    """One line of a return, with the return and the shipment."""

    line: ReturnLine
    header: CustomerReturn
    shipment: str


def _lines() -> Select[Any]:
    names = (
        joinedload(ReturnLine.lot).joinedload(Lot.item),
        joinedload(ReturnLine.back).options(joinedload(Lot.item), joinedload(Lot.location)),
    )
    query: Any = select(ReturnLine, CustomerReturn, Shipment.code).options(*names)
    query = query.join(CustomerReturn, CustomerReturn.id == ReturnLine.return_id)
    query = query.join(Movement, Movement.id == ReturnLine.shipped_id)
    query = query.join(Shipment, Shipment.id == Movement.shipment_id)
    return query.options(joinedload(CustomerReturn.customer)).order_by(ReturnLine.id)  # type: ignore[no-any-return]


def lines_of(session: Session, return_id: int) -> list[Back]:
    """What came back with one return, what was undone too."""
    return [Back(*row) for row in session.execute(_lines().where(ReturnLine.return_id == return_id))]


def returns_of(session: Session, lot_id: int) -> list[Back]:
    """The returns of a lot, and the one by which it came, if it is what came back."""
    either = or_(ReturnLine.lot_id == lot_id, ReturnLine.back_id == lot_id)
    return [Back(*row) for row in session.execute(_lines().where(either))]


def back_of_shipment(session: Session, shipment_id: int) -> dict[int, Decimal]:
    """By line of a shipment: how much of it came back."""
    query = select(ReturnLine.shipped_id, func.sum(ReturnLine.quantity)).where(stands())
    query = query.join(Movement, Movement.id == ReturnLine.shipped_id).where(Movement.shipment_id == shipment_id)
    return dict(session.execute(query.group_by(ReturnLine.shipped_id)).all())


def returns_of_lines(session: Session, movement_ids: Collection[int]) -> Sequence[tuple[str, str]]:
    """The lot and the return of each standing line that brought some of these shipped lines back."""
    query = select(Lot.code, CustomerReturn.code).select_from(ReturnLine).join(Lot, Lot.id == ReturnLine.lot_id)
    query = query.join(CustomerReturn, CustomerReturn.id == ReturnLine.return_id)
    query = query.where(ReturnLine.shipped_id.in_(movement_ids), stands()).order_by(ReturnLine.id)
    return [(lot, code) for lot, code in session.execute(query)]


def get_return(session: Session, code: str) -> CustomerReturn:
    """A return by code, with its customer. Raises NotFound."""
    query = select(CustomerReturn).options(joinedload(CustomerReturn.customer))
    found = session.scalar(query.where(CustomerReturn.code == code.strip().upper()))
    if found is None:
        raise NotFound(what=_(N_("customer return")), code=code)
    return found


def page_of_returns(session: Session, after: str | None = None, size: int = 30) -> Slice[CustomerReturn]:
    """Returns, newest first."""
    query = select(CustomerReturn).options(joinedload(CustomerReturn.customer))
    return keyset(session, query, CustomerReturn.id, after=after, size=size, newest_first=True)


def quarantine(session: Session) -> Location | None:
    """The place where what came back waits, unless another one is named."""
    query = select(Location).where(Location.kind == LocationKind.QUARANTINE, Location.active).order_by(Location.id)
    return session.scalars(query.limit(1)).first()
