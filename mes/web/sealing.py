"""The thread that looks after the event log while the pages are served: it proves what is new, and seals it once a day.

It looks when the program starts and then every ten minutes, so a computer that is off at night seals in the morning.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event as Signal
from threading import Thread
from time import monotonic

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import speaking
from mes.core.plant import plant
from mes.core.seals import Seal, is_due, last_seal, make_seal, prove_newest
from mes.core.work import act, utc_now

#: Seconds between two looks.
LOOK = 600.0
log = logging.getLogger("mes")


class Sealing:
    """Proves and seals until it is stopped."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self.database = database
        self.clock = clock
        self._stop = Signal()
        self._began = 0.0
        self._thread = Thread(target=self._run, name="sealing", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """End between two parts of the log."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        first = True
        while not self._stop.is_set():
            try:
                self.look(always=first)
            except Exception:
                log.exception("sealing the event log")
            first = False
            self._stop.wait(LOOK)

    def look(self, *, always: bool = False) -> Seal | None:
        """Seal what was recorded until now when a production day has ended; ``always``: prove it in any case, and seal
        it too when something is wrong, so that the moment at which it was seen stands fast."""
        with self.database.read() as read:
            due, known, zone = is_due(read, self.clock()), last_seal(read), plant(read).time_zone
        if not (due or always):
            return None
        self._began = monotonic()
        newest = prove_newest(self.database, self._rest)
        if self._stop.is_set():
            return None
        if newest.fault:
            log.error("the event log is not whole (%s): run mes check events", newest.fault)
        if not due and (newest.fault is None or (known is not None and known.fault)):
            return None
        try:
            with speaking("en", zone):
                return act(
                    self.database, SYSTEM, lambda work: make_seal(work, newest), source="system", now=self.clock()
                )
        except Refused as refused:  # another process of this plant was quicker
            log.info("the event log was not sealed: %s", refused)
            return None

    def _rest(self) -> None:
        """A log that was never sealed may have millions of events: whoever works comes first."""
        self._stop.wait(min(3.0, 2 * (monotonic() - self._began)))
        self._began = monotonic()
