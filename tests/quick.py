"""What the quick run leaves to the one that requires everything.

With ``MES_REQUIRE_ALL=1`` every test runs, on both databases. So does, but for what is marked ``thorough``, whatever a
person names on the command line: who works in a room sees all of it. Only the run of the whole suite takes a sample,
which ``sample.toml`` tells: slow tests wait whose lines of the product quicker ones run too, and of the tests of both
databases those go to PostgreSQL that together run most functions which ask a database. Of a matrix that waits
some cases stay. A test that is not in the list yet runs. ``python -m tests.sampling`` makes the list anew.
"""

import os
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

#: With MES_REQUIRE_ALL=1 a skipped test counts as failed, and nothing is left out.
REQUIRE_ALL = os.environ.get("MES_REQUIRE_ALL") == "1"
#: Tell the workers that nobody named what to run, for they are given paths in any case; and that a sample is enough.
WHOLE, VARIABLE = "MES_TEST_WHOLE", "MES_TEST_SAMPLE"
SAMPLE = Path(__file__).with_name("sample.toml")
#: Of a matrix that waits the first of so many cases stays.
ONE_OF = 16
Names = frozenset[tuple[str, str]]


def tell_workers(config: pytest.Config) -> None:
    """The process that was called knows whether the whole suite is run."""
    folders = [config.rootpath / folder for folder in config.getini("testpaths")]
    whole = [Path(path).resolve() for path in config.args] == folders
    os.environ[WHOLE] = "1" if whole else ""
    os.environ.setdefault(VARIABLE, "1" if whole and not REQUIRE_ALL else "")


def is_whole() -> bool:
    """Whether the whole suite is run, or a person named a part of it."""
    return bool(os.environ.get(WHOLE))


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> int:
    """Take out of the list what waits for the run of everything. Gives how many tests those are."""
    if REQUIRE_ALL:
        return 0
    seen: Counter[tuple[str, str]] = Counter()
    waiting = {item for item in items if _waits(item, seen)}
    if waiting:
        config.hook.pytest_deselected(items=list(waiting))
        items[:] = [item for item in items if item not in waiting]
    return len(waiting)


def _waits(item: pytest.Item, seen: Counter[tuple[str, str]]) -> bool:
    if item.get_closest_marker("thorough"):
        return True
    if not os.environ.get(VARIABLE):
        return False
    name = name_of(item.nodeid)
    if on_postgresql(item) and name not in sample()["on_postgresql"]:
        return True
    if name not in sample()["left_out"]:
        return False
    seen[name] += 1
    return not _is_matrix(item) or seen[name] % ONE_OF != 1


def _is_matrix(item: pytest.Item) -> bool:
    """Whether a test is given something besides its database."""
    given = getattr(item, "callspec", None)
    return given is not None and set(given.params) != {"database"}


def name_of(nodeid: str) -> tuple[str, str]:
    """A test's file and name, whatever it is given."""
    file, _, name = nodeid.partition("[")[0].partition("::")
    return file, name


def on_postgresql(item: pytest.Item) -> bool:
    """Whether it is a test of both databases, in its run on the larger one."""
    given = getattr(item, "callspec", None)
    return given is not None and given.params.get("database") == "postgresql"


@cache
def sample() -> dict[str, Names]:
    """The list, as it stands."""
    told = tomllib.loads(SAMPLE.read_text("utf-8"))
    return {part: frozenset((file, name) for file in told[part] for name in told[part][file]) for part in told}
