"""Which of several PostgreSQL servers a plant writes to: the one that was promoted last, and never an older one.

The URL names them all (``...@/mes?host=one:5432&host=two:5432``). PostgreSQL numbers each promotion (its timeline). A
primary that died, was succeeded and comes back still accepts writes, under the lower number: what is written there is
lost. So each server that answers is asked for its number, the highest counts, and none below the highest that was ever
seen here is spoken with. That number is kept in the data folder, so that it outlives the program.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from psycopg import Connection, Error, OperationalError

from mes.core.promotions import Memory
from mes.core.silence import Brief, in_time

#: A server's own words on what it is: standby or not, which database it holds, how often it was succeeded, how far it
#: is, and for a standby the seconds since what it last took over was recorded.
ASK = """
SELECT pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()),
    CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END,
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0')::bigint,
    CASE WHEN pg_is_in_recovery()
        THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END
"""
#: After all servers were asked in vain, whoever comes within so many seconds gets the same answer.
AGAIN = 0.5
Place = tuple[str, str]
C = TypeVar("C", bound=Connection[Any])


class Role(StrEnum):
    """What a server is for the plant just now."""

    #: What is recorded goes there.
    PRIMARY = "primary"
    #: Takes over what the primary records.
    STANDBY = "standby"
    #: Accepts writes, and was succeeded long ago, or holds another database: nothing is written there.
    OLD = "old"
    #: Does not answer.
    AWAY = "away"


@dataclass(frozen=True)
class Seen:
    """A server as it was met."""

    place: Place
    role: Role
    system: int = 0
    timeline: int = 0
    position: int = 0
    #: Seconds that a standby is behind; None for others.
    behind: float | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """Its address as people write it."""
        return ":".join(part for part in self.place if part)


class OldPrimary(OperationalError):
    """The only server that accepts writes is one that was succeeded."""


class Hosts:
    """The servers of one URL, and the one among them that is written to."""

    def __init__(self, named: Mapping[str, Any], *, standby: bool = False) -> None:
        """``named``: how the driver would be called; ``standby``: they are only read, whichever answers."""
        self.named: dict[str, Any] = {}
        self.standby = standby
        self.take(named)
        self.places = list(_places(named))
        self.chosen: Place | None = None
        self._lock = Lock()
        self._refused: tuple[float, OperationalError] | None = None
        #: Those that take what is sent and answer nothing (``core.silence``).
        self.silent: set[Place] = set()
        #: The connections that were made here, and where each leads.
        self.led: WeakKeyDictionary[Connection[Any], Place] = WeakKeyDictionary()

    def take(self, named: Mapping[str, Any]) -> None:
        """How the driver is called from now on (timeouts, options), wherever the server is."""
        left_out = ("host", "port") if self.standby else ("host", "port", "target_session_attrs")
        self.named = {name: value for name, value in named.items() if name not in left_out}

    def connect(self, kind: type[C]) -> C:
        """A connection to the server that is written to; of standbys, to one that is not silent. Raises
        OperationalError, OldPrimary."""
        if self.standby:
            return self._whichever(kind)
        # whoever hears of a loss meanwhile forgets which one it was
        chosen = self.places[0] if len(self.places) == 1 else self.chosen
        if chosen is not None:
            try:
                return self._entered(kind, chosen)
            except OperationalError:
                if len(self.places) == 1:
                    raise
                self.chosen = None
        with self._lock:
            if (chosen := self.chosen) is None:
                self.chosen = chosen = self._choose()
        return self._entered(kind, chosen)

    def connections(self) -> list[tuple[Connection[Any], Place]]:
        """All of now, and where each leads. Other threads make more meanwhile: what they add to is not gone through."""
        known = (ref() for ref in self.led.keyrefs())
        return [(one, place) for one in known if one is not None and (place := self.led.get(one)) is not None]

    def look(self) -> list[Seen]:
        """How each server is, in the order of the URL."""
        with ThreadPoolExecutor(len(self.places)) as askers:
            return judged(list(askers.map(self._ask, self.places)), self.chosen)

    def _choose(self) -> Place:
        if self._refused is not None and time.monotonic() - self._refused[0] < AGAIN:
            raise self._refused[1]
        seen = self.look()
        best = next((one.place for one in seen if one.role is Role.PRIMARY), None)
        if best is None:
            kind = OldPrimary if any(one.role is Role.OLD for one in seen) else OperationalError
            told = ", ".join(f"{one.name}: {one.why or one.role}" for one in seen)
            refused = kind(f"no database server accepts writes ({told})")
            self._refused = time.monotonic(), refused
            raise refused
        return best

    def calling(self, place: Place) -> dict[str, Any]:
        """How the driver is called to reach one of the servers."""
        host, port = place
        return self.named | {name: value for name, value in (("host", host), ("port", port)) if value}

    def plainly(self, place: Place) -> Connection[Any]:
        """A connection to one of the servers, whatever it is, for short questions, that commits each statement. Raises
        psycopg.Error."""
        words = self.calling(place)
        words.pop("context", None)  # how the library above wants its values told: of no use here
        return Brief.connect(**words, autocommit=True)

    def _whichever(self, kind: type[C]) -> C:
        """A connection to one of those that are only read, as the driver finds it."""
        heard = [place for place in self.places if place not in self.silent]
        if not heard:
            raise OperationalError(f"{', '.join(':'.join(place) for place in self.places)} does not answer")
        hosts, ports = (",".join(part) for part in zip(*heard, strict=True))
        made = kind.connect(**self.calling((hosts, ports)))
        asked = made.info
        fits = (one for one in heard if one[0] in ("", asked.host) and one[1] in ("", str(asked.port)))
        self.led[made] = next(fits, heard[0])
        return made

    def _entered(self, kind: type[C], place: Place) -> C:
        """A connection to the server that is written to, once it has shown that it is one."""
        if place in self.silent:
            raise OperationalError(f"{':'.join(place)} does not answer")
        made = kind.connect(**self.calling(place))
        self.led[made] = place
        try:
            with in_time(made):
                seen = _told(made, place)
            if len(self.places) > 1 and seen.role is Role.STANDBY:
                raise OperationalError(f"{seen.name} does not accept writes")
            if seen.role is Role.PRIMARY:
                if seen.timeline < Memory.highest(seen.system):
                    raise OldPrimary(f"{seen.name} is an old server: another one has taken over from it")
                Memory.keep(seen.system, seen.timeline)
        except BaseException:
            made.close()
            raise
        return made

    def _ask(self, place: Place) -> Seen:
        try:
            with self.plainly(place) as asked:
                return _told(asked, place)
        except Error as error:
            why = str(error).strip().splitlines()
            return Seen(place, Role.AWAY, why=why[-1].strip() if why else type(error).__name__)


def judged(seen: Sequence[Seen], chosen: Place | None) -> list[Seen]:
    """Which of those that accept writes counts: the highest number, none below what is known; the others are old.

    ``chosen``: the one that was written to until now, which stays it among equals.
    """
    best = _newest([one for one in seen if one.role is Role.PRIMARY], chosen)
    if best is not None:
        Memory.keep(best.system, best.timeline)
    return [_beside(one, best) for one in seen]


def _newest(writing: Sequence[Seen], chosen: Place | None) -> Seen | None:
    fit = [one for one in writing if one.timeline >= Memory.highest(one.system)]
    if not fit:
        return None
    # two databases that were never one: that of the server in use is the plant's
    system = next((one.system for one in fit if one.place == chosen), fit[0].system)
    return max((one for one in fit if one.system == system), key=lambda one: (one.timeline, one.place == chosen))


def _beside(one: Seen, best: Seen | None) -> Seen:
    """What a server is beside the one that counts."""
    if one.role is Role.PRIMARY and (best is None or one.place != best.place):
        return replace(one, role=Role.OLD, why="an old server")
    if one.role is Role.STANDBY and best is not None and 0 < best.position <= one.position:
        # it has everything: however long ago anything was recorded, it is not behind
        return replace(one, behind=0.0)
    return one


def _told(asked: Connection[Any], place: Place) -> Seen:
    """What a server says of itself. One that may not say which it is counts as it answers: nothing is known of it."""
    try:
        before, asked.autocommit = asked.autocommit, True
        try:
            row = asked.execute(ASK, prepare=False).fetchone()
        finally:
            if not asked.closed:
                asked.autocommit = before
    except Error as error:
        if asked.closed or getattr(error, "sqlstate", None) not in ("42501", "42883", "0A000"):
            raise
        return Seen(place, Role.PRIMARY)
    standby, system, file, position, behind = row or (False, 0, None, 0, None)
    timeline = int(file[:8], 16) if file else 0
    return Seen(place, Role.STANDBY if standby else Role.PRIMARY, int(system), timeline, int(position or 0), behind)


def _places(named: Mapping[str, Any]) -> Iterator[Place]:
    hosts, ports = str(named.get("host") or "").split(","), str(named.get("port") or "").split(",")
    for number, host in enumerate(hosts):
        yield host, ports[number] if number < len(ports) else ports[-1]
