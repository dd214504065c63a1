"""The trace page."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.scan.relabelling import label_anew
from mes.trace.graph import graph_of
from mes.trace.story import tell
from tests.conftest import Shop
from tests.desk import Desk
from tests.statements import statements
from tests.trace.day import Day, bakery_day, second_supplier


@pytest.fixture
def day(shop: Shop) -> Day:
    """An evening at the bakery."""
    return bakery_day(shop)


@pytest.fixture
def operator(app: Flask, day: Day, shop: Shop) -> Desk:
    """An operator, who may see a trace too."""
    return Desk(app, shop, Role.OPERATOR)


def test_an_operator_sees_where_the_flour_went(operator: Desk, day: Day) -> None:
    seen = operator.see(f"/trace?of={day.flour.code}")
    for words in (day.cakes.code, day.box.code, "마트", day.shipment.code, "Kettle 1", "inspection passed"):
        assert words in seen


def test_the_table_shows_every_lot_with_its_step(operator: Desk, day: Day) -> None:
    seen = operator.see(f"/trace?of={day.box.code}&view=table")
    assert "-2" in seen
    assert day.flour.code in seen


def test_an_empty_page_says_what_can_be_traced(operator: Desk) -> None:
    assert "What do you want to trace?" in operator.see("/trace")


def test_an_unknown_code_is_named_and_stays_in_the_field(operator: Desk) -> None:
    seen = operator.see("/trace?of=NO-SUCH", status=404)
    assert "Nothing that can be traced has the code NO-SUCH." in seen
    assert 'value="NO-SUCH"' in seen


def test_a_number_of_several_suppliers_offers_each_and_all(operator: Desk, shop: Shop, day: Day) -> None:
    second_supplier(shop)
    seen = operator.see("/trace?of=A-77")
    assert "낙농" in seen
    assert "only=all" in seen
    assert "all deliveries" in operator.see("/trace?of=A-77&only=all")


def test_an_order_without_lots_says_so(operator: Desk, day: Day) -> None:
    assert "There is no lot behind it yet" in operator.see(f"/trace?of={day.late.code}")


def test_the_page_asks_the_database_a_fixed_number_of_times(app: Flask, operator: Desk, shop: Shop, day: Day) -> None:
    with statements(shop.database) as few:
        operator.see(f"/trace?of={day.film.code}")
    with statements(shop.database) as many:
        operator.see(f"/trace?of={day.flour.code}")
    assert len(few) == len(many) <= 26, many


def test_a_lot_that_was_labelled_anew_is_found_by_its_old_label_in_every_view(
    operator: Desk, shop: Shop, day: Day
) -> None:
    for lot, code in ((day.flour, "FL-1"), (day.box, "BX-1")):
        shop.do(lambda work, old=lot.code, new=code: label_anew(work, old, new, "찢김"))  # type: ignore[misc]
    tree = operator.see(f"/trace?of={day.cakes.code}")
    assert tree.count(f"formerly {day.flour.code}") == 2, "in the tree and among the raw lots"
    assert tree.count(f"formerly {day.box.code}") >= 2, "in the tree and beside the customer"
    assert f"formerly {day.box.code}" in operator.see(f"/trace?of={day.cakes.code}&view=table")
    with shop.read() as read:
        drawn = graph_of(tell(read, day.cakes.code))
    assert [drawn["lots"][place][0] for place in drawn["formerly"]] == ["FL-1", "BX-1"]
