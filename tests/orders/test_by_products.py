"""What comes out beside the product becomes a lot with the report, stems from the same lots, and goes back with it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal as D
from functools import partial

import pytest
from sqlalchemy import select

from mes.core.events import Event
from mes.core.work import Work
from mes.items.by_products import ByProductData, put_by_product
from mes.items.models import Item
from mes.items.service import BomLineData, make_bom, release_bom
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.return_rules import Goods
from mes.lots.service import (
    close_unit,
    hold_lot,
    make_unit,
    retain_sample,
    scrap_lot,
    ship_lots,
    split_lot,
    take_returns,
)
from mes.lots.unit_models import UnitKind
from mes.lots.unit_queries import get_unit
from mes.orders import service, undo_rules
from mes.orders.models import Job, LotRule
from mes.orders.reporting import record_report
from mes.orders.undo import take_back_report
from mes.web.check import in_records
from tests.conftest import Shop
from tests.factories import make_item, make_location
from tests.orders.bakery import TODAY, Bakery
from tests.orders.test_floor import edges, report
from tests.racing import race


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """A plant that bakes."""
    return Bakery(shop)


def crumbs_of(bakery: Bakery, operation: int | None = None, *, again: bool = False) -> Item:
    """Crumbs that come out beside the cake; ``again``: they may be used in the flour's place."""
    crumbs = bakery.shop.do(lambda work: make_item(work, code="CRUMB", name="부스러기", unit="kg"))

    def enter(work: Work) -> None:
        instead = [crumbs] if again else []
        flour = BomLineData(component=bakery.flour, quantity=D("0.5"), substitutes=instead)
        bom = make_bom(work, bakery.cake, [flour])
        put_by_product(work, bom, bakery.cake, ByProductData(item=crumbs, quantity=D("0.1"), operation=operation))
        release_bom(work, bom.id)

    bakery.shop.do(enter)
    return crumbs


def lots_of(shop: Shop, item: Item) -> list[Lot]:
    with shop.read() as read:
        return list(read.scalars(select(Lot).where(Lot.item_id == item.id).order_by(Lot.id)))


def faults(shop: Shop) -> list[str]:
    with shop.read() as read:
        return [fault.sentence for fault in in_records(read)]


def test_every_worked_piece_gives_its_crumbs_into_the_orders_one_lot_of_them(shop: Shop, bakery: Bakery) -> None:
    crumbs = crumbs_of(bakery)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 100)
    assert lots_of(shop, crumbs) == []
    bakery.start(packing)
    made = report(bakery, packing.code, 30, defective=10)
    report(bakery, packing.code, 60)
    [lot] = lots_of(shop, crumbs)
    assert (lot.on_hand, lot.location_id) == (D(10), bakery.floor.id)
    assert edges(shop)[flour.id, lot.id] == 0
    for job in (kettle.code, packing.code):
        finish(shop, job)
    assert edges(shop)[flour.id, made.lot_id or 0] == D(50)
    assert faults(shop) == []


@pytest.mark.parametrize("split", [False, True])
def test_regrind_that_goes_back_into_its_own_order_is_never_made_of_itself(
    shop: Shop, bakery: Bakery, split: bool
) -> None:
    crumbs = crumbs_of(bakery, operation=10, again=True)
    [flour] = bakery.receive(bakery.flour, 30)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 40)
    [first] = lots_of(shop, crumbs)
    bakery.scan(kettle, shop.do(lambda work: split_lot(work, first.code, D(2))) if split else first)
    report(bakery, kettle.code, 20)
    report(bakery, kettle.code, 10)
    second = lots_of(shop, crumbs)[-1]
    assert second.id != first.id
    assert second.on_hand == D(3)
    assert faults(shop) == []


def begun(bakery: Bakery) -> Job:
    """Thirty cakes are packed, with three kilograms of crumbs; forty more are to come."""
    [flour] = bakery.receive(bakery.flour, 80)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    report(bakery, packing.code, 30)
    return packing


def test_what_a_result_fills_further_is_on_an_open_pallet(shop: Shop, bakery: Bakery) -> None:
    crumbs = crumbs_of(bakery)
    packing = begun(bakery)
    ends = []
    for item in (bakery.cake, crumbs):
        [lot] = lots_of(shop, item)
        box = shop.do(partial(make_unit, kind=UnitKind.BOX, lots=[lot.code])).code
        ends += [box, shop.do(partial(make_unit, kind=UnitKind.PALLET, boxes=[box])).code]
        shop.do(partial(close_unit, code=ends[-1]))
    [film] = bakery.receive(bakery.film, 5)
    other = shop.do(lambda work: make_unit(work, UnitKind.BOX, lots=[film.code])).code
    shop.do(lambda work: close_unit(work, other))
    report(bakery, packing.code, 40)
    assert [lot.on_hand for item in (bakery.cake, crumbs) for lot in lots_of(shop, item)] == [D(70), D(7)]
    with shop.read() as read:
        assert [get_unit(read, code).closed_at for code in ends] == [None] * 4
        assert get_unit(read, other).closed_at is not None
        opened = read.scalars(select(Event.thing_code).where(Event.verb == "units.open")).all()
    assert sorted(opened) == sorted(ends)
    assert faults(shop) == []


def split_off(bakery: Bakery, lot: Lot) -> None:
    store = bakery.shop.do(make_location)
    bakery.shop.do(lambda work: split_lot(work, lot.code, D(1), store))


def keep(bakery: Bakery, lot: Lot) -> None:
    until = TODAY + timedelta(days=300)
    bakery.shop.do(lambda work: retain_sample(work, lot.code, D(1), keep_until=until))


def bring_back(bakery: Bakery, lot: Lot) -> None:
    bakery.shop.do(lambda work: ship_lots(work, customer=bakery.market, lines=[(lot.code, None)]))
    bakery.shop.do(lambda work: take_returns(work, [Goods(lot.code, D(1))], reason="눅눅함"))


def hold(bakery: Bakery, lot: Lot) -> None:
    bakery.shop.do(lambda work: hold_lot(work, lot.id, "이물"))


@pytest.mark.parametrize("deed", [split_off, keep, bring_back, hold])
def test_crumbs_are_never_put_to_what_was_split_off_kept_brought_back_or_held(
    shop: Shop, bakery: Bakery, deed: Callable[[Bakery, Lot], None]
) -> None:
    crumbs = crumbs_of(bakery)
    packing = begun(bakery)
    [lot] = lots_of(shop, crumbs)
    deed(bakery, lot)
    before = {one.id: one.on_hand for one in lots_of(shop, crumbs)}
    made = report(bakery, packing.code, 40)
    report(bakery, packing.code, 10)
    *others, fresh = lots_of(shop, crumbs)
    assert {one.id: one.on_hand for one in others} == before
    assert (fresh.on_hand, fresh.holds, fresh.location_id) == (D(5), 0, bakery.floor.id)
    assert faults(shop) == []
    shop.do(lambda work: take_back_report(work, made.id, "착오"))
    assert lots_of(shop, crumbs)[-1].on_hand == D(1)


def finish(shop: Shop, code: str) -> None:
    shop.do(lambda work: service.finish_job(work, code, confirmed=True))


def test_at_its_own_operation_and_for_each_report_where_the_order_says_so(shop: Shop, bakery: Bakery) -> None:
    crumbs = crumbs_of(bakery, operation=10)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100, LotRule.REPORT).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 40)
    report(bakery, kettle.code, 60)
    assert [lot.on_hand for lot in lots_of(shop, crumbs)] == [D(4), D(6)]
    assert {parent for parent, _child in edges(shop)} == {flour.id}


def test_an_undone_report_takes_its_crumbs_back_unless_they_are_gone(shop: Shop, bakery: Bakery) -> None:
    crumbs = crumbs_of(bakery, operation=10)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    first, second = (report(bakery, kettle.code, pieces).id for pieces in (40, 20))
    shop.do(lambda work: take_back_report(work, first), actor=bakery.operator)
    [lot] = lots_of(shop, crumbs)
    assert lot.on_hand == D(2)
    shop.do(lambda work: scrap_lot(work, lot.code, D(1), "쏟음"))
    with pytest.raises(undo_rules.UsedAlready):
        shop.do(lambda work: take_back_report(work, second), actor=bakery.operator)
    with shop.read() as read:
        produced = read.scalars(select(Movement.quantity).where(Movement.kind == MovementKind.PRODUCE)).all()
    assert sorted(produced) == [D(-4), D(2), D(4)]
    assert faults(shop) == []


@pytest.mark.parametrize("what", ["held", "thrown away"])
def test_what_comes_out_is_never_put_to_a_lot_that_is_held_or_used_at_that_moment(
    shop: Shop, bakery: Bakery, what: str
) -> None:
    crumbs = crumbs_of(bakery)
    packing = begun(bakery)
    [lot] = lots_of(shop, crumbs)

    def meanwhile(work: Work) -> object:
        return hold_lot(work, lot.id, "이물 의심") if what == "held" else scrap_lot(work, lot.code, D(1), "오염")

    race(shop, meanwhile, lambda work: record_report(work, packing.code, good=D(20), confirmed=True))
    before, fresh = lots_of(shop, crumbs)
    assert (before.on_hand, fresh.on_hand) == (D(3) if what == "held" else D(2), D(2))
    assert faults(shop) == []
