"""After every accident the books are right: the short form of ``python -m tests.faults``."""

import json
import os
import subprocess
import sys

import pytest

from tests.databases import ROOT, VARIABLE
from tests.faults.__main__ import EXPERIMENTS
from tests.needs import needs

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_nothing_acknowledged_is_lost_and_nothing_is_in_twice(name: str) -> None:
    needs("strace")
    if name in ("primary", "beside"):
        needs("postgresql")
    own = {word: value for word, value in os.environ.items() if word != VARIABLE}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", name, "--short", "--json"],
        cwd=ROOT, env=own, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    wrong = [one for one in json.loads(done.stdout)[name] if not one["ok"] and not one["timed"]]
    assert wrong == []
