"""The process is killed at each call that writes or flushes while one production report is recorded: all or nothing."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from mes.core.db import Database
from mes.core.events import Event
from mes.core.schema import upgrade
from mes.lots.models import Edge, Lot, Movement
from mes.orders.models import Job, Report
from mes.quality.models import Defect
from mes.web.check import check
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.faults import Finding, found
from tests.needs import needs

MOST, EVERY_SHORT = 300, 7
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
    database = Database(f"sqlite:///{folder}/whole.db")
    upgrade(database)
    workshop = Workshop(Shop(database))
    job = workshop.running_job()
    workshop.report(job)  # what is done once is done
    nothing = _counts(database)
    database.close()
    ended = [one for call in CALLS for one in _until_it_goes_through(workshop, job, folder, call, each)]
    everything = max(one.counts for one in ended)
    cut = [one for one in ended if one.reached]
    halves = [one.counts for one in cut if one.counts not in (nothing, everything)]
    yield Finding("calls at which it was killed", str(len(cut)), "some", len(cut) > 1)
    before = sum(one.counts == nothing for one in cut)
    yield Finding("of them before it was recorded", str(before), "some", before > 0)
    yield Finding("without a cut it is recorded", str(everything), "more", everything > nothing)
    yield found("reports that are there by half", halves, [])
    yield found("rules of the books broken", sorted({fault for one in ended for fault in one.faults}), [])


def _until_it_goes_through(workshop: Workshop, job: Job, folder: Path, call: str, each: int) -> Iterator[Torn]:
    for nth in range(1, MOST + 1, each):
        for old in folder.glob("mes.db*"):
            old.unlink()
        shutil.copy(folder / "whole.db", folder / "mes.db")
        one = _cut(workshop, job, folder / "mes.db", f"{call}:signal=KILL:when={nth}")
        yield one
        if not one.reached:
            return


def _counts(database: Database) -> Counts:
    with database.read() as read:
        return tuple(read.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES)


def _cut(workshop: Workshop, job: Job, file: Path, where: str) -> Torn:
    """A process of its own records the report and is killed at that call."""
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        _record(workshop, job, file, ready[1], go[0])
    for end in (ready[1], go[0]):
        os.close(end)
    os.read(ready[0], 1)
    tracer = subprocess.Popen(
        [needs("strace"), "-f", "-qq", "-o", os.devnull, "-p", str(child), "-e", f"inject={where}"],
        stderr=subprocess.DEVNULL,
    )
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text("utf-8"):
        time.sleep(0.005)
    os.write(go[1], b"!")
    for end in (ready[0], go[1]):
        os.close(end)
    _pid, status = os.waitpid(child, 0)
    tracer.wait()
    database = Database(f"sqlite:///{file}")
    counts, outcome = _counts(database), check(database)
    database.close()
    faults = [fault.sentence for fault in outcome.faults]
    with sqlite3.connect(file) as opened:
        whole = str(opened.execute("PRAGMA integrity_check").fetchone()[0])
    faults += [] if whole == "ok" else [whole]
    return Torn(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, counts, tuple(faults))


def _record(workshop: Workshop, job: Job, file: Path, ready: int, go: int) -> None:
    """In the child: everything is loaded and open; nothing but the act itself writes."""
    with suppress(BaseException):
        workshop.shop.database = Database(f"sqlite:///{file}")
        with workshop.shop.read() as read:
            read.get_one(Job, job.id)
        os.write(ready, b"!")
        os.read(go, 1)
        workshop.report(job)
        os._exit(0)
    os._exit(1)
