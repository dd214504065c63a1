"""Reads of stock counts: the list, the progress, one place to count, and all differences."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.core.types import NOTHING
from mes.equipment.models import Location
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.queries import WITH_NAMES
from mes.warehouse.count_models import CountedPlace, CountEntry, CountLine, CountState, StockCount
from mes.warehouse.count_rules import Finding, seen_by

WITH_LOT = joinedload(CountLine.lot).options(*WITH_NAMES)


def get_count(session: Session, code: str) -> StockCount:
    """A count by its code. Raises NotFound."""
    found = session.scalar(select(StockCount).where(StockCount.code == code.strip().upper()))
    if found is None:
        raise NotFound(what=_(N_("stock count")), code=code)
    return found


class Progress(NamedTuple):
    """How far a count is."""

    lots: int
    counted: int
    places: int
    finished: int


class Listed(NamedTuple):
    """A count with its progress, as a list shows it."""

    stock_count: StockCount
    progress: Progress


def progress_of(session: Session, ids: Collection[int]) -> dict[int, Progress]:
    """How far counts are, by two statements."""
    lots = select(CountLine.count_id, func.count(), func.count(CountLine.entry_id))
    by_lots = {row[0]: row[1:] for row in session.execute(lots.where(CountLine.count_id.in_(ids)).group_by(CountLine.count_id))}  # fmt: skip  # noqa: E501
    places = select(CountedPlace.count_id, func.count(), func.count(CountedPlace.finished_at))
    chosen = places.where(CountedPlace.count_id.in_(ids)).group_by(CountedPlace.count_id)
    by_places = {row[0]: row[1:] for row in session.execute(chosen)}
    return {one: Progress(*by_lots.get(one, (0, 0)), *by_places.get(one, (0, 0))) for one in ids}


def page_of_counts(session: Session, after: str | None = None, size: int = 30) -> Slice[Listed]:
    """Counts, newest first."""
    found = keyset(session, select(StockCount), StockCount.id, after=after, size=size, newest_first=True)
    progress = progress_of(session, [one.id for one in found.rows])
    return Slice([Listed(one, progress[one.id]) for one in found.rows], found.next, found.first)


def open_counts(session: Session) -> list[Listed]:
    """Counts that are going on."""
    query = select(StockCount).where(StockCount.state == CountState.COUNTING).order_by(StockCount.id.desc())
    counts = list(session.scalars(query.limit(50)))
    progress = progress_of(session, [one.id for one in counts])
    return [Listed(one, progress[one.id]) for one in counts]


class PlaceRow(NamedTuple):
    """A place of a count, with how many lots are expected and how many were counted."""

    place: CountedPlace
    expected: int
    counted: int


def places_of(session: Session, count_id: int) -> list[PlaceRow]:
    """The places of a count in the order of their codes; lots without a place come last."""
    query = select(CountedPlace).options(joinedload(CountedPlace.location)).where(CountedPlace.count_id == count_id)
    places = sorted(session.scalars(query), key=lambda one: one.location.code if one.location else "~")
    sums = select(CountLine.location_id, func.count(), func.count(CountLine.entry_id))
    rows = session.execute(sums.where(CountLine.count_id == count_id, ~CountLine.unexpected).group_by(CountLine.location_id))  # fmt: skip  # noqa: E501
    known = {row[0]: (row[1], row[2]) for row in rows}
    return [PlaceRow(one, *known.get(one.location_id, (0, 0))) for one in places]


def get_place(session: Session, count_id: int, ident: int) -> CountedPlace:
    """A place of a count. Raises NotFound."""
    query = select(CountedPlace).options(joinedload(CountedPlace.location))
    found = session.scalar(query.where(CountedPlace.id == ident, CountedPlace.count_id == count_id))
    if found is None:
        raise NotFound(what=_("place"), code=ident)
    return found


def find_place(session: Session, count_id: int, location_id: int | None) -> CountedPlace | None:
    """The place of a count that is a location (None: lots without a place)."""
    query = select(CountedPlace).options(joinedload(CountedPlace.location)).where(CountedPlace.count_id == count_id)
    return session.scalar(query.where(CountedPlace.location_id.is_not_distinct_from(location_id)))


class PlaceLine(NamedTuple):
    """A lot at a place of a count, with the entry that stands."""

    line: CountLine
    entry: CountEntry | None


def lines_at(session: Session, count_id: int, location_id: int | None) -> list[PlaceLine]:
    """What is expected at a place or was found there, the newest entries first, then what is still open."""
    here = CountLine.location_id.is_not_distinct_from(location_id) & ~CountLine.unexpected
    found_here = CountEntry.location_id.is_not_distinct_from(location_id) & CountEntry.id.is_not(None)
    query = (
        select(CountLine, CountEntry)
        .outerjoin(CountEntry, CountEntry.id == CountLine.entry_id)
        .options(WITH_LOT)
        .where(CountLine.count_id == count_id, here | found_here)
        .order_by(case((CountEntry.id.is_(None), 0), else_=CountEntry.id).desc(), CountLine.id)
    )
    return [PlaceLine(*row) for row in session.execute(query)]


def missed_at(session: Session, count_id: int, location_id: int | None) -> list[CountLine]:
    """Lots that stand at a place by the ledger, with something left, and that nobody has counted."""
    query = (
        select(CountLine)
        .join(Lot, Lot.id == CountLine.lot_id)
        .options(WITH_LOT)
        .where(
            CountLine.count_id == count_id,
            CountLine.entry_id.is_(None),
            Lot.on_hand > NOTHING,
            Lot.location_id.is_not_distinct_from(location_id),
        )
    )
    return list(session.scalars(query.order_by(CountLine.id)))


def counts_item(session: Session, count_id: int, item_id: int) -> bool:
    """Whether a count has lots of an item."""
    query = select(CountLine.id).join(Lot, Lot.id == CountLine.lot_id)
    query = query.where(CountLine.count_id == count_id, Lot.item_id == item_id, ~CountLine.unexpected)
    return session.scalar(query.limit(1)) is not None


class Row(NamedTuple):
    """A lot of a count with what was found; no finding: nobody has counted it."""

    line: CountLine
    finding: Finding | None
    place: Location | None
    found_at: Location | None

    @property
    def state(self) -> str:
        """In a word: open, missing, elsewhere, different or equal."""
        if self.finding is None:
            return "open"
        if self.finding.entry.missed:
            return "missing" if self.finding.difference else "equal"
        if self.finding.difference:
            return "different"
        return "elsewhere" if self.finding.is_elsewhere else "equal"

    @property
    def difference(self) -> Decimal:
        """Found less book; nothing where nobody has counted."""
        return self.finding.difference if self.finding else Decimal(0)


def rows_of(session: Session, count: StockCount, *, only_different: bool = False) -> list[Row]:
    """All lots of a count with what was found, by four statements."""
    query = (
        select(CountLine, CountEntry)
        .outerjoin(CountEntry, CountEntry.id == CountLine.entry_id)
        .options(WITH_LOT)
        .where(CountLine.count_id == count.id)
        .order_by(CountLine.id)
    )
    pairs = list(session.execute(query))
    seen: dict[int, list[CountEntry]] = {}
    every = select(CountEntry).join(CountLine, CountLine.id == CountEntry.line_id)
    for entry in session.scalars(every.where(CountLine.count_id == count.id)):
        seen.setdefault(entry.line_id, []).append(entry)
    places = {place.id: place for place in session.scalars(select(Location))}
    rows = [
        Row(
            line,
            Finding(entry, seen_by(seen[line.id]), count.tolerance) if line.entry_id else None,
            places.get(line.location_id or 0),
            places.get(entry.location_id or 0) if line.entry_id else None,
        )
        for line, entry in pairs
    ]
    return [row for row in rows if not only_different or row.state not in ("open", "equal")]


def counted_since(session: Session, rows: Sequence[Row]) -> dict[int, Decimal]:
    """By lot: what the books have learned since its entry that the entry had seen: other corrections, which answer the
    same difference, and what happened before it and was entered only afterwards (a tablet without a connection)."""
    seen = {row.line.lot_id: row.finding.entry for row in rows if row.finding}
    query = select(Movement.lot_id, Movement.id, Movement.kind, Movement.at, Movement.quantity)
    first = min((entry.ledger_id or 0 for entry in seen.values()), default=0)
    query = query.where(Movement.lot_id.in_(seen), Movement.id > first, Movement.quantity != 0)
    sums: dict[int, Decimal] = {}
    for lot_id, ident, kind, at, quantity in session.execute(query):
        entry = seen[lot_id]
        if ident > (entry.ledger_id or 0) and (kind is MovementKind.COUNT or at < entry.at):
            sums[lot_id] = sums.get(lot_id, Decimal(0)) + quantity
    return sums


def last_lines(session: Session, lot_ids: Collection[int], kind: MovementKind) -> dict[int, int]:
    """By lot: the newest line of a kind in its ledger."""
    query = select(Movement.lot_id, func.max(Movement.id)).where(Movement.lot_id.in_(lot_ids), Movement.kind == kind)
    return dict(session.execute(query.group_by(Movement.lot_id)).all())


def last_line(session: Session, lot_id: int) -> int | None:
    """The newest line of a lot's ledger."""
    return session.scalar(select(func.max(Movement.id)).where(Movement.lot_id == lot_id))
