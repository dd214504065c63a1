"""The server seals the log by itself; ``mes seal`` and ``mes check events`` take it out of the house and prove it."""

import json
import logging
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Busy
from mes.core.seals import NothingToSeal, all_seals
from mes.core.work import act
from mes.people.plant import set_up_plant
from mes.web import sealing, server
from mes.web.sealing import Sealing
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.factories import make_person
from tests.web.commands import mes


def keeper(shop: Shop) -> Sealing:
    return Sealing(shop.database, lambda: shop.now)


def numbers(shop: Shop) -> list[tuple[int, str, str]]:
    with shop.read() as read:
        return [(one.number, one.day.isoformat(), one.person) for one in all_seals(read)]


def test_the_log_is_sealed_when_a_production_day_has_ended(shop: Shop) -> None:
    shop.do(make_person)
    for _hour in range(30):  # from half past nine until the afternoon of the next day
        keeper(shop).look()
        shop.do(make_person)
        shop.later(hours=1)
    assert numbers(shop) == [(1, "2026-01-05", "system"), (2, "2026-01-06", "system")]


def test_a_day_on_which_nothing_happened_is_not_sealed(shop: Shop) -> None:
    shop.do(make_person)
    assert keeper(shop).look() is not None
    shop.later(days=1)
    assert keeper(shop).look() is None
    assert keeper(shop).look(always=True) is None


def test_an_empty_plant_is_left_alone(shop: Shop) -> None:
    assert keeper(shop).look(always=True) is None


def forge(shop: Shop) -> None:
    """Change the newest event for good, with the guards asleep."""
    with shop.database.engine.connect() as connection:
        if shop.database.is_sqlite:
            connection.execute(text("DROP TRIGGER events_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE events SET actor = 'x' WHERE id = (SELECT max(id) FROM events)"))
        connection.commit()


def test_a_start_finds_what_was_forged_since_the_last_seal_and_seals_that(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.do(make_person)
    keeper(shop).look()
    shop.do(make_person)
    forge(shop)
    assert keeper(shop).look() is None  # the day has not ended
    with caplog.at_level(logging.ERROR, "mes"):
        made = keeper(shop).look(always=True)
    assert "not whole (changed" in caplog.text
    assert made is not None
    assert (made.fault or "").startswith("changed")


def test_of_two_processes_one_seals(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.do(make_person)

    def busy(*_any: object) -> None:
        raise Busy

    monkeypatch.setattr(sealing, "make_seal", busy)
    assert keeper(shop).look() is None


def test_a_server_seals_soon_after_its_start(shop: Shop) -> None:
    shop.do(make_person)

    class App:
        """What the server serves."""

        extensions = {"mes": type("State", (), {"database": shop.database, "clock": staticmethod(lambda: shop.now)})}

    thread = server.begin_sealing(App(), Settings())  # type: ignore[arg-type]  # only its database and clock count
    try:
        for _look in range(200):
            if numbers(shop):
                break
            time.sleep(0.05)
    finally:
        thread.stop()
    assert len(numbers(shop)) == 1


# The command line


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A plant with a person."""
    with closing(Database(sqlite_database(tmp_path / "mes.db", migrate))) as database:
        act(database, SYSTEM, lambda work: set_up_plant(work, name="햇살떡집"), source="cli")
    assert mes(tmp_path, "user", "add", "boss", "--name", "김미숙", typed="rice-cake-2026\n").exit_code == 0
    return tmp_path


def alter(plant: Path, *statements: str) -> None:
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
        for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            opened.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            opened.execute(statement)


def test_a_seal_is_printed_written_and_proved(plant: Path, tmp_path: Path) -> None:
    said = mes(plant, "seal").output
    assert "Seal 1 of the event log of 햇살떡집" in said
    [letters] = [line for line in said.splitlines() if len(line) == 29 and line.count("-") == 4]
    assert mes(plant, "seal").output == said  # nothing was recorded since
    for name in ("seal.txt", "seal.pdf"):
        assert "was written to" in mes(plant, "seal", str(tmp_path / name)).output
    assert (tmp_path / "seal.pdf").read_bytes().startswith(b"%PDF")
    for given in (letters, str(tmp_path / "seal.txt"), said):
        done = mes(plant, "check", "events", "--seal", given)
        assert done.exit_code == 0, done.output
        assert "1 seals were proved" in done.output
        assert "1 events followed it" in done.output
    told = json.loads(mes(plant, "check", "--seal", letters, "--json").output)
    assert (told["faults"], told["seals"], told["sealed"]["since"]) == ([], 1, 1)
    assert json.loads(mes(plant, "seal", "--last", "--json").output)["letters"] == letters


def test_an_older_backup_that_was_brought_back_is_found(plant: Path, tmp_path: Path) -> None:
    shutil.copy(plant / "mes.db", tmp_path / "older.db")
    mes(plant, "user", "disable", "boss")
    mes(plant, "user", "add", "two", "--name", "둘째", typed="rice-cake-2026\n")
    assert mes(plant, "seal", str(tmp_path / "seal.txt")).exit_code == 0
    for left in plant.glob("mes.db*"):
        left.unlink()
    shutil.copy(tmp_path / "older.db", plant / "mes.db")
    assert mes(plant, "check", "events").exit_code == 0  # whole in itself
    done = mes(plant, "check", "events", "--seal", str(tmp_path / "seal.txt"))
    assert done.exit_code == 1
    assert "the log ends before it" in done.output


def test_what_was_changed_is_named_by_the_check_of_events(plant: Path) -> None:
    assert "events and 0 seals were proved" in mes(plant, "check", "events").output
    alter(plant, "UPDATE events SET actor = 'x' WHERE id = 2")
    done = mes(plant, "check", "events")
    assert done.exit_code == 1
    assert "! Event 2 (" in done.output
    assert "was changed after it was recorded" in done.output
    assert json.loads(mes(plant, "check", "events", "--json").output)["faults"][0]["values"]["id"] == "2"


def test_what_is_no_seal_or_is_not_there_is_said(plant: Path, tmp_path: Path) -> None:
    assert "This is no seal" in mes(plant, "check", "--seal", "nonsense").stderr
    assert "7" in mes(plant, "seal", "--number", "7").stderr
    assert mes(tmp_path / "new", "init").exit_code == 0
    alter(tmp_path / "new", "DELETE FROM events")
    assert NothingToSeal.message in mes(tmp_path / "new", "seal").stderr
