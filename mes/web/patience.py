"""Whoever sends or reads slowly keeps nobody waiting: a request begins when all of it has arrived, and an answer is
handed over whole.

The pages are made by a few threads (``MES_THREADS``). A body that trickles in, or stops, by a bad connection or by ill
will, would hold one of them for as long as it likes. So many more threads only wait for bodies, and take the place of
one of the few when there is something to do. What breaks off is refused: half a form is another entry than was sent.
An answer that nobody fetches holds no thread either, unless it is too long to be kept in memory (a backup); of those
only so many are on their way at one time.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import IO, TYPE_CHECKING, Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from mes.core.i18n import LANGUAGES, N_, _, speaking

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

#: So many bodies may be on their way at one time, and so many from one address.
MOST_WAITING, MOST_OF_ONE = 48, 16
#: What is larger is refused unread by the application.
MOST_BYTES = 50 * 1024 * 1024
#: A body has so many seconds, and one more for so many bytes: a photo on a bad connection arrives, a trickle does not.
SECONDS, BYTES_A_SECOND = 30.0, 8 * 1024
#: Who sends nothing for so long is not waited for: in between twice that at most.
SILENCE = 10.0
PIECE = 16 * 1024
#: Above this a body waits on the disk.
IN_MEMORY = 1024 * 1024
#: Up to this an answer is handed over whole; of longer ones so many are on their way, and so many to one address.
WHOLE = 1024 * 1024
MOST_LONG, MOST_LONG_OF_ONE = 8, 4
CROWDED = N_("Too much is being sent from here at one time. Try again.")
BROKEN_OFF = N_("Not everything arrived. Nothing was recorded. Try again.")
TOO_MANY_LONG = N_("Too many large files are being fetched at one time. Try again.")


class Doors:
    """So many may be inside at one time, and so many of one address."""

    def __init__(self, most: int, of_one: int) -> None:
        self.most, self.of_one = most, of_one
        self._lock = Lock()
        self.inside: Counter[str] = Counter()

    def come(self, who: str) -> bool:
        """Whether there is room for one more."""
        with self._lock:
            if self.inside[who] >= self.of_one or self.inside.total() >= self.most:
                return False
            self.inside[who] += 1
            return True

    def go(self, who: str) -> None:
        """One less."""
        with self._lock:
            self.inside[who] -= 1
            if not self.inside[who]:
                del self.inside[who]


class Patience:
    """Before the application, where it is served."""

    def __init__(self, served: "WSGIApplication", at_work: int, proxies: int = 0) -> None:
        """``at_work``: so many requests are worked on at one time. ``proxies``: so many in front say who calls."""
        self.served, self.proxies = served, proxies
        self._places = BoundedSemaphore(at_work)
        self.bodies, self.long = Doors(MOST_WAITING, MOST_OF_ONE), Doors(MOST_LONG, MOST_LONG_OF_ONE)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Take the body in, then answer."""
        length = environ.get("CONTENT_LENGTH", "")
        chunked = "HTTP_TRANSFER_ENCODING" in environ  # however it is spelled: a body whose length nobody told
        size = int(length) if length.isascii() and length.isdigit() else 0
        if (not size and not chunked) or size > MOST_BYTES:
            return self._work(environ, start_response)
        who = self._caller(environ)
        if not self.bodies.come(who):
            return _sorry(503, CROWDED, environ)(environ, start_response)
        try:
            body = _Arrival(environ["wsgi.input"], None if chunked else size).whole()
        finally:
            self.bodies.go(who)
        if body is None:
            return _sorry(408, BROKEN_OFF, environ)(environ, start_response)
        environ["wsgi.input"] = body
        with body:
            return self._work(environ, start_response)

    def _caller(self, environ: "WSGIEnvironment") -> str:
        """Who calls: everybody behind a proxy would share one address."""
        said = [one.strip() for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if self.proxies and len(said) >= self.proxies and said[-self.proxies]:
            return str(said[-self.proxies])
        return str(environ.get("REMOTE_ADDR", ""))

    def _work(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begun: list[Any] = []

        def begin(*said: Any) -> Any:
            begun[:] = said
            return _write

        with self._places:
            answer = self.served(environ, begin)
            parts, more = _first_parts(answer)
        if not more:
            _close(answer)
        elif not self.long.come(who := self._caller(environ)):
            _close(answer)
            return _sorry(503, TOO_MANY_LONG, environ)(environ, start_response)
        start_response(*begun)
        return _Long(parts, more, answer, self.long, who) if more else [b"".join(parts)]


def _write(_part: bytes) -> object:
    raise TypeError("an answer is given back, and not written")


def _first_parts(answer: Iterable[bytes]) -> tuple[list[bytes], Iterator[bytes] | None]:
    """An answer as far as it is handed over at once, and what is left of it, if anything."""
    parts, size, more = [], 0, iter(answer)
    for part in more:
        parts.append(part)
        size += len(part)
        if size > WHOLE and len(parts) > 1:  # one part that is in memory anyway is given as it is
            return parts, more
    return parts, None


def _close(answer: object) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


class _Long:
    """An answer that is fetched piece by piece, by a thread of its own."""

    def __init__(
        self, parts: list[bytes], more: Iterator[bytes], answer: Iterable[bytes], doors: Doors, who: str
    ) -> None:
        self._parts, self._more, self._answer, self._doors, self._who = parts, more, answer, doors, who
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return self._parts.pop(0) if self._parts else next(self._more)

    def close(self) -> None:
        """All was fetched, or nobody fetches it any more."""
        if self._is_open:
            self._is_open = False
            self._doors.go(self._who)
            _close(self._answer)

    __del__ = close


class _Arrival(Thread):
    """A body on its way. Reading cannot be broken off, so a thread of its own does it; one that is given up ends with
    the connection."""

    def __init__(self, arriving: IO[bytes], size: int | None) -> None:
        super().__init__(name="arrival", daemon=True)
        self._arriving, self._size = arriving, size
        self._there = Event()
        self._body: IO[bytes] | None = None
        self._so_far, self._given_up = 0, False

    def whole(self) -> IO[bytes] | None:
        """All that was announced; None when it broke off or fell silent, is too large, or took too long."""
        self.start()
        seen = 0
        while not self._there.wait(SILENCE):
            if self._so_far == seen:
                self._given_up = True
                return None
            seen = self._so_far
        return self._body

    def run(self) -> None:
        """Read, until there is nothing more or nobody waits."""
        try:
            self._body = self._read()
        except OSError:  # hung up
            pass
        finally:
            self._there.set()
        if self._given_up and self._body is not None:
            self._body.close()

    def _read(self) -> IO[bytes] | None:
        kept, began, size = SpooledTemporaryFile(IN_MEMORY), time.monotonic(), self._size  # noqa: SIM115  closed by who asked
        while size is None or self._so_far < size:
            piece = self._arriving.read(PIECE if size is None else min(PIECE, size - self._so_far))
            self._so_far += len(piece)
            late = time.monotonic() - began > SECONDS + self._so_far / BYTES_A_SECOND
            if late or self._given_up or self._so_far > MOST_BYTES or (not piece and size is not None):
                kept.close()
                return None
            if not piece:
                break
            kept.write(piece)
        kept.seek(0)
        return kept


def _sorry(status: int, sentence: str, environ: "WSGIEnvironment") -> Response:
    from mes.web.app import PAGE_HEADERS

    wanted = parse_accept_header(environ.get("HTTP_ACCEPT_LANGUAGE", ""), LanguageAccept)
    with speaking(wanted.best_match(list(LANGUAGES)) or "en"):
        response = Response(_(sentence) + "\n", status, content_type="text/plain; charset=utf-8")
    response.headers.extend((*PAGE_HEADERS, ("Connection", "close"), ("Retry-After", "1")))
    return response
