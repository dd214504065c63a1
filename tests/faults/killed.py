"""The server is killed under load, again and again; the tablets resend what was not acknowledged."""

import random
import time
from collections.abc import Iterator

from tests.faults import Finding, at_most, found
from tests.faults.books import proved
from tests.faults.crew import TABLETS, busy, crew, noted
from tests.faults.plant import plant

KILLS, SHORT_KILLS = 200, 2


def run(short: bool) -> Iterator[Finding]:
    """SIGKILL at a moment nobody chose, then as a plant would: it is started again."""
    dice, waits = random.Random(20260105), []
    with plant(TABLETS if not short else 6) as here:
        here.start()
        with crew(here):
            for _ in range(SHORT_KILLS if short else KILLS):
                busy(here, 10)
                time.sleep(dice.random() * 0.2)
                here.kill()
                waits.append(here.start())
        here.end()
        acts = noted(here.folder)
        yield found("times killed under load", len(waits), SHORT_KILLS if short else KILLS)
        yield at_most("answering again after at most", max(waits), 5)
        yield Finding("acts of the tablets", f"{len(acts):,}", "some", len(acts) > len(waits))
        resent = sum(act.tries > 1 for act in acts)
        yield Finding("of them sent more than once", f"{resent:,}", "some", resent > 0)
        yield from proved(here, acts)
