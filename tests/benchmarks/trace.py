"""Tracing among a million edges, and opening one lot among a million.

The limit of a trace is what the bare driver needs for the same statements on the same database in the same run.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

from mes.core.access import EVERYONE, Actor
from mes.core.config import Settings
from mes.core.db import Database
from mes.trace.queries import ENDS, ITEMS, LOTS, WALK, Direction, statement, trace
from mes.web.app import create_app
from tests.benchmarks import Result
from tests.benchmarks._large_plant import TRACED, code, fill
from tests.benchmarks._scratch import SYSTEMS, best, empty_database, scratch, systems
from tests.databases import session_folder

REACH = {1_000: 1.5, 10_000: 1.3}
PAGE_REACH = 1.3


def run(quick: bool) -> list[Result]:
    """A tenth of the size when quick."""
    size = 100_000 if quick else 1_000_000
    results: list[Result] = []
    with scratch():
        for system in systems():
            with empty_database(system, "large") as large, empty_database(system, "small") as small:
                roots = fill(large, size, size)
                fill(small, 1_000, 1_000)
                results += _traces(system, large, roots, size)
                results.append(_page(system, large, small, size))
    return results


def _traces(system: str, database: Database, roots: list[int], edges: int) -> Iterator[Result]:
    with database.read() as session, _driver(database) as bare:
        for lots, root in zip(TRACED, roots, strict=True):
            found = trace(session, [root], Direction.DOWN)
            assert len(found.lots) == lots
            words = partial(statement, session)
            same = [
                (words(WALK, **ENDS[Direction.DOWN]), [root]),
                (words(LOTS), sorted(found.lots)),
                (words(ITEMS), sorted(found.items)),
            ]
            ours, raw, walk = best(
                15,
                lambda root=root: trace(session, [root], Direction.DOWN),  # type: ignore[misc]
                lambda same=same: [bare(sql, ids) for sql, ids in same],  # type: ignore[misc]
                lambda same=same: bare(*same[0]),  # type: ignore[misc]
            )
            what = f"trace of {lots:,} lots among {edges:,} edges, {SYSTEMS[system]}"
            yield Result(
                name=what, value=ours * 1000, unit="ms", ratio=ours / raw, limit=f"<= {REACH[lots]}x",
                ok=ours <= REACH[lots] * raw,
            )  # fmt: skip
            yield Result(
                name=f"  its edges alone, in the driver, {SYSTEMS[system]}", value=walk * 1000, unit="ms", ratio=None,
                limit="", ok=True,
            )  # fmt: skip


@contextmanager
def _driver(database: Database) -> Iterator[Callable[[str, Sequence[int]], list[Any]]]:
    """The database's driver by itself."""
    if database.is_sqlite:
        with closing(sqlite3.connect(database.engine.url.database or "")) as file:
            file.execute("PRAGMA cache_size = -16000")
            yield lambda sql, ids: file.execute(sql, (json.dumps(ids),)).fetchall()
        return
    import psycopg

    address = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as server:
        yield lambda sql, ids: server.execute(sql.encode(), (list(ids),)).fetchall()


def _page(system: str, large: Database, small: Database, lots: int) -> Result:
    """The page of a lot by its code, as the browser gets it."""
    among_many, among_few = _visitor(large), _visitor(small)
    slow, fast = best(30, lambda: among_many(code(lots // 2)), lambda: among_few(code(500)))
    return Result(
        name=f"lot page by code, {lots:,} lots against 1,000, {SYSTEMS[system]}", value=slow * 1000, unit="ms",
        ratio=slow / fast, limit=f"<= {PAGE_REACH}x", ok=slow <= PAGE_REACH * fast,
    )  # fmt: skip


def _visitor(database: Database) -> Callable[[str], None]:
    app = create_app(Settings(data_dir=session_folder(), secret_key="only for measuring"), database)
    app.extensions["mes"].identify = lambda _read: Actor("측정", EVERYONE)
    client = app.test_client()

    def visit(lot: str) -> None:
        answer = client.get(f"/lots/{lot}")
        assert answer.status_code == 200, answer.status

    return visit
