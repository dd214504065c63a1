"""Records that somebody damaged by hand: every way in which a trace is told still ends, and ``mes check`` names it."""

import json
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text

from mes.core.access import Role
from mes.lots.models import Edge, EdgeKind
from mes.lots.queries import open_holds
from mes.recall import queries
from mes.trace.queries import Direction, Trace, exact
from mes.trace.story import tell
from mes.trace.telling import in_units, trace_as_dict, trace_as_text
from mes.web.check import check
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_recall
from tests.orders.bakery import D
from tests.trace.day import Day, bakery_day


@pytest.fixture
def day(shop: Shop) -> Day:
    """An evening at the bakery, in whose records somebody wrote that the flour was made of the cakes."""
    day = bakery_day(shop)
    with shop.database.engine.begin() as connection:
        connection.execute(
            insert(Edge).values(
                parent_id=day.cakes.id, child_id=day.flour.id, kind=EdgeKind.REWORK, quantity=D(1), at=shop.now,
                undone=False,
            )
        )  # fmt: skip
    return day


@pytest.fixture
def desk(app: Flask, day: Day, shop: Shop) -> Desk:
    """Quality staff at a desk."""
    return Desk(app, shop, Role.QUALITY)


def test_mes_check_names_the_circle(shop: Shop, day: Day) -> None:
    loop = f"{day.flour.code} → {day.cakes.code} → {day.flour.code}"
    told = [fault.sentence for fault in check(shop.database).faults]
    assert f"The genealogy goes round in a circle: {loop}." in told


@pytest.mark.parametrize("direction", [None, *Direction])
@pytest.mark.parametrize("named", [lambda day: day.flour, lambda day: day.cakes])
def test_programs_get_each_lot_of_a_circle_once(
    shop: Shop, day: Day, named: Callable[[Day], object], direction: Direction | None
) -> None:
    code = named(day).code  # type: ignore[attr-defined]
    with shop.read() as read:
        told = trace_as_dict(read, code, direction)
        lines = trace_as_text(read, code, direction)
    edges = [(one["parent"], one["child"]) for one in told["edges"]]
    assert {day.flour.code, day.cakes.code} <= {lot["code"] for lot in told["lots"]}
    assert edges.count((day.cakes.code, day.flour.code)) == (2 if direction is None else 1)
    assert len(lines.splitlines()) < 60


def test_the_api_answers_with_the_circle(app: Flask, shop: Shop, day: Day) -> None:
    answer = Program(app, shop, Role.QUALITY).get(f"/trace/{day.flour.code}")
    assert answer.status_code == 200
    assert day.box.code in answer.text


@pytest.mark.parametrize("view", ["tree", "table", "graph", "time"])
@pytest.mark.parametrize("named", [lambda day: day.flour, lambda day: day.box])
def test_every_view_of_a_circle_ends(desk: Desk, day: Day, named: Callable[[Day], object], view: str) -> None:
    seen = desk.see(f"/trace?of={named(day).code}&view={view}")  # type: ignore[attr-defined]
    assert day.cakes.code in seen
    assert len(seen) < 400_000


def test_lists_papers_and_pages_of_its_lots_end(desk: Desk, day: Day) -> None:
    assert day.cakes.code in desk.see(f"/trace/lots.csv?of={day.flour.code}")
    assert day.cakes.code in desk.see(f"/lots/{day.cakes.code}")
    paper = desk.client.get(f"/lots/{day.cakes.code}/birth-certificate-both.pdf")
    assert paper.data[:5] == b"%PDF-"


def test_a_recall_holds_all_of_the_circle(shop: Shop, day: Day, desk: Desk) -> None:
    recall = shop.do(lambda work: make_recall(work, day.flour.code))
    with shop.read() as read:
        held = {hold.lot_id for hold in open_holds(read, [day.flour.id, day.cakes.id]) if hold.source == recall.code}
        counted = queries.whole(read, recall.code).counts.lots
    assert (held, counted) == ({day.flour.id, day.cakes.id}, 3)
    assert recall.code in desk.see(f"/recalls/{recall.code}")


def test_a_lot_whose_order_was_lost_still_says_who_made_it(shop: Shop, day: Day) -> None:
    with shop.database.engine.begin() as connection:
        connection.execute(text(f"UPDATE lots SET order_id = NULL WHERE id = {day.cakes.id}"))
    with shop.read() as read:
        [made] = tell(read, day.cakes.code).makings(day.cakes.id)
    assert (made.who, made.quantity) == ("작업자", D(94))


# What telling it quickly rests on


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(1)), max_size=25), st.integers(0, 99))
def test_how_far_a_lot_is_does_not_hang_on_the_order_of_the_edges(edges: list[tuple[int, int, int]], seed: int) -> None:
    reached, waiting = {1: 0}, [1]
    for here in waiting:
        for near, far, _much in edges:
            if near == here and far not in reached:
                reached[far] = reached[here] + 1
                waiting.append(far)
    walked = [edge for edge in edges if edge[0] in reached]
    Random(seed).shuffle(walked)
    found = Trace(Direction.DOWN, (1,), walked, {}, {}).depths
    assert found == reached
    assert all(one <= other for one, other in pairwise(found.values()))


@given(st.integers(0, 10**18))
def test_a_quantity_as_text_is_the_quantity(millionths: int) -> None:
    assert Decimal(in_units(millionths)) == exact(millionths)
    assert in_units(millionths) == f"{exact(millionths):f}"


def test_times_are_told_in_utc(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        told = trace_as_dict(read, day.box.code)
    [lot] = [one for one in told["lots"] if one["code"] == day.box.code]
    assert all(made["at"].endswith("Z") for made in lot["made"])
    assert json.dumps(told)
