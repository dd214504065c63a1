"""A new database gets its tables at once where a test is not about the migrations, which take seconds each time."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mes.core import schema
from mes.core.config import Settings
from mes.core.db import Database
from mes.keeping.postgresql import connection_words, postgresql_program
from mes.moving import filling
from mes.moving.doors import opened
from mes.moving.gate import open_gate
from tests.conftest import WORKER, Shop, migrate
from tests.databases import postgresql_database, session_folder, sqlite_database
from tests.moving.factory import SHAPES, address, fill, other_kind, settings_of


@pytest.fixture(autouse=True)
def tables_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, triggers and version as the migrations leave them."""
    monkeypatch.setattr(filling, "make_tables", _make)


@pytest.fixture
def plant(shop: Shop, tmp_path: Path) -> Iterator[Settings]:
    """A plant with a little of everything; what a move left on the session's database is taken off."""
    fill(shop)
    yield settings_of(shop.database, tmp_path / "data")
    if not shop.database.is_sqlite:
        with opened(address(shop.database), to_write=True) as side:
            open_gate(side, SHAPES)


@pytest.fixture
def target(shop: Shop, tmp_path: Path, plant: Settings) -> str:
    """An empty database of the other kind."""
    assert plant.database
    return other_kind(shop.database, tmp_path, "moved")


def _make(database: Database) -> None:
    if database.is_sqlite:
        with database.engine.begin() as connection:
            for command in _of_sqlite():
                connection.exec_driver_sql(command)
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{schema.head()}')")
        return
    words, _password = connection_words(database.url)
    file = _of_postgresql()
    psql = [postgresql_program("psql") or "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", words, "-f", str(file)]
    subprocess.run([*psql, "-c", f"INSERT INTO public.alembic_version VALUES ('{schema.head()}')"],
                   check=True, stdout=subprocess.DEVNULL)  # fmt: skip


@cache
def _of_sqlite() -> list[str]:
    url = sqlite_database(session_folder() / f"tables_{WORKER}.db", migrate)
    database = Database(url)
    with database.engine.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' "
            "ORDER BY type = 'trigger', type = 'index'"
        )
        commands = [str(row[0]) for row in found]
    database.engine.dispose()
    return commands


@cache
def _of_postgresql() -> Path:
    words, _password = connection_words(postgresql_database(f"mes_tables_{WORKER}", migrate))
    file = session_folder() / f"tables_{WORKER}.sql"
    dump = postgresql_program("pg_dump") or "pg_dump"
    subprocess.run([dump, "--schema-only", "--no-owner", "-d", words, "-f", str(file)], check=True)
    file.write_text(file.read_text("utf-8").replace("CREATE SCHEMA public;", ""), "utf-8")
    return file
