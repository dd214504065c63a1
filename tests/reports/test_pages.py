"""The first page, the wall board and the daily report as people see them."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.html import icon
from mes.equipment.calls import solve_call, take_call
from mes.equipment.service import pair_station
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_call, make_item, make_station, make_work_centre
from tests.statements import statements
from tests.trace.day import Day, bakery_day

#: As an element of a page: a screen's own code may well hold these two digits.
GOOD_TODAY = "<b>94</b>"


@pytest.fixture
def baked(shop: Shop) -> Day:
    """An evening at the bakery."""
    return bakery_day(shop)


@pytest.fixture
def owner(app: Flask, shop: Shop) -> Desk:
    """The owner with a phone."""
    return Desk(app, shop, Role.MANAGER)


def test_the_owner_sees_what_was_made_and_each_figure_opens_its_rows(baked: Day, owner: Desk) -> None:
    seen = owner.see("/")
    assert "94" in seen
    assert "3.1 %" in seen  # 6 of 195
    for address in ("/orders?late=1", "/stops?day=2026-01-05", "/lots?show=held", f"/orders/{baked.order.code}"):
        assert address in seen
        owner.see(address)


def test_every_link_of_the_first_page_leads_somewhere(baked: Day, owner: Desk) -> None:
    for address in ("/quality/defects?since=2026-01-05&until=2026-01-05", "/reports/daily?day=2026-01-05"):
        assert address.replace("&", "&amp;") in owner.see("/")
        owner.see(address)


def test_an_empty_plant_shows_a_dash_for_a_rate_and_says_what_will_stand_here(owner: Desk) -> None:
    seen = owner.see("/")
    assert "- = defects" in seen
    assert "0.0 %" not in seen
    assert "Nothing is due and nothing was reported yet" in seen


def test_an_operator_sees_figures_but_no_links_to_the_office(baked: Day, app: Flask, shop: Shop) -> None:
    seen = Desk(app, shop, Role.OPERATOR).see("/")
    assert "94" in seen
    assert f"/orders/{baked.order.code}" not in seen
    assert "/reports/daily" not in seen


def test_a_visitor_is_told_what_this_is(app: Flask, shop: Shop) -> None:
    answer = app.test_client().get("/", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "Sign in" in answer.text or "Set up" in answer.text


def test_the_board_is_for_anybody_signed_in_and_for_a_paired_tablet(baked: Day, app: Flask, shop: Shop) -> None:
    visitor = app.test_client()
    assert GOOD_TODAY not in visitor.get("/board").text.split("<main")[1]  # nothing of the plant
    assert visitor.get("/board/now").status_code == 401
    station = shop.do(make_station)
    token = shop.do(lambda work: pair_station(work, station.code))
    visitor.set_cookie("mes_station", token)
    assert GOOD_TODAY in visitor.get("/board").text
    assert GOOD_TODAY in visitor.get("/board/now").text
    assert GOOD_TODAY in Desk(app, shop, Role.OPERATOR).see("/board")


def test_the_board_says_how_old_its_figures_are_and_fetches_new_ones(baked: Day, owner: Desk) -> None:
    seen = owner.see("/board")
    assert 'data-every="10000"' in seen
    assert "data-live-age=" in seen
    assert "<html" not in owner.see("/board/now")


def test_the_daily_report_prints_the_day(baked: Day, owner: Desk) -> None:
    seen = owner.see("/reports/daily?day=2026-01-05")
    for words in (baked.order.code, "Torn", "Burnt", "Breakdown", "0:25", "3.1 %"):
        assert words in seen
    assert baked.order.code not in owner.see("/reports/daily?day=2026-01-04")


@pytest.mark.parametrize("day", ["0000-01-01", "9999-12-31", "yesterday", "2026-02-30", "'"])
def test_a_day_that_cannot_be_shows_today_or_nothing(owner: Desk, day: str) -> None:
    assert 'value="2026-01-05"' in owner.see(f"/reports/daily?day={day}")


def test_the_first_page_asks_a_fixed_number_of_times(baked: Day, owner: Desk, shop: Shop) -> None:
    with statements(shop.database) as few:
        owner.see("/")
    for _ in range(3):
        baked.bakery.order(10)
    with statements(shop.database) as many:
        owner.see("/")
    assert len(few) == len(many) <= 16, many
    with statements(shop.database) as sent:
        owner.see("/board/now")
    assert len(sent) <= 12, sent


def test_an_open_call_stands_on_the_first_page_and_on_the_board_until_it_is_solved(
    baked: Day, owner: Desk, shop: Shop
) -> None:
    call = shop.do(make_call)
    for address in ("/", "/board/now"):
        assert "Material" in owner.see(address)
        assert "aiting" in owner.see(address)
    shop.do(lambda work: take_call(work, call.id))
    assert "is on the way" in owner.see("/board/now")
    shop.do(lambda work: solve_call(work, call.id))
    assert "Open calls" not in owner.see("/")
    assert "wall-calls" not in owner.see("/board/now")


def test_a_new_plant_is_told_its_first_steps_until_the_first_result(owner: Desk, app: Flask, shop: Shop) -> None:
    seen = owner.see("/")
    assert "First steps" in seen
    assert seen.count(icon("circle-check")) == 0  # a person beside the one who set it up is there: the desk makes one
    for address in ("/import", "/stations", "/orders/new"):
        assert address in seen
        owner.see(address)
    shop.do(make_work_centre)
    shop.do(make_item)
    assert owner.see("/").count(icon("circle-check")) == 2
    assert "First steps" not in Desk(app, shop, Role.OPERATOR).see("/")
    bakery_day(shop)
    assert "First steps" not in owner.see("/")


def test_what_stands_still_or_called_comes_first_on_the_board(baked: Day, owner: Desk, shop: Shop) -> None:
    called = shop.do(lambda work: make_work_centre(work, code="ZZ", name="Packing hall"))
    idle = shop.do(lambda work: make_work_centre(work, code="AA", name="Idle line"))
    shop.do(lambda work: make_call(work, work_centre_id=called.id))
    seen = owner.see("/board/now").partition("wall-lines")[2]
    assert seen.index("Packing hall") < seen.index(idle.name)


def test_quality_sees_on_the_first_page_what_waits_and_an_operator_does_not(baked: Day, app: Flask, shop: Shop) -> None:
    for role in (Role.QUALITY, Role.MANAGER):
        seen = Desk(app, shop, role).see("/")
        assert "Waiting for quality" in seen
        assert "/quality/defects?disposition=open" in seen
    assert "Waiting for quality" not in Desk(app, shop, Role.OPERATOR).see("/")
