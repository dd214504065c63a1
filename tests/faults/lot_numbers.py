"""Twenty at once make five hundred lots each: ten thousand numbers, none twice, and no gap that nobody can explain."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import select

from mes.core.db import Database
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from tests.benchmarks._scratch import systems
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.faults import Finding, found
from tests.faults.made import ground, with_tables

WORKERS, EACH, SHORT_EACH = 20, 500, 10


def run(short: bool) -> Iterator[Finding]:
    """On both databases."""
    each = SHORT_EACH if short else EACH
    with ground():
        for system in systems():
            with with_tables(system, "numbers") as database:
                workshop = Workshop(Shop(database))
                before = _numbers(database)
                faults = _all_at_once(workshop, each)
                made = [code for code in _numbers(database) if code not in set(before)]
                yield found(f"{system}: refusals and faults", faults, [])
                yield found(f"{system}: numbers given", len(made), WORKERS * each)
                running = sorted(int(code[8:-1]) for code in made)
                gaps = [n for n, following in pairwise(running) if following != n + 1]
                yield found(f"{system}: gaps in them", gaps, [])


def _numbers(database: Database) -> list[str]:
    with database.read() as read:
        return list(read.scalars(select(Lot.code).order_by(Lot.id)))


def _all_at_once(workshop: Workshop, each: int) -> list[str]:
    faults: list[str] = []

    def receive() -> None:
        for _ in range(each):
            try:
                workshop.shop.do(
                    lambda work: receive_lots(
                        work, item=workshop.parts[0], quantities=[Decimal(1)], location=workshop.floor
                    )
                )
            except Exception as error:  # noqa: BLE001  whatever it is, it is told
                faults.append(repr(error))

    hands = [threading.Thread(target=receive) for _ in range(WORKERS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return faults
