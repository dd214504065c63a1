"""Whoever sends slowly keeps nobody waiting: a request begins when all of it has arrived.

The pages are made by a few threads (``MES_THREADS``). A body that trickles in, by a bad connection or by ill will,
would hold one of them for as long as it likes. So many more threads only wait for bodies, and take the place of one of
the few when there is something to do. What breaks off is refused: half a form is another entry than was sent.
"""

import time
from collections import Counter
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore, Lock
from typing import IO, TYPE_CHECKING

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

#: So many bodies may be on their way at one time, and so many from one address.
MOST_WAITING, MOST_OF_ONE = 48, 16
#: What is larger is refused unread by the application.
MOST_BYTES = 50 * 1024 * 1024
#: A body has so many seconds, and one more for so many bytes: a photo on a bad connection arrives, a trickle does not.
SECONDS, BYTES_A_SECOND = 30.0, 8 * 1024
PIECE = 64 * 1024
#: Above this a body waits on the disk.
IN_MEMORY = 1024 * 1024


class Patience:
    """Before the application, where it is served."""

    def __init__(self, served: "WSGIApplication", at_work: int) -> None:
        """``at_work``: so many requests are worked on at one time."""
        self.served = served
        self._places = BoundedSemaphore(at_work)
        self._lock = Lock()
        self._waiting: Counter[str] = Counter()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Take the body in, then answer."""
        length = environ.get("CONTENT_LENGTH", "")
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "")
        size = int(length) if length.isascii() and length.isdigit() else 0
        if (not size and not chunked) or size > MOST_BYTES:
            return self._work(environ, start_response)
        who = environ.get("REMOTE_ADDR", "")
        if not self._come(who):
            return _sorry(503, "Too much is being sent from here at one time. Try again.")(environ, start_response)
        try:
            body = _whole(environ["wsgi.input"], None if chunked else size)
        finally:
            self._go(who)
        if body is None:
            return _sorry(408, "Not everything arrived. Nothing was recorded. Try again.")(environ, start_response)
        environ["wsgi.input"] = body
        with body:
            return self._work(environ, start_response)

    def _work(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._places:
            return self.served(environ, start_response)

    def _come(self, who: str) -> bool:
        with self._lock:
            if self._waiting[who] >= MOST_OF_ONE or self._waiting.total() >= MOST_WAITING:
                return False
            self._waiting[who] += 1
            return True

    def _go(self, who: str) -> None:
        with self._lock:
            self._waiting[who] -= 1
            if not self._waiting[who]:
                del self._waiting[who]


def _whole(arriving: IO[bytes], size: int | None) -> IO[bytes] | None:
    """All that was announced; None when it broke off, is too large, or took too long."""
    kept, began, so_far = SpooledTemporaryFile(IN_MEMORY), time.monotonic(), 0  # noqa: SIM115  closed by who asked
    while size is None or so_far < size:
        piece = arriving.read(PIECE if size is None else min(PIECE, size - so_far))
        so_far += len(piece)
        late = time.monotonic() - began > SECONDS + so_far / BYTES_A_SECOND
        if late or so_far > MOST_BYTES or (not piece and size is not None):
            kept.close()
            return None
        if not piece:
            break
        kept.write(piece)
    kept.seek(0)
    return kept


def _sorry(status: int, sentence: str) -> Response:
    response = Response(sentence + "\n", status, content_type="text/plain; charset=utf-8")
    response.headers.update({"Connection": "close", "Retry-After": "1"})
    return response
