"""The answer is lost on its way after the act is in the books; the tablet asks again with the same key."""

from collections.abc import Iterator

from tests.browser.wire import wire_to
from tests.faults import Finding, found
from tests.faults.books import proved
from tests.faults.crew import busy, crew, noted
from tests.faults.plant import plant

LOST, SHORT_LOST = 1000, 30


def run(short: bool) -> Iterator[Finding]:
    """A wire that swallows every second answer."""
    wanted = SHORT_LOST if short else LOST
    with plant(4) as here:
        here.start()
        with wire_to(f"http://127.0.0.1:{here.port}") as wire:
            posts = iter(range(10**9))
            wire.lose = lambda head: head.startswith(b"POST") and next(posts) % 2 == 0
            real, here.port = here.port, int(wire.address.rpartition(":")[2])
            with crew(here):
                while wire.lost < wanted:
                    busy(here, 5)
                wire.lose = lambda head: False
            here.port = real
        here.end()
        acts = noted(here.folder)
        yield Finding("answers lost after the act", f"{wire.lost:,}", f">= {wanted:,}", wire.lost >= wanted)
        yield found("acts without any answer in the end", sum(act.status is None for act in acts), 0)
        yield from proved(here, acts)
