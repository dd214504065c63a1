"""Figures for who watches the program with Prometheus: ``/metrics``, in its text format 0.0.4.

What this process did since it began is counted here in a dictionary; what stands in the database is asked when somebody
collects, by index. Each process answers for itself: the collector asks each and adds up (``sum``), as it does for
machines. Only this machine itself is answered, or who brings the token of ``MES_METRICS_TOKEN``.
"""

import hmac
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from threading import Lock

from flask import Flask, current_app, g, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from mes import __version__
from mes.core.access import ANYONE
from mes.core.events import Event
from mes.core.pages import Page, Room, mes
from mes.core.work import Reader
from mes.keeping.models import Copy, CopyState
from mes.people.guessing import ITSELF
from mes.printing.models import IS_OPEN, PrintJob
from mes.station.late_models import LateEntry
from mes.web.logs import milliseconds

room = Room("metrics", __name__)
#: Upper bounds of the classes of times, in seconds.
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Sample = tuple[dict[str, str], float]


class Counts:
    """What one process did since it began."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.seconds: Counter[tuple[str, str]] = Counter()
        self.classes: Counter[float] = Counter()
        self.refusals: Counter[str] = Counter()

    def note(self, route: str, method: str, status: int, seconds: float, refused: str | None) -> None:
        """One request was answered."""
        with self._lock:
            self.requests[route, method, status] += 1
            self.seconds[route, method] += seconds  # type: ignore[assignment]  # a sum, kept as counts are
            self.classes[next((bound for bound in BOUNDS if seconds <= bound), math.inf)] += 1
            if refused:
                self.refusals[refused] += 1


def install(app: Flask) -> None:
    """Count each request from now on."""
    counts = app.extensions["counts"] = Counts()

    def note(response: Response) -> Response:
        rule, refused = request.url_rule, g.get("refused")
        name = refused.code if refused is not None and response.status_code >= 400 else None
        counts.note(rule.rule if rule else "-", request.method, response.status_code, milliseconds() / 1000, name)
        return response

    app.after_request(note)


@room.read("/metrics", who=ANYONE)
def metrics(read: Reader) -> Page:
    """The figures, for who may have them; nobody else learns that there are any."""
    if not may_ask():
        return Response("Not found\n", 404, content_type="text/plain; charset=utf-8")
    lines = [*_of_the_process(current_app.extensions["counts"])]
    try:
        lines += _of_the_database(read)
        up = 1
    except SQLAlchemyError:
        up = 0
    lines += _family("mes_database_up", "gauge", "Whether the database answers", [({}, up)])
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def may_ask() -> bool:
    """Whether the one who asks may know how the program and its servers are: this machine itself, or who brings the
    token that was set for that (then nobody else)."""
    wanted = current_app.config["SETTINGS"].metrics_token
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if wanted:
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), wanted.encode())
    handed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.remote_addr in ITSELF and not handed_on


def _of_the_process(counts: Counts) -> Iterator[str]:
    database = mes().database
    yield from _family("mes_info", "gauge", "The program", [({"version": __version__}, 1)])
    yield from _family(
        "mes_requests_total", "counter", "Requests by address, method and status",
        [({"route": route, "method": method, "status": str(status)}, count)
         for (route, method, status), count in sorted(counts.requests.items())],
    )  # fmt: skip
    yield from _family(
        "mes_request_route_seconds_total", "counter", "Time spent on requests by address and method",
        [({"route": route, "method": method}, spent) for (route, method), spent in sorted(counts.seconds.items())],
    )  # fmt: skip
    yield from _histogram(counts)
    yield from _family(
        "mes_refusals_total", "counter", "Refusals by kind",
        [({"kind": kind}, count) for kind, count in sorted(counts.refusals.items())],
    )  # fmt: skip
    yield from _family("mes_writes_total", "counter", "Business acts written", [({}, database.written)])
    if database.queue is not None:
        name, queue = "mes_write_queue_wait_seconds", database.queue
        yield f"# HELP {name} Waiting of writers for their turn"
        yield f"# TYPE {name} summary"
        yield f"{name}_sum {queue.waited:.6f}"
        yield f"{name}_count {queue.entered}"


def _histogram(counts: Counts) -> Iterator[str]:
    name, so_far = "mes_request_seconds", 0
    yield f"# HELP {name} Time spent on a request"
    yield f"# TYPE {name} histogram"
    for bound in (*BOUNDS, math.inf):
        so_far += counts.classes[bound]
        yield f'{name}_bucket{{le="{"+Inf" if bound == math.inf else bound}"}} {so_far}'
    yield f"{name}_sum {sum(counts.seconds.values()):.6f}"
    yield f"{name}_count {so_far}"


def _of_the_database(read: Reader) -> list[str]:
    now = mes().clock()
    head = read.scalar(select(func.max(Event.id))) or 0
    jobs = Counter(read.scalars(select(PrintJob.state).where(IS_OPEN)))
    late = read.scalar(select(func.count()).select_from(LateEntry)) or 0
    copy = read.scalar(select(func.max(Copy.as_of)).where(Copy.state == CopyState.GOOD))
    lines = [
        *_family("mes_events_head", "gauge", "Number of the last event", [({}, head)]),
        *_family("mes_offline_entries", "gauge", "Entries that tablets made without a connection", [({}, late)]),
        *_family(
            "mes_print_jobs",
            "gauge",
            "Print jobs that wait",
            [({"state": s.value}, n) for s, n in sorted(jobs.items())],
        ),
    ]
    if copy is not None:
        age = (now - copy).total_seconds()
        lines += _family("mes_backup_age_seconds", "gauge", "Age of the last good backup", [({}, age)])
    return lines


def _family(name: str, kind: str, told: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
