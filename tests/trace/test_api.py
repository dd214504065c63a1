"""A trace as programs get it: what the API says of it, no more and no less."""

import msgspec
import pytest
from flask import Flask

from mes.core.access import Role
from mes.lots.service import split_lot
from mes.trace.shapes import TraceOut
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.orders.bakery import D
from tests.trace.day import Day, bakery_day, second_supplier


@pytest.fixture
def day(shop: Shop) -> Day:
    """An evening at the bakery."""
    return bakery_day(shop)


@pytest.fixture
def program(app: Flask, day: Day, shop: Shop) -> Program:
    """The program of an auditor."""
    return Program(app, shop, Role.QUALITY)


def test_every_answer_has_the_described_shape(program: Program, day: Day) -> None:
    for code in (day.flour.code, day.box.code, day.spare.code, day.order.code, day.late.code, day.shipment.code):
        for query in ({}, {"direction": "up"}, {"direction": "down"}):
            answer = program.get(f"/trace/{code}", **query)
            assert answer.status_code == 200
            told = msgspec.json.decode(answer.data, type=TraceOut)
            assert msgspec.json.decode(msgspec.json.encode(told)) == answer.get_json()


def test_what_travels_with_the_flour_is_told_by_name(program: Program, day: Day) -> None:
    told = msgspec.json.decode(program.get(f"/trace/{day.flour.code}").data, type=TraceOut)
    assert {(one.code, one.quantity, one.disposition) for one in told.defects} >= {("TORN", D(3), "open")}
    assert [(one.kind, one.verdict, one.who, one.lot) for one in told.inspections] == [
        ("final", "pass", "박품질", day.cakes.code)
    ]
    [sent] = told.shipments
    assert (sent.lot, sent.shipment, sent.customer, sent.reference) == (
        day.box.code, day.shipment.code, "마트", "PO-2026-15",
    )  # fmt: skip
    assert (sent.quantity, sent.back) == ("24", "0")
    kettle, packing = told.reports
    assert (kettle.order, kettle.operation, kettle.who, kettle.machine) == (
        day.order.code, "증숙", "작업자", "Kettle 1",
    )  # fmt: skip
    assert (kettle.good, kettle.defective, kettle.scrap, packing.good) == ("95", "5", "0", "94")


def test_each_lot_says_how_it_came_into_being(program: Program, day: Day, shop: Shop) -> None:
    half = shop.do(lambda work: split_lot(work, day.flour.code, D("0.5")))
    told = msgspec.json.decode(program.get(f"/trace/{half.code}").data, type=TraceOut)
    flour, part = told.lots
    assert [(one.kind, one.quantity) for one in flour.made] == [("receive", "80")]
    assert [(one.kind, one.quantity) for one in part.made] == [("split", "0.5")]
    assert (flour.step, flour.quantity, part.step, part.on_hand) == (-1, "0.5", 0, "0.5")
    assert (flour.supplier, flour.supplier_lot, flour.order) == ("제분소", "A-77", None)
    assert flour.receipt is not None


def test_a_lot_number_of_two_suppliers_is_asked_about(program: Program, day: Day, shop: Shop) -> None:
    milk = second_supplier(shop)
    refused = program.get("/trace/A-77")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "WhichOne")
    assert "supplier_lot/DAIRY/MILK" in refused.get_json()["message"]
    assert program.get("/trace/A-77", only="supplier_lot/DAIRY/MILK").get_json()["of"]["lots"] == [milk.code]
    everything = program.get("/trace/A-77", only="all").get_json()["of"]["lots"]
    assert {milk.code, day.flour.code} <= set(everything)
