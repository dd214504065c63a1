"""Serving the pages with granian: one process, as the embedded database has one writer anyway."""

import logging

from mes.core.config import Settings, read_settings


def serve(settings: Settings, host: str, port: int, *, workers: int = 1) -> None:
    """Serve until stopped; what is running is finished first (10 s at most)."""
    from granian import Granian
    from granian.constants import Interfaces

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


def make() -> object:
    """The application as the server loads it; the settings arrive by environment."""
    from mes.web.app import create_app

    logging.basicConfig(level=logging.INFO)
    return create_app(read_settings())
