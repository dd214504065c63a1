"""Doing to a database what nobody can do through the program: guards asleep, all undone at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from mes.core.db import Database


@contextmanager
def unguarded(database: Database) -> Iterator[Session]:
    """A session that may do anything and sees it; nothing of it stays."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            with _without_references(connection):
                for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
                yield Session(connection)
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield Session(connection)
        connection.rollback()


@contextmanager
def _without_references(connection: Connection) -> Iterator[None]:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    pragmas = ("foreign_keys = {}", "ignore_check_constraints = {}")
    for pragma, state in zip(pragmas, ("OFF", "ON"), strict=True):
        raw.execute(f"PRAGMA {pragma.format(state)}")
    yield
    connection.rollback()
    for pragma, state in zip(pragmas, ("ON", "OFF"), strict=True):
        raw.execute(f"PRAGMA {pragma.format(state)}")
