"""The process is killed at each call that writes or flushes while one production report is recorded: all or nothing.

The calls are counted first, so that it is known which there are, and that none of them was left out.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from mes.core.db import Database
from mes.core.events import Event
from mes.core.schema import upgrade
from mes.lots.models import Edge, Lot, Movement
from mes.orders.models import Job, Report
from mes.quality.models import Defect
from mes.web.check import check, in_records
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.faults import Finding, found
from tests.needs import needs

EVERY_SHORT = 9
#: What reaches the disk, as the kernel sees it.
CALLS = ("pwrite64", "write", "writev", "pwritev", "pwritev2", "fdatasync", "fsync", "ftruncate", "unlink", "rename")
TABLES = (Report, Movement, Lot, Edge, Defect, Event)
Counts = tuple[int, ...]


@dataclass(frozen=True)
class Torn:
    """What one cut left behind."""

    reached: bool
    counts: Counts
    faults: tuple[str, ...]


def run(short: bool) -> Iterator[Finding]:
    """Cut at the first call, the second, and so on, until the report goes through; each time on a copy of the plant."""
    folder = Path(tempfile.mkdtemp(prefix="mes-faults-"))
    try:
        yield from _cuts(folder, EVERY_SHORT if short else 1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cuts(folder: Path, each: int) -> Iterator[Finding]:
    file = folder / "mes.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    workshop = Workshop(Shop(database))
    job = workshop.running_job()
    workshop.report(job)  # what is done once is done
    nothing, faults = _counts(database), [fault.sentence for fault in check(database).faults]
    database.close()
    shutil.copy(file, folder / "whole.db")
    scene = Scene(workshop, job, folder, database)
    calls = scene.calls()
    everything = _counts(database)
    places = [(call, nth) for call, times in calls.items() for nth in sorted({*range(1, times + 1, each), times})]
    cut = [scene.cut(call, nth) for call, nth in places]
    halves = [one.counts for one in cut if one.counts not in (nothing, everything)]
    told = ", ".join(f"{times} {call}" for call, times in calls.items())
    yield Finding("calls of one report that write or flush", told, "some", sum(calls.values()) > len(calls))
    yield found("calls at which it was killed", sum(one.reached for one in cut), len(places))
    before = sum(one.counts == nothing for one in cut)
    yield Finding("of them before it was recorded", str(before), "some", before > 0)
    yield Finding("without a cut it is recorded", str(everything), "more", everything > nothing)
    yield found("reports that are there by half", halves, [])
    yield found("rules of the books broken", sorted({*faults, *(fault for one in cut for fault in one.faults)}), [])


def _counts(database: Database) -> Counts:
    with database.read() as read:
        return tuple(read.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES)


class Scene:
    """A report that is recorded again and again, each time on a copy of the same plant."""

    def __init__(self, workshop: Workshop, job: Job, folder: Path, database: Database) -> None:
        self.workshop, self.job, self.folder, self.database = workshop, job, folder, database

    def calls(self) -> Counter[str]:
        """How often each call is made while one report is recorded, nobody being killed."""
        told = self.folder / "calls"
        assert os.waitstatus_to_exitcode(self._record(f"trace={','.join(CALLS)}", told)) == 0
        return calls_in(told)

    def cut(self, call: str, nth: int) -> Torn:
        """A process of its own records the report and is killed at that call."""
        status = self._record(f"inject={call}:signal=KILL:when={nth}", Path(os.devnull))
        with closing(sqlite3.connect(self.folder / "mes.db")) as opened:
            faults = [said for (said,) in opened.execute("PRAGMA integrity_check") if said != "ok"]
            faults += [f"reference of {row[0]}" for row in opened.execute("PRAGMA foreign_key_check")]
        counts = _counts(self.database)
        with self.database.read() as read:
            faults += [fault.sentence for fault in in_records(read)]
        # the guards and tables: they are as they were, to the letter
        faults += ["the tables are others"] if _schema(self.folder / "mes.db") != _schema(self.whole) else []
        self.database.engine.dispose()
        return Torn(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, counts, tuple(faults))

    @property
    def whole(self) -> Path:
        """The plant before the report."""
        return self.folder / "whole.db"

    def _record(self, what: str, told: Path) -> int:
        """Record it on a fresh copy under strace; how that process ended."""
        self.database.engine.dispose()
        for old in self.folder.glob("mes.db*"):
            old.unlink()
        shutil.copy(self.whole, self.folder / "mes.db")
        ready, go = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            _record(self.workshop, self.job, ready[1], go[0])
        for end in (ready[1], go[0]):
            os.close(end)
        os.read(ready[0], 1)
        tracer = subprocess.Popen(
            [needs("strace"), "-f", "-qq", "-o", str(told), "-p", str(child), "-e", what], stderr=subprocess.DEVNULL
        )
        while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text("utf-8"):
            time.sleep(0.005)
        os.write(go[1], b"!")
        for end in (ready[0], go[1]):
            os.close(end)
        _pid, status = os.waitpid(child, 0)
        tracer.wait()
        return status


def calls_in(told: Path) -> Counter[str]:
    """How often each call stands in what strace wrote."""
    return Counter(re.findall(r"^(?:\d+ +)?(\w+)\(", told.read_text("utf-8", "replace"), re.MULTILINE))


def _schema(file: Path) -> list[object]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()


def _record(workshop: Workshop, job: Job, ready: int, go: int) -> None:
    """In the child: everything is loaded and open; nothing but the act itself writes."""
    with suppress(BaseException):
        with workshop.shop.read() as read:
            read.get_one(Job, job.id)
        os.write(ready, b"!")
        os.read(go, 1)
        workshop.report(job)
        os._exit(0)
    os._exit(1)
