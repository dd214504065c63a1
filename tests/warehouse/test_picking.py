"""Material is brought to where an order needs it, behind the one scan gate."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from mes.core.plant import Strictness
from mes.equipment.models import WorkCentre
from mes.lots.models import Lot
from mes.lots.rules import LotExpired, LotOnHold, NotEnough, NotFirstOut, WrongPlace
from mes.lots.service import hold_lot, move_lot
from mes.orders.consuming import consume
from mes.orders.models import WorkOrder
from mes.orders.override_rules import NotAnOverride
from mes.orders.rules import NotNeededHere
from mes.orders.service import start_job
from mes.people.plant import change_plant
from mes.warehouse import queries
from mes.warehouse.moving import Picked, TooBig, pick, put_away, take_back_pick
from mes.warehouse.rules import AlreadyBrought, EnoughBrought, NoPlaceToBring, NothingToTakeBack, NotTheLast
from tests.orders.bakery import TODAY
from tests.statements import statements
from tests.warehouse.storeroom import Storeroom

D = Decimal


@pytest.fixture
def order(store: Storeroom) -> WorkOrder:
    """A hundred cakes: fifty kilos of flour, a hundred sheets of film."""
    return store.order(100)


def shelve(store: Storeroom, quantity: int, days: int = 100) -> Lot:
    """Flour on the first shelf."""
    return store.receive(store.flour, quantity, at=store.shelf, days=days)[0]


def bring(store: Storeroom, order: WorkOrder, lot: Lot, quantity: int | None = None, **more: Any) -> Picked:
    """Song scans a lot."""
    amount = None if quantity is None else D(quantity)
    done = store.shop.do(lambda work: pick(work, order.code, lot.code, amount, **more), actor=store.handler)
    assert isinstance(done, Picked)
    return done


def test_the_list_says_what_is_needed_and_which_lot_goes_first(store: Storeroom, order: WorkOrder) -> None:
    late, soon = shelve(store, 40, 90), store.receive(store.flour, 30, at=store.high, days=10)[0]
    with store.shop.read() as read:
        found = queries.pick_list(read, order.code, TODAY)
    flour = next(line for line in found.open if line.material.item_id == store.flour.id)
    assert flour.open == 50
    assert [lot.code for lot in flour.lots] == [soon.code, late.code]
    assert flour.place is not None
    assert flour.place.code == "FL"


def test_a_lot_is_moved_to_the_work_centre_and_counts_as_brought(store: Storeroom, order: WorkOrder) -> None:
    lot = shelve(store, 40)
    bring(store, order, lot)
    assert store.lot(lot).location_id == store.floor.id
    with store.shop.read() as read:
        found = queries.pick_list(read, order.code, TODAY)
    assert [line.open for line in found.open if line.material.item_id == store.flour.id] == [10]


def test_of_a_big_lot_somebody_says_how_much_and_the_part_gets_a_label(store: Storeroom, order: WorkOrder) -> None:
    lot = shelve(store, 500)
    asked = store.shop.do(lambda work: pick(work, order.code, lot.code))
    assert isinstance(asked, TooBig)
    assert asked.open == 50
    done = bring(store, order, lot, 50)
    assert done.rest is not None
    assert (done.lot.on_hand, store.lot(lot).on_hand) == (D(50), D(450))
    assert store.lot(lot).location_id == store.shelf.id


def test_done_lines_fold_away(store: Storeroom, order: WorkOrder) -> None:
    bring(store, order, shelve(store, 50))
    with store.shop.read() as read:
        found = queries.pick_list(read, order.code, TODAY)
        [row] = queries.orders_to_pick(read)
    assert [line.material.item_id for line in found.done] == [store.flour.id]
    assert (row.open, row.lines) == (1, 2)


def test_a_lot_that_is_not_first_out_is_refused_until_a_leader_allows_it(store: Storeroom, order: WorkOrder) -> None:
    shelve(store, 30, 10)
    late = shelve(store, 40, 90)
    with pytest.raises(NotFirstOut):
        bring(store, order, late)
    with pytest.raises(NotAnOverride):
        bring(store, order, late, approver=store.handler, reason="급함")
    done = bring(store, order, late, approver=store.boss, reason="앞 로트 손상")
    assert (done.pick.approved_by, done.pick.reason) == ("박정호", "앞 로트 손상")
    assert store.lot(late).location_id == store.floor.id


def test_where_the_plant_only_warns_the_better_lot_is_named(store: Storeroom, order: WorkOrder) -> None:
    store.shop.do(lambda work: change_plant(work, first_out=Strictness.WARN))
    first, late = shelve(store, 30, 10), shelve(store, 40, 90)
    done = bring(store, order, late)
    assert done.better is not None
    assert done.better.code == first.code


def test_what_stands_at_the_work_centre_already_is_not_first_out_any_more(store: Storeroom, order: WorkOrder) -> None:
    store.receive(store.flour, 5, days=3)
    done = bring(store, order, shelve(store, 40, 90))
    assert (done.better, done.pick.approved_by) == (None, None)


def test_the_wrong_item_a_held_and_an_expired_lot_are_never_allowed(store: Storeroom, order: WorkOrder) -> None:
    [cake] = store.receive(store.cake, 10, at=store.shelf)
    held, old = shelve(store, 40), shelve(store, 40, 5)
    store.shop.do(lambda work: hold_lot(work, held.id, "이물"))
    leave: dict[str, Any] = {"approver": store.boss, "reason": "급함"}
    with pytest.raises(NotNeededHere):
        bring(store, order, cake, **leave)
    with pytest.raises(LotOnHold):
        bring(store, order, held, **leave)
    store.shop.now += timedelta(days=6)
    with pytest.raises(LotExpired):
        bring(store, order, old, **leave)


def test_a_lot_that_is_recorded_elsewhere_is_refused_at_the_scanned_place(store: Storeroom, order: WorkOrder) -> None:
    lot = shelve(store, 40)
    with pytest.raises(WrongPlace):
        bring(store, order, lot, here=store.high)
    bring(store, order, lot, here=store.high, approver=store.boss, reason="장부가 틀림")


def test_a_free_lot_in_quarantine_is_not_taken_from_there(store: Storeroom, order: WorkOrder) -> None:
    lot = shelve(store, 40)
    store.shop.do(lambda work: put_away(work, [lot.code], store.cage, confirmed=True))
    with pytest.raises(WrongPlace):
        bring(store, order, lot)


def test_more_than_is_needed_asks_and_what_is_there_already_is_said(store: Storeroom, order: WorkOrder) -> None:
    lot, more = shelve(store, 50), shelve(store, 20)
    bring(store, order, lot)
    with pytest.raises(AlreadyBrought):
        bring(store, order, lot)
    with pytest.raises(EnoughBrought):
        bring(store, order, more)
    bring(store, order, more, confirmed=True)
    with pytest.raises(NotEnough):
        bring(store, order, shelve(store, 5), 6, confirmed=True)


def test_a_substitute_serves_the_material_it_stands_for(store: Storeroom, order: WorkOrder) -> None:
    [other] = store.receive(store.other_flour, 50, at=store.shelf)
    bring(store, order, other)
    with store.shop.read() as read:
        assert store.flour.id in {line.material.item_id for line in queries.pick_list(read, order.code, TODAY).done}


def test_a_work_centre_without_a_place_gets_nothing(store: Storeroom, order: WorkOrder) -> None:
    lot = shelve(store, 40)
    store.shop.do(lambda work: setattr(work.session.get_one(WorkCentre, store.kettle.id), "location_id", None))
    with pytest.raises(NoPlaceToBring):
        bring(store, order, lot)


def test_the_last_lot_is_taken_back_to_where_it_stood(store: Storeroom, order: WorkOrder) -> None:
    with pytest.raises(NothingToTakeBack):
        store.shop.do(lambda work: take_back_pick(work, order.code))
    lot = shelve(store, 40)
    bring(store, order, lot)
    store.shop.do(lambda work: take_back_pick(work, order.code), actor=store.handler)
    assert store.lot(lot).location_id == store.shelf.id
    with store.shop.read() as read:
        assert not queries.pick_list(read, order.code, TODAY).done


def test_what_is_used_up_from_before_and_what_was_brought_count_together(store: Storeroom, order: WorkOrder) -> None:
    """Fifty are needed: thirty that stood at the machine are used, so twenty are brought, and that is all."""
    [there] = store.receive(store.flour, 30, at=store.floor)
    job = order.jobs[0].code
    store.shop.do(lambda work: start_job(work, job))
    store.shop.do(lambda work: consume(work, job, there.code))
    bring(store, order, shelve(store, 20))
    with store.shop.read() as read:
        found = queries.pick_list(read, order.code, TODAY)
    assert store.flour.id not in {line.material.item_id for line in found.open}


def test_nobody_brings_part_of_a_piece(store: Storeroom, order: WorkOrder) -> None:
    with store.shop.read() as read:
        [line] = [
            one for one in queries.pick_list(read, order.code, TODAY).open if one.material.item_id == store.flour.id
        ]
    assert queries.pieces_to_bring(line.material, queries.Brought(D("0.5"))) == D("49.5")
    line.material.item.unit = "EA"
    assert queries.pieces_to_bring(line.material, queries.Brought(D("0.5"))) == 50


def test_what_was_moved_on_is_not_taken_back(store: Storeroom, order: WorkOrder) -> None:
    lot = shelve(store, 40)
    bring(store, order, lot)
    store.shop.do(lambda work: move_lot(work, lot.code, store.high))
    with pytest.raises(NotTheLast):
        store.shop.do(lambda work: take_back_pick(work, order.code))


def test_a_pick_asks_the_database_as_much_however_many_lots_lie_there(store: Storeroom, order: WorkOrder) -> None:
    lots = [shelve(store, 1, 10 + number) for number in range(12)]
    sent = []
    for lot in (lots[0], lots[1]):
        with statements(store.shop.database) as seen:
            bring(store, order, lot)
        sent.append(len(seen))
        for _ in range(20 if lot is lots[0] else 0):
            shelve(store, 1, 120)
    assert sent[0] == sent[1] <= 24
