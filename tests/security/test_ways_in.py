"""No way in but the doors: nothing is open only because no page shows it, no step of a sign-in can be left out, and
what a form does not ask for is not taken."""

import re

import pytest
from flask import Flask

from mes.core.access import Role
from mes.people.models import Person
from mes.people.plant import add_token
from mes.people.queries import find_by_login
from mes.people.service import token_hash
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person, make_printer
from tests.security.test_matrix import doors
from tests.security.visitors import PASSWORD, is_for_programs
from tests.station.floor import Floor


def test_the_set_up_page_is_dead_once_there_is_somebody(app: Flask, shop: Shop) -> None:
    given = {
        "once": "second-run", "plant": "x", "language": "en", "time_zone": "Asia/Seoul", "person": "x",
        "login": "thief", "password": PASSWORD, "again": PASSWORD,
    }  # fmt: skip
    shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    for browser in (app.test_client(), Desk(app, shop, Role.ADMIN).client):
        assert browser.get("/setup").status_code == 404
        assert browser.post("/setup", data=given).status_code == 404
    with shop.read() as read:
        assert find_by_login(read, "thief") is None


def test_a_plant_whose_only_person_has_left_is_not_set_up_again_by_a_stranger(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    with shop.read() as read:
        [boss] = read.query(Person).all()
    shop.do(lambda work: setattr(work.session.get_one(Person, boss.id), "password_hash", None))
    assert app.test_client().get("/setup").status_code in (200, 404)
    answer = app.test_client().get("/people")
    assert answer.status_code == 302


def test_what_a_page_does_not_show_is_refused_when_it_is_sent(app: Flask, shop: Shop) -> None:
    """An operator's page has no button for it; the address is known, and says no."""
    operator = Desk(app, shop, Role.OPERATOR)
    links = set(re.findall(r'(?:href|action)="([^"]+)"', operator.see("/")))
    forbidden = [
        door for door in doors(app)
        if door.who is not None and Role.OPERATOR not in door.who and not is_for_programs(door.address)
    ]  # fmt: skip
    assert len(forbidden) > 300
    assert not {door.address for door in forbidden} & links
    for door in forbidden[::9]:
        sent = {"once": "by-hand-0001"} if door.method == "POST" else None
        assert operator.client.open(door.address, method=door.method, data=sent).status_code == 403, door.address


def test_nobody_signs_in_through_the_api_and_a_token_opens_no_page(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    token = shop.do(lambda work: add_token(work, "all", Role.ADMIN))
    signs_in = [
        door.address for door in doors(app) if re.search(r"/api/.*(login|sign|session|password|token)", door.address)
    ]
    assert signs_in == []
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert app.test_client().get("/people", headers={"Authorization": f"{scheme} {token}"}).status_code == 302
    for made_up in ("Basic Ym9zczpib3Nz", f"Token {token}", token, "Bearer", "Bearer ", f"Bearer {token_hash(token)}",
                    f"Bearer {token}x", f"Bearer {token[:-1]}", "Bearer null", "Bearer undefined"):  # fmt: skip
        answer = app.test_client().get("/api/v1/items", headers={"Authorization": made_up})
        assert answer.status_code == 401, made_up
    assert (
        app.test_client().get("/api/v1/items", query_string={"token": token, "access_token": token}).status_code == 401
    )


def test_what_is_kept_of_a_sign_in_is_not_what_opens(app: Flask, shop: Shop) -> None:
    """Who reads a backup finds hashes; sent in place of the secret they open nothing."""
    person = shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    with shop.read() as read:
        found = read.get_one(Person, person.id)
        hashes = [found.password_hash or "", found.pin_hash or "", found.badge or ""]
    for turn, one in enumerate(hashes):
        given = {"login": "boss", "password": one, "once": f"stolen-{turn:04d}"}
        assert app.test_client().post("/login", data=given).status_code in (401, 422), turn
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["sign_in"] = token_hash("token of P1")
    assert browser.get("/people").status_code == 302


@pytest.mark.parametrize(
    "sent", [{"roles": "admin"}, {"active": "y", "login": "boss2"}, {"code": "BOSS", "badge": "1"}]
)
def test_nobody_gives_himself_more_with_fields_that_a_form_does_not_ask_for(
    app: Flask, shop: Shop, sent: dict[str, str]
) -> None:
    operator = Desk(app, shop, Role.OPERATOR)
    with shop.read() as read:
        before = [(one.roles, one.login, one.code, one.badge) for one in read.query(Person).all()]
    operator.client.post("/me", data={"once": "more-rights-1", "password_now": PASSWORD, **sent})
    operator.client.post(
        "/station/screen", data={"once": "more-rights-2", "setting": "roles", "choice": "admin", **sent}
    )
    with shop.read() as read:
        assert [(one.roles, one.login, one.code, one.badge) for one in read.query(Person).all()] == before


def test_who_sets_a_printers_darkness_does_not_say_where_it_is(app: Flask, shop: Shop) -> None:
    printer = shop.do(lambda work: make_printer(work))
    handler = Desk(app, shop, Role.MATERIAL)
    sent = {"stock": "", "density": "9", "shift_x": "0", "shift_y": "0", "address": "example.invalid", "port": "25"}
    handler.client.post(f"/printers/{printer.code}/settings", data={"once": "printer-set-1", "version": "1", **sent})
    with shop.read() as read:
        kept = read.get_one(type(printer), printer.id)
        assert (kept.address, kept.port, kept.density) == ("127.0.0.1", 1, 9)
    assert handler.client.get(f"/printers/{printer.code}/edit").status_code == 403


def test_another_method_or_a_longer_address_goes_round_no_guard(app: Flask, shop: Shop) -> None:
    visitor = app.test_client()
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "POST"):
        answer = visitor.open("/people", method=method, headers={"X-HTTP-Method-Override": "GET"})
        assert answer.status_code in (400, 401, 404, 405), method
    for address in ("/people/", "/./people", "/people;x", "/people%20", "/PEOPLE", "/people?/../login",
                    "/api/v1/../v1/items", "/api/v1/items/", "/api//v1/items", "/api/V1/items"):  # fmt: skip
        answer = visitor.get(address, follow_redirects=True)
        assert "김" not in answer.text, address
        assert answer.status_code in (401, 404) or "password" in answer.text, address
    assert visitor.head("/people").status_code == 302
    assert visitor.head("/api/v1/items").status_code == 401


def test_a_tablet_needs_its_own_token_and_a_person_the_station(app: Flask, shop: Shop) -> None:
    floor = Floor(shop)
    stranger = app.test_client()
    given = {"pin": "246802", "once": "no-station-1"}
    assert stranger.post("/station/people/KIM", data=given).status_code in (403, 409, 401)
    stranger.set_cookie("mes_station", token_hash(floor.tokens["T1"]))  # what a backup holds
    assert stranger.post("/station/people/KIM", data={**given, "once": "no-station-2"}).status_code in (403, 409, 401)
    assert "김미숙" not in stranger.get("/station").text
