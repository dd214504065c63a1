"""A hold reaches what was one with the lot: parts that were split off, lots that were poured together."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.errors import NotFound
from mes.lots import service
from mes.lots.models import Lot
from mes.lots.queries import kin
from mes.lots.rules import NothingToHoldWith
from tests.conftest import Shop
from tests.desk import Desk
from tests.orders.bakery import Bakery, D


def codes(shop: Shop, lot: Lot) -> list[str]:
    with shop.read() as read:
        return [one.code for one in kin(read, [lot.id])]


def family(shop: Shop, bakery: Bakery) -> tuple[Lot, Lot, Lot, Lot]:
    """A sack, two bags of it, and what one of them was poured into together with another sack."""
    sack, other = bakery.receive(bakery.flour, 100, 40)
    first = shop.do(lambda work: service.split_lot(work, sack.code, D(30)))
    second = shop.do(lambda work: service.split_lot(work, sack.code, D(20)))
    mixed = shop.do(lambda work: service.merge_lots(work, [second.code, other.code]))
    return sack, first, second, mixed


def test_parts_and_mixtures_of_a_lot_belong_to_it_from_either_side(shop: Shop) -> None:
    bakery = Bakery(shop)
    sack, first, _empty, mixed = family(shop, bakery)
    [stranger] = bakery.receive(bakery.flour, 5)
    assert codes(shop, sack) == [first.code, mixed.code]
    assert codes(shop, first) == [sack.code, mixed.code]
    assert codes(shop, stranger) == []


def test_a_lot_is_held_together_with_those_that_are_named(shop: Shop) -> None:
    bakery = Bakery(shop)
    sack, first, _empty, mixed = family(shop, bakery)
    shop.do(lambda work: service.hold_lot(work, sack.id, "이물", also=[first.code]))
    assert (bakery.lot(sack).holds, bakery.lot(first).holds, bakery.lot(mixed).holds) == (1, 1, 0)
    assert codes(shop, sack) == [mixed.code]
    with pytest.raises(NotFound, match="NOPE"):
        shop.do(lambda work: service.hold_lot(work, sack.id, "이물", also=["NOPE"]))


def test_what_is_held_already_is_not_held_twice(shop: Shop) -> None:
    bakery = Bakery(shop)
    sack, first, _empty, _mixed = family(shop, bakery)
    shop.do(lambda work: service.hold_lot(work, first.id, "찢어짐"))
    shop.do(lambda work: service.hold_lot(work, sack.id, "이물", also=[first.code]))
    assert bakery.lot(first).holds == 1


def test_the_form_of_a_hold_names_them_ticked_and_holds_them_in_one_press(app: Flask, shop: Shop) -> None:
    bakery = Bakery(shop)
    sack, first, _empty, mixed = family(shop, bakery)
    leader = Desk(app, shop, Role.LEADER)
    form = leader.see(f"/lots/{sack.code}/hold")
    for lot in (first, mixed):
        assert f'checked id="also-{[first, mixed].index(lot)}" name="also" type="checkbox" value="{lot.code}"' in form
    leader.press(f"/lots/{sack.code}/hold", reason="이물", also=[first.code])
    page = leader.see(f"/lots/{sack.code}")
    assert "Still free, though split from it" in page
    assert mixed.code in page
    leader.press(f"/lots/{sack.code}/hold-kin")
    assert bakery.lot(mixed).holds == 1
    assert "Still free, though split from it" not in leader.see(f"/lots/{sack.code}")


def test_the_trace_of_a_held_lot_says_which_of_its_parts_are_free(app: Flask, shop: Shop) -> None:
    bakery = Bakery(shop)
    sack, _first, _empty, _mixed = family(shop, bakery)
    leader = Desk(app, shop, Role.LEADER)
    assert "Hold them too" not in leader.see(f"/trace?of={sack.code}")
    shop.do(lambda work: service.hold_lot(work, sack.id, "이물"))
    assert "Hold them too" in leader.see(f"/trace?of={sack.code}")


def test_nothing_is_held_with_a_free_lot(shop: Shop) -> None:
    bakery = Bakery(shop)
    sack, _first, _empty, _mixed = family(shop, bakery)
    with pytest.raises(NothingToHoldWith):
        shop.do(lambda work: service.hold_kin(work, sack.code))
