"""Stock counts for programs: read only, as a count is made by people at the shelf."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.access import OFFICE
from mes.core.api import Api, Listing, Paged, listing
from mes.core.visit import actor
from mes.core.work import Reader
from mes.warehouse import count_queries as queries
from mes.warehouse.count_models import CountScope, CountState, StockCount
from mes.warehouse.count_queries import Progress, Row
from mes.warehouse.count_rules import BlindCount, is_hidden

api = Api("counts", __name__)


class CountOut(msgspec.Struct):
    """One stock count and how far it is."""

    code: str
    name: str
    scope: CountScope
    state: CountState
    blind: bool
    frozen_at: datetime
    posted_at: datetime | None
    approved_by: str | None
    lots: int
    lots_counted: int
    places: int
    places_finished: int


class CountedLotOut(msgspec.Struct):
    """One lot of a count. ``result``: open, equal, different, missing or elsewhere."""

    lot: str
    item: str
    unit: str
    place: str | None
    found_at: str | None
    expected: Decimal
    book: Decimal | None
    found: Decimal | None
    difference: Decimal | None
    result: str
    reason: str | None
    counted_by: str | None
    counted_at: datetime | None


class CountLotsOut(msgspec.Struct):
    """All lots of a count."""

    count: CountOut
    lots: list[CountedLotOut]


def _out(count: StockCount, progress: Progress) -> CountOut:
    return CountOut(
        count.code,
        count.name,
        count.scope,
        count.state,
        count.blind,
        count.frozen_at,
        count.posted_at,
        count.approved_by,
        progress.lots,
        progress.counted,
        progress.places,
        progress.finished,
    )


def _lot_out(row: Row) -> CountedLotOut:
    entry = row.finding.entry if row.finding else None
    return CountedLotOut(
        row.line.lot.code,
        row.line.lot.item.code,
        row.line.lot.item.unit,
        row.place.code if row.place else None,
        row.found_at.code if row.found_at else None,
        row.line.expected,
        entry.book if entry is not None else None,
        entry.quantity if entry is not None else None,
        row.difference if entry is not None else None,
        row.state,
        row.line.reason,
        entry.person if entry is not None else None,
        entry.at if entry is not None else None,
    )


@api.read("/stock-counts", who=OFFICE, gives=Listing[CountOut], query=Paged)
def list_counts(read: Reader, query: Paged) -> Listing[CountOut]:
    """Stock counts, newest first."""
    found = queries.page_of_counts(read, after=query.after, size=query.size)
    return listing([_out(row.stock_count, row.progress) for row in found.rows], found.next)


@api.read("/stock-counts/<code>", who=OFFICE, gives=CountLotsOut)
def get_count(read: Reader, code: str) -> CountLotsOut:
    """One stock count with all its lots. Of a blind count that goes on only a leader's program sees them."""
    found = queries.get_count(read, code)
    if is_hidden(found, actor()):
        raise BlindCount(count=found.code)
    progress = queries.progress_of(read, [found.id])[found.id]
    return CountLotsOut(_out(found, progress), [_lot_out(row) for row in queries.rows_of(read, found)])
