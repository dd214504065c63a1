"""Two people at one lot at the same time: who comes second decides on what the first has left."""

from decimal import Decimal as D

from sqlalchemy import select

from mes.core.errors import Refused
from mes.core.work import Work
from mes.items.models import Consumption
from mes.items.service import BomLineData, make_bom, release_bom
from mes.lots import service
from mes.lots.models import Lot, Movement
from mes.orders.consuming import consume
from mes.orders.reporting import record_report
from mes.orders.undo import return_material
from mes.scan.relabelling import label_anew
from mes.web.check import in_records
from tests.conftest import Shop
from tests.orders.bakery import Bakery
from tests.racing import race


def faults(shop: Shop) -> list[str]:
    with shop.read() as read:
        return [fault.sentence for fault in in_records(read)]


def test_a_lot_that_is_held_meanwhile_is_not_taken_by_itself(shop: Shop) -> None:
    bakery = Bakery(shop)
    line = BomLineData(component=bakery.film, quantity=D(1), operation=10, consumption=Consumption.BACKFLUSH)
    shop.do(lambda work: release_bom(work, make_bom(work, bakery.cake, [line]).id))
    [film] = bakery.receive(bakery.film, 500)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    race(
        shop,
        lambda work: service.hold_lot(work, film.id, "오염 의심"),
        lambda work: record_report(work, kettle.code, good=D(10)),
    )
    seen = bakery.lot(film)
    assert (seen.holds, seen.on_hand) == (1, D(500))
    assert not faults(shop)


def test_a_part_of_a_lot_that_is_moved_meanwhile_stands_where_the_lot_went(shop: Shop) -> None:
    bakery = Bakery(shop)
    [film] = bakery.receive(bakery.film, 500, at=bakery.floor)
    _moved, part = race(
        shop,
        lambda work: service.move_lot(work, film.code, bakery.store),
        lambda work: service.split_lot(work, film.code, D(10)).id,
    )
    assert isinstance(part, int)
    assert bakery.lot(film).location_id == bakery.lot(part).location_id == bakery.store.id


def test_giving_back_while_another_takes_keeps_the_sums(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour, 5)
    with shop.read() as read:
        scanned = read.scalars(select(Movement.id).where(Movement.job_id == kettle.id)).one()

    def give_back(work: Work) -> object:
        work.session.scalars(select(Lot).where(Lot.id == flour.id)).one()  # what a station has looked at before
        return return_material(work, scanned, "잘못 스캔")

    came = race(shop, lambda work: consume(work, kettle.code, flour.code, D(7)), give_back)
    assert not [one for one in came if isinstance(one, Refused)]
    assert bakery.lot(flour).on_hand == D(73)
    assert not faults(shop)


def test_a_lot_that_is_labelled_anew_meanwhile_is_taken_under_its_old_code(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    came = race(
        shop,
        lambda work: label_anew(work, flour.code, "CUST-7", "고객 번호"),
        lambda work: consume(work, kettle.code, flour.code, D(7)),
    )
    assert not [one for one in came if isinstance(one, Refused)]
    assert bakery.lot(flour).on_hand == 73


def test_two_lots_get_the_same_code_at_the_same_time_and_one_of_them_does_not(shop: Shop) -> None:
    bakery = Bakery(shop)
    first, second = bakery.receive(bakery.flour, 80, 90)
    came = race(
        shop,
        lambda work: label_anew(work, first.code, "CUST-7", "고객 번호"),
        lambda work: label_anew(work, second.code, "CUST-7", "고객 번호"),
    )
    assert len([one for one in came if isinstance(one, Refused)]) == 1
    assert not faults(shop)


def test_a_sample_that_is_thrown_away_twice_at_the_same_time_is_thrown_away_once(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    row = shop.do(lambda work: service.retain_sample(work, flour.code, D(2), keep_until=work.today))
    code = bakery.lot(row.lot_id).code
    came = race(
        shop,
        lambda work: service.dispose_sample(work, code, "변질"),
        lambda work: service.use_sample(work, code, D(2), "재시험"),
    )
    assert len([one for one in came if isinstance(one, Refused)]) == 1
    assert bakery.lot(row.lot_id).on_hand == 0
    assert not faults(shop)
