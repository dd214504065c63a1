"""How the copy of each plant stands: up to when it tells, and why it may tell no further."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from time import monotonic
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from mes.core import schema
from mes.core.db import Database
from mes.core.i18n import N_, _, stamp
from mes.keeping.installation import reason
from mes.plants.copies import WAITS

#: A connection on which nothing came for so long is none: PostgreSQL sends something each half minute.
SILENT = timedelta(seconds=75)
#: A plant's program says every 20 seconds that it serves; what is older than this is told of.
LATE = timedelta(minutes=5)
#: Seconds within which a plant's server answers when it can be reached, and for which that is believed.
PATIENCE, KNOWN = 2.0, 10.0
#: Seconds within which a row that cannot be taken over has ended who tried.
MOMENT = 0.7
ASK = """
SELECT s.subenabled, w.pid, w.last_msg_receipt_time,
    coalesce((SELECT backend_start > clock_timestamp() - interval '6 s' FROM pg_stat_activity AS a WHERE a.pid = w.pid)
        AND (SELECT e.apply_error_count > 0 FROM pg_stat_subscription_stats AS e WHERE e.subid = s.oid), false),
    (SELECT count(*) FROM pg_subscription_rel AS r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r'),
    (SELECT count(*) FROM pg_subscription_rel AS r WHERE r.srsubid = s.oid)
FROM pg_subscription AS s LEFT JOIN pg_stat_subscription AS w ON w.subid = s.oid AND w.relid IS NULL
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
CONTENT = """
SELECT (SELECT max(version_num) FROM alembic_version), (SELECT name FROM plant WHERE id = 1),
    (SELECT gs1_prefix || '/' || sscc_digit FROM plant WHERE id = 1),
    (SELECT max(at) FROM events), (SELECT max(seen_at) FROM computers), (SELECT max(version) FROM computers)
"""
WANTED = f"SELECT CASE WHEN is_called THEN last_value END FROM {WAITS}"  # noqa: S608  our own name
#: Of each place whether it could be reached, and until when that is believed; and who asks there now.
_reached: dict[str, tuple[bool, float]] = {}
_asking: dict[str, Lock] = {}


class Follower(NamedTuple):
    """The process of PostgreSQL that follows a plant."""

    enabled: bool
    pid: int | None
    #: When something last came from the plant.
    received: datetime | None
    #: It has just begun, and one before it ended with an error.
    is_doubtful: bool
    #: Tables that are not filled yet, of how many.
    left: int
    tables: int


NOBODY = Follower(enabled=False, pid=None, received=None, is_doubtful=False, left=0, tables=0)


class State(StrEnum):
    """What a copy is good for now."""

    #: What the plant records comes at once.
    FOLLOWS = "follows"
    #: The first filling, or that of new tables: not whole yet.
    FILLING = "filling"
    #: The plant cannot be reached; the copy is whole up to when it was cut off.
    CUT_OFF = "cut off"
    #: The plant can be reached, and PostgreSQL takes nothing over.
    STOPPED = "stopped"
    #: The plant was brought to another version, its copy not yet.
    WAITS = "waits"
    #: The copy has the tables of another version than this program.
    OTHER = "other version"
    #: The copy itself cannot be read.
    GONE = "gone"


STATE_NAMES = {
    State.FOLLOWS: N_("Up to date"),
    State.FILLING: N_("Being fetched"),
    State.CUT_OFF: N_("Cut off"),
    State.STOPPED: N_("Stopped"),
    State.WAITS: N_("Waits for the upgrade"),
    State.OTHER: N_("Other version"),
    State.GONE: N_("Not readable"),
}


@dataclass(frozen=True)
class Standing:
    """How one plant's copy stands."""

    mark: str
    place: str
    state: State
    name: str = ""
    #: The tables' version in the copy, and the one that the plant went on to.
    version: str = "-"
    wanted: str = ""
    #: When the last thing in the copy was recorded at the plant, and when its program was last heard there.
    newest: datetime | None = None
    heard: datetime | None = None
    program: str = ""
    #: Tables that are not filled yet, of how many.
    left: int = 0
    tables: int = 0
    why: str = ""
    #: With what the numbers of its boxes and pallets (SSCC) begin, where it has a GS1 prefix.
    numbers: str = ""

    @property
    def called(self) -> str:
        """The plant as people call it."""
        return f"{self.name} ({self.mark})" if self.name else self.mark

    @property
    def is_whole(self) -> bool:
        """Whether its pages can be shown: all tables are there as this program knows them, as of one moment."""
        return self.state in (State.FOLLOWS, State.CUT_OFF, State.STOPPED)

    @property
    def up_to(self) -> datetime | None:
        """Up to when the copy tells what happened at the plant."""
        known = [moment for moment in (self.newest, self.heard) if moment is not None]
        return max(known, default=None)


def stand(copy: Database, mark: str, place: str, now: datetime) -> Standing:
    """How a copy stands."""
    try:
        with copy.engine.connect() as connection:
            subscribed = _followed(connection)
            version, name, numbers, newest, heard, program = connection.execute(text(CONTENT)).one()
            wanted = connection.scalar(text(WANTED))
    except SQLAlchemyError as error:
        return Standing(mark, place, State.GONE, why=reason(error))
    version, next_one = version or "-", f"{wanted:04d}" if wanted is not None else ""
    waits = next_one > version if version != "-" else False
    left, tables = subscribed.left, subscribed.tables
    heard_of = subscribed.received is None or now - subscribed.received < SILENT
    alive = subscribed.pid is not None and heard_of
    if left or not tables:
        state = State.FILLING
    elif waits:
        state = State.WAITS
    elif version != schema.head():
        state = State.OTHER
    elif alive:
        state = State.FOLLOWS
    elif subscribed.enabled and not can_be_reached(place):
        state = State.CUT_OFF
    else:
        state = State.STOPPED
    return Standing(mark, place, state, name or "", version, next_one if waits else "", newest, heard, program or "",
                    left, tables, numbers=numbers or "")  # fmt: skip


def _followed(connection: Connection) -> Follower:
    """How PostgreSQL follows the plant. After an error it tries again every few seconds, for a moment: whoever has just
    begun is looked at once more before it counts."""
    rows = connection.execute(text(ASK)).all()
    found = Follower(*rows[0]) if rows else NOBODY
    if not found.is_doubtful:
        return found
    time.sleep(MOMENT)
    rows = connection.execute(text(ASK)).all()
    again = Follower(*rows[0]) if rows else NOBODY
    return again if again.pid == found.pid else again._replace(pid=None)


def same_numbers(standings: Sequence[Standing]) -> Iterator[str]:
    """Plants of which two boxes may get one number, in sentences."""
    for numbers in sorted({one.numbers for one in standings if one.numbers}):
        same = [one.called for one in standings if one.numbers == numbers]
        if len(same) > 1:
            yield _("%(plants)s give boxes and pallets the same numbers (SSCC): set another first digit at each, under "
                    "Settings > Plant.", plants=", ".join(same))  # fmt: skip


def can_be_reached(place: str) -> bool:
    """Whether something answers there. Whoever wants to know soon after somebody else, or while another asks, is told
    what was so before: each page of a plant that is cut off wants to know, and only one of them waits."""
    known, until = _reached.get(place, (None, 0.0))
    if known is not None and monotonic() < until:
        return known
    asking = _asking.setdefault(place, Lock())
    if not asking.acquire(blocking=known is None):
        return bool(known)
    try:
        known, until = _reached.get(place, (None, 0.0))  # who was waited for has asked just now
        if known is None or monotonic() >= until:
            known = _answers(place)
            _reached[place] = known, monotonic() + KNOWN
    finally:
        asking.release()
    return known


def _answers(place: str) -> bool:
    host, _colon, port = place.rpartition(":")
    with suppress(OSError, ValueError), closing(socket.create_connection((host, int(port)), PATIENCE)):
        return True
    return False


def troubles(one: Standing, now: datetime) -> Iterator[str]:
    """What those at head office should know of a plant's copy, in sentences; nothing while all is well."""
    when = stamp(one.up_to) if one.up_to else "-"
    if one.state is State.CUT_OFF:
        yield _("%(plant)s is cut off: what was recorded there after %(when)s is not here yet. The plant works on; all "
                "of it comes by itself once the connection is back.", plant=one.called, when=when)  # fmt: skip
    elif one.state is State.STOPPED:
        yield _("Nothing of %(plant)s is taken over since %(when)s, although its server answers. The log of head "
                "office's PostgreSQL says why; mes plants follow URL --again fetches the copy anew.",
                plant=one.called, when=when)  # fmt: skip
    elif one.state is State.FILLING:
        yield _("%(plant)s is being fetched: %(left)s of %(tables)s tables are not here yet.",
                plant=one.called, left=str(one.left), tables=str(one.tables))  # fmt: skip
    elif one.state is State.WAITS and one.wanted > schema.head():
        yield _("%(plant)s went to version %(there)s, newer than this program knows (%(here)s): install that version "
                "at head office.", plant=one.called, there=one.wanted, here=schema.head())  # fmt: skip
    elif one.state is State.WAITS:
        yield _("%(plant)s went to version %(there)s: bring its copy there with mes plants upgrade. Nothing is lost "
                "meanwhile.", plant=one.called, there=one.wanted)  # fmt: skip
    elif one.state is State.OTHER:
        yield _("%(plant)s has the tables of version %(there)s, this program knows %(here)s: bring the plant to this "
                "version, then its copy.", plant=one.called, there=one.version, here=schema.head())  # fmt: skip
    elif one.state is State.GONE:
        yield _("The copy of %(plant)s cannot be read: %(why)s.", plant=one.called, why=one.why)
    elif one.heard is not None and now - one.heard > LATE:
        yield _("The program of %(plant)s was last heard at %(when)s; its database is followed.",
                plant=one.called, when=stamp(one.heard))  # fmt: skip
