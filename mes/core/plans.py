"""What a database knows of how much lies in its tables, by which it plans where to look first.

PostgreSQL keeps that up by itself. SQLite is told when to count, and each of its connections goes on planning by what
it knew when it was opened: a table that had four rows that morning is read from end to end when it has a million.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Engine

if TYPE_CHECKING:
    from mes.core.db import Database

#: So many rows of each index are counted at most: a second for a plant of 80 million rows, and near enough.
COUNTED = f"PRAGMA analysis_limit={100_000}"
#: A connection of SQLite is opened anew after so many seconds, and knows then what was counted meanwhile.
LEARNS_AFTER = 6 * 3600


def optimize(database: "Database") -> None:
    """Count again in the tables that were used, where they have grown many times over (after imports, on close)."""
    if database.is_sqlite:
        for engine in (database.reads, database.engine):  # a connection looks only at what it has used itself
            _tell(engine, [COUNTED, "PRAGMA optimize"])
    else:
        _tell(database.engine, ["ANALYZE"])


def learn(database: "Database") -> None:
    """Count again in all tables, while the plant works: one after the other, so that who records waits for one only."""
    if database.is_sqlite:
        with database.reads.connect() as connection:
            names = connection.exec_driver_sql("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index'")
            tables = names.scalars().all()
        _tell(database.engine, [COUNTED, *(f'ANALYZE "{table}"' for table in tables)])


def _tell(engine: Engine, statements: Iterable[str]) -> None:
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT", read_only=False) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    except Exception:  # noqa: BLE001  statistics are a courtesy: without them everything still works
        return
