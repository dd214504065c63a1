"""A plant that grows while the program runs for months: what lies in its tables is counted again, and used."""

import sqlite3
import time
from pathlib import Path

import pytest

from mes.core.db import Database
from mes.core.plans import LEARNS_AFTER, learn

ASKED = "EXPLAIN QUERY PLAN SELECT * FROM lines WHERE lot = 1 AND day BETWEEN 3 AND 100"


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A ledger of four lines that the program counted before it was started."""
    monkeypatch.setattr("mes.core.db.WAIT_SECONDS", 0.1)
    database = Database(f"sqlite:///{tmp_path / 'mes.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE lines (id INTEGER PRIMARY KEY, lot INTEGER, day INTEGER)")
        connection.exec_driver_sql("CREATE INDEX by_lot ON lines (lot)")
        connection.exec_driver_sql("CREATE INDEX by_day ON lines (day)")
    write(database, [(1, day) for day in range(4)])
    learn(database)
    database.engine.dispose()
    return database


def write(database: Database, lines: list[tuple[int, int]]) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO lines (lot, day) VALUES (?, ?)", lines)


def plan(database: Database) -> str:
    with database.reads.connect() as connection:
        return str(connection.exec_driver_sql(ASKED).one()[3])


def test_a_table_that_grew_while_the_program_ran_is_no_longer_read_from_end_to_end(
    ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plan(ledger) == "SCAN lines"
    write(ledger, [(number, number % 7) for number in range(20_000)])
    learn(ledger)
    assert plan(ledger) == "SCAN lines", "a connection plans by what it knew when it was opened"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LEARNS_AFTER + 1)
    assert plan(ledger) == "SEARCH lines USING INDEX by_lot (lot=?)"
    ledger.close()


def test_a_count_that_has_to_wait_for_somebody_who_writes_is_left_for_the_next_day(ledger: Database) -> None:
    with sqlite3.connect(str(ledger.engine.url.database), isolation_level=None) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        learn(ledger)
        somebody.execute("ROLLBACK")
    somebody.close()
    write(ledger, [(9, 9)])
    with ledger.reads.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM lines").scalar() == 5
    ledger.close()
