"""The log of events: what chaining and guarding it costs whoever writes, and how long proving it takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

from mes.core import events
from mes.core.access import SYSTEM
from mes.core.chain import Kind, walk
from mes.core.db import Database
from mes.core.work import Work, act
from mes.orders.models import Job
from mes.people.models import Person
from mes.web.server import settle
from tests.benchmarks import Result
from tests.benchmarks._scratch import SYSTEMS, empty_database, scratch, systems
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop

MANY = 100_000


def run(quick: bool) -> list[Result]:
    """Reports with and without the chain, and the proof of a long log."""
    settle()  # as the server does
    results: list[Result] = []
    with scratch():
        for system in systems():
            with empty_database(system, "events") as database:
                results += _chained(SYSTEMS[system], Workshop(Shop(database)), 100 if quick else 600)
            with empty_database(system, "proof") as database:
                results += _proved(SYSTEMS[system], database, MANY // 10 if quick else MANY)
    return results


def _chained(name: str, workshop: Workshop, rounds: int) -> Iterator[Result]:
    """The least and the middle time of a report with the chain and without, in turns."""
    job = workshop.running_job()
    for _ in range(20):
        workshop.report(job)
    chained, loose = list[float](), list[float]()
    for _ in range(rounds):
        chained.append(_timed(workshop, job))
        with _without_chain():
            loose.append(_timed(workshop, job))
    for what, place in (("least", 0), ("middle", rounds // 2)):
        with_it, without = sorted(chained)[place], sorted(loose)[place]
        yield Result(
            name=f"production report, its events chained, over the same unchained, {what} time, {name}",
            value=with_it * 1000,
            unit="ms",
            ratio=with_it / without,
            limit="<= 1.10x",
            ok=with_it / without <= 1.10,
        )


@contextmanager
def _without_chain() -> Iterator[None]:
    """Events are written as they are: nobody waits for the last one, nothing is hashed."""

    def plainly(session: Any, entries: Any) -> None:
        rows = [{**entry.__dict__, "previous": events.FIRST, "hash": events.FIRST} for entry in entries]
        session.connection().execute(events.APPEND, rows)

    with patch("mes.core.work.events.append", plainly):
        yield


def _timed(workshop: Workshop, job: Job) -> float:
    began = time.process_time_ns() if workshop.shop.database.is_sqlite else time.perf_counter_ns()
    workshop.report(job)
    ended = time.process_time_ns() if workshop.shop.database.is_sqlite else time.perf_counter_ns()
    return (ended - began) / 1e9


def _proved(name: str, database: Database, many: int) -> Iterator[Result]:
    """One row among many is changed, one removed, two are swapped: each is named."""
    _fill(database, many)
    for what, kind, statement in (
        ("whole", None, ""),
        ("changed", Kind.CHANGED, "UPDATE events SET actor = 'Mallory' WHERE id = {one}"),
        ("removed", Kind.REMOVED, "DELETE FROM events WHERE id = {one}"),
        (
            "swapped",
            Kind.SWAPPED,
            """UPDATE events SET id = -{one} - {other} + id WHERE id IN ({one}, {other});
            UPDATE events SET id = -id WHERE id < 0""",
        ),
    ):
        seconds, found = _forged(database, statement.format(one=many // 3, other=many // 2))
        right = (found[0].kind if found else None) is kind and len(found) == (kind is not None)
        yield Result(
            name=f"proving {many} events, {what}, {name}",
            value=seconds,
            unit="s",
            ratio=None,
            limit="<= 10 s, and the row is named",
            ok=right and seconds <= 10,
        )


def _fill(database: Database, many: int) -> None:
    began = datetime(2026, 1, 5, tzinfo=UTC)
    said = '{"good":"98.5","job_id":17,"lot":"L260105-0001K","note":"한글 메모"}'

    def deed(work: Work) -> None:
        person = Person(id=1, code="P1", name="김미숙")
        work.session.connection()
        for number in range(2000):
            work.now = began + timedelta(seconds=number)
            work.record("orders.report", person, before={"said": said}, after={"said": said, "number": number})

    for _ in range(many // 2000):
        act(database, SYSTEM, deed, source="cli")


def _forged(database: Database, statements: str) -> tuple[float, list[Any]]:
    """How long it takes to prove the log after what somebody did with the guards asleep; then all is undone."""
    from sqlalchemy.orm import Session

    with database.engine.connect() as connection:
        if database.is_sqlite:
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in filter(None, statements.split(";")):
            connection.execute(text(statement))
        session = Session(connection)
        began = time.perf_counter()
        found = walk(session).breaks
        seconds = time.perf_counter() - began
        connection.rollback()
    return seconds, found
