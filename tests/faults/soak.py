"""Hours at twenty requests a second: memory, handles, threads, connections and the write-ahead log stay as they are.

Half of the requests write, half read through the API and open pages. As in a plant orders come to their end: material
arrives for each, it is released, started, reported piece by piece with some taken back, and finished. The program's
processes are looked at from outside. ``MES_SOAK_MINUTES`` says how long the full form lasts.

Threads that answer come with the load and leave half a minute after it. So the full form counts them when nobody asks,
before the first request and after the last: a thread that was forgotten is still there.
"""

import json
import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from mes.core.access import Role
from mes.core.db import Database
from mes.core.work import utc_now
from mes.web.check import check
from tests.conftest import Shop
from tests.desk import open_sign_in
from tests.faults import Finding, found
from tests.faults.plant import SECRET, Plant, plant

RATE, HANDS = 20, 4
#: Pieces of an order.
PIECES = 60
MINUTES, SHORT_SECONDS = 120.0, 4.0
#: A log of SQLite is written into the file every 1000 pages; while somebody reads, a while later.
MOST_LOG = 32 * 2**20
#: What memory may be more at the end than when the program was warm, in percent and MB.
MORE_MEMORY, SOME_MEMORY = 5, 12
#: The server keeps a thread that has nothing to answer for 30 s (granian's ``blocking_threads_idle_timeout``).
REST = 45.0
#: Of the whole time so much (one part of) they crowd at the beginning: two minutes of two hours.
CROWD = 60
PAGES = ("/", "/floor", "/lots", "/items", "/items/PUMP", "/floor/now", "/api/v1/items", "/api/v1/jobs")


Request = tuple[str, Mapping[str, object] | None]


@dataclass(frozen=True)
class Look:
    """What the program's processes held at a moment."""

    memory: int
    handles: int
    threads: int
    connections: int
    log: int


@dataclass
class Load:
    """Twenty requests a second from four hands, each with a connection that stays open.

    Before that they crowd, as at a change of shift: what the program does beside its answers has met all of them at
    once then, and each connection to the database that it will ever need is there.
    """

    here: Plant
    cookie: str
    crowded: float
    until: float
    told: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    lost: int = 0
    #: The lot that was made last.
    newest: str = ""

    def run(self) -> None:
        """Send until the time is over."""
        hands = [threading.Thread(target=self._hand, args=(n,)) for n in range(HANDS)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    def _hand(self, number: int) -> None:
        dice = Random(number)
        connection = HTTPConnection("127.0.0.1", self.here.port, timeout=30)
        writes = self._orders(dice)
        wanted = next(writes)
        for at in self._moments(number):
            if max(at, time.monotonic()) > self.until:
                break
            time.sleep(max(0.0, at - time.monotonic()))
            reads = dice.random() < 0.5
            path, body = (self._page(dice), None) if reads else wanted
            sent = time.monotonic()
            try:
                status, answer = self._ask(connection, path, body)
            except (OSError, HTTPException):
                self.lost += 1
                connection.close()
                continue
            self.waits.append(time.monotonic() - sent)
            self.told[status] += 1
            if status >= 300:  # told at the end; the hand takes up another order
                writes = self._orders(dice)
                wanted = next(writes)
            elif not reads:
                wanted = writes.send(json.loads(answer))
        connection.close()

    def _moments(self, number: int) -> Iterator[float]:
        """When a hand asks: at first all ask as fast as they are answered, then in turn."""
        while time.monotonic() < self.crowded:
            yield time.monotonic()
        began = time.monotonic()
        yield from (began + (number + HANDS * turn) / RATE for turn in count())

    def _page(self, dice: Random) -> str:
        more = (f"/lots/{self.newest}", f"/api/v1/lots/{self.newest}") if self.newest else ()
        addresses: tuple[str, ...] = (*PAGES, *more)
        return dice.choice(addresses)

    def _orders(self, dice: Random) -> Generator[Request, Any, None]:
        """One order after the other, from its material to its end: each act, given what the one before was answered."""
        while True:
            lots = []
            for part in ("PART0", "PART1", "PART2"):
                delivery = {"item": part, "quantities": [str(2 * PIECES)], "location": "FL"}
                lots.append((yield "/api/v1/receipts", delivery)["rows"][0]["code"])
            new = {"item": "PUMP", "quantity": str(PIECES), "due_on": f"{utc_now():%Y-%m-%d}", "lot_rule": "report"}
            order = yield "/api/v1/work-orders", new
            [job] = (yield f"/api/v1/work-orders/{order['code']}/release", {"confirmed": True})["jobs"]
            yield f"/api/v1/jobs/{job}/start", {}
            for _ in range(PIECES):
                used = [{"lot": lot, "quantity": "1"} for lot in lots]
                made = yield f"/api/v1/jobs/{job}/reports", {"good": "1", "consumed": used}
                self.newest = made["lot"]
                if dice.random() < 0.1:
                    yield f"/api/v1/reports/{made['id']}/undo", {"reason": "잘못"}
                if dice.random() < 0.1:
                    yield f"/api/v1/jobs/{job}/consume", {"lot": dice.choice(lots), "quantity": "1"}
            yield f"/api/v1/jobs/{job}/finish", {"confirmed": True}

    def _ask(self, connection: HTTPConnection, path: str, body: Mapping[str, object] | None) -> tuple[int, bytes]:
        headers = {"Cookie": f"session={self.cookie}"}
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {self.here.token}", "Content-Type": "application/json"}
        if body is not None:
            headers["Idempotency-Key"] = uuid.uuid4().hex
            connection.request("POST", path, json.dumps(body), headers)
        else:
            connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def run(short: bool) -> Iterator[Finding]:
    """Send and look; the first quarter is for getting warm, the second is compared with the last."""
    seconds = SHORT_SECONDS if short else 60 * float(os.environ.get("MES_SOAK_MINUTES", MINUTES))
    with plant(HANDS) as here:
        cookie = signed_in(here)
        here.start()
        alone = 0 if short else _threads_at_rest(here)
        began = time.monotonic()
        load = Load(here, cookie, began + seconds / CROWD, began + seconds)
        sending = threading.Thread(target=load.run)
        sending.start()
        looks = []
        while sending.is_alive():
            looks.append(_look(here))
            sending.join(max(0.25, seconds / 400))
        if not short:
            yield _no_more("threads when nobody asks, before and after", alone, _threads_at_rest(here))
        here.end()
        yield Finding("minutes", f"{seconds / 60:.1f}", "", ok=True)
        sent = sum(load.told.values())
        yield Finding("requests answered", f"{sent:,}", f"{RATE}/s", sent > RATE * seconds * 0.9, timed=True)
        yield found("answers that were no good ones", {k: n for k, n in load.told.items() if k >= 300}, {})
        yield found("requests without an answer", load.lost, 0)
        waits = sorted(load.waits)
        yield Finding("half are answered within", f"{1000 * median(waits):.0f} ms", "", ok=True)
        yield Finding("99 of 100 are answered within", f"{1000 * waits[len(waits) * 99 // 100]:.0f} ms", "", ok=True)
        yield from _flat(looks, short=short)
        database = Database(here.url)
        yield found("rules of the books broken", [fault.sentence for fault in check(database).faults], [])
        database.close()


def _flat(looks: list[Look], *, short: bool) -> Iterator[Finding]:
    quarter = len(looks) // 4
    warm, last = looks[quarter : 2 * quarter], looks[-quarter:]
    before, after = (median(one.memory for one in part) / 2**20 for part in (warm, last))
    most = before * (1 + MORE_MEMORY / 100) + SOME_MEMORY
    yield Finding(
        "memory, warm and at the end", f"{before:.0f}, {after:.0f} MB", f"<= {most:.0f} MB", after <= most, short
    )
    for name, what in (("handles", "handles"), ("threads", "threads"), ("connections", "open files of the database")):
        first, end = (max(getattr(one, name) for one in part) for part in (warm, last))
        if name == "threads" and not short:  # come and go with what is asked at one moment; counted at rest
            yield Finding("threads at work, warm and at the end", f"{first}, {end}", "", ok=True)
        else:
            yield _no_more(f"{what}, warm and at the end", first, end, 2 * short)
    log = max(one.log for one in looks)
    yield Finding("the write-ahead log at most", f"{log / 2**20:.1f} MB", f"<= {MOST_LOG >> 20} MB", log <= MOST_LOG)


def _no_more(what: str, first: int, end: int, tolerated: int = 0) -> Finding:
    return Finding(what, f"{first}, {end}", "no more", end <= first + tolerated)


def _threads_at_rest(here: Plant) -> int:
    """How many there are when those that answered have left; one that wakes for a moment does not count."""
    until = time.monotonic() + REST
    fewest = _look(here).threads
    while time.monotonic() < until:
        time.sleep(0.5)
        fewest = min(fewest, _look(here).threads)
    return fewest


def _look(here: Plant) -> Look:
    memory = handles = threads = connections = 0
    for pid in here.pids():
        process = Path(f"/proc/{pid}")
        told = dict(line.split(":", 1) for line in (process / "status").read_text("utf-8").splitlines())
        memory += int(told["VmRSS"].split()[0]) * 1024
        threads += int(told["Threads"])
        opened = [_target(file) for file in (process / "fd").iterdir()]
        handles += len(opened)
        connections += sum("mes.db" in name for name in opened)
    log = here.folder / "mes.db-wal"
    return Look(memory, handles, threads, connections, log.stat().st_size if log.exists() else 0)


def _target(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:
        return ""


def signed_in(here: Plant) -> str:
    """The cookie of a manager's browser."""
    database = Database(here.url)
    shop = Shop(database)
    shop.now = utc_now()
    token = shop.do(lambda work: open_sign_in(work, Role.MANAGER))
    database.close()
    app = Flask("cookie")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    return str(signer.dumps({"sign_in": token, "language": "ko"}))
