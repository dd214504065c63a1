"""Below zero on paper, against somebody who adds the lines up by hand; and where the day's lines are looked for."""

from datetime import timedelta
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from mes.core.plant import DEFAULT
from mes.genealogy.gaps import CHECKS
from mes.genealogy.models import Gap
from mes.genealogy.span import span
from mes.items.models import Item, ItemKind
from mes.lots.models import Lot, Movement, MovementKind
from tests.conftest import MORNING, Shop

#: What came or went, and so many minutes after the morning began.
Lines = list[tuple[int, int]]
TODAY = MORNING.date()
TAKING = (MovementKind.CONSUME, MovementKind.SHIP, MovementKind.SCRAP, MovementKind.SPLIT, MovementKind.TEST)


def enter(shop: Shop, lines: Lines) -> tuple[int, list[tuple[int, int, int]]]:
    """A lot with these lines as far as it has what they take, in this order, at their times: its id, and its lines as
    (minutes, id, quantity)."""
    with shop.database.engine.begin() as connection:
        if not connection.scalar(select(Item.id)):
            connection.execute(
                insert(Item).values(id=1, code="X", name="가루", kind=ItemKind.RAW, unit="kg", version=1)
            )
        lot = (connection.scalar(select(func.max(Lot.id))) or 0) + 1
        connection.execute(insert(Lot).values(id=lot, code=f"L{lot}", item_id=1, made_on=TODAY, made_at=MORNING))
        entered, there = [], 0
        for quantity, minutes in lines:
            if quantity and there + quantity >= 0:
                there += quantity
                kind = TAKING[minutes % len(TAKING)] if quantity < 0 else MovementKind.RECEIVE
                at = MORNING + timedelta(minutes=minutes)
                line = (
                    insert(Movement).values(lot_id=lot, kind=kind, quantity=D(quantity), at=at).returning(Movement.id)
                )
                entered.append((minutes, connection.execute(line.returning(Movement.id)).scalar_one(), quantity))
    return lot, entered


def by_hand(entered: list[tuple[int, int, int]]) -> dict[int, int]:
    """What was left after each line that took something when nothing more was there, added up in order of time."""
    left, below = 0, {}
    for _minutes, line, quantity in sorted(entered):
        left += quantity
        if left < 0 and quantity < 0:
            below[line] = left
    return below


@settings(max_examples=60)
@given(lines=st.lists(st.tuples(st.integers(-6, 9), st.integers(0, 12)), max_size=12))
def test_what_is_below_zero_on_paper_is_what_somebody_finds_who_adds_up_by_hand(shop: Shop, lines: Lines) -> None:
    lot, entered = enter(shop, lines)
    query = CHECKS[Gap.PAPER](*span(DEFAULT, TODAY, 1)).where(Lot.id == lot)
    with shop.read() as read:
        found = {row.thing: int(row.quantity) for row in read.execute(query)}
    assert found == by_hand(entered)


def test_what_was_taken_today_is_looked_for_among_the_lines_of_today(shop: Shop) -> None:
    """Of a hundred thousand lines a thousand were taken back: by an average SQLite would think of a hundred others."""
    lot, _entered = enter(shop, [(5, 0), (-1, 1)])
    today = (MORNING, MORNING + timedelta(days=1))
    if not shop.database.is_sqlite:  # PostgreSQL counts by itself how many rows have no value
        with shop.read() as read:
            assert read.execute(CHECKS[Gap.RECEIPT](*today)).all() == []
        return
    with shop.database.engine.begin() as connection:
        back = {"kind": MovementKind.RECEIVE, "quantity": D(-1), "at": MORNING, "reverses_id": 1}
        connection.execute(insert(Movement).values(lot_id=lot, **back))
        connection.exec_driver_sql("ANALYZE")
        known = {"ix_movements_at": "100000 3", "ix_movements_lot_id": "100000 3", "uq_movements_reverses_id": "1000 1"}
        for index, many in known.items():
            connection.exec_driver_sql("UPDATE sqlite_stat1 SET stat = ? WHERE idx = ?", (many, index))
    shop.database.reads.dispose()  # a fresh connection reads the statistics
    for gap in (Gap.RECEIPT, Gap.PAPER):
        with shop.read() as read:
            sql = CHECKS[gap](*today).compile(read.get_bind(), compile_kwargs={"literal_binds": True})
            plan = [row[3] for row in read.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
        assert "SEARCH movements USING INDEX ix_movements_at (at>? AND at<?)" in plan
        assert [step for step in plan if step.startswith(("SCAN movements", "SEARCH movements USING INDEX uq"))] == []
