"""The thread that makes copies while the pages are served: each night, and when somebody asks for one.

Once a day it also has the database count what it holds (``core.plans``).
"""

import logging
from collections.abc import Callable
from queue import Empty, Queue
from threading import Event as Signal
from threading import Thread
from time import monotonic

from mes.core.errors import Refused
from mes.core.plans import learn
from mes.keeping.copying import Copying

#: Seconds after the start before the first look (people who switch a computer on want to work), and between two looks.
FIRST, LOOK = 300.0, 60.0
#: Seconds between two counts of what the tables hold, and after one that did not count them all.
DAY, AGAIN = 86_400.0, 3600.0
log = logging.getLogger("mes")
Wish = Callable[[Copying], object]


class Night:
    """Makes copies until it is stopped."""

    def __init__(self, copying: Copying) -> None:
        self.copying = copying
        self._wishes: Queue[Wish | None] = Queue()
        self._stopping = Signal()
        self._next_count = 0.0
        self._thread = Thread(target=self._run, name="keeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """End after what is being done, or leave it half done: a copy that is not whole has no name yet."""
        self._stopping.set()
        self._wishes.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def wish(self, deed: Wish) -> None:
        """Do this next; at once where no thread runs."""
        if self._thread.is_alive():
            self._wishes.put(deed)
        else:
            attempt(deed, self.copying)

    def _run(self) -> None:
        wait = FIRST
        while not self._stopping.is_set():
            try:
                wish = self._wishes.get(timeout=wait)
            except Empty:
                wish, wait = self._look, LOOK
            if wish is not None:
                attempt(wish, self.copying)

    def _look(self, copying: Copying) -> None:
        if copying.database.is_sqlite and monotonic() >= self._next_count:
            self._next_count = monotonic() + (DAY if learn(copying.database) else AGAIN)
        copying.look()


def attempt(wish: Wish, copying: Copying) -> None:
    """Do it; what goes wrong is noted where people look, and here."""
    try:
        wish(copying)
    except Refused as refused:
        log.warning("a copy of the plant: %s", refused)
    except Exception:
        log.exception("making a copy of the plant")
