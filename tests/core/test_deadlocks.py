"""Two people whose acts wait for each other: the server ends one of them, and both are recorded all the same."""

import threading

from mes.core.work import Work
from mes.items.models import Item
from tests.conftest import Shop
from tests.factories import make_item


def test_acts_that_take_two_things_in_opposite_order_are_both_done(shop: Shop) -> None:
    if shop.database.is_sqlite:
        return  # there one writes at a time
    one, other = shop.do(make_item).id, shop.do(make_item).id
    both = threading.Barrier(2)
    tries: list[int] = []

    def rename(first: int, second: int) -> None:
        met: list[bool] = []

        def deed(work: Work) -> None:
            tries.append(first)
            work.lock(Item, first).name = "이름"
            work.session.flush()
            if not met:  # the first time both have their first thing before they want the second
                met.append(True)
                both.wait(10)
            work.lock(Item, second).name = "다른 이름"

        shop.do(deed)

    hands = [threading.Thread(target=rename, args=pair) for pair in ((one, other), (other, one))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(tries) == 3, "one of them was begun anew, and nobody was told"
    with shop.read() as read:
        assert {read.get_one(Item, ident).version for ident in (one, other)} == {3}
