"""Databases for benchmarks, gone afterwards, and fair timing."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mes.core.db import Database
from mes.core.schema import upgrade
from tests.databases import close_folder, open_folder, postgresql_database, postgresql_programs, session_folder

SYSTEMS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@contextmanager
def scratch() -> Iterator[None]:
    """A scratch folder, with a PostgreSQL server in it as soon as one is asked for."""
    folder = open_folder()
    try:
        yield
    finally:
        close_folder(folder)


def systems() -> list[str]:
    """The databases that this machine can measure."""
    return list(SYSTEMS) if postgresql_programs() else ["sqlite"]


@contextmanager
def empty_database(system: str, name: str) -> Iterator[Database]:
    """A fresh database with all tables."""
    url = f"sqlite:///{session_folder()}/{name}.db" if system == "sqlite" else postgresql_database(name)
    database = Database(url)
    upgrade(database)
    try:
        yield database
    finally:
        database.engine.dispose()


def best(rounds: int, *deeds: Callable[[], object]) -> list[float]:
    """The least seconds each deed took, in turns, so that a busy moment of the machine hits all alike."""
    least = [float("inf")] * len(deeds)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for position, deed in enumerate(deeds):
                began = time.perf_counter()
                deed()
                least[position] = min(least[position], time.perf_counter() - began)
    finally:
        gc.enable()
    return least
