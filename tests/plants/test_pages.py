"""Head office looks at all plants, and changes nothing in any of them."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.config import Settings
from mes.core.db import Database
from mes.people.plant import set_up_plant
from mes.plants.standing import State
from mes.web.app import create_app
from mes.web.head_office import LooksOnly
from tests.conftest import Shop, compile_once, migrate
from tests.databases import sqlite_database
from tests.desk import Desk
from tests.factories import make_person
from tests.plants.conftest import NOW, Company

PASSWORD = "rice-cake-2026"


@pytest.fixture
def office(sqlite_shop: Shop, marked: Company, tmp_path: Path) -> Flask:
    """Head office over the two plants."""
    settings = Settings(data_dir=tmp_path, secret_key="only for tests", head_office=True)
    app = create_app(settings, sqlite_shop.database)
    compile_once(app)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.extensions["mes"].clock = lambda: NOW
    cast("Any", app.wsgi_app).served.registry = app.extensions["plants"] = marked
    return app


@pytest.fixture
def sqlite_shop(tmp_path: Path) -> Shop:
    """Head office's own database."""
    shop = Shop(Database(sqlite_database(tmp_path / "office.db", migrate)))
    shop.now = NOW
    return shop


@pytest.fixture
def desk(office: Flask, sqlite_shop: Shop) -> Desk:
    """A manager of head office."""
    return Desk(office, sqlite_shop, Role.MANAGER)


def test_the_first_page_is_that_of_the_plants(desk: Desk, marked: Company) -> None:
    assert desk.client.get("/").location == "/plants"
    marked.states["B"] = State.CUT_OFF
    seen = desk.see("/plants")
    assert "공장 B (B) is cut off" in seen
    assert 'href="plants/A/"' in seen


def test_the_pages_of_a_plant_say_that_they_are_a_copy(desk: Desk, marked: Company) -> None:
    lot = marked.receive("A", marked.item("A"))
    seen = desk.see(f"/plants/A/lots/{lot.code}")
    assert "공장 A (A)" in seen
    assert "nothing is recorded here" in seen
    assert desk.see("/plants/B/lots")
    assert lot.code not in desk.see("/plants/B/lots")


def test_nothing_is_recorded_in_the_copy_of_a_plant(desk: Desk, marked: Company) -> None:
    assert LooksOnly.message in desk.press("/plants/A/new/item", status=409)
    assert LooksOnly.message in desk.press("/new/item", status=409)
    assert desk.client.post("/plants/A/api/v1/jobs/J1/reports", json={}).status_code == 409


def test_only_people_of_head_office_look(office: Flask, marked: Company) -> None:
    stranger = office.test_client()
    assert stranger.get("/plants/A/lots").status_code in (302, 303, 401)
    assert stranger.get("/plants/A/login").location == "/login"


def test_a_desk_that_was_left_alone_shows_no_plant_either(office: Flask, sqlite_shop: Shop, marked: Company) -> None:
    sqlite_shop.do(lambda work: set_up_plant(work, name="본사", idle_minutes=10))
    sqlite_shop.do(lambda work: make_person(work, Role.MANAGER, login="boss", password=PASSWORD))
    browser = office.test_client()
    sent, at = {"login": "boss", "password": PASSWORD}, [NOW]
    office.extensions["mes"].clock = lambda: at[0]
    browser.post("/login", data={**sent, "once": "signing-in-1"})
    for minutes in (9, 18, 27):
        at[0] = NOW + timedelta(minutes=minutes)
        assert browser.get("/plants/A/lots").status_code == 200, "looking at a plant is use"
    at[0] = NOW + timedelta(minutes=38)
    for page in ("/plants", "/plants/A/lots?state=free", "/plants/A/", "/plants/A/export/items.csv"):
        asked = browser.get(page)
        assert asked.status_code == 302, page
    asked = browser.get("/plants/A/lots?state=free", follow_redirects=True)
    assert asked.request.path == "/login/again"
    done = browser.post(asked.request.full_path, data={**sent, "once": "once-again-1"})
    assert done.location == "/plants/A/lots?state=free"
    assert browser.get(done.location).status_code == 200


def test_figures_stand_side_by_side_and_a_plant_that_is_missing_is_named(desk: Desk, marked: Company) -> None:
    assert "All plants: 0 open orders" in desk.see("/plants/figures?days=7")
    marked.states["B"] = State.FILLING
    seen = desk.see("/plants/figures?day=2026-01-05")
    assert "Without 공장 B (B)" in seen
    assert "All plants:" not in seen
    assert desk.see("/plants/figures?day=never&days=many")
    assert desk.see("/plants/figures?day=0001-01-02&days=31"), "a day that no plant can mean"


def test_a_trace_goes_through_both_plants(desk: Desk, marked: Company) -> None:
    made = marked.receive("A", marked.item("A"))
    came = marked.receive("B", marked.item("B"), made.code)
    seen = desk.see(f"/plants/trace?of={made.code}")
    assert came.code in seen
    assert "From plant to plant" in seen
    assert desk.client.get(f"/scan?text={made.code}").location == f"/plants/trace?of={made.code}"
    assert "NOTHING" in desk.see("/plants/trace?of=NOTHING", status=404)
    assert desk.see("/plants/trace")


def test_a_copy_that_is_not_whole_is_closed_in_a_sentence(desk: Desk, marked: Company) -> None:
    marked.states["A"] = State.WAITS
    assert "cannot be shown now" in desk.see("/plants/A/lots", status=503)
    desk.see("/plants/Z/lots", status=404)


def test_a_plant_is_no_head_office(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    assert "a plant, not a head office" in desk.see("/plants")
    assert desk.client.get("/plants/figures").location == "/plants"
    assert desk.client.get("/plants/trace?of=X").location == "/plants"
    assert "/plants" not in desk.see("/lots")
