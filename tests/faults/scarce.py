"""Twenty tablets take from the last ten of a lot, again and again: ten get one, ten are told that there is none."""

import threading
from collections.abc import Iterator
from decimal import Decimal

from mes.core.errors import Refused
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.orders.consuming import consume
from tests.benchmarks._scratch import systems
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.faults import Finding, found
from tests.faults.made import ground, with_tables

ROUNDS, SHORT_ROUNDS = 1000, 10
TABLETS, LEFT = 20, 10


def run(short: bool) -> Iterator[Finding]:
    """On both databases, with twenty threads at one moment."""
    with ground():
        for system in systems():
            with with_tables(system, "scarce") as database:
                yield from _rounds(system, Workshop(Shop(database)), SHORT_ROUNDS if short else ROUNDS)


def _rounds(system: str, workshop: Workshop, rounds: int) -> Iterator[Finding]:
    shop, jobs = workshop.shop, [workshop.running_job().code for _ in range(TABLETS)]
    used = refused = 0
    other: list[str] = []
    for _round in range(rounds):
        [lot] = shop.do(
            lambda work: receive_lots(work, item=workshop.parts[0], quantities=[Decimal(LEFT)], location=workshop.floor)
        )
        told = _at_once(shop, jobs, lot.code)
        used += told.count("")
        refused += sum(word in ("NotEnough", "LotEmpty") for word in told)
        other += [word for word in told if word not in ("", "NotEnough", "LotEmpty")]
        with shop.read() as read:
            if read.get_one(Lot, lot.id).on_hand != 0:
                other.append("something is left, or less than nothing")
    yield found(f"{system}: pieces used", used, LEFT * rounds)
    yield found(f"{system}: clear refusals", refused, (TABLETS - LEFT) * rounds)
    yield found(f"{system}: anything else", sorted(set(other)), [])


def _at_once(shop: Shop, jobs: list[str], lot: str) -> list[str]:
    """What each tablet was told: nothing, or the refusal's code."""
    told = [""] * len(jobs)
    start = threading.Barrier(len(jobs))

    def take(n: int) -> None:
        start.wait()
        try:
            shop.do(lambda work: consume(work, jobs[n], lot, Decimal(1)))
        except Refused as refusal:
            told[n] = type(refusal).__name__

    hands = [threading.Thread(target=take, args=(n,)) for n in range(len(jobs))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return told
