"""The write-ahead log of an embedded database stays short.

SQLite brings the log into the file every thousand pages, and begins it anew when nobody reads at that very moment.
Where somebody always reads it grows for as long as that goes on, and every look-up takes longer. So whoever has
recorded something and finds it long waits an instant for those who read: who comes meanwhile reads from the file.
"""

import os
import sqlite3
from contextlib import suppress
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from mes.core.errors import Refused

#: Bytes; in a quiet plant the log has half of that.
LONG = 8 * 2**20
#: So many milliseconds those who read are waited for: a page takes a few. Who reads for minutes (a backup) is not.
MOMENT = 100
#: Seconds until it is tried again.
PAUSE = 5.0


class ShortLog:
    """The log of one database, as one program that records sees it."""

    def __init__(self, file: str) -> None:
        self._file = f"{file}-wal"
        self._next_try = 0.0

    def look(self, engine: Engine) -> None:
        """Begin the log anew if it is long. Only for who has just recorded, while nobody else does."""
        if self._size() > LONG and monotonic() >= self._next_try:
            self._next_try = monotonic() + PAUSE
            with suppress(DBAPIError, sqlite3.Error, Refused):  # what was recorded is in the log in any case
                _begin_anew(engine)

    def _size(self) -> int:
        try:
            return os.stat(self._file).st_size  # noqa: PTH116  with each act
        except OSError:
            return 0


def _begin_anew(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        waits = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={MOMENT}")
        try:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={waits}")
