"""The command line of a plant: setting up, people, keeping copies, examining."""

import json
import os
import shutil
import socket
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mes.core import schema
from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.work import act, utc_now
from mes.keeping import backup as saving
from mes.keeping import postgresql
from mes.keeping.bundle import POSTGRESQL_MARK, BackupBroken
from mes.keeping.installation import CannotUse, DatabaseOutOfReach, as_refusal
from mes.people.plant import set_up_plant
from mes.people.queries import get_person
from mes.people.second_factor import find_factor, prepare
from mes.web import doctor
from mes.web.cli import SettingUnreadable
from mes.web.commands.opening import acting
from mes.web.commands.people import TwoPeople, find_person
from mes.web.doctor import examine
from tests.conftest import migrate
from tests.databases import postgresql_database, sqlite_database
from tests.factories import make_person
from tests.needs import needs
from tests.web.commands import mes, unused_port


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A plant where somebody works."""
    folder = tmp_path / "plant"
    folder.mkdir()
    database = Database(sqlite_database(folder / "mes.db", migrate))
    act(database, SYSTEM, lambda work: make_person(work, code="P7", login="kim", name="김미숙"), source="cli")
    database.close()
    return folder


def test_a_plant_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    made = mes(folder, "init", "--plant", "가나다식품")
    assert made.exit_code == 0
    assert "mes serve" in made.output
    again = mes(folder, "init", "--plant", "다른공장")
    assert "nothing was changed" in again.output
    with closing(sqlite3.connect(folder / "mes.db")) as opened:
        assert opened.execute("SELECT name FROM plant").fetchall() == [("가나다식품",)]


def test_an_older_database_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/mes.db")
    schema.upgrade(database, "0001")
    database.close()
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "copy.json").write_text("{}")
    done = mes(tmp_path, "upgrade")
    assert f"went from 0001 to {schema.head()}" in done.output
    assert not (tmp_path / "training").exists()  # whoever practises next gets a copy with the tables of now
    (kept,) = (tmp_path / "backups").iterdir()
    with zipfile.ZipFile(kept) as packed:
        copy = packed.extract("database.db", tmp_path / "taken")
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert "up to date" in mes(tmp_path, "upgrade").output


def test_there_is_nothing_to_upgrade_without_a_plant_or_from_a_later_version(plant: Path) -> None:
    assert "mes init" in mes(plant / "none", "upgrade").stderr
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer than this version" in mes(plant, "upgrade").stderr


def test_ordinary_mishaps_are_sentences_and_faults_are_not() -> None:
    assert isinstance(as_refusal(PermissionError(13, "Permission denied", "/root/x")), CannotUse)
    assert isinstance(as_refusal(OperationalError("", {}, Exception("no connection"))), DatabaseOutOfReach)
    assert as_refusal(TypeError("a fault of the program")) is None


def test_settings_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    said = mes(tmp_path, "config", MES_PORT="eighty")
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    assert said.stderr.startswith(SettingUnreadable.message.partition("%")[0])
    assert "eighty" in said.stderr


@pytest.mark.parametrize("command", ["init", "check", "backup"])
def test_a_folder_that_is_no_folder_is_said(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    words = [command, str(tmp_path / "copy.db")] if command == "backup" else [command]
    said = mes(tmp_path / "file", *words)
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    assert said.stderr.startswith((f"{tmp_path}/file", "There is no plant", "The database cannot be opened"))


def test_a_database_of_an_unknown_kind_is_said(tmp_path: Path) -> None:
    for url in ("oracle://x/y", "nonsense"):
        said = mes(tmp_path, "check", MES_DATABASE_URL=url)
        assert (said.exit_code, said.stderr.count("\n")) == (1, 1)


def test_settings_are_shown_without_their_secrets(tmp_path: Path) -> None:
    url = "postgresql+psycopg://mes:geheim@db/mes"
    shown = mes(tmp_path, "config", "--json", MES_SECRET_KEY="streng", MES_DATABASE_URL=url)
    values = json.loads(shown.output)
    assert values["data_dir"] == {"value": str(tmp_path), "from": "MES_DATA_DIR"}
    assert values["port"]["from"] == "default"
    assert "geheim" not in shown.output
    assert "streng" not in shown.output
    assert "data_dir" in mes(tmp_path, "config").output


# People


def test_the_first_administrator_is_added_from_the_command_line(plant: Path) -> None:
    weak = mes(plant, "user", "add", "boss", "--name", "김사장", typed="123\n")
    assert weak.exit_code == 1
    assert "too short" in weak.stderr
    assert mes(plant, "user", "add", "boss", "--name", "김사장", typed="three-word-secret\n").exit_code == 0
    people = json.loads(mes(plant, "user", "list", "--json").output)
    boss = next(person for person in people if person["login"] == "boss")
    assert (boss["roles"], boss["password"], boss["pin"]) == (["admin"], True, False)
    assert "김사장" in mes(plant, "user", "list").output


def test_who_lost_the_phone_signs_in_without_it_again(plant: Path) -> None:
    database = Database(f"sqlite:///{plant / 'mes.db'}")
    act(database, SYSTEM, lambda work: prepare(work, get_person(work.session, "P7"), "a key"), source="cli")
    assert "has no second factor" not in mes(plant, "user", "second-factor-off", "P7").output
    with database.read() as read:
        assert find_factor(read, get_person(read, "P7").id) is None
    database.close()
    assert "has no second factor" in mes(plant, "user", "second-factor-off", "kim").output


def test_password_pin_and_access_are_changed_by_login_or_number(plant: Path) -> None:
    assert mes(plant, "user", "password", "kim", typed="another-secret-1\n").exit_code == 0
    assert mes(plant, "user", "pin", "P7", typed="135790\n").exit_code == 0
    assert mes(plant, "user", "unlock", "kim").exit_code == 0
    assert mes(plant, "user", "disable", "kim").exit_code == 0
    (kim,) = json.loads(mes(plant, "user", "list", "--json").output)
    assert (kim["active"], kim["password"], kim["pin"]) == (False, True, True)
    assert "disabled" in mes(plant, "user", "list").output
    assert "There is no person lee" in mes(plant, "user", "unlock", "lee").stderr


def test_a_login_that_is_the_number_of_somebody_else_is_asked_about(plant: Path) -> None:
    for login, number, name in (("lee", "kim", "김영희"), ("park", "lee", "이철수")):
        mes(plant, "user", "add", login, "--code", number, "--name", name, typed="three-word-secret\n")
    for words in (("disable",), ("unlock",), ("password",), ("pin",)):
        said = mes(plant, "user", *words, "lee", typed="135790-secret\n")
        assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
        assert "lee is the login of 김영희 (kim) and the personnel number of 이철수 (lee)" in said.stderr
    assert "이철수 (lee) cannot sign in" in mes(plant, "user", "disable", "number:lee").output
    assert "김영희 (kim) can try again" in mes(plant, "user", "unlock", "login:lee").output
    with pytest.raises(TwoPeople), closing(Database(f"sqlite:///{plant}/mes.db")) as database:
        act(database, SYSTEM, lambda work: find_person(work, "lee"), source="cli")
    people = json.loads(mes(plant, "user", "list", "--json").output)
    assert {person["code"]: person["active"] for person in people} == {"P7": True, "kim": True, "lee": False}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # never the same day
def test_a_command_works_on_the_plants_day(plant: Path, zone: str) -> None:
    acting(Settings(data_dir=plant), lambda work: set_up_plant(work, name="먼 공장", time_zone=zone))
    begun = utc_now()
    day = acting(Settings(data_dir=plant), lambda work: work.today)
    assert day in {moment.astimezone(ZoneInfo(zone)).date() for moment in (begun, utc_now())}


# Scans and checks


def test_a_scan_says_what_it_is(plant: Path) -> None:
    badge = sqlite3.connect(plant / "mes.db").execute("SELECT badge FROM persons").fetchone()[0]
    found = mes(plant, "scan", f"https://mes.example/s/{badge}", "--json")
    answer = json.loads(found.output)
    assert answer["meanings"] == [{"kind": "badge", "code": badge, "name": "김미숙", "owner": "P7"}]
    assert answer["corrected"] == ["address"]
    assert "김미숙" in mes(plant, "scan", badge).output
    unknown = mes(plant, "scan", "ㅣㅒㅆ-1")
    assert unknown.exit_code == 1
    assert "Nothing here has the code LOT-1" in unknown.output
    assert "Hangul keyboard" in unknown.output
    assert "was not run" in mes(plant, "scan", "javascript:alert(1)").stderr


def test_a_scan_tells_programs_all_that_was_read(plant: Path) -> None:
    def answer(text: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(mes(plant, "scan", text, "--json").output)
        return told

    gs1 = answer("]d20109506000134352172812311012AB|21S7")
    assert gs1["identifiers"] == {"01": "09506000134352", "17": "281231", "10": "12AB", "21": "S7"}
    assert gs1["corrected"] == ["prefix", "separator"]
    assert gs1["refused"]["reason"] == "UnknownGtin"
    lost = answer("010950600013435210AB2199")
    assert lost["ambiguous"]
    assert {"01": "09506000134352", "10": "AB", "21": "99"} in lost["alternatives"]
    german = answer("L260105ß0001F")
    assert (german["code"], german["keyboards"]) == ("L260105-0001F", {"scanner": "us", "computer": "german"})
    assert answer("L260105-0001F.3")["copy"] == 3
    assert answer("WIFI:S:x;;")["refused"]["reason"] == "NetworkCode"
    assert "(10) 12AB" in mes(plant, "scan", "]d20109506000134352172812311012AB").output


def test_a_check_ends_with_one_when_something_is_wrong(plant: Path) -> None:
    assert mes(plant, "check").exit_code == 0
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
        opened.execute("DROP TRIGGER events_no_update")
        opened.execute("UPDATE events SET actor = 'x'")
    assert "was changed after it was recorded" in mes(plant, "check").output
    wrong = mes(plant, "check", "--json")
    assert wrong.exit_code == 1
    assert {fault["rule"] for fault in json.loads(wrong.output)["faults"]} == {"event_chain", "guards"}


# Copies


def people_in(file: Path) -> list[str]:
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as packed:
            file = Path(packed.extract("database.db", file.with_suffix("")))
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM persons")]


def test_a_backup_is_one_file_whose_database_opens_by_itself(plant: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")  # somebody is working meanwhile
        writer.execute("UPDATE persons SET name = 'half done'")
        made = mes(plant, "backup", str(shelf / "monday.zip"))
        writer.execute("ROLLBACK")
    assert made.exit_code == 0
    assert [file.name for file in shelf.iterdir()] == ["monday.zip"]
    assert people_in(shelf / "monday.zip") == ["김미숙"]
    assert (shelf / "monday.zip").stat().st_mode & 0o077 == 0
    assert mes(plant, "backup", str(shelf)).exit_code == 0
    assert len(list(shelf.glob("mes-*Z.zip"))) == 1, "dated in UTC, and saying so"


def test_a_backup_replaces_an_older_one_and_nothing_else(plant: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    assert mes(plant, "backup", str(file)).exit_code == 0
    assert mes(plant, "backup", str(file)).exit_code == 0
    notes = tmp_path / "notes.txt"
    notes.write_text("keep me", "utf-8")
    for other in (notes, plant / "mes.db"):
        assert "was not overwritten" in mes(plant, "backup", str(other)).stderr
    assert notes.read_text("utf-8") == "keep me"
    with pytest.raises(saving.NotAnOldBackup):
        saving.backup(Settings(data_dir=plant), notes, utc_now())
    with pytest.raises(saving.CannotWriteBackup):
        saving.backup(Settings(data_dir=plant), tmp_path / "none" / "copy.db", utc_now())
    assert "mes init" in mes(tmp_path / "none", "backup", str(file)).stderr


def test_a_backup_comes_back_over_a_plant_only_when_that_is_meant(plant: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    mes(plant, "backup", str(file))
    mes(plant, "user", "add", "boss", "--name", "김사장", typed="three-word-secret\n")
    with pytest.raises(saving.NotEmpty, match="--yes"):
        saving.restore(Settings(data_dir=plant), file, utc_now(), yes=False)
    assert mes(plant, "restore", str(file)).exit_code == 1
    assert people_in(plant / "mes.db") == ["김미숙", "김사장"]
    done = mes(plant, "restore", str(file), "--yes")
    assert done.exit_code == 0, done.output
    assert people_in(plant / "mes.db") == ["김미숙"]
    (kept,) = (plant / "backups").iterdir()
    assert people_in(kept) == ["김미숙", "김사장"]


def test_a_backup_comes_back_into_a_new_or_bare_plant(plant: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    mes(plant, "backup", str(file))
    assert mes(tmp_path / "new", "restore", str(file)).exit_code == 0
    mes(tmp_path / "bare", "init", "--plant", "빈 공장")
    assert mes(tmp_path / "bare", "restore", str(file)).exit_code == 0
    assert people_in(tmp_path / "new" / "mes.db") == people_in(tmp_path / "bare" / "mes.db") == ["김미숙"]


def test_a_backup_brings_layouts_and_key_to_another_machine(plant: Path, tmp_path: Path) -> None:
    (plant / "labels").mkdir()
    (plant / "labels" / "ours.toml").write_text("# 우리 양식", "utf-8")
    (plant / "secret.key").write_text("the key")
    (plant / "backups").mkdir()
    (plant / "backups" / "old.zip").write_bytes(b"PK\x03\x04 old")
    file = plant / "inside.zip"
    for _again in (1, 2):  # the first copy is not packed into the second
        assert mes(plant, "backup", str(file)).exit_code == 0
    with zipfile.ZipFile(file) as packed:
        assert packed.namelist() == ["database.db", "data/labels/ours.toml", "data/secret.key"]
    there = tmp_path / "new"
    assert mes(there, "restore", str(file)).exit_code == 0
    assert sorted(path.name for path in there.rglob("*") if path.is_file()) == ["mes.db", "ours.toml", "secret.key"]
    assert (there / "labels" / "ours.toml").read_text("utf-8") == "# 우리 양식"
    assert (there / "secret.key").read_text() == "the key"
    assert (there / "secret.key").stat().st_mode & 0o077 == 0


def test_what_a_restore_replaces_is_kept_layouts_too(plant: Path, tmp_path: Path) -> None:
    (plant / "labels").mkdir()
    layout = plant / "labels" / "ours.toml"
    layout.write_text("# old", "utf-8")
    mes(plant, "backup", str(tmp_path / "copy.zip"))
    layout.write_text("# new", "utf-8")
    (plant / "labels" / "later.toml").write_text("# later", "utf-8")
    assert mes(plant, "restore", str(tmp_path / "copy.zip"), "--yes").exit_code == 0
    assert layout.read_text("utf-8") == "# old"
    assert (plant / "labels" / "later.toml").read_text("utf-8") == "# later"  # unknown to the backup: it stays
    (kept,) = (plant / "backups").iterdir()
    with zipfile.ZipFile(kept) as packed:
        assert packed.read("data/labels/ours.toml") == b"# new"


def test_a_backup_never_writes_outside_the_data_folder(plant: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    mes(plant, "backup", str(file))
    with zipfile.ZipFile(file, "a") as packed:
        for name in ("data/../../escaped", "/escaped", "data//escaped/../../x", "elsewhere/escaped", "data/backups/x"):
            packed.writestr(name, "x")
    assert mes(tmp_path / "new", "restore", str(file)).exit_code == 0
    assert sorted(path.name for path in tmp_path.rglob("escaped*")) == []
    assert not (tmp_path / "new" / "backups").exists()


def names_in(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as packed:
        return packed.namelist()


def people_of_a_new_database(file: Path, name: str) -> None:
    database = Database(sqlite_database(file, migrate))
    act(database, SYSTEM, lambda work: make_person(work, name=name), source="cli")
    database.close()


def test_a_database_left_in_the_data_folder_does_not_come_back_over_the_restored_one(tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere.db"
    left = tmp_path / "plant" / "mes.db"
    left.parent.mkdir()
    people_of_a_new_database(left, "예전 사람")
    people_of_a_new_database(moved, "지금 사람")
    (left.parent / "secret.key").write_text("the key")
    with closing(sqlite3.connect(left)) as opened:  # somebody looks at it: its log lies beside it
        opened.execute("BEGIN IMMEDIATE")
        made = mes(left.parent, "backup", str(tmp_path / "copy.zip"), MES_DATABASE_URL=f"sqlite:///{moved}")
    assert made.exit_code == 0
    assert names_in(tmp_path / "copy.zip") == ["database.db", "data/secret.key"]
    assert mes(tmp_path / "new", "restore", str(tmp_path / "copy.zip")).exit_code == 0
    assert people_in(tmp_path / "new" / "mes.db") == ["지금 사람"]


def test_an_earlier_backup_with_a_second_database_does_not_replace_the_first(plant: Path, tmp_path: Path) -> None:
    people_of_a_new_database(tmp_path / "stale.db", "예전 사람")
    mes(plant, "backup", str(tmp_path / "copy.zip"))
    with zipfile.ZipFile(tmp_path / "copy.zip", "a") as packed:
        for end in ("", "-wal", "-shm", "-journal"):
            packed.write(tmp_path / "stale.db", f"data/mes.db{end}")
        packed.writestr("data/labels/../mes.db", "x")
    assert mes(tmp_path / "new", "restore", str(tmp_path / "copy.zip")).exit_code == 0
    assert people_in(tmp_path / "new" / "mes.db") == ["김미숙"]


def test_a_data_folder_of_any_name_is_saved_whole(plant: Path, tmp_path: Path) -> None:
    hidden = tmp_path / ".mes-plant" / "data"
    hidden.parent.mkdir()
    plant.rename(hidden)
    (hidden / "secret.key").write_text("the key")
    (hidden / ".mes-abc123").mkdir()  # what an interrupted backup leaves
    (hidden / ".mes-abc123" / "database.db").write_text("half")
    assert mes(hidden, "backup", str(tmp_path / "copy.zip")).exit_code == 0
    assert names_in(tmp_path / "copy.zip") == ["database.db", "data/secret.key"]


def test_backups_kept_in_the_data_folder_are_not_packed_into_the_next(plant: Path) -> None:
    (plant / "drawings.zip").write_bytes(b"PK\x03\x04 a file of the plant")
    (plant / "shelf").mkdir()
    for place in ("monday.zip", "shelf/tuesday.zip", "shelf/wednesday.zip"):
        assert mes(plant, "backup", str(plant / place)).exit_code == 0
    assert names_in(plant / "shelf" / "wednesday.zip") == ["database.db", "data/drawings.zip"]


def test_what_people_only_practised_is_no_part_of_a_backup(plant: Path, tmp_path: Path) -> None:
    (plant / "training").mkdir()
    for name in ("copy.json", "20260105-093000-abcdef.db"):
        (plant / "training" / name).write_text("{}")
    assert mes(plant, "backup", str(tmp_path / "copy.zip")).exit_code == 0
    assert names_in(tmp_path / "copy.zip") == ["database.db"]
    assert mes(plant, "restore", str(tmp_path / "copy.zip"), "--yes").exit_code == 0
    assert not (plant / "training").exists()  # it was a copy of the plant that was there before


def test_a_file_from_before_the_clock_was_set_is_saved(plant: Path, tmp_path: Path) -> None:
    (plant / "secret.key").write_text("the key")
    os.utime(plant / "secret.key", (0, 0))
    made = mes(plant, "backup", str(tmp_path / "copy.zip"))
    assert made.exit_code == 0, made.output
    assert "data/secret.key" in names_in(tmp_path / "copy.zip")


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file but the database and the kept copies, by its place."""
    found = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in found.items() if not name.startswith(("mes.db", "backups/"))}


@pytest.mark.parametrize("in_the_way", ["labels", "labels/ours.toml/x", "archive/2026/ours.toml/x"])
def test_a_restore_that_finds_something_in_the_way_changes_nothing(
    plant: Path, tmp_path: Path, in_the_way: str
) -> None:
    source = tmp_path / "source"
    shutil.copytree(plant, source)
    for place in ("labels/ours.toml", "archive/2026/ours.toml", "secret.key"):
        (source / place).parent.mkdir(parents=True, exist_ok=True)
        (source / place).write_text("from the backup", "utf-8")
    mes(source, "backup", str(tmp_path / "copy.zip"))
    mes(plant, "user", "add", "boss", "--name", "김사장", typed="three-word-secret\n")
    (plant / in_the_way).parent.mkdir(parents=True, exist_ok=True)
    (plant / in_the_way).write_text("in the way", "utf-8")
    (plant / "secret.key").write_text("the plant's own key")
    before = everything_in(plant)
    with pytest.raises(saving.NotBroughtBack) as said:
        saving.restore(Settings(data_dir=plant), tmp_path / "copy.zip", utc_now(), yes=True)
    (kept,) = (plant / "backups").iterdir()
    assert str(kept) in str(said.value)
    assert str(plant / in_the_way.removesuffix("/x")) in str(said.value)
    assert everything_in(plant) == before
    assert people_in(plant / "mes.db") == people_in(kept) == ["김미숙", "김사장"]


def test_a_database_that_cannot_be_replaced_leaves_the_files_too(
    plant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "PATIENCE", 0.1)
    (plant / "labels").mkdir()
    layout = plant / "labels" / "ours.toml"
    layout.write_text("# old", "utf-8")
    mes(plant, "backup", str(tmp_path / "copy.zip"))
    layout.write_text("# new", "utf-8")
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as working:
        working.execute("BEGIN IMMEDIATE")  # the program was not stopped
        said = mes(plant, "restore", str(tmp_path / "copy.zip"), "--yes")
        working.execute("ROLLBACK")
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    assert "was not brought back" in said.stderr
    assert everything_in(plant) == {"labels/ours.toml": b"# new"}


def test_a_bare_database_of_the_first_versions_still_comes_back(plant: Path, tmp_path: Path) -> None:
    shutil.copy(plant / "mes.db", tmp_path / "old.db")
    assert mes(tmp_path / "new", "restore", str(tmp_path / "old.db")).exit_code == 0
    assert people_in(tmp_path / "new" / "mes.db") == ["김미숙"]


@pytest.mark.thorough
def test_an_older_backup_asks_for_an_upgrade(plant: Path, tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path}/old.db")
    schema.upgrade(old, "0001")
    old.close()
    assert "mes upgrade" in mes(plant, "restore", str(tmp_path / "old.db"), "--yes").output
    assert mes(plant, "upgrade").exit_code == 0


def test_a_damaged_or_foreign_file_is_refused_before_anything_is_touched(plant: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    mes(plant, "backup", str(file))
    damaged, foreign, dump = tmp_path / "damaged.db", tmp_path / "foreign.db", tmp_path / "x.dump"
    turned, other = tmp_path / "turned.zip", tmp_path / "other.zip"
    whole = file.read_bytes()
    half = len(whole) // 2
    turned.write_bytes(whole[:half] + bytes(255 - byte for byte in whole[half : half + 9]) + whole[half + 9 :])
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("notes.txt", "x")
    damaged.write_bytes(whole[:half])
    with closing(sqlite3.connect(foreign, isolation_level=None)) as opened:
        opened.execute("CREATE TABLE notes (line)")
    dump.write_bytes(b"PGDMP\x01\x0e")
    for wrong in (damaged, foreign, dump, turned, other, tmp_path / "missing.db", tmp_path):
        said = mes(plant, "restore", str(wrong), "--yes")
        assert (said.exit_code, said.stderr.count("\n")) == (1, 1), wrong
    with pytest.raises(saving.NoBackup):
        saving.restore(Settings(data_dir=plant), foreign, utc_now(), yes=True)
    assert people_in(plant / "mes.db") == ["김미숙"]
    assert not (plant / "backups").exists()


def test_a_copy_with_a_loose_reference_is_not_whole(plant: Path) -> None:
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
        opened.execute("INSERT INTO person_skills (person_id, name) VALUES (999, 'x')")
    with pytest.raises(BackupBroken, match="person_skills -> persons"):
        saving.check_sqlite(plant / "mes.db")


@pytest.mark.xdist_group("postgresql-tools")
def test_postgresql_is_saved_and_brought_back_by_its_own_programs(tmp_path: Path) -> None:
    needs("postgresql")
    urls = [postgresql_database(name, migrate) for name in ("mes_saved", "mes_brought_back")]
    database = Database(urls[0])
    act(database, SYSTEM, lambda work: make_person(work, name="김미숙"), source="cli")
    database.engine.dispose()
    file = tmp_path / "plant.zip"
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "ours.toml").write_text("# ours", "utf-8")
    saved = mes(tmp_path, "backup", str(file), MES_DATABASE_URL=urls[0])
    assert saved.exit_code == 0, saved.output
    assert "--yes" in mes(tmp_path, "restore", str(file), MES_DATABASE_URL=urls[0]).stderr
    for url, words in ((urls[1], ()), (urls[0], ("--yes",))):
        back = mes(tmp_path, "restore", str(file), *words, MES_DATABASE_URL=url)
        assert back.exit_code == 0, back.output
        there = Database(url)
        with there.read() as read:
            assert read.scalars(text("SELECT name FROM persons")).all() == ["김미숙"]
        there.engine.dispose()
    moved = mes(tmp_path / "new", "restore", str(file), "--yes", MES_DATABASE_URL=urls[1])
    assert moved.exit_code == 0, moved.output
    assert (tmp_path / "new" / "labels" / "ours.toml").read_text("utf-8") == "# ours"


@pytest.mark.xdist_group("postgresql-tools")
def test_a_backup_from_before_an_upgrade_comes_back_to_postgresql(tmp_path: Path) -> None:
    needs("postgresql")
    url = postgresql_database("mes_saved")
    database = Database(url)
    schema.upgrade(database, "0001")
    assert mes(tmp_path, "backup", str(tmp_path / "old.zip"), MES_DATABASE_URL=url).exit_code == 0
    schema.upgrade(database)
    act(database, SYSTEM, lambda work: make_person(work, name="김미숙"), source="cli")
    database.engine.dispose()
    back = mes(tmp_path, "restore", str(tmp_path / "old.zip"), "--yes", MES_DATABASE_URL=url)
    assert back.exit_code == 0, back.stderr
    assert "mes upgrade" in back.output
    assert mes(tmp_path, "upgrade", MES_DATABASE_URL=url).exit_code == 0
    assert mes(tmp_path, "user", "list", "--json", MES_DATABASE_URL=url).output.strip() == "[]"
    (kept,) = (tmp_path / "backups").glob("*-before-restore.zip")
    assert mes(tmp_path, "restore", str(kept), MES_DATABASE_URL=url).exit_code == 0
    assert "김미숙" in mes(tmp_path, "user", "list", MES_DATABASE_URL=url).output


@pytest.mark.xdist_group("postgresql-tools")
def test_a_restore_that_postgresql_refuses_leaves_the_plant_as_it_was(tmp_path: Path) -> None:
    needs("postgresql")
    urls = [postgresql_database(name, migrate) for name in ("mes_saved", "mes_brought_back")]
    for url, name in zip(urls, ("김미숙", "이영희"), strict=True):
        database = Database(url)
        act(database, SYSTEM, lambda work, name=name: make_person(work, name=name), source="cli")  # type: ignore[misc]
        with database.engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS other"))
            connection.execute(text("CREATE TABLE IF NOT EXISTS other.orders (code text)"))
        database.engine.dispose()
    there = Database(urls[1])
    with there.engine.begin() as connection:  # a view of another program, on a table that comes back
        connection.execute(text("CREATE VIEW other.seen AS SELECT code FROM other.orders"))
    there.engine.dispose()
    source, target = tmp_path / "source", tmp_path / "target"
    for folder in (source, target):
        folder.mkdir()
        (folder / "secret.key").write_text(f"the key of the {folder.name}")
    assert mes(source, "backup", str(tmp_path / "copy.zip"), MES_DATABASE_URL=urls[0]).exit_code == 0
    said = mes(target, "restore", str(tmp_path / "copy.zip"), "--yes", MES_DATABASE_URL=urls[1])
    assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    assert "was not brought back" in said.stderr
    assert "이영희" in mes(target, "user", "list", MES_DATABASE_URL=urls[1]).output
    assert (target / "secret.key").read_text() == "the key of the target"


@pytest.mark.xdist_group("postgresql-tools")
def test_what_postgresqls_programs_refuse_is_one_sentence(tmp_path: Path, plant: Path) -> None:
    needs("postgresql")
    url = postgresql_database("mes_saved", migrate)
    file = tmp_path / "broken.dump"
    file.write_bytes(POSTGRESQL_MARK + b"\x01" * 40)
    mes(plant, "backup", str(tmp_path / "copy.db"))
    for wrong in (file, tmp_path / "copy.db"):
        said = mes(tmp_path, "restore", str(wrong), MES_DATABASE_URL=url)
        assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    with pytest.raises(postgresql.ToolFailed):
        postgresql.Tool("pg_dump")("--file", str(tmp_path / "x"), settings=Settings(database_url=url + "_gone"))


def test_missing_programs_of_postgresql_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "postgresql_program", lambda _name: None)
    with pytest.raises(postgresql.ToolMissing, match="pg_dump is not installed"):
        postgresql.Tool("pg_dump")


def test_a_password_goes_by_environment() -> None:
    words, password = postgresql.connection_words("postgresql+psycopg://mes:geheim@db:5433/plant?sslmode=require")
    assert sorted(words.split()) == ["dbname=plant", "host=db", "port=5433", "sslmode=require", "user=mes"]
    assert password == "geheim"


# Examining


def ailments(folder: Path, **settings: object) -> dict[str, str]:
    given = {"port": unused_port(), **settings}
    found = examine(Settings(data_dir=folder, **given), utc_now())  # type: ignore[arg-type]
    return {finding.about: finding.sentence for finding in found if not finding.is_well}


def test_a_well_plant_has_no_ailment(plant: Path) -> None:
    assert ailments(plant) == {}
    port = str(unused_port())
    said = mes(plant, "doctor", MES_PORT=port)
    assert (said.exit_code, said.output.splitlines()[-1]) == (0, "This installation is well.")


def test_a_missing_plant_is_an_ailment(tmp_path: Path) -> None:
    assert set(ailments(tmp_path / "none")) == {"folder", "database"}
    said = mes(tmp_path / "none", "doctor", "--json")
    assert said.exit_code == 1
    assert {row["about"] for row in json.loads(said.output) if not row["well"]} >= {"folder", "database"}


def test_a_folder_that_cannot_be_written_to(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "cannot be written to" in ailments(plant)["folder"]


def test_a_disk_that_is_nearly_full(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(plant)._replace(free=3 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage)
    assert ailments(plant)["disk"] == "Only 3 MB are free on the disk of the data folder: make room."


def test_a_database_of_another_version(plant: Path) -> None:
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '0001'")
    assert "mes upgrade" in ailments(plant)["database"]


def test_a_program_without_its_fonts(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "asset", lambda name: plant / name)
    assert "install it again" in ailments(plant)["files"]


def test_a_port_that_another_program_has(plant: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "already in use" in ailments(plant, port=taken.getsockname()[1])["port"]


def test_a_key_that_others_can_read(plant: Path) -> None:
    (plant / "secret.key").write_text("x", "utf-8")
    (plant / "secret.key").chmod(0o644)
    assert "chmod 600" in ailments(plant)["key"]


def test_a_clock_that_went_back(plant: Path) -> None:
    settings = Settings(data_dir=plant, port=unused_port())
    found = examine(settings, utc_now() - timedelta(days=900))
    assert any(finding.about == "clock" and "set the clock" in finding.sentence for finding in found)


def test_a_postgresql_without_its_programs(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "postgresql_program", lambda _name: None)
    sick = ailments(plant, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "pg_dump is not installed" in sick["tools"]
