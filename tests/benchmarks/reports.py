"""Production reports: how many a second, and how fairly eight stations wait for each other."""

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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


def _timed(workshop: Workshop, job: Job, rounds: int) -> list[float]:
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        workshop.report(job)
        seconds.append(time.perf_counter() - began)
    return seconds
