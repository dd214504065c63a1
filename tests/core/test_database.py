"""The databases: what is kept between two runs, and what a reader sees."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.exc import DBAPIError

from mes.core.db import Database
from mes.partners.models import Partner
from tests.conftest import Shop
from tests.factories import make_partner


def test_statistics_are_still_there_after_closing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/plant.db"
    first = Database(url)
    with first.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE box (place, size)")
        connection.exec_driver_sql("CREATE INDEX by_place ON box (place)")
        rows = [(number % 7, number) for number in range(1000)]
        connection.exec_driver_sql("INSERT INTO box VALUES (?, ?)", rows)
    with first.engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM box WHERE place = 3").all()
    first.close()
    again = Database(url)
    with again.reads.connect() as connection:
        kept = connection.exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars().all()
    again.engine.dispose()
    assert kept == ["box"]


def test_a_reader_sees_one_state_throughout(shop: Shop) -> None:
    partner = shop.do(lambda work: make_partner(work, name="Before"))
    with shop.read() as read:
        before = read.scalar(select(Partner.name).where(Partner.id == partner.id))
        shop.do(lambda work: setattr(work.session.get_one(Partner, partner.id), "name", "After"))
        again = read.scalar(select(Partner.name).where(Partner.id == partner.id))
    with shop.read() as read:
        later = read.scalar(select(Partner.name).where(Partner.id == partner.id))
    assert (before, again, later) == ("Before", "Before", "After")


def test_the_database_itself_refuses_a_write_of_a_reader(shop: Shop) -> None:
    with shop.read() as read, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        read.execute(delete(Partner))


def test_reads_and_writes_in_turns_never_make_sqlite_compile_its_statements_anew(tmp_path: Path) -> None:
    database, seen = Database(f"sqlite:///{tmp_path}/turns.db"), list[str]()
    event.listen(database.engine, "connect", lambda connection, _entry: connection.set_trace_callback(seen.append))
    database.engine.dispose()  # all connections from here on are listened to
    for _ in range(3):
        with database.read() as read:
            read.connection()
        with database.write() as write:
            write.connection()
    database.engine.dispose()
    assert [said for said in seen if "query_only" in said] == ["PRAGMA query_only=1"]


def test_an_embedded_plant_loads_nothing_of_the_larger_database() -> None:
    program = "import sys, mes.web.app; sys.exit(any(name in sys.modules for name in sys.argv[1:]))"
    larger = ["sqlalchemy.dialects.postgresql", "psycopg", "alembic", "reportlab", "PIL", "xlsxwriter"]
    assert subprocess.run([sys.executable, "-c", program, *larger], check=False).returncode == 0
