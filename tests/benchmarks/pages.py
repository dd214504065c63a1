"""Pages and the API as they are served: against a bare page on the same server, and an order's whole life."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from mes.core.access import Role
from mes.core.work import utc_now
from mes.people.plant import add_token
from mes.people.service import add_person, sign_in_with_password
from mes.web.app import create_app
from tests.benchmarks import Result
from tests.benchmarks._scratch import empty_database, scratch
from tests.benchmarks._serving import serving, settings
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.databases import ROOT, session_folder

CONNECTIONS = 16
PASSWORD = "measured in peace"


def run(quick: bool) -> list[Result]:
    """A 30-row page per second, the life of an order, the start of the program."""
    with scratch(), empty_database("sqlite", "mes") as database:
        workshop = Workshop(Shop(database))
        workshop.shop.do(lambda work: add_person(
            work, code="B", name="측정", roles=[Role.MANAGER], login="bench", password=PASSWORD))  # fmt: skip
        for _ in range(40):
            workshop.running_job()
        return [*_page(workshop, 2 if quick else 6), _life(workshop, 5 if quick else 20), *_start(3 if quick else 7)]


def _page(workshop: Workshop, seconds: int) -> Iterator[Result]:
    cookie = _signed_in(workshop)
    with serving("tests.benchmarks._served:mes_app") as port:
        ours = _rate(port, "/orders", cookie, seconds)
    with serving("tests.benchmarks._served:bare_app") as port:
        bare = _rate(port, "/", "", seconds)
    ratio = ours / bare
    yield Result(
        name="30-row page, pages a second over a bare Flask page with one query",
        value=ours, unit="/s", ratio=ratio, limit=">= 0.5x", ok=ratio >= 0.5,
    )  # fmt: skip


def _signed_in(workshop: Workshop) -> str:
    workshop.shop.now = utc_now()  # the served program has its own clock
    token = workshop.shop.do(lambda work: sign_in_with_password(work, "bench", PASSWORD))
    app = create_app(settings(), workshop.shop.database)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    kept = {"sign_in": token, "csrf_token": "0" * 40}  # what a browser has from its first page on
    return f"session={serializer.dumps(kept)}"


def _rate(port: int, address: str, cookie: str, seconds: int) -> float:
    counts = [0] * CONNECTIONS
    _load(port, address, cookie, [0] * CONNECTIONS, time.perf_counter() + 1)  # warm
    began = time.perf_counter()
    _load(port, address, cookie, counts, began + seconds)
    return sum(counts) / (time.perf_counter() - began)


def _load(port: int, address: str, cookie: str, counts: list[int], until: float) -> None:
    def visit(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < until:
            connection.request("GET", address, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"{address}: {answer.status}")
            counts[number] += 1

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(CONNECTIONS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()


def _life(workshop: Workshop, rounds: int) -> Result:
    """Create, release, start, consume 3, report, finish: over HTTP, as programs and tablets do."""
    app = create_app(settings(), workshop.shop.database)
    app.extensions["mes"].clock = lambda: workshop.shop.now
    client = app.test_client()
    token = workshop.shop.do(lambda work: add_token(work, "life", Role.MANAGER))
    numbers = iter(range(10**6))

    def post(address: str, body: dict[str, object]) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"life-{next(numbers):08d}"}
        answer = client.post(f"/api/v1{address}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        found: dict[str, object] = answer.get_json()
        return found

    least = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        order = post("/work-orders", {"item": "PUMP", "quantity": "10", "due_on": "2026-01-09"})["code"]
        released = post(f"/work-orders/{order}/release", {})
        job = released["jobs"][0]  # type: ignore[index]
        post(f"/jobs/{job}/start", {})
        for lot in workshop.stock:
            post(f"/jobs/{job}/consume", {"lot": lot.code})
        post(f"/jobs/{job}/reports", {"good": "10"})
        post(f"/jobs/{job}/finish", {})
        least = min(least, time.perf_counter() - began)
    return Result(
        name="life of a work order over HTTP (8 writes), server time",
        value=least * 1000, unit="ms", ratio=None, limit="<= 60 ms", ok=least <= 0.06,
    )  # fmt: skip


def _start(rounds: int) -> Iterator[Result]:
    ours = [_first_answer("mes_app", "/login") for _ in range(rounds)]
    bare = [_first_answer("bare_app", "/") for _ in range(rounds)]
    seconds, least = min(time for time, _memory in ours), min(time for time, _memory in bare)
    yield Result(
        name="start of the program to its first answer, over a bare app",
        value=seconds * 1000, unit="ms", ratio=seconds / least, limit="<= 1.5x", ok=seconds <= 1.5 * least,
    )  # fmt: skip
    memory = max(memory for _time, memory in ours)
    yield Result(name="memory then", value=memory, unit="MB", ratio=None, limit="<= 80 MB", ok=memory <= 80)


def _first_answer(factory: str, address: str) -> tuple[float, float]:
    program = (
        "import time; began = time.perf_counter()\n"
        f"from tests.benchmarks._served import {factory} as make\n"
        f"assert make().test_client().get({address!r}).status_code == 200\n"
        "took = time.perf_counter() - began\n"
        # what it holds then; ru_maxrss would begin with what the benchmark itself had
        "[held] = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')]\n"
        "print(took, int(held) / 1024)"
    )
    environment = {**os.environ, "MES_DATA_DIR": str(session_folder()), "MES_SECRET_KEY": "only measured"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled, and so are its libraries
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(ROOT), env=environment, capture_output=True, text=True, check=True
    )
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)
