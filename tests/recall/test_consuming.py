"""A recall begins while the lots are being used: each scan is either before it and listed, or after it and refused."""

from threading import Thread

import pytest

from mes.core.errors import Refused
from mes.core.work import Work
from mes.lots.models import Lot
from mes.lots.queries import get_lot, open_holds
from mes.orders.consuming import consume
from mes.orders.models import Job
from mes.orders.reporting import record_report
from mes.recall import queries
from mes.recall.models import Recall
from tests.conftest import Shop
from tests.factories import make_recall
from tests.orders.bakery import Bakery, D
from tests.racing import race


class Rush:
    """A kettle that takes flour, handful by handful."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.bakery = shop, Bakery(shop)
        [self.flour] = self.bakery.receive(self.bakery.flour, 50)
        self.kettle: Job = self.bakery.order(100).jobs[0]
        self.bakery.start(self.kettle)

    def take(self, work: Work) -> object:
        """One kilogram more goes in."""
        return consume(work, self.kettle.code, self.flour.code, D(1))

    def recall(self, work: Work) -> Recall:
        """The flour is called back."""
        return make_recall(work, self.flour.code)

    def left(self) -> tuple[int, int]:
        """How much flour is on stock, and how many holds lie on it."""
        with self.shop.read() as read:
            lot = get_lot(read, self.flour.code)
            assert lot.holds == len(open_holds(read, [lot.id]))
            return int(lot.on_hand), lot.holds

    def figures(self, recall: Recall) -> dict[str, object]:
        """Where the flour is, as the recall accounts for it."""
        with self.shop.read() as read:
            [line] = queries.whole(read, recall.code).figures.suspects
        return {**line.figures, "share": line.share}


@pytest.fixture
def rush(shop: Shop) -> Rush:
    """Monday, eight o'clock."""
    return Rush(shop)


def test_what_was_scanned_just_before_is_listed_as_in_process(rush: Rush) -> None:
    taken, recall = race(rush.shop, rush.take, rush.recall)
    assert not isinstance(taken, Refused)
    assert isinstance(recall, Recall)
    assert rush.left() == (49, 1)
    figures = rush.figures(recall)
    assert (figures["stock"], figures["in_process"], figures["unexplained"]) == (49, 1, 0)


def test_what_is_scanned_just_after_is_refused_with_a_sentence(rush: Rush) -> None:
    recall, taken = race(rush.shop, rush.recall, rush.take)
    assert isinstance(recall, Recall)
    assert isinstance(taken, Refused)
    assert rush.flour.code in taken.sentence
    assert rush.left() == (50, 1)


def test_of_many_scans_around_it_none_is_lost(rush: Rush) -> None:
    came: list[object] = []

    def scan() -> None:
        for _ in range(5):
            try:
                came.append(rush.shop.do(rush.take))
            except Refused as refused:
                came.append(refused)

    people = [Thread(target=scan) for _ in range(3)]
    for one in people:
        one.start()
    recall = rush.shop.do(rush.recall)
    for one in people:
        one.join()
    taken = sum(not isinstance(one, Refused) for one in came)
    assert len(came) == 15
    assert rush.left() == (50 - taken, 1)
    figures = rush.figures(recall)
    assert (figures["stock"], figures["in_process"], figures["share"]) == (50 - taken, taken, 100)


def test_what_is_made_of_it_afterwards_is_added_and_held(rush: Rush) -> None:
    rush.bakery.scan(rush.kettle, rush.flour, 10)
    recall = rush.shop.do(rush.recall)
    rush.shop.do(lambda work: record_report(work, rush.kettle.code, good=D(5), confirmed=True))
    figures = rush.figures(recall)
    assert (figures["stock"], figures["in_process"], figures["share"]) == (40, 10, 100)
    lot: Lot = rush.bakery.lot(rush.flour.id)
    assert lot.holds == 1
