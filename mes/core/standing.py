"""How the database servers of a plant stand, and what happens when a standby no longer confirms.

A plant must go on: a standby that is gone is no reason to stop the line. PostgreSQL by itself would let every commit
wait for it without end. So whoever waits for longer than ``PATIENCE`` is let go (it is recorded on the primary), and
from then on commits await nobody until the standby confirms again; all that time people are told. Once another server
has been promoted, this one is old: whoever waits there is cut off, and asks the new one by the one-time key.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Timer
from time import monotonic
from typing import Any

from psycopg import Connection, Error

from mes.core.db import Database
from mes.core.primaries import Hosts, Place, Role, Seen

#: Seconds that a commit may wait for a standby.
PATIENCE = 3
AWAITED = "SELECT current_setting('synchronous_standby_names'), array(SELECT application_name FROM pg_stat_replication)"
WAITING = """
SELECT pid FROM pg_stat_activity WHERE usename = current_user AND wait_event = 'SyncRep'
    AND clock_timestamp() - query_start > make_interval(secs => %s)
"""
_NAME = re.compile(r'"[^"]+"|[\w*.-]+')


@dataclass(frozen=True)
class Standing:
    """The servers as they were last met, whose word is awaited, and since when nobody's is."""

    seen: Sequence[Seen]
    awaited: str = ""
    alone_since: datetime | None = None

    @property
    def primary(self) -> Seen | None:
        """The one that is written to."""
        return _primary(self.seen)


class Standby:
    """Looks after one database: who is the primary, and whether somebody confirms."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database, self.clock = database, clock
        self.hosts = _hosts_of(database)
        self._alone_since: datetime | None = None
        self._missing_since: float | None = None

    def look(self) -> Standing:
        """See how all servers are, and let nobody wait for one that is gone."""
        seen, awaited = self._look_around(), ""
        primary = _primary(seen)
        if primary is not None:
            with suppress(Error), self.hosts.plainly(primary.place) as asked:  # gone since: the next look says so
                awaited, is_connected = _awaited(asked)
                waiting = [pid for (pid,) in asked.execute(WAITING, [1])] if awaited else []
                if self._is_missing(bool(awaited) and (bool(waiting) or not is_connected)):
                    seen = self._look_around()  # a promotion, too, begins with a standby that is silent
                    if _place(_primary(seen)) == primary.place:
                        self._stand(alone=True)
                        for pid in waiting:
                            asked.execute("SELECT pg_cancel_backend(%s)", [pid])
                elif self.database.alone and self._missing_since is None and (not awaited or _confirms(asked)):
                    self._stand(alone=False)
        self.database.standing = Standing(seen, awaited, self._alone_since)
        return self.database.standing

    def _look_around(self) -> Sequence[Seen]:
        """Who is who; once another server was promoted, nothing goes to the old one any more."""
        seen = self.hosts.look()
        primary = _primary(seen)
        if primary is not None and self.hosts.chosen not in (None, primary.place):
            self.hosts.chosen = primary.place
            self.database.engine.dispose()
        for one in seen:
            if one.role is Role.OLD:
                self._cut_off(one.place)
        return seen

    def _is_missing(self, now: bool) -> bool:
        """Whether the word that is awaited has not come for longer than anybody should wait."""
        self._missing_since = (self._missing_since or monotonic()) if now else None
        return self._missing_since is not None and monotonic() - self._missing_since >= PATIENCE

    def _stand(self, *, alone: bool) -> None:
        self.database.alone = alone
        self._alone_since = (self._alone_since or self.clock()) if alone else None

    def _cut_off(self, place: Place) -> None:
        """Whoever waits at an old server waits in vain."""
        with suppress(Error), self.hosts.plainly(place) as asked:
            for (pid,) in asked.execute(WAITING, [0]).fetchall():
                asked.execute("SELECT pg_terminate_backend(%s)", [pid])


def glance(database: Database, now: datetime) -> Standing:
    """How the servers are, once, and nothing is done about it."""
    hosts = _hosts_of(database)
    seen, awaited, is_connected = hosts.look(), "", True
    primary = _primary(seen)
    if primary is not None:
        with suppress(Error), hosts.plainly(primary.place) as asked:  # gone since: what was seen before is told
            awaited, is_connected = _awaited(asked)
    return Standing(seen, awaited, None if not awaited or is_connected else now)


def _hosts_of(database: Database) -> Hosts:
    if database.hosts is None:
        raise TypeError("an embedded database stands alone")
    return database.hosts


def _awaited(asked: Connection[Any]) -> tuple[str, bool]:
    """Whose word a commit awaits, as PostgreSQL is told ("ANY 1 (a, b)"; empty: nobody's), and whether any of them is
    connected."""
    awaited, there = asked.execute(AWAITED).fetchone() or ("", [])
    return str(awaited), is_there(awaited, there)


def _primary(seen: Sequence[Seen]) -> Seen | None:
    return next((one for one in seen if one.role is Role.PRIMARY), None)


def _place(one: Seen | None) -> Place | None:
    return one.place if one else None


def is_there(awaited: str, there: Sequence[str]) -> bool:
    """Whether one of the standbys that are awaited is connected. ``awaited``: as PostgreSQL is told, "ANY 1 (a, b)"."""
    names = {name.strip('"') for name in _NAME.findall(awaited)} - {"ANY", "FIRST", "any", "first"}
    return bool(there) if "*" in names else bool(names & set(there))


def _confirms(asked: Connection[Any]) -> bool:
    """Whether a standby confirms a commit within the time that somebody may wait."""
    late: list[bool] = []

    def give_up() -> None:
        late.append(True)
        asked.cancel()

    end = Timer(PATIENCE, give_up)
    end.daemon = True  # a server that is silent does not hear of this either
    end.start()
    try:
        asked.execute("SET synchronous_commit TO on")
        asked.execute("SELECT pg_logical_emit_message(true, 'mes', '')")
    except Error:
        return False
    finally:
        end.cancel()
    return not late
