"""PostgreSQL servers of this machine, each in a scratch folder of its own: a primary, and standbys that follow it.

They are what a plant would run: on a disk, with fsync, streaming replication, and a name by which a standby confirms. A
server can be killed as a power cut does it, promoted, and started again as what it was.
"""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from psycopg import Connection, Error, connect

from tests.databases import _call, _unprivileged, postgresql_programs
from tests.faults.made import copied, free_port, once
from tests.faults.plant import Known, build

#: Each server keeps to a few megabytes: several of them run beside a plant.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
shared_buffers = 32MB
max_connections = 80
wal_level = replica
max_wal_senders = 5
max_replication_slots = 5
hot_standby = on
wal_keep_size = 256MB
wal_receiver_status_interval = 1
wal_retrieve_retry_interval = 500ms
cluster_name = '{name}'
jit = off
timezone = 'UTC'
"""
#: Who owns the plant's database: nobody with more rights than that.
ROLE, DATABASE = "plant", "plant"


class Server:
    """One server: its folder, its port, and its processes."""

    def __init__(self, folder: Path, name: str) -> None:
        programs = postgresql_programs()
        assert programs, "PostgreSQL is not installed"
        self.programs, self.name = (programs / "initdb").resolve().parent, name  # a link may lie beside no others
        self.folder, self.data = folder, folder / "data"
        self.port = free_port()
        folder.mkdir(mode=0o700, parents=True)
        self._as_whom: dict[str, Any] = _unprivileged(folder)

    @property
    def place(self) -> str:
        """Where it listens, as a URL names it."""
        return f"127.0.0.1:{self.port}"

    def make(self) -> None:
        """An empty server with the plant's role and database, running."""
        self.run("initdb", "-D", self.data, "-U", "boss", "-A", "trust", "--encoding=UTF8", "--locale=C", "-k")
        self.configure()
        self.start()
        with self.ask("postgres") as boss:
            boss.execute(f"CREATE ROLE {ROLE} LOGIN")
            boss.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def take(self, data: Path, follows: "Server | None" = None) -> None:
        """The data of a server that was shut down, running; it may go on as what another one writes."""
        self.lay(data, **({"primary_conninfo": self._source(follows)} if follows else {}))
        if follows:
            (self.data / "standby.signal").touch()
            shutil.chown(self.data / "standby.signal", self.data.stat().st_uid, self.data.stat().st_gid)
        self.start()

    def lay(self, data: Path, **settings: str) -> None:
        """Such data, not running yet."""
        copied(data, self.data)
        self.configure(**settings)

    def is_up(self) -> bool:
        """Whether its first process lives."""
        return any(Path(f"/proc/{pid}").exists() and not _is_gone(pid) for pid in self.pids())

    def files_of_tables(self) -> list[tuple[str, int]]:
        """Where the plant's tables lie that have rows, and how large they are."""
        query = """SELECT pg_relation_filepath(oid), pg_relation_size(oid) FROM pg_class WHERE relkind = 'r'
            AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 ORDER BY relname"""
        with self.ask() as boss:
            return [(str(file), int(size)) for file, size in boss.execute(query)]

    def follow(self, other: "Server") -> None:
        """A copy of another server that goes on following it, running. What lay here before is gone."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.run("pg_basebackup", "-D", self.data, "-d", self._source(other), "-R", "-X", "stream", "-c", "fast")
        self.configure()
        self.start()

    def _source(self, other: "Server") -> str:
        return f"host=127.0.0.1 port={other.port} user=boss application_name={self.name}"

    def configure(self, **settings: str) -> None:
        """Write the settings; ``settings`` are more of them, in force with the next start."""
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(SETTINGS.format(port=self.port, name=self.name))
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        hba = "local all all trust\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"
        (self.data / "pg_hba.conf").write_text(hba, "utf-8")

    def need(self, standby: str) -> None:
        """No commit is acknowledged before this standby has it on its disk; empty: none is awaited."""
        with self.ask() as boss:
            boss.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
            boss.execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "60", "start")

    def stop(self) -> None:
        """Shut it down as the service manager does."""
        self.run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "stop")

    def promote(self) -> None:
        """Make a standby the primary."""
        self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", "promote")

    def kill(self) -> None:
        """As a power cut takes it: all its processes at once."""
        pids = self.pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(Path(f"/proc/{pid}").exists() and not _is_gone(pid) for pid in pids):
            time.sleep(0.01)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def pids(self) -> list[int]:
        """Its processes; none when it does not run."""
        try:
            first = int((self.data / "postmaster.pid").read_text("utf-8").splitlines()[0])
            children = Path(f"/proc/{first}/task/{first}/children").read_text("utf-8").split()
        except (FileNotFoundError, ProcessLookupError):
            return []
        return [first, *map(int, children)]

    @contextmanager
    def ask(self, database: str = DATABASE) -> Iterator[Connection[Any]]:
        """A connection with all rights."""
        with connect(host="127.0.0.1", port=self.port, user="boss", dbname=database, autocommit=True) as boss:
            yield boss

    def value(self, query: str) -> Any:
        """One value."""
        with self.ask() as boss:
            row = boss.execute(query).fetchone()
            return row[0] if row else None

    def until(self, query: str, seconds: float = 30) -> None:
        """Wait until a query says true."""
        end = time.monotonic() + seconds
        while True:
            with suppress(Error):
                if self.value(query):
                    return
            assert time.monotonic() < end, f"{self.name}: not true: {query}\n{self.log()}"
            time.sleep(0.05)

    def log(self) -> str:
        """The end of what it wrote."""
        return (self.folder / "log").read_text("utf-8", "replace")[-2000:]

    def run(self, program: str, *words: str | Path) -> None:
        """Call one of PostgreSQL's own programs as the user whom the data belong to."""
        _call(self._as_whom, self.folder, self.programs / program, *words)


@contextmanager
def servers(*names: str) -> Iterator[list[Server]]:
    """So many servers, not made yet; killed and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mes-servers-"))
    folder.chmod(0o711)
    made = [Server(folder / name, name) for name in names]
    try:
        yield made
    finally:
        for one in made:
            one.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _with_plant(folder: Path, tablets: int) -> None:
    """Fill a folder with a server on which a plant is, shut down, and what tablets must know of it."""
    server = Server(folder / "server", "made")
    server.make()
    try:
        build(url_of(server), tablets).write(folder)
        server.stop()
    finally:
        server.kill()


@contextmanager
def pair(tablets: int) -> Iterator[tuple[Server, Server, Known]]:
    """A primary with a plant on it, and a standby that follows it and whose word is awaited with each commit."""
    made = once(f"server-{tablets}", partial(_with_plant, tablets=tablets))
    with servers("north", "south") as (first, second):
        first.take(made / "server" / "data")
        second.take(made / "server" / "data", follows=first)
        first.need(second.name)
        first.until("SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'")
        yield first, second, Known.read(made)


def url_of(*servers: Server) -> str:
    """The plant's database on the first of these servers that accepts writes."""
    hosts = "&".join(f"host={one.place}" for one in servers)
    return f"postgresql+psycopg://{ROLE}@/{DATABASE}?{hosts}"


def _is_gone(pid: int) -> bool:
    """A process that ended and was not fetched yet counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return True
