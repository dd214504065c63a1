"""Use cases that end a count: reasons for its differences, approval, and the lines that go into the ledger."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.models import Location
from mes.lots.ledger import lock_by_id
from mes.lots.models import Lot, MovementKind
from mes.lots.service import adjust_lot, move_lot
from mes.warehouse import count_queries as queries
from mes.warehouse.count_models import CountLine, CountState, StockCount
from mes.warehouse.count_queries import Row
from mes.warehouse.count_rules import BelowNothing, DifferenceNeedsReason, PlacesOpen, SecondCountNeeded
from mes.warehouse.counting import open_count

#: Of lots in a sentence so many are named.
NAMED = 5


def explain(work: Work, code: str, reasons: Mapping[int, str]) -> None:
    """Write down why lots differ, by the id of their line; an empty reason takes one away."""
    count = open_count(work, code, lock=True)
    lines = work.session.scalars(select(CountLine).where(CountLine.count_id == count.id, CountLine.id.in_(reasons)))
    for line in lines:
        line.reason = reasons[line.id].strip() or None
    work.session.flush()
    work.record("warehouse.explain", count, after={"lines": len(reasons)})


def post_count(work: Work, code: str, *, confirmed: bool = False) -> StockCount:
    """Approve a count and write its differences into the ledger, each with its reason and the count's number.

    What moved after a lot was counted is respected: the difference is added to what the ledger says now. Lots found
    elsewhere are moved there unless somebody has moved them since. ``confirmed`` answers PlacesOpen. Raises
    SecondCountNeeded, DifferenceNeedsReason, BelowNothing.
    """
    count = open_count(work, code, lock=True)
    progress = queries.progress_of(work.session, [count.id])[count.id]
    if progress.finished < progress.places and not confirmed:
        raise PlacesOpen(n=progress.places - progress.finished)
    rows = queries.rows_of(work.session, count, only_different=True)
    again = [row for row in rows if row.finding and row.finding.needs_second]
    if again:
        raise SecondCountNeeded(n=len(again), percent=count.tolerance, lots=_named(again))
    unexplained = [row for row in rows if row.difference and not row.line.reason]
    if unexplained:
        raise DifferenceNeedsReason(n=len(unexplained), lots=_named(unexplained))
    lots = lock_by_id(work, sorted(row.line.lot_id for row in rows))
    since = queries.counted_since(work.session, rows)  # only now: somebody may have corrected a lot a moment ago
    adjusted, moved = [], []
    for row in sorted(rows, key=lambda one: one.line.lot_id):
        lot = lots[row.line.lot_id]
        if _adjust(work, count, row, lot, since.get(lot.id, Decimal(0))):
            adjusted.append(row.line)
        if _move(work, row, lot):
            moved.append(row.line)
    _refer(work, "movement_id", adjusted, MovementKind.COUNT)
    _refer(work, "move_id", moved, MovementKind.MOVE)
    with work.change(count, "warehouse.post_count"):
        count.state, count.posted_at, count.approved_by = CountState.POSTED, work.now, work.actor.name
        work.session.flush()
    return count


def _adjust(work: Work, count: StockCount, row: Row, lot: Lot, since: Decimal) -> bool:
    """Write the difference, less what was corrected ``since``; whether there was any."""
    change = row.difference - since
    target = lot.on_hand + change
    if target < 0:
        raise BelowNothing(lot=lot.code)
    if change:
        adjust_lot(work, lot.code, target, f"{count.code}: {row.line.reason or '-'}")
    return bool(change)


def _move(work: Work, row: Row, lot: Lot) -> bool:
    """Move a lot to where it was found, unless somebody has moved it since; whether it was moved."""
    finding = row.finding
    if finding is None or not finding.is_elsewhere or not finding.entry.location_id or lot.on_hand <= 0:
        return False
    if lot.location_id != finding.entry.book_location_id:
        return False
    move_lot(work, lot.code, work.session.get_one(Location, finding.entry.location_id))
    return True


def _refer(work: Work, column: str, lines: Sequence[CountLine], kind: MovementKind) -> None:
    """Each line of the count names the ledger's line that was written for it."""
    work.session.flush()
    newest = queries.last_lines(work.session, [line.lot_id for line in lines], kind) if lines else {}
    for line in lines:
        setattr(line, column, newest[line.lot_id])
    work.session.flush()


def _named(rows: Sequence[Row]) -> str:
    codes = ", ".join(row.line.lot.code for row in rows[:NAMED])
    return codes + (" …" if len(rows) > NAMED else "")


def cancel_count(work: Work, code: str) -> StockCount:
    """Give a count up: nothing of it goes into the ledger; what was found stays readable."""
    count = open_count(work, code, lock=True)
    with work.change(count, "warehouse.cancel_count"):
        count.state = CountState.CANCELLED
        work.session.flush()
    return count
