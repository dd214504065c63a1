"""Rules of the code that no linter knows. A failure says what to do."""

import ast
import re
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from mes.core.config import bundled
from tests.databases import ROOT
from tests.house.source import calls, method, python_files, stale, tree, where

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("source")]  # whoever has read the whole source keeps it
#: Who may begin, commit or roll back a transaction, and why.
TRANSACTIONS = {
    "mes/core/work.py": "the one write door",
    "mes/core/losses.py": "commits for the write door, and tells a commit whose answer got lost",
    "mes/core/schema.py": "migrations run before anything else does",
    "mes/core/round_trips.py": "how the driver does what the write door asks of it",
    "mes/plants/copies.py": "makes the tables of a copy ready, before PostgreSQL fills it",
    "mes/plants/publication.py": "changes what the server tells head office, and no row of the plant",
    "mes/web/generating/writing.py": "writes a large plant in bulk, into a database in which nothing was recorded yet",
    "mes/web/training_copy.py": "fills a database that nobody uses yet, and never the plant's",
}
#: Who may ask the machine's clock, and why. Everybody else takes Work.now or Reader.now.
CLOCKS = {
    "mes/core/work.py": "gives everybody else the time",
}
#: Who may make a float, and why. Quantities and money are exact decimals from input to database.
FLOATS = {
    "mes/labels/reading.py": "millimetres on paper, not a quantity of goods",
    "mes/labels/tables.py": "millimetres on paper, not a quantity of goods",
    "mes/exchange/workbooks.py": "a cell's number as the workbook stores it, turned into text at once",
    "mes/moving/readable.py": "a measured value is read back, not a quantity of goods",
    "mes/statistics/values.py": "a measured value enters the statistics, not a quantity of goods",
}
LONGEST = 300
#: Files that may be longer than 300 lines, and why.
LONG_FILES = {
    "mes/exchange/headings.py": "a table of headings, one line each",
    "mes/people/words.py": "a table of words, one line each",
}
MIGRATION = re.compile(r"\d{4}_[a-z0-9_]+\.py")


def test_only_the_write_door_begins_commits_or_rolls_back() -> None:
    found = list(calls(lambda call: method(call) in {"begin", "commit", "rollback"}, TRANSACTIONS))
    assert not found, f"leave transactions to Work (mes/core/work.py); here they are made by hand: {found}"


def test_nobody_asks_the_clock_but_work() -> None:
    found = list(calls(lambda call: method(call) in {"now", "utcnow", "today"}, CLOCKS))
    assert not found, f"take the time from work.now, so that one act has one time: {found}"


def test_no_quantity_is_a_float() -> None:
    found = list(calls(lambda call: method(call) in {"float", "Float", "Double", "REAL"}, FLOATS))
    assert not found, f"use Decimal and the column type of mes/core/types.py: {found}"


def test_no_function_hides_an_import_of_a_room() -> None:
    found = [
        where(path, node)
        for path in python_files("mes")
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mes.")
        if path.relative_to(ROOT).parts[:2] != ("mes", "web")
    ]
    assert not found, f"import rooms at the top; a circle means that state must be pushed down: {found}"


def test_no_file_is_longer_than_300_lines_without_a_reason() -> None:
    files = [*python_files("mes"), *sorted((ROOT / "templates").rglob("*.html"))]
    long = {
        path.relative_to(ROOT).as_posix(): length
        for path in files
        if (length := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    found = {name: length for name, length in long.items() if name not in LONG_FILES}
    assert not found, f"think again: which part could be a file of its own? {found}"
    assert set(LONG_FILES) <= set(long), f"no longer long, take them off the list: {set(LONG_FILES) - set(long)}"


@pytest.mark.parametrize("allowed", [TRANSACTIONS, CLOCKS, FLOATS, LONG_FILES])
def test_every_exception_is_still_needed(allowed: dict[str, str]) -> None:
    assert not stale(allowed)


def test_nothing_is_left_to_be_done_later() -> None:
    notes = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*python_files("mes", "migrations"), *sorted((ROOT / "templates").rglob("*.html"))]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if notes.search(line)
    ]
    assert not found, f"do it now, or write it down where work is planned: {found}"


def test_migrations_are_numbered_and_have_one_head(tmp_path: Path) -> None:
    script = ScriptDirectory(str(bundled("migrations")))
    assert len(script.get_heads()) == 1, f"two migrations follow the same one: {script.get_heads()}"
    files = sorted(path.name for path in (ROOT / "migrations/versions").glob("*.py"))
    odd = [name for name in files if not MIGRATION.fullmatch(name)]
    assert not odd, f"name a migration 0007_what_changes.py: {odd}"
    expected = [f"{number:04d}" for number in range(1, len(files) + 1)]
    assert [name[:4] for name in files] == expected, "number the migrations without gaps"
    assert sorted(revision.revision for revision in script.walk_revisions()) == expected
