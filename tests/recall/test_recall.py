"""A recall in the bakery: what the flour reached is held in one act, and only that is freed again."""

import pytest

from mes.core.errors import NotFound, ReasonNeeded
from mes.core.events import history
from mes.lots import service as lots
from mes.lots.models import Lot
from mes.lots.queries import get_lot, open_holds
from mes.partners.queries import get_partner
from mes.recall import lists, queries, service
from mes.recall.models import Recall, RecallState
from mes.recall.rules import AlreadyTold, NotFinished, NothingToAdd, NotInRecall, RecallEnded, TitleNeeded
from mes.trace.beginnings import Choice, CodeNeeded, How, TimesNeeded
from mes.trace.beginnings import beginning_of as find_suspects
from mes.trace.handles import NothingToTrace
from tests.conftest import Shop
from tests.factories import make_recall
from tests.orders.bakery import D
from tests.trace.day import Day, bakery_day


@pytest.fixture
def day(shop: Shop) -> Day:
    """The evening: flour went into cakes, a box of which was shipped."""
    return bakery_day(shop)


def begin(shop: Shop, *codes: str, drill: bool = False) -> Recall:
    """A recall of whatever these codes name."""
    choice = Choice(How.CODES, "\n".join(codes))
    return shop.do(
        lambda work: service.begin_recall(work, choice, title="유리 조각", reason="공급사 통보", drill=drill)
    )


def lot(shop: Shop, code: str) -> Lot:
    """A lot as it is now."""
    with shop.read() as read:
        return get_lot(read, code)


def test_everything_reachable_is_held_in_one_act(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code)
    with shop.read() as read:
        found = queries.whole(read, recall.code)
        held = {hold.lot_id for hold in open_holds(read, [day.flour.id, day.cakes.id, day.box.id, day.spare.id])
                if hold.source == recall.code}  # fmt: skip
    assert found.counts.lots >= 3
    assert held == {day.flour.id, day.cakes.id}  # the box has left
    assert [one.partner.code for one in found.notices] == [day.bakery.market.code]
    assert found.sent[day.bakery.market.id][0].quantity == 24
    assert lot(shop, day.cakes.code).holds == 1


def test_the_flour_is_accounted_for_to_the_gram(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code)
    with shop.read() as read:
        [line] = queries.whole(read, recall.code).figures.suspects
    assert line.figures["received"] == 80
    assert line.figures["stock"] == lot(shop, day.flour.code).on_hand
    assert line.figures["drawn"] + line.figures["in_process"] + line.figures["stock"] == 80
    assert (line.figures["unexplained"], line.share) == (D(0), D(100))


def test_what_a_count_took_away_is_listed_as_the_gap(shop: Shop, day: Day) -> None:
    left = lot(shop, day.spare.code).on_hand
    shop.do(lambda work: lots.adjust_lot(work, day.spare.code, left - D("1.5"), "쏟음"))
    recall = begin(shop, day.spare.code)
    with shop.read() as read:
        figures = queries.whole(read, recall.code).figures
    assert [(gap.lot, gap.part, gap.reason) for gap in figures.gaps] == [(day.spare.code, D("1.5"), "쏟음")]
    assert figures.items[0].share == D("96.25")


def test_ending_it_lifts_its_own_holds_and_no_others(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code, day.spare.code)
    assert lot(shop, day.spare.code).holds == 2
    shop.do(lambda work: service.cancel_recall(work, recall.code, "착오"))
    assert lot(shop, day.spare.code).holds == 1
    assert lot(shop, day.cakes.code).holds == 0
    with pytest.raises(RecallEnded):
        shop.do(lambda work: service.cancel_recall(work, recall.code, "착오"))


def test_a_drill_holds_nothing(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code, drill=True)
    assert lot(shop, day.cakes.code).holds == 0
    with shop.read() as read:
        assert queries.whole(read, recall.code).counts.lots >= 3


def test_lots_are_collected_counted_and_what_differs_is_listed(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code)
    shop.later(minutes=10)
    shop.do(lambda work: service.collect_lot(work, recall.code, day.flour.code))
    shop.do(lambda work: service.collect_lot(work, recall.code, day.cakes.code, D(3), "나머지 없음"))
    with shop.read() as read:
        found = queries.whole(read, recall.code)
        assert [row.lot.code for row in found.differing] == [day.cakes.code]
        assert (found.counts.collected, found.counts.to_collect) == (2, 2)
        assert found.found_all == shop.now
        assert lists.to_collect(read, recall.id, None, left=True).rows == []
    with pytest.raises(NotInRecall):
        shop.do(lambda work: service.collect_lot(work, recall.code, day.spare.code))


def test_what_is_recorded_is_compared_as_it_was_when_it_was_counted(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code)
    left = lot(shop, day.flour.code).on_hand
    shop.do(lambda work: lots.scrap_lot(work, day.flour.code, D(1), "시료"))
    shop.do(lambda work: service.collect_lot(work, recall.code, day.flour.code))
    with shop.read() as read:
        assert queries.whole(read, recall.code).differing == [], "one less was recorded, and one less was found"
    shop.do(lambda work: service.collect_lot(work, recall.code, day.flour.code, left))
    shop.do(lambda work: lots.scrap_lot(work, day.flour.code, D(1), "시료"))
    with shop.read() as read:
        [row] = queries.whole(read, recall.code).differing
    assert (row.recorded, row.collected) == (left - 1, left), "what became of it later does not change that"


def test_counting_again_does_not_move_the_stopwatch(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code)
    shop.later(minutes=10)
    for one in (day.flour, day.cakes):
        shop.do(lambda work, code=one.code: service.collect_lot(work, recall.code, code))  # type: ignore[misc]
    found = shop.now
    shop.later(minutes=50)
    shop.do(lambda work: service.collect_lot(work, recall.code, day.cakes.code, D(2)))
    with shop.read() as read:
        after = queries.whole(read, recall.code)
        [row] = after.differing
    assert (after.found_all, row.collected) == (found, D(2))


def test_a_customer_is_told_once(shop: Shop, day: Day) -> None:
    recall, market = begin(shop, day.flour.code), day.bakery.market.code
    shop.do(lambda work: service.tell_customer(work, recall.code, market, "전화"))
    told = shop.now
    shop.later(minutes=30)
    with pytest.raises(AlreadyTold) as refused:
        shop.do(lambda work: service.tell_customer(work, recall.code, market, "편지"))
    assert (refused.value.values["when"], refused.value.values["how"]) == (told, "전화")
    with shop.read() as read:
        assert queries.whole(read, recall.code).told_all == told


def test_customers_are_told_and_answer(shop: Shop, day: Day) -> None:
    recall, market = begin(shop, day.flour.code), day.bakery.market.code
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.tell_customer(work, recall.code, market, " "))
    shop.do(lambda work: service.tell_customer(work, recall.code, market, "전화"))
    shop.do(lambda work: service.note_answer(work, recall.code, market, "20개 남음", "20개"))
    with shop.read() as read:
        found = queries.whole(read, recall.code)
    [notice] = found.notices
    assert (notice.told_how, notice.returned, found.untold, found.told_all) == ("전화", "20개", 0, shop.now)
    with pytest.raises(NotFound):
        shop.do(lambda work: service.tell_customer(work, recall.code, "NOBODY", "전화"))
    other = shop.do(lambda work: get_partner(work.session, day.bakery.mill.code)).code
    with pytest.raises(NotInRecall):
        shop.do(lambda work: service.tell_customer(work, recall.code, other, "전화"))


def test_an_answer_says_that_the_customer_knows(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code)
    shop.do(lambda work: service.note_answer(work, recall.code, day.bakery.market.code, "이미 팔았음"))
    with shop.read() as read:
        assert queries.whole(read, recall.code).untold == 0


def test_what_is_made_since_is_added_with_one_act(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.box.code)
    with pytest.raises(NothingToAdd):
        shop.do(lambda work: service.add_reached(work, recall.code))
    shop.do(lambda work: lots.take_back_shipment(work, day.shipment.code, "오출하"))
    with shop.read() as read:
        assert queries.since(read, recall).back == [day.box.id]
    assert shop.do(lambda work: service.add_reached(work, recall.code)) == ([], [day.box.id], [])
    part = shop.do(lambda work: lots.split_lot(work, day.box.code, D(4)))
    with shop.read() as read:
        assert queries.since(read, recall).lots == [part.id]
    shop.do(lambda work: service.add_reached(work, recall.code))
    assert lot(shop, part.code).holds == 1  # by the split, and not once more
    shop.do(lambda work: service.cancel_recall(work, recall.code, "착오"))
    assert (lot(shop, part.code).holds, lot(shop, day.box.code).holds) == (0, 0)


def test_closing_asks_while_something_is_left_to_do(shop: Shop, day: Day) -> None:
    recall = begin(shop, day.flour.code)
    with pytest.raises(NotFinished) as asked:
        shop.do(lambda work: service.close_recall(work, recall.code, "전량 폐기"))
    assert (asked.value.values["uncounted"], asked.value.values["untold"], asked.value.values["held"]) == (2, 1, 2)
    shop.do(lambda work: service.close_recall(work, recall.code, "전량 폐기", confirmed=True))
    with shop.read() as read:
        before = queries.whole(read, recall.code)
    assert before.recall.state is RecallState.CLOSED
    shop.do(lambda work: lots.scrap_lot(work, day.flour.code, D(1), "폐기"))
    with shop.read() as read:
        after = queries.whole(read, recall.code)
    assert after.figures == before.figures  # as they were when it ended
    with pytest.raises(RecallEnded):
        shop.do(lambda work: service.collect_lot(work, recall.code, day.flour.code))


def test_a_choice_that_says_nothing_is_refused(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        with pytest.raises(CodeNeeded):
            find_suspects(read, Choice(How.CODES, " \n"))
        with pytest.raises(CodeNeeded):
            find_suspects(read, Choice(How.MACHINE, " "))
        with pytest.raises(TimesNeeded):
            find_suspects(read, Choice(How.MACHINE, day.machine.code))
        with pytest.raises(NothingToTrace):
            find_suspects(read, Choice(How.CODES, "NOTHING"))
    with pytest.raises(TitleNeeded):
        shop.do(lambda work: service.begin_recall(work, Choice(How.CODES, day.flour.code), title=" ", reason="x"))


def test_every_held_lot_tells_of_it_on_its_own_page(shop: Shop, day: Day) -> None:
    recall = shop.do(lambda work: make_recall(work, day.flour.code))
    with shop.read() as read:
        [hold] = [one for one in open_holds(read, [day.cakes.id]) if one.source == recall.code]
        [event] = [one for one in history(read, "lots", day.cakes.id) if one.verb == "lots.hold"]
    assert hold.reason == event.reason == f"{recall.code}: 고객 신고"
