"""New tables are brought into a plant that works for years, and the machine dies in the midst of it.

A plant is taken back to older tables; bringing it up again is killed, at each call that writes (SQLite) or at moments
that nobody chose (both databases). Afterwards it is at the old tables or at the new ones, whole, and going on brings it
to the same content as without the accident. And the way up, down and up again ends where the first way up did.
"""

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text

from mes.core.db import Database
from mes.core.schema import current, downgrade, head, upgrade
from mes.web import check_database
from mes.web.check import check
from mes.web.demo import build
from tests.benchmarks._scratch import systems
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.databases import postgresql_database, session_folder
from tests.faults import Finding, found
from tests.faults.made import ground
from tests.faults.torn import CALLS, calls_in
from tests.needs import needs

if TYPE_CHECKING:
    from psycopg import Connection

#: The tables of how long ago: three years of releases in the full form.
BACK, SHORT_BACK = 30, 2
#: Kills at moments that nobody chose, for each database; at every so many-th call.
KILLS, SHORT_KILLS, EACH, SHORT_EACH = 20, 1, 25, 150


@dataclass(frozen=True)
class State:
    """A database as it is: at which tables, and what is in it."""

    at: str | None
    content: str


def run(short: bool) -> Iterator[Finding]:
    """Both databases, with the food factory (in the short form a workshop)."""
    with ground():
        for system in systems():
            yield from _of(system, short=short)


def _of(system: str, *, short: bool) -> Iterator[Finding]:
    back = f"{int(head()) - (SHORT_BACK if short else BACK):04}"
    first = Store(system, "made")
    database = Database(first.url)
    upgrade(database)
    if short:
        workshop = Workshop(Shop(database))
        workshop.report(workshop.running_job())
    else:
        build(database, "food", datetime.now(UTC))
    downgrade(database, back)
    database.close()
    old = first.state()
    here = first.copy("work")
    took = here.climb()
    new = here.state()
    here.change(lambda one: downgrade(one, back))
    yield found(f"{system}: down again as before", here.state() == old, wanted=True)
    here.climb()
    yield found(f"{system}: up, down, up: the same content", here.state() == new, wanted=True)
    yield found(f"{system}: what is wrong with the tables then", here.faults(), [])
    ended = [*_at_moments(first, took, SHORT_KILLS if short else KILLS)]
    if system == "sqlite":
        ended += _at_each_call(first, SHORT_EACH if short else EACH)
    said = Counter("old" if one[0] == old else "new" if one[0] == new else "neither" for one in ended)
    yield found(f"{system}: killed on the way from {back} to {head()}", said["old"] + said["new"] > 0, wanted=True)
    yield Finding(f"{system}: of these back at the old tables, or done", f"{said['old']}, {said['new']}", "", ok=True)
    yield found(f"{system}: neither nor", said["neither"], 0)
    yield found(f"{system}: gone on to another end", sum(one[1] != new for one in ended), 0)


class Store:
    """A database of the scratch folder that can be copied, killed over, and looked at as it lies there."""

    def __init__(self, system: str, name: str) -> None:
        self.system, self.name = system, name
        self.file = session_folder() / f"{name}.db"
        self.url = f"sqlite:///{self.file}" if system == "sqlite" else postgresql_database(f"mes_{name}")

    def copy(self, name: str) -> "Store":
        """The same content in another database."""
        if self.system == "sqlite":
            for old in session_folder().glob(f"{name}.db*"):
                old.unlink()
            shutil.copyfile(self.file, session_folder() / f"{name}.db")
            return Store(self.system, name)
        twin = Store.__new__(Store)
        twin.system, twin.name, twin.file = self.system, name, self.file
        twin.url = self.url.replace(f"/mes_{self.name}?", f"/mes_{name}?")
        with self._boss() as boss:
            boss.execute(f'DROP DATABASE IF EXISTS "mes_{name}" WITH (FORCE)')
            boss.execute(f'CREATE DATABASE "mes_{name}" TEMPLATE "mes_{self.name}"')
        return twin

    def _boss(self) -> "Connection[tuple[Any, ...]]":
        from psycopg import connect

        return connect(host=str(session_folder() / "postgresql"), user="mes", dbname="postgres", autocommit=True)

    def climb(self) -> float:
        """Bring it up to the newest tables; the seconds that took."""
        began = time.monotonic()
        self.change(upgrade)
        return time.monotonic() - began

    def change(self, deed: Callable[[Database], object]) -> None:
        """Do something with it, and let go of it."""
        database = Database(self.url)
        deed(database)
        database.engine.dispose()

    def settled(self) -> None:
        """Wait until nobody is at work in it: PostgreSQL ends what a dead program began by itself."""
        while self.system != "sqlite":
            with self._boss() as boss:
                query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
                if boss.execute(query, [f"mes_{self.name}"]).fetchone() == (0,):
                    return
            time.sleep(0.02)

    def state(self) -> State:
        """Where it stands, and a sum of all rows of all tables with their columns."""
        if self.system == "sqlite":
            with closing(sqlite3.connect(self.file)) as file:
                assert file.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return state_of(self.url)

    def faults(self) -> list[str]:
        """What ``mes check`` says of tables and guards. What only newer tables knew was lost on the way down."""
        database = Database(self.url)
        said = [fault.sentence for fault in check(database).faults if fault.rule in check_database.RULES]
        database.engine.dispose()
        return said


def state_of(url: str) -> State:
    """Where a database stands, and a sum of all rows of all tables with their columns."""
    database = Database(url)
    told = hashlib.sha256()
    with database.reads.connect() as connection:
        looked = inspect(connection)
        for table in sorted(looked.get_table_names()):
            columns = sorted(column["name"] for column in looked.get_columns(table))
            names = ", ".join(f'"{name}"' for name in columns)
            told.update(f"{table} {names}".encode())
            for row in sorted(map(repr, connection.execute(text(f'SELECT {names} FROM "{table}"')))):
                told.update(row.encode())
        for index in sorted(str(one["name"]) for name in looked.get_table_names() for one in looked.get_indexes(name)):
            told.update(index.encode())
    at = current(database)
    database.engine.dispose()
    return State(at, told.hexdigest())


#: What was there after the kill, and what after going on.
Ended = tuple[State, State]
#: The process that brings it up, and the one that watches it.
Climbing = tuple[int, subprocess.Popen[bytes] | None]


def _at_moments(first: Store, took: float, kills: int) -> Iterator[Ended]:
    dice = random.Random(20260105)
    for _ in range(kills):
        here = first.copy("work")
        wait = dice.random() * took
        climbing = _climbing(here)
        time.sleep(wait)
        with suppress(ProcessLookupError):
            os.kill(climbing[0], signal.SIGKILL)
        _ended(climbing)
        here.settled()
        yield _after(here)


def _at_each_call(first: Store, each: int) -> Iterator[Ended]:
    """Every so many-th call that writes, of each kind, and the last one."""
    here, told = first.copy("work"), session_folder() / "calls"
    _ended(_climbing(here, f"trace={','.join(CALLS)}", told))
    for call, times in calls_in(told).items():
        for nth in sorted({*range(1, times + 1, each), times}):
            here = first.copy("work")
            status = _ended(_climbing(here, f"inject={call}:signal=KILL:when={nth}"))
            assert os.WIFSIGNALED(status), f"{call} {nth} was never reached"
            yield _after(here)


def _after(here: Store) -> Ended:
    killed = here.state()
    here.climb()
    return killed, here.state()


def _climbing(here: Store, what: str = "", told: Path = Path(os.devnull)) -> Climbing:
    """A process of its own that brings the database up; watched or killed by strace where that is asked for."""
    ready, go, tracer = os.pipe(), os.pipe(), None
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os.write(ready[1], b"!")
            os.read(go[0], 1)
            upgrade(Database(here.url))
            os._exit(0)
        os._exit(1)
    os.read(ready[0], 1)
    if what:
        with tempfile.TemporaryFile() as quiet:
            tracer = subprocess.Popen(
                [needs("strace"), "-f", "-qq", "-o", str(told), "-p", str(child), "-e", what],
                stderr=quiet,
            )
            while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text("utf-8"):
                time.sleep(0.005)
    os.write(go[1], b"!")
    for end in (*ready, *go):
        os.close(end)
    return child, tracer


def _ended(climbing: Climbing) -> int:
    """How it ended, once whoever watches it has written what was seen."""
    child, tracer = climbing
    _pid, status = os.waitpid(child, 0)
    if tracer:
        tracer.wait()
    return status
