"""Many write at once and none waits much longer than the others; what they do in opposite order comes to its end.

SQLite: eight writers, each act timed as its tablet would wait for it. PostgreSQL: writers take the same lots in
whatever order, hold them, split and merge them and take reports back, which is how deadlocks come about; the server
counts them, and nobody may be told of one.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from statistics import median

from sqlalchemy import text

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.work import Work
from mes.lots.models import Lot
from mes.lots.queries import open_holds
from mes.lots.service import adjust_lot, hold_lot, lift_hold, merge_lots, split_lot
from mes.orders.consuming import consume
from mes.quality.service import report_production, undo_report
from mes.web.check import check
from tests.benchmarks._scratch import systems
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.faults import Finding, found
from tests.faults.made import ground, with_tables

WRITERS = 8
ACTS, SHORT_ACTS = 300, 10
#: Against one another on PostgreSQL, where nobody waits in a queue.
HANDS, TANGLED, SHORT_TANGLED = 12, 100, 3
MOST_TIMES = 20
#: Acts of each of four hands that lock two lots in the other one's order, which no act of the program does.
PROVOKED, SHORT_PROVOKED = 15, 1


def run(short: bool) -> Iterator[Finding]:
    """The queue of SQLite, then the tangle on both databases."""
    with ground():
        yield from _queue(SHORT_ACTS if short else ACTS)
        for system in systems():
            yield from _tangle(system, SHORT_TANGLED if short else TANGLED)
        if "postgresql" in systems():
            yield from _provoked(SHORT_PROVOKED if short else PROVOKED)


def _queue(acts: int) -> Iterator[Finding]:
    with with_tables("sqlite", "fair") as database:
        workshop = Workshop(Shop(database))
        jobs = [workshop.running_job() for _ in range(WRITERS)]
        workshop.report(jobs[0])
        waits: list[list[float]] = [[] for _ in jobs]

        def write(number: int) -> None:
            for _ in range(acts):
                began = time.perf_counter()
                workshop.report(jobs[number])
                waits[number].append(time.perf_counter() - began)

        _at_once(WRITERS, write)
        every = sorted(wait for mine in waits for wait in mine)
        middle, worst = median(every), every[-1]
        yield found("sqlite: recorded", len(every), WRITERS * acts)
        yield Finding("sqlite: half are recorded within", f"{1000 * middle:.0f} ms", "", ok=True)
        yield Finding(
            "sqlite: the longest wait", f"{1000 * worst:.0f} ms ({worst / middle:.1f} x)", f"<= {MOST_TIMES} x",
            worst <= MOST_TIMES * middle, timed=True,
        )  # fmt: skip
        slow, quick = max(map(median, waits)), min(map(median, waits))
        yield Finding(
            "sqlite: the slowest writer against the quickest", f"{slow / quick:.2f} x", "<= 2 x", slow <= 2 * quick
        )


def _at_once(count: int, deed: Callable[[int], None]) -> None:
    start = threading.Barrier(count)

    def begin(number: int) -> None:
        start.wait()
        deed(number)

    hands = [threading.Thread(target=begin, args=(n,)) for n in range(count)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def _tangle(system: str, acts: int) -> Iterator[Finding]:
    with with_tables(system, "tangle") as database:
        workshop = Workshop(Shop(database))
        shop = workshop.shop
        jobs = [workshop.running_job().code for _ in range(3)]
        lots = [lot.code for lot in workshop.stock]
        ids = {lot.code: lot.id for lot in workshop.stock}
        told: Counter[str] = Counter()
        wrong: list[str] = []

        def write(number: int) -> None:
            dice = random.Random(number)
            for _ in range(acts):
                try:
                    _deed(dice, shop, dice.choice(jobs), lots, ids)
                    told["done"] += 1
                except Refused as refused:
                    told[refused.code] += 1
                except Exception as error:  # noqa: BLE001  whatever it is, somebody would have seen it
                    wrong.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")

        _at_once(HANDS, write)
        yield Finding(f"{system}: acts of {HANDS} at once", f"{told['done']:,} done", "some", told["done"] > 0)
        yield found(f"{system}: told that somebody else is at work", told["Busy"], 0)
        refused = ", ".join(f"{n} {code}" for code, n in told.most_common() if code != "done")
        yield Finding(f"{system}: told why not", refused or "nobody", "", ok=True)
        yield found(f"{system}: told of a fault", sorted(set(wrong)), [])
        if system == "postgresql":
            met = _deadlocks(database, at_least=0)
            yield Finding("postgresql: deadlocks that the server met", str(met), "", ok=True)
        yield found(f"{system}: rules of the books broken", [fault.sentence for fault in check(database).faults], [])


def _provoked(acts: int) -> Iterator[Finding]:
    with with_tables("postgresql", "provoked") as database:
        workshop = Workshop(Shop(database))
        shop, (first, second, _third) = workshop.shop, workshop.stock
        before = shop.do(lambda work: work.lock(Lot, first.id).on_hand)
        told: Counter[str] = Counter()

        def write(number: int) -> None:
            pair = (first.id, second.id) if number % 2 else (second.id, first.id)

            def take(work: Work) -> None:
                for ident in pair:
                    work.lock(Lot, ident).on_hand += 1
                    work.session.flush()
                    time.sleep(0.02)

            for _ in range(acts):
                try:
                    shop.do(take)
                    told["done"] += 1
                except Refused as refused:
                    told[refused.code] += 1

        _at_once(4, write)
        met = _deadlocks(database, at_least=1)
        yield Finding("postgresql: deadlocks that were provoked", str(met), "some", ok=True)
        yield found("postgresql: told of one", 4 * acts - told["done"], 0)
        after = shop.do(lambda work: work.lock(Lot, first.id).on_hand)
        yield found("postgresql: each of these acts is there once", after - before, Decimal(4 * acts))


def _deadlocks(database: Database, at_least: int) -> int:
    """Those that the server has ended; each of its processes tells of them a moment later, or when it goes."""
    database.engine.dispose()
    met, end = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", time.monotonic() + 1.5
    while True:
        with database.engine.connect() as connection:
            seen = int(connection.execute(text(met)).scalar() or 0)
        if seen >= at_least or time.monotonic() > end:
            return seen
        time.sleep(0.05)


def _free(work: Work, lot_id: int) -> None:
    for hold in open_holds(work.session, [lot_id]):
        lift_hold(work, hold.id, "괜찮음")


def _deed(dice: random.Random, shop: Shop, job: str, lots: list[str], ids: dict[str, int]) -> None:
    """One act on lots that others want as well, in an order of its own."""
    mine = dice.sample(lots, len(lots))
    what = dice.randrange(6)
    if what < 2:
        used = [(lot, Decimal(1)) for lot in mine]
        made = shop.do(lambda work: report_production(work, job, good=Decimal(1), consumed=used))
        if dice.random() < 0.5:
            shop.do(lambda work: undo_report(work, made.id, "잘못"))
    elif what == 2:
        shop.do(lambda work: consume(work, job, mine[0], Decimal(1)))
    elif what == 3 and dice.random() < 0.3:
        shop.do(lambda work: hold_lot(work, ids[mine[0]], "의심", also=mine[1:]))
        for lot in mine:
            shop.do(partial(_free, lot_id=ids[lot]))
    elif what == 4:
        parts = shop.do(lambda work: [split_lot(work, mine[0], Decimal(2)) for _ in range(2)])
        shop.do(lambda work: merge_lots(work, [one.code for one in dice.sample(parts, 2)]))
    else:
        shop.do(lambda work: adjust_lot(work, mine[0], Decimal(10**8), "실사"))
