"""The whole answer: raw lots, people, machines, inspections, defects and customers of one code."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mes.lots.service import receive_lots, split_lot
from mes.trace.exactness import Sure, walk
from mes.trace.handles import NothingToTrace, WhichOne, find_handles
from mes.trace.queries import Direction
from mes.trace.story import Story, tell
from mes.trace.telling import trace_as_dict, trace_as_text, traced
from tests.conftest import Shop
from tests.orders.bakery import D
from tests.statements import statements
from tests.trace.day import Day, bakery_day, second_supplier


@pytest.fixture
def day(shop: Shop) -> Day:
    """An evening at the bakery."""
    return bakery_day(shop)


def told(shop: Shop, text: str, direction: Direction | None = None, only: str | None = None) -> Story:
    with shop.read() as read:
        return tell(read, text, direction, only)


def codes(story: Story, lots: list[int]) -> set[str]:
    return {story.lots[lot][1] for lot in lots}


def test_a_customers_box_leads_back_to_the_flour_and_its_supplier(shop: Shop, day: Day) -> None:
    story = told(shop, day.box.code)
    assert codes(story, story.sources) == {day.flour.code, day.film.code}
    assert {story.fact(lot).supplier for lot in story.sources} == {"제분소"}
    assert {story.fact(lot).supplier_lot for lot in story.sources} == {"A-77"}


def test_the_flour_leads_to_the_finished_lots_and_to_the_customer(shop: Shop, day: Day) -> None:
    story = told(shop, day.flour.code)
    assert codes(story, story.finished) == {day.cakes.code, day.box.code}
    [sent] = story.shipped
    assert (sent.customer, sent.lot, sent.quantity, sent.shipment) == ("마트", day.box.code, D(24), day.shipment.code)
    assert sent.reference == "PO-2026-15"


def test_who_made_it_when_and_at_which_machine(shop: Shop, day: Day) -> None:
    story = told(shop, day.cakes.code)
    kettle, packing = story.details.done
    assert (kettle.who, kettle.machine, kettle.good, kettle.defective) == ("작업자", "Kettle 1", D(95), D(5))
    assert (packing.operation, packing.good) == ("포장", D(94))
    [made] = story.makings(day.cakes.id)
    assert (made.kind, made.quantity, made.who) == ("produce", D(94), "작업자")


def test_inspections_and_defects_on_the_way_are_told(shop: Shop, day: Day) -> None:
    story = told(shop, day.flour.code)
    assert [(one.kind, one.verdict, one.who) for one in story.details.inspected] == [("final", "pass", "박품질")]
    assert {(one.code, one.quantity) for one in story.details.flaws} == {
        ("TORN", D(3)),
        ("BURNT", D(2)),
        ("TORN", D(1)),
    }
    assert len(story.inspected(day.cakes.id)) == 1
    assert len(story.flaws(day.cakes.id)) == 3
    assert story.flaws(day.flour.id) == []


def test_a_defect_is_told_once_not_again_at_every_part_of_the_lot(shop: Shop, day: Day) -> None:
    shop.do(lambda work: split_lot(work, day.cakes.code, D(10)))
    story = told(shop, day.flour.code)
    shown = [row for lot in story.lots for row in story.flaws(lot)]
    assert sorted(row.id for row in shown) == [row.id for row in story.details.flaws]


def test_only_the_shipments_of_what_is_touched_are_told(shop: Shop, day: Day) -> None:
    assert told(shop, day.spare.code).shipped == []
    assert [one.lot for one in told(shop, day.box.code, Direction.UP).shipped] == [day.box.code]
    assert [held.lot for held in told(shop, day.spare.code).details.held] == [day.spare.code]


@pytest.mark.parametrize(
    "named",
    [
        lambda day: day.cakes.code.lower(),
        lambda day: f"https://mes.example/l/{day.cakes.code}",
        lambda day: day.order.code,
        lambda day: day.order.jobs[0].code,
    ],
)
def test_the_lot_is_found_by_any_code_that_leads_to_it(shop: Shop, day: Day, named: Callable[[Day], str]) -> None:
    story = told(shop, named(day))
    assert day.cakes.id in story.handle.lot_ids


def test_a_shipment_a_receipt_and_a_suppliers_number_name_their_lots(shop: Shop, day: Day) -> None:
    assert told(shop, day.shipment.code).handle.lot_ids == (day.box.id,)
    with shop.read() as read:
        [handle] = find_handles(read, trace_as_dict(read, day.flour.code)["lots"][0]["receipt"])
    assert handle.lot_ids == (day.flour.id, day.spare.id)


def test_a_number_of_several_suppliers_asks_which_one(shop: Shop, day: Day) -> None:
    milk = second_supplier(shop)
    with pytest.raises(WhichOne) as refused:
        told(shop, "A-77")
    assert "낙농" in refused.value.sentence
    assert told(shop, "A-77", only="supplier_lot/DAIRY/MILK").handle.lot_ids == (milk.id,)
    everything = told(shop, "A-77", only="all")
    assert set(everything.handle.lot_ids) == {day.flour.id, day.spare.id, day.film.id, milk.id}


def test_our_own_code_goes_before_a_suppliers_number(shop: Shop, day: Day) -> None:
    shop.do(lambda work: receive_lots(work, item=day.bakery.flour, quantities=[D(1)], supplier_lot=day.cakes.code))
    assert told(shop, day.cakes.code).handle.lot_ids == (day.cakes.id,)


def test_what_cannot_be_traced_is_named(shop: Shop) -> None:
    for text in ("NO-SUCH", "", "'; DROP TABLE lots"):
        with pytest.raises(NothingToTrace):
            told(shop, text)


def test_an_order_without_a_lot_yet_has_an_empty_trace(shop: Shop, day: Day) -> None:
    story = told(shop, day.late.code)
    assert (story.handle.lot_ids, story.steps(), story.tree(Direction.UP)) == ((), [], ([], True))


def test_the_tree_shows_how_much_went_from_one_into_the_other(shop: Shop, day: Day) -> None:
    story = told(shop, day.box.code)
    [box], whole = story.tree(Direction.UP)
    [cakes] = box.children
    assert (whole, cakes.lot_id, cakes.quantity, cakes.unit) == (True, day.cakes.id, D(24), "EA")
    assert {(b.lot_id, b.quantity, b.unit) for b in cakes.children} == {
        (day.flour.id, D(50), "kg"),
        (day.film.id, D(95), "EA"),
    }


def test_a_lot_reached_twice_has_its_branches_once(shop: Shop, day: Day) -> None:
    half = shop.do(lambda work: split_lot(work, day.flour.code, D(10)))
    story = told(shop, "A-77", only="all")
    branches, _whole = story.tree(Direction.DOWN)
    opened = [branch for branch in branches if branch.lot_id == day.flour.id]
    assert half.id in {child.lot_id for child in opened[0].children}
    assert half.id in story.handle.lot_ids


def test_a_tree_that_is_too_large_says_so(shop: Shop, day: Day) -> None:
    story = told(shop, day.flour.code)
    branches, whole = story.tree(Direction.DOWN, most=2)
    assert (whole, len(branches[0].children)) == (False, 1)


def test_a_whole_trace_is_the_same_number_of_statements_for_one_lot_and_for_many(shop: Shop, day: Day) -> None:
    with shop.read() as read, statements(shop.database) as one:
        tell(read, day.spare.code)
    with shop.read() as read, statements(shop.database) as many:
        tell(read, day.flour.code)
    assert len(one) == len(many) == 1 + 2 + 1 + 8 + 5


def test_the_same_as_plain_values_and_as_text(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        told = trace_as_dict(read, day.box.code)
        text = trace_as_text(read, day.flour.code)
        up_only = trace_as_text(read, day.box.code, Direction.UP)
    assert told["of"] == {"kind": "lot", "code": day.box.code, "lots": [day.box.code]}
    assert {(e["parent"], e["child"], e["quantity"]) for e in told["edges"]} == {
        (day.flour.code, day.cakes.code, "50"),
        (day.film.code, day.cakes.code, "95"),
        (day.cakes.code, day.box.code, "24"),
    }
    assert [lot["step"] for lot in told["lots"]] == [-2, -2, -1, 0]
    assert told["shipments"][0]["customer"] == "마트"
    assert day.box.code in text
    assert "마트" in text
    assert "Went into" in text
    assert "Went into" not in up_only


def test_a_program_is_told_the_same_in_whatever_order_the_database_gives_what_went_into_what(
    shop: Shop, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers() -> bytes:
        with shop.read() as read:
            return b"".join(msgspec.json.encode(traced(read, tell(read, one.code))) for one in (day.flour, day.box))

    first = answers()

    def backwards(*asked: Any) -> tuple[list[tuple[int, int, int]], list[Sure]]:
        edges, sures = walk(*asked)
        return edges[::-1], sures[::-1]

    monkeypatch.setattr("mes.trace.story.walk", backwards)
    assert answers() == first


def test_of_lots_equally_far_the_older_one_stands_first_upwards_too(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        line = [(step, lot) for step, lot, _much in tell(read, day.box.code).line()]
    assert line == [(-2, day.flour.id), (-2, day.film.id), (-1, day.cakes.id), (0, day.box.id)]
    assert day.flour.id < day.film.id
