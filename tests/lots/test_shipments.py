"""What leaves for a customer, its delivery note, and what is taken back because it did not leave after all."""

from decimal import Decimal as D

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.errors import NotFound, ReasonNeeded
from mes.lots import service
from mes.lots.models import Lot, Shipment
from mes.lots.queries import shipped_lots
from mes.lots.rules import AlreadyTakenBack, NotEnough
from mes.lots.shipping_rules import LotTwice
from mes.trace.story import tell
from mes.web.check import in_records
from tests.conftest import Shop
from tests.desk import Desk
from tests.orders.bakery import Bakery


def ship(bakery: Bakery, *lines: tuple[Lot, int | None]) -> Shipment:
    asked = [(lot.code, None if quantity is None else D(quantity)) for lot, quantity in lines]
    return bakery.shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=asked))


def customers(shop: Shop, text: str) -> list[str]:
    with shop.read() as read:
        return tell(read, text).customers


def test_a_line_that_is_taken_back_no_longer_counts_as_shipped(shop: Shop) -> None:
    bakery = Bakery(shop)
    a, b = bakery.receive(bakery.flour, 10, 20)
    made = ship(bakery, (a, None), (b, 5))
    shop.do(lambda work: service.take_back_shipment(work, made.code, "다른 로트가 나감", lot=a.code.lower()))
    assert (bakery.lot(a).on_hand, bakery.lot(b).on_hand) == (D(10), D(15))
    assert customers(shop, a.code) == []
    assert customers(shop, b.code) == ["마트"]
    with shop.read() as read:
        assert [(line.lot.code, line.undone) for line in shipped_lots(read, made.id)] == [
            (a.code, True),
            (b.code, False),
        ]
        assert tell(read, made.code).handle.lot_ids == (b.id,)
        assert not list(in_records(read))


def test_a_whole_shipment_is_taken_back_once(shop: Shop) -> None:
    bakery = Bakery(shop)
    a, b = bakery.receive(bakery.flour, 10, 20)
    made = ship(bakery, (a, None), (b, 5))
    shop.do(lambda work: service.take_back_shipment(work, made.code, "차량 고장"))
    assert (bakery.lot(a).on_hand, bakery.lot(b).on_hand) == (D(10), D(20))
    assert customers(shop, b.code) == []
    with pytest.raises(AlreadyTakenBack):
        shop.do(lambda work: service.take_back_shipment(work, made.code, "차량 고장"))
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.take_back_shipment(work, made.code, " "))
    with pytest.raises(NotFound, match="NOPE"):
        shop.do(lambda work: service.take_back_shipment(work, made.code, "차량 고장", lot="NOPE"))


def test_a_lot_on_two_lines_is_added_up_or_refused(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 10)
    with pytest.raises(LotTwice, match=flour.code):
        ship(bakery, (flour, None), (flour, 2))
    with pytest.raises(NotEnough, match="11"):
        ship(bakery, (flour, 5), (flour, 6))
    made = ship(bakery, (flour, 2), (flour, 3))
    with shop.read() as read:
        [line] = shipped_lots(read, made.id)
    assert line.movement.quantity == D(-5)


def test_a_shipment_is_taken_back_at_its_page_and_both_entries_stay(app: Flask, shop: Shop) -> None:
    bakery = Bakery(shop)
    a, b = bakery.receive(bakery.flour, 10, 20)
    made = ship(bakery, (a, None), (b, 5))
    handler = Desk(app, shop, Role.MATERIAL)
    assert f"/shipments/{made.code}/undo?lot={a.code}" in handler.see(f"/shipments/{made.code}")
    assert "Taken back" not in handler.see(f"/shipments/{made.code}")
    question = handler.see(f"/shipments/{made.code}/undo?lot={a.code}")
    assert b.code not in question
    handler.press(f"/shipments/{made.code}/undo", reason="오출하", lot=a.code)
    page = handler.see(f"/shipments/{made.code}")
    assert "Taken back" in page
    assert "오출하" in page
    assert "<s>" in page
    assert "undone" in handler.see(f"/lots/{a.code}")


def test_only_material_and_leaders_take_a_shipment_back(app: Flask, shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 10)
    made = ship(bakery, (flour, None))
    Desk(app, shop, Role.QUALITY).press(f"/shipments/{made.code}/undo", status=403, reason="x")
    with shop.read() as read:
        assert read.get_one(Lot, flour.id).on_hand == 0


def test_the_delivery_note_names_customer_lots_and_use_by_without_what_was_taken_back(app: Flask, shop: Shop) -> None:
    bakery = Bakery(shop)
    [a] = bakery.receive(bakery.flour, 10, days=20)
    [b] = bakery.receive(bakery.flour, 20)
    made = ship(bakery, (a, None), (b, 5))
    shop.do(lambda work: service.take_back_shipment(work, made.code, "오출하", lot=b.code))
    handler = Desk(app, shop, Role.MATERIAL)
    page = handler.see(f"/shipments/{made.code}/note")
    for text in ("마트", a.code, "쌀가루", "2026-01-25", f'aria-label="{made.code}"'):
        assert text in page
    assert b.code not in page
    pdf = handler.client.get(f"/shipments/{made.code}/note.pdf")
    assert (pdf.status_code, pdf.content_type, pdf.data[:4]) == (200, "application/pdf", b"%PDF")
    shop.do(lambda work: service.take_back_shipment(work, made.code, "오출하"))
    assert handler.client.get(f"/shipments/{made.code}/note.pdf").status_code == 200
    assert "Nothing of it has left the plant" in handler.see(f"/shipments/{made.code}/note")
