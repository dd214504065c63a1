"""Lots at a desk: acts on one lot by themselves, and what is never guessed for a person."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.lots.parting import NothingToMerge
from mes.lots.service import merge_lots, receive_lots
from mes.partners.models import PartnerKind
from tests.conftest import Shop
from tests.core.hangul_keyboard import typed
from tests.desk import Desk
from tests.factories import make_item, make_location, make_partner


@pytest.fixture
def desk(app: Flask, shop: Shop) -> Desk:
    """The production manager at a desk."""
    return Desk(app, shop, Role.MANAGER)


@pytest.fixture
def lot(shop: Shop) -> str:
    """Twenty-five kilograms of rice in the store."""

    def seed(work: Work) -> str:
        make_partner(work, PartnerKind.CUSTOMER, code="C1", name="행복마트")
        item = make_item(work, code="RICE", name="쌀", unit="kg")
        store = make_location(work, code="A-1", name="창고")
        return receive_lots(work, item=item, quantities=[Decimal(25)], location=store)[0].code

    return shop.do(seed)


def test_an_act_on_a_lot_that_does_not_exist_is_said_at_once(desk: Desk) -> None:
    for act in ("move", "split", "adjust", "scrap", "return", "hold", "lift"):
        assert "There is no lot NOPE" in desk.see(f"/lots/NOPE/{act}", 404)


def test_an_act_on_a_lot_shows_how_much_there_is_and_asks_for_the_count_first(desk: Desk, lot: str) -> None:
    page = desk.see(f"/lots/{lot}/adjust")
    assert "In stock 25 kg" in page
    assert page.index('name="counted"') < page.index('name="reason"')


def test_neither_a_place_nor_a_customer_is_chosen_by_itself(desk: Desk, lot: str) -> None:
    assert "Please fill in this field." in desk.press(f"/lots/{lot}/move", 422, location="")
    refused = desk.press("/shipments/new", 422, customer="", lines=lot)
    assert "Please fill in this field." in refused
    assert lot in refused
    assert 'selected value="C1"' not in desk.see("/shipments/new")


def test_an_operator_sees_a_lot_without_the_forms_of_others(app: Flask, shop: Shop, lot: str) -> None:
    page = Desk(app, shop, Role.OPERATOR).see(f"/lots/{lot}")
    for act in ("move", "split", "adjust", "scrap", "return", "hold"):
        assert f"/lots/{lot}/{act}" not in page


def test_a_refusal_at_a_desk_keeps_the_rail_and_the_scan_box(app: Flask, desk: Desk) -> None:
    for address in ("/lots/NOPE", "/nowhere"):
        assert "data-scan" in desk.see(address, 404)
    assert "data-scan" not in app.test_client().get("/nowhere").text


def test_a_line_of_a_shipment_names_the_lot_and_loses_nothing(desk: Desk, lot: str) -> None:
    page = desk.press("/shipments/new", 404, customer="C1", lines=f"{lot} 5\nNOPE", reference="PO-7")
    assert "NOPE" in page
    assert f"{lot} 5" in page
    assert "PO-7" in page


def test_lots_that_were_scanned_into_a_hangul_keyboard_are_shipped(desk: Desk, shop: Shop, lot: str) -> None:
    page = desk.see(desk.press("/shipments/new", customer="C1", lines=typed(lot) + " 5"))
    assert lot in page
    other = desk.press(f"/lots/{lot}/split", quantity="5").rpartition("/")[2]
    assert "Merged" in desk.see(desk.press("/lots/merge", codes=f"{typed(lot)}\n{typed(other)}"))


def test_a_lot_that_waits_leads_to_its_inspection(app: Flask, desk: Desk, shop: Shop) -> None:
    def seed(work: Work) -> str:
        item = make_item(work, code="FLOUR", inspect_incoming=True)
        return receive_lots(work, item=item, quantities=[Decimal(5)])[0].code

    code = shop.do(seed)
    desk.press(f"/lots/{code}/hold", reason="torn")
    page = desk.see(f"/lots/{code}")
    assert "On hold" in page
    assert "Awaits inspection" in page
    assert f"/quality/inspect?code={code}" in page
    assert "/quality/inspect" not in Desk(app, shop, Role.OPERATOR).see(f"/lots/{code}")


def test_a_hold_is_lifted_with_what_the_page_of_the_lot_sends(desk: Desk, lot: str) -> None:
    for reason in ("torn", "wet"):
        desk.press(f"/lots/{lot}/hold", reason=reason)
    page = desk.see(f"/lots/{lot}")
    sent = re.findall(rf'action="/lots/{lot}/lift".*?</form>', page, re.DOTALL)
    holds = [re.findall(r'name="hold"[^>]* value="(\d+)"', form) for form in sent]
    assert [len(values) for values in holds] == [1, 1]  # one hold in each form
    for (value,) in holds:
        desk.press(f"/lots/{lot}/lift", hold=value, reason="looked at it")
    assert "Free to use" in desk.see(f"/lots/{lot}")


def test_one_lot_alone_is_not_merged(desk: Desk, shop: Shop, lot: str) -> None:
    with pytest.raises(NothingToMerge):
        shop.do(lambda work: merge_lots(work, [lot, lot]))
    assert "at least two lots" in desk.press("/lots/merge", 409, codes=lot)


def test_labels_scanned_into_fields_are_understood_as_in_the_scan_box(desk: Desk, lot: str, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="SALT", gtin="08801234567893"))
    given: dict[str, Any] = {"item": "(01)08801234567893(10)A-77", "quantity": "5", "containers": "1"}
    assert "SALT" in desk.see(desk.press("/lots/receive", supplier="", location="", **given))
    lines = f"https://any-host/l/{lot} 5"
    assert "/shipments/" in desk.press("/shipments/new", customer="C1", lines=lines)
    assert lot in desk.see(f"/quality/inspect?code=http://10.0.0.7/s/{lot}")
