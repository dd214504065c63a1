"""Two people at the revisions of one item at the same time."""

import time
from collections.abc import Sequence
from decimal import Decimal
from threading import Event, Thread

from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.service import add_work_centre
from mes.items.boms import BomLineData, copy_bom, make_bom, release_bom
from mes.items.explosion import BomLoop
from mes.items.models import Bom, Item, Revision, Routing
from mes.items.service import OperationData, make_routing, release_routing
from tests.conftest import Shop
from tests.factories import make_item
from tests.racing import WHILE, race


def two_drafts(work: Work) -> tuple[int, int]:
    """Two drafts of one item's routing."""
    item, centre = make_item(work, code="CAKE"), add_work_centre(work, code="KT", name="증숙")
    step = OperationData(sequence=10, name="증숙", work_centre=centre)
    return make_routing(work, item, [step]).id, make_routing(work, item, [step]).id


def test_of_two_drafts_released_at_once_the_second_takes_the_place_of_the_first(shop: Shop) -> None:
    first, second = shop.do(two_drafts)
    race(shop, lambda work: release_routing(work, first), lambda work: release_routing(work, second))
    with shop.read() as read:
        states = {routing.id: routing.state for routing in read.scalars(select(Routing))}
    assert states == {first: Revision.OBSOLETE, second: Revision.RELEASED}


def test_two_presses_on_copy_make_one_draft(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, code="CAKE"))

    def press(work: Work) -> Bom:
        return copy_bom(work, work.session.get_one(Item, item.id))

    race(shop, press, press)
    with shop.read() as read:
        assert len(read.scalars(select(Bom)).all()) == 1


def test_four_bills_that_close_a_circle_together_are_not_all_released(shop: Shop) -> None:
    def enter(work: Work) -> list[int]:
        items = [make_item(work, code=code) for code in "ABCD"]
        pairs = zip(items, [*items[1:], items[0]], strict=True)
        return [make_bom(work, one, [BomLineData(component=part, quantity=Decimal(1))]).id for one, part in pairs]

    drafts = shop.do(enter)
    begun = Event()
    came: list[object] = []

    def release(numbers: Sequence[int]) -> None:
        def slowly(work: Work) -> None:
            for number in numbers:
                release_bom(work, drafts[number])
            begun.set()
            time.sleep(WHILE)

        try:
            came.append(shop.do(slowly))
        except BomLoop as loop:
            came.append(loop)

    people = [Thread(target=release, args=(numbers,)) for numbers in ((0, 2), (1,), (3,))]
    for one in people:
        one.start()
        assert begun.wait(5)  # A of B and C of D are not in the books yet when B of C and D of A begin
    for one in people:
        one.join(30)
    assert sorted(isinstance(one, BomLoop) for one in came) == [False, False, True]
    with shop.read() as read:
        assert len(read.scalars(select(Bom).where(Bom.state == Revision.RELEASED)).all()) == 3
