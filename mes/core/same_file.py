"""The file of an embedded database is still the one that was opened, at each act that is recorded.

A program goes on writing into a file that somebody moved away, replaced by a copy or deleted; each act would be
acknowledged and be gone with the next start. The same holds for the write-ahead log beside it.
"""

import os
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url

from mes.core.errors import FileMoved

Identity = tuple[int, int]


class SameFile:
    """What the connections of one database have open. Looking costs a few microseconds."""

    def __init__(self, url: str) -> None:
        self.file = make_url(url).database or ""
        #: The file that the first connection opened; None before, and after all were closed.
        self._opened: Identity | None = None
        self._lost_log = False

    def watch(self, engine: Engine) -> None:
        """Look at each new connection, at each beginning and at each commit of what is written."""
        if self.file in ("", ":memory:"):
            return
        event.listen(engine, "do_connect", self._before_connect)
        event.listen(engine, "connect", self._after_connect)
        event.listen(engine, "begin", self._look)
        event.listen(engine, "commit", self._look)
        event.listen(engine, "engine_disposed", self._forget)

    @property
    def is_well(self) -> bool:
        """Whether what is recorded would lie where the next start looks for it. True of PostgreSQL, too."""
        return self._is_there() and not self._lost_log

    def _is_there(self) -> bool:
        return self._opened is None or _identity(self.file) == self._opened

    def _before_connect(self, *_args: Any) -> None:
        if not self._is_there():  # SQLite would make an empty file, or read another one beside this one
            raise FileMoved(file=self.file)

    def _after_connect(self, *_args: Any) -> None:
        self._opened = self._opened or _identity(self.file)

    def _look(self, connection: Connection) -> None:
        """Raises FileMoved."""
        if connection.get_execution_options().get("read_only"):
            return
        log = _identity(f"{self.file}-wal")
        if self._is_there():
            if log == connection.info.setdefault("log", log):
                return
            self._lost_log = True
            driver: Any = connection.connection.dbapi_connection
            driver.execute("ROLLBACK")
            driver.execute("PRAGMA wal_checkpoint")  # what the lost log holds goes into the file while it can be read
        raise FileMoved(file=self.file)

    def _forget(self, _engine: Engine) -> None:
        self._opened, self._lost_log = None, False


def _identity(file: str) -> Identity | None:
    try:
        found = os.stat(file)  # noqa: PTH116  twice with each act
    except OSError:
        return None
    return found.st_dev, found.st_ino
