"""Tracing among a million edges, opening one lot among many, and what genealogy costs a report.

The limit of a trace is what the bare driver needs for the same statements on the same database in the same run; the
limit of growth is the same trace in a plant of ten thousand edges. A plant that was generated before (``mes generate``)
is measured instead of a fresh one where LARGE_PLANT names its database: ten million edges take their time.
"""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, select

from mes.core.access import EVERYONE, Actor
from mes.core.config import Settings
from mes.core.db import Database
from mes.items.models import Item
from mes.lots.models import Edge, Lot
from mes.orders import genealogy, reporting
from mes.trace.queries import ENDS, ITEMS, LOTS, WALK, Direction, statement, trace
from mes.web.app import create_app
from mes.web.generating.service import TRACED, generate
from tests.benchmarks import Result
from tests.benchmarks._scratch import SYSTEMS, best, empty_database, scratch, systems
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.databases import session_folder

REACH = {1_000: 1.5, 10_000: 1.3}
PAGE_REACH = 1.3
GROWTH, FEW = 1.2, 10_000
SHARE = 0.10
REPORTS = 60


def run(quick: bool) -> list[Result]:
    """A tenth of the size when quick."""
    size = 100_000 if quick else 1_000_000
    results: list[Result] = []
    with scratch():
        for system in systems():
            with _large(system, size) as large, empty_database(system, "small") as small:
                generate(small, FEW)
                edges = _edges(large)
                results += _traces(system, large, edges)
                results.append(_growth(system, large, small, edges))
                results.append(_page(system, large, small))
            with empty_database(system, "reports") as database:
                results.append(_share_of_a_report(system, Shop(database)))
    return results


@contextmanager
def _large(system: str, size: int) -> Iterator[Database]:
    """A large plant: the one that is named, where it is of this system, or a fresh one."""
    known = os.environ.get("LARGE_PLANT", "")
    if known.startswith(system):
        with nullcontext(Database(known)) as database:
            yield database
            database.engine.dispose()
        return
    with empty_database(system, "large") as database:
        generate(database, size)
        yield database


def _edges(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(Edge.id))) or 0


def _root(database: Database, lots: int) -> int:
    """The first lot of the family of so many: of the main materials it is one of the two most used."""
    with database.read() as session:
        used = select(Edge.parent_id).join(Lot, Lot.id == Edge.parent_id).join(Item, Item.id == Lot.item_id)
        used = used.where(Item.code.like(f"G__-{0:02}")).group_by(Edge.parent_id).order_by(func.count().desc())
        found = session.scalars(used.limit(len(TRACED)))
        return {len(trace(session, [lot], Direction.DOWN).lots): lot for lot in found}[lots]


def _traces(system: str, database: Database, edges: int) -> Iterator[Result]:
    with database.read() as session, _driver(database) as bare:
        for lots in TRACED:
            root = _root(database, lots)
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


def _growth(system: str, large: Database, small: Database, edges: int) -> Result:
    """The same answer out of very many edges and out of few."""
    lots = min(TRACED)
    of_large, of_small = _root(large, lots), _root(small, lots)
    with large.read() as among_many, small.read() as among_few:
        slow, fast = best(
            30,
            lambda: trace(among_many, [of_large], Direction.DOWN),
            lambda: trace(among_few, [of_small], Direction.DOWN),
        )
    return Result(
        name=f"growth: {lots:,} lots among {edges:,} edges against {FEW:,}, {SYSTEMS[system]}", value=slow * 1000,
        unit="ms", ratio=slow / fast, limit=f"<= {GROWTH}x", ok=slow <= GROWTH * fast,
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


def _page(system: str, large: Database, small: Database) -> Result:
    """The page of a lot by its code, as the browser gets it."""
    among_many, among_few = _visitor(large), _visitor(small)
    (many, there), (few, here) = _middle(large), _middle(small)
    slow, fast = best(30, lambda: among_many(there), lambda: among_few(here))
    return Result(
        name=f"lot page by code, {many:,} lots against {few:,}, {SYSTEMS[system]}", value=slow * 1000, unit="ms",
        ratio=slow / fast, limit=f"<= {PAGE_REACH}x", ok=slow <= PAGE_REACH * fast,
    )  # fmt: skip


def _middle(database: Database) -> tuple[int, str]:
    """How many lots there are, and the code of a bought one amid them, whose page is like that of any other."""
    with database.read() as session:
        many = session.scalar(select(func.max(Lot.id))) or 0
        bought = select(Lot.code).where(Lot.id > many // 2, Lot.receipt_id.is_not(None)).order_by(Lot.id)
        return many, session.scalars(bought.limit(1)).one()


def _visitor(database: Database) -> Callable[[str], None]:
    app = create_app(Settings(data_dir=session_folder(), secret_key="only for measuring"), database)
    app.extensions["mes"].identify = lambda _read: Actor("측정", EVERYONE)
    client = app.test_client()

    def visit(lot: str) -> None:
        answer = client.get(f"/lots/{lot}")
        assert answer.status_code == 200, answer.status

    return visit


def _share_of_a_report(system: str, shop: Shop) -> Result:
    """How much of a report's time goes into linking what was consumed with what was made."""
    workshop = Workshop(shop)
    job, spent = workshop.running_job(), [0.0]
    draw = genealogy.draw

    def watched(*words: Any) -> None:
        began = time.perf_counter()
        draw(*words)
        spent[0] += time.perf_counter() - began

    workshop.report(job)
    with patch.object(reporting, "draw", watched):
        began = time.perf_counter()
        for _ in range(REPORTS):
            workshop.report(job)
        took = time.perf_counter() - began
    share = spent[0] / took
    return Result(
        name=f"genealogy in a report of three materials, {SYSTEMS[system]}", value=share * 100, unit="% of its time",
        ratio=None, limit=f"<= {SHARE * 100:g} %", ok=share <= SHARE,
    )  # fmt: skip
