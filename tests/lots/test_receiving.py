"""Dates and counts of material that arrives."""

from datetime import date
from decimal import Decimal as D

import pytest
from flask import Flask

from mes.core.access import Role
from mes.lots import api, service
from mes.lots.receiving_rules import DatesReversed, ExpiredOnArrival, MadeLater, NothingReceived, TooManyContainers
from tests.conftest import Shop
from tests.desk import Desk
from tests.lots.test_ledger import now, receive, rice
from tests.lots.test_pages import SACK, lot_of
from tests.orders.bakery import Bakery

#: The shop's today is 2026-01-05.
TOMORROW, YESTERDAY = date(2026, 1, 6), date(2026, 1, 4)


def test_a_day_of_making_that_nobody_gave_is_not_invented(shop: Shop) -> None:
    item = rice(shop)
    [bought], [dated] = receive(shop, item, 5), receive(shop, item, 5, made_on=YESTERDAY)
    assert (bought.made_on, bought.arrived_on) == (date(2026, 1, 5), date(2026, 1, 5))
    assert (dated.made_on, dated.arrived_on) == (YESTERDAY, None)
    with shop.read() as read:
        assert api.get_lot(read, bought.code).made_on is None
        assert api.get_lot(read, dated.code).made_on == YESTERDAY


def test_parts_and_mixtures_know_the_day_of_arrival_too(shop: Shop) -> None:
    item = rice(shop)
    [bought], [dated] = receive(shop, item, 5), receive(shop, item, 5, made_on=YESTERDAY)
    part = shop.do(lambda work: service.split_lot(work, bought.code, D(1)))
    assert part.arrived_on == date(2026, 1, 5)
    merged = shop.do(lambda work: service.merge_lots(work, [bought.code, dated.code]))
    assert (merged.made_on, now(shop, merged).arrived_on) == (YESTERDAY, None)


def test_the_page_of_a_bought_lot_says_when_it_arrived(app: Flask, shop: Shop) -> None:
    Bakery(shop)
    handler = Desk(app, shop, Role.MATERIAL)
    code = lot_of(handler.press("/lots/receive", **SACK))
    page = handler.see(f"/lots/{code}")
    assert "Arrived on" in page
    assert "Made on" not in page
    code = lot_of(handler.press("/lots/receive", **{**SACK, "made_on": "2026-01-02"}))
    assert "Made on" in handler.see(f"/lots/{code}")


def test_impossible_dates_are_refused(shop: Shop) -> None:
    item = rice(shop)
    with pytest.raises(MadeLater, match="2026-01-06"):
        receive(shop, item, 5, made_on=TOMORROW)
    with pytest.raises(DatesReversed):
        receive(shop, item, 5, made_on=YESTERDAY, expires_on=date(2026, 1, 3), confirmed=True)


def test_expired_material_comes_in_after_a_question(app: Flask, shop: Shop) -> None:
    bakery = Bakery(shop)
    with pytest.raises(ExpiredOnArrival):
        receive(shop, bakery.flour, 5, expires_on=YESTERDAY)
    handler = Desk(app, shop, Role.MATERIAL)
    late = {**SACK, "expires_on": "2026-01-04"}
    asked = handler.press("/lots/receive", status=409, **late)
    assert 'name="confirmed" value="1"' in asked
    code = lot_of(handler.press("/lots/receive", **late, confirmed="1"))
    assert "Expired" in handler.see(f"/lots/{code}")


def test_a_lot_that_waits_for_inspection_shows_that_it_has_expired_too(app: Flask, shop: Shop) -> None:
    item = rice(shop, inspect_incoming=True)
    [lot] = receive(shop, item, 5, expires_on=YESTERDAY, confirmed=True)
    handler = Desk(app, shop, Role.MATERIAL)
    for address in (f"/lots/{lot.code}", "/lots", f"/trace?of={lot.code}"):
        page = handler.see(address)
        assert page.count("Awaits inspection") >= 1
        assert page.count("Expired") >= 1 + (address == "/lots"), address  # the list has a filter of that name


def test_a_receipt_of_nothing_or_of_too_much_is_refused(shop: Shop) -> None:
    item = rice(shop)
    with pytest.raises(NothingReceived):
        shop.do(lambda work: api.receive(work, api.NewReceipt(item=item.code, quantities=[])))
    with pytest.raises(TooManyContainers):
        shop.do(lambda work: api.receive(work, api.NewReceipt(item=item.code, quantities=[D(1)] * 1001)))


def test_opening_stock_bears_its_codes_as_labels_are_read(shop: Shop) -> None:
    item = rice(shop)
    [lot] = receive(shop, item, 5, codes=[" own-1 "])
    assert lot.code == "OWN-1", "a blank that somebody typed is in no label"
