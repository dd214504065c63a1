"""The command line of a plant: setting up, people, keeping copies, examining."""

import json
import shutil
import socket
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mes.core import schema
from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.work import act, utc_now
from mes.web import backup as saving
from mes.web import doctor
from mes.web.bundle import BackupBroken
from mes.web.cli import SettingUnreadable
from mes.web.doctor import examine
from mes.web.installation import CannotUse, DatabaseOutOfReach, as_refusal
from mes.web.server import free_port
from tests.conftest import migrate
from tests.databases import postgresql_database, sqlite_database
from tests.factories import make_person
from tests.needs import needs
from tests.web.commands import mes


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
    done = mes(tmp_path, "upgrade")
    assert f"went from 0001 to {schema.head()}" in done.output
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


def test_password_pin_and_access_are_changed_by_login_or_number(plant: Path) -> None:
    assert mes(plant, "user", "password", "kim", typed="another-secret-1\n").exit_code == 0
    assert mes(plant, "user", "pin", "P7", typed="135790\n").exit_code == 0
    assert mes(plant, "user", "unlock", "kim").exit_code == 0
    assert mes(plant, "user", "disable", "kim").exit_code == 0
    (kim,) = json.loads(mes(plant, "user", "list", "--json").output)
    assert (kim["active"], kim["password"], kim["pin"]) == (False, True, True)
    assert "disabled" in mes(plant, "user", "list").output
    assert "There is no person lee" in mes(plant, "user", "unlock", "lee").stderr


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
    assert "not followed" in mes(plant, "scan", "javascript:alert(1)").stderr


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
    assert len(list(shelf.glob("mes-*.zip"))) == 1


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


def test_a_bare_database_of_the_first_versions_still_comes_back(plant: Path, tmp_path: Path) -> None:
    shutil.copy(plant / "mes.db", tmp_path / "old.db")
    assert mes(tmp_path / "new", "restore", str(tmp_path / "old.db")).exit_code == 0
    assert people_in(tmp_path / "new" / "mes.db") == ["김미숙"]


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
    turned.write_bytes(file.read_bytes()[:500] + bytes(9) + file.read_bytes()[509:])
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("notes.txt", "x")
    damaged.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
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
def test_what_postgresqls_programs_refuse_is_one_sentence(tmp_path: Path, plant: Path) -> None:
    needs("postgresql")
    url = postgresql_database("mes_saved", migrate)
    file = tmp_path / "broken.dump"
    file.write_bytes(saving.POSTGRESQL_MARK + b"\x01" * 40)
    mes(plant, "backup", str(tmp_path / "copy.db"))
    for wrong in (file, tmp_path / "copy.db"):
        said = mes(tmp_path, "restore", str(wrong), MES_DATABASE_URL=url)
        assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
    with pytest.raises(saving.ToolFailed):
        saving._Tool("pg_dump")("--file", str(tmp_path / "x"), settings=Settings(database_url=url + "_gone"))


def test_missing_programs_of_postgresql_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "postgresql_program", lambda _name: None)
    with pytest.raises(saving.ToolMissing, match="pg_dump is not installed"):
        saving._Tool("pg_dump")


def test_a_password_goes_by_environment() -> None:
    words, password = saving.connection_words("postgresql+psycopg://mes:geheim@db:5433/plant?sslmode=require")
    assert words == "host=db port=5433 user=mes dbname=plant sslmode=require"
    assert password == "geheim"


# Examining


def ailments(folder: Path, **settings: object) -> dict[str, str]:
    given = {"port": free_port("127.0.0.1", 8190), **settings}
    found = examine(Settings(data_dir=folder, **given), utc_now())  # type: ignore[arg-type]
    return {finding.about: finding.sentence for finding in found if not finding.is_well}


def test_a_well_plant_has_no_ailment(plant: Path) -> None:
    assert ailments(plant) == {}
    port = str(free_port("127.0.0.1", 8190))
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
    settings = Settings(data_dir=plant, port=free_port("127.0.0.1", 8190))
    found = examine(settings, utc_now() - timedelta(days=900))
    assert any(finding.about == "clock" and "set the clock" in finding.sentence for finding in found)


def test_a_postgresql_without_its_programs(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "postgresql_program", lambda _name: None)
    sick = ailments(plant, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "pg_dump is not installed" in sick["tools"]
