"""What an order needs is what the explosion of its bill of material says."""

from decimal import Decimal as D

from mes.core.work import Work
from mes.items.models import Item
from mes.items.queries import explode
from mes.items.service import BomLineData, make_bom, release_bom
from tests.conftest import Shop
from tests.factories import make_item
from tests.orders.bakery import Bakery


def filled(work: Work, bakery: Bakery) -> Item:
    """A filling that never stands in stock: two kilograms of flour each, a twentieth of it lost."""
    filling = make_item(work, code="FILLING", name="소", unit="kg")
    line = BomLineData(component=bakery.flour, quantity=D(2), scrap_percent=D(5))
    release_bom(work, make_bom(work, filling, [line]).id)
    return filling


def test_what_is_lost_of_a_phantom_is_needed_of_what_it_is_made_of(shop: Shop) -> None:
    bakery = Bakery(shop)

    def enter(work: Work) -> None:
        line = BomLineData(component=filled(work, bakery), quantity=D(1), scrap_percent=D(10), phantom=True)
        release_bom(work, make_bom(work, bakery.cake, [line]).id)

    shop.do(enter)
    [flour] = bakery.order(100).materials
    assert (flour.item_id, flour.per_piece, flour.required) == (bakery.flour.id, D(2), D(231))


def test_an_order_needs_to_the_last_millionth_what_the_explosion_says(shop: Shop) -> None:
    bakery = Bakery(shop)

    def enter(work: Work) -> None:
        line = BomLineData(component=bakery.flour, quantity=D("0.000002"), scrap_percent=D(25))
        release_bom(work, make_bom(work, bakery.cake, [line]).id)

    shop.do(enter)
    for pieces in (1, 3, 7):
        [flour] = bakery.order(pieces).materials
        with shop.read() as read:
            [total] = explode(read, bakery.cake.id, D(pieces)).totals
        assert flour.required == total.quantity
