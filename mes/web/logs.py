"""What the running program writes about its work: to standard error, as text for a person or as JSON for a collector.

Each request has an id, which its answer names (``X-Request-Id``), the page of an error shows, and each of its lines
carries. No line holds what opens a door: passwords, PINs, codes, tokens and badges are taken out of every line, also
out of what an error of a library quotes. Nothing is written into files: the service manager keeps what is said.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from flask import Flask, g, has_request_context, request
from werkzeug.wrappers import Response

from mes.core.forms import SECRETS

ACCESS = logging.getLogger("mes.access")
#: Ids of a proxy are taken over where one is declared (``MES_PROXIES``), if they are no more than an id.
_AN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HIDDEN = "***"
#: What opens a door, wherever it stands: tokens of programs, badges, passwords in addresses, cookies of ours.
_TOKENS = re.compile(
    r"mes_[A-Za-z0-9_-]{20,}|\bB[0-9A-Z]{13}\b|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)|(?i:(?<=bearer )\S+)|otpauth://\S+"
)
#: Fields of forms, and of addresses, whose value opens a door.
_NAMES = SECRETS | {"secret", "signer", "text", "badge", "token", "key", "code", "csrf_token", "s3_key", "s3_secret"}
#: Shorter texts are no secrets, and taking them out would make lines unreadable.
_SHORTEST = 4


class Calm(logging.Filter):
    """Leaves out what is said again and again: while a database is away, each thread that looks at it would fill the
    disk with the same lines. The same is said at most every ten minutes, and then how often it was left out.

    A fault of a request is never the same as another one: each has the code that its page shows.
    """

    SECONDS = 600.0
    #: Different things that are remembered.
    MOST = 200

    def __init__(self) -> None:
        super().__init__()
        #: When something was last written, and how often it was left out since.
        self._said: dict[tuple[str, str, str], tuple[float, int]] = {}
        self._lock = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.levelno < logging.WARNING:
            return True
        error = type(record.exc_info[1]).__name__ if record.exc_info else ""
        what, now = (record.name, record.getMessage(), error), time.monotonic()
        with self._lock:
            at, left_out = self._said.pop(what, (-self.SECONDS, 0))
            is_news = now - at >= self.SECONDS
            self._said[what] = (now, 0) if is_news else (at, left_out + 1)
            if len(self._said) > self.MOST:
                del self._said[next(iter(self._said))]
        if is_news and left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} times since)", ()
        return is_news


class Text(logging.Formatter):
    """Lines for a person."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback of an error."""
        found = request_id()
        mark = f" [{found}]" if found else ""
        return without_secrets(super().format(record)) + mark


class Json(logging.Formatter):
    """One object in each line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if found := request_id():
            said["request"] = found
        said |= getattr(record, "fields", {})
        if record.exc_info:
            said["error"] = without_secrets("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(said, ensure_ascii=False, default=str)


def write_as(kind: str) -> None:
    """Write lines of this kind ("text" or "json") from now on. As text only what needs somebody is written; as JSON
    each request as well."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if kind == "json" else Text())
    handler.addFilter(Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("mes").setLevel(logging.INFO)
    ACCESS.setLevel(logging.INFO if kind == "json" else logging.WARNING)


def install(app: Flask) -> None:
    """Give each request its id, and write a line about each that is answered."""
    app.before_request_funcs.setdefault(None, []).insert(0, _arrive)
    app.after_request(_answer)


def request_id() -> str | None:
    """The id of the request that is answered now."""
    if not has_request_context():
        return None
    if "request_id" not in g:
        g.request_id = _given() or secrets.token_hex(8)
    found: str = g.request_id
    return found


def without_secrets(text: str) -> str:
    """A text without what opens a door: by its shape, and by what the request that is answered brought along."""
    for secret in sorted(set(_brought()), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return _TOKENS.sub(_HIDDEN, text)


def _arrive() -> None:
    g.arrived = time.perf_counter()
    request_id()


def _answer(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id() or ""
    if ACCESS.isEnabledFor(logging.INFO) and request.endpoint != "static":
        who, rule = g.get("actor"), request.url_rule
        fields = {
            "method": request.method,
            "route": rule.rule if rule else None,
            "status": response.status_code,
            "ms": round(milliseconds(), 1),
            "person": who.person_id if who else None,
            "station": who.station if who else None,
        }
        refused = g.get("refused")
        if refused is not None:
            fields["refused"] = refused.code
        ACCESS.info("request", extra={"fields": fields})
    return response


def milliseconds() -> float:
    """How long the request has been answered by now."""
    arrived: float = g.get("arrived", time.perf_counter())
    return (time.perf_counter() - arrived) * 1000


def _given() -> str | None:
    from flask import current_app

    said = request.headers.get("X-Request-Id", "")
    trusted = getattr(current_app.config.get("SETTINGS"), "proxies", 0)
    return said if trusted and _AN_ID.fullmatch(said) else None


def _brought() -> Iterator[str]:
    """What came with the request that nobody else may read."""
    if not has_request_context():
        return
    try:
        sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
    except Exception:  # noqa: BLE001  a body that cannot be read brought nothing that is known
        sent = []
    values = [value for name, value in sent if name in _NAMES or "password" in name]
    values += request.cookies.values()
    values += [value for name, value in request.headers if name.lower() in ("authorization", "cookie", "x-api-key")]
    yield from (value for value in values if len(value) >= _SHORTEST)
