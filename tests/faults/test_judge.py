"""The judge of the accidents: what a program could do wrong with a tablet's acts does not pass it."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mes.core.db import Database
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.faults.books import judged
from tests.faults.crew import Act, noted
from tests.faults.tablet import Tablet

pytestmark = pytest.mark.thorough
Change = Callable[[list[Act]], object]
ACTS = 60
LOST = "acknowledged and not in the books"
TWICE = "in the books twice, of another lot, or by nobody"
REFUSED = "refused and in the books all the same"
SILENT = "results without their event"
EVENTS = "events that are missing, or of nothing"
REPORTED = "id = (SELECT max(id) FROM production_reports WHERE reverses_id IS NULL AND defective > 0)"
ITS_KEY = f"json_extract(json_extract(answer, '$.json'), '$.id') = (SELECT id FROM production_reports WHERE {REPORTED})"
#: One line of what a result took: ten pieces.
TAKEN = "kind = 'consume' AND reverses_id IS NULL AND quantity = (SELECT min(quantity) FROM movements)"
AGAIN = """CREATE TEMP TABLE one AS SELECT * FROM {0} WHERE {1} LIMIT 1;
UPDATE one SET id = 9999; INSERT INTO {0} SELECT * FROM one"""
LAST_OF = "id = (SELECT max(id) FROM events WHERE verb = '{}')"
#: What a program did wrong, as it lies in the tables afterwards -> the figures that tell it.
FAULTS = {
    "a result was answered and never committed": (
        f"DELETE FROM one_time_keys WHERE {ITS_KEY}; DELETE FROM production_reports WHERE {REPORTED}",
        {LOST, TWICE, EVENTS},
    ),
    "a result was recorded without its key": (f"DELETE FROM one_time_keys WHERE {ITS_KEY}", {LOST, TWICE, EVENTS}),
    "a result is there twice": (AGAIN.format("production_reports", REPORTED), {TWICE, SILENT}),
    "another quantity than was said": (f"UPDATE production_reports SET good = good + 1 WHERE {REPORTED}", {LOST}),
    "a defect that is not counted": (f"UPDATE production_reports SET defective = 0 WHERE {REPORTED}", {LOST}),
    "booked on another job": (f"UPDATE production_reports SET job_id = 3 - job_id WHERE {REPORTED}", {LOST}),
    "another lot was made": (f"UPDATE production_reports SET lot_id = 1 WHERE {REPORTED}", {LOST}),
    "taken from another lot": (
        (
            "UPDATE movements SET lot_id = 4 - lot_id WHERE id = "
            f"(SELECT max(id) FROM movements WHERE {TAKEN} AND lot_id <> 2)"
        ),
        {TWICE},
    ),
    "taken twice": (AGAIN.format("movements", TAKEN), {TWICE}),
    "an event was forgotten": (f"DELETE FROM events WHERE {LAST_OF.format('orders.consume')}", {EVENTS}),
    "a result's event was forgotten": (f"DELETE FROM events WHERE {LAST_OF.format('orders.report')}", {EVENTS, SILENT}),
    "a job was paused twice": (AGAIN.format("events", LAST_OF.format("orders.pause_job")), {EVENTS}),
    "a lot is below nothing": (
        "PRAGMA ignore_check_constraints = ON; UPDATE lots SET on_hand = -1",
        {"balances below nothing"},
    ),
}


class Desk:
    """The application, called as a tablet calls a server."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def request(self, method: str, path: str, body: str, headers: dict[str, str]) -> None:
        self.answer = self.client.open(path, method=method, data=body, headers=headers)

    def getresponse(self) -> "Desk":
        return self

    @property
    def status(self) -> int:
        return self.answer.status_code

    def read(self) -> bytes:
        return bytes(self.answer.data)


@pytest.fixture(scope="module")
def worked(session_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Act]]:
    """A tablet has worked at an embedded plant; the file, and what the tablet noted."""
    folder = tmp_path_factory.mktemp("judge")
    file = folder / "mes.db"
    database = Database(sqlite_database(file, migrate))
    shop = Shop(database)
    workshop = Workshop(shop)
    jobs = [workshop.running_job().code for _ in range(2)]
    state = session_app.extensions["mes"]
    state.database, state.clock = database, lambda: shop.now
    tablet = Tablet(0, workshop.token, jobs[0], [lot.code for lot in workshop.stock], "1", folder, 0)
    tablet.connection = Desk(session_app.test_client())  # type: ignore[assignment]
    tablet.stop = _After(ACTS)  # type: ignore[assignment]
    tablet.work()
    tablet.notes.close()
    database.close()
    return file, noted(folder)


class _After:
    """The sign to stop, given after so many acts."""

    def __init__(self, acts: int) -> None:
        self.left = acts

    def exists(self) -> bool:
        self.left -= 1
        return self.left < 0


def wrong(file: Path, acts: list[Act], change: str = "") -> set[str]:
    """What the judge says of a copy in which something was changed, its guards asleep."""
    copy = file.with_name("changed.db")
    copy.write_bytes(file.read_bytes())
    with closing(connect(copy)) as opened:
        names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        opened.executescript("".join(f'DROP TRIGGER "{name}";' for (name,) in names))
        before = opened.total_changes
        opened.executescript(change)
        assert not change or opened.total_changes > before, "nothing was changed"
    database = Database(f"sqlite:///{copy}")
    with database.read() as read:
        said = {one.what for one in judged(read, acts) if not one.ok}
    database.engine.dispose()
    return said


def test_what_is_right_passes(worked: tuple[Path, list[Act]]) -> None:
    file, acts = worked
    assert {act.act for act in acts} == {"report", "consume", "undo", "pause", "start"}
    assert wrong(file, acts) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_in_the_tables_is_told(worked: tuple[Path, list[Act]], fault: str) -> None:
    change, told = FAULTS[fault]
    assert wrong(*worked, change) == told


def test_what_was_answered_otherwise_than_recorded_is_told(worked: tuple[Path, list[Act]]) -> None:
    """The tablet was told of another result, of a refusal, of nothing at all."""
    file, acts = worked
    done = max((act for act in acts if act.act == "report" and act.status == 201), key=lambda act: act.answer["id"])

    def noted_as(**other: Any) -> set[str]:
        return wrong(file, [Act(**{**vars(act), **other}) if act is done else act for act in acts])

    assert noted_as(answer={**done.answer, "lot": "L000000-0000"}) == {LOST}
    assert noted_as(status=409, answer={"code": "NotEnough"}) == {REFUSED}
    assert noted_as(status=None, answer={}) == set()
    assert noted_as(body={**done.body, "good": "77"}, status=None, answer={}) == {
        "not acknowledged, and in the books by half"
    }
    assert wrong(file, [act for act in acts if act is not done]) == {TWICE, EVENTS}


def test_the_answer_that_is_kept_is_the_one_that_was_given(worked: tuple[Path, list[Act]]) -> None:
    file, acts = worked
    key = next(act.key for act in acts if act.act == "consume")
    told = json.dumps({"json": json.dumps({"movement": 1})})
    assert wrong(file, acts, f"UPDATE one_time_keys SET answer = '{told}' WHERE key LIKE '%{key}'") == {LOST}
