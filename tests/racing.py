"""Two people who do something at the same time."""

import time
from collections.abc import Callable
from threading import Event, Thread

from mes.core.errors import Refused
from mes.core.keys import AlreadyDone
from mes.core.work import Work
from tests.conftest import Shop

#: Long enough for the second to stand before the lock of the first.
WHILE = 0.3
Deed = Callable[[Work], object]


def race(shop: Shop, first: Deed, second: Deed, *, key: str | None = None) -> list[object]:
    """The first act stays open until the second has begun and waits for it; gives what came of both."""
    inside = Event()
    came: dict[int, object] = {}

    def slowly(work: Work) -> object:
        done = first(work)
        work.session.flush()
        inside.set()
        time.sleep(WHILE)
        return done

    def run(number: int, deed: Deed) -> None:
        try:
            came[number] = shop.do(deed, key=key)
        except (Refused, AlreadyDone) as refused:
            came[number] = refused

    def follow() -> None:
        assert inside.wait(5)
        run(2, second)

    people = [Thread(target=run, args=(1, slowly)), Thread(target=follow)]
    for one in people:
        one.start()
    for one in people:
        one.join(20)
    return [came[1], came[2]]
