"""A count that is begun, counted and posted by two people at the same moment."""

from decimal import Decimal

from mes.core.work import Work
from mes.lots.service import adjust_lot
from mes.warehouse import count_queries as queries
from mes.warehouse.count_models import CountScope, StockCount
from mes.warehouse.count_rules import CountClosed, CountedElsewhere
from mes.warehouse.counting import begin_count, record_count
from mes.warehouse.posting import explain, post_count
from tests.racing import race
from tests.warehouse.storeroom import Storeroom
from tests.warehouse.test_counting import begin, found, place

D = Decimal


def test_what_is_counted_while_the_count_is_posted_comes_before_it_or_is_refused(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 40, at=store.shelf)
    count = begin(store, scope=CountScope.PLACES, places=[store.shelf])
    found(store, count, store.shelf, lot, 39, by=store.park)
    with store.shop.read() as read:
        line = queries.rows_of(read, count)[0].line.id
    store.shop.do(lambda work: explain(work, count.code, {line: "Cause unknown"}))
    where = place(store, count, store.shelf)
    store.shop.actor = store.boss
    done = race(
        store.shop,
        lambda work: post_count(work, count.code, confirmed=True),
        lambda work: record_count(work, count.code, where, lot.code, D(10), confirmed=True),
    )
    assert isinstance(done[1], CountClosed)
    with store.shop.read() as read:
        assert queries.rows_of(read, count)[0].difference == -1
    assert store.lot(lot).on_hand == 39


def test_a_number_that_comes_just_before_the_count_is_posted_is_posted(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 40, at=store.shelf)
    count = begin(store, scope=CountScope.PLACES, places=[store.shelf])
    found(store, count, store.shelf, lot, 39, by=store.park)
    with store.shop.read() as read:
        line = queries.rows_of(read, count)[0].line.id
    store.shop.do(lambda work: explain(work, count.code, {line: "Cause unknown"}))
    where = place(store, count, store.shelf)
    store.shop.actor = store.boss
    race(
        store.shop,
        lambda work: record_count(work, count.code, where, lot.code, D(10), confirmed=True),
        lambda work: post_count(work, count.code, confirmed=True),
    )
    assert store.lot(lot).on_hand == 10


def test_a_lot_that_is_corrected_while_the_count_is_posted_is_corrected_once(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store, scope=CountScope.PLACES, places=[store.shelf])
    found(store, count, store.shelf, lot, 95)
    with store.shop.read() as read:
        line = queries.rows_of(read, count)[0].line.id
    store.shop.do(lambda work: explain(work, count.code, {line: "Cause unknown"}))
    store.shop.actor = store.boss
    race(
        store.shop,
        lambda work: adjust_lot(work, lot.code, D(95), "Counted again at the shelf"),
        lambda work: post_count(work, count.code, confirmed=True),
    )
    assert store.lot(lot).on_hand == 95


def test_of_two_counts_that_begin_at_the_same_time_one_is_refused(store: Storeroom) -> None:
    store.receive(store.flour, 40, at=store.shelf)

    def deed(work: Work) -> StockCount:
        return begin_count(work, name="연말", scope=CountScope.PLANT)

    done = race(store.shop, deed, deed)
    assert isinstance(done[1], CountedElsewhere)
