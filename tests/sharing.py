"""How the workers share the tests: what is marked ``long`` is started first, and a group stays together.

A worker that is left with the longest test at the end lets all others wait; a group (``xdist_group``) shares
something that takes long to make, and would make it once in every worker. All others are handed out a few at a
time, since handing out takes time too. The workers write down what is a share, since the sharing process has not
read the tests itself.
"""

import json
import os
from collections import Counter

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.databases import session_folder

FILE = "shares.json"
#: So many short tests of one file are handed out at once.
HANDFUL = 8


def put_long_ones_first(items: list[pytest.Item]) -> None:
    """Order the tests; within the long ones and within the others they stay as they were."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def write_shares(items: list[pytest.Item]) -> None:
    """Tell which tests belong together."""
    seen: Counter[str] = Counter()
    shares = {item.nodeid: _share(item, seen) for item in items}
    fresh = session_folder() / f"{FILE}.{os.getpid()}"
    fresh.write_text(json.dumps(shares), "utf-8")
    fresh.replace(session_folder() / FILE)


def _share(item: pytest.Item, seen: Counter[str]) -> str:
    if group := item.get_closest_marker("xdist_group"):
        return str(group.args[0])
    if item.get_closest_marker("long"):
        return item.nodeid
    file = item.nodeid.partition("::")[0]
    seen[file] += 1
    return f"{file} {seen[file] // HANDFUL}"


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives a free worker the next share, in the order of the list."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)
        self.config.option.loadscopereorder = False
        self._shares: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        """The share that a test belongs to."""
        if not self._shares:
            self._shares = json.loads((session_folder() / FILE).read_text("utf-8"))
        return self._shares[nodeid]
