"""What happens on the floor: scan, report, undo, and what the gate says."""

from decimal import Decimal as D

import pytest
from sqlalchemy import select

from mes.core.plant import Strictness
from mes.equipment.service import add_machine, hold_machine, release_machine
from mes.items.counting import WholePieces
from mes.items.models import Item, Tracking
from mes.items.service import BomLineData, make_bom, release_bom
from mes.lots.models import Edge, Lot, Movement, MovementKind
from mes.lots.rules import LotEmpty, LotExpired, LotOnHold, NotEnough, NotFirstOut
from mes.lots.service import hold_lot
from mes.orders import rules, service, undo_rules
from mes.orders.consuming import consume
from mes.orders.models import JobState, LotRule, OrderState, Report
from mes.orders.override_rules import NotAnOverride
from mes.orders.reporting import record_report
from mes.orders.undo import return_material, take_back_report
from mes.people.plant import set_up_plant
from tests.conftest import Shop
from tests.orders.bakery import TODAY, Bakery


def report(bakery: Bakery, code: str, good: int, **more: int | bool) -> Report:
    counts = {name: value if isinstance(value, bool) else D(value) for name, value in more.items()}
    return bakery.shop.do(lambda work: record_report(work, code, good=D(good), **counts), actor=bakery.operator)  # type: ignore[arg-type]


def edges(shop: Shop) -> dict[tuple[int, int], D]:
    with shop.read() as read:
        return {(e.parent_id, e.child_id): e.quantity for e in read.scalars(select(Edge).where(~Edge.undone))}


@pytest.mark.parametrize(("unit", "quantity"), [("EA", "10.5"), ("박스", "0.5")])
def test_what_is_counted_is_ordered_and_reported_in_whole_pieces(shop: Shop, unit: str, quantity: str) -> None:
    bakery = Bakery(shop)
    shop.do(lambda work: setattr(work.session.get_one(Item, bakery.cake.id), "unit", unit))
    order = bakery.order()
    with pytest.raises(WholePieces):
        shop.do(lambda work: service.copy_order(work, order.code, quantity=D(quantity), due_on=order.due_on))
    bakery.start(order.jobs[0])
    with pytest.raises(WholePieces):
        shop.do(lambda work: record_report(work, order.jobs[0].code, good=D(quantity)))


def test_an_order_runs_from_the_flour_to_a_lot_of_cakes(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    [film] = bakery.receive(bakery.film, 500)
    order = bakery.order(100)
    kettle, packing = order.jobs
    bakery.start(kettle)
    assert bakery.scan(kettle, flour) == D(50)
    report(bakery, kettle.code, 98, defective=2)
    bakery.start(packing)
    made = report(bakery, packing.code, 97, scrap=1)
    for job in (kettle, packing):
        shop.do(lambda work, code=job.code: service.finish_job(work, code, confirmed=True))  # type: ignore[misc]
    order = bakery.see_order(order.code)
    cakes = bakery.lot(made.lot_id or 0)
    assert (order.state, order.good) == (OrderState.COMPLETED, D(97))
    assert (cakes.on_hand, cakes.expires_on.isoformat() if cakes.expires_on else "") == (D(97), "2026-02-04")
    assert bakery.lot(flour).on_hand == D(30)
    assert bakery.lot(film).on_hand == D(402)
    assert edges(shop) == {(flour.id, cakes.id): D(50), (film.id, cakes.id): D(98)}


def test_the_packer_cannot_report_more_than_the_kettle_passed_on(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100).jobs
    with pytest.raises(rules.NothingPassedOn):
        bakery.start(packing)
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 40)
    bakery.start(packing)
    with pytest.raises(rules.MoreThanPassedOn):
        report(bakery, packing.code, 41)


def test_more_than_ordered_is_asked_for_first(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    with pytest.raises(rules.OverPlan):
        report(bakery, kettle.code, 101)
    report(bakery, kettle.code, 101, confirmed=True)
    assert bakery.see_job(kettle).good == D(101)


def test_nothing_is_reported_without_its_flour(shop: Shop) -> None:
    bakery = Bakery(shop)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    with pytest.raises(rules.MaterialMissing):
        report(bakery, kettle.code, 10)


def test_an_empty_or_negative_report_is_refused(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    with pytest.raises(rules.NothingToReport):
        report(bakery, kettle.code, 0)
    with pytest.raises(rules.BelowZero):
        report(bakery, kettle.code, 5, defective=-1)


def test_back_flushed_material_is_part_of_the_lot_as_soon_as_it_is_made(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour], [film] = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100, lot_rule=LotRule.REPORT).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    shop.do(lambda work: record_report(work, kettle.code, good=D(100)))
    bakery.start(packing)
    first = shop.do(lambda work: record_report(work, packing.code, good=D(30)))
    assert edges(shop)[film.id, first.lot_id or 0] == D(30)


def test_back_flush_says_what_is_short(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 5)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 50)
    bakery.start(packing)
    with pytest.raises(rules.MaterialShort):
        report(bakery, packing.code, 6)
    report(bakery, packing.code, 5)


def test_the_gate_refuses_a_held_an_expired_and_a_wrong_lot(shop: Shop) -> None:
    bakery = Bakery(shop)
    held, good = bakery.receive(bakery.flour, 10, 10)
    [old] = bakery.receive(bakery.flour, 10, days=-1)
    [film] = bakery.receive(bakery.film, 10)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    shop.do(lambda work: hold_lot(work, held.id, "벌레"))
    with pytest.raises(LotOnHold):
        bakery.scan(kettle, held)
    with pytest.raises(LotExpired):
        bakery.scan(kettle, old)
    with pytest.raises(rules.NotNeededHere):
        bakery.scan(kettle, film)
    assert bakery.scan(kettle, good) == D(10)
    with pytest.raises(LotEmpty):
        bakery.scan(kettle, good)


def test_a_released_substitute_will_do(shop: Shop) -> None:
    bakery = Bakery(shop)
    [other] = bakery.receive(bakery.other_flour, 60)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    assert bakery.scan(kettle, other) == D(50)


def test_the_lot_that_expires_first_goes_first_where_the_plant_says_so(shop: Shop) -> None:
    bakery = Bakery(shop)
    [late], [early] = bakery.receive(bakery.flour, 60, days=60), bakery.receive(bakery.flour, 60, days=6)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    warned = shop.do(lambda work: consume(work, kettle.code, late.code, D(1)))
    assert warned.better is not None
    assert warned.better.id == early.id
    shop.do(lambda work: set_up_plant(work, name="떡집", first_out=Strictness.REFUSE))
    with pytest.raises(NotFirstOut):
        bakery.scan(kettle, late)
    with pytest.raises(NotAnOverride):
        shop.do(
            lambda work: consume(work, kettle.code, late.code, override_reason="앞 팔레트가 막힘"),
            actor=bakery.operator,
        )
    shop.do(
        lambda work: consume(work, kettle.code, late.code, approver=bakery.leader, override_reason="앞 팔레트가 막힘"),
        actor=bakery.operator,
    )
    bakery.scan(kettle, early, 1)


def test_all_that_is_needed_has_been_scanned(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    with pytest.raises(rules.EnoughAlready):
        bakery.scan(kettle, flour)
    assert bakery.scan(kettle, flour, 5) == D(5)
    with pytest.raises(NotEnough):
        bakery.scan(kettle, flour, 26)


def test_an_undone_report_takes_back_its_lot_its_film_and_its_genealogy(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour], [film] = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    wrong = report(bakery, packing.code, 60)
    shop.do(lambda work: take_back_report(work, wrong.id), actor=bakery.operator)
    assert bakery.lot(wrong.lot_id or 0).on_hand == D(0)
    assert bakery.lot(film).on_hand == D(500)
    assert edges(shop) == {}
    assert bakery.see_job(packing).good == D(0)
    with pytest.raises(undo_rules.AlreadyUndone):
        shop.do(lambda work: take_back_report(work, wrong.id), actor=bakery.operator)
    right = report(bakery, packing.code, 50)
    assert right.lot_id == wrong.lot_id
    assert edges(shop)[flour.id, right.lot_id or 0] == D(50)


def test_what_went_on_cannot_be_undone(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    first = report(bakery, kettle.code, 100)
    bakery.start(packing)
    report(bakery, packing.code, 60)
    with pytest.raises(undo_rules.UsedAlready):
        shop.do(lambda work: take_back_report(work, first.id), actor=bakery.operator)


def test_after_ten_minutes_only_a_leader_undoes_with_a_reason(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    old = report(bakery, kettle.code, 10)
    shop.later(minutes=11)
    with pytest.raises(undo_rules.UndoTooLate):
        shop.do(lambda work: take_back_report(work, old.id), actor=bakery.operator)
    with pytest.raises(undo_rules.UndoTooLate):
        shop.do(lambda work: take_back_report(work, old.id), actor=bakery.leader)
    shop.do(lambda work: take_back_report(work, old.id, "잘못 셈"), actor=bakery.leader)
    assert bakery.see_job(kettle).good == D(0)


def test_scanned_material_can_be_returned_until_it_is_in_a_lot(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    first = shop.do(lambda work: consume(work, kettle.code, flour.code, D(20))).movement
    shop.do(lambda work: return_material(work, first.id, "잘못 스캔"))
    assert bakery.lot(flour).on_hand == D(80)
    second = shop.do(lambda work: consume(work, kettle.code, flour.code)).movement
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    report(bakery, packing.code, 100)
    with pytest.raises(undo_rules.UsedAlready):
        shop.do(lambda work: return_material(work, second.id, "잘못 스캔"))


def test_a_lot_for_each_entry_draws_what_its_pieces_need(shop: Shop) -> None:
    bakery = Bakery(shop)
    sack_a, sack_b = bakery.receive(bakery.flour, 30, 30)
    bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100, LotRule.REPORT).jobs
    bakery.start(kettle)
    bakery.scan(kettle, sack_a)
    bakery.scan(kettle, sack_b)
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    lots = [report(bakery, packing.code, 50).lot_id or 0, report(bakery, packing.code, 50).lot_id or 0]
    shop.do(lambda work: service.finish_job(work, kettle.code))
    shop.do(lambda work: service.finish_job(work, packing.code))
    flour_only = {pair: q for pair, q in edges(shop).items() if pair[0] in (sack_a.id, sack_b.id)}
    assert flour_only == {(sack_a.id, lots[0]): D(25), (sack_a.id, lots[1]): D(5), (sack_b.id, lots[1]): D(20)}


def test_every_machine_gets_its_own_serial_number(shop: Shop) -> None:
    bakery = Bakery(shop, Tracking.SERIAL)
    [flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(3).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 3)
    bakery.start(packing)
    report(bakery, packing.code, 3)
    with shop.read() as read:
        serials = read.scalars(select(Lot).where(Lot.item_id == bakery.cake.id)).all()
    assert [(lot.code[0], lot.on_hand) for lot in serials] == [("S", D(1))] * 3
    assert [q for (parent, _c), q in edges(shop).items() if parent == flour.id] == [D("0.5")] * 3
    with pytest.raises(WholePieces):
        shop.do(lambda work: record_report(work, packing.code, good=D("0.5")))


def test_the_ledger_of_every_lot_adds_up(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    report(bakery, packing.code, 99, defective=1)
    with shop.read() as read:
        for lot in read.scalars(select(Lot)):
            lines = read.scalars(select(Movement.quantity).where(Movement.lot_id == lot.id)).all()
            assert sum(lines) == lot.on_hand
        consumed = read.scalars(select(Movement).where(Movement.kind == MovementKind.CONSUME)).all()
        assert all(line.job_id and line.order_id and line.material_id for line in consumed)


def test_orders_live_by_their_states(shop: Shop) -> None:
    bakery = Bakery(shop)
    order = bakery.order(100, release=False)
    with pytest.raises(rules.ShortOfMaterial):
        shop.do(lambda work: service.release_order(work, order.code))
    shop.do(lambda work: service.release_order(work, order.code, confirmed=True))
    with pytest.raises(rules.NotInThisState):
        shop.do(lambda work: service.release_order(work, order.code, confirmed=True))
    shop.do(lambda work: service.hold_order(work, order.code, "고객 확인"))
    kettle = bakery.see_order(order.code).jobs[0]
    with pytest.raises(rules.OrderHeld):
        bakery.start(kettle)
    shop.do(lambda work: service.resume_order(work, order.code))
    [flour] = bakery.receive(bakery.flour, 80)
    bakery.start(kettle)
    taken = shop.do(lambda work: consume(work, kettle.code, flour.code)).movement
    with pytest.raises(rules.StillConsumed):
        shop.do(lambda work: service.cancel_order(work, order.code, "주문 취소"))
    shop.do(lambda work: return_material(work, taken.id, "주문 취소"))
    shop.do(lambda work: service.cancel_order(work, order.code, "주문 취소"))
    assert bakery.see_order(order.code).state is OrderState.CANCELLED


def test_a_job_is_not_finished_short_without_asking(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    kettle, packing = bakery.order(100).jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    report(bakery, kettle.code, 60)
    with pytest.raises(rules.FinishShort):
        shop.do(lambda work: service.finish_job(work, kettle.code))
    bakery.start(packing)
    with pytest.raises(rules.EarlierJobOpen):
        shop.do(lambda work: service.finish_job(work, packing.code, confirmed=True))
    shop.do(lambda work: service.pause_job(work, kettle.code))
    assert bakery.see_job(kettle).state is JobState.PAUSED


def test_an_order_needs_a_bill_of_material_and_a_routing(shop: Shop) -> None:
    bakery = Bakery(shop)

    def order_of(item: Item) -> str:
        made = shop.do(lambda work: service.create_order(work, item=item, quantity=D(1), due_on=TODAY))
        return made.code

    with pytest.raises(rules.NoBom):
        shop.do(lambda work: service.release_order(work, order_of(bakery.flour)))
    line = BomLineData(component=bakery.film, quantity=D(1))
    shop.do(lambda work: release_bom(work, make_bom(work, bakery.flour, [line]).id))
    with pytest.raises(rules.NoRouting):
        shop.do(lambda work: service.release_order(work, order_of(bakery.flour)))


def test_only_a_ready_machine_of_the_work_centre_takes_the_job(shop: Shop) -> None:
    bakery = Bakery(shop)
    kettle = bakery.order(100).jobs[0]
    own = shop.do(lambda work: add_machine(work, code="K1", name="솥 1", work_centre_id=bakery.kettle.id))
    other = shop.do(lambda work: add_machine(work, code="P1", name="포장기", work_centre_id=bakery.packing.id))
    with pytest.raises(rules.WrongMachine):
        shop.do(lambda work: service.start_job(work, kettle.code, other.tag))
    shop.do(lambda work: hold_machine(work, "K1", "누전"))
    with pytest.raises(rules.MachineNotReady):
        shop.do(lambda work: service.start_job(work, kettle.code, own.tag))
    shop.do(lambda work: release_machine(work, "K1", "수리 완료"))
    shop.do(lambda work: service.start_job(work, kettle.code, own.tag))
    assert bakery.see_job(kettle).machine_id == own.id
