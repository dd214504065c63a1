"""What was recorded stays: the database itself refuses to change, remove, write over or empty it."""

from decimal import Decimal as D
from typing import NoReturn

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mes.core.db import Database
from mes.core.errors import ImpossibleValue
from mes.core.schema import downgrade, upgrade
from mes.core.work import Work, act
from mes.orders.models import LotRule
from mes.orders.reporting import record_report
from mes.web.check_database import GUARDED, faults
from tests.conftest import BOSS, Shop
from tests.factories import make_person
from tests.orders.bakery import Bakery

#: Books that a day of work fills.
BOOKS = ("events", "movements", "genealogy", "production_reports")


@pytest.fixture
def worked(shop: Shop) -> Shop:
    bakery = Bakery(shop)
    _kettle, packing = bakery.at_packing(bakery.order(100, lot_rule=LotRule.REPORT))
    shop.do(lambda work: record_report(work, packing.code, good=D(30)))
    return shop


def refused(database: Database, statement: str) -> str:
    with pytest.raises(DBAPIError) as raised, database.engine.begin() as connection:
        connection.execute(text(statement))
    return str(raised.value.orig)


def rows(shop: Shop, table: str) -> list[tuple[object, ...]]:
    with shop.read() as read:
        return [tuple(row) for row in read.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


@pytest.mark.parametrize("table", BOOKS)
def test_no_row_of_a_book_is_changed_removed_or_written_over(worked: Shop, table: str) -> None:
    before = rows(worked, table)
    assert before
    statements = [f"UPDATE {table} SET {what}" for what in ("at = '2020-01-01 00:00:00+00'", "id = id + 1000")]
    statements.append(f"DELETE FROM {table}")
    if worked.database.is_sqlite:
        statements += [f"REPLACE INTO {table} SELECT * FROM {table}", f"UPDATE OR REPLACE {table} SET id = id + 1"]
    else:
        statements += [
            f"TRUNCATE {table} CASCADE",
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET at = now()",
        ]
    for statement in statements:
        said = refused(worked.database, statement)
        assert "append-only" in said, statement
    assert rows(worked, table) == before


def test_no_book_is_emptied_at_once(database: Database) -> None:
    if database.is_sqlite:
        return  # it has no such statement: DELETE asks for every row
    for table in GUARDED:
        assert "append-only" in refused(database, f"TRUNCATE {table} CASCADE")


def test_every_book_has_its_guards(database: Database) -> None:
    with database.read() as read:
        assert not [found for found in faults(read, []) if found[0] == "guards"]


def test_a_guard_that_only_has_the_name_is_told(database: Database) -> None:
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.execute(text("DROP TRIGGER events_no_delete"))
            connection.execute(text("CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT 1; END"))
        else:
            connection.execute(text("ALTER TABLE events DISABLE TRIGGER events_no_update"))
        connection.commit()
    try:
        with database.read() as read:
            told = [values for rule, _said, values in faults(read, []) if rule == "guards"]
        assert {"table": "events", "act": "DELETE"} in told
    finally:
        with database.engine.connect() as connection:
            if not database.is_sqlite:
                connection.execute(text("ALTER TABLE events ENABLE TRIGGER events_no_update"))
                connection.commit()


def test_a_program_that_tries_is_told_in_a_sentence(worked: Shop) -> None:
    def forge(work: Work) -> NoReturn:
        work.session.execute(text("DELETE FROM events"))
        raise AssertionError

    with pytest.raises(ImpossibleValue, match="append-only"):
        act(worked.database, BOSS, forge, source="desk")


def test_new_tables_of_a_later_version_keep_the_books(shop: Shop) -> None:
    shop.do(lambda work: make_person(work))
    downgrade(shop.database, "0049")
    upgrade(shop.database)
    assert len(rows(shop, "events")) == 1
    assert "append-only" in refused(shop.database, "DELETE FROM events")
