"""The page of layouts, with the plant's newest things."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.labels.newest import newest_code
from mes.lots.models import Lot
from mes.lots.service import adjust_lot
from tests.conftest import Shop
from tests.desk import Desk
from tests.orders.bakery import Bakery, D


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery."""
    return Bakery(shop)


@pytest.fixture
def flour(bakery: Bakery) -> list[Lot]:
    """Two bags of flour that came in together."""
    return bakery.receive(bakery.flour, 20, 20, days=180)


@pytest.fixture
def keeper(app: Flask, shop: Shop) -> Desk:
    """The material handler at a desk."""
    return Desk(app, shop, Role.MATERIAL)


def test_layouts_are_looked_at_with_the_newest_thing(flour: list[Lot], bakery: Bakery, keeper: Desk) -> None:
    page = keeper.see("/labels")
    assert f"At true size, with the data of {flour[1].code}." in page
    assert page.count(f">{flour[1].code}</text>") >= 20
    order = bakery.order()
    assert f">{order.code}</text>" in keeper.see("/labels?of=order")


def test_a_lot_that_is_used_up_is_not_the_one_to_look_at(shop: Shop, flour: list[Lot]) -> None:
    def empty(work: Work) -> None:
        adjust_lot(work, flour[1].code, D(0), "counted")

    shop.do(empty)
    with shop.read() as read:
        assert newest_code(read, "lot") == flour[0].code


def test_what_there_is_none_of_is_shown_with_sample_data(keeper: Desk) -> None:
    page = keeper.see("/labels?of=tool")
    assert "with sample data" in page
    assert ">T0004K</text>" in page


def test_sample_data_may_be_asked_for(flour: list[Lot], keeper: Desk) -> None:
    page = keeper.see("/labels?data=sample")
    assert ">L260105-00129</text>" in page
    assert flour[1].code not in page


def test_nobodys_badge_is_shown_to_try_a_layout(app: Flask, shop: Shop) -> None:
    page = Desk(app, shop, Role.ADMIN).see("/labels?of=badge")
    assert "with sample data" in page
    assert "B7XQ2M9KD4RTAD" in page
    with shop.read() as read:
        assert newest_code(read, "badge") is None


def test_each_resolution_shows_its_own_dots_at_the_same_size(flour: list[Lot], keeper: Desk) -> None:
    for dpi, dots in (("", "480 320"), ("203", "480 320"), ("300", "709 472"), ("600", "1417 945"), ("7", "480 320")):
        page = keeper.see(f"/labels?dpi={dpi}")
        assert f'width="60mm" height="40mm" viewBox="0 0 {dots}"' in page, dpi


def test_a_layout_on_which_the_newest_thing_does_not_fit_says_so(
    shop: Shop, bakery: Bakery, keeper: Desk
) -> None:  # fmt: skip
    bakery.receive(bakery.flour, "12345678.123456", days=180)
    page = keeper.see("/labels")
    assert "12,345,678.123456" in page
    assert "does not fit on this label" in page
    assert page.count('<svg class="label"') >= 10
