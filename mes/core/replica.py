"""Heavy reads from a standby: boards, reports and traces leave the primary to those who write.

A standby is a moment behind. It may answer when everything is there that was recorded more than ``most`` seconds ago,
told by the events: each act leaves one. Otherwise, and whenever it does not answer, the primary is asked. So is it for
whatever the standby has not found: it may have been made a moment ago.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import exc, func, select

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.events import Event
from mes.core.work import Reader

#: Seconds for which a standby that did not answer is left alone.
REST = 10.0
log = logging.getLogger("mes")
R = TypeVar("R")


class Replica:
    """A standby that is read."""

    def __init__(self, url: str, most: int) -> None:
        self.database = Database(url, standby=True)
        self.most = most
        self._resting = 0.0
        #: How often it answered, and how often the primary did instead.
        self.answered = self.left = 0

    def ask(
        self, view: Callable[..., R], primary: Callable[[], Reader], now: datetime,
        address: Mapping[str, Any], stands: Callable[[R], bool],
    ) -> R:  # fmt: skip
        """What a view makes of the standby, when that is fresh and ``stands``; else what it makes of the primary."""
        if monotonic() >= self._resting:
            try:
                with self.database.read() as read:
                    if self.is_fresh(read, primary(), now):
                        made = view(read, **address)
                        if stands(made):
                            self.answered += 1
                            return made
            except Refused:
                pass  # what is refused there may be allowed by now
            except (exc.DBAPIError, exc.TimeoutError) as error:
                self._resting = monotonic() + REST
                log.warning("the database server for reading is left alone for %s s: %s", int(REST), error)
        self.left += 1
        return view(primary(), **address)

    def is_fresh(self, read: Reader, primary: Reader, now: datetime) -> bool:
        """Whether nothing is missing that was recorded more than ``most`` seconds ago."""
        head = read.scalar(select(func.max(Event.id))) or 0
        missing = primary.scalar(select(func.min(Event.at)).where(Event.id > head))
        return missing is None or (now - missing).total_seconds() <= self.most
