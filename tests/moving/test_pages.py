"""The page on which an administrator takes everything away."""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mes.core import losses
from mes.core.access import Role
from mes.core.config import Settings
from mes.core.events import Event
from mes.keeping import bundle, copying
from mes.keeping.copying import Copying, NoRoom
from mes.keeping.night import Night, Wish
from mes.moving import making
from mes.moving.making import BeingMade, ExportGone
from mes.web.tables import metadata
from tests.conftest import Shop
from tests.desk import Desk
from tests.moving.factory import NOW, address, fill


@pytest.fixture
def folder(app: Flask, shop: Shop, tmp_path: Path) -> Iterator[Path]:
    """The plant's data folder."""
    fill(shop)
    kept = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(kept, data_dir=tmp_path / "data", database_url=address(shop.database))
    app.extensions["keeping"] = Night(Copying(shop.database, app.config["SETTINGS"], lambda: shop.now))
    yield tmp_path / "data"
    app.config["SETTINGS"] = kept
    del app.extensions["keeping"]


@pytest.fixture
def settings(app: Flask, folder: Path) -> Settings:
    folder.mkdir(exist_ok=True)
    found: Settings = app.config["SETTINGS"]
    return found


def test_an_administrator_makes_it_and_takes_it_away_and_the_log_says_so(app: Flask, shop: Shop, folder: Path) -> None:
    desk = Desk(app, shop, Role.ADMIN)
    assert "Everything as readable files" in desk.see("/copies")
    assert "None was made yet" in desk.see("/copies/everything")
    assert desk.client.get("/copies/everything/file").status_code == ExportGone.status
    desk.press("/copies/everything/now")
    [made] = (folder / "exports").glob("*.zip")
    assert made.name in desk.see("/copies/everything")
    assert "2026-01-05 00:30 UTC" in desk.see("/copies/everything")
    answer = desk.client.get("/copies/everything/file")
    with zipfile.ZipFile(BytesIO(answer.data)) as taken:
        assert "README.ko.md" in taken.namelist()
    answer.close()
    with shop.read() as read:
        verbs = [event.verb for event in read.scalars(select(Event).order_by(Event.id.desc()).limit(2))]
    assert verbs == ["keeping.take_everything", "keeping.export_all"]


def test_nobody_else_sees_it(app: Flask, shop: Shop, folder: Path) -> None:
    for role in (Role.MANAGER, Role.QUALITY):
        desk = Desk(app, shop, role)
        assert desk.client.get("/copies/everything").status_code == 403
        assert desk.client.get("/copies/everything/file").status_code == 403
        assert "Everything as readable files" not in desk.client.get("/copies").text
    assert not (folder / "exports").exists()


def test_one_is_made_at_a_time_and_who_died_over_it_is_not_waited_for(
    app: Flask, shop: Shop, settings: Settings
) -> None:
    desk = Desk(app, shop, Role.ADMIN)
    marker = making.folder_of(settings) / "wanted"
    marker.parent.mkdir()
    marker.touch()
    os.utime(marker, (shop.now.timestamp(),) * 2)
    assert "You may leave this page" in desk.see("/copies/everything")
    assert BeingMade.message in desk.press("/copies/everything/now", status=409)
    shop.later(minutes=11)
    assert "You may leave this page" not in desk.see("/copies/everything")


def test_one_that_waits_for_long_is_not_asked_for_again(
    app: Flask, shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the copy of the night; and then one table, or the photos, may take as long."""
    waiting: list[Wish] = []
    monkeypatch.setattr(making, "BEAT", 0.01)
    monkeypatch.setattr(Night, "wish", lambda _self, deed: waiting.append(deed))
    desk, marker = Desk(app, shop, Role.ADMIN), making.folder_of(settings) / "wanted"
    desk.press("/copies/everything/now")
    os.utime(marker, (shop.now.timestamp() - 3600,) * 2)
    for _ in range(500):
        if marker.stat().st_mtime > shop.now.timestamp() - 3600:
            break
        sleep(0.01)
    assert BeingMade.message in desk.press("/copies/everything/now", status=409)
    [deed] = waiting
    deed(Copying(shop.database, settings, lambda: shop.now))
    assert "You may leave this page" not in desk.see("/copies/everything")
    assert making.standing(settings, shop.now).file


def test_an_act_that_is_done_once_more_is_not_in_its_own_way(
    app: Flask, shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, tries = losses.commit, list[Session]()

    class Deadlock(Exception):
        sqlstate = "40P01"

    def first_in_vain(session: Session) -> None:
        tries.append(session)
        if len(tries) == 1:
            session.rollback()
            raise OperationalError("COMMIT", {}, Deadlock())
        commit(session)

    desk = Desk(app, shop, Role.ADMIN)
    monkeypatch.setattr(losses, "commit", first_in_vain)
    desk.press("/copies/everything/now")
    assert len(tries) == 2
    assert making.standing(settings, shop.now).file


def test_of_two_who_ask_at_one_moment_one_is_heard(
    app: Flask, shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Wish] = []
    monkeypatch.setattr(Night, "wish", lambda _self, deed: waiting.append(deed))
    desk = Desk(app, shop, Role.ADMIN)
    with making.want(settings, shop.now), monkeypatch.context() as blind:
        blind.setattr(making, "check_free", lambda *_words: blind.undo())  # as it was when both looked
        desk.press("/copies/everything/now")
    assert waiting == []


def test_the_newest_one_is_kept_and_backups_leave_it_out(settings: Settings, shop: Shop) -> None:
    first = making.make(settings, metadata, NOW)
    second = making.make(settings, metadata, NOW.replace(hour=4))
    assert first is not None
    assert second is not None
    assert making.standing(settings, shop.now).file == second
    assert not first.exists()
    assert not [file for file in bundle.files_of(settings) if "exports" in file.parts]


def test_why_none_was_made_stands_on_the_page(
    app: Flask, shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LEAST_FREE", 2**60)
    assert making.make(settings, metadata, NOW) is None
    assert NoRoom(free="1", needed="1").code == "NoRoom"
    assert "There is no room" in Desk(app, shop, Role.ADMIN).see("/copies/everything")
    monkeypatch.undo()
    assert copying.LEAST_FREE
    assert making.make(settings, metadata, NOW) is not None
    assert making.standing(settings, shop.now).failed is None
