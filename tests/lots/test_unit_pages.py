"""Boxes and pallets at a desk and for programs: made, packed, moved, shipped, taken apart."""

from decimal import Decimal as D

import pytest
from flask import Flask

from mes.core.access import Role
from mes.lots import service
from mes.lots.models import Lot
from mes.lots.unit_models import HandlingUnit
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_pallet
from tests.orders.bakery import Bakery


@pytest.fixture
def store(shop: Shop) -> tuple[Bakery, list[Lot]]:
    bakery = Bakery(shop)
    return bakery, bakery.receive(bakery.flour, 10, 20, 30, at=bakery.store)


def newest(shop: Shop) -> str:
    with shop.read() as read:
        return read.query(HandlingUnit).order_by(HandlingUnit.id.desc()).first().code  # type: ignore[union-attr]


def test_lots_are_packed_closed_moved_and_shipped_at_a_desk(
    app: Flask, shop: Shop, store: tuple[Bakery, list[Lot]]
) -> None:
    _bakery, (a, b, c) = store
    desk = Desk(app, shop, Role.MATERIAL)
    assert "No boxes or pallets here" in desk.see("/units")
    assert a.code in desk.see(f"/new/unit?lot={a.code}")
    desk.press("/new/unit", kind="box", content=a.code, location="", note="")
    box = newest(shop)
    desk.press("/new/unit", kind="pallet", content=f"{box}\n{b.code}", location="ST", note="위에 쌓지 마시오")
    pallet = newest(shop)
    page = desk.see(f"/units/{pallet}")
    assert a.code in page
    assert b.code in page
    assert "Stands on" in desk.see(f"/units/{box}")
    desk.press(f"/units/{pallet}/pack", content=c.code)
    desk.press(f"/units/{pallet}/unpack", what=b.code)
    desk.press(f"/units/{pallet}/close")
    assert "is closed" in desk.press(f"/units/{pallet}/unpack", 409, what=c.code)
    assert "is closed" in desk.press(f"/units/{pallet}/pack", 409, content=b.code)
    desk.press(f"/units/{pallet}/move", location="FL")
    assert pallet in desk.see(f"/units?q={c.code}")
    assert pallet in desk.see(f"/lots/{c.code}")
    assert pallet in desk.see("/units?show=closed&kind=pallet")
    assert pallet in desk.see(f"/shipments/new?lot={pallet}")
    desk.press("/shipments/new", customer="MART", reference="PO-1", lines=pallet, note="")
    assert "Shipped" in desk.see(f"/units/{pallet}")
    assert "has left with shipment" in desk.press(f"/units/{pallet}/open", 409)
    assert pallet in desk.see("/units?show=shipped")


def test_a_box_is_taken_off_and_a_pallet_taken_apart_at_a_desk(
    app: Flask, shop: Shop, store: tuple[Bakery, list[Lot]]
) -> None:
    _bakery, (a, b, _c) = store
    desk = Desk(app, shop, Role.MATERIAL)
    desk.press("/new/unit", kind="box", content=a.code, location="", note="")
    box = newest(shop)
    desk.press("/new/unit", kind="pallet", content="", location="", note="")
    pallet = newest(shop)
    desk.press(f"/units/{pallet}/pack", content=f"(00){box}\n{b.code}")
    desk.press(f"/units/{pallet}/unpack", what=box)
    assert "Stands on" not in desk.see(f"/units/{box}")
    assert "cannot stand on" in desk.press(f"/units/{box}/pack", 409, content=pallet)
    assert "There is no lot NOWHERE" in desk.press(f"/units/{pallet}/pack", 404, content="NOWHERE")
    desk.press(f"/units/{pallet}/take-apart")
    assert "Taken apart" in desk.see(f"/units/{pallet}")
    desk.see("/units/NOWHERE", 404)


def test_an_operator_looks_at_a_pallet_and_changes_nothing(
    app: Flask, shop: Shop, store: tuple[Bakery, list[Lot]]
) -> None:
    pallet = shop.do(lambda work: make_pallet(work, store[1][0].code)).code
    desk = Desk(app, shop, Role.OPERATOR)
    assert "Take apart" not in desk.see(f"/units/{pallet}")
    desk.press(f"/units/{pallet}/close", 403)


def test_programs_make_pack_move_and_take_apart(app: Flask, shop: Shop, store: tuple[Bakery, list[Lot]]) -> None:
    _bakery, (a, b, c) = store
    program = Program(app, shop, Role.MATERIAL)
    box = program.post("/units", {"kind": "box", "lots": [a.code]}).get_json()
    assert box["lots"] == [{"lot": a.code, "item": "RF", "quantity": "10", "unit": "kg"}]
    pallet = program.post("/units", {"kind": "pallet", "boxes": [box["code"]], "location": "FL"}).get_json()["code"]
    packed = program.post(f"/units/{pallet}/pack", {"lots": [b.code, c.code]}).get_json()
    assert [one["lot"] for one in packed["lots"]] == [b.code, c.code]
    left = program.post(f"/units/{pallet}/unpack", {"lots": [c.code], "boxes": [box["code"]]}).get_json()
    assert (left["boxes"], [one["lot"] for one in left["lots"]]) == ([], [b.code])
    assert program.post(f"/units/{pallet}/close").get_json()["closed_at"]
    assert program.post(f"/units/{pallet}/pack", {"lots": [c.code]}).get_json()["code"] == "UnitClosed"
    assert program.post(f"/units/{pallet}/open").get_json()["closed_at"] is None
    assert program.post(f"/units/{pallet}/move", {"location": "ST"}).get_json()["location"] == "ST"
    assert program.get(f"/units/{pallet}").get_json()["parent"] is None
    assert [row["code"] for row in program.get("/units", kind="box").get_json()["rows"]] == [box["code"]]
    assert program.post(f"/units/{pallet}/take-apart").get_json()["ended_at"]
    assert program.get(f"/lots/{b.code}").get_json()["on_hand"] == "20"


def test_a_part_shipped_from_a_pallet_leaves_the_rest_on_it(shop: Shop, store: tuple[Bakery, list[Lot]]) -> None:
    bakery, (a, _b, _c) = store
    pallet = shop.do(lambda work: make_pallet(work, a.code)).code
    shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=[(a.code, D(4))]))
    with shop.read() as read:
        assert read.query(HandlingUnit).filter_by(code=pallet).one().id == read.get_one(Lot, a.id).unit_id


def test_more_codes_than_go_on_one_pallet_are_refused_before_they_are_read(
    app: Flask, shop: Shop, store: tuple[Bakery, list[Lot]]
) -> None:
    desk = Desk(app, shop, Role.MATERIAL)
    page = desk.press("/new/unit", 422, kind="box", content="L1 " * 2001, location="", note="")
    assert "at most 2,000" in page


def test_a_label_that_was_printed_again_is_packed_like_the_first(
    app: Flask, shop: Shop, store: tuple[Bakery, list[Lot]]
) -> None:
    _bakery, (a, b, _c) = store
    desk = Desk(app, shop, Role.MATERIAL)
    desk.press("/new/unit", kind="box", content=f"{a.code}.2\nhttp://plant/l/{b.code}.3", location="", note="")
    assert a.code in (page := desk.see(f"/units/{newest(shop)}"))
    assert b.code in page
