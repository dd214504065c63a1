"""Connections to the database that are lost: which it were, and what may have been recorded when it happened.

Lost before the commit, nothing was recorded, and the act may be tried again. Lost at the commit, nobody knows: the
one-time key tells, once there is a connection again.
"""

import sqlite3
from collections.abc import Callable
from random import random
from time import sleep
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import exc, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from mes.core.errors import (
    AlreadyExists,
    Busy,
    DatabaseAway,
    ImpossibleValue,
    NotStorable,
    OutcomeUnknown,
    PlantMoves,
    Refused,
    StillInUse,
    StorageFailed,
    TooMuchInAll,
)
from mes.core.sending import UNANSWERED

if TYPE_CHECKING:
    from mes.core.db import Database

Result = TypeVar("Result")
#: What PostgreSQL says when it ends a connection, does not take one (more), or is a standby that takes nothing.
ENDED = ("53300", "57P01", "57P02", "57P03", "57P05", "25P03")
STANDBY = "25006"
#: So often an act that the server ended in a deadlock is begun anew.
DEADLOCKS = 5
#: A lock that was not had in time, a deadlock, a state that moved on, a statement that was cancelled.
WAITS = ("55P03", "40P01", "40001", "57014")
AWAIT_NOBODY = text("SET LOCAL synchronous_commit TO local").execution_options(**UNANSWERED)


class CommitLost(Exception):
    """The answer to a commit did not come."""

    #: The ``Work`` that was to be recorded.
    run: object = None


#: What the drivers raise for a value that no column holds.
UNSTORABLE = (exc.DataError, OverflowError)
#: What the drivers raise, and what is made of it.
TROUBLE = (StaleDataError, exc.DBAPIError, OverflowError, CommitLost)


def past_deadlocks(act: Callable[[], Result]) -> Result:
    """Two acts that wait for each other: the server ends one of them, of which nothing was recorded. That one is done
    again, after a moment that is not the other's; after the last turn it is a wait like any other."""
    for turn in range(DEADLOCKS):
        try:
            return act()
        except exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != "40P01":
                raise
        sleep(random() * 0.1 * (turn + 1))  # noqa: S311  no secret
    return act()


def judged(error: Exception) -> Refused:
    """What the person is told of what a driver said. A fault of the program is raised again as it is."""
    if isinstance(error, CommitLost):
        return OutcomeUnknown()
    if isinstance(error, StaleDataError) or is_lock_wait(error):
        return Busy()
    if isinstance(error, UNSTORABLE):
        return NotStorable()
    if isinstance(error, exc.IntegrityError):
        return _as_refusal(error)
    if is_lost(error):
        return DatabaseAway()
    if isinstance(error, exc.OperationalError):
        return TooMuchInAll() if is_too_much(error) else StorageFailed()
    raise error


def _as_refusal(error: exc.IntegrityError) -> Refused:
    told = str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if told.startswith(PlantMoves.GATE):
        return PlantMoves()
    if state == "23505" or "UNIQUE" in told:
        return AlreadyExists(what=told.splitlines()[0].rpartition(": ")[2])
    if state == "23503" or "FOREIGN KEY" in told:
        return StillInUse()
    return ImpossibleValue(what=told.splitlines()[0].rpartition(": ")[2])


def commit(session: Session) -> None:
    """Commit. Raises CommitLost where nobody knows whether it was done."""
    try:
        session.commit()
    except exc.DBAPIError as error:
        if is_lost(error) and _state(error) != STANDBY:
            raise CommitLost from error
        raise


def is_lost(error: BaseException) -> bool:
    """Whether there is no connection any more, none could be had, or it leads to a server that takes nothing."""
    if not isinstance(error, exc.DBAPIError) or isinstance(error.orig, sqlite3.Error):
        return False
    state = _state(error)
    if error.connection_invalidated or state in (STANDBY, *ENDED) or state.startswith("08"):
        return True
    # a statement behind one that failed has no state either: that one is told, too
    return isinstance(error, exc.OperationalError) and not state and type(error.orig).__name__ != "PipelineAborted"


def is_lock_wait(error: BaseException) -> bool:
    """Whether it may go well the next time, on the same connection."""
    if not isinstance(error, exc.DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig)
    return _state(error) in WAITS


def is_too_much(error: BaseException) -> bool:
    """Whether SQLite was to add up more than it can count; PostgreSQL counts on."""
    return isinstance(error, exc.OperationalError) and str(error.orig) == "integer overflow"


def forget_connections(database: "Database", error: BaseException) -> None:
    """After a loss the other connections lead to the same server: let go of them, and look for one anew."""
    if is_lost(error) or isinstance(error, CommitLost):
        database.engine.dispose()
        if database.hosts is not None:
            database.hosts.chosen = None


def _state(error: exc.DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
