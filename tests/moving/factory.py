"""A plant that moves: a little of everything, and texts that would break a careless copy."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.files import store_file
from mes.core.i18n import say
from mes.core.work import Work
from mes.items.models import ItemKind
from mes.items.service import add_item
from mes.keeping.marks import Mark, find_mark
from mes.moving.doors import opened
from mes.moving.filling import Progress
from mes.moving.move import Move, Moved
from mes.moving.values import Proof, prove, shapes
from mes.people.plant import set_up_plant
from mes.web import check_database
from mes.web.tables import metadata
from tests.conftest import WORKER, Shop
from tests.databases import postgresql_database
from tests.factories import make_person
from tests.needs import needs

SHAPES = shapes(metadata)
NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
NAUGHTY = ["=1+2", 'a "quoted", name', "back\\slash \\N", "two\nlines\tand a tab", "한글 📦", " "]


class PulledOut(BaseException):
    """Somebody pulled the plug."""


def fill(shop: Shop) -> None:
    """Items with odd names, people, photos, counters."""

    def deed(work: Work) -> None:
        set_up_plant(work, name="이사공장")
        for nth, name in enumerate(NAUGHTY):
            add_item(work, code=f"I{nth}", name=name, unit="EA", kind=ItemKind.RAW)
        store_file(work, "photo.jpg", "image/jpeg", b"\xff\xd8\xff\\x\n\t" + bytes(range(256)))

    shop.do(deed)
    shop.do(lambda work: make_person(work))


def settings_of(database: Database, folder: Path) -> Settings:
    """The installation of a test's plant."""
    return Settings(data_dir=folder, database_url=address(database))


def address(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def empty_server(name: str) -> str:
    """An empty database on the session's server. Without one the test is skipped."""
    needs("postgresql")
    return postgresql_database(f"mes_{name}_{WORKER}")


def other_kind(database: Database, folder: Path, name: str) -> str:
    """An empty database of the other kind."""
    return empty_server(name) if database.is_sqlite else f"sqlite:///{folder / f'{name}.db'}"


def proofs(url: str) -> dict[str, Proof]:
    """Rows and hash of every table."""
    with opened(url, to_write=False) as side:
        return {shape.name: prove(shape, side.lines(shape)) for shape in SHAPES}


def structure(database: Database) -> list[str]:
    """What is wrong with a database around its rows."""
    with database.read() as read:
        return [say(message, values) for _rule, message, values in check_database.faults(read, [])]


def move(settings: Settings, target: str, *, pull_after: int | None = None) -> Moved:
    """Move the plant; somebody pulls the plug after so many messages."""
    seen = 0

    def tell(_progress: Progress) -> None:
        nonlocal seen
        seen += 1
        if pull_after is not None and seen > pull_after:
            raise PulledOut

    going = Move(settings, target, SHAPES, NOW)
    going.plan()
    return going.run(structure, tell)


def mark_of(url: str) -> Mark | None:
    """The mark that a database bears."""
    database = Database(url)
    try:
        with database.reads.connect() as connection:
            return find_mark(connection)
    finally:
        database.engine.dispose()


@contextlib.contextmanager
def reopened(url: str) -> Iterator[Database]:
    """A database for a moment."""
    database = Database(url)
    try:
        yield database
    finally:
        database.engine.dispose()
