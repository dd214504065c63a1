"""Makes the list of the quick run anew: ``python -m tests.sampling [FOLDER]`` (ten minutes; needs ``coverage``).

Every test runs once on SQLite while it is written down which lines of the product it runs, and for how long. The quick
run keeps, by what each adds for its time, the tests that together run seven of eight of these lines, and then whatever
is cheap besides. To PostgreSQL go those that together enter three of five functions that ask a database. In FOLDER
stays what was seen: called with it again, the list is made of that (with other numbers below, for instance).
"""

import ast
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Generator, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.databases import ROOT
from tests.quick import SAMPLE, VARIABLE, name_of, on_postgresql

FOLDER = "MES_SAMPLING"
#: Of all lines that any test runs, and of all functions that ask a database, so many are enough.
LINES, FUNCTIONS = 0.875, 0.6
#: So many seconds of processor time the kept tests may take; nothing is gained by leaving out a quicker one than that.
ROOM, QUICK = 40.0, 0.03
#: Tests that look at the source run no line of it, and all stay.
ALWAYS = "tests/house/"
#: A function that names one of these asks a database.
ASKING = {"select", "insert", "update", "delete", "text", "execute", "scalar", "scalars", "fetch", "Fetch"}
Test = tuple[str, str]
Taken = dict[Test, set[Any]]


class Watcher:
    """In each worker: what a test runs, and its time."""

    def __init__(self, folder: Path, worker: str) -> None:
        from coverage import Coverage

        self.times: dict[str, float] = defaultdict(float)
        self.file = folder / f"{worker}.json"
        product = [f"{ROOT}/mes/*", f"{ROOT}/templates/*"]
        self.coverage = Coverage(str(folder / f"{worker}.lines"), include=product, config_file=False)
        self.coverage.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """One test with its fixtures."""
        self.coverage.switch_context(item.nodeid)
        began = time.process_time()
        try:
            return (yield)
        finally:
            self.times[item.nodeid] = time.process_time() - began
            self.coverage.switch_context("between")

    def pytest_sessionfinish(self) -> None:
        """Write down what was seen."""
        self.coverage.stop()
        self.coverage.save()
        self.file.write_text(json.dumps(self.times), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """As a plugin of pytest: watch, in the workers. A plant from memory would hide what built it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        from tests import remembered

        remembered.recall = lambda shop, asked, build: build()
        config.pluginmanager.register(Watcher(Path(os.environ[FOLDER]), worker))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One database is enough to know what runs."""
    items[:] = [item for item in items if not on_postgresql(item)]


def cover(taken: Taken, costs: Mapping[Test, float], share: float) -> list[Test]:
    """Tests that together have this share of all that any has, by what each adds for its time."""
    left: set[Any] = set().union(*taken.values())
    enough, chosen = len(left) * (1 - share), []
    ahead = {test: len(found) for test, found in taken.items()}
    while len(left) > enough:
        best = max(ahead, key=lambda test: ahead[test] / (costs[test] + 0.01))
        fresh = len(taken[best] & left)
        if fresh < ahead[best]:
            ahead[best] = fresh  # others took some of it: look again whether it is still the best
            continue
        left -= taken[best]
        chosen.append(best)
        del ahead[best]
    return chosen


def seen(folder: Path) -> tuple[dict[Test, float], Taken]:
    """What the workers wrote down: of each test the time, and the lines that it ran."""
    from coverage import CoverageData

    costs: dict[Test, float] = defaultdict(float)
    ran: Taken = defaultdict(set)
    for file in folder.glob("*.json"):
        for nodeid, seconds in json.loads(file.read_text("utf-8")).items():
            costs[name_of(nodeid)] += seconds
        data = CoverageData(str(file.with_suffix(".lines")))
        data.read()
        for path in data.measured_files():
            place = Path(path).relative_to(ROOT).as_posix()
            for line, contexts in data.contexts_by_lineno(path).items():
                for context in contexts:
                    if "::" in context:
                        ran[name_of(context)].add((place, line))
    return costs, ran


@cache
def asking(place: str) -> dict[int, str]:
    """The lines of a file's functions that ask a database, each with its function."""
    found: dict[int, str] = {}
    if place.endswith(".py"):
        for node in ast.walk(ast.parse((ROOT / place).read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and not ASKING.isdisjoint(_names(node)):
                first, last = node.body[0].lineno, node.end_lineno or node.lineno
                found |= dict.fromkeys(range(first, last + 1), f"{place}:{node.name}")
    return found


def _names(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def choose(costs: Mapping[Test, float], ran: Taken, both: Collection[Test]) -> tuple[set[Test], set[Test]]:
    """The tests that wait, and those that go to PostgreSQL."""
    ran = {test: lines for test, lines in ran.items() if not test[0].startswith(ALWAYS)}
    kept = cover(ran, costs, LINES)
    room = ROOM - sum(costs[test] for test in kept)
    others = sorted(ran.keys() - set(kept), key=lambda test: costs[test])
    while others and (room := room - costs[others[0]]) >= 0:
        kept.append(others.pop(0))
    asked: Taken = {
        test: {function for place, line in ran[test] if (function := asking(place).get(line))}
        for test in kept
        if test in both
    }
    return {test for test in others if costs[test] > QUICK}, set(cover(asked, costs, FUNCTIONS))


def write(waiting: Collection[Test], to_postgresql: Collection[Test]) -> None:
    """Write the list."""
    lines = ["# Made by python -m tests.sampling; what it means stands in tests/quick.py."]
    for part, tests in (("left_out", waiting), ("on_postgresql", to_postgresql)):
        lines += ["", f"[{part}]"]
        for file in sorted({file for file, _name in tests}):
            names = sorted(name for its, name in tests if its == file)
            lines += [f'"{file}" = [', *(f'  "{name}",' for name in names), "]"]
    SAMPLE.write_text("\n".join(lines) + "\n", "utf-8")


def main(folder: Path) -> None:
    """Run everything once, if that is not done, and write the list."""
    if not list(folder.glob("*.json")):
        told = os.environ | {FOLDER: str(folder), VARIABLE: "", "MES_REQUIRE_ALL": ""}
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not browser", "-p", "tests.sampling"]
        subprocess.run(command, cwd=ROOT, env=told, check=False)
    costs, ran = seen(folder)
    both = {name_of(nodeid) for file in folder.glob("*.json") for nodeid in _on_both(file)}
    waiting, to_postgresql = choose(costs, ran, both)
    for what, tests in (("kept", costs.keys() - waiting), ("again on PostgreSQL", to_postgresql)):
        print(f"{len(tests)} {what}: {sum(costs[test] for test in tests):.0f} s of processor time")
    write(waiting, to_postgresql)


def _on_both(file: Path) -> list[str]:
    return [nodeid for nodeid in json.loads(file.read_text("utf-8")) if "[sqlite" in nodeid or "-sqlite" in nodeid]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(Path(sys.argv[1]) if sys.argv[1:] else Path(scratch))
