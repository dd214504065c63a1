"""Bringing a database's tables up to what this version needs, by the numbered migrations."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from mes.core.config import bundled
from mes.core.db import Database
from mes.core.plans import learn

if TYPE_CHECKING:
    from alembic.config import Config


@cache
def head() -> str:
    """The newest migration of this version, e.g. "0002"; of a program that runs, not of one that was installed over it
    meanwhile."""
    return max(file.name[:4] for file in (bundled("migrations") / "versions").glob("[0-9]*.py"))


def current(database: Database) -> str | None:
    """The migration the database is at; None for an empty one."""
    with database.reads.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(database: Database, revision: str = "head", *, alone: bool = False) -> None:
    """Run the missing migrations, all in one transaction: whole or not at all.

    ``alone``: only while nobody else has an embedded database open, not even to look; else it says "locked".
    """
    from alembic import command

    with _changing(database, alone=alone) as connection:
        command.upgrade(_config(connection), revision)
    learn(database)


def downgrade(database: Database, revision: str) -> None:
    """Run migrations backwards, down to ``revision`` ("base": all)."""
    from alembic import command

    with _changing(database) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _changing(database: Database, *, alone: bool = False) -> Iterator[Connection]:
    """One transaction that changes tables.

    SQLite changes a table by making it anew, which it refuses while rows of others point to the old one: there
    references are checked all together at the end, before anything is kept. The indexes of a table that is made anew
    are sorted on the disk: in memory the books of some years would need gigabytes.
    """
    with database.engine.connect() as connection:
        _check_references(connection, on=False)
        _sort(connection, "FILE")
        if alone:
            _keep_others_out(connection, out=True)
        try:
            with connection.begin():
                yield connection
                if database.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"a migration left a reference to nothing: {tuple(broken)}")
        finally:
            _check_references(connection, on=True)
            _sort(connection, "MEMORY")
            if alone:
                _keep_others_out(connection, out=False)


def _check_references(connection: Connection, *, on: bool) -> None:
    """SQLite takes this only between two transactions, so it goes to the driver."""
    if connection.dialect.name == "sqlite":
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        driver.execute(f"PRAGMA foreign_keys={int(on)}")


def _sort(connection: Connection, where: str) -> None:
    """On the disk of the plant: the folder for temporary files may be one in memory."""
    if connection.dialect.name == "sqlite":
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        file = connection.engine.url.database
        folder = str(Path(file).parent).replace("'", "''") if file and where == "FILE" else ""
        driver.execute(f"PRAGMA temp_store_directory='{folder}'")
        driver.execute(f"PRAGMA temp_store={where}")


def _keep_others_out(connection: Connection, *, out: bool) -> None:
    """Whoever has a file of SQLite open holds a lock on it as long, busy or not: this one wants to be the only one."""
    if connection.dialect.name == "sqlite":
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        driver.execute(f"PRAGMA locking_mode={'EXCLUSIVE' if out else 'NORMAL'}")
        if not out:
            driver.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # only now it is given back


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config(stdout=sys.stderr)
    config.set_main_option("script_location", str(Path(bundled("migrations"))))
    config.attributes["connection"] = connection
    return config
