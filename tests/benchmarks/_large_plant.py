"""The rows of a plant that has run for years, always the same for the same size.

Lots come in families, as one delivery spreads over months of production: each lot but a family's first is made of
two earlier ones. The families of 1 000 and 10 000 lots are the ones that are traced. A family's lots lie scattered
over a window of the whole, among the lots of others, so that a trace jumps about as it does in life.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from mes.core.db import Database, optimize

TRACED = (1_000, 10_000)
FAMILY = 100
ITEMS = 200
WINDOW = 20_000
DAY, MOMENT = "2026-01-05", "2026-01-05 00:00:00+00"
COLUMNS = {
    "items": ("id", "code", "name", "kind", "unit", "tracking", "inspect_incoming", "active", "version"),
    "lots": ("id", "code", "item_id", "on_hand", "status", "holds", "made_on", "made_at"),
    "genealogy": ("parent_id", "child_id", "kind", "quantity", "at", "undone"),
}


def fill(database: Database, lots: int, edges: int) -> list[int]:
    """Write a plant of so many lots and edges; gives the first lots of the families of ``TRACED`` (as far as made)."""
    ids, sizes = _places(edges // 2)
    _write(
        database,
        "items",
        ((i, f"IT-{i:03}", f"품목 {i}", "raw", "kg", "lot", False, True, 1) for i in range(1, ITEMS + 1)),
    )
    _write(
        database,
        "lots",
        ((i, code(i), i % ITEMS + 1, 1_000_000, "available", 0, DAY, MOMENT) for i in range(1, lots + 1)),
    )
    _write(database, "genealogy", _edges(ids, sizes))
    optimize(database)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    else:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return [ids[sum(sizes[:position])] for position in range(min(len(TRACED), len(sizes)))]


def code(number: int) -> str:
    """The code of the lot with this number."""
    return f"L260105-{number:07}"


def _places(lots: int) -> tuple[list[int], list[int]]:
    """The ids of the families' lots, one family after the other, and the families' sizes."""
    sizes = list(TRACED) if lots > sum(TRACED) else []
    sizes += [FAMILY] * ((lots - sum(sizes)) // FAMILY)
    chance = random.Random(1)
    moments = [at + chance.randrange(WINDOW) for at in range(sum(sizes))]
    by_time = sorted(range(len(moments)), key=moments.__getitem__)
    ids = [0] * len(moments)
    for ident, place in enumerate(by_time, 1):
        ids[place] = ident
    return ids, sizes


def _edges(ids: list[int], sizes: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(2)
    first = 0
    for size in sizes:
        for position in range(1, size):
            nearest = (position - 1) // 3
            for parent in {nearest, chance.randrange(position)}:
                quantity = chance.randrange(1, 10**8)
                yield ids[first + parent], ids[first + position], "consume", quantity, MOMENT, False
        first += size


def _write(database: Database, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = COLUMNS[table]
    names = ", ".join(columns)
    if database.is_sqlite:
        with closing(sqlite3.connect(database.engine.url.database or "")) as file:
            file.execute("PRAGMA synchronous = OFF")
            file.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
            file.commit()
        return
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        driver.commit()
