"""What happens while a recall is open: what is made, comes back and leaves meanwhile is not forgotten."""

import pytest

from mes.core.work import Work
from mes.lots import service as lots
from mes.lots.models import Lot, Shipment
from mes.lots.queries import get_lot, open_holds
from mes.orders.models import Job
from mes.orders.reporting import record_report
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner
from mes.recall import lists, queries, service
from mes.recall.models import Recall
from mes.recall.queries import Since
from mes.recall.rules import NotFinished, NothingToAdd
from tests.conftest import Shop
from tests.factories import make_recall
from tests.orders.bakery import Bakery, D
from tests.racing import race


class Kitchen:
    """Flour became cakes, all of which left for the market; the order that made them goes on."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.bakery = shop, Bakery(shop)
        [self.flour] = self.bakery.receive(self.bakery.flour, 50)
        self.bakery.receive(self.bakery.film, 500)
        kettle, self.packing = self.bakery.order(100).jobs
        self.bakery.start(kettle)
        self.bakery.scan(kettle, self.flour, 50)
        shop.do(lambda work: record_report(work, kettle.code, good=D(100)))
        self.bakery.start(self.packing)
        self.cakes = self.bakery.lot(self.report(40))
        self.shipped = self.ship("MART")

    def report(self, good: int) -> int:
        """So many more are packed, into the same lot."""
        job: Job = self.packing
        made = self.shop.do(lambda work: record_report(work, job.code, good=D(good), confirmed=True))
        assert made.lot_id is not None
        return made.lot_id

    def ship(self, customer: str, quantity: int | None = None) -> Shipment:
        """All of them, or a part, leave."""
        much = None if quantity is None else D(quantity)

        def deed(work: Work) -> Shipment:
            found = {"MART": self.bakery.market}.get(customer)
            who = found or add_partner(work, code=customer, name=customer, kinds=[PartnerKind.CUSTOMER])
            return lots.ship_lots(work, customer=who, lines=[(self.cakes.code, much)])

        return self.shop.do(deed)

    def begin(self, *, drill: bool = False) -> Recall:
        """A recall of the flour."""
        return self.shop.do(lambda work: make_recall(work, self.flour.code, drill=drill))

    def since(self, recall: Recall) -> Since:
        """What the recall does not have yet."""
        with self.shop.read() as read:
            return queries.since(read, recall)

    def whole(self, recall: Recall) -> queries.Whole:
        """The recall as its page shows it."""
        with self.shop.read() as read:
            return queries.whole(read, recall.code)

    def add(self, recall: Recall) -> Since:
        """Somebody presses the button."""
        return self.shop.do(lambda work: service.add_reached(work, recall.code))

    def to_collect(self, recall: Recall) -> list[str]:
        """The codes on the list to collect."""
        with self.shop.read() as read:
            return [row.lot.code for row in lists.to_collect(read, recall.id, None, left=True).rows]


@pytest.fixture
def kitchen(shop: Shop) -> Kitchen:
    """The morning."""
    return Kitchen(shop)


def test_a_customer_who_gets_some_of_it_later_is_listed_and_asked_for(kitchen: Kitchen) -> None:
    recall = kitchen.begin()
    assert (kitchen.to_collect(recall), [one.partner.code for one in kitchen.whole(recall).notices]) == ([], ["MART"])
    kitchen.report(30)
    late = kitchen.ship("LATE", 10)
    with kitchen.shop.read() as read:
        assert kitchen.since(recall) == Since([], [kitchen.cakes.id], [late.customer_id])
        assert read.query(Shipment).count() == 2
    added = kitchen.add(recall)
    assert added.customers == [late.customer_id]
    found = kitchen.whole(recall)
    assert ([one.partner.code for one in found.notices], found.untold) == (["LATE", "MART"], 2)
    assert not found.since
    with pytest.raises(NothingToAdd):
        kitchen.add(recall)


def test_what_is_away_is_noted_anew_with_what_was_added(kitchen: Kitchen) -> None:
    recall = kitchen.begin()
    kitchen.report(30)
    kitchen.ship("LATE", 10)
    kitchen.add(recall)
    with kitchen.shop.read() as read:
        [row] = [one for one in lists.all_lots(read, recall.id, 9) if one.lot_id == kitchen.cakes.id]
    assert (row.on_hand, row.shipped) == (D(20), D(50))


def test_a_customer_of_a_drill_is_not_forgotten_either(kitchen: Kitchen) -> None:
    recall = kitchen.begin(drill=True)
    kitchen.report(30)
    kitchen.ship("LATE", 30)
    since = kitchen.since(recall)
    assert (since.lots, since.back, len(since.customers)) == ([], [], 1)
    kitchen.add(recall)
    assert kitchen.whole(recall).untold == 2


def test_a_lot_that_comes_back_is_held_and_collected(kitchen: Kitchen) -> None:
    recall = kitchen.begin()
    kitchen.shop.do(lambda work: lots.take_back_shipment(work, kitchen.shipped.code, "오출하"))
    assert kitchen.whole(recall).counts.to_collect == 0
    assert kitchen.add(recall) == Since([], [kitchen.cakes.id], [])
    assert kitchen.to_collect(recall) == [kitchen.cakes.code]
    counts = kitchen.whole(recall).counts
    assert (counts.to_collect, counts.collected, counts.held) == (1, 0, 1)


def test_in_a_drill_it_is_collected_and_not_held(kitchen: Kitchen) -> None:
    recall = kitchen.begin(drill=True)
    kitchen.shop.do(lambda work: lots.take_back_shipment(work, kitchen.shipped.code, "오출하"))
    kitchen.add(recall)
    counts = kitchen.whole(recall).counts
    assert (counts.to_collect, counts.held) == (1, 0)


def test_a_lot_that_somebody_freed_is_decided_about_and_not_held_again(kitchen: Kitchen) -> None:
    kitchen.report(30)
    recall = kitchen.begin()
    with kitchen.shop.read() as read:
        [hold] = open_holds(read, [kitchen.cakes.id])
    kitchen.shop.do(lambda work: lots.lift_hold(work, hold.id, "시험 합격"))
    assert not kitchen.since(recall)
    part = kitchen.shop.do(lambda work: lots.split_lot(work, kitchen.cakes.code, D(5)))
    assert kitchen.add(recall).lots == [part.id]
    assert lot(kitchen, kitchen.cakes).holds == 0


def lot(kitchen: Kitchen, one: Lot) -> Lot:
    """The lot as it is now."""
    with kitchen.shop.read() as read:
        return get_lot(read, one.code)


def test_closing_asks_about_what_was_reached_since(kitchen: Kitchen) -> None:
    recall = kitchen.begin()
    kitchen.shop.do(lambda work: service.tell_customer(work, recall.code, "MART", "전화"))
    kitchen.report(30)
    kitchen.ship("LATE", 30)
    with pytest.raises(NotFinished) as asked:
        kitchen.shop.do(lambda work: service.close_recall(work, recall.code, "폐기"))
    assert asked.value.values == {"uncounted": 0, "untold": 0, "reached": 1, "held": 0}


def test_a_part_split_off_while_the_recall_begins_is_held_with_the_rest(kitchen: Kitchen) -> None:
    kitchen.report(30)
    part, recall = race(
        kitchen.shop,
        lambda work: lots.split_lot(work, kitchen.cakes.code, D(5)),
        lambda work: make_recall(work, kitchen.flour.code),
    )
    assert isinstance(part, Lot)
    assert isinstance(recall, Recall)
    assert lot(kitchen, part).holds == 1
    assert not kitchen.since(recall)


def test_a_part_split_off_while_the_recall_ends_is_free_with_the_rest(kitchen: Kitchen) -> None:
    kitchen.report(30)
    recall = kitchen.begin()
    part, _ended = race(
        kitchen.shop,
        lambda work: lots.split_lot(work, kitchen.cakes.code, D(5)),
        lambda work: service.cancel_recall(work, recall.code, "착오"),
    )
    assert isinstance(part, Lot)
    with kitchen.shop.read() as read:
        assert open_holds(read, [part.id, kitchen.cakes.id]) == []
    assert (lot(kitchen, part).holds, lot(kitchen, kitchen.cakes).holds) == (0, 0)
