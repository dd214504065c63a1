"""A program that copies the embedded database on and on (Litestream) works beside us: what it relies on holds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mes.core.db import Database
from mes.web.check import check
from tests.conftest import migrate
from tests.databases import sqlite_database

#: What tells two write-ahead logs apart: the salts in the head of the file.
SALTS = slice(16, 24)
#: More pages than SQLite writes into its log before it brings them into the file by itself.
PAGES = 1500


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(sqlite_database(tmp_path / "mes.db", migrate))
    yield one
    one.close()


def work(database: Database) -> None:
    """Record as much as makes SQLite tidy its log."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS _litestream_lock (id INTEGER, much BLOB)")
        connection.exec_driver_sql("INSERT INTO _litestream_lock VALUES (1, zeroblob(?))", (PAGES * 4096,))


def log_of(database: Database) -> bytes:
    return Path(f"{database.engine.url.database}-wal").read_bytes()


def test_while_somebody_reads_nothing_of_the_log_is_written_over(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mes.db", isolation_level=None)) as copying:
        work(database)
        # as Litestream does after each time it has emptied the log: from then on it looks at what is in it
        copying.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copying.execute("INSERT INTO _litestream_lock VALUES (2, NULL)")
        copying.execute("BEGIN")
        copying.execute("SELECT count(*) FROM plant").fetchone()
        before = log_of(database)
        for _ in range(3):
            work(database)
        database.close()  # the program stops: the last one who closes would empty the log
        after = log_of(database)
        assert after.startswith(before)
        assert len(after) > 3 * PAGES * 4096
        copying.execute("COMMIT")


def test_after_whoever_reads_has_gone_on_the_log_begins_anew(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mes.db", isolation_level=None)) as copying:
        work(database)
        first = log_of(database)[SALTS]
        copying.execute("SELECT count(*) FROM plant").fetchone()
        work(database)
        work(database)
        assert log_of(database)[SALTS] != first


def test_what_it_keeps_beside_the_tables_is_no_fault(database: Database) -> None:
    work(database)
    assert check(database).faults == []
