"""How a command opens the plant: to look, or to do one business act. A database that is not fit refuses first."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import language, speaking
from mes.core.plant import plant
from mes.core.work import Reader, Work, act
from mes.keeping.installation import check_installed

#: So many letters are printed with one value a line, for people who look.
READABLE = 200_000

Result = TypeVar("Result")


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The plant's database."""
    check_installed(settings)
    database = Database(settings.database)
    try:
        yield database
    finally:
        database.engine.dispose()


@contextmanager
def reading(settings: Settings) -> Iterator[Reader]:
    """A snapshot to look at, with times in the plant's time zone."""
    with opened(settings) as database, database.read() as read, speaking(language(), plant(read).time_zone):
        yield read


def acting(settings: Settings, deed: Callable[[Work], Result]) -> Result:
    """One business act, in the name of the installation itself, on the plant's day."""
    with opened(settings) as database:
        with database.read() as read:
            zone = plant(read).time_zone
        with speaking(language(), zone):
            return act(database, SYSTEM, deed, source="cli")


def as_json(value: object) -> None:
    """Print for programs; what nobody reads through in one line, since indenting 100 000 points takes seconds."""
    text = json.dumps(value, ensure_ascii=False)
    click.echo(text if len(text) > READABLE else json.dumps(value, ensure_ascii=False, indent=1))
