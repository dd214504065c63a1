"""Speaking with PostgreSQL in few round trips and with few plans.

A statement that nobody awaits an answer of (``sending.UNANSWERED``) is sent, and the next one is made meanwhile; the
next that has an answer, or the commit, waits for all of them and raises what went wrong with any. A transaction begins
in one round trip with its first statement.

To plan a statement, or one of the look-ups behind a foreign key, takes that server longer than to run it. A kept plan,
on the other hand, may have been made while its table was empty, and reads all of it when it has grown. So plans are
kept for statements that find their rows by key, and there are made for indexes alone; everything else is planned anew.
"""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

from psycopg import Connection, Cursor, Error, Pipeline, ServerCursor
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

from mes.core.primaries import Hosts

#: How plans are kept or made in a transaction; a session starts with plans made anew (``core.db``).
PLANS = "SELECT set_config('plan_cache_mode', %s, true), set_config('enable_seqscan', %s, true)"
KEPT, ANEW = ("force_generic_plan", "off"), ("force_custom_plan", "on")
#: So old may a kept plan be, and so long may a connection lie idle before it is asked whether it lives (seconds).
OLD_PLAN, IDLE = 60, 30
#: The columns of answers that are read later, by their statements: the library above wants to know them at once.
COLUMNS: dict[str, Any] = {}


class PatientConnection(Connection[Any]):
    """A connection that waits for answers only where there is something to read."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.cursor_factory = PlainCursor
        self._sent: AbstractContextManager[Pipeline] | None = None
        self._keeps_plans = False
        self._planned_at = time.monotonic()
        #: Since when somebody waits for an answer (``core.silence``).
        self.waits_since: float | None = None

    def wait(self, *words: Any, **named: Any) -> Any:
        """Wait for what was asked, and be known to wait."""
        self.waits_since = time.monotonic()
        try:
            return super().wait(*words, **named)
        finally:
            self.waits_since = None

    def run(self, cursor: "PlainCursor", statement: str, values: Any, told: Mapping[str, Any]) -> None:
        """Send a statement, and wait for its answer and all before it unless nobody wants it, or not yet."""
        by_key, later = "by_key" in told, "later" in told
        if later:
            cursor.foreseen = COLUMNS.get(statement)
        unanswered = "unanswered" in told or cursor.foreseen is not None
        if unanswered or self.pgconn.transaction_status == TransactionStatus.IDLE:
            self._go_on()
        if by_key is not self._keeps_plans:
            self._keep_plans(by_key)
        (cursor.executemany if isinstance(values, list) else cursor.execute)(statement, values)
        if not unanswered:
            self.settle()
            if later:
                COLUMNS[statement] = cursor.description

    def settle(self) -> None:
        """Wait for all answers. Raises what went wrong."""
        sent, self._sent = self._sent, None
        if sent is not None:
            sent.__exit__(None, None, None)

    def commit(self) -> None:
        """End the transaction, in one round trip with what waits for its answer."""
        self._keeps_plans = False
        if self._sent is None:
            super().commit()
            return
        try:
            self.execute("COMMIT", prepare=False)
            self.settle()
        except Error:  # with one of the statements before: a commit that fails leaves no transaction behind
            self.rollback()
            raise

    def rollback(self) -> None:
        """Give the transaction up, and whatever went wrong with it.

        One that only read has nothing to give up: after a rollback the driver forgets all statements it has prepared.
        """
        self._keeps_plans = False
        with suppress(Error):
            self.settle()
        if self.read_only and self.pgconn.transaction_status == TransactionStatus.INTRANS:
            super().commit()
        else:
            super().rollback()

    def is_alive(self, idle: float) -> bool:
        """Whether the server is still there; it is asked only after ``idle`` seconds in which it may have left."""
        try:
            for _ in range(2):  # what it said when it left, and that it left
                self.pgconn.consume_input()
        except Error:
            return False
        if idle < IDLE:
            return True
        self.waits_since = time.monotonic()
        try:
            return self.pgconn.exec_(b"").status == ExecStatus.EMPTY_QUERY
        finally:
            self.waits_since = None

    def _go_on(self) -> None:
        if self._sent is None:
            self._sent = self.pipeline()
            self._sent.__enter__()

    def _keep_plans(self, keep: bool) -> None:
        """From now on in this transaction: with kept plans, or without."""
        self._go_on()
        if keep and time.monotonic() - self._planned_at > OLD_PLAN:
            self.execute("DISCARD PLANS", prepare=False)
            self._planned_at = time.monotonic()
        self.execute(PLANS, KEPT if keep else ANEW)
        self._keeps_plans = keep


class PlainCursor(Cursor[Any]):
    """A cursor that names its columns without looking up all that is known of their types."""

    #: The columns of an answer that has not come yet, where they are known.
    foreseen: Any = None

    @property
    def description(self) -> Any:
        """The columns of an answer; None where there are none."""
        answer = self.pgresult
        if answer is None:
            return self.foreseen
        if answer.status != ExecStatus.TUPLES_OK:
            return None
        nothing = (None,) * 5
        return [
            ((answer.fname(place) or b"").decode(), answer.ftype(place), *nothing) for place in range(answer.nfields)
        ]


def speak(engine: Engine, *, standby: bool = False) -> Hosts | None:
    """Let all connections of an engine speak so. Gives the servers among which the one that is written to is found, or
    of a ``standby`` those that are only read."""
    _words, named = engine.dialect.create_connect_args(engine.url)
    # a connection that names a service, a file of passwords or numbers of its own is left to the driver
    hosts = None if {"service", "hostaddr"} & named.keys() else Hosts(named, standby=standby)
    event.listen(engine, "do_connect", partial(_connect, hosts))
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "do_executemany", _execute)
    event.listen(engine, "checkin", _left)
    event.listen(engine, "checkout", _taken)
    return hosts


def _connect(hosts: Hosts | None, _dialect: object, _entry: object, words: Any, named: Any) -> Connection[Any]:
    if hosts is None:
        return PatientConnection.connect(*words, **named)
    hosts.take(named)
    return hosts.connect(PatientConnection)


def _execute(cursor: "PlainCursor", statement: str, values: Any, context: Any) -> bool:
    connection = cursor.connection
    if not isinstance(connection, PatientConnection) or connection.autocommit or isinstance(cursor, ServerCursor):
        return False
    connection.run(cursor, statement, values, context.execution_options)
    return True


def _left(_connection: object, entry: Any) -> None:
    entry.info["left"] = time.monotonic()


def _taken(connection: PatientConnection, entry: Any, _holder: object) -> None:
    """A connection that died in the pool is replaced, and with it all that have been there as long."""
    if "left" in entry.info and not connection.is_alive(time.monotonic() - entry.info["left"]):
        raise InvalidatePoolError("the server is gone")
