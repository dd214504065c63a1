"""Stock is counted while the plant goes on; what is posted is what was found, with what moved since."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from mes.core.work import Work, act
from mes.genealogy.service import enter_receipt
from mes.items.models import Item
from mes.lots.ledger import new_lot
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.service import adjust_lot, move_lot, retain_sample, scrap_lot
from mes.warehouse import count_queries as queries
from mes.warehouse.count_models import CountEntry, CountScope, CountState, StockCount
from mes.warehouse.count_rules import (
    BelowNothing,
    CountClosed,
    CountedElsewhere,
    DifferenceNeedsReason,
    LotCounted,
    LotNotInCount,
    LotsMissed,
    NothingToCount,
    PlaceFinished,
    PlacesOpen,
    PlaceTaken,
    SampleGrew,
    SecondCountNeeded,
)
from mes.warehouse.counting import begin_count, finish_place, open_place, record_count
from mes.warehouse.posting import cancel_count, explain, post_count
from mes.web.check import in_records
from tests.statements import statements
from tests.warehouse.storeroom import Storeroom, who

D = Decimal


def begin(store: Storeroom, **more: object) -> StockCount:
    """Park begins a count."""
    values = {"name": "연말", "scope": CountScope.PLANT, "tolerance": D(100), **more}
    return store.shop.do(lambda work: begin_count(work, **values), actor=store.boss)  # type: ignore[arg-type]


def place(store: Storeroom, count: StockCount, location: object) -> int:
    """The count's place that is a location."""
    with store.shop.read() as read:
        found = queries.find_place(read, count.id, getattr(location, "id"))
    assert found is not None
    return found.id


def found(
    store: Storeroom, count: StockCount, location: object, lot: Lot, quantity: object = None, **more: object
) -> CountEntry:
    """Song (or ``by``) finds so much of a lot at a place."""
    actor = who(more.pop("by", store.song))  # type: ignore[arg-type]
    amount = None if quantity is None else D(str(quantity))
    where = place(store, count, location)
    return store.shop.do(
        lambda work: record_count(work, count.code, where, lot.code, amount, **more),  # type: ignore[arg-type]
        actor=actor,
    )


def faults(store: Storeroom) -> list[str]:
    """What the check finds in the books."""
    with store.shop.read() as read:
        return [fault.sentence for fault in in_records(read)]


def post(store: Storeroom, count: StockCount, reason: str = "계량 오차") -> None:
    """Park gives one reason for everything and posts what was counted."""
    with store.shop.read() as read:
        rows = queries.rows_of(read, queries.get_count(read, count.code), only_different=True)
    store.shop.do(lambda work: explain(work, count.code, {row.line.id: reason for row in rows}), actor=store.handler)
    store.shop.do(lambda work: post_count(work, count.code, confirmed=True), actor=store.boss)


def test_the_ledger_says_what_was_counted_and_each_line_names_the_count(store: Storeroom) -> None:
    lot, same = store.receive(store.flour, 100, 50, at=store.shelf)
    count = begin(store)
    found(store, count, store.shelf, lot, 97)
    found(store, count, store.shelf, same)
    post(store, count)
    assert (store.lot(lot).on_hand, store.lot(same).on_hand) == (D(97), D(50))
    with store.shop.read() as read:
        [line] = read.scalars(select(Movement).where(Movement.kind == MovementKind.COUNT)).all()
        [row] = [row for row in queries.rows_of(read, queries.get_count(read, count.code)) if row.line.movement_id]
    assert (line.quantity, line.reason, row.line.movement_id) == (D(-3), f"{count.code}: 계량 오차", line.id)


def test_what_moves_before_and_after_the_count_is_respected(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store)
    store.shop.do(lambda work: scrap_lot(work, lot.code, D(10), "쏟음"))
    found(store, count, store.shelf, lot, 88)
    store.shop.do(lambda work: scrap_lot(work, lot.code, D(20), "쏟음"))
    post(store, count)
    assert store.lot(lot).on_hand == 68


def test_a_correction_made_meanwhile_is_not_made_twice(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store)
    found(store, count, store.shelf, lot, 95)
    store.shop.do(lambda work: adjust_lot(work, lot.code, D(95), "따로 실사"))
    post(store, count)
    assert store.lot(lot).on_hand == 95


def test_what_went_before_the_count_and_came_late_from_a_tablet_is_taken_off_once(store: Storeroom) -> None:
    before, after = store.receive(store.flour, 100, 100, at=store.shelf)
    count = begin(store)
    store.shop.later(minutes=5)
    earlier = store.shop.now
    store.shop.later(minutes=5)
    found(store, count, store.shelf, before, 90)
    found(store, count, store.shelf, after, 90)
    store.shop.later(minutes=5)
    later = store.shop.now
    store.shop.later(minutes=5)
    for lot, moment in ((before, earlier), (after, later)):

        def late(work: Work, lot: Lot = lot) -> object:
            return scrap_lot(work, lot.code, D(10), "쏟음")

        act(store.shop.database, store.handler, late, source="tablet", now=moment, late=True)
    post(store, count)
    assert (store.lot(before).on_hand, store.lot(after).on_hand) == (D(90), D(80))
    assert faults(store) == []


def test_a_receipt_that_is_entered_late_between_count_and_posting_changes_nothing_of_what_was_found(
    store: Storeroom,
) -> None:
    def opened(work: Work) -> Lot:
        made = new_lot(work, work.session.get_one(Item, store.flour.id), store.shelf, code="OLD-1", made_on=work.today)
        work.session.add(made)
        work.session.flush()
        return adjust_lot(work, made.code, D(50), "기초재고")

    lot = store.shop.do(opened)
    count = begin(store)
    store.shop.later(minutes=5)
    found(store, count, store.shelf, lot, 48)
    store.shop.later(minutes=5)
    came = store.shop.now - timedelta(days=2)
    store.shop.do(lambda work: enter_receipt(work, lot.code, happened_at=came, reason="누락"))
    post(store, count)
    assert store.lot(lot).on_hand == 48
    assert faults(store) == []


def test_less_found_than_was_taken_since_must_be_counted_again(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store)
    found(store, count, store.shelf, lot, 5)
    store.shop.do(lambda work: scrap_lot(work, lot.code, D(50), "쏟음"))
    with pytest.raises(BelowNothing):
        post(store, count)


def test_a_lot_found_elsewhere_is_moved_unless_somebody_has_moved_it_since(store: Storeroom) -> None:
    here, gone = store.receive(store.flour, 100, 50, at=store.shelf)
    count = begin(store)
    found(store, count, store.high, here)
    found(store, count, store.high, gone)
    store.shop.do(lambda work: move_lot(work, gone.code, store.floor))
    post(store, count)
    assert (store.lot(here).location_id, store.lot(gone).location_id) == (store.high.id, store.floor.id)


def test_lots_nobody_found_are_asked_about_and_then_written_down_as_gone(store: Storeroom) -> None:
    lot, seen = store.receive(store.flour, 100, 50, at=store.shelf)
    count = begin(store)
    found(store, count, store.shelf, seen)
    shelf = place(store, count, store.shelf)
    with pytest.raises(LotsMissed):
        store.shop.do(lambda work: finish_place(work, count.code, shelf), actor=store.handler)
    store.shop.do(lambda work: finish_place(work, count.code, shelf, confirmed=True), actor=store.handler)
    post(store, count)
    assert (store.lot(lot).on_hand, store.lot(seen).on_hand) == (D(0), D(50))


def test_a_lot_missed_here_and_found_there_is_moved_and_not_lost(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store)
    shelf = place(store, count, store.shelf)
    store.shop.do(lambda work: finish_place(work, count.code, shelf, confirmed=True), actor=store.handler)
    found(store, count, store.high, lot, 100, by=store.yoon)
    post(store, count)
    assert (store.lot(lot).on_hand, store.lot(lot).location_id) == (D(100), store.high.id)


def test_a_lot_that_was_used_up_by_the_books_is_found_again(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    store.shop.do(lambda work: scrap_lot(work, lot.code, D(100), "오기"))
    count = begin(store)
    found(store, count, store.shelf, lot, 12)
    with pytest.raises(SecondCountNeeded):
        post(store, count)
    shelf = place(store, count, store.shelf)
    store.shop.do(lambda work: open_place(work, count.code, shelf, confirmed=True), actor=who(store.yoon))
    found(store, count, store.shelf, lot, 12, by=store.yoon, confirmed=True)
    post(store, count)
    assert store.lot(lot).on_hand == 12


def test_a_place_is_counted_by_one_person_at_a_time(store: Storeroom) -> None:
    count = begin(store)
    shelf = place(store, count, store.shelf)
    store.shop.do(lambda work: open_place(work, count.code, shelf), actor=store.handler)
    with pytest.raises(PlaceTaken):
        store.shop.do(lambda work: open_place(work, count.code, shelf), actor=who(store.yoon))
    store.shop.do(lambda work: open_place(work, count.code, shelf, confirmed=True), actor=who(store.yoon))
    store.shop.do(lambda work: finish_place(work, count.code, shelf), actor=who(store.yoon))
    with pytest.raises(PlaceFinished):
        store.shop.do(lambda work: open_place(work, count.code, shelf), actor=store.handler)


def test_two_people_scanning_one_lot_are_asked_and_it_is_not_doubled(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store)
    found(store, count, store.shelf, lot, 100)
    with pytest.raises(LotCounted):
        found(store, count, store.high, lot, 60, by=store.yoon)
    found(store, count, store.high, lot, 60, by=store.yoon, confirmed=True)
    post(store, count)
    assert store.lot(lot).on_hand == 60


def test_a_large_difference_is_counted_by_a_second_person(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store, tolerance=D(5))
    found(store, count, store.shelf, lot, 80)
    with pytest.raises(SecondCountNeeded):
        post(store, count)
    found(store, count, store.shelf, lot, 80, confirmed=True)
    with pytest.raises(SecondCountNeeded):
        post(store, count)
    shelf = place(store, count, store.shelf)
    store.shop.do(lambda work: open_place(work, count.code, shelf, confirmed=True), actor=who(store.yoon))
    found(store, count, store.shelf, lot, 81, by=store.yoon, confirmed=True)
    post(store, count)
    assert store.lot(lot).on_hand == 81


def test_every_difference_has_a_reason_and_unfinished_places_are_asked_about(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store)
    found(store, count, store.shelf, lot, 99)
    with pytest.raises(PlacesOpen):
        store.shop.do(lambda work: post_count(work, count.code), actor=store.boss)
    with pytest.raises(DifferenceNeedsReason):
        store.shop.do(lambda work: post_count(work, count.code, confirmed=True), actor=store.boss)


def test_lots_nobody_counted_stay_as_they_are(store: Storeroom) -> None:
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    post(store, begin(store))
    assert store.lot(lot).on_hand == 100


def test_a_count_of_some_items_takes_no_others(store: Storeroom) -> None:
    store.receive(store.flour, 100, at=store.shelf)
    [film] = store.receive(store.film, 10, at=store.shelf)
    count = begin(store, scope=CountScope.ITEMS, items=[store.flour])
    with pytest.raises(LotNotInCount):
        found(store, count, store.shelf, film)


def test_more_of_a_sample_than_was_kept_is_refused_at_the_shelf_and_not_when_the_count_is_posted(
    store: Storeroom,
) -> None:
    [flour] = store.receive(store.flour, 20, at=store.shelf)
    until = store.shop.now.date() + timedelta(days=90)
    kept = store.shop.do(lambda work: retain_sample(work, flour.code, D(2), keep_until=until).lot_id)
    sample = store.lot(kept)
    count = begin(store)
    with pytest.raises(SampleGrew):
        found(store, count, store.shelf, sample, 3)
    found(store, count, store.shelf, sample, "1.5")
    found(store, count, store.shelf, flour, 18)
    post(store, count)
    assert store.lot(sample).on_hand == D("1.5")


def test_the_same_lots_are_not_in_two_open_counts(store: Storeroom) -> None:
    store.receive(store.flour, 100, at=store.shelf)
    first = begin(store, scope=CountScope.PLACES, places=[store.shelf])
    with pytest.raises(CountedElsewhere):
        begin(store, scope=CountScope.ITEMS, items=[store.flour])
    begin(store, scope=CountScope.PLACES, places=[store.high])
    store.shop.do(lambda work: cancel_count(work, first.code))
    begin(store, scope=CountScope.ITEMS, items=[store.flour])


def test_a_count_of_nothing_is_refused_and_a_closed_one_takes_nothing(store: Storeroom) -> None:
    with pytest.raises(NothingToCount):
        begin(store, scope=CountScope.ITEMS, items=[store.flour])
    [lot] = store.receive(store.flour, 100, at=store.shelf)
    count = begin(store)
    post(store, count)
    with pytest.raises(CountClosed):
        found(store, count, store.shelf, lot, 1)
    with store.shop.read() as read:
        assert queries.get_count(read, count.code).state is CountState.POSTED


@pytest.mark.parametrize("seed", range(8))
def test_after_posting_the_ledger_is_what_was_counted_and_what_moved_since(store: Storeroom, seed: int) -> None:
    chance = random.Random(seed)
    lots = store.receive(store.flour, *[chance.randint(20, 90) for _ in range(6)], at=store.shelf)
    count = begin(store)
    wanted: dict[int, Decimal] = {}
    for _ in range(30):
        lot = chance.choice(lots)
        now = store.lot(lot)
        if chance.random() < 0.4:
            amount = D(chance.randint(max(0, int(now.on_hand) - 9), int(now.on_hand) + 9))
            where = chance.choice([store.shelf, store.high])
            found(store, count, where, lot, amount, confirmed=True)
            wanted[lot.id] = amount
        elif chance.random() < 0.7 and wanted.get(lot.id, now.on_hand) >= 1 and now.on_hand >= 1:
            store.shop.do(lambda work, code=lot.code: scrap_lot(work, code, D(1), "시료"))  # type: ignore[misc]
            if lot.id in wanted:
                wanted[lot.id] -= 1
        else:
            target = chance.choice([store.shelf, store.high, store.floor])
            store.shop.do(lambda work, code=lot.code, to=target: move_lot(work, code, to))  # type: ignore[misc]
    before = {lot.id: store.lot(lot).on_hand for lot in lots}
    post(store, count)
    for lot in lots:
        assert store.lot(lot).on_hand == wanted.get(lot.id, before[lot.id])
    with store.shop.read() as read:
        sums = dict(read.execute(select(Movement.lot_id, func.sum(Movement.quantity)).group_by(Movement.lot_id)).all())
        assert {lot.id: sums[lot.id] for lot in lots} == {lot.id: read.get_one(Lot, lot.id).on_hand for lot in lots}


def test_counting_a_lot_asks_the_database_as_much_however_large_the_count_is(store: Storeroom) -> None:
    lots = store.receive(store.flour, *[10] * 12, at=store.shelf)
    count = begin(store)
    where = place(store, count, store.shelf)
    sent = []
    for lot in lots:
        with statements(store.shop.database) as seen:
            store.shop.do(
                lambda work, code=lot.code: record_count(work, count.code, where, code, D(9)),  # type: ignore[misc]
                actor=store.handler,
            )
        sent.append(len(seen))
    assert len(set(sent[1:])) == 1
    assert sent[-1] <= 14
