"""The source of the product, read as text and as syntax trees, for the house tests."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.databases import ROOT


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def calls_in(path: Path) -> tuple[ast.Call, ...]:
    """Every call in a file: most rules look at nothing else, and looking for them is what takes time."""
    return tuple(node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def python_files(*folders: str) -> list[Path]:
    """All Python files in these folders of the project; a rule that looks at none would always hold."""
    found = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    assert found, f"no Python files in {folders}"
    return found


def where(path: Path, node: ast.expr | ast.stmt) -> str:
    """How a finding names its place: ``mes/lots/service.py:12``."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def calls(name: Callable[[ast.Call], bool], allowed: dict[str, str]) -> Iterator[str]:
    """Where mes/ makes a call that answers to ``name``, apart from the files allowed to (path: reason)."""
    for path in python_files("mes"):
        if str(path.relative_to(ROOT).as_posix()) not in allowed:
            yield from (where(path, call) for call in calls_in(path) if name(call))


def method(call: ast.Call) -> str:
    """The name of the method or function called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def stale(allowed: dict[str, str]) -> list[str]:
    """Entries of an allow-list whose file is gone."""
    return [path for path in allowed if not (ROOT / path).is_file()]
