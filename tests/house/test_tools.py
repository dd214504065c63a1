"""Linter, types and import contracts, so that one command checks everything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import ROOT

SCRIPTS = Path(sys.executable).parent


def complaints(*command: str) -> str:
    """What a tool says when it is not content."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return f"{' '.join(command)}\n{done.stdout}{done.stderr}" if done.returncode else ""


def test_ruff_finds_nothing() -> None:
    assert not complaints(sys.executable, "-m", "ruff", "check", "--output-format=concise", ".")


def test_the_code_is_formatted() -> None:
    assert not complaints(sys.executable, "-m", "ruff", "format", "--check", ".")


@pytest.mark.thorough
@pytest.mark.long
def test_the_types_are_right() -> None:
    assert not complaints(sys.executable, "-m", "mypy")


def test_rooms_import_only_what_they_may() -> None:
    assert not complaints(str(SCRIPTS / "lint-imports"))
