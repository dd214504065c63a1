"""The service manager stops the server under load: what is in flight is finished, and nothing is begun any more."""

from collections.abc import Iterator

from tests.faults import Finding, at_most, found
from tests.faults.books import proved
from tests.faults.crew import TABLETS, busy, crew, noted
from tests.faults.plant import plant

TIMES, SHORT_TIMES = 20, 1


def run(short: bool) -> Iterator[Finding]:
    """SIGTERM, and the tablets go on against the server that is started next."""
    took = []
    with plant(TABLETS if not short else 6) as here:
        here.start()
        with crew(here):
            for _ in range(SHORT_TIMES if short else TIMES):
                busy(here, 10)
                took.append(here.end())
                here.start()
        here.end()
        acts = noted(here.folder)
        yield at_most("stopped after at most", max(took), 10)
        yield found("acts that were left without an answer", sum(act.status is None for act in acts), 0)
        yield from proved(here, acts)
