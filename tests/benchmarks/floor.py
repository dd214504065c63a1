"""A plant's floor as it asks all day long: 50 tablets and 5 boards, while results are reported, on this machine."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from random import Random
from statistics import quantiles

from mes.core.access import Role
from mes.core.work import Work, utc_now
from mes.equipment.device_rules import claim_of
from mes.equipment.devices import add_board, claim_board
from mes.equipment.service import add_station, add_work_centre, pair_station
from mes.people.service import add_person, sign_in_with_badge
from mes.web.app import create_app
from tests.benchmarks import Result
from tests.benchmarks._scratch import empty_database, scratch
from tests.benchmarks._serving import serving, settings
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop

STATIONS, BOARDS = 50, 5
#: What a tablet asks, and every how many seconds: its queue, its pulse, whether the server is there.
TABLET = (("GET", "/station/queue", 30), ("POST", "/pulse", 20), ("GET", "/healthz", 10))
BOARD = (("GET", "/board/now", 10), ("POST", "/pulse", 60))
REPORTS_A_SECOND = 2
MOST_MS = 50


@dataclass
class Heard:
    """What came back: seconds by (address, status)."""

    times: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, address: str, status: int, took: float) -> None:
        """One answer."""
        with self.guard:
            self.times.setdefault((address, status), []).append(took)

    def of(self, address: str = "", statuses: tuple[int, ...] = ()) -> list[float]:
        """Seconds of some answers."""
        chosen = [
            taken
            for (asked, status), taken in self.times.items()
            if (not address or asked == address) and (not statuses or status in statuses)
        ]
        return [one for taken in chosen for one in taken]


def run(quick: bool) -> list[Result]:
    """Everything asks in its own rhythm for a minute and a half."""
    seconds = 25 if quick else 90
    with scratch(), empty_database("sqlite", "mes") as database:
        workshop = Workshop(Shop(database))
        workshop.shop.now = utc_now()
        tablets, boards = workshop.shop.do(lambda work: _equip(work))
        jobs = [workshop.running_job() for _ in range(20)]
        app = create_app(settings(), database)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]

        def cookie(device: str, sign_in: str) -> str:
            return f"mes_station={device}; session={serializer.dumps({'sign_in': sign_in, 'csrf_token': '0' * 40})}"

        heard, stop = Heard(), threading.Event()
        with serving("tests.benchmarks._served:mes_app") as port:
            _warm(port, cookie(*tablets[0]), f"mes_board={boards[0]}")
            callers = [_caller(port, cookie(*one), TABLET, heard, stop, n) for n, one in enumerate(tablets)]
            callers += [_caller(port, f"mes_board={one}", BOARD, heard, stop, 100 + n) for n, one in enumerate(boards)]
            callers.append(threading.Thread(target=_report, args=(workshop, jobs, stop)))
            for caller in callers:
                caller.start()
            time.sleep(seconds)
            stop.set()
            for caller in callers:
                caller.join()
    return _results(heard, seconds)


def _equip(work: Work) -> tuple[list[tuple[str, str]], list[str]]:
    """Stations with somebody signed in: (device token, sign-in token); boards: their tokens."""
    tablets = []
    for n in range(STATIONS):
        centre = add_work_centre(work, code=f"LINE{n:02}", name=f"라인 {n}")
        station = add_station(work, code=f"S{n:02}", name=f"단말 {n}", work_centre_id=centre.id)
        person = add_person(work, code=f"P{n:02}", name=f"작업자 {n}", roles=[Role.OPERATOR])
        tablets.append((pair_station(work, station.code), sign_in_with_badge(work, person.badge, station.id)))
    boards = []
    for n in range(BOARDS):
        token = f"a board's own secret {n:04}".replace(" ", "-").replace("'", "")
        add_board(work, name=f"현황판 {n}", claim=claim_of(token))
        claim_board(work, token)
        boards.append(token)
    return tablets, boards


def _warm(port: int, tablet: str, board: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for cookie, address in ((tablet, "/station/queue"), (board, "/board/now")):
        connection.request("GET", address, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise AssertionError(f"{address}: {answer.status}")


def _caller(
    port: int, cookie: str, asks: tuple[tuple[str, str, int], ...], heard: Heard, stop: threading.Event, seed: int
) -> threading.Thread:
    return threading.Thread(target=_ask, args=(port, cookie, asks, heard, stop, seed))


def _ask(
    port: int, cookie: str, asks: tuple[tuple[str, str, int], ...], heard: Heard, stop: threading.Event, seed: int
) -> None:
    """One device: each question in its rhythm, begun somewhere within it, with the mark of what it shows."""
    chance, began = Random(seed), time.monotonic()
    due = [(began + chance.random() * every, method, address, every) for method, address, every in asks]
    marks: dict[str, str] = {}
    while not stop.is_set():
        due.sort()
        at, method, address, every = due[0]
        if stop.wait(max(0.0, at - time.monotonic())):
            return
        due[0] = (at + every, method, address, every)
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        if address in marks:
            headers["If-None-Match"] = marks[address]
        started = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, address, body="mark=&app=1" if method == "POST" else None, headers=headers)
        answer = connection.getresponse()
        answer.read()
        heard.note(address, answer.status, time.perf_counter() - started)
        connection.close()
        if mark := answer.headers.get("ETag"):
            marks[address] = mark


def _report(workshop: Workshop, jobs: list[object], stop: threading.Event) -> None:
    """Results come in all the while, so that boards do have something new."""
    report: Callable[..., None] = workshop.report
    n = 0
    while not stop.wait(1 / REPORTS_A_SECOND):
        workshop.shop.now = utc_now()
        report(jobs[n % len(jobs)])
        n += 1


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] * 1000 if len(times) > 1 else 0.0


def _results(heard: Heard, seconds: int) -> list[Result]:
    everything = heard.of()
    bad = Counter({status: len(taken) for (_asked, status), taken in heard.times.items() if status >= 400})
    p95 = _p95(everything)
    found = [
        Result(
            name=f"{STATIONS} tablets and {BOARDS} boards, {len(everything) / seconds:.0f} requests a second: p95",
            value=p95, unit="ms", ratio=None, limit=f"<= {MOST_MS} ms", ok=p95 <= MOST_MS and not bad,
        )
    ]  # fmt: skip
    for name, times in (
        ("a board with new figures, p95", heard.of("/board/now", (200,))),
        ("a board without, p95", heard.of("/board/now", (304,))),
        ("a tablet's pulse, p95", heard.of("/pulse")),
        ("a tablet's queue, p95", heard.of("/station/queue")),
    ):
        found.append(
            Result(name=f"{name} ({len(times)})", value=_p95(times), unit="ms", ratio=None,
                   limit=f"<= {MOST_MS} ms", ok=_p95(times) <= MOST_MS)
        )  # fmt: skip
    return found
