"""Serving the pages with granian: one process, as the embedded database has one writer anyway."""

import errno
import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, TextIO

from mes.core.config import Settings, bundled, read_settings
from mes.core.errors import Refused
from mes.core.i18n import N_, _, speaking
from mes.core.promotions import Memory
from mes.web.anew import Aside, begin_anew
from mes.web.terminal import terminal_language

if TYPE_CHECKING:
    from flask import Flask

    from mes.keeping.night import Night
    from mes.printing.worker import Printing
    from mes.web.sealing import Sealing
    from mes.web.watching import Watching

FIRST_PORT = 8080
#: How many new things there are before garbage is looked for: Python's 700 would do it several times in every page.
THINGS_OF_SOME_PAGES = 20_000
#: How many heaps the C library may have, and by which number it is told so (``M_ARENA_MAX`` of glibc's malloc.h).
HEAPS, OF_HEAPS = 2, -8
#: Addresses that stand for every address of this machine.
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  named to tell them apart


class PortTaken(Refused):
    """Something else listens there already."""

    message = N_("Port %(port)s on %(host)s is already in use.")
    hint = N_("Stop what runs there, or choose another one: --port %(other)s.")


class CannotListen(Refused):
    """The address is not this machine's, or the port needs rights that this user has not."""

    message = N_("It is not possible to listen on %(host)s, port %(port)s (%(why)s).")
    hint = N_("Use an address of this machine (0.0.0.0 means all) and a port above 1023.")


def serve(settings: Settings, host: str, port: int, *, workers: int = 1) -> None:
    """Serve until stopped; what is running is finished first (10 s at most). Raises PortTaken, CannotListen."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    from mes.web import connections
    from mes.web.patience import MOST_WAITING

    check_port(host, port)
    os.environ.update(MES_HOST=host, MES_PORT=str(port), MES_TLS="1" if settings.tls else "0")
    server = Granian(
        "mes.web.server:make",
        factory=True,
        address=host,
        port=settings.tls_port if settings.tls else port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.threads + MOST_WAITING,
        backpressure=connections.MOST,
        http=HTTPModes.http1,  # the other ends no connection that falls silent, and tells of bodies without a length
        http1_settings=connections.patient(),
        log_enabled=False,
        workers_kill_timeout=9,
    )
    if settings.tls:
        from mes.web.doorstep import secure

        secure(server, settings, host, port)
    aside = None if settings.demo else Aside(settings, server)
    server.serve()
    _tidy(settings)
    if aside is not None:
        aside.come_back(lambda sentence: _print(sentence, sys.stdout), begin_anew)


def _tidy(settings: Settings) -> None:
    """After the last request: the database's statistics are refreshed and its log is written into the file."""
    with suppress(ImportError):  # what lies on the disk may be another version by now
        from mes.core.db import Database

        Database(settings.database).close()


def addresses(host: str, port: int, scheme: str = "http") -> Iterator[str]:
    """Where browsers find the pages: on this machine, and in the plant's network if they may."""
    shown = "[::1]" if host == "::" else f"[{host}]" if ":" in host else host
    if host in EVERYWHERE:
        yield f"{scheme}://{'[::1]' if host == '::' else '127.0.0.1'}:{port}/"
        shown = lan_address() or ""
    if shown:
        yield f"{scheme}://{shown}:{port}/"


def pages_at(settings: Settings, host: str, port: int) -> Iterator[str]:
    """Where browsers find the pages, over https where they are served so."""
    return addresses(host, settings.tls_port, "https") if settings.tls else addresses(host, port)


def install_address(host: str, port: int) -> str:
    """Where a device learns to trust the https pages: the plain address in the network, else on this machine."""
    return [*addresses(host, port)][-1] + "install"


def lan_address() -> str | None:
    """This machine's own address in the network. Nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
        try:
            route.connect(("192.0.2.1", 9))  # an address for documentation: asks only which way it would go
            address: str = route.getsockname()[0]
        except OSError:
            return None
    return address


def check_port(host: str, port: int) -> None:
    """Raise PortTaken or CannotListen, before a server is started that could only say so in its own words."""
    try:
        _try(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port=str(port), host=host, other=str(free_port(host, port + 1))) from None
        raise CannotListen(port=str(port), host=host, why=os.strerror(error.errno or 0)) from None


def free_port(host: str, first: int = FIRST_PORT) -> int:
    """The first port from ``first`` on that nobody listens on. Raises CannotListen."""
    for port in range(first, min(first + 200, 65536)):
        try:
            _try(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotListen(port=str(port), host=host, why=os.strerror(error.errno or 0)) from None
        else:
            return port
    raise PortTaken(port=str(first), host=host, other="0")


def _try(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))
        trial.listen(1)


def make() -> object:
    """The application as the server loads it; the settings arrive by environment.

    A database that cannot be served ends the server with one sentence.
    """
    gc.disable()  # what is loaded now stays: looking for garbage among it takes a fifth of the start
    share_heaps()
    try:
        return _make()
    finally:
        settle()


def share_heaps() -> None:
    """Threads share two heaps, where Linux would give each its own: what one of them frees, another one uses.

    With its own, each keeps as much as its largest page ever took: a third more memory after an hour.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, ImportError, OSError):  # a C library with another allocator, or out of reach
            from ctypes import CDLL

            CDLL(None).mallopt(OF_HEAPS, HEAPS)


def settle() -> None:
    """What is loaded stays out of the collector's way, and it looks less often at the many objects of a request."""
    gc.freeze()
    gc.set_threshold(THINGS_OF_SOME_PAGES, 20, 20)
    gc.enable()


def _make() -> object:
    from mes.keeping.installation import check_installed
    from mes.web import connections, logs
    from mes.web.app import create_app
    from mes.web.patience import Patience

    settings = read_settings()
    logs.write_as(settings.log)
    Memory.folder = settings.data_dir
    with speaking(terminal_language()):
        try:
            check_installed(settings)
            _check_computers(settings)
        except Refused as refused:
            _print(str(refused), sys.stderr)
            raise SystemExit(1) from None
        if not settings.demo:
            for address in pages_at(settings, settings.host, settings.port):
                _print(_("The pages are at %(address)s", address=address), sys.stdout)
            if settings.tls:
                where = install_address(settings.host, settings.port)
                _print(_("Before that, each device learns to trust them at %(address)s", address=where), sys.stdout)
                _print(_("The certificate's SHA-256 is %(proof)s", proof=_proof(settings)), sys.stdout)
    app = create_app(settings)
    app.wsgi_app = Patience(app.wsgi_app, settings.threads, settings.proxies)  # type: ignore[method-assign]
    _later(1.0, connections.begin_ending, app, settings)
    for seconds, deed in ((1.0, begin_printing), (5.0, begin_sealing), (5.0, begin_keeping), (0.5, begin_watching)):
        _later(seconds, deed, app, settings)
    return app


def _check_computers(settings: Settings) -> None:
    """Several computers serve one plant with one key. Raises OtherKey; says what else differs."""
    from mes.core import computers
    from mes.core.db import Database
    from mes.core.work import utc_now

    database = Database(settings.database)
    try:
        if database.hosts is not None:
            who, now = computers.me(settings), utc_now()
            with database.read() as read:
                computers.check_key(read, who, now)
                for sentence in computers.differences(read, who, now):
                    _print(sentence, sys.stderr)
    finally:
        database.engine.dispose()


def _later(seconds: float, deed: Callable[["Flask", Settings], object], app: "Flask", settings: Settings) -> None:
    """Start a thread of this process once the pages are served: a start does not wait for what it needs."""
    later = Timer(seconds, deed, (app, settings))
    later.daemon = True
    later.start()


def begin_printing(app: "Flask", settings: Settings) -> "Printing":
    """Start the thread that brings what waits in the queue to the label printers."""
    from mes.printing.worker import Printing

    thread = Printing(app.extensions["mes"].database, [bundled("labels"), settings.layouts_dir])
    thread.start()
    return thread


def begin_sealing(app: "Flask", _settings: Settings) -> "Sealing":
    """Start the thread that proves and seals the event log."""
    from mes.web.sealing import Sealing

    state = app.extensions["mes"]
    thread = Sealing(state.database, state.clock)
    thread.start()
    return thread


def begin_keeping(app: "Flask", settings: Settings) -> "Night":
    """Start the thread that makes copies of the plant."""
    from mes.keeping.copying import Copying
    from mes.keeping.night import Night
    from mes.keeping.proving import prove_apart

    state = app.extensions["mes"]
    thread = app.extensions["keeping"] = Night(Copying(state.database, settings, state.clock, prove_apart))
    thread.start()
    return thread


def begin_watching(app: "Flask", settings: Settings) -> "Watching | None":
    """Start the thread that looks after the database servers, where there are any."""
    from mes.web.watching import Watching

    state = app.extensions["mes"]
    if state.database.hosts is None:
        return None
    thread = Watching(state.database, settings, state.clock, state.replica)
    thread.start()
    return thread


def _proof(settings: Settings) -> str:
    from mes.web.tls import fingerprint

    return fingerprint(settings.tls_dir / "ca.crt")


def _print(sentence: str, where: TextIO) -> None:
    where.write(sentence + "\n")
    where.flush()
