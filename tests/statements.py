"""Counting what is asked of the database, so that a page's number of statements is a promise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from mes.core.db import Database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent inside the block, in order (without BEGIN and the like)."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
