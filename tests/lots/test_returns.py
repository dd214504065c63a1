"""What customers bring back: stock again, on hold, never more than had left; the shipment stays as it was."""

from collections.abc import Sequence
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from mes.core.access import Role
from mes.core.errors import NotFound, ReasonNeeded
from mes.epcis.models import EpcisEvent
from mes.epcis.noting import bring_up_to_date
from mes.equipment.models import LocationKind
from mes.items.models import Tracking
from mes.lots import return_queries, service
from mes.lots.models import Edge, EdgeKind, Lot
from mes.lots.place_rules import PlaceOutside
from mes.lots.queries import get_lot, open_holds
from mes.lots.return_models import CustomerReturn, ReturnCondition, ReturnLine
from mes.lots.return_rules import (
    AllBack,
    CameBackAlready,
    Goods,
    GoodsTwice,
    MoreThanShipped,
    NeverShipped,
    NothingCameBack,
    OtherCustomer,
    ReturnMovedOn,
    ReturnUndone,
    WhichShipment,
)
from mes.lots.unit_models import UnitKind
from mes.orders.reporting import record_report
from mes.partners.models import PartnerKind
from mes.recall.figures import figures_of
from mes.recall.queries import reach_of
from mes.recall.sent import back_by_lot, sent_of
from mes.trace.story import tell
from mes.web.check import in_records
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_location, make_partner
from tests.orders.bakery import Bakery


def ship(bakery: Bakery, *lines: tuple[Lot, int | None], customer: Any = None) -> str:
    asked = [(lot.code, None if quantity is None else D(quantity)) for lot, quantity in lines]
    who = customer or bakery.market
    return bakery.shop.do(lambda work: service.ship_lots(work, customer=who, lines=asked)).code


def back(shop: Shop, *goods: Goods, reason: str = "포장 불량", **more: Any) -> CustomerReturn:
    return shop.do(lambda work: service.take_returns(work, goods, reason=reason, **more))


def came(shop: Shop, code: str) -> Sequence[Lot]:
    with shop.read() as read:
        found = return_queries.get_return(read, code)
        return [one.line.back for one in return_queries.lines_of(read, found.id)]


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    return Bakery(shop)


@pytest.fixture
def flour(bakery: Bakery) -> Lot:
    [lot] = bakery.receive(bakery.flour, 20)
    return lot


def test_what_a_customer_brings_back_is_a_lot_of_its_own_on_hold(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    shipment = ship(bakery, (flour, 12))
    made = back(shop, Goods(flour.code.lower(), D(5), condition=ReturnCondition.OPENED))
    [lot] = came(shop, made.code)
    assert (lot.on_hand, lot.holds, lot.supplier_lot, lot.item_id) == (D(5), 1, "A-77", flour.item_id)
    assert bakery.lot(flour).on_hand == D(8)
    with shop.read() as read:
        [hold] = open_holds(read, [lot.id])
        assert (hold.source, "포장 불량" in hold.reason) == (made.code, True)
        [away] = return_queries.away_of(read, [flour.id])[flour.id]
        assert (away.shipment, away.quantity, away.left) == (shipment, D(12), D(7))
        assert not list(in_records(read))


def test_trace_shows_it_both_ways(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    ship(bakery, (flour, 12))
    [lot] = came(shop, back(shop, Goods(flour.code, D(5))).code)
    with shop.read() as read:
        forward, backward = tell(read, flour.code), tell(read, lot.code)
    assert [(one.quantity, one.back) for one in forward.shipped] == [(D(12), D(5))]
    assert lot.id in forward.lots
    assert flour.id in backward.lots
    assert [str(sure) for sure in backward.sure.values()] == ["returned"]
    assert backward.made(lot.id) == D(5)


def test_never_more_comes_back_than_had_left(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    with pytest.raises(NeverShipped):
        back(shop, Goods(flour.code))
    ship(bakery, (flour, 12))
    with pytest.raises(MoreThanShipped):
        back(shop, Goods(flour.code, D("12.000001")))
    with pytest.raises(MoreThanShipped):
        back(shop, Goods(flour.code, D(7)), Goods(flour.code, D(6), condition=ReturnCondition.OPENED))
    back(shop, Goods(flour.code, D(7)), Goods(flour.code, D(5), condition=ReturnCondition.OPENED))
    with pytest.raises(AllBack):
        back(shop, Goods(flour.code))


def test_of_several_shipments_one_is_named(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    first, second = ship(bakery, (flour, 5)), ship(bakery, (flour, 6))
    with pytest.raises(WhichShipment):
        back(shop, Goods(flour.code))
    back(shop, Goods(flour.code, shipment=second.lower()))
    back(shop, Goods(flour.code, D(1)))  # only one of them has something away now
    with shop.read() as read:
        left = {one.shipment: one.left for one in return_queries.away_of(read, [flour.id])[flour.id]}
    assert left == {first: D(4), second: D(0)}


def test_goods_of_two_customers_are_two_returns(shop: Shop, bakery: Bakery) -> None:
    a, b = bakery.receive(bakery.flour, 5, 5)
    other = shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER))
    ship(bakery, (a, None))
    ship(bakery, (b, None), customer=other)
    with pytest.raises(OtherCustomer):
        back(shop, Goods(a.code), Goods(b.code))
    with pytest.raises(GoodsTwice):
        back(shop, Goods(a.code), Goods(a.code))
    with pytest.raises(NothingCameBack):
        back(shop)
    with pytest.raises(ReasonNeeded):
        back(shop, Goods(a.code), reason=" ")
    with pytest.raises(NotFound):
        back(shop, Goods("L-NOPE"))


def test_it_stands_in_quarantine_unless_somebody_says_where(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    ship(bakery, (flour, 12))
    [stays] = came(shop, back(shop, Goods(flour.code, D(1))).code)
    assert stays.location_id == bakery.floor.id
    apart = shop.do(lambda work: make_location(work, kind=LocationKind.QUARANTINE))
    [aside] = came(shop, back(shop, Goods(flour.code, D(1))).code)
    [there] = came(shop, back(shop, Goods(flour.code, D(1)), location=bakery.store).code)
    assert (aside.location_id, there.location_id) == (apart.id, bakery.store.id)
    outside = shop.do(lambda work: make_location(work, kind=LocationKind.OUTSIDE))
    with pytest.raises(PlaceOutside):
        back(shop, Goods(flour.code, D(1)), location=outside)


def serials(shop: Shop) -> tuple[Bakery, list[Lot]]:
    bakery = Bakery(shop, Tracking.SERIAL)
    [flour] = bakery.receive(bakery.flour, 50)
    bakery.receive(bakery.film, 50)
    kettle, packing = bakery.order(10).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    shop.do(lambda work: record_report(work, kettle.code, good=D(3)))
    bakery.start(packing)
    shop.do(lambda work: record_report(work, packing.code, good=D(3)))
    with shop.read() as read:
        return bakery, list(read.scalars(select(Lot).where(Lot.item_id == bakery.cake.id).order_by(Lot.id)))


def test_a_piece_with_a_serial_number_comes_back_as_itself(shop: Shop) -> None:
    bakery, (a, b, _c) = serials(shop)
    ship(bakery, (a, None), (b, None))
    made = back(shop, Goods(a.code))
    [again] = came(shop, made.code)
    assert (again.id, again.on_hand, again.holds) == (a.id, D(1), 1)
    with pytest.raises(AllBack):
        back(shop, Goods(a.code))
    with shop.read() as read:
        assert tell(read, a.code).made(a.id) == 1
        assert not list(in_records(read))
        hold = open_holds(read, [a.id])[0].id
    shop.do(lambda work: service.lift_hold(work, hold, "이상 없음"))
    ship(bakery, (a, None))
    with pytest.raises(ReturnMovedOn):
        shop.do(lambda work: service.undo_return(work, made.code, "착오"))
    back(shop, Goods(a.code))
    with shop.read() as read:
        assert [one.left for one in return_queries.away_of(read, [a.id])[a.id]] == [0, 0]
        assert not list(in_records(read))


def test_a_box_comes_back_with_all_that_left_on_it(shop: Shop) -> None:
    bakery, (a, b, c) = serials(shop)
    box = shop.do(lambda work: service.make_unit(work, UnitKind.BOX, lots=[a.code, b.code])).code
    shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=[(box, None), (c.code, None)]))
    made = back(shop, Goods(box))
    assert {lot.code for lot in came(shop, made.code)} == {a.code, b.code}
    with shop.read() as read:
        assert not list(in_records(read))


def test_a_return_that_was_a_mistake_is_undone_once(shop: Shop, bakery: Bakery) -> None:
    a, b = bakery.receive(bakery.flour, 5, 5)
    shipment = ship(bakery, (a, None), (b, None))
    made = back(shop, Goods(a.code), Goods(b.code, D(2)))
    with pytest.raises(CameBackAlready):
        shop.do(lambda work: service.take_back_shipment(work, shipment, "안 나감"))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.undo_return(work, made.code, "착오", lot="L-NOPE"))
    shop.do(lambda work: service.undo_return(work, made.code, "다른 로트", lot=a.code))
    shop.do(lambda work: service.undo_return(work, made.code, "착오"))
    with pytest.raises(ReturnUndone):
        shop.do(lambda work: service.undo_return(work, made.code, "착오"))
    assert [(lot.on_hand, lot.holds) for lot in came(shop, made.code)] == [(D(0), 0), (D(0), 0)]
    with shop.read() as read:
        assert return_queries.still_away(read, a.id) == D(5)
        assert tell(read, a.code).shipped[0].back == 0
        edges = read.scalars(select(Edge).where(Edge.kind == EdgeKind.COME_BACK)).all()
        assert [edge.undone for edge in edges] == [True, True]
        assert not list(in_records(read))
    shop.do(lambda work: service.take_back_shipment(work, shipment, "안 나감"))


def test_what_was_used_since_is_not_undone(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    ship(bakery, (flour, 12))
    made = back(shop, Goods(flour.code, D(5)))
    [lot] = came(shop, made.code)
    shop.do(lambda work: service.scrap_lot(work, lot.code, D(1), "젖음"))
    with pytest.raises(ReturnMovedOn):
        shop.do(lambda work: service.undo_return(work, made.code, "착오"))


def test_the_balance_of_a_recall_says_what_came_back_and_closes(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    ship(bakery, (flour, 12))
    made = back(shop, Goods(flour.code, D(5)))
    [lot] = came(shop, made.code)
    part = shop.do(lambda work: service.split_lot(work, lot.code, D(2))).code

    def line() -> dict[str, D]:
        with shop.read() as read:
            return {name: much for name, much in figures_of(read, [flour.id]).items[0].figures.items() if much}

    worst = {"worst_stock": D(8), "worst_shipped": D(7)}
    assert line() == {"received": D(20), "stock": D(8), "back": D(5), "shipped": D(7), "came_back": D(5)} | worst
    shop.do(lambda work: service.scrap_lot(work, part, D(2), "오염"))
    with shop.read() as read:
        [hold] = open_holds(read, [lot.id])
    shop.do(lambda work: service.lift_hold(work, hold.id, "이상 없음"))
    worst = {"worst_stock": D(11), "worst_shipped": D(7)}
    assert line() == {
        "received": D(20), "stock": D(11), "scrapped": D(2), "shipped": D(7), "came_back": D(5), **worst,
    }  # fmt: skip
    with shop.read() as read:
        assert back_by_lot(sent_of(read, [flour.id])) == {flour.code: D(5)}
        assert lot.id in reach_of(read, [flour.id]).lots


def test_partners_hear_that_it_came_back(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    ship(bakery, (flour, 12))
    made = back(shop, Goods(flour.code, D(5)))
    bring_up_to_date(shop.database)
    shop.do(lambda work: service.undo_return(work, made.code, "착오"))
    bring_up_to_date(shop.database)
    with shop.read() as read:
        bodies = [row.body for row in read.scalars(select(EpcisEvent).order_by(EpcisEvent.id))]
    told = [body for body in bodies if '"returned"' in body]
    assert len(told) == 2
    assert "errorDeclaration" not in told[0]
    assert "errorDeclaration" in told[1]
    assert '"rma"' in told[0]


def test_the_desk_records_shows_and_undoes_a_return(app: Flask, shop: Shop, bakery: Bakery, flour: Lot) -> None:
    desk = Desk(app, shop, Role.MATERIAL)
    assert "Nothing came back yet" in desk.see("/returns")
    shipment = ship(bakery, (flour, 12))
    assert f"/returns/new?lot={flour.code}" in desk.see(f"/lots/{flour.code}")
    assert f"{flour.code} 12" in desk.see(f"/returns/new?shipment={shipment}")
    typed: dict[str, Any] = {
        "condition": "opened",
        "reason": "포장 불량",
        "shipment": "",
        "reference": "",
        "location": "",
        "note": "",
    }
    assert "a code and a quantity" in desk.press("/returns/new", 422, lines=f"{flour.code} 1 2", **typed)
    assert "is not a number" in desk.press("/returns/new", 422, lines=f"{flour.code} viel", **typed)
    desk.press("/returns/new", 422, lines="", **typed)
    page = desk.press("/returns/new", lines=f"{flour.code} 5", **typed)
    with shop.read() as read:
        code = read.scalars(select(CustomerReturn.code)).one()
        lot = return_queries.lines_of(read, return_queries.get_return(read, code).id)[0].line.back.code
    assert "Pack opened" in desk.see(f"/returns/{code}")
    assert page == f"/returns/{code}"
    assert code in desk.see("/returns")
    assert code in desk.see(f"/lots/{flour.code}")
    assert "came back: 5" in desk.see(f"/shipments/{shipment}")
    assert "came back: 5" in desk.see(f"/trace?of={flour.code}")
    assert lot in desk.see(f"/returns/{code}/undo?lot={lot}")
    desk.press(f"/returns/{code}/undo", reason="착오", lot="")
    assert "Undone" in desk.see(f"/returns/{code}")
    desk.see("/returns/NOWHERE", 404)


def test_a_scan_in_the_warehouse_of_goods_that_left_offers_to_take_them_back(
    app: Flask, shop: Shop, bakery: Bakery, flour: Lot
) -> None:
    desk = Desk(app, shop, Role.MATERIAL)
    [other] = bakery.receive(bakery.flour, 5)
    box = shop.do(lambda work: service.make_unit(work, UnitKind.BOX, lots=[other.code])).code
    ship(bakery, (flour, None))
    shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=[(box, None)]))
    assert desk.press("/warehouse/scan", text=flour.code) == f"/returns/new?lot={flour.code}"
    assert desk.press("/warehouse/scan", text=box) == f"/returns/new?lot={box}"


def test_programs_record_and_undo_returns(app: Flask, shop: Shop, bakery: Bakery, flour: Lot) -> None:
    program = Program(app, shop, Role.MATERIAL)
    ship(bakery, (flour, 12))
    body = {"lines": [{"lot": flour.code, "quantity": "5", "condition": "damaged"}], "reason": "torn", "location": "ST"}
    made = program.post("/returns", body).get_json()
    [line] = made["lines"]
    assert (line["lot"], line["quantity"], line["condition"]) == (flour.code, "5", "damaged")
    assert program.get(f"/lots/{line['back']}").get_json()["location"] == "ST"
    assert program.get(f"/returns/{made['code']}").get_json() == made
    assert [row["code"] for row in program.get("/returns").get_json()["rows"]] == [made["code"]]
    assert program.post("/returns", body | {"lines": [{"lot": flour.code, "quantity": "8"}]}).status_code == 409
    assert program.post(f"/returns/{made['code']}/undo", {"reason": "mistake"}).get_json()["lines"][0]["undone_at"]


def test_a_returned_lot_has_its_way_into_the_plant(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    ship(bakery, (flour, None))
    [lot] = came(shop, back(shop, Goods(flour.code)).code)
    with shop.read() as read:
        assert get_lot(read, lot.code).receipt_id == flour.receipt_id


def test_the_check_finds_what_cannot_be(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    ship(bakery, (flour, 12))
    made = back(shop, Goods(flour.code, D(5)))
    with shop.read() as read:
        [line] = return_queries.lines_of(read, return_queries.get_return(read, made.code).id)
    shop.do(
        lambda work: work.session.execute(update(ReturnLine).where(ReturnLine.id == line.line.id).values(quantity=13))
    )
    shop.do(
        lambda work: work.session.execute(update(Edge).where(Edge.child_id == line.line.back_id).values(undone=True))
    )
    with shop.read() as read:
        assert [fault.rule for fault in in_records(read)] == ["here_again", "here_again"]
