"""The two databases: an embedded SQLite file, or PostgreSQL.

Reads and writes have their own engines: a write begins with ``BEGIN IMMEDIATE`` on SQLite (the driver's default
loses updates and a deferred begin fails with "locked"), a read cannot write on either and sees one state throughout.
"""

import sqlite3
from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import import_module
from threading import Event as Signal
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Connection, Engine, Enum, Index, MetaData, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.base import OptionEngine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.pool import ConnectionPoolEntry

from mes.core import rows
from mes.core.fetch import forget
from mes.core.plans import LEARNS_AFTER, optimize
from mes.core.same_file import SameFile
from mes.core.short_log import ShortLog

if TYPE_CHECKING:
    from mes.core.primaries import Hosts
    from mes.core.standing import Standing

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
WAIT_SECONDS = 3
#: How long a server of PostgreSQL may be silent before it counts as gone: 3 s when it is called, 25 s when nothing is
#: asked of it, 15 s when something was sent. A URL that says otherwise is followed.
WAITS = {
    "connect_timeout": 3, "keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}  # fmt: skip


class Base(DeclarativeBase):
    """Base of all tables."""

    #: Whether its rows are written by ``core.rows``: each says by number what it belongs to.
    straight: ClassVar[bool] = False

    def __init__(self, **values: Any) -> None:
        """A new row. One that is written straight needs nobody to watch how its values come in."""
        unknown = values.keys() - _names(type(self))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        if self.straight:
            self.__dict__.update(values)
        else:
            for name, value in values.items():
                setattr(self, name, value)

    metadata = MetaData(naming_convention=NAMES)
    #: Words of a fixed list are stored as themselves ("released"), readable in any tool.
    type_annotation_map = {
        StrEnum: Enum(StrEnum, native_enum=False, length=24, values_callable=lambda kind: [word.value for word in kind])
    }


@cache
def _names(model: type[Base]) -> frozenset[str]:
    return frozenset(inspect(model).attrs.keys())


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of only those rows. On PostgreSQL, too, the migrations make it so; saying it here with that database's
    own option would load all that SQLAlchemy knows of it into every plant that runs on SQLite (35 ms, 2 MB)."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


def sparse_index(table: str, column: str, *, unique: bool = False) -> Index:
    """An index of a column that is empty in many rows, without these: SQLite counts the rows of an index by the average
    of its values, and would look there for all that are empty instead of in the period or lot asked for."""
    name = f"{'uq' if unique else 'ix'}_{table}_{column}"
    return partial_index(name, column, where=f"{column} IS NOT NULL", unique=unique)


def reversal_index(table: str) -> Index:
    """A row is taken back once; nearly all take nothing back."""
    return sparse_index(table, "reverses_id", unique=True)


class FairQueue:
    """Lets the writers of one process in, one at a time, in the order in which they came.

    SQLite's own waiting is a poll with growing sleeps: eight writers then wait up to seconds by bad luck.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._busy = False
        self._waiting: deque[Signal] = deque()
        #: How many were let in, and for how many seconds they waited in all.
        self.entered, self.waited = 0, 0.0

    def enter(self, timeout: float) -> bool:
        """Wait for one's turn; False when it did not come within ``timeout`` seconds."""
        with self._guard:
            if not self._busy:
                self._busy = True
                self.entered += 1
                return True
            turn = Signal()
            self._waiting.append(turn)
        began = perf_counter()
        came = turn.wait(timeout)
        with self._guard:
            self.entered += came
            self.waited += perf_counter() - began
        if came:
            return True
        with self._guard:
            if turn.is_set():  # the turn came just as the wait ended
                return True
            self._waiting.remove(turn)
        return False

    def leave(self) -> None:
        """Let the next one in."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False


class OneTransaction(Session):
    """A session of one transaction, which asks for its connection once."""

    _known: Connection | None = None

    def connection(self, bind_arguments: Any = None, execution_options: Mapping[str, Any] | None = None) -> Connection:
        if self._known is None or self._known.closed or bind_arguments or execution_options:
            self._known = super().connection(bind_arguments, execution_options)
        return self._known


class ReadSession(OneTransaction):
    """A session that refuses to flush: a read never writes."""

    def flush(self, objects: Any = None) -> None:
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("a read tried to write; state changes only through Work")


class WriteSession(OneTransaction):
    """A session that writes the rows of the ledger by itself, and leaves the rest to the unit of work."""

    def add(self, instance: object, *, _warn: bool = True) -> None:
        """What is written straight brings nothing else along: it says by number what it belongs to."""
        if rows.is_straight(instance) and not (state := instance_state(instance)).has_identity:
            self._save_impl(state)
        else:
            super().add(instance, _warn=_warn)

    def flush(self, objects: Any = None) -> None:
        if rows.are_waiting(self):
            forget(self)
            rows.write(self)
            super().flush(objects)


class SqliteReads(OptionEngine):
    """The engine for reads with connections of its own.

    A connection of SQLite that changes between reading and writing compiles all its statements anew each time, which
    takes longer than running them.
    """

    pool: Any = None  # not that of the engine for writes

    def start_anew(self, writes: Engine) -> None:
        """Close the connections, and open new ones as the engine for writes does."""
        if self.pool is not None:
            self.pool.dispose()
        self.pool = writes.pool.recreate()


class Database:
    """One database: an engine for reads, one for writes, and the queue of writers."""

    def __init__(self, url: str, *, standby: bool = False) -> None:
        """``standby``: a server that is only read, and never asked whether it is the one that is written to."""
        self.url = url
        #: Business acts that this process wrote.
        self.written = 0
        #: Nobody but the primary confirms what is recorded (``core.standing``): commits await no standby.
        self.alone = False
        #: The servers of the URL, and how they stood at the last look; None for an embedded database.
        self.hosts: Hosts | None = None
        self.standing: Standing | None = None
        #: What other computers of the plant have that this one has not (``core.computers``).
        self.differences: list[str] = []
        self.engine = create_engine(url, hide_parameters=True, **_engine_options(url))
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.queue = FairQueue() if self.is_sqlite else None
        self.same_file = SameFile(url)
        self.log = ShortLog(self.same_file.file) if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self.same_file.watch(self.engine)
            self.reads: Engine = self._sqlite_reads()
        else:
            # an embedded plant never loads that driver
            self.hosts = import_module("mes.core.round_trips").speak(self.engine, standby=standby)
            # by default each statement of PostgreSQL would see what was committed just before it
            self.reads = self.engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")

    def _sqlite_reads(self) -> Engine:
        reads = SqliteReads(self.engine, {"read_only": True})
        reads.start_anew(self.engine)
        event.listen(self.engine, "engine_disposed", reads.start_anew)
        return reads

    def read(self) -> Session:
        """A session on one read-only snapshot."""
        return ReadSession(self.reads, expire_on_commit=False)

    def write(self) -> Session:
        """A session for ``Work`` only."""
        return WriteSession(self.engine, expire_on_commit=False)

    def close(self) -> None:
        """Let go of all connections; SQLite refreshes its statistics first, so that plans stay good."""
        if self.is_sqlite:
            optimize(self)
        self.engine.dispose()


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        pool = {"pool_size": 16, "max_overflow": 16, "pool_recycle": LEARNS_AFTER}
        return {"connect_args": {"timeout": WAIT_SECONDS}, **pool}
    # a plan made while a table was empty would be kept for a grown one: plan for what is there now, but see round_trips
    options = f"-c lock_timeout={WAIT_SECONDS}s -c timezone=UTC -c plan_cache_mode=force_custom_plan"
    # a program that died, or whose cable was pulled, holds nobody up for longer than this
    options += " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    options += " -c idle_in_transaction_session_timeout=1800s -c statement_timeout=3600s"
    # no disk of today has a head to move: for one that has, a long trace would read whole tables and look up nothing
    options += " -c random_page_cost=1.1"
    given = make_url(url).query
    waits = {name: value for name, value in WAITS.items() if name not in given}
    return {"connect_args": {"options": options, **waits}, "pool_size": 16, "max_overflow": 16}


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-8000",  # of each connection, in kB; the system keeps the file in memory once more, for all
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    read_only = bool(options.get("read_only"))
    if connection.info.get("read_only", False) is not read_only:
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        driver.execute(f"PRAGMA query_only={int(read_only)}")
        connection.info["read_only"] = read_only
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
