"""A full recall of ten thousand lots: everything found, noted and held, and the mass balance, in one transaction."""

import time
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy import insert, update

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.plans import optimize
from mes.core.work import Work, act, utc_now
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.lots.queries import get_lot
from mes.recall import queries, service
from mes.trace.beginnings import Choice, How
from mes.trace.queries import Direction, trace
from mes.web.generating.service import TRACED, generate
from tests.benchmarks import Result
from tests.benchmarks._scratch import SYSTEMS, empty_database, scratch, systems

LIMIT = 5.0
#: So many of the lots are parts of the suspect itself: they make the balance more than one line.
PARTS = 500


def run(quick: bool) -> list[Result]:
    """A tenth of the plant when quick; the recall is of ten thousand lots all the same."""
    size = 100_000 if quick else 1_000_000
    results = []
    with scratch():
        for system in systems():
            with empty_database(system, "recall") as database:
                code = generate(database, size).roots[max(TRACED)]
                with database.read() as read:
                    root = get_lot(read, code).id
                _write_parts(database, root)
                results += [_measure(system, database, code, drill) for drill in (False, True)]
    return results


def _write_parts(database: Database, root: int) -> None:
    """Parts of the suspect itself, and what it had more for them: they make the balance more than one line."""
    with database.read() as session:
        found = trace(session, [root], Direction.DOWN)
    assert len(found.lots) == max(TRACED)
    parts = [lot for lot in sorted(found.lots) if lot != root][:PARTS]
    split = {"parent_id": root, "kind": EdgeKind.SPLIT, "quantity": Decimal(1), "at": utc_now()}
    with database.engine.begin() as connection:
        connection.execute(insert(Edge), [{"child_id": lot, "undone": False, **split} for lot in parts])
        connection.execute(insert(Movement), list(_lines(root, parts)))
        connection.execute(update(Lot).where(Lot.id.in_(parts)).values(on_hand=Lot.on_hand + Decimal(1)))
    optimize(database)


def _lines(root: int, parts: Sequence[int]) -> Iterator[dict[str, object]]:
    yield _line(root, MovementKind.RECEIVE, Decimal(len(parts)))
    for lot in parts:
        yield _line(root, MovementKind.SPLIT, Decimal(-1))
        yield _line(lot, MovementKind.SPLIT, Decimal(1))


def _line(lot: int, kind: MovementKind, quantity: Decimal) -> dict[str, object]:
    return {"lot_id": lot, "kind": kind, "quantity": quantity, "at": utc_now()}


def _measure(system: str, database: Database, suspect: str, drill: bool) -> Result:
    def deed(work: Work) -> queries.Whole:
        choice = Choice(How.CODES, suspect)
        begun = service.begin_recall(work, choice, title="Recall", reason="Measured", drill=drill)
        return queries.whole(work.session, begun.code)

    began = time.perf_counter()
    whole = act(database, SYSTEM, deed, source="cli")
    took = time.perf_counter() - began
    assert whole.counts.lots == max(TRACED)
    assert whole.counts.held == (0 if drill else max(TRACED))
    assert whole.figures.items[0].figures["unexplained"] == 0
    what = "drill" if drill else "recall"
    return Result(
        name=f"{what} of {max(TRACED):,} lots with holds and balance, {SYSTEMS[system]}", value=took * 1000, unit="ms",
        ratio=None, limit=f"<= {LIMIT:g} s", ok=took <= LIMIT,
    )  # fmt: skip
