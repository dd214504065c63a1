"""After every accident the books are right: the short form of ``python -m tests.faults``."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from select import select
from typing import Any

import pytest

from tests.databases import ROOT
from tests.faults.__main__ import EXPERIMENTS
from tests.needs import needs

pytestmark = pytest.mark.thorough
SECONDS = 600
#: What runs without a server of PostgreSQL as well.
EMBEDDED = {"killed", "ended", "dropped", "torn", "flushed", "sick", "saved", "bytes", "memory", "clocks", "soak"}
Ask = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def rig() -> Iterator[Ask]:
    """A process that has read the program once, and forks one for each experiment."""
    started = list[subprocess.Popen[bytes]]()

    def end() -> None:
        for one in started:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.communicate()
        started.clear()

    def ask(name: str) -> list[dict[str, Any]]:
        if not started:
            command = [sys.executable, "-m", "tests.faults", "--short", "--waiting"]
            pipe = subprocess.PIPE
            started.append(subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, start_new_session=True))
        [one] = started
        assert one.stdin
        assert one.stdout
        one.stdin.write(f"{name}\n".encode())
        one.stdin.flush()
        told = one.stdout.readline() if select([one.stdout], [], [], SECONDS)[0] else b""
        if not told:
            end()
            raise AssertionError(f"{name} did not end within {SECONDS} s")
        said = json.loads(told)
        assert isinstance(said, list), said
        return said

    yield ask
    end()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_acknowledged_is_lost_and_nothing_is_in_twice(name: str, rig: Ask) -> None:
    needs("strace")
    if name not in EMBEDDED:
        needs("postgresql")
    wrong = [one for one in rig(name) if not one["ok"] and not one["timed"]]
    assert wrong == []
