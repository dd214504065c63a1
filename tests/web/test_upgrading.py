"""A plant is brought to a new version: who is in the way is told, and what cannot be done changes nothing."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from click.testing import Result

from mes.core import schema
from mes.core.computers import this_computer
from mes.core.config import Settings
from mes.core.db import Database
from mes.keeping.aside import Seats, Serving, StillServed, UpgradeRuns, aside, is_served
from mes.keeping.backup import NoBackup
from mes.keeping.marks import PlantMovedAway
from mes.keeping.upgrading import NoCopyFirst, UpgradeFailed, check_others
from mes.web import check_database
from tests.databases import ROOT, postgresql_database
from tests.needs import needs
from tests.web.commands import mes, program, unused_port

#: The tables of a year ago.
OLD = "0001"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The data folder of a plant with old tables."""
    database = Database(f"sqlite:///{tmp_path}/mes.db")
    schema.upgrade(database, OLD)
    database.close()
    return tmp_path


def at(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "mes.db")) as opened:
        return str(opened.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def says(done: Result, refused: type[Exception]) -> bool:
    """Whether it ended with this sentence and nothing else."""
    words = max(re.split(r"%\(\w+\)s", str(getattr(refused, "message"))), key=len).strip()
    return done.exit_code == 1 and words in done.stderr and "Traceback" not in done.stderr


@contextmanager
def holding(folder: Path, seat: int, *, looks: bool = False) -> Iterator[None]:
    """Another program that holds a byte of the file until it is killed; ``looks``: it is just looking whose that is."""
    deed = f"aside._let_go = lambda *_: None; print(not s.is_taken({seat}))" if looks else f"print(s.take({seat}))"
    words = f"from pathlib import Path; from mes.keeping import aside; s = aside.Seats(Path({str(folder)!r})); {deed}"
    holder = subprocess.Popen([sys.executable, "-uc", f"{words}; input()"], cwd=ROOT, stdin=-1, stdout=-1, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "True\n"
    try:
        yield
    finally:
        holder.kill()
        holder.communicate()


def test_while_somebody_has_the_database_open_nothing_is_changed(old: Path) -> None:
    with closing(sqlite3.connect(old / "mes.db")) as looking:
        looking.execute("SELECT count(*) FROM plant").fetchone()
        done = mes(old, "upgrade")
    assert says(done, StillServed)
    assert at(old) == OLD
    assert not (old / "backups").exists()
    assert mes(old, "upgrade").exit_code == 0


def test_without_a_backup_nothing_is_changed(old: Path) -> None:
    (old / "backups").touch()
    done = mes(old, "upgrade")
    assert says(done, NoCopyFirst)
    assert "--no-backup" in done.stderr
    assert at(old) == OLD
    assert mes(old, "upgrade", "--no-backup").exit_code == 0


def test_a_backup_that_would_fill_the_disk_is_not_begun(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mes.keeping.copying.LEAST_FREE", 1 << 60)
    done = mes(old, "upgrade")
    assert says(done, NoCopyFirst)
    assert "no room" in done.stderr


def test_a_migration_that_fails_says_how_to_go_back(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_words: object, **_named: object) -> None:
        raise ValueError("two rows with one code")

    monkeypatch.setattr(schema, "upgrade", stumble)
    done = mes(old, "upgrade")
    assert says(done, UpgradeFailed)
    assert "two rows with one code" in done.stderr
    assert f"at {OLD}" in done.stderr


def test_tables_that_are_not_as_they_should_be_afterwards_are_told(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_database, "shape", lambda _read: iter([("tables", "One table is bent.", {})]))
    done = mes(old, "upgrade", "--no-check")
    assert (done.exit_code, done.stderr) == (1, "One table is bent.\n")


def test_a_plant_that_moved_away_is_not_upgraded_by_mistake(old: Path) -> None:
    with closing(sqlite3.connect(old / "mes.db", isolation_level=None)) as opened:
        opened.execute("CREATE TABLE relocation (name VARCHAR(200) PRIMARY KEY, told TEXT)")
        told = '{"state":"moved","where":"x","at":"2026-01-05T00:00:00+00:00","ident":"1","version":"0001"}'
        opened.execute("INSERT INTO relocation VALUES ('mark', ?)", [told])
    assert says(mes(old, "upgrade"), PlantMovedAway)


def test_two_upgrades_at_once(old: Path) -> None:
    with holding(old, 0):
        assert says(mes(old, "upgrade"), UpgradeRuns)
    assert at(old) == OLD


def test_who_only_looks_whether_an_upgrade_has_begun_asks_nobody_to_step_aside(old: Path) -> None:
    """Two programs on one data folder look twice a second each."""
    with closing(Seats(old)) as seats:
        with holding(old, 0, looks=True):
            assert not seats.is_taken(0)
        with holding(old, 0):
            assert seats.is_taken(0)


def test_who_serves_and_does_not_step_aside_is_told(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mes.keeping.aside.PATIENCE", 0.2)
    with holding(old, 3):
        assert is_served(old)
        assert says(mes(old, "upgrade"), StillServed)
    assert at(old) == OLD
    assert not is_served(old)


def test_a_program_that_died_is_waited_for_by_nobody(old: Path) -> None:
    with holding(old, 1):
        pass
    with aside(old) as served:
        assert not served


def test_a_folder_that_takes_no_file_is_served_all_the_same(tmp_path: Path) -> None:
    serving = Serving(tmp_path / "nowhere")
    assert not serving.is_asked()
    serving.end()


def test_another_computer_that_serves_is_told_by_its_name() -> None:
    needs("postgresql")
    url = postgresql_database("mes_others")
    database, settings = Database(url), Settings(database_url=url)
    check_others(settings)  # tables of long ago do not know who serves
    schema.upgrade(database)
    database.engine.dispose()
    heard = (
        "INSERT INTO computers (name, port, version, key_mark, layouts_mark, seen_at) VALUES ('{}', {}, '', '', '', {})"
    )
    with database.engine.begin() as connection:
        connection.exec_driver_sql(heard.format("gone", 8080, "now() - interval '1 hour'"))
        connection.exec_driver_sql(heard.format(this_computer(settings), unused_port(), "now()"))
    database.engine.dispose()
    check_others(settings)  # one left long ago; what was here does not answer any more
    with database.engine.begin() as connection:
        connection.exec_driver_sql(heard.format("hall-2", 8080, "now()"))
    database.engine.dispose()
    with pytest.raises(StillServed, match="hall-2"):
        check_others(settings)


def test_the_program_of_before_comes_back_with_the_backup_of_before(old: Path) -> None:
    assert mes(old, "upgrade", "--no-check").exit_code == 0
    (copy,) = (old / "backups").iterdir()
    with closing(sqlite3.connect(old / "mes.db", isolation_level=None)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")  # a version that this program does not know
    back = mes(old, "restore", str(copy), "--yes")
    assert back.exit_code == 0, back.stderr
    assert at(old) == OLD
    (kept,) = (old / "backups").glob("*-before-restore.zip")
    assert says(mes(old, "restore", str(kept), "--yes"), NoBackup)  # what was kept is of the newer one


def test_a_program_that_is_connected_is_told_whatever_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("postgresql")
    monkeypatch.setattr("mes.keeping.upgrading._CLOSING", 0.1)
    url = postgresql_database("mes_connected")
    database, settings = Database(url), Settings(database_url=url)
    schema.upgrade(database, OLD)  # its connection stays open, as that of a program that serves does
    with pytest.raises(StillServed, match="mes"):
        check_others(settings)
    database.engine.dispose()
    check_others(settings)


@pytest.mark.long
@pytest.mark.xdist_group("serving")
def test_a_program_that_serves_steps_aside_and_comes_back_by_itself(old: Path) -> None:
    assert mes(old, "upgrade", "--no-check").exit_code == 0
    with program(old, unused_port(), "serve") as served:
        served.wait_until_it_answers()
        with aside(old) as there:
            assert there
            with closing(sqlite3.connect(old / "mes.db", timeout=5, isolation_level=None)) as alone:
                alone.execute("PRAGMA locking_mode=EXCLUSIVE")
                alone.execute("BEGIN EXCLUSIVE")
                alone.execute("ROLLBACK")
        served.wait_until_it_answers()
        deadline = monotonic() + 30
        while not is_served(old) and monotonic() < deadline:
            sleep(0.05)
        assert "starts again" in mes(old, "upgrade").output  # nothing to change: only what is installed by now
        served.wait_until_it_answers()
        code, out, _err = served.end()
    assert code == 0
    assert out.count("starts again by itself") == 2
    assert out.count("The pages are at") == 3
