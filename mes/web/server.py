"""Serving the pages with granian: one process, as the embedded database has one writer anyway."""

import errno
import logging
import os
import socket

from mes.core.config import Settings, read_settings
from mes.core.errors import Refused
from mes.core.i18n import N_

FIRST_PORT = 8080


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
    from granian.constants import Interfaces

    check_port(host, port)
    server = Granian(
        "mes.web.server:make",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.threads,
        backpressure=256,
        log_enabled=False,
        workers_kill_timeout=10,
    )
    server.serve()


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
    """The application as the server loads it; the settings arrive by environment."""
    from mes.web.app import create_app

    logging.basicConfig(level=logging.INFO)
    return create_app(read_settings())
