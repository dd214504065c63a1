"""A plant that grows while the program runs for months: what lies in its tables is counted again, and used."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from mes.core import plans, schema
from mes.core.db import Database
from mes.core.plans import LEARNS_AFTER, learn
from mes.core.schema import upgrade
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.factories import make_item

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


def test_what_somebody_holds_is_counted_later_and_the_rest_now(
    ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "WAITS", 0.01)
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE more (id INTEGER PRIMARY KEY, lot INTEGER UNIQUE)")
        connection.exec_driver_sql("INSERT INTO more (lot) VALUES (1), (2)")
    assert ledger.queue is not None
    ledger.queue.enter(1)  # somebody records
    assert not learn(ledger)
    ledger.queue.leave()
    with closing(sqlite3.connect(str(ledger.engine.url.database), isolation_level=None)) as elsewhere:
        elsewhere.execute("BEGIN IMMEDIATE")  # another program records
        assert not learn(ledger)
        elsewhere.execute("ROLLBACK")
    write(ledger, [(9, 9)])
    assert learn(ledger)
    with ledger.reads.connect() as connection:
        counted = connection.exec_driver_sql("SELECT DISTINCT tbl, stat FROM sqlite_stat1 ORDER BY 1, 2").all()
    assert [(table, told.split()[0]) for table, told in counted] == [("lines", "5"), ("lines", "5"), ("more", "2")]
    ledger.close()


def test_a_file_that_was_moved_away_is_not_counted_and_its_connections_are_let_go(ledger: Database) -> None:
    assert plan(ledger)
    file = Path(str(ledger.engine.url.database))
    file.rename(file.with_name("elsewhere.db"))
    assert not learn(ledger)
    ledger.close()
    assert ledger.engine.pool.checkedin() == 0  # type: ignore[attr-defined]


def test_tables_that_were_made_anew_are_counted_at_once(tmp_path: Path) -> None:
    database = Database(sqlite_database(tmp_path / "mes.db", migrate))
    shop = Shop(database)
    shop.do(lambda work: [make_item(work) for _ in range(9)])
    with closing(sqlite3.connect(tmp_path / "mes.db")) as file:
        file.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'items'")  # as a table that is dropped takes them along
        file.commit()
    upgrade(database)
    with database.reads.connect() as connection:
        told = connection.exec_driver_sql("SELECT stat FROM sqlite_stat1 WHERE tbl = 'items'").scalars().all()
    assert {one.split()[0] for one in told} == {"9"}
    database.close()


def test_the_indexes_of_a_table_that_is_made_anew_are_sorted_on_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mes.db'}")
    sorted_where = "PRAGMA temp_store"
    with schema._changing(database) as connection:
        assert connection.exec_driver_sql(sorted_where).scalar() == 1
        assert connection.exec_driver_sql("PRAGMA temp_store_directory").scalar() == str(tmp_path), "not one in memory"
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql(sorted_where).scalar() == 2
    database.close()
