"""Two computers serve one plant from one database: what must be the same on both, and what is done once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from mes.core import access, computers
from mes.core.computers import OtherKey
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.primaries import Role, Seen
from mes.core.seals import all_seals
from mes.core.standing import Standing
from mes.keeping.copying import Copying
from mes.keeping.models import Copy
from mes.keeping.rules import CopyElsewhere
from mes.people.plant import set_up_plant
from mes.web.app import create_app
from mes.web.copy_views import _copy_here
from mes.web.sealing import Sealing
from mes.web.watching import Watching
from tests.conftest import Shop
from tests.desk import Desk
from tests.needs import needs

#: An embedded database has no connection to lose, and belongs to one computer.
pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def plant(shop: Shop) -> Shop:
    shop.do(lambda work: set_up_plant(work, name="두부공방"))
    return shop


def settings(plant: Shop, folder: Path, key: str = "the same") -> Settings:
    folder.mkdir(exist_ok=True)
    url = str(plant.database.engine.url.render_as_string(hide_password=False))
    return Settings(data_dir=folder, database_url=url, secret_key=key)


def heard(plant: Shop, one: Settings) -> computers.Me:
    who = computers.me(one)
    plant.do(lambda work: computers.say(work, who))
    return who


def told(plant: Shop, who: computers.Me) -> str:
    with plant.read() as read:
        return " ".join(computers.differences(read, who, plant.now))


def test_a_second_computer_with_another_key_is_refused(plant: Shop, tmp_path: Path) -> None:
    heard(plant, settings(plant, tmp_path / "north"))
    with plant.read() as read:
        computers.check_key(read, computers.me(settings(plant, tmp_path / "south")), plant.now)
        with pytest.raises(OtherKey):
            computers.check_key(read, computers.me(settings(plant, tmp_path / "south", "another")), plant.now)


def test_one_that_stopped_or_fell_silent_is_in_nobodys_way(plant: Shop, tmp_path: Path) -> None:
    gone = heard(plant, settings(plant, tmp_path / "north"))
    who = computers.me(settings(plant, tmp_path / "south", "another"))
    plant.later(minutes=2)
    assert told(plant, who) == ""
    plant.do(lambda work: computers.say(work, gone))
    assert "another secret key" in told(plant, who)
    plant.do(lambda work: computers.leave(work, gone))
    assert told(plant, who) == ""


def test_own_label_layouts_that_lie_on_one_computer_only_are_told(plant: Shop, tmp_path: Path) -> None:
    north, south = settings(plant, tmp_path / "north"), settings(plant, tmp_path / "south")
    north.layouts_dir.mkdir()
    (north.layouts_dir / "lot.toml").write_text("name = 'own'", "utf-8")
    heard(plant, north)
    assert "other label layouts" in told(plant, computers.me(south))
    south.layouts_dir.mkdir()
    (south.layouts_dir / "lot.toml").write_text("name = 'own'", "utf-8")
    assert told(plant, computers.me(south)) == ""


def test_layouts_that_were_copied_are_not_told_of_until_the_next_start(plant: Shop, tmp_path: Path) -> None:
    north, south = settings(plant, tmp_path / "north"), settings(plant, tmp_path / "south")
    heard(plant, north)
    south.layouts_dir.mkdir()
    layout = south.layouts_dir / "lot.toml"
    layout.write_text("name = 'own'", "utf-8")
    running = Watching(plant.database, south, lambda: plant.now)
    running.say()
    assert "other label layouts" in " ".join(plant.database.differences)
    layout.unlink()
    running.say()
    assert plant.database.differences == []


@pytest.mark.long
def test_the_copy_of_the_night_is_made_by_one_of_them_and_the_seal_too(
    plant: Shop, tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("postgresql")
    both = [settings(plant, tmp_path / name) for name in ("north", "south")]
    databases = [Database(one.database) for one in both]
    with ThreadPoolExecutor(2) as hands:
        nights = [Copying(db, one, lambda: plant.now) for db, one in zip(databases, both, strict=True)]
        list(hands.map(Copying.look, nights))
        list(hands.map(Sealing.look, [Sealing(db, lambda: plant.now) for db in databases]))
    for night in nights:
        night.look()
    with plant.read() as read:
        [copy] = read.query(Copy).all()
        assert len(all_seals(read)) == 1
    [maker] = [one for one in both if computers.this_computer(one) == copy.computer]
    [other] = [one for one in both if one is not maker]
    assert (maker.data_dir / "backups" / copy.file).is_file()
    assert not (other.data_dir / "backups").exists() or not list((other.data_dir / "backups").glob("*.zip"))
    monkeypatch.setitem(app.config, "SETTINGS", other)
    with app.test_request_context(), plant.read() as read, pytest.raises(CopyElsewhere):
        _copy_here(read, copy.id)
    for one in databases:
        one.engine.dispose()


def test_those_who_run_the_plant_are_told_of_its_servers_and_operators_are_not(
    plant: Shop, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [Seen(("north", "5432"), Role.PRIMARY, 7, 2, 1), Seen(("south", "5432"), Role.AWAY, why="no answer")]
    monkeypatch.setattr(plant.database, "standing", Standing(seen, "south", plant.now))
    monkeypatch.setattr(plant.database, "differences", ["pc-2 has other label layouts."])
    owner, worker = Desk(app, plant, access.Role.MANAGER), Desk(app, plant, access.Role.OPERATOR)
    for address in ("/", "/copies"):
        shown = owner.see(address)
        assert "south:5432 is not there (no answer)" in shown
        assert "no second database server confirms what is recorded" in shown
        assert "pc-2 has other label layouts." in shown
    assert "south:5432" not in worker.see("/")
    stranger = {"REMOTE_ADDR": "192.168.0.66"}
    known = app.test_client().get("/readyz", environ_overrides=stranger).json
    assert set(known or {}) == {"ready", "database", "program"}
    told = app.test_client().get("/readyz").json
    assert told is not None
    assert (told["servers"], told["alone"]) == ({"north:5432": "primary", "south:5432": "away"}, True)


@pytest.mark.long
def test_who_signed_in_at_one_computer_works_at_the_other(plant: Shop, app: Flask, tmp_path: Path) -> None:
    there = create_app(Settings(data_dir=tmp_path, secret_key="only for tests"), plant.database)
    there.extensions["mes"].clock = lambda: plant.now
    owner = Desk(app, plant, access.Role.MANAGER)
    kept = owner.client.get_cookie("session")
    assert kept is not None
    browser = there.test_client()
    assert browser.get("/copies").status_code == 302
    browser.set_cookie("session", kept.value)
    assert browser.get("/copies").status_code == 200
