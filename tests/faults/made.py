"""What several experiments begin with is made once and copied: tables, a workshop in them, a server that holds it.

All of it lies in the scratch folder of the session of tests, or in one of its own where an experiment runs by itself.
"""

import os
import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mes.core.db import Database
from tests.conftest import migrate
from tests.databases import (
    VARIABLE,
    close_folder,
    one_at_a_time,
    open_folder,
    postgresql_database,
    session_folder,
    sqlite_database,
)


@contextmanager
def ground() -> Iterator[None]:
    """The scratch folder, with a PostgreSQL server in it as soon as one is asked for."""
    if Path(os.environ.get(VARIABLE, "/none")).is_dir():
        yield
        return
    folder = open_folder()
    try:
        yield
    finally:
        close_folder(folder)
        del os.environ[VARIABLE]


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder that was filled once in the session; who comes meanwhile waits."""
    folder = session_folder() / f"made-{name}"
    with one_at_a_time(f"made-{name}"):
        if not folder.exists():
            fresh = folder.with_name(f"{folder.name}-half")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            fresh.chmod(0o711)  # the database server is another user where root runs the tests
            make(fresh)
            fresh.rename(folder)
    return folder


def copied(source: Path, target: Path) -> None:
    """A copy with the owners and rights of what is copied."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


@contextmanager
def with_tables(system: str, name: str) -> Iterator[Database]:
    """A database of its own with all tables and nothing in them."""
    if system == "sqlite":
        url = sqlite_database(session_folder() / f"{name}.db", migrate)
    else:
        url = postgresql_database(f"mes_faults_{name}", migrate)
    database = Database(url)
    try:
        yield database
    finally:
        database.engine.dispose()


def free_port() -> int:
    """A port that nobody has, and that no client is given for its own end: while the server is away, a tablet that
    calls again and again from that very port would meet itself."""
    clients = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(clients.read_text("utf-8").split()[0]) if clients.exists() else 32768
    while True:
        port = random.randrange(first // 2, first)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
