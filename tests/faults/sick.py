"""The disk is full, the folder may not be written, the database is held by somebody else: a sentence for each, reading
goes on, and when the cause is gone the program goes on without a restart."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.faults import Finding, found
from tests.faults.flushed import watched
from tests.faults.plant import Plant, plant

HELD, SHORT_HELD = 30, 3
#: What the kernel says to each write of the database: no space, a disk that became read-only, a broken one.
ERRORS = {"disk full": "ENOSPC", "disk became read-only": "EROFS", "disk broken": "EIO"}


def run(short: bool) -> Iterator[Finding]:
    """Each sickness in turn on one running program."""
    with plant(1) as here:
        here.start()
        tries = iter(range(1000))
        yield found("healthy: recorded", record(here, tries)[0], 201)
        for name, error in ERRORS.items():
            how = ("-o", "/dev/null", "-e", "trace=pwrite64", "-e", f"inject=pwrite64:error={error}")
            with watched(here, *how):
                yield from _told(name, here, tries)
            yield found(f"{name}: healed without a restart", record(here, tries)[0], 201)
        with sqlite3.connect(here.folder / "mes.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + (SHORT_HELD if short else HELD)
            yield from _told("held by another program", here, tries)
            time.sleep(max(0.0, until - time.monotonic()))
            other.execute("ROLLBACK")
        yield found("held by another program: healed", record(here, tries)[0], 201)
        with away(here.folder / "mes.db"):
            yield from _told("database file moved away", here, tries)
        yield found("database file moved away: healed", record(here, tries)[0], 201)
        here.end()


@contextmanager
def away(file: Path) -> Iterator[None]:
    """Somebody moves it, and puts it back."""
    aside = file.rename(file.with_name("aside"))
    try:
        yield
    finally:
        aside.rename(file)


def _told(name: str, here: Plant, tries: Iterator[int]) -> Iterator[Finding]:
    status, said = record(here, tries)
    yield found(f"{name}: refused", status, 503)
    words = f"{said.get('message', '')} {said.get('hint', '')}"
    yield Finding(f"{name}: the sentence", words, "a sentence", len(words) > 20 and "Error" not in words)
    yield found(f"{name}: reading goes on", _ask(here, "GET", f"/api/v1/jobs/{here.jobs[0]}")[0], 200)


def record(here: Plant, tries: Iterator[int]) -> tuple[int, dict[str, object]]:
    """Take one piece at the first job, each time with a key of its own; what was answered."""
    taking = {"lot": here.lots[0], "quantity": "1"}
    return _ask(here, "POST", f"/api/v1/jobs/{here.jobs[0]}/consume", taking, f"sickness-{next(tries):04}")


def _ask(here: Plant, method: str, path: str, body: object = None, key: str = "") -> tuple[int, dict[str, object]]:
    connection = HTTPConnection("127.0.0.1", here.port, timeout=60)
    headers = {"Authorization": f"Bearer {here.token}", "Content-Type": "application/json"}
    connection.request(
        method, path, json.dumps(body) if body else None, {**headers, "Idempotency-Key": key or "none-now"}
    )
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    return answer.status, said
