"""Production reports: how many a second, how much of that is the database's own time, and how fairly eight stations
wait for each other.
"""

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, event

from mes.core.db import Database
from mes.orders.models import Job
from mes.web.server import settle
from tests.benchmarks import Result
from tests.benchmarks._scratch import SYSTEMS, empty_database, scratch, systems
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop

CLIENTS = 8


def run(quick: bool) -> list[Result]:
    """Reports from one client and from eight."""
    rounds = 60 if quick else 300
    settle()  # as the server does
    results: list[Result] = []
    with scratch():
        for system in systems():
            with empty_database(system, "reports") as database:
                results += _measure(SYSTEMS[system], Workshop(Shop(database)), rounds)
    return results


def _measure(name: str, workshop: Workshop, rounds: int) -> Iterator[Result]:
    job = workshop.running_job()
    _timed(workshop, job, 10)  # the first ones build the statements
    alone = _timed(workshop, job, rounds)
    rate = rounds / sum(alone)
    yield Result(
        name=f"production report, one client, {name}",
        value=rate,
        unit="/s",
        ratio=None,
        limit=">= 150 /s",
        ok=rate >= 150,
    )
    own, bare = _against_the_driver(workshop, job, rounds // 3)
    yield Result(
        name=f"the same over its statements alone in the bare driver, {name}",
        value=bare * 1000,
        unit="ms",
        ratio=own / bare,
        limit="no limit",
        ok=True,
    )
    jobs = [workshop.running_job() for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        waits = [wait for one in clients.map(lambda job: _timed(workshop, job, rounds // 4), jobs) for wait in one]
    ratio = max(waits) / statistics.median(waits)
    yield Result(
        name=f"worst wait of {CLIENTS} clients over the median, no error, {name}",
        value=max(waits) * 1000,
        unit="ms",
        ratio=ratio,
        limit="<= 20x",
        ok=ratio <= 20,
    )


def _against_the_driver(workshop: Workshop, job: Job, rounds: int) -> tuple[float, float]:
    """The least seconds of a report, and those of a report's statements and its commit in the bare driver, in turns.

    The statements are those of a report that was made and not kept, so that they fit what is there.
    """
    own, bare = [], []
    for _ in range(rounds):
        own += _timed(workshop, job, 1)
        statements = _rehearsed(workshop, job)
        bare.append(_replayed(workshop.shop.database, statements))
    return min(own), min(bare)


def _rehearsed(workshop: Workshop, job: Job) -> list[tuple[str, Any]]:
    """The statements of a report with their values, or a list of several sets of them."""
    engine = workshop.shop.database.engine
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        seen.append((statement, values))

    def forget(connection: Connection) -> None:
        connection.connection.rollback()

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", forget)
    try:
        workshop.report(job)
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", forget)
    return seen


def _replayed(database: Database, statements: list[tuple[str, Any]]) -> float:
    connection = database.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        began = time.perf_counter()
        for statement, values in statements:
            cursor = driver.cursor()
            (cursor.executemany if isinstance(values, list) else cursor.execute)(statement, values)
            if cursor.description:
                cursor.fetchall()
        driver.commit()
        return time.perf_counter() - began
    finally:
        connection.close()


def _timed(workshop: Workshop, job: Job, rounds: int) -> list[float]:
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        workshop.report(job)
        seconds.append(time.perf_counter() - began)
    return seconds
