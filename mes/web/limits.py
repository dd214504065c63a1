"""How much one caller may ask for: who asks too much is told when to come back.

These limits keep the machine free; they are kept in each process, because a write for each request would cost more than
the request. What stops guessing is elsewhere and in the database (``mes.people.guessing``).
"""

import math
import time
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from flask import Flask, g, request, session

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.visit import actor, mes
from mes.people.guessing import is_itself, network_of
from mes.people.hashing import token_hash
from mes.web.errors import wants_json

#: Callers that are remembered; the one who was not heard of for longest is forgotten.
MOST_CALLERS = 10_000
#: A file, rather than a form.
LARGE = 1024 * 1024


class TooMany(Refused):
    """More requests than a person or a sound program makes."""

    message = N_("Too many requests came from here in a short time.")
    hint = N_("Try again in %(seconds)s seconds.")
    status = 429


class Limit(NamedTuple):
    """So many at once, and so many in a minute."""

    at_once: int
    a_minute: int


LIMITS = {
    "sign-in": Limit(30, 60),  # of one address; wrong ones wait much longer
    "program": Limit(600, 3000),  # of one token
    "upload": Limit(60, 60),  # of one person or address: photos of a defect come a few at once
    "public": Limit(300, 1200),  # of one address that nobody signed in from
}
#: Where passwords, PINs and codes are typed.
DOORS = frozenset({
    "people.login", "second.again", "second.code", "second.enrol", "station.pin", "station.leader", "station.unlock",
    "plant.set_up",
})  # fmt: skip
#: What is answered without anything being read, or has to be answered always.
FREE = frozenset({"static", "health.healthz", "health.readyz", "metrics.metrics", "pulse.pulse"})


class Callers:
    """Who asked how much: a bucket for each that fills again with time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, kind: str, caller: str, now: float) -> float:
        """Take one from the bucket; how long to wait when it is empty, else 0."""
        limit = LIMITS[kind]
        with self._lock:
            left, at = self._left.pop((kind, caller), (limit.at_once, now))
            left = min(limit.at_once, left + (now - at) * limit.a_minute / 60)
            self._left[kind, caller] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > MOST_CALLERS:
                self._left.popitem(last=False)
        return 0 if left >= 1 else (1 - left) * 60 / limit.a_minute


def install(app: Flask) -> None:
    """Count each request before its view begins."""
    app.extensions["callers"] = Callers()
    app.before_request(_count)


def _count() -> None:
    """Raises TooMany."""
    found = _kind_and_caller()
    if found is None:
        return
    from flask import current_app

    callers: Callers = current_app.extensions["callers"]
    wait = callers.seconds_to_wait(*found, time.monotonic())
    if wait:
        g.retry_after = math.ceil(wait)
        raise TooMany(seconds=math.ceil(wait))


def _kind_and_caller() -> tuple[str, str] | None:
    address = request.remote_addr or ""
    if request.endpoint in FREE or is_itself(address):
        return None
    address = network_of(address)
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if wants_json() and scheme.lower() == "bearer" and actor() is not None:  # who invents tokens asks as an address
        return "program", f"{address} {token_hash(token.strip())}"
    if request.method == "POST" and request.endpoint in DOORS:
        return "sign-in", address
    signed_in = str(session.get("sign_in", ""))
    if request.method == "POST" and (request.content_length or 0) > LARGE:
        return "upload", signed_in or address
    return None if signed_in else ("public", address)


def seconds_to_wait() -> int:
    """How long who is refused with 429 has to wait."""
    if "retry_after" in g:
        return int(g.retry_after)
    until = getattr(g.get("refused"), "values", {}).get("until")
    return max(1, math.ceil((until - mes().clock()).total_seconds())) if until else 60
