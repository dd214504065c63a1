"""The page of backups: for those who run the plant."""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.events import Event
from mes.keeping import service
from mes.keeping.copying import Copying
from mes.keeping.models import Copy, Place
from mes.keeping.night import Night
from tests.conftest import Shop
from tests.desk import Desk


@pytest.fixture
def folder(app: Flask, shop: Shop, tmp_path: Path) -> Iterator[Path]:
    """The plant's data folder."""
    kept = app.config["SETTINGS"]
    url = shop.database.engine.url.render_as_string(hide_password=False)
    app.config["SETTINGS"] = replace(kept, data_dir=tmp_path / "data", database_url=url)
    app.extensions["keeping"] = Night(Copying(shop.database, app.config["SETTINGS"], lambda: shop.now))
    yield tmp_path / "data"
    app.config["SETTINGS"] = kept
    del app.extensions["keeping"]


@pytest.fixture
def admin(app: Flask, shop: Shop, folder: Path) -> Desk:
    return Desk(app, shop, Role.ADMIN)


def said(desk: Desk, where: str, /, **values: Any) -> str:
    """What is said after pressing a button."""
    return desk.see(desk.press(where, **values))


def copies(shop: Shop) -> list[Copy]:
    with shop.read() as read:
        return list(read.scalars(select(Copy).order_by(Copy.id)))


def test_an_administrator_makes_a_copy_opens_it_on_trial_and_takes_it_home(admin: Desk, shop: Shop) -> None:
    assert "No copy was made yet" in admin.see("/copies")
    assert "once it is proven" in said(admin, "/copies/now")
    [made] = copies(shop)
    admin.press(f"/copies/{made.id}/try")
    seen = admin.see("/copies")
    assert made.file in seen
    assert "모든 기록이 맞습니다" in seen or "끝까지 읽었습니다" in seen, "in the plant's language"
    answer = admin.client.get(f"/copies/{made.id}/file")
    content = answer.data
    answer.close()
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
    assert answer.headers["Content-Disposition"].endswith(made.file)
    with shop.read() as read:
        verbs = set(read.scalars(select(Event.verb)))
    assert {"keeping.copy", "keeping.try_copy", "keeping.take_copy"} <= verbs


def test_a_place_that_is_none_is_refused_and_what_was_typed_stays(admin: Desk, shop: Shop, tmp_path: Path) -> None:
    refused = admin.press("/copies/places/new", 422, address="usb", every_days="7")
    assert "neither a whole path" in refused
    assert 'value="usb"' in refused
    assert "are brought to" in said(admin, "/copies/places/new", address=str(tmp_path), every_days="7")
    with shop.read() as read:
        place = read.scalars(select(Place.id).where(Place.address != "")).one()
    admin.press("/copies/now")
    assert [one.name for one in tmp_path.glob("*.zip")]
    assert "was saved" in said(admin, f"/copies/places/{place}", every_days="1")
    assert "those there stay" in said(admin, f"/copies/places/{place}/end")
    assert "Change" not in admin.see("/copies"), "only the data folder is left"


def test_the_owner_is_told_on_the_first_page_when_the_last_copy_is_too_old(
    app: Flask, shop: Shop, admin: Desk, folder: Path
) -> None:
    owner = Desk(app, shop, Role.MANAGER)
    assert "backup" not in owner.see("/")
    admin.press("/copies/now")
    night = app.extensions["keeping"]
    night.copying.settings = replace(night.copying.settings, backup_at="")
    for hours in (30, 7):
        assert "backup" not in owner.see("/")
        shop.later(hours=hours)
        night.wish(Copying.look)
    assert "The last good backup in the data folder is of 2026-01-05 09:30" in owner.see("/")
    assert "backup" not in Desk(app, shop, Role.OPERATOR).see("/")
    assert "Copy now" not in owner.see("/copies"), "the owner looks, the administrator acts"


def test_a_place_that_never_got_a_copy_is_told_of_too(app: Flask, shop: Shop, folder: Path) -> None:
    shop.do(lambda work: service.add_place(work, "/mnt/away", 1))
    shop.later(hours=40)
    app.extensions["keeping"].wish(Copying.look)
    assert "There is no backup in /mnt/away" in Desk(app, shop, Role.MANAGER).see("/")


def test_a_copy_that_somebody_took_away_is_named(admin: Desk, shop: Shop, folder: Path) -> None:
    admin.press("/copies/now")
    [made] = copies(shop)
    (folder / "backups" / made.file).unlink()
    assert "is not at its place any more" in admin.client.get(f"/copies/{made.id}/file").text
    assert admin.client.get("/copies/99/file").status_code == 404


def test_a_copy_asked_for_while_one_is_made_is_not_made_twice(admin: Desk, shop: Shop) -> None:
    here = shop.do(service.the_folder_here)
    shop.do(lambda work: service.claim(work, here.id))
    assert "is being made just now" in admin.press("/copies/now", 409)
    assert copies(shop) == []
