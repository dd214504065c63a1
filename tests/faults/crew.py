"""Many tablets at once, and what they noted."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.databases import ROOT
from tests.faults.plant import Plant

TABLETS = 20


@dataclass
class Act:
    """One act as its tablet saw it; no status: it was never answered."""

    key: str
    act: str
    path: str
    body: dict[str, Any]
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    tries: int = 0
    undecided: int = 0


@contextmanager
def crew(plant: Plant, rest: float = 0) -> Iterator[None]:
    """A tablet at each job of the plant; at the end each goes on until its last act is answered. ``rest``: seconds
    between two acts at most, where it is waited for something else than their load."""
    stop = plant.folder / "stop"
    stop.unlink(missing_ok=True)
    where = [str(plant.port), plant.token]
    tablets = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.faults.tablet",
                *where,
                job,
                ",".join(plant.lots),
                str(n),
                str(plant.folder),
                str(rest),
            ],
            cwd=ROOT,
        )
        for n, job in enumerate(plant.jobs)
    ]
    try:
        yield
        stop.touch()
        ended = [one.wait(120) for one in tablets]
        assert ended == [0] * len(tablets), ended
    finally:
        for one in tablets:
            one.kill()
            one.wait()


def noted(folder: Path) -> list[Act]:
    """All acts of all tablets."""
    acts: dict[str, Act] = {}
    for file in sorted(folder.glob("tablet-*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            note = json.loads(line)
            if "act" in note:
                acts[note["key"]] = Act(**note)
            elif "undecided" in note:
                acts[note["key"]].undecided += 1
            else:
                one = acts[note["key"]]
                one.status, one.answer, one.tries = note["status"], note["answer"], note["tries"]
    return list(acts.values())


def busy(plant: Plant, acts: int, seconds: float = 120) -> None:
    """Wait until the tablets have been told of so many more acts."""
    wanted, end = _told(plant.folder) + acts, time.monotonic() + seconds
    while _told(plant.folder) < wanted:
        assert time.monotonic() < end, "the tablets are not answered"
        time.sleep(0.05)


def underway(plant: Plant, seconds: float = 60) -> None:
    """Wait until an act is sent and not answered yet: what happens now happens in its midst."""
    end = time.monotonic() + seconds
    while _sent(plant.folder) <= _told(plant.folder):
        assert time.monotonic() < end, "the tablets do nothing"
        time.sleep(0.002)


def told_to_wait(plant: Plant, seconds: float = 60) -> None:
    """Wait until one more act could not be decided: its tablet will send it again."""
    before, end = _undecided(plant.folder), time.monotonic() + seconds
    while _undecided(plant.folder) == before:
        assert time.monotonic() < end, "nothing that is sent stays undecided"
        time.sleep(0.01)


def _sent(folder: Path) -> int:
    return sum(file.read_bytes().count(b'"act": ') for file in folder.glob("tablet-*.jsonl"))


def _undecided(folder: Path) -> int:
    return sum(file.read_bytes().count(b'"undecided"') for file in folder.glob("tablet-*.jsonl"))


def _told(folder: Path) -> int:
    return sum(file.read_bytes().count(b'"status"') for file in folder.glob("tablet-*.jsonl"))
