"""No tablet is told that something is recorded before it is on the disk: the server's calls, as the kernel saw them."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults import Finding, found
from tests.faults.crew import busy, crew, noted
from tests.faults.plant import Plant, plant
from tests.needs import needs

ACTS, SHORT_ACTS = 500, 30
CALLS = "pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg"
WROTE = re.compile(r"pwrite64\(\d+<[^>]*mes\.db-wal>")
FLUSHED = re.compile(r"(fdatasync|fsync)\(\d+<[^>]*mes\.db-wal>\)\s+= 0|(fdatasync|fsync) resumed>\)\s+= 0")
ANSWERED = re.compile(r"(write|writev|sendto|sendmsg)\(\d+<(socket|TCP)[^>]*>.*HTTP/1\.1 201")


def run(short: bool) -> Iterator[Finding]:
    """One tablet, so that each answer belongs to the write before it; the server as it is shipped."""
    with plant(1) as here:
        here.start()
        told = here.folder / "calls"
        with watched(here, "-y", "-s", "60", "-o", str(told), "-e", f"trace={CALLS}"), crew(here):
            busy(here, SHORT_ACTS if short else ACTS)
        here.end()
        answers, early = _read(told)
        recorded = sum(act.status == 201 for act in noted(here.folder))
        yield Finding("answers watched", f"{answers:,}", "some", 0 < answers <= recorded)
        yield found("of them before the disk had it", early, 0)


@contextmanager
def watched(here: Plant, *how: str) -> Iterator[None]:
    """All processes of the server under strace."""
    tracer = subprocess.Popen([needs("strace"), "-f", "-qq", *how, *here.processes()], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while any("TracerPid:\t0\n" in Path(f"/proc/{one}/status").read_text("utf-8") for one in here.pids()):
        assert time.monotonic() < deadline, "strace did not attach"
        time.sleep(0.02)
    try:
        yield
    finally:
        os.kill(tracer.pid, signal.SIGINT)
        tracer.wait(20)


def _read(told: Path) -> tuple[int, int]:
    """Answers, and how many of them came while something was written and not flushed."""
    answers = early = 0
    dirty = False
    for line in told.read_text("utf-8", errors="replace").splitlines():
        if WROTE.search(line):
            dirty = True
        elif FLUSHED.search(line):
            dirty = False
        elif ANSWERED.search(line):
            answers += 1
            early += dirty
    return answers, early
