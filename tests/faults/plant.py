"""A plant, served as it is shipped: by ``mes serve`` over an embedded database on a real disk. It can be killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from copy import copy
from dataclasses import asdict, dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from mes.core.db import Database
from mes.core.schema import upgrade
from mes.core.work import utc_now
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.databases import ROOT
from tests.faults.made import copied, free_port, once

SERVE = "from mes.web.cli import main; main()"
SECRET = "only broken"


@dataclass(frozen=True)
class Known:
    """What a tablet must know of the plant."""

    token: str
    lots: list[str]
    jobs: list[str]

    def write(self, folder: Path) -> None:
        """Put it beside what was made."""
        (folder / "known.json").write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Known":
        """What lies beside it."""
        return cls(**json.loads((folder / "known.json").read_text("utf-8")))


def build(url: str, tablets: int) -> Known:
    """All tables and the workshop, in an empty database."""
    database = Database(url)
    upgrade(database)
    shop = Shop(database)
    shop.now = utc_now()
    workshop = Workshop(shop)
    jobs = [workshop.running_job().code for _ in range(tablets)]
    database.close()
    return Known(workshop.token, [lot.code for lot in workshop.stock], jobs)


def _embedded(folder: Path, tablets: int) -> None:
    build(f"sqlite:///{folder}/mes.db", tablets).write(folder)


class Plant:
    """A workshop with three materials in plenty and a running job for each tablet."""

    def __init__(self, folder: Path, tablets: int, url: str | None = None, known: Known | None = None) -> None:
        """``url``: a database of PostgreSQL, instead of the embedded one; empty, or with what is ``known`` in it."""
        self.folder = folder
        self.is_embedded = url is None
        self.url = url or f"sqlite:///{folder}/mes.db"
        self.more: dict[str, str] = {}
        #: Where the program lies that serves it.
        self.program = ROOT
        self.port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        if self.is_embedded:
            made = once(f"plant-{tablets}", partial(_embedded, tablets=tablets))
            copied(made / "mes.db", folder / "mes.db")
            known = Known.read(made)
        known = known or build(self.url, tablets)
        self.token, self.lots, self.jobs = known.token, known.lots, known.jobs

    @property
    def settings(self) -> dict[str, str]:
        """What the program is told about where it runs."""
        own = {"MES_DATA_DIR": str(self.folder), "MES_SECRET_KEY": SECRET, "LANG": "C.UTF-8"}
        return {**os.environ, **own, **({} if self.is_embedded else {"MES_DATABASE_URL": self.url}), **self.more}

    def beside(self, folder: Path) -> "Plant":
        """Another computer with a data folder of its own, which serves the same plant from the same database."""
        folder.mkdir()
        other = copy(self)
        other.folder, other.port, other.more, other._server = folder, free_port(), dict(self.more), None
        return other

    def start(self) -> float:
        """Start the server; the seconds until it answered."""
        began = time.monotonic()
        command = [sys.executable, "-c", SERVE, "serve", "--port", str(self.port)]
        log = (self.folder / "server.log").open("ab")
        with log:
            self._server = subprocess.Popen(
                command, cwd=self.program, env=self.settings, stdout=log, stderr=log, start_new_session=True
            )
        while not self.answers():
            if self._server.poll() is not None or time.monotonic() > began + 120:
                raise AssertionError((self.folder / "server.log").read_text("utf-8")[-2000:])
            time.sleep(0.02)
        return time.monotonic() - began

    def answers(self, address: str = "/healthz") -> bool:
        """Whether it answers well."""
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            connection.request("GET", address)
            return connection.getresponse().status == 200
        return False

    def pids(self) -> list[int]:
        """Its processes: the one that was started, and its children."""
        assert self._server
        first = self._server.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text("utf-8").split()
        return [first, *map(int, children)]

    def processes(self) -> list[str]:
        """The same as strace wants them."""
        return [word for pid in self.pids() for word in ("-p", str(pid))]

    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        return self._server is None or self._server.poll() is not None

    def ended_with(self) -> int | None:
        """The code it ended with by itself; None while it runs."""
        return self._server.poll() if self._server else None

    def kill(self) -> None:
        """As a power cut takes it: all its processes at once, without a word."""
        assert self._server
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()

    def end(self) -> float:
        """Ask it to stop, as the service manager does; the seconds until it had."""
        assert self._server
        began = time.monotonic()
        self._server.send_signal(signal.SIGTERM)
        self._server.wait(60)
        return time.monotonic() - began


@contextmanager
def plant(tablets: int, url: str | None = None, known: Known | None = None) -> Iterator[Plant]:
    """A plant in a folder of its own, gone afterwards. Not in memory: what reaches the disk is what is tried."""
    folder = Path(tempfile.mkdtemp(prefix="mes-faults-"))
    one = Plant(folder, tablets, url, known)
    try:
        yield one
    finally:
        with suppress(AssertionError, ProcessLookupError):
            one.kill()
        shutil.rmtree(folder, ignore_errors=True)
