"""Lots at a desk: what the material handler and quality do with them."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.lots import page_parts
from mes.lots.models import Lot
from mes.lots.queries import get_lot, holds_of
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.orders.bakery import Bakery

#: What a browser sends when one sack is received.
SACK: dict[str, Any] = {
    "item": "RF",
    "quantity": "25",
    "containers": "1",
    "supplier": "MILL",
    "supplier_lot": "A-1",
    "location": "ST",
}


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    return Bakery(shop)


@pytest.fixture
def handler(app: Flask, shop: Shop) -> Desk:
    return Desk(app, shop, Role.MATERIAL)


def lot_of(address: str) -> str:
    return address.rpartition("/")[2]


def test_three_sacks_are_received_and_shown_with_their_labels(handler: Desk, bakery: Bakery) -> None:
    leads_to = handler.press("/lots/receive", **{**SACK, "containers": "3"})
    page = handler.see(leads_to)
    assert len(set(re.findall(r"L260105-\d{4}\w", page))) == 3


def test_what_was_typed_stays_when_the_receipt_is_refused(handler: Desk, bakery: Bakery) -> None:
    page = handler.press("/lots/receive", status=404, **{**SACK, "item": "NOPE"})
    assert 'value="NOPE"' in page
    assert 'value="25"' in page
    page = handler.press("/lots/receive", status=422, **{**SACK, "containers": "501"})
    assert "at most 500" in page, "TooManyContainers"
    page = handler.press("/lots/receive", status=422, **{**SACK, "quantity": "1O"})
    assert "is not a number" in page


def test_a_lot_is_moved_split_counted_and_scrapped_at_its_page(handler: Desk, bakery: Bakery, shop: Shop) -> None:
    [lot] = bakery.receive(bakery.flour, 100)
    handler.press(f"/lots/{lot.code}/move", location="ST")
    part = lot_of(handler.press(f"/lots/{lot.code}/split", quantity="30"))
    handler.press(f"/lots/{lot.code}/adjust", counted="69", reason="실사")
    handler.press(f"/lots/{lot.code}/return", quantity="9", reason="젖음")
    assert bakery.lot(lot).on_hand == 60
    page = handler.see(f"/lots/{lot.code}")
    assert part in page
    assert "실사" in page
    handler.press(f"/lots/{lot.code}/adjust", status=422, counted="5", reason="")


def test_of_the_many_things_a_lot_went_into_the_last_are_shown_with_the_right_balance(
    handler: Desk, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_parts, "SHOWN", 2)
    [lot] = bakery.receive(bakery.flour, 100)
    parts = [lot_of(handler.press(f"/lots/{lot.code}/split", quantity=str(n))) for n in (10, 20, 30)]
    page = handler.see(f"/lots/{lot.code}")
    assert [f'href="/lots/{part}"' in page for part in parts] == [False, True, True]
    assert re.findall(r"<td[^>]*>(70|40)</td>", page) == ["70", "40"], "what came before counts in the balance"
    assert re.findall(r"<td[^>]*>(100|90)</td>", page) == []
    assert "the last 2 are shown" in page
    whole = handler.see(f"/lots/{lot.code}?all=1")
    assert all(f'href="/lots/{part}"' in whole for part in parts)
    assert "are shown" not in whole


def test_a_part_of_a_held_lot_is_taken_off_and_moved_and_stays_held(handler: Desk, bakery: Bakery, shop: Shop) -> None:
    [lot] = bakery.receive(bakery.flour, 100)
    handler.press(f"/lots/{lot.code}/hold", reason="벌레")
    part = lot_of(handler.press(f"/lots/{lot.code}/split", quantity="30"))
    other = lot_of(handler.press(f"/lots/{lot.code}/move", location="ST", quantity="20"))
    with shop.read() as read:
        assert [get_lot(read, code).holds for code in (lot.code, part, other)] == [1, 1, 1]


def test_a_hold_is_placed_by_the_office_and_lifted_by_quality(
    handler: Desk, bakery: Bakery, app: Flask, shop: Shop
) -> None:
    [lot] = bakery.receive(bakery.flour, 100)
    handler.press(f"/lots/{lot.code}/hold", reason="벌레")
    with shop.read() as read:
        [hold] = holds_of(read, lot.id)
    handler.press(f"/lots/{lot.code}/lift", status=403, hold=str(hold.id), reason="확인")
    quality = Desk(app, shop, Role.QUALITY)
    assert "벌레" in quality.see(f"/lots/{lot.code}")
    quality.press(f"/lots/{lot.code}/lift", hold=str(hold.id), reason="확인")
    assert bakery.lot(lot).holds == 0
    quality.press(f"/lots/{lot.code}/lift", status=404, hold="999999", reason="확인")


def test_lots_are_merged_and_shipped(handler: Desk, bakery: Bakery) -> None:
    first, second, third = bakery.receive(bakery.flour, 10, 20, 5)
    merged = lot_of(handler.press("/lots/merge", codes=f"{first.code}\n{second.code}"))
    shipment = handler.press("/shipments/new", customer="MART", lines=f"{merged} 12\n{third.code}", reference="PO-1")
    page = handler.see(shipment)
    assert merged in page
    assert third.code in page
    assert "PO-1" in handler.see("/shipments")
    handler.press("/shipments/new", status=422, customer="MART", lines=f"{merged} zwölf")
    handler.press("/shipments/new", status=409, customer="MART", lines=third.code)


def test_a_double_tap_receives_once(handler: Desk, bakery: Bakery, shop: Shop) -> None:
    values = {**SACK, "once": "the-same-tap"}
    for _tap in range(2):
        answer = handler.client.post("/lots/receive", data=values)
        assert answer.status_code == 303
    with shop.read() as read:
        assert len(read.scalars(select(Lot)).all()) == 1


def test_lists_show_stock_and_what_is_low(handler: Desk, bakery: Bakery) -> None:
    [lot] = bakery.receive(bakery.flour, 100)
    assert lot.code in handler.see("/lots")
    assert lot.code not in handler.see("/lots?show=held")
    assert lot.code in handler.see("/lots?q=A-77")
    assert "100" in handler.see("/stock")
    handler.see("/lots?after=nonsense&show=nonsense")
    handler.see("/lots/NOPE", status=404)


def test_moving_a_part_names_the_new_lot_and_what_stays(handler: Desk, bakery: Bakery) -> None:
    [lot] = bakery.receive(bakery.flour, 100)
    code = lot_of(handler.press(f"/lots/{lot.code}/move", location="ST", quantity="30"))
    page = handler.see(f"/lots/{code}")
    assert f"30 kg became the new lot {code}; 70 kg stay in {lot.code}." in page
    assert "Print its label now." in page


def test_a_refusal_that_a_field_shows_is_said_once_and_fits_the_desk(handler: Desk, bakery: Bakery) -> None:
    [lot] = bakery.receive(bakery.flour, 10)
    page = handler.press(f"/lots/{lot.code}/split", status=409, quantity="11")
    assert page.count("has only 10 kg left") == 1, "NotEnough"
    assert "scan" not in page.partition("has only")[2][:200]
    page = handler.press("/shipments/new", status=409, customer="MART", lines=f"{lot.code} 11")
    assert page.count("has only 10 kg left") == 1


def test_what_was_taken_between_the_page_and_the_count_is_not_brought_back_by_it(
    handler: Desk, bakery: Bakery, shop: Shop
) -> None:
    [lot] = bakery.receive(bakery.flour, 100)

    def shown(page: str) -> str:
        return str(re.findall(r'name="seen"[^>]*value="([^"]*)"', page)[0])

    seen = shown(handler.see(f"/lots/{lot.code}"))
    assert seen == shown(handler.see(f"/lots/{lot.code}/adjust")) == "100"
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, lot, "30.125")
    typed = {"counted": "99", "reason": "실사"}
    page = handler.press(f"/lots/{lot.code}/adjust", status=409, seen=seen, **typed)  # QuantityMoved
    assert f"Lot {lot.code} has 69.875 kg now. Before it was counted, 100 kg were seen." in page
    assert ('value="99"' in page, 'value="실사"' in page, shown(page)) == (True, True, "69.875")
    assert bakery.lot(lot).on_hand == Decimal("69.875")
    assert shown(handler.press(f"/lots/{lot.code}/adjust", status=422, seen=seen, counted="99", reason="")) == "100"
    handler.press(f"/lots/{lot.code}/adjust", seen="69.875", counted="70", reason="실사")
    assert bakery.lot(lot).on_hand == 70


def test_a_program_may_say_what_it_saw_before_it_counted(app: Flask, shop: Shop, bakery: Bakery) -> None:
    [lot] = bakery.receive(bakery.flour, 100)
    program = Program(app, shop)
    said = program.post(f"/lots/{lot.code}/adjust", {"counted": "80", "reason": "count", "seen": "90"})
    assert (said.status_code, said.json["code"]) == (409, "QuantityMoved")  # type: ignore[index]
    assert (
        program.post(f"/lots/{lot.code}/adjust", {"counted": "80", "reason": "count", "seen": "100.000"}).status_code
        == 201
    )
    assert program.post(f"/lots/{lot.code}/adjust", {"counted": "70", "reason": "count"}).status_code == 201
    assert bakery.lot(lot).on_hand == 70
