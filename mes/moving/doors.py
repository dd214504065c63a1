"""Opening one of the two databases, and telling in sentences what its driver says no with."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from mes.core.errors import Refused
from mes.keeping.installation import shown_url, sqlite_file
from mes.moving.postgresql import PostgresqlSide
from mes.moving.sides import Broken, NotADatabase, NotReached, Side
from mes.moving.sqlite import SqliteSide


def read_url(text: str) -> str:
    """The address of a database as the program uses it: ``postgresql://...`` names its driver. Raises NotADatabase."""
    typed = text.strip()
    for begin in ("postgres://", "postgresql://"):
        if typed.startswith(begin):
            typed = "postgresql+psycopg://" + typed.removeprefix(begin)
    try:
        parts = make_url(typed)
        known = parts.get_backend_name() in ("sqlite", "postgresql") and bool(parts.database)
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise NotADatabase(url=_without_password(text))
    return typed


def _without_password(text: str) -> str:
    before, at, behind = text.rpartition("@")
    return f"...@{behind}" if at and before else text


@contextmanager
def opened(url: str, *, to_write: bool) -> Iterator[Side]:
    """One database, closed again afterwards. What it says no with becomes a sentence. Raises NotReached, Broken."""
    with told_plainly(lambda why: NotReached(where=shown_url(url), why=why)):
        side = _open(url, to_write=to_write)
    try:
        with told_plainly(lambda why: Broken(why=why)):
            yield side
    finally:
        with suppress(Exception):  # it may be gone, which was said
            side.close()


def _open(url: str, *, to_write: bool) -> Side:
    file = sqlite_file(url)
    if file is not None:
        return SqliteSide(url, Path(file), to_write=to_write)
    return PostgresqlSide(url)


@contextmanager
def told_plainly(refusal: Callable[[str], Refused]) -> Iterator[None]:
    """An error of a driver or of the disk becomes a refusal with the first line of what was said."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        if not (isinstance(error, sqlite3.Error | OSError) or type(error).__module__.startswith("psycopg")):
            raise
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise refusal(said[0].rstrip(".")) from error
