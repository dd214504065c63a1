"""Linter, types and import contracts, so that one command checks everything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import ROOT

SCRIPTS = Path(sys.executable).parent


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)


def test_ruff_finds_nothing() -> None:
    _run(sys.executable, "-m", "ruff", "check", "--output-format=concise", ".")


def test_the_code_is_formatted() -> None:
    _run(sys.executable, "-m", "ruff", "format", "--check", ".")


@pytest.mark.long
def test_the_types_are_right() -> None:
    _run(sys.executable, "-m", "mypy")


def test_rooms_import_only_what_they_may() -> None:
    _run(str(SCRIPTS / "lint-imports"))
