"""Reads about lots."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import CTE, BindParameter, ColumnElement, Date, Select, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.errors import NotFound
from mes.core.fetch import fetch
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.core.sending import BY_KEY
from mes.core.types import NOTHING
from mes.equipment.models import Location
from mes.lots.code_queries import as_written, bearers, each_once, named
from mes.lots.models import Edge, Hold, Lot, LotStatus, Movement, MovementKind, Receipt, Shipment
from mes.lots.walks import downwards, upwards
from mes.people.models import Person

#: Written out, not handed over as a value: only so SQLite knows that an index of just these lots will do.
HELD = Lot.holds > literal_column("0")
AWAITS_INSPECTION = Lot.status == literal_column(f"'{LotStatus.INSPECTION.value}'")
WITH_NAMES = (joinedload(Lot.item), joinedload(Lot.location), joinedload(Lot.supplier))


def find_lot(session: Session, code: str) -> Lot | None:
    """A lot by code (without case), or by one it bore before, with its item, place and supplier."""
    query, wanted = select(Lot).options(*WITH_NAMES), as_written(code)
    found = session.scalar(query.where(Lot.code == wanted))
    return found or session.scalar(query.where(Lot.id == bearers(session, [wanted]).get(wanted, 0)))


def get_lot(session: Session, code: str) -> Lot:
    """A lot by code. Raises NotFound."""
    found = find_lot(session, code)
    if found is None:
        raise NotFound(what=_(N_("lot")), code=code)
    return found


def lots_of_supplier_lot(session: Session, supplier_lot: str) -> list[Lot]:
    """Lots received under a supplier's own number; it may come from several suppliers."""
    query = select(Lot).options(*WITH_NAMES).where(Lot.supplier_lot == supplier_lot).order_by(Lot.id)
    return list(session.scalars(query))


def lots_of_receipt(session: Session, receipt_id: int) -> list[Lot]:
    """Lots that came in together."""
    return list(session.scalars(select(Lot).options(*WITH_NAMES).where(Lot.receipt_id == receipt_id).order_by(Lot.id)))


def open_holds(session: Session, lot_ids: Iterable[int]) -> list[Hold]:
    """Holds that are not lifted."""
    query = select(Hold).where(Hold.lot_id.in_(list(lot_ids)), Hold.lifted_at.is_(None))
    return list(session.scalars(query.order_by(Hold.id)))


def holds_of(session: Session, lot_id: int) -> list[Hold]:
    """All holds of a lot, newest first."""
    return list(session.scalars(select(Hold).where(Hold.lot_id == lot_id).order_by(Hold.id.desc())))


class LedgerLine(NamedTuple):
    """A movement with the names a person wants to read, and the balance after it."""

    movement: Movement
    person: str | None
    reversed: bool


def ledger(session: Session, lot_id: int) -> list[LedgerLine]:
    """Everything that happened to a lot's quantity, in order."""
    undo = select(Movement.reverses_id).where(Movement.lot_id == lot_id, Movement.reverses_id.is_not(None))
    undone = set(session.scalars(undo))
    query = select(Movement, Person.name).outerjoin(Person, Person.id == Movement.person_id)
    query = query.where(Movement.lot_id == lot_id).order_by(Movement.id)
    return [LedgerLine(move, name, move.id in undone) for move, name in session.execute(query)]


class Chapter(NamedTuple):
    """A part of a lot's life: all movements of one kind that stand, with when it began."""

    kind: MovementKind
    quantity: Decimal
    at: datetime
    times: int


def life(lines: Sequence[LedgerLine]) -> list[Chapter]:
    """A lot's line of life (received, used, shipped ...), in the order in which each began."""
    standing = [line.movement for line in lines if not line.reversed and line.movement.reverses_id is None]
    kinds = dict.fromkeys(move.kind for move in standing)
    chapters = []
    for kind in kinds:
        moves = [move for move in standing if move.kind is kind]
        chapters.append(Chapter(kind, sum((abs(m.quantity) for m in moves), Decimal(0)), moves[0].at, len(moves)))
    return chapters


def last_taker(session: Session, lot_id: int) -> str | None:
    """Who last took something from a lot."""
    query = (
        select(Person.name)
        .join(Movement, Movement.person_id == Person.id)
        .where(Movement.lot_id == lot_id, Movement.quantity < 0)
        .order_by(Movement.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def last_change(session: Session, lot_id: int) -> Movement | None:
    """The line of the ledger that last took from a lot or gave back to it; a count, or a receipt that was entered
    afterwards, says nothing of where it is."""
    counted = (MovementKind.COUNT, MovementKind.RECEIVE)
    query = select(Movement).where(Movement.lot_id == lot_id, Movement.quantity != 0, Movement.kind.not_in(counted))
    return session.scalar(query.order_by(Movement.id.desc()).limit(1))


def first_out(
    session: Session, item_ids: Collection[int], today: date, places: Collection[int] = (), skip: int = 0
) -> list[Lot]:
    """The next fifty usable lots of the items in the order in which they should be used (FEFO, then FIFO)."""
    query = usable(today).where(Lot.item_id.in_(item_ids))
    if places:
        query = query.where(Lot.location_id.in_(places))
    last = func.coalesce(Lot.expires_on, date(9999, 12, 31))
    return list(session.scalars(query.order_by(last, Lot.made_on, Lot.id).offset(skip).limit(50)))


class FirstOut(NamedTuple):
    """The lot of an item that should be used first."""

    item_id: int
    id: int
    code: str
    expires_on: date | None
    made_on: date


def _free(today: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """Written out, too: SQLite compiles anew at each run what compares a value with the column of a partial index."""
    return (
        Lot.on_hand > NOTHING,
        Lot.holds == NOTHING,
        Lot.status == literal_column(f"'{LotStatus.AVAILABLE.value}'"),
        or_(Lot.expires_on.is_(None), Lot.expires_on >= today),
    )


def _first_of_each() -> Select[int, int, str, date | None, date]:
    columns = (Lot.item_id, Lot.id, Lot.code, Lot.expires_on, Lot.made_on)
    order = (func.coalesce(Lot.expires_on, date(9999, 12, 31)), Lot.made_on, Lot.id)
    place = func.row_number().over(partition_by=Lot.item_id, order_by=order).label("place")
    wanted = Lot.item_id.in_(bindparam("item_ids", expanding=True))
    ranked = select(*columns, place).where(wanted, *_free(bindparam("today", type_=Date))).subquery()
    return select(*[ranked.c[column.key] for column in columns]).where(ranked.c.place == 1).execution_options(**BY_KEY)


FIRST_OF_EACH = _first_of_each()


def first_of_each(session: Session, item_ids: Collection[int], today: date) -> dict[int, FirstOut]:
    """For each item the lot that should be used first (FEFO, then FIFO), by one statement."""
    found = fetch(session, FIRST_OF_EACH, item_ids=list(item_ids), today=today)
    return {row[0]: FirstOut(*row) for row in found}


def stems_from(session: Session, lot_id: int, origin_id: int) -> bool:
    """Whether a lot was made, by any way, from another one."""
    origins = upwards(select(Edge.parent_id).where(Edge.child_id == lot_id, ~Edge.undone), "origins")
    return session.scalar(select(origins.c.id).where(origins.c.id == origin_id).limit(1)) is not None


def usable(today: date) -> Select[Lot]:
    """Lots that nothing forbids to use."""
    return select(Lot).options(*WITH_NAMES).where(*_free(today))


def get_receipt(session: Session, code: str) -> Receipt:
    """A receipt by code, with its supplier. Raises NotFound."""
    found = session.scalar(select(Receipt).options(joinedload(Receipt.supplier)).where(Receipt.code == code.upper()))
    if found is None:
        raise NotFound(what=_(N_("receipt")), code=code)
    return found


def get_shipment(session: Session, code: str) -> Shipment:
    """A shipment by code, with its customer. Raises NotFound."""
    query = select(Shipment).options(joinedload(Shipment.customer)).where(Shipment.code == code.upper())
    found = session.scalar(query)
    if found is None:
        raise NotFound(what=_(N_("shipment")), code=code)
    return found


class ShippedLine(NamedTuple):
    """A lot that a shipment carried; ``back`` is the line that took it back, with ``who`` did so."""

    movement: Movement
    lot: Lot
    back: Movement | None
    who: str | None

    @property
    def undone(self) -> bool:
        """Whether it no longer counts as shipped."""
        return self.back is not None


def standing() -> tuple[ColumnElement[bool], ...]:
    """Of ledger lines: that they were not taken back, and do not take one back."""
    back = aliased(Movement)
    return Movement.reverses_id.is_(None), ~select(back.id).where(back.reverses_id == Movement.id).exists()


def away() -> tuple[ColumnElement[bool], ...]:
    """Of ledger lines: that by them something left for a customer and is still away."""
    return Movement.kind == MovementKind.SHIP, *standing()


def shipped_lots(session: Session, shipment_id: int) -> list[ShippedLine]:
    """What a shipment carried, what was taken back too."""
    back = aliased(Movement)
    query = (
        select(Movement, Lot, back, Person.name)
        .join(Lot, Lot.id == Movement.lot_id)
        .outerjoin(back, back.reverses_id == Movement.id)
        .outerjoin(Person, Person.id == back.person_id)
        .options(joinedload(Lot.item))
        .where(Movement.shipment_id == shipment_id, Movement.kind == MovementKind.SHIP)
        .where(Movement.reverses_id.is_(None))
    )
    return [ShippedLine(*row) for row in session.execute(query.order_by(Movement.id))]


def _origins(lot_ids: Collection[int]) -> CTE:
    return upwards(select(Lot.id).where(Lot.id.in_(lot_ids)), "origins", parted=True)


def origins_of(session: Session, lot_id: int) -> list[int]:
    """The lot itself and those it was split from or poured together of, by any way."""
    return list(session.scalars(select(_origins([lot_id]).c.id)))


def kin(session: Session, lot_ids: Collection[int]) -> list[Lot]:
    """Lots that were split from lots or poured together with them, by any way, with something left and not held."""
    related = downwards(select(_origins(lot_ids).c.id), "related", parted=True)
    query = select(Lot).options(*WITH_NAMES).where(Lot.id.in_(select(related.c.id)), Lot.id.not_in(lot_ids))
    free = (Lot.on_hand > Decimal(0), Lot.holds == 0, Lot.status != LotStatus.REJECTED)
    return list(session.scalars(query.where(*free).order_by(Lot.id)))


def ids_of(session: Session, codes: Collection[str]) -> list[int]:
    """The ids of lots by code (a lot named twice twice). Raises NotFound naming the first that is not there."""
    wanted = each_once(codes)
    found = dict(session.execute(select(Lot.code, Lot.id).where(Lot.code.in_(wanted))).all())
    found |= bearers(session, [code for code in wanted if code not in found])
    for code in wanted:
        if code not in found:
            raise NotFound(what=_(N_("lot")), code=code)
    return [found[code] for code in wanted]


def get_hold(session: Session, code: str, hold_id: str) -> Hold:
    """A hold of a lot, by its number. Raises NotFound."""
    query = select(Hold).join(Lot, Lot.id == Hold.lot_id).where(named([as_written(code)]))
    found = session.scalar(query.where(Hold.id == int(hold_id))) if hold_id.isdecimal() and len(hold_id) < 19 else None
    if found is None:
        raise NotFound(what=_("hold"), code=hold_id)
    return found


def receipt_code(session: Session, receipt_id: int | None) -> str:
    """The code of a receipt."""
    return session.scalars(select(Receipt.code).where(Receipt.id == receipt_id)).one()


def place_names(session: Session) -> dict[int, Location]:
    """All places by id, for the lines of a ledger."""
    return {place.id: place for place in session.scalars(select(Location))}


def page_of_shipments(session: Session, after: str | None = None) -> Slice[Shipment]:
    """Shipments, newest first."""
    query = select(Shipment).options(joinedload(Shipment.customer))
    return keyset(session, query, Shipment.id, after=after, newest_first=True)
