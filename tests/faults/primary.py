"""The database server dies under load and its standby takes over: two real servers of PostgreSQL, and one plant.

Then what follows in a plant's life: the old server comes back as if nothing had happened, is made a standby, and is
switched off one day.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException

from tests.databases import ROOT
from tests.faults import Finding, at_most, found
from tests.faults.books import proved
from tests.faults.clusters import Server, pair, url_of
from tests.faults.crew import TABLETS, busy, crew, noted, told_to_wait, underway
from tests.faults.plant import SERVE, Plant, plant

TIMES, SHORT_TIMES = 10, 1
FOLLOWS = "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'"
NOBODY_WAITS = "SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
WRITTEN = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM one_time_keys)"


def run(short: bool) -> Iterator[Finding]:
    """Each time the one that serves is killed, the other one takes over, and the killed one follows it afterwards."""
    dice, waits = random.Random(20260105), []
    tablets = 6 if short else TABLETS
    with pair(tablets) as (north, south, known), plant(tablets, url_of(north, south), known) as here:
        serving, following = north, south
        here.start()
        pids = here.pids()
        with crew(here, rest=0.4 if short else 0):
            for turn in range(SHORT_TIMES if short else TIMES):
                busy(here, 30)
                time.sleep(dice.random() * 0.3)
                underway(here)
                serving.kill()
                if turn == 0:  # once slower than the program waits for it, the other times as fast as it goes
                    told_to_wait(here)
                following.promote()
                began = time.monotonic()
                busy_writing(here, began)
                waits.append(time.monotonic() - began)
                busy(here, 30)
                serving, following = following, serving
                yield from _old_one_back(here, following)
                following.follow(serving)
                serving.need(following.name)
                serving.until(FOLLOWS)
            yield from _standby_gone(here, following)
            yield from _promoted_beside(here, serving, following)
        serving, following = following, serving
        yield found("the program was started again", here.pids() != pids, False)
        yield found("takeovers under load", len(waits), SHORT_TIMES if short else TIMES)
        yield at_most("writing again after a takeover, at most", max(waits), 30)
        yield from _only_the_old_one(here, serving, following)
        acts = noted(here.folder)
        resent = sum(act.tries > 1 for act in acts)
        yield Finding("acts of the tablets", f"{len(acts):,}", "some", len(acts) > len(waits))
        yield Finding("of them sent more than once", f"{resent:,}", "some", resent > 0)
        yield found("acts without any answer in the end", sum(act.status is None for act in acts), 0)
        yield from proved(here, acts)


def _old_one_back(here: Plant, old: Server) -> Iterator[Finding]:
    """It was never told that it was succeeded, and accepts whatever anybody writes."""
    old.start()
    before = old.value(WRITTEN)
    told = until_told(here, lambda said: "old" in said["servers"].values())
    busy(here, 20)
    yield found("old server back: it is told", "another one has taken over" in " ".join(told["troubles"]), True)
    yield found("old server back: rows written there", old.value(WRITTEN) - before, 0)
    old.kill()


def _standby_gone(here: Plant, standby: Server) -> Iterator[Finding]:
    """Nobody confirms any more: the line goes on, and people are told until somebody confirms again."""
    standby.kill()
    began = time.monotonic()
    busy_writing(here, began)
    busy(here, 20)
    yield at_most("standby gone: writing again after", time.monotonic() - began, 15)
    told = until_told(here, lambda said: said["alone"])
    words = " ".join(told["troubles"])
    yield found("standby gone: it is told", "confirms what is recorded" in words and "is not there" in words, True)
    doctor = _mes(here, "doctor")
    yield found("standby gone: mes doctor tells it", "is not there" in doctor.stdout, True)
    standby.start()
    until_told(here, lambda said: not said["alone"] and not said["troubles"])
    yield found("standby back: nothing is told any more", here.answers("/readyz"), True)


def _promoted_beside(here: Plant, serving: Server, following: Server) -> Iterator[Finding]:
    """Somebody makes the standby the primary although the other one lives: two accept writes."""
    following.promote()
    began = time.monotonic()
    until_told(here, lambda said: said["servers"].get(serving.place) == "old")
    serving.until(NOBODY_WAITS)  # what waited there when the other took over was told to nobody, and was sent again
    rows = serving.value(WRITTEN)
    busy_writing(here, began)
    busy(here, 30)
    yield at_most("promoted beside a living one: writing after", time.monotonic() - began, 30)
    yield found("promoted beside a living one: rows written to the old one", serving.value(WRITTEN) - rows, 0)
    yield found("promoted beside a living one: a backup", _mes(here, "backup").stderr, "")


def _only_the_old_one(here: Plant, serving: Server, old: Server) -> Iterator[Finding]:
    """The one that serves is away, and what answers is a server that was succeeded: better nothing than there."""
    rows = old.value(WRITTEN)
    serving.kill()
    until_told(here, lambda said: not said["ready"])
    status, said = _record(here)
    yield found("only an old server answers: refused", (status, said.get("code")), (503, "DatabaseAway"))
    here.end()
    started = _mes(here, "serve", "--port", str(here.port))
    yield found("only an old server answers: a start", (started.returncode, "old" in started.stderr), (1, True))
    yield found("only an old server answers: rows written there", old.value(WRITTEN) - rows, 0)
    old.kill()
    serving.start()


def _record(here: Plant) -> tuple[int, dict[str, object]]:
    connection = HTTPConnection("127.0.0.1", here.port, timeout=60)
    body = json.dumps({"lot": here.lots[0], "quantity": "1"})
    headers = {
        "Authorization": f"Bearer {here.token}",
        "Idempotency-Key": "after-it-all",
        "Content-Type": "application/json",
    }
    connection.request("POST", f"/api/v1/jobs/{here.jobs[0]}/consume", body, headers | {"Idempotency-Key": "after-it"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def _mes(here: Plant, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", SERVE, *words]
    return subprocess.run(
        command, cwd=ROOT, env=here.settings, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip


def busy_writing(here: Plant, since: float, seconds: float = 90) -> None:
    """Wait until something more is acknowledged as recorded."""
    before = _recorded(here)
    while _recorded(here) == before:
        assert time.monotonic() < since + seconds, "nothing is recorded any more"
        time.sleep(0.02)


def _recorded(here: Plant) -> int:
    files = here.folder.glob("tablet-*.jsonl")
    return sum(file.read_bytes().count(b'"status": 20') for file in files)


def until_told(here: Plant, fits, seconds: float = 40):  # type: ignore[no-untyped-def]
    """What those who watch the program are told, once it is what is waited for."""
    end, said = time.monotonic() + seconds, {}
    while time.monotonic() < end:
        with suppress(OSError, HTTPException, ValueError, KeyError):
            connection = HTTPConnection("127.0.0.1", here.port, timeout=10)
            connection.request("GET", "/readyz")
            said = json.loads(connection.getresponse().read())
            connection.close()
            if fits(said):
                return said
        time.sleep(0.2)
    raise AssertionError(f"never told: {said}")
