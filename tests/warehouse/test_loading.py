"""A shipment is put together by scanning and leaves as one."""

from decimal import Decimal

import pytest

from mes.lots.models import Lot
from mes.lots.packing import make_unit
from mes.lots.rules import LotOnHold, NotEnough, NotFirstOut, TooLittleLife, WrongItem, WrongPlace
from mes.lots.service import hold_lot
from mes.lots.unit_models import UnitKind
from mes.orders.models import WorkOrder
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner, change_partner
from mes.warehouse import queries
from mes.warehouse.loading import (
    begin_for_order,
    begin_loading,
    change_line,
    drop_loading,
    load,
    load_for_order,
    load_unit,
    post_loading,
    unload,
)
from mes.warehouse.models import Loading, LoadingState
from mes.warehouse.moving import put_away
from mes.warehouse.rules import (
    LoadedAlready,
    LoadingClosed,
    MoreThanOrdered,
    NoCustomer,
    NothingLoaded,
    NothingToTakeBack,
    NotThisCustomers,
)
from tests.statements import statements
from tests.warehouse.storeroom import Storeroom

D = Decimal


@pytest.fixture
def loading(store: Storeroom) -> Loading:
    """A shipment for the market, just begun."""
    return store.shop.do(lambda work: begin_loading(work, store.market, "PO-1"), actor=store.handler)


def cakes(store: Storeroom, quantity: int, days: int = 20) -> Lot:
    """Cakes on the shelf."""
    return store.receive(store.cake, quantity, at=store.shelf, days=days)[0]


def scan(store: Storeroom, loading: Loading, lot: Lot, quantity: int | None = None, **more: object) -> None:
    """Song scans a lot onto the list."""
    amount = None if quantity is None else D(quantity)
    store.shop.do(lambda work: load(work, loading.id, lot.code, amount, **more), actor=store.handler)  # type: ignore[arg-type]


def test_nothing_leaves_before_the_list_is_posted_and_then_all_of_it(store: Storeroom, loading: Loading) -> None:
    first, second = cakes(store, 30, 5), cakes(store, 40, 9)
    scan(store, loading, first)
    scan(store, loading, second, 15)
    assert (store.lot(first).on_hand, store.lot(second).on_hand) == (D(30), D(40))
    shipment = store.shop.do(lambda work: post_loading(work, loading.id), actor=store.handler)
    assert (store.lot(first).on_hand, store.lot(second).on_hand) == (D(0), D(25))
    assert shipment.reference == "PO-1"
    with store.shop.read() as read:
        assert queries.get_loading(read, loading.id).state is LoadingState.SHIPPED
        assert queries.open_loadings(read) == []


def test_somebody_else_goes_on_with_a_list(store: Storeroom, loading: Loading) -> None:
    lot = cakes(store, 30)
    scan(store, loading, lot)
    with store.shop.read() as read:
        [row] = queries.open_loadings(read)
    assert (row.loading.id, row.lots) == (loading.id, 1)


def test_a_lot_that_expires_too_soon_for_the_customer_is_refused(store: Storeroom, loading: Loading) -> None:
    store.shop.do(lambda work: change_partner(work, "MART", shelf_days=10))
    with pytest.raises(TooLittleLife):
        scan(store, loading, cakes(store, 30, 9))
    scan(store, loading, cakes(store, 30, 10))


def test_the_first_out_lot_for_this_customer_leaves_first(store: Storeroom, loading: Loading) -> None:
    store.shop.do(lambda work: change_partner(work, "MART", shelf_days=10))
    cakes(store, 30, 9)
    soon, late = cakes(store, 30, 12), cakes(store, 30, 15)
    with pytest.raises(NotFirstOut):
        scan(store, loading, late)
    scan(store, loading, soon)
    scan(store, loading, late)


def test_a_leader_lets_another_lot_leave_first_with_a_reason(store: Storeroom, loading: Loading) -> None:
    cakes(store, 30, 5)
    late = cakes(store, 30, 15)
    scan(store, loading, late, approver=store.boss, reason="고객 요청")
    with store.shop.read() as read:
        [line] = queries.loaded(read, loading.id)
    assert (line.approved_by, line.reason) == ("박정호", "고객 요청")


def test_a_held_lot_and_one_in_quarantine_do_not_leave(store: Storeroom, loading: Loading) -> None:
    held, aside = cakes(store, 30), cakes(store, 30)
    store.shop.do(lambda work: hold_lot(work, held.id, "이물"))
    store.shop.do(lambda work: put_away(work, [aside.code], store.cage, confirmed=True))
    with pytest.raises(LotOnHold):
        scan(store, loading, held, approver=store.boss, reason="급함")
    with pytest.raises(WrongPlace):
        scan(store, loading, aside)


def test_a_lot_scanned_twice_is_said_and_not_doubled(store: Storeroom, loading: Loading) -> None:
    lot = cakes(store, 30)
    scan(store, loading, lot)
    with pytest.raises(LoadedAlready):
        scan(store, loading, lot)


def ordered(store: Storeroom, quantity: int = 50, customer: bool = True) -> WorkOrder:
    """An order of the market."""
    made = store.order(quantity)
    if customer:
        store.shop.do(lambda work: setattr(work.session.get_one(WorkOrder, made.id), "customer_id", store.market.id))
    return made


def test_for_a_work_order_only_its_item_leaves_and_more_than_ordered_asks(store: Storeroom) -> None:
    order = ordered(store)
    begun = store.shop.do(lambda work: begin_for_order(work, order.code))
    [flour] = store.receive(store.flour, 10, at=store.shelf)
    with pytest.raises(WrongItem):
        scan(store, begun, flour)
    lot = cakes(store, 60)
    with pytest.raises(MoreThanOrdered):
        scan(store, begun, lot)
    scan(store, begun, lot, confirmed=True)


def test_an_order_of_nobody_or_of_somebody_else_is_refused(store: Storeroom, loading: Loading) -> None:
    nobody = ordered(store, customer=False)
    with pytest.raises(NoCustomer):
        store.shop.do(lambda work: begin_for_order(work, nobody.code))
    theirs = ordered(store)
    other = store.shop.do(lambda work: add_partner(work, code="SHOP", name="가게", kinds=[PartnerKind.CUSTOMER]))
    begun = store.shop.do(lambda work: begin_loading(work, other))
    with pytest.raises(NotThisCustomers):
        store.shop.do(lambda work: load_for_order(work, begun.id, theirs.code))


def test_lines_are_changed_and_taken_off(store: Storeroom, loading: Loading) -> None:
    lot, other = cakes(store, 30, 5), cakes(store, 30, 9)
    scan(store, loading, lot)
    scan(store, loading, other)
    with store.shop.read() as read:
        first, _second = queries.loaded(read, loading.id)
    store.shop.do(lambda work: change_line(work, loading.id, first.id, D(10)))
    with pytest.raises(NotEnough):
        store.shop.do(lambda work: change_line(work, loading.id, first.id, D(31)))
    store.shop.do(lambda work: unload(work, loading.id))
    with store.shop.read() as read:
        assert [(line.lot.code, line.quantity) for line in queries.loaded(read, loading.id)] == [(lot.code, D(10))]
    store.shop.do(lambda work: unload(work, loading.id, first.id))
    with pytest.raises(NothingToTakeBack):
        store.shop.do(lambda work: unload(work, loading.id))
    with pytest.raises(NothingToTakeBack):
        store.shop.do(lambda work: change_line(work, loading.id, first.id, D(1)))


def test_an_empty_list_does_not_leave_and_a_closed_one_takes_nothing(store: Storeroom, loading: Loading) -> None:
    with pytest.raises(NothingLoaded):
        store.shop.do(lambda work: post_loading(work, loading.id))
    store.shop.do(lambda work: drop_loading(work, loading.id))
    with pytest.raises(LoadingClosed):
        scan(store, loading, cakes(store, 30))


def test_a_lot_that_was_put_on_hold_meanwhile_stops_the_whole_shipment(store: Storeroom, loading: Loading) -> None:
    good, bad = cakes(store, 30, 5), cakes(store, 30, 9)
    scan(store, loading, good)
    scan(store, loading, bad)
    store.shop.do(lambda work: hold_lot(work, bad.id, "이물"))
    with pytest.raises(LotOnHold):
        store.shop.do(lambda work: post_loading(work, loading.id))
    assert store.lot(good).on_hand == 30


def test_loading_asks_the_database_as_much_however_long_the_list_is(store: Storeroom, loading: Loading) -> None:
    lots = [cakes(store, 1, 5 + number) for number in range(10)]
    sent = []
    for lot in lots:
        with statements(store.shop.database) as seen:
            scan(store, loading, lot)
        sent.append(len(seen))
    assert len(set(sent[1:])) == 1
    assert sent[-1] <= 18


def test_more_than_ordered_is_asked_about_for_a_pallet_and_a_changed_line_too(store: Storeroom) -> None:
    order = ordered(store, 50)
    begun = store.shop.do(lambda work: begin_for_order(work, order.code))
    first, second = store.receive(store.cake, 30, 40, at=store.shelf, days=20)
    pallet = store.shop.do(lambda work: make_unit(work, UnitKind.PALLET, lots=[first.code, second.code]))
    with pytest.raises(MoreThanOrdered):
        store.shop.do(lambda work: load_unit(work, begun.id, pallet.code))
    with store.shop.read() as read:
        assert queries.loaded(read, begun.id) == []
    scan(store, begun, first)
    scan(store, begun, second, 20)
    with store.shop.read() as read:
        line = queries.loaded(read, begun.id)[1]
    with pytest.raises(MoreThanOrdered):
        store.shop.do(lambda work: change_line(work, begun.id, line.id, D(21)))
    store.shop.do(lambda work: change_line(work, begun.id, line.id, D(10)))
    store.shop.do(lambda work: change_line(work, begun.id, line.id, D(40), confirmed=True))
    unloaded = store.shop.do(lambda work: [unload(work, begun.id), unload(work, begun.id)])
    assert len(unloaded) == 2
    loaded = store.shop.do(lambda work: load_unit(work, begun.id, pallet.code, confirmed=True))
    assert len(loaded) == 2
