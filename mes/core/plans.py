"""What a database knows of how much lies in its tables, by which it plans where to look first.

PostgreSQL keeps that up by itself. SQLite is told when to count, and each of its connections goes on planning by what
it knew when it was opened: a table that had four rows that morning is read from end to end when it has a million.
"""

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from mes.core.errors import Refused

if TYPE_CHECKING:
    from mes.core.db import Database

#: So many rows of each index are counted at most: a second for a plant of 80 million rows, and near enough.
COUNTED = f"PRAGMA analysis_limit={100_000}"
#: A connection of SQLite is opened anew after so many seconds, and knows then what was counted meanwhile.
LEARNS_AFTER = 6 * 3600
#: Statistics are a courtesy: where they cannot be had (a file that was moved away, a sick table), all works without.
COURTESY = (DBAPIError, sqlite3.Error, Refused)
#: So long a count waits for those who record; then it is left for later.
WAITS = 3.0


def optimize(database: "Database") -> None:
    """Count again in the tables that were used, where they have grown many times over (after imports, on close)."""
    if database.is_sqlite:
        for engine in (database.reads, database.engine):  # a connection looks only at what it has used itself
            _tell(engine, COUNTED, "PRAGMA optimize")
    else:
        _tell(database.engine, "ANALYZE")


def learn(database: "Database") -> bool:
    """Count again in all tables: once a day, and after tables were made anew, which forgets what was counted.

    While the plant works one table is counted after the other, so that who records waits for one only. Gives whether
    all were counted; those that somebody else held are not.
    """
    if not database.is_sqlite:
        return _tell(database.engine, "ANALYZE")
    try:
        with database.reads.connect() as connection:
            names = connection.exec_driver_sql("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index'")
            tables = names.scalars().all()
    except COURTESY:
        return False
    counted = [_count(database, table) for table in tables]
    return all(counted)


def _count(database: "Database", table: str) -> bool:
    if database.queue is not None and not database.queue.enter(WAITS):
        return False
    try:
        return _tell(database.engine, COUNTED, f'ANALYZE "{table}"')
    finally:
        if database.queue is not None:
            database.queue.leave()


def _tell(engine: Engine, *statements: str) -> bool:
    """Whether it was done."""
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT", read_only=False) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    except COURTESY:
        return False
    return True
