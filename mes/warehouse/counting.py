"""Use cases of stock-taking: begin a count, count places lot by lot, by several people at once."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import insert, literal, select

from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.types import NOTHING
from mes.core.work import Work
from mes.equipment.models import Location, LocationKind
from mes.items.models import Item, Tracking
from mes.lots.ledger import lock_lot
from mes.lots.models import Lot, LotStatus
from mes.lots.piece_rules import check_found
from mes.lots.queries import last_change
from mes.lots.rules import check_count
from mes.warehouse import count_queries as queries
from mes.warehouse.count_models import (
    CountedPlace,
    CountEntry,
    CountLine,
    CountScope,
    CountState,
    StockCount,
)
from mes.warehouse.count_rules import (
    CountClosed,
    CountedElsewhere,
    LotCounted,
    LotNotInCount,
    LotsMissed,
    NothingToCount,
    PlaceFinished,
    PlaceTaken,
    SampleGrew,
)


def begin_count(
    work: Work,
    *,
    name: str,
    scope: CountScope,
    places: Sequence[Location] = (),
    items: Sequence[Item] = (),
    blind: bool = False,
    tolerance: Decimal = Decimal(5),
    note: str | None = None,
) -> StockCount:
    """Begin a count (재고실사): what is expected now is written down; the plant goes on working.

    ``tolerance``: percent of the book quantity above which a second person counts again. Raises NothingToCount,
    CountedElsewhere.
    """
    # whoever takes the next number of the day waits until the one before is done: so two counts that begin at the
    # same time see each other
    code = dated_code(work.session, "K", this_production_day(work))
    chosen = select(Lot.id).where(Lot.on_hand > NOTHING)
    if scope is CountScope.PLACES:
        chosen = chosen.where(Lot.location_id.in_([place.id for place in places]))
    elif scope is CountScope.ITEMS:
        chosen = chosen.where(Lot.item_id.in_([item.id for item in items]))
    _check_apart(work, chosen)
    count = StockCount(
        code=code,
        name=name,
        scope=scope,
        blind=blind,
        tolerance=tolerance,
        frozen_at=work.now,
        begun_by=work.actor.name,
        note=note,
    )
    work.add(count, "warehouse.begin_count")
    columns = select(literal(count.id), Lot.id, Lot.on_hand, Lot.location_id, literal(False)).where(Lot.id.in_(chosen))
    names = ["count_id", "lot_id", "expected", "location_id", "unexpected"]
    work.session.execute(insert(CountLine).from_select(names, columns.order_by(Lot.id)))
    _open_places(work, count, places)
    return count


def _check_apart(work: Work, chosen: object) -> None:
    query = select(StockCount.code).join(CountLine, CountLine.count_id == StockCount.id)
    query = query.where(StockCount.state == CountState.COUNTING, CountLine.lot_id.in_(chosen))  # type: ignore[arg-type]
    other = work.session.scalar(query.limit(1))
    if other:
        raise CountedElsewhere(count=other)


def _open_places(work: Work, count: StockCount, chosen: Sequence[Location]) -> None:
    session = work.session
    ids = set(session.scalars(select(CountLine.location_id).where(CountLine.count_id == count.id).distinct()))
    ids |= {place.id for place in chosen}
    if count.scope is CountScope.PLANT:
        query = select(Location.id).where(Location.active, Location.kind != LocationKind.OUTSIDE)
        ids |= set(session.scalars(query))
    if not ids:
        raise NothingToCount
    session.execute(insert(CountedPlace), [{"count_id": count.id, "location_id": ident} for ident in ids])


def open_count(work: Work, code: str, *, lock: bool = False) -> StockCount:
    """A count that is going on. ``lock``: it is neither posted nor given up before the act ends.

    Raises NotFound, CountClosed.
    """
    count = queries.get_count(work.session, code)
    if lock:
        count = work.lock(StockCount, count.id)
    if count.state is not CountState.COUNTING:
        raise CountClosed(count=count.code)
    return count


def place_word(place: CountedPlace) -> str:
    """What a place of a count is called."""
    return place.location.name if place.location else _(N_("No place"))


def open_place(work: Work, code: str, place_id: int, *, confirmed: bool = False) -> CountedPlace:
    """Count a place: one person at a time. ``confirmed`` answers PlaceTaken (take it over) and PlaceFinished."""
    return _opened(work, open_count(work, code, lock=True), place_id, confirmed)


def _opened(work: Work, count: StockCount, place_id: int, confirmed: bool = False) -> CountedPlace:
    work.lock(CountedPlace, queries.get_place(work.session, count.id, place_id).id)
    place = queries.get_place(work.session, count.id, place_id)
    mine = place.person_id == work.actor.person_id and place.person == work.actor.name
    if place.finished_at is not None and not confirmed:
        raise PlaceFinished(place=place_word(place), person=place.person, when=place.finished_at)
    if place.person and not mine and place.finished_at is None and not confirmed:
        raise PlaceTaken(place=place_word(place), person=place.person, since=place.opened_at)
    if mine and place.finished_at is None:
        return place
    with work.change(place, "warehouse.open_place"):
        place.person_id, place.person = work.actor.person_id, work.actor.name
        place.opened_at, place.finished_at = work.now, None
        work.session.flush()
    return place


def record_count(
    work: Work,
    code: str,
    place_id: int,
    lot_code: str,
    quantity: Decimal | None = None,
    *,
    confirmed: bool = False,
) -> CountEntry:
    """Write down how much of a lot was found at a place. The ledger stays as it is until the count is posted.

    No quantity means a serial's one piece, else what the ledger says ("it is right"). A lot that has been counted is
    asked about: once more takes the place of the earlier entry, it never adds. Raises LotNotInCount, LotCounted,
    PlaceTaken, SampleGrew, PieceIsElsewhere and what check_count refuses.
    """
    count = open_count(work, code, lock=True)
    place = _opened(work, count, place_id)
    lot = lock_lot(work, lot_code)
    line = _line(work, count, lot)
    if line.entry_id is not None and not confirmed:
        _ask(work, line, lot)
    found = _found(lot) if quantity is None else quantity
    if found:
        check_count(lot, found)
    if found > lot.on_hand and lot.status is LotStatus.RETAINED:  # the whole count could not be posted
        raise SampleGrew(lot=lot.code)
    if found > lot.on_hand:
        check_found(lot, last_change(work.session, lot.id))
    return _write(work, line, place, lot, found)


def _found(lot: Lot) -> Decimal:
    return Decimal(1) if lot.item.tracking is Tracking.SERIAL else lot.on_hand


def _write(
    work: Work, line: CountLine, place: CountedPlace, lot: Lot, found: Decimal, *, missed: bool = False
) -> CountEntry:
    """What was found, beside what the ledger says at this moment."""
    entry = CountEntry(
        line_id=line.id,
        quantity=found,
        book=lot.on_hand,
        book_location_id=lot.location_id,
        ledger_id=queries.last_line(work.session, lot.id),
        location_id=place.location_id,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name,
        missed=missed,
    )
    work.session.add(entry)
    work.session.flush()
    line.entry_id = entry.id
    after = {"quantity": entry.quantity, "expected": entry.book, "missed": entry.missed}
    work.record("warehouse.count", lot, after=after)
    return entry


def _line(work: Work, count: StockCount, lot: Lot) -> CountLine:
    query = select(CountLine).where(CountLine.count_id == count.id, CountLine.lot_id == lot.id).with_for_update()
    line = work.session.scalar(query.execution_options(populate_existing=True))
    if line is not None:
        return line
    if count.scope is CountScope.ITEMS and not queries.counts_item(work.session, count.id, lot.item_id):
        raise LotNotInCount(lot=lot.code, item=lot.item.name)
    line = CountLine(
        count_id=count.id, lot_id=lot.id, expected=lot.on_hand, location_id=lot.location_id, unexpected=True
    )
    work.session.add(line)
    work.session.flush()
    return line


def _ask(work: Work, line: CountLine, lot: Lot) -> None:
    before = work.session.get_one(CountEntry, line.entry_id)
    if before.missed:
        return
    where = work.session.get(Location, before.location_id) if before.location_id else None
    raise LotCounted(
        lot=lot.code,
        person=before.person,
        when=before.at,
        quantity=before.quantity,
        unit=lot.item.unit,
        place=where.name if where else _(N_("No place")),
    )


def finish_place(work: Work, code: str, place_id: int, *, confirmed: bool = False) -> CountedPlace:
    """A place is counted: lots that should be here and were not scanned are written down as not found.

    ``confirmed`` answers LotsMissed.
    """
    count = open_count(work, code, lock=True)
    work.lock(CountedPlace, queries.get_place(work.session, count.id, place_id).id)
    place = queries.get_place(work.session, count.id, place_id)
    missed = queries.missed_at(work.session, count.id, place.location_id)
    if missed and not confirmed:
        named = ", ".join(line.lot.code for line in missed[:5])
        raise LotsMissed(n=len(missed), place=place_word(place), lots=named + (" …" if len(missed) > 5 else ""))
    for line in sorted(missed, key=lambda one: one.lot_id):
        lot = lock_lot(work, line.lot.code)
        _write(work, line, place, lot, Decimal(0), missed=True)
    with work.change(place, "warehouse.finish_place"):
        place.person_id, place.person = work.actor.person_id, work.actor.name
        place.opened_at, place.finished_at = place.opened_at or work.now, work.now
        work.session.flush()
    return place
