"""Two computers serve one plant from one database, and a standby answers what reads much.

Each has a data folder of its own. What is entered at one is there at the other in the next request; a key that comes at
both is recorded once; one that dies leaves the other at work.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any

from tests.databases import ROOT
from tests.faults import Finding, found
from tests.faults.books import proved
from tests.faults.clusters import Server, pair, url_of
from tests.faults.crew import TABLETS, Act, busy, crew, noted
from tests.faults.plant import SERVE, Plant, plant

BOTH, SHORT_BOTH = 200, 20
ACTS, SHORT_ACTS = 600, 20


def run(short: bool) -> Iterator[Finding]:
    """All of it on one pair of servers."""
    tablets = 4 if short else TABLETS
    with pair(tablets) as (north, south, known), plant(tablets, url_of(north, south), known) as here:
        here.more = {"MES_READ_URL": url_of(south), "MES_READ_LAG": "2"}
        there = here.beside(here.folder / "there")
        here.start()
        yield from _other_key(there)
        there.start()
        try:
            half = len(here.jobs) // 2
            here.jobs, there.jobs = here.jobs[:half], here.jobs[half:]
            yield from _two_at_work(here, there, short=short)
            yield from _seen_at_both(here, there)
            yield from _one_key_at_both(here, there, SHORT_BOTH if short else BOTH)
            yield from _read_from_the_standby(here, south)
        finally:
            there.end()
        here.end()
        sent = [*noted(here.folder), *noted(there.folder), *_sent.values()]
        yield found("acts without any answer in the end", sum(act.status is None for act in sent), 0)
        yield from proved(here, sent)


#: What this experiment itself has sent, by its key.
_sent: dict[str, Act] = {}


def _two_at_work(here: Plant, there: Plant, *, short: bool) -> Iterator[Finding]:
    """Half of the tablets at each; one computer dies and comes back."""
    rest = 0.3 if short else 0
    with crew(here, rest), crew(there, rest):
        busy(here, SHORT_ACTS if short else ACTS)
        busy(there, SHORT_ACTS if short else ACTS)
        here.kill()
        busy(there, 30)
        here.start()
        busy(here, 30)
    yield Finding(
        "acts at the two computers", f"{len(noted(here.folder))}, {len(noted(there.folder))}", "some", ok=True
    )


def _other_key(there: Plant) -> Iterator[Finding]:
    """A second computer whose sign-ins would be none at the first."""
    end = time.monotonic() + 60
    while (refused := _serve(there, {"MES_SECRET_KEY": "a key of its own"})).returncode != 1:
        assert time.monotonic() < end, "it was not refused"
    yield found("another key: refused in a sentence", (refused.returncode, "secret key" in refused.stderr), (1, True))


def _serve(there: Plant, more: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(there.port)]
    env = {**there.settings, **more}
    try:
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=15)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 0, "", "")


def _seen_at_both(here: Plant, there: Plant) -> Iterator[Finding]:
    """What is recorded at one is shown at the other in the next request."""
    stale = 0
    _ask(here, "POST", f"/jobs/{here.jobs[0]}/start", {}, "if-it-was-paused")
    for n in range(20):
        one, other = (here, there) if n % 2 else (there, here)
        before = Decimal(_ask(other, "GET", f"/jobs/{here.jobs[0]}")[1]["good"])
        status, _said = _write(one, here.jobs[0], f"seen-at-both-{n}")
        after = Decimal(_ask(other, "GET", f"/jobs/{here.jobs[0]}")[1]["good"])
        stale += status != 201 or after != before + 1
    yield found("entered at one and not shown at the other", stale, 0)


def _one_key_at_both(here: Plant, there: Plant, times: int) -> Iterator[Finding]:
    """A tablet that gave one up sends the same to the other, at the same moment."""
    before = Decimal(_ask(here, "GET", f"/jobs/{here.jobs[0]}")[1]["good"])
    told: list[int] = []

    def send(one: Plant, n: int) -> int:
        return _write(one, here.jobs[0], f"one-key-at-both-{n}")[0]

    with ThreadPoolExecutor(2) as hands:
        for n in range(times):
            told += hands.map(send, (here, there), (n, n))
    after = Decimal(_ask(here, "GET", f"/jobs/{here.jobs[0]}")[1]["good"])
    yield found("one key at both: answers other than recorded", [one for one in told if one != 201], [])
    yield found("one key at both: recorded", int(after - before), times)


def _read_from_the_standby(here: Plant, south: Server) -> Iterator[Finding]:
    """Traces come from the standby while it is fresh; from the primary when it lags, or is gone."""
    trace = f"/trace/{here.lots[0]}?direction=down"
    # of the plant's own tables: whoever asks a server how much was read there reads its catalogue
    read = "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_user_tables WHERE relname IN ('lots', 'genealogy')"
    before = south.value(read) or 0
    fresh = [_ask(here, "GET", trace)[0] for _ in range(10)]
    # a server that has nothing to do tells what it read ten seconds later
    until(lambda: (south.value(read) or 0) > before, "nothing was read from the standby", 20)
    yield found("traces while the standby is fresh", fresh.count(200), 10)
    yield found("of them read from the standby", (south.value(read) or 0) > before, True)
    south.value("SELECT pg_wal_replay_pause()")
    made = _newest(_write(here, here.jobs[0], "while-the-standby-sleeps")[1])
    time.sleep(3)
    told = json.dumps(_ask(here, "GET", trace)[1])
    yield found("standby behind: the newest lot is in the trace", bool(made) and made in told, True)
    south.value("SELECT pg_wal_replay_resume()")
    south.kill()
    gone = [_ask(here, "GET", trace)[0] for _ in range(5)]
    yield found("standby gone: traces", gone.count(200), 5)


def _newest(said: Any) -> str:
    """The highest lot number that an answer names."""
    return max(re.findall(r"L\d{6}-[0-9A-Z]+", json.dumps(said)), default="")


def _write(one: Plant, job: str, key: str) -> tuple[int, Any]:
    body = {"good": "1", "consumed": [{"lot": lot, "quantity": "1"} for lot in one.lots]}
    path = f"/jobs/{job}/reports"
    status, said = _ask(one, "POST", path, body, key)
    _sent[key] = Act(key, "report", path, body, status, said, 1)
    return status, said


def _ask(one: Plant, method: str, path: str, body: object = None, key: str = "none-now") -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", one.port, timeout=60)
    headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "application/json", "Idempotency-Key": key}
    connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    return answer.status, said


def until(fits: Any, otherwise: str, seconds: float = 60) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < end, otherwise
