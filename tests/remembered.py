"""Plants that many tests begin with are built once by each worker, through the services, and then remembered.

A plant is what a builder makes of an empty database: its rows, the objects that the builder gives back, and the
time on the wall. The next test that asks for the same gets copies of all three, in a few milliseconds.
"""

import io
import os
import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, inspect, text

from mes.core.db import Database
from tests.databases import is_fresh, replace_file, session_folder

if TYPE_CHECKING:
    from tests.conftest import Shop

Plant = TypeVar("Plant")
Words = ParamSpec("Words")


@dataclass(frozen=True)
class Memory:
    """What is kept of a plant."""

    #: Puts the rows into an empty database.
    fill: Callable[[Database], None]
    #: The builder's result, pickled.
    plant: bytes
    #: The time after building it.
    now: datetime


_memories: dict[tuple[object, ...], Memory] = {}


def remembered(
    build: Callable[Concatenate["Shop", Words], Plant],
) -> Callable[Concatenate["Shop", Words], Plant]:
    """A builder whose plant is remembered. On a database that is no longer empty it builds as usual."""

    @wraps(build)
    def get(shop: "Shop", /, *args: Words.args, **kwargs: Words.kwargs) -> Plant:
        asked = (build.__module__, build.__qualname__, args, tuple(sorted(kwargs.items())))
        return recall(shop, asked, lambda: build(shop, *args, **kwargs))

    return get


def recall(shop: "Shop", asked: tuple[object, ...], build: Callable[[], Plant]) -> Plant:
    """The plant that was asked for: from memory, else built and kept there."""
    if not _is_empty(shop.database):
        return build()
    where = "a file" if shop.database.is_sqlite else shop.database.url  # one file is as good as another
    key = (*asked, where, shop.now)
    memory = _memories.get(key)
    if memory is None:
        plant = build()
        _memories[key] = Memory(_keep(shop.database, len(_memories)), _pickled(plant, shop), shop.now)
        return plant
    memory.fill(shop.database)
    shop.now = memory.now
    return cast("Plant", _unpickled(memory.plant, shop))


def _is_empty(database: Database) -> bool:
    """Every act leaves an event; a file that nobody opened need not be asked."""
    if database.is_sqlite and is_fresh(_file(database)):
        return True
    with database.read() as read:
        return not read.scalar(text("SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1) AS first"))


# Objects: the shop itself is the test's own.


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shop: "Shop") -> None:
        super().__init__(file)
        self.shop = shop

    def persistent_id(self, thing: object) -> str | None:
        return "shop" if thing is self.shop else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shop: "Shop") -> None:
        super().__init__(file)
        self.shop = shop

    def persistent_load(self, _name: str) -> "Shop":
        return self.shop


def _pickled(plant: object, shop: "Shop") -> bytes:
    file = io.BytesIO()
    _Pickler(file, shop).dump(plant)
    return file.getvalue()


def _unpickled(plant: bytes, shop: "Shop") -> object:
    return _Unpickler(io.BytesIO(plant), shop).load()


# Rows


def _keep(database: Database, number: int) -> Callable[[Database], None]:
    return _keep_sqlite(database, number) if database.is_sqlite else _keep_postgresql(database, number)


def _keep_sqlite(database: Database, number: int) -> Callable[[Database], None]:
    copy = session_folder() / f"kept-{os.getpid()}-{number}.db"
    with closing(sqlite3.connect(_file(database))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

    def fill(database: Database) -> None:
        database.engine.dispose()
        replace_file(_file(database), copy)

    return fill


def _file(database: Database) -> Path:
    return Path(str(database.engine.url.database))


def _keep_postgresql(database: Database, number: int) -> Callable[[Database], None]:
    """The rows wait in a schema beside; numbers given out go on behind the highest one that comes back."""
    beside = f"kept_{number}"
    with database.engine.begin() as connection:
        tables = [name for name in inspect(connection).get_table_names() if _has_rows(connection, name)]
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {beside} CASCADE")
        connection.exec_driver_sql(f"CREATE SCHEMA {beside}")
        for name in tables:
            connection.exec_driver_sql(f"CREATE TABLE {beside}.{name} AS TABLE public.{name}")
        numbered = {name for name in tables if _highest(connection, name) is not None}
        copied = "".join(f"INSERT INTO public.{name} SELECT * FROM {beside}.{name};" for name in tables)
        counted = "".join(
            f"PERFORM setval('{name}_id_seq', greatest(nextval('{name}_id_seq'), {_highest(connection, name)}));"
            for name in numbered
        )

    def fill(database: Database) -> None:
        with database.engine.begin() as connection:
            connection.exec_driver_sql(
                f"DO $$ BEGIN SET LOCAL session_replication_role = replica; {copied}{counted} END $$"
            )

    return fill


def _has_rows(connection: Connection, table: str) -> bool:
    if table == "alembic_version":
        return False
    return bool(connection.exec_driver_sql(f"SELECT EXISTS (SELECT 1 FROM {table})").scalar())


def _highest(connection: Connection, table: str) -> int | None:
    """The highest id, where ids are given out by the database."""
    if not connection.exec_driver_sql(f"SELECT to_regclass('{table}_id_seq') IS NOT NULL").scalar():
        return None
    return int(connection.exec_driver_sql(f"SELECT max(id) FROM {table}").scalar_one())
