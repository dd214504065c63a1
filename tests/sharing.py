"""How the workers share the tests: what is marked ``long`` is started first, and a group stays together.

A worker that is left with the longest test at the end lets all others wait; a group (``xdist_group``) shares
something that takes long to make, and would make it once in every worker. The workers write down which test is in
which group, since the sharing process has not read the tests itself.
"""

import json
import os

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.databases import session_folder

FILE = "groups.json"


def put_long_ones_first(items: list[pytest.Item]) -> None:
    """Order the tests; within the long ones and within the others they stay as they were."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def write_groups(items: list[pytest.Item]) -> None:
    """Tell which tests are in a group."""
    groups = {item.nodeid: mark.args[0] for item in items if (mark := item.get_closest_marker("xdist_group"))}
    fresh = session_folder() / f"{FILE}.{os.getpid()}"
    fresh.write_text(json.dumps(groups), "utf-8")
    fresh.replace(session_folder() / FILE)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives a free worker the next test, or the next group as a whole, in the order of the list."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)
        self.config.option.loadscopereorder = False
        self._groups: dict[str, str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        """The name of the group, or the test itself."""
        if self._groups is None:
            self._groups = json.loads((session_folder() / FILE).read_text("utf-8"))
        return self._groups.get(nodeid, nodeid)
