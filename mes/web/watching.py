"""The thread that looks after the database servers while the pages are served from PostgreSQL."""

import atexit
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from threading import Event as Signal
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from mes.core import computers
from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.work import act, utc_now

if TYPE_CHECKING:
    from mes.core.replica import Replica
    from mes.core.standing import Standing

#: Seconds between two looks: where a second server is, somebody may wait for it.
LOOK, LOOK_AT_ONE = 2.0, 30.0
log = logging.getLogger("mes")


class Watching:
    """Looks until it is stopped."""

    def __init__(
        self, database: Database, settings: Settings, clock: Callable[[], datetime] = utc_now,
        replica: "Replica | None" = None,
    ) -> None:  # fmt: skip
        """``replica``: a standby that is read, with an address of its own."""
        self.database = database
        self._spoken_with = [database, *([replica.database] if replica else [])]
        self.settings = settings
        self.clock = clock
        self._stop = Signal()
        self._thread = Thread(target=self._run, name="watching", daemon=True)
        # an embedded plant never loads that driver
        self._standby = import_module("mes.core.standing").Standby(database, clock)
        self._told: tuple[str, ...] = ()

    def start(self) -> None:
        """Begin. At the end of the process the others are told."""
        atexit.register(self.stop)
        self._thread.start()
        for one in self._spoken_with:
            if one.hosts is not None:
                import_module("mes.core.silence").Silence(one.hosts, one.engine.dispose).start()

    def stop(self, seconds: float = 5.0) -> None:
        """End after the look."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
            with suppress(Exception):  # nobody who stops waits for a database that is gone
                me = computers.me(self.settings)
                act(self.database, SYSTEM, lambda work: computers.leave(work, me), source="system")

    def _run(self) -> None:
        wait, heard = 0.0, -computers.BEAT
        while not self._stop.wait(wait):
            wait = LOOK
            try:
                found = self.look()
                if monotonic() - heard >= computers.BEAT:
                    heard = monotonic()
                    self.say()
                wait = LOOK if len(found.seen) > 1 or found.awaited else LOOK_AT_ONE
            except Exception:
                log.exception("looking at the database servers")

    def say(self) -> None:
        """Be heard of by the other computers of the plant, and hear what differs."""
        # looked up anew each time: who has copied the layouts, as he was told to, is not told so again
        me, now = computers.me(self.settings), self.clock()
        act(self.database, SYSTEM, lambda work: computers.say(work, me), source="system", now=now)
        with self.database.read() as read:
            self.database.differences = list(computers.differences(read, me, now))

    def look(self) -> "Standing":
        """See how the servers are; what is new is written into the log."""
        found: Standing = self._standby.look()
        told = (*(f"{one.name} {one.role}" for one in found.seen), *(["nobody confirms"] if found.alone_since else []))
        if told != self._told:
            log.info("database servers: %s", ", ".join(told))
        self._told = told
        return found
