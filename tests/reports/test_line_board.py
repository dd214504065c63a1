"""The board of one line: its day in figures, each unit for itself."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.plant import DEFAULT
from mes.core.work import Work
from mes.items.models import Consumption, ItemKind
from mes.items.service import (
    BomLineData,
    OperationData,
    add_item,
    make_bom,
    make_routing,
    release_bom,
    release_routing,
)
from mes.orders.models import Job, WorkOrder
from mes.orders.reporting import record_report
from mes.orders.service import create_order, release_order
from mes.orders.undo import take_back_report
from mes.reports.line_board import LineDay, line_day
from tests.conftest import Shop
from tests.desk import Desk
from tests.orders.bakery import Bakery, D


@pytest.fixture
def kettle(shop: Shop) -> Bakery:
    """At the kettle 100 cakes were steamed, then dough was made, which is weighed."""
    bakery = Bakery(shop)
    bakery.at_packing(bakery.order())
    job = dough(bakery)
    shop.later(hours=1)
    shop.do(lambda work: record_report(work, job.code, good=D("7.5"), defective=D("0.5"), confirmed=True))
    return bakery


def dough(bakery: Bakery) -> Job:
    """A job for dough in kilograms, begun."""

    def build(work: Work) -> WorkOrder:
        item = add_item(work, code="DOUGH", name="반죽", kind=ItemKind.SEMI, unit="kg")
        line = BomLineData(component=bakery.flour, quantity=D(1), operation=10, consumption=Consumption.BACKFLUSH)
        release_bom(work, make_bom(work, item, [line]).id)
        step = OperationData(sequence=10, name="반죽", work_centre=bakery.kettle)
        release_routing(work, make_routing(work, item, [step]).id)
        order = create_order(work, item=item, quantity=D(8), due_on=work.today)
        return release_order(work, order.code, confirmed=True)

    bakery.receive(bakery.flour, 20)
    [job] = bakery.see_order(bakery.shop.do(build).code).jobs
    bakery.start(job)
    return job


def seen(bakery: Bakery, unit: str = "") -> LineDay:
    """The day of the kettle."""
    with bakery.shop.read() as read:
        return line_day(read, DEFAULT, bakery.kettle.id, bakery.shop.now, unit)


def test_pieces_and_kilograms_of_one_line_are_never_added(kettle: Bakery) -> None:
    pieces, dough = seen(kettle), seen(kettle, "kg")
    assert [tuple(one) for one in pieces.made] == [("EA", 100, 0), ("kg", D("7.5"), D("0.5"))]
    assert (pieces.unit, [good for _hour, good, _bad in pieces.hours if good]) == ("EA", [D(100)])
    assert (dough.unit, [line[1:] for line in dough.hours if line[1]]) == ("kg", [(D("7.5"), D("0.5"))])
    assert (dough.most, [one.unit for one in dough.defective]) == (D(8), ["kg"])
    assert seen(kettle, "m").unit == "EA"  # nothing was made in it


def test_an_hour_whose_results_were_taken_back_is_empty(shop: Shop) -> None:
    bakery = Bakery(shop)
    packing = bakery.at_packing(bakery.order())[1]
    report = shop.do(lambda work: record_report(work, packing.code, good=D(60)))
    shop.later(hours=2)
    shop.do(lambda work: take_back_report(work, report.id, "잘못 셈"))
    with shop.read() as read:
        found = line_day(read, DEFAULT, bakery.packing.id, shop.now)
    assert [tuple(one) for one in found.made] == [("EA", 0, 0)]
    assert not any(good or bad for _hour, good, bad in found.hours)


def test_the_board_says_every_figure_with_its_unit(app: Flask, shop: Shop, kettle: Bakery) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    page = " ".join(desk.see("/board?line=KT").split())
    assert '100<span class="unit">EA</span>' in page
    assert '7.5<span class="unit">kg</span>' in page
    assert "107.5" not in page
    assert '<span class="unit">' in desk.see("/board?line=PK")


def test_the_board_of_a_line_without_a_result_shows_nothing_made(app: Flask, shop: Shop) -> None:
    Bakery(shop)
    assert "Nothing is running" in Desk(app, shop, Role.MANAGER).see("/board?line=PK")
