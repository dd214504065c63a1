"""``mes doctor`` names what ails a machine: each sickness is made, and found (more of them in test_commands)."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mes.core.config import Settings, read_settings
from mes.core.work import utc_now
from mes.web import doctor_machine
from mes.web.doctor import examine
from mes.web.tls import certificates
from tests.conftest import migrate
from tests.databases import sqlite_database
from tests.web.commands import unused_port


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A well plant."""
    sqlite_database(tmp_path / "mes.db", migrate)
    return tmp_path


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A machine whose time zone can be set."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def ailments(folder: Path, now: datetime | None = None, **settings: object) -> dict[str, str]:
    given = Settings(data_dir=folder, port=unused_port(), **settings)  # type: ignore[arg-type]
    return {one.about: one.sentence for one in examine(given, now or utc_now()) if not one.is_well}


def mounted(monkeypatch: pytest.MonkeyPatch, folder: Path, *lines: str) -> None:
    """What the kernel says is mounted where."""
    file = folder / "mounts"
    file.write_text("\n".join(("/dev/sda1 / ext4 rw 0 0", *lines)) + "\n", "utf-8")
    monkeypatch.setattr(doctor_machine, "MOUNTS", file)


def test_a_database_of_a_newer_program(plant: Path) -> None:
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer than this version knows" in ailments(plant)["database"]


def test_a_table_that_cannot_be_read_hides_nothing_else(plant: Path) -> None:
    with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
        opened.execute("DROP TABLE backup_copies")
    found = ailments(plant, datetime(2025, 1, 1, tzinfo=UTC))
    assert "no such table: backup_copies" in found["database"]
    assert "before this program was made" in found["clock"]


@pytest.mark.parametrize("kind", ["cifs", "nfs4", "fuse.sshfs", "9p"])
def test_a_database_in_a_network_folder(plant: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted(monkeypatch, plant, f"//server/share {plant} {kind} rw 0 0")
    assert f"lies in a network folder ({kind})" in ailments(plant)["database"]


def test_a_network_folder_with_a_blank_in_its_name(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = plant / "공장 데이터"
    share.mkdir()
    (plant / "mes.db").rename(share / "mes.db")
    mounted(monkeypatch, plant, f"//server/share {str(share).replace(' ', chr(92) + '040')} smb3 rw 0 0")
    assert "network folder" in ailments(share)["database"]


def test_a_share_of_windows_is_a_network_folder() -> None:
    assert doctor_machine._kind_of_disk(Path("\\\\server\\share\\mes.db")) == "UNC"


def test_a_disk_of_its_own_in_a_network_folder_is_well(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted(monkeypatch, plant, f"//server/share {plant.parent} cifs rw 0 0", f"/dev/sdb1 {plant} ext4 rw 0 0")
    assert ailments(plant) == {}
    monkeypatch.setattr(doctor_machine, "MOUNTS", plant / "none")  # no Linux
    assert ailments(plant) == {}


def test_a_log_that_only_grows(plant: Path) -> None:
    with (plant / "mes.db-wal").open("wb") as log:
        log.truncate(300 * 2**20)  # a hole: it takes no room
    assert "has grown to 300 MB" in " ".join(doctor_machine.write_ahead(Settings(data_dir=plant)))


def test_a_certificate_that_nobody_renewed(plant: Path) -> None:
    now = utc_now()
    assert ailments(plant, tls=True) == {}  # none yet: it is made at the first start
    certificates(plant / "tls", now, ["localhost"])
    assert ailments(plant, tls=True) == {}
    sick = ailments(plant, now + timedelta(days=340), tls=True)
    assert "was not renewed" in sick["certificate"]
    (plant / "tls" / "server.crt").write_text("torn", "utf-8")
    assert "cannot be read" in ailments(plant, tls=True)["certificate"]


@pytest.mark.parametrize("name", ["secret.key", "tls/ca.key", "tls/server.key"])
def test_a_key_that_everybody_can_read(plant: Path, name: str) -> None:
    (plant / "tls").mkdir()
    (plant / name).write_text("x", "utf-8")
    (plant / name).chmod(0o644)
    assert name in ailments(plant)["key"]
    (plant / name).chmod(0o600)
    assert ailments(plant) == {}


def test_settings_with_passwords_that_everybody_can_read(plant: Path) -> None:
    file = plant / "mes.toml"
    file.write_text(f'data_dir = "{plant}"\ns3_secret = "geheim"\n', "utf-8")
    file.chmod(0o644)
    assert list(doctor_machine.open_keys(read_settings({}, plant))) == [file]


def test_a_clock_whose_battery_is_empty(plant: Path) -> None:
    assert "before this program was made" in ailments(plant, datetime(2000, 1, 1, tzinfo=UTC))["clock"]


def test_a_machine_set_to_the_hours_of_another_country(plant: Path, zone: pytest.MonkeyPatch) -> None:
    for here, wrong in (("Asia/Seoul", False), ("UTC", False), ("America/New_York", True), ("Asia/Kolkata", True)):
        zone.setenv("TZ", here)
        time.tzset()
        assert ("clock" in ailments(plant)) is wrong
    assert "(UTC+05:30) is not the plant's (UTC+09:00, Asia/Seoul)" in ailments(plant)["clock"]
