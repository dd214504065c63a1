"""Fixtures of all tests: a plant on each of the two databases, and browsers' requests to its pages.

A test that asks for ``shop``, ``database``, ``app`` or a client runs twice: on SQLite and on PostgreSQL.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from mes.core import own_words
from mes.core.access import EVERYONE, Actor
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.core.schema import upgrade
from mes.core.work import Work, act
from mes.people import hashing
from tests.databases import clean_postgresql, postgresql_database, session_folder, sqlite_database
from tests.needs import needs

pytest_plugins = ["tests.plugin"]
Result = TypeVar("Result")
#: Monday morning in Seoul.
MORNING = datetime(2026, 1, 5, 0, 30, tzinfo=UTC)
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
BOSS = Actor("김대표", EVERYONE, language="ko")


def migrate(url: str) -> None:
    """Bring an empty database to the newest tables, as a plant's would be."""
    database = Database(url)
    upgrade(database)
    database.close()


@pytest.fixture(scope="session", autouse=True)
def plant_hasher() -> Iterator[PasswordHasher]:
    """Passwords and PINs of the tests are kept cheaply; what a plant keeps them with takes its time."""
    real, hashing.hasher = hashing.hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield real
    hashing.hasher = real


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Database]:
    """This worker's database on the session's PostgreSQL server."""
    needs("postgresql")
    database = Database(postgresql_database(f"mes_{WORKER}", migrate))
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def sqlite() -> Iterator[Database]:
    """This worker's SQLite database: one engine for all tests, since it is slow to learn its statements anew."""
    database = Database(sqlite_database(session_folder() / f"mes_{WORKER}.db", migrate))
    yield database
    database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with all tables; every test gets it twice."""
    database: Database = request.getfixturevalue(request.param)
    if database.is_sqlite:
        with new_file(database):
            yield database
    else:
        own_words._kept.clear()  # of the plant that was here before, under the same engine
        yield database
        with database.engine.connect() as connection:
            clean_postgresql(connection)


@contextmanager
def new_file(database: Database) -> Iterator[Database]:
    """A new file with all tables under the engine of a worker's SQLite database."""
    own_words._kept.clear()  # of the plant that was here before
    sqlite_database(Path(str(database.engine.url.database)), migrate)
    yield database
    database.engine.dispose()


class Shop:
    """A plant to act in: ``do`` runs one business act, ``read`` looks, ``now`` is the clock on the wall."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = MORNING
        self.actor = BOSS

    def do(
        self, deed: Callable[[Work], Result], *, actor: Actor | None = None, key: str | None = None, late: bool = False
    ) -> Result:
        """One business act, committed as a whole (or refused)."""
        pair = (key, "same") if key else None
        return act(self.database, actor or self.actor, deed, source="desk", now=self.now, key=pair, late=late)

    def read(self) -> Session:
        """A reading session; close it, or use it as a context."""
        return self.database.read()

    def later(self, **time: float) -> None:
        """Let time pass: ``shop.later(minutes=5)``."""
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
def nobody_has_spoken() -> Iterator[None]:
    """Each test begins in English, whatever the request spoke that was answered before it."""
    with speaking("en", "Asia/Seoul"):
        yield


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    """A plant without anything in it."""
    with speaking("en", "Asia/Seoul"):
        yield Shop(database)


def compile_once(app: Flask) -> None:
    """Each template is compiled once in the session, whichever application shows it."""
    compiled = session_folder() / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))


@pytest.fixture(scope="session")
def session_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, made once; each test puts its own database under it."""
    from mes.web.app import create_app

    folder = tmp_path_factory.mktemp("app")
    app = create_app(Settings(data_dir=folder, secret_key="only for tests"), Database(f"sqlite:///{folder}/none.db"))
    compile_once(app)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.fixture
def app(session_app: Flask, shop: Shop) -> Flask:
    """The application over this test's plant and clock."""
    state = session_app.extensions["mes"]
    state.database, state.clock = shop.database, lambda: shop.now
    return session_app
