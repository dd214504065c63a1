"""Copies of a plant that works: made, brought to their places, thrown away, opened on trial, missed."""

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import AlreadyExists, DatabaseAway, NotFound, Refused
from mes.core.events import Event
from mes.core.work import act
from mes.keeping import copying, queries, service, standing
from mes.keeping.bundle import BackupBroken, proof
from mes.keeping.copying import Copying, NoRoom
from mes.keeping.models import Copy, CopyState, Place
from mes.keeping.rules import AGAIN, AT_WORK, AtWork, CopyBroken, CopyGone, PlaceAway, PlaceOfOurs, PlaceShut
from mes.keeping.shelves import Folder
from mes.keeping.standing import Kept
from mes.keeping.trying import CopyWrong, try_copy
from tests.conftest import BOSS, Shop, migrate
from tests.databases import sqlite_database
from tests.factories import make_person


@pytest.fixture
def settings(shop: Shop, tmp_path: Path) -> Settings:
    """The plant's data folder."""
    url = shop.database.engine.url.render_as_string(hide_password=False)
    return Settings(data_dir=tmp_path / "data", database_url=url)


@pytest.fixture
def keeper(shop: Shop, settings: Settings) -> Copying:
    """What makes its copies, by the shop's clock."""
    return Copying(shop.database, settings, lambda: shop.now)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A USB stick that is plugged in."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def stand(shop: Shop) -> list[Kept]:
    with shop.read() as read:
        return standing.kept(read, shop.now)


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def nothing_wrong(_database: Database) -> Sequence[str]:
    return []


def test_each_night_a_copy_is_made_and_brought_to_the_stick(
    shop: Shop, keeper: Copying, settings: Settings, stick: Path
) -> None:
    shop.do(make_person)
    shop.do(lambda work: service.add_place(work, str(stick), 7))
    keeper.look()
    keeper.look()  # nothing more is due
    [here, there] = stand(shop)
    assert here.good is not None
    assert there.good is not None
    assert files(keeper.folder) == files(stick) == [here.good.file]
    assert here.good.file == "mes-20260105-093000.zip", "named by the plant's clock"
    assert not here.old
    assert there.failed is None
    with zipfile.ZipFile(stick / here.good.file) as packed:
        assert any(name.startswith("database.") for name in packed.namelist())
    said = try_copy(settings, keeper.folder / here.good.file, here.good.sha256 or "", nothing_wrong)
    assert "0 lots" in said or "Read to its end" in said
    shop.later(hours=24)
    keeper.look()
    assert len(files(stick)) == 2


def test_a_stick_that_is_away_gets_its_copy_when_it_comes_back(shop: Shop, keeper: Copying, stick: Path) -> None:
    stick.rmdir()
    shop.do(lambda work: service.add_place(work, str(stick), 1))
    for _hour in range(3):
        keeper.look()
        shop.later(seconds=AGAIN.total_seconds())
    [_here, there] = stand(shop)
    assert there.failed is not None
    assert "꽂" in (there.failed.why or ""), "in the plant's language"
    with shop.read() as read:
        tried = read.scalars(select(Copy).where(Copy.state == CopyState.FAILED)).all()
    assert len(tried) == 1, "the same trouble again is not a line of its own"
    shop.later(hours=36)
    assert stand(shop)[1].old, "and those who run the plant are told"
    stick.mkdir()
    keeper.look()
    [_here, there] = stand(shop)
    assert there.good is not None
    assert there.failed is None
    assert not there.old


def test_a_failed_copy_is_tried_again_after_an_hour_and_says_why(
    shop: Shop, keeper: Copying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> Path:
        raise NoRoom(free="3", needed="900")

    monkeypatch.setattr(keeper, "_written", full)
    with pytest.raises(NoRoom):
        keeper.make()
    monkeypatch.undo()
    keeper.look()
    [here] = stand(shop)
    assert here.good is None
    assert here.failed is not None
    assert "900" in (here.failed.why or "")
    assert here.place.busy_until is None
    shop.later(seconds=AGAIN.total_seconds())
    keeper.look()
    assert stand(shop)[0].good is not None


def test_a_disk_that_is_nearly_full_keeps_its_room_for_the_plant(
    shop: Shop, keeper: Copying, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shop.database.is_sqlite:
        return  # how large a database on another machine is, only its dump tells
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=100 * 2**20))
    with pytest.raises(NoRoom):
        keeper.make()
    assert files(keeper.folder) == []


def test_a_data_folder_that_takes_no_copy_is_said(shop: Shop, keeper: Copying, settings: Settings) -> None:
    settings.data_dir.write_text("a file where the folder should be")
    with pytest.raises(PlaceShut):
        keeper.make()
    assert str(keeper.folder) in ((stand(shop)[0].failed or Copy()).why or "")


def test_two_processes_never_make_a_copy_at_once_and_a_dead_one_is_succeeded(shop: Shop, keeper: Copying) -> None:
    here = shop.do(service.the_folder_here)
    shop.do(lambda work: service.claim(work, here.id))
    with pytest.raises(AtWork):
        keeper.make()
    keeper.look()
    assert stand(shop)[0].good is None
    shop.later(seconds=AT_WORK.total_seconds())
    keeper.look()
    assert stand(shop)[0].good is not None


def test_a_copy_made_by_the_program_that_serves_leaves_the_database_its_locks(tmp_path: Path) -> None:
    """Else a command that is given afterwards, and closes the database, takes the log away that is written to."""
    settings = Settings(data_dir=tmp_path)
    sqlite_database(tmp_path / "mes.db", migrate)
    database = Database(settings.database)
    act(database, BOSS, lambda work: make_person(work, name="before"), source="desk")
    Copying(database, settings).make()
    elsewhere(tmp_path, "SELECT count(*) FROM persons")
    assert (tmp_path / "mes.db-wal").exists(), "the other program believed that it was the last one"
    act(database, BOSS, lambda work: make_person(work, name="after"), source="desk")
    assert elsewhere(tmp_path, "SELECT group_concat(name) FROM persons") == "before,after"
    database.close()


def elsewhere(folder: Path, question: str) -> str:
    """What another program reads, which then closes the database."""
    asks = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute(sys.argv[2]).fetchone()[0]); c.close()"
    )
    words = [sys.executable, "-c", asks, str(folder / "mes.db"), question]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def test_what_a_power_cut_left_half_done_does_not_fill_the_disk(
    shop: Shop, keeper: Copying, settings: Settings, stick: Path
) -> None:
    shop.do(lambda work: service.add_place(work, str(stick), 7))
    keeper.folder.mkdir(parents=True)
    half = [
        keeper.folder / ".mes-a1b2" / "database.db", keeper.folder / ".mes-20250101-023000.zip.part",
        settings.data_dir / ".mes-c3d4" / "copy", stick / "mes-20250101-023000.zip.part",
    ]  # fmt: skip
    others = [stick / "holiday.zip.part", settings.data_dir / "labels" / ".mes-lot.toml"]
    for file in (*half, *others):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"half")
    days_ago = time.time() - 3 * 24 * 3600
    for path in (*half, *(one.parent for one in half if one.parent.name.startswith(".mes-")), *others):
        os.utime(path, (days_ago, days_ago))
    under_way = keeper.folder / ".mes-by-hand.zip.part"
    under_way.write_bytes(b"somebody else's, of this minute")
    keeper.look()
    assert not [file for file in half if file.exists()]
    assert not [name for folder in (keeper.folder, settings.data_dir) for name in files(folder) if name.endswith("d4")]
    assert all(file.exists() for file in (*others, under_way))


@pytest.mark.parametrize("is_full", [False, True])
def test_a_copy_that_could_not_be_listed_makes_room_for_the_next_and_no_other_does(
    shop: Shop, keeper: Copying, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    by_hand = "mes-20250101-023000.zip"
    first = keeper.make()
    with monkeypatch.context() as away:
        away.setattr(service, "note_good", died)
        shop.later(hours=1)
        with pytest.raises(DatabaseAway):
            keeper.make()
    (keeper.folder / by_hand).write_bytes(b"PK")
    (keeper.folder / f"{first.file}.unlisted").touch()  # the program died when it was just listed
    [stray] = {one for one in files(keeper.folder) if one.endswith(".zip")} - {first.file, by_hand}
    for mark in keeper.folder.glob("*.unlisted"):
        os.utime(mark, (time.time() - 3 * 24 * 3600,) * 2)
    shop.later(hours=24)
    if is_full:

        def check_room(_settings: Settings, folder: Path) -> None:
            if (folder / stray).exists():
                raise NoRoom(free="1", needed="2")

        monkeypatch.setattr(copying, "check_room", check_room)
    last = keeper.make()
    assert files(keeper.folder) == sorted([by_hand, first.file, last.file])


def died(*_words: object, **_named: object) -> None:
    raise DatabaseAway


def test_a_copy_is_on_the_disk_before_it_has_its_name(keeper: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(str(Path(f"/proc/self/fd/{number}").readlink())))
    keeper.look()
    [made] = [name for name in files(keeper.folder) if not name.startswith(".")]
    assert str(keeper.folder / f".{made}.part") in synced


def test_what_the_rule_keeps_no_longer_is_thrown_away_at_each_place(shop: Shop, keeper: Copying, stick: Path) -> None:
    shop.do(lambda work: service.add_place(work, str(stick), 1))
    keeper.look()
    [here, _there] = stand(shop)
    assert here.good is not None
    first = keeper.folder / here.good.file
    for place in (here.place.id, _there.place.id):  # twenty weeks of copies, one a week
        for week in range(1, 21):
            name = f"mes-week-{week}.zip"
            shutil.copy(first, (keeper.folder if place == here.place.id else stick) / name)
            as_of = shop.now - timedelta(weeks=week)
            shop.do(
                lambda work, place=place, as_of=as_of, name=name: service.note_good(  # type: ignore[misc]
                    work, place, as_of=as_of, file=name, size=1, sha256="0" * 64, person=None
                )
            )
    shop.later(hours=24)
    keeper.look()
    with shop.read() as read:
        kept = {one.file for one in queries.good_copies(read, here.place.id)}
        gone = read.scalars(select(Event).where(Event.verb == "keeping.remove_copy")).all()
    assert set(files(keeper.folder)) == kept
    assert set(files(stick)) == kept
    assert len(gone) == 2 * (22 - len(kept)) > 0


def test_a_place_in_the_data_folder_or_one_that_takes_nothing_is_named(
    shop: Shop, keeper: Copying, settings: Settings, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.look()
    [here] = stand(shop)
    assert here.good is not None
    inside = settings.data_dir / "more"
    inside.mkdir()
    with pytest.raises(PlaceOfOurs):
        Folder(inside, settings).put(keeper.folder / here.good.file)
    (stick / f"{here.good.file}.part").mkdir()  # what is written first cannot be
    with pytest.raises(PlaceShut):
        Folder(stick, settings).put(keeper.folder / here.good.file)
    (stick / f"{here.good.file}.part").rmdir()
    found = iter(["one", "another"])
    monkeypatch.setattr("mes.keeping.shelves.proof", lambda _file: next(found))
    with pytest.raises(CopyBroken):
        Folder(stick, settings).put(keeper.folder / here.good.file)
    assert files(stick) == []


def test_a_copy_that_was_changed_or_taken_away_does_not_pass_its_trial(
    shop: Shop, keeper: Copying, settings: Settings
) -> None:
    made = keeper.make()
    file = keeper.folder / made.file
    if shop.database.is_sqlite:
        with pytest.raises(CopyWrong) as wrong:
            try_copy(settings, file, made.sha256 or "", lambda _database: ["Lot L1 has 3 too many."])
        assert "L1" in str(wrong.value)
    whole = file.read_bytes()
    file.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    with pytest.raises(CopyBroken):
        try_copy(settings, file, made.sha256 or "", nothing_wrong)
    file.write_bytes(whole[:-100])
    with pytest.raises(BackupBroken):
        try_copy(settings, file, proof(file), nothing_wrong)
    file.unlink()
    with pytest.raises(CopyGone):
        try_copy(settings, file, made.sha256 or "", nothing_wrong)
    [here] = stand(shop)
    shop.do(lambda work: service.add_place(work, "/mnt/away", 1))
    place = stand(shop)[1].place
    assert keeper.bring(place, made) is None
    assert made.file in (stand(shop)[1].failed or Copy()).why, "the copy is not there to be brought"  # type: ignore[operator]
    assert here.good is not None


def test_places_are_entered_once_changed_and_left(shop: Shop) -> None:
    made = shop.do(lambda work: service.add_place(work, "/mnt/usb", 7))
    with pytest.raises(AlreadyExists):
        shop.do(lambda work: service.add_place(work, "/mnt/usb/", 1))
    shop.do(lambda work: service.change_place(work, made.id, 1, version=made.version))
    shop.do(lambda work: service.end_place(work, made.id))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.change_place(work, made.id, 1))
    with shop.read() as read, pytest.raises(NotFound):
        queries.get_copy(read, 99)
    again = shop.do(lambda work: service.add_place(work, "/mnt/usb", 3))
    assert (again.id, again.every_days) == (made.id, 3)
    with shop.read() as read:
        verbs = read.scalars(select(Event.verb).where(Event.thing == Place.__tablename__).order_by(Event.id)).all()
    assert verbs == ["keeping.add_place", "keeping.change_place", "keeping.end_place", "keeping.add_place"]


def test_nothing_is_made_by_itself_where_that_is_switched_off(shop: Shop, settings: Settings) -> None:
    Copying(shop.database, replace(settings, backup_at=""), lambda: shop.now).look()
    assert stand(shop) == []


def test_whatever_goes_wrong_ends_no_thread(shop: Shop, keeper: Copying, caplog: pytest.LogCaptureFixture) -> None:
    from mes.keeping.night import Night, attempt

    def refused(_keeper: Copying) -> None:
        raise PlaceAway(place="/mnt/usb")

    def broken(_keeper: Copying) -> None:
        raise ZeroDivisionError

    attempt(refused, keeper)
    attempt(broken, keeper)
    assert "/mnt/usb" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    done: list[Refused | None] = []
    night = Night(keeper)
    night.start()
    night.wish(broken)
    night.wish(lambda _keeper: done.append(None))
    night.wish(lambda _keeper: night.stop(0))
    night._thread.join(10)
    assert done == [None]


def test_the_program_counts_once_a_day_what_its_tables_hold(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mes.keeping import night

    monkeypatch.setattr(night, "FIRST", 0.0)
    monkeypatch.setattr(night, "LOOK", 0.0)
    counted: list[Database] = []
    looks: list[None] = []

    def count(database: Database) -> bool:
        counted.append(database)
        return len(counted) > 1

    monkeypatch.setattr(night, "learn", count)
    monkeypatch.setattr(night, "AGAIN", 0.0)

    class Looking(Copying):
        def look(self) -> None:
            looks.append(None)
            if len(looks) == 4:
                at_night._next_count = 0.0  # a day has passed
            if len(looks) == 6:
                at_night.stop(0)

    database = Database(f"sqlite:///{tmp_path / 'mes.db'}")
    at_night = night.Night(Looking(database, settings))
    at_night.start()
    at_night._thread.join(10)
    database.close()
    assert len(looks) == 6
    assert counted == [database] * 3, "until it came about, and again when a day has passed"
