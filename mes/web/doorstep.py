"""The plain address beside the https pages: it sends browsers on, and hands out what makes a tablet trust the plant.

A tablet that does not trust the plant yet can open no https page without a warning; so the page that tells how is
given here, fetched from the https server next door.
"""

import ssl
import sys
import time
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import BoundedSemaphore, Thread, Timer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from mes.core.config import Settings
from mes.core.i18n import N_, _, speaking
from mes.core.work import utc_now
from mes.keeping.installation import check_installed
from mes.web.server import check_port
from mes.web.terminal import terminal_language
from mes.web.tls import Certificates, certificates

if TYPE_CHECKING:
    from granian.server.mp import MPServer
    from granian.server.mt import MTServer

#: What a tablet needs before it trusts the plant; everything else is for https.
OPEN = ("/install", "/static/", "/healthz")
#: What of a request and of its answer is handed on.
ASKED = ("Accept-Language", "User-Agent", "If-None-Match", "If-Modified-Since", "Cookie", "Accept")
TOLD = ("Content-Type", "Content-Disposition", "Cache-Control", "ETag", "Last-Modified", "Content-Security-Policy",
        "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")  # fmt: skip
#: What programs ask with a token is not sent on: it would work, and the token would go over the wire each time.
PROGRAMS = ("/api/", "/epcis/")
SECONDS = 10
#: How long one visit lasts, however slowly somebody sends and reads; and how many are let in at one time. The pages
#: are served by the same process: who stays, or comes a thousand times, must not use up what it needs for them.
LONGEST_VISIT = 30
MOST_VISITORS = 100
DAY = 24 * 3600
PLAIN = N_("Programs ask over https only: a token that came this way may have been read. Make another one.")
AWAY = N_("The pages are just starting. Load this page again in a moment.")


def secure(server: "MPServer | MTServer", settings: Settings, host: str, port: int) -> None:
    """Serve https with the plant's own certificates, renewed while it runs; the plain port shows the way there.

    Raises PortTaken, CannotListen, CertificateUnreadable, and what says that there is no plant to serve.
    """
    from granian.constants import SSLProtocols

    check_installed(settings)
    check_port(host, settings.tls_port)

    def load() -> Certificates:
        made = certificates(settings.tls_dir, utc_now())
        # tablets of ten years know no newer protocol
        server.build_ssl_context(made.certificate, made.key, None, SSLProtocols.tls12, None, [], False)
        return made

    def renew() -> None:
        while True:
            time.sleep(DAY)
            if certificates(settings.tls_dir, utc_now()).renewed:
                # what is under way is finished by the old worker
                server.signal_handler_reload()  # type: ignore[no-untyped-call]  # granian ships it untyped

    server.on_reload(load)
    Doorstep(host, port, settings.tls_port, load().authority, terminal_language()).open()
    Thread(target=renew, name="renewal", daemon=True).start()


class Doorstep(ThreadingHTTPServer):
    """A server of few words on the plain port."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, secure_port: int, authority: Path, language: str) -> None:
        self.secure_port = secure_port
        self.trust = ssl.create_default_context(cafile=str(authority))
        self.language = language
        self.room = BoundedSemaphore(MOST_VISITORS)
        super().__init__((host, port), _Visitor)

    def open(self) -> "Doorstep":
        """Answer from now on, beside what else this process does."""
        Thread(target=self.serve_forever, name="doorstep", daemon=True).start()
        return self

    def verify_request(self, request: object, client_address: object) -> bool:
        """Whether there is room for one more; who finds none hears nothing, and his browser asks again."""
        return self.room.acquire(blocking=False)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the visit."""
        try:
            super().process_request(request, client_address)
        except BaseException:  # no more threads to be had
            self.room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One visit, ended in the middle when it lasts too long."""
        end = Timer(LONGEST_VISIT, _hang_up, [request])
        end.daemon = True
        try:
            end.start()
            super().process_request_thread(request, client_address)
        except RuntimeError:  # no more threads to be had
            self.handle_error(request, client_address)
        finally:
            end.cancel()
            self.shutdown_request(request)
            self.room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who hung up is no news; anything else is a fault of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _hang_up(request: socket) -> None:
    with suppress(OSError):  # he has left just now
        request.shutdown(SHUT_RDWR)


class _Visitor(BaseHTTPRequestHandler):
    """One request at the doorstep."""

    server: Doorstep
    timeout = SECONDS
    protocol_version = "HTTP/1.0"
    server_version = "mes"
    sys_version = ""

    def do_GET(self) -> None:
        """Hand out what is needed before https, else send on."""
        path = self.path.partition("?")[0]
        if any(path == one.rstrip("/") or path.startswith(one.rstrip("/") + "/") for one in OPEN):
            self._hand_out()
        else:
            self._send_on()

    do_HEAD = do_GET  # noqa: N815  the name that the standard library calls

    def _any_write(self) -> None:
        self._send_on()

    do_POST = do_PUT = do_PATCH = do_DELETE = _any_write  # noqa: N815

    def _send_on(self) -> None:
        if self.path.startswith(PROGRAMS):
            self._say(403, PLAIN)
        else:
            self._lead_on()

    def _lead_on(self) -> None:
        """To the same page over https; 308 keeps the method, so that nothing that was sent is lost."""
        self.send_response(308)
        self.send_header("Location", f"https://{self._host()}:{self.server.secure_port}{self._address()}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _hand_out(self) -> None:
        asked = {name: self.headers[name] for name in ASKED if name in self.headers}
        asked["Host"] = f"{self._host()}:{self.server.secure_port}"
        try:
            next_door = HTTPSConnection(
                "localhost", self.server.secure_port, timeout=SECONDS, context=self.server.trust
            )
            next_door.request(self.command, self._address(), headers=asked)
            answer = next_door.getresponse()
            content = answer.read()
        except (OSError, HTTPException, ValueError):  # ValueError: a header that may not be handed on
            self._say(503, AWAY)
            return
        self.send_response(answer.status)
        for name in TOLD:
            if value := answer.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _say(self, status: int, said: str) -> None:
        with speaking(self.server.language):
            sentence = _(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status == 503:
            self.send_header("Retry-After", "2")
        self.send_header("Content-Length", str(len(sentence)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sentence)

    def _address(self) -> str:
        """Path and query as asked, without anything that could be another line or another host."""
        return "/" + quote(self.path.lstrip("/\\"), safe="/?&=%+:@,;~.-_!$'()*")

    def _host(self) -> str:
        """The name by which the visitor calls this machine; what is no name becomes the address he reached."""
        try:
            name = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        except ValueError:
            name = ""
        known = name if name and all(c.isalnum() or c in ".-:" for c in name) and name.isascii() else ""
        name = known or str(self.connection.getsockname()[0])
        return f"[{name}]" if ":" in name else name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """The https server keeps the log."""
