"""The recursive statement, on graphs made by hand and against a walker that knows nothing of it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from mes.core.db import Database
from mes.items.models import Item, ItemKind
from mes.lots.models import Edge, EdgeKind, Lot
from mes.trace.queries import ENDS, WALK, Direction, Trace, statement, trace
from tests.conftest import MORNING, Shop
from tests.statements import statements

Edges = list[tuple[int, int, int]]


LOTS = 30


def draw(shop: Shop, edges: Edges, undone: Edges | None = None, base: int = 0) -> None:
    """Lots 1 to 30 (after ``base``) and these edges (parent, child, quantity), as a damaged plant may have them too."""
    with shop.database.engine.begin() as connection:
        if not base:
            item = {"id": 1, "code": "X", "name": "가루", "kind": ItemKind.RAW, "unit": "kg"}
            connection.execute(insert(Item), [item])
        numbers = range(base + 1, base + LOTS + 1)
        known = {"item_id": 1, "made_on": date(2026, 1, 5), "made_at": MORNING}
        connection.execute(insert(Lot), [{"id": n, "code": f"L{n}", **known} for n in numbers])
        rows = [
            {"parent_id": a, "child_id": b, "quantity": q, "kind": EdgeKind.CONSUME, "at": MORNING, "undone": gone}
            for some, gone in ((edges, False), (undone or [], True))
            for a, b, q in some
        ]
        if rows:
            connection.execute(insert(Edge), rows)


def naive(edges: Edges, roots: list[int], direction: Direction) -> tuple[set[int], list[tuple[int, int, int]]]:
    """The same by hand: look at every edge again until nothing new is found."""
    found = set(roots)
    while True:
        ends = [(a, b) if direction is Direction.DOWN else (b, a) for a, b, _q in edges]
        more = {far for near, far in ends if near in found} - found
        if not more:
            break
        found |= more
    walked = [edge for edge in edges if (edge[0] if direction is Direction.DOWN else edge[1]) in found]
    return found, sorted(walked)


def walked(shop: Shop, roots: list[int], direction: Direction) -> tuple[set[int], list[tuple[int, int, int]]]:
    with shop.read() as read:
        found = trace(read, roots, direction)
    assert set(found.depths) == set(found.lots)
    return set(found.lots), sorted((a, b, int(q)) for a, b, q in found.flows())


def test_flour_is_found_in_every_cake_and_the_cake_leads_back_to_the_flour(shop: Shop) -> None:
    edges = [(1, 3, 10), (2, 3, 5), (3, 4, 7), (3, 5, 8), (6, 5, 1), (9, 10, 1)]
    draw(shop, edges)
    with shop.read() as read:
        down, up = trace(read, [1], Direction.DOWN), trace(read, [5], Direction.UP)
    assert down.depths == {1: 0, 3: 1, 4: 2, 5: 2}
    assert up.depths == {5: 0, 3: 1, 6: 1, 1: 2, 2: 2}
    assert up.ends == [6, 1, 2]
    assert down.lots[4] == (4, "L4", 1)
    assert down.items[1].unit == "kg"


@given(edges=st.permutations([(1, 3, 10), (2, 3, 5), (3, 4, 7), (3, 5, 8), (3, 6, 1), (6, 5, 1)]))
def test_the_lots_come_in_one_order_whatever_order_the_database_gives_their_edges_in(edges: Edges) -> None:
    found = Trace(Direction.DOWN, (2, 1), edges, {}, {})
    assert list(found.depths.items()) == [(1, 0), (2, 0), (3, 1), (4, 2), (5, 2), (6, 2)]
    assert found.ends == [4, 5]


def test_several_edges_between_two_lots_add_up_to_one_step(shop: Shop) -> None:
    draw(shop, [(1, 2, 10), (1, 2, 5)])
    with shop.read() as read:
        found = trace(read, [1], Direction.DOWN)
    assert found.steps == {1: [(2, 15_000_000)]}
    assert len(found.edges) == 2


def test_what_was_taken_back_is_not_walked(shop: Shop) -> None:
    draw(shop, [(1, 2, 10)], undone=[(2, 3, 5), (4, 2, 5)])
    assert walked(shop, [1], Direction.DOWN) == ({1, 2}, [(1, 2, 10)])
    assert walked(shop, [3], Direction.UP) == ({3}, [])


def test_a_damaged_graph_with_a_circle_still_ends(shop: Shop) -> None:
    circle = [(1, 2, 1), (2, 3, 1), (3, 1, 1), (3, 4, 1)]
    draw(shop, circle)
    for direction in Direction:
        assert walked(shop, [2], direction) == naive(circle, [2], direction)


def test_a_lot_that_does_not_exist_leads_nowhere(shop: Shop) -> None:
    draw(shop, [(1, 2, 1)])
    with shop.read() as read:
        found = trace(read, [99], Direction.DOWN)
    assert (found.lots, list(found.edges)) == ({}, [])


def test_a_trace_is_three_statements_however_long_it_is(shop: Shop) -> None:
    draw(shop, [(n, n + 1, 1) for n in range(1, 30)])
    with shop.read() as read, statements(shop.database) as sent:
        assert len(trace(read, [1], Direction.DOWN).lots) == 30
    assert len(sent) == 3


@settings(max_examples=60)
@given(
    pairs=st.lists(st.tuples(st.integers(1, LOTS), st.integers(1, LOTS), st.integers(0, 9)), max_size=60),
    roots=st.lists(st.integers(1, LOTS), min_size=1, max_size=3, unique=True),
    direction=st.sampled_from(Direction),
)
def test_the_statement_finds_what_a_patient_walker_finds(
    shop: Shop, pairs: Edges, roots: list[int], direction: Direction
) -> None:
    with shop.read() as read:  # what is drawn stays: each graph gets lots of its own
        base = read.scalar(select(func.max(Lot.id))) or 0
    edges = [(base + min(a, b), base + max(a, b), q) for a, b, q in pairs if a != b]
    roots = [base + root for root in roots]
    draw(shop, edges, base=base)
    assert walked(shop, roots, direction) == naive(edges, roots, direction)


@pytest.mark.parametrize("direction", Direction)
def test_the_index_alone_answers_each_step_even_in_a_large_plant(shop: Shop, direction: Direction) -> None:
    draw(shop, [(n, n + 1, 1) for n in range(1, LOTS)])
    plan = _plan(shop.database, direction)
    index = f"ix_genealogy_{direction}"
    assert plan.count(index) == 2, plan
    assert plan.count("COVERING INDEX" if shop.database.is_sqlite else "Index Only Scan") == 2, plan
    assert "BLOOM" not in plan, "SQLite would read the whole table to build its filter"
    assert "SCAN g" not in plan
    assert "Seq Scan" not in plan


def _plan(database: Database, direction: Direction) -> str:
    """How the database would walk a million edges."""
    with database.read() as session:
        sql = statement(session, WALK, **ENDS[direction])
    if not database.is_sqlite:
        with database.engine.connect() as connection:  # nothing of this is kept
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            connection.exec_driver_sql("ANALYZE genealogy")
            connection.exec_driver_sql("UPDATE pg_class SET reltuples = 1000000 WHERE relname = 'genealogy'")
            return "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}", ([1],)).scalars())
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        for index in ("ix_genealogy_down", "ix_genealogy_up"):
            connection.exec_driver_sql("UPDATE sqlite_stat1 SET stat = '1000000 2 2 1 1' WHERE idx = ?", (index,))
    database.engine.dispose()  # a fresh connection reads the statistics
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("[1]",))
        return "\n".join(row[3] for row in rows)
