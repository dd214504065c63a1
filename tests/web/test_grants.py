"""On PostgreSQL the tables belong to one role and another one serves: it adds to the books, and cannot change them."""

import os
from collections.abc import Iterator
from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mes.core.db import Database
from mes.core.i18n import speaking
from mes.core.seals import make_seal, prove_newest
from mes.orders.models import LotRule
from mes.orders.reporting import record_report
from mes.orders.undo import take_back_report
from mes.web.check import check
from mes.web.check_database import GUARDED
from mes.web.commands.granting import NoRoleName, statements
from tests.conftest import Shop, migrate
from tests.databases import postgresql_database
from tests.factories import make_person
from tests.needs import needs
from tests.orders.bakery import Bakery
from tests.web.commands import mes

ROLE = f"mes_plant_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture
def served() -> Iterator[Shop]:
    """A plant served by a role that owns nothing."""
    needs("postgresql")
    url = postgresql_database(f"mes_granted_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}", migrate)
    owner = Database(url)
    with owner.engine.begin() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {ROLE}"))
        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
        for statement in statements(ROLE):
            connection.execute(text(statement))
    database = Database(url.replace("//mes@", f"//{ROLE}@"))
    with speaking("en", "Asia/Seoul"):
        yield Shop(database)
    database.engine.dispose()
    with owner.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE}"))
        connection.execute(text(f"DROP ROLE {ROLE}"))
    owner.engine.dispose()


def test_the_plant_works_for_a_day_with_these_rights(served: Shop) -> None:
    served.do(make_person)  # an empty plant would be remembered in a schema of its own, which this role cannot make
    bakery = Bakery(served)
    _kettle, packing = bakery.at_packing(bakery.order(100, lot_rule=LotRule.REPORT))
    wrong = served.do(lambda work: record_report(work, packing.code, good=D(30)))
    served.do(lambda work: take_back_report(work, wrong.id, reason="잘못 셈"))  # marks edges of the genealogy
    newest = prove_newest(served.database)
    assert served.do(lambda work: make_seal(work, newest)) is not None
    assert [fault.sentence for fault in check(served.database).faults] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_no_update ON events",
        "SET session_replication_role = replica",
        "UPDATE genealogy SET quantity = 0",
        "UPDATE alembic_version SET version_num = '0000'",
        "DROP TABLE seals",
    ],
)
def test_what_guards_the_books_cannot_be_switched_off(served: Shop, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), served.database.engine.begin() as one:
        one.execute(text(statement))


def test_the_command_names_every_book() -> None:
    said = " ".join(statements("mes_plant"))
    assert all(table in said for table in GUARDED)
    for name in ("mes plant", "x; DROP TABLE events", "MES", ""):
        with pytest.raises(NoRoleName):
            list(statements(name))


def test_the_command_prints_sql(tmp_path: Path) -> None:
    done = mes(tmp_path, "grants", "mes_plant")
    assert done.exit_code == 0
    assert "GRANT UPDATE (undone) ON genealogy TO mes_plant;" in done.output
