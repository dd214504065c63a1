"""What may be taken back on the floor, by whom, and that the genealogy stays true."""

from collections.abc import Sequence
from decimal import Decimal as D
from functools import partial

import pytest
from sqlalchemy import select

from mes.core.access import Actor, Role
from mes.core.errors import NotFound
from mes.core.events import Event
from mes.core.plant import Strictness
from mes.core.work import Work
from mes.equipment.service import add_machine, hold_machine
from mes.items.models import Consumption, Tracking
from mes.items.service import BomLineData, make_bom, release_bom
from mes.lots.models import Edge, Lot, Movement, MovementKind
from mes.lots.service import merge_lots, split_lot
from mes.orders import rules, service, undo_rules
from mes.orders.consuming import check_stem, consume
from mes.orders.models import Job, JobState, LotRule, OrderState, WorkOrder
from mes.orders.queries import lots_of_order
from mes.orders.reporting import record_report
from mes.orders.undo import return_material, take_back_report
from mes.people.plant import set_up_plant
from mes.web.check import in_records
from tests.conftest import Shop
from tests.factories import make_item
from tests.orders.bakery import Bakery
from tests.orders.test_floor import edges, report


def faults(shop: Shop) -> list[str]:
    with shop.read() as read:
        return [fault.sentence for fault in in_records(read)]


def line_of(shop: Shop, lot: Lot) -> Movement:
    with shop.read() as read:
        taken = select(Movement).where(Movement.lot_id == lot.id, Movement.kind == MovementKind.CONSUME)
        return read.scalars(taken.order_by(Movement.id)).first() or pytest.fail("nothing was taken")


def finish(shop: Shop, *jobs: Job) -> None:
    for code in [job.code for job in jobs]:
        shop.do(partial(service.finish_job, job_code=code, confirmed=True))


def flushed_at_the_kettle(bakery: Bakery) -> None:
    line = BomLineData(component=bakery.film, quantity=D(1), operation=10, consumption=Consumption.BACKFLUSH)
    bakery.shop.do(lambda work: release_bom(work, make_bom(work, bakery.cake, [line]).id))


def cooking(bakery: Bakery, quantity: int = 100, rule: LotRule = LotRule.ORDER) -> tuple[WorkOrder, Job, Job, Lot]:
    """An order whose kettle runs with its flour; enough film lies at packing."""
    [flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
    order = bakery.order(quantity, rule)
    kettle, packing = order.jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    return order, kettle, packing, flour


def test_material_of_reported_pieces_does_not_go_back_before_them(shop: Shop) -> None:
    bakery = Bakery(shop)
    _order, kettle, _packing, flour = cooking(bakery)
    made = report(bakery, kettle.code, 100)
    taken = line_of(shop, flour)
    with pytest.raises(undo_rules.StillNeeded):
        shop.do(lambda work: return_material(work, taken.id), actor=bakery.operator)
    shop.do(lambda work: take_back_report(work, made.id), actor=bakery.operator)
    shop.do(lambda work: return_material(work, taken.id), actor=bakery.operator)
    assert bakery.lot(flour).on_hand == D(80)
    assert faults(shop) == []


def test_who_scanned_gives_back_within_the_minutes_and_later_a_leader_with_a_reason(shop: Shop) -> None:
    bakery = Bakery(shop)
    _order, _kettle, _packing, flour = cooking(bakery)
    taken = line_of(shop, flour)
    somebody = Actor("옆 작업자", frozenset({Role.OPERATOR}))
    with pytest.raises(undo_rules.UndoTooLate):
        shop.do(lambda work: return_material(work, taken.id), actor=somebody)
    shop.later(minutes=11)
    with pytest.raises(undo_rules.UndoTooLate):
        shop.do(lambda work: return_material(work, taken.id), actor=bakery.operator)
    with pytest.raises(undo_rules.UndoTooLate):
        shop.do(lambda work: return_material(work, taken.id), actor=bakery.leader)
    shop.do(lambda work: return_material(work, taken.id, "잘못 스캔"), actor=bakery.leader)
    assert bakery.lot(flour).on_hand == D(80)


def test_one_program_does_not_undo_for_another(shop: Shop) -> None:
    bakery = Bakery(shop)
    _order, kettle, _packing, _flour = cooking(bakery)
    mine, other = (Actor(name, frozenset({Role.OPERATOR})) for name in ("저울", "비전 검사기"))
    made = bakery.shop.do(lambda work: report_by(work, kettle.code), actor=mine)
    with pytest.raises(undo_rules.UndoTooLate):
        shop.do(lambda work: take_back_report(work, made), actor=other)
    shop.do(lambda work: take_back_report(work, made), actor=mine)
    assert bakery.see_job(kettle).good == 0


def report_by(work: Work, code: str) -> int:
    return record_report(work, code, good=D(10)).id


def test_what_a_report_took_by_itself_goes_back_only_with_it(shop: Shop) -> None:
    bakery = Bakery(shop)
    flushed_at_the_kettle(bakery)
    [film] = bakery.receive(bakery.film, 500)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    made = report(bakery, kettle.code, 10)
    taken = line_of(shop, film)
    with pytest.raises(undo_rules.TakenByReport):
        shop.do(lambda work: return_material(work, taken.id, "남음"), actor=bakery.leader)
    shop.do(lambda work: take_back_report(work, made.id), actor=bakery.operator)
    assert bakery.lot(film).on_hand == D(500)


def test_what_is_given_back_twice_or_was_never_taken_is_said(shop: Shop) -> None:
    bakery = Bakery(shop)
    order, _kettle, packing, flour = cooking(bakery)
    taken = line_of(shop, flour)
    with pytest.raises(NotFound):
        shop.do(lambda work: return_material(work, taken.id, of=packing.code), actor=bakery.operator)
    back = shop.do(lambda work: return_material(work, taken.id, of=order.code), actor=bakery.operator)
    with pytest.raises(undo_rules.AlreadyUndone):
        shop.do(lambda work: return_material(work, back.id), actor=bakery.operator)
    with pytest.raises(NotFound):
        shop.do(lambda work: return_material(work, 999999999), actor=bakery.operator)
    with pytest.raises(NotFound):
        shop.do(lambda work: take_back_report(work, 999999999), actor=bakery.operator)


def test_a_result_is_undone_only_at_its_own_job(shop: Shop) -> None:
    bakery = Bakery(shop)
    _order, kettle, packing, _flour = cooking(bakery)
    made = report(bakery, kettle.code, 10)
    with pytest.raises(NotFound):
        shop.do(lambda work: take_back_report(work, made.id, of=packing.code), actor=bakery.operator)


def test_a_lot_that_was_put_back_is_never_the_container_that_was_used_on(shop: Shop) -> None:
    bakery = Bakery(shop)
    used, wrong = bakery.receive(bakery.flour, 25, 25)
    bakery.receive(bakery.film, 500)
    kettle, packing = bakery.order(100, LotRule.REPORT).jobs
    bakery.start(kettle)
    bakery.scan(kettle, used)
    mistake = shop.do(lambda work: consume(work, kettle.code, wrong.code, D(5)), actor=bakery.operator).movement
    shop.do(lambda work: return_material(work, mistake.id), actor=bakery.operator)
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    lots = [report(bakery, packing.code, 50).lot_id for _ in range(2)]
    assert [(used.id, lot) in edges(shop) for lot in lots] == [True, True]
    assert wrong.id not in {parent for parent, _child in edges(shop)}
    assert faults(shop) == []


def test_the_container_that_was_used_on_does_not_go_back(shop: Shop) -> None:
    bakery = Bakery(shop)
    _order, kettle, packing, flour = cooking(bakery, rule=LotRule.REPORT)
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    first = report(bakery, packing.code, 100, confirmed=True)
    taken = line_of(shop, flour)
    with pytest.raises(undo_rules.UsedAlready):
        shop.do(lambda work: return_material(work, taken.id, "남음"), actor=bakery.leader)
    assert (flour.id, first.lot_id) in edges(shop)


def test_an_order_that_is_worked_on_again_can_be_completed_again_and_says_so(shop: Shop) -> None:
    bakery = Bakery(shop)
    order, kettle, packing, _flour = cooking(bakery)
    report(bakery, kettle.code, 98)
    wrong = report(bakery, kettle.code, 2)
    bakery.start(packing)
    report(bakery, packing.code, 98)
    finish(shop, kettle, packing)
    shop.do(lambda work: take_back_report(work, wrong.id), actor=bakery.operator)
    again = bakery.see_order(order.code)
    assert (again.state, again.jobs[0].state) == (OrderState.RUNNING, JobState.PAUSED)
    with shop.read() as read:
        verbs = set(read.scalars(select(Event.verb)))
    assert {"orders.reopen", "orders.reopen_job"} <= verbs
    shop.do(lambda work: service.finish_job(work, kettle.code, confirmed=True))
    assert bakery.see_order(order.code).state is OrderState.COMPLETED
    shop.do(lambda work: service.close_order(work, order.code))


def test_two_lots_scanned_with_one_entry_pass_first_out_like_two_scans(shop: Shop) -> None:
    bakery = Bakery(shop)
    [old], [young] = bakery.receive(bakery.flour, 5, days=5), bakery.receive(bakery.flour, 50, days=50)
    bakery.receive(bakery.film, 500)
    shop.do(lambda work: set_up_plant(work, name="떡집", first_out=Strictness.REFUSE))
    kettle = bakery.order(20).jobs[0]
    bakery.start(kettle)
    lines = [(old.code, None), (young.code, None)]
    shop.do(lambda work: report_with(work, kettle.code, lines), actor=bakery.operator)
    assert (bakery.lot(old).on_hand, bakery.lot(young).on_hand) == (D(0), D(45))


def report_with(work: Work, code: str, lines: Sequence[tuple[str, D | None]]) -> int:
    return record_report(work, code, good=D(20), consumed=lines).id


def test_back_flush_takes_as_many_small_lots_as_it_needs(shop: Shop) -> None:
    bakery = Bakery(shop)
    flushed_at_the_kettle(bakery)
    bakery.receive(bakery.film, *([1] * 60))
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    report(bakery, kettle.code, 55)
    with pytest.raises(rules.MaterialShort) as short:
        report(bakery, kettle.code, 6)
    assert short.value.values["left"] == D(5)


def test_two_lines_of_one_material_share_its_lots(shop: Shop) -> None:
    bakery = Bakery(shop)
    flush = Consumption.BACKFLUSH
    lines = [BomLineData(component=bakery.film, quantity=D(n), operation=10, consumption=flush) for n in (1, 2)]
    shop.do(lambda work: release_bom(work, make_bom(work, bakery.cake, lines).id))
    first, second = bakery.receive(bakery.film, 15, 30)
    kettle = bakery.order(100).jobs[0]
    bakery.start(kettle)
    report(bakery, kettle.code, 10)
    assert (bakery.lot(first).on_hand, bakery.lot(second).on_hand) == (D(0), D(15))
    with pytest.raises(rules.MaterialShort):
        report(bakery, kettle.code, 6)


def test_defects_alone_never_ask_whether_more_is_meant_than_planned(shop: Shop) -> None:
    bakery = Bakery(shop)
    _order, kettle, _packing, _flour = cooking(bakery)
    report(bakery, kettle.code, 101, confirmed=True)
    assert report(bakery, kettle.code, 0, defective=1).defective == 1


def test_a_paused_job_does_not_go_on_with_a_machine_that_was_stopped_meanwhile(shop: Shop) -> None:
    bakery = Bakery(shop)
    kettle = bakery.order(100).jobs[0]
    machine = shop.do(lambda work: add_machine(work, code="K1", name="솥", work_centre_id=kettle.work_centre_id))
    shop.do(lambda work: service.start_job(work, kettle.code, "K1"))
    shop.do(lambda work: service.pause_job(work, kettle.code))
    shop.do(lambda work: hold_machine(work, machine.code, "누전"))
    with pytest.raises(rules.MachineNotReady):
        shop.do(lambda work: service.start_job(work, kettle.code))


def test_nothing_becomes_part_of_itself(shop: Shop) -> None:
    bakery = Bakery(shop)
    order, kettle, packing, flour = cooking(bakery)
    report(bakery, kettle.code, 100)
    bakery.start(packing)
    cakes = bakery.lot(report(bakery, packing.code, 50).lot_id or 0)
    part = shop.do(lambda work: split_lot(work, cakes.code, D(5)))
    order = bakery.see_order(order.code)
    with pytest.raises(rules.OwnProduct):
        shop.do(lambda work: check_stem(work, order, cakes))
    with pytest.raises(rules.OwnProduct):
        shop.do(lambda work: check_stem(work, order, part))
    shop.do(lambda work: check_stem(work, order, flour))


def test_a_piece_with_a_serial_number_is_in_one_machine_or_in_none(shop: Shop) -> None:
    bakery = Bakery(shop, Tracking.SERIAL)
    motor = shop.do(lambda work: make_item(work, name="모터", tracking=Tracking.SERIAL))
    line = BomLineData(component=motor, quantity=D(1), operation=10)
    shop.do(lambda work: release_bom(work, make_bom(work, bakery.cake, [line]).id))
    motors = bakery.receive(motor, 1, 1, 1)
    order = bakery.order(3)
    kettle, packing = order.jobs
    bakery.start(kettle)
    for one in motors:
        bakery.scan(kettle, one)
    report(bakery, kettle.code, 3)
    bakery.start(packing)
    report(bakery, packing.code, 2, scrap=1)
    finish(shop, kettle, packing)
    with shop.read() as read:
        drawn = [(edge.parent_id, edge.quantity) for edge in read.scalars(select(Edge).order_by(Edge.id))]
    assert drawn == [(motors[0].id, D(1)), (motors[1].id, D(1))]
    assert faults(shop) == []


def test_what_an_order_made_is_found_after_it_was_poured_together_with_others(shop: Shop) -> None:
    bakery = Bakery(shop)
    made = []
    for _ in range(2):
        order, kettle, packing, _flour = cooking(bakery, 10)
        report(bakery, kettle.code, 10)
        bakery.start(packing)
        made.append((order, bakery.lot(report(bakery, packing.code, 10).lot_id or 0)))
    merged = shop.do(lambda work: merge_lots(work, [lot.code for _order, lot in made]))
    assert merged.order_id is None
    with shop.read() as read:
        for order, _lot in made:
            assert merged.id in {lot.id for lot in lots_of_order(read, order.id)}
