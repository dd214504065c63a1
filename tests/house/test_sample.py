"""The list of what the quick run leaves out names tests that are there."""

import ast
from functools import cache

import pytest

from tests.databases import ROOT
from tests.house.source import tree
from tests.quick import sample


@cache
def _tests(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    body = tree(path).body
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    classes = {
        node.targets[0].id for node in body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return frozenset(names | {f"{name}::runTest" for name in classes})


@pytest.mark.parametrize("part", ["left_out", "on_postgresql"])
def test_no_test_in_the_list_of_the_quick_run_is_gone(part: str) -> None:
    gone = sorted(f"{file}::{name}" for file, name in sample()[part] if name not in _tests(file))
    assert gone == [], "take them out of tests/sample.toml, or write their new names"


def test_most_tests_run_quickly_and_what_looks_at_the_source_always() -> None:
    files = {file for file, _name in sample()["left_out"]}
    assert files
    assert not any(file.startswith("tests/house/") for file in files)
