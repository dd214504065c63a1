"""A desk that was left alone, and acts that ask for the password once more."""

import re
import secrets

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mes.core.access import Role
from mes.core.plant import plant
from mes.people.models import Person
from mes.people.plant import change_plant, set_up_plant
from mes.people.service import add_person
from mes.people.still_here import OPEN_DOORS, LeftAlone, ProveAgain
from tests.conftest import Shop
from tests.people.phones import phone_of

PASSWORD = "blue-kettle-49"


def key() -> str:
    """A one-time key, as each form brings one."""
    return secrets.token_hex(8)


@pytest.fixture
def admin(app: Flask, shop: Shop) -> FlaskClient:
    """The administrator, at a desk."""
    shop.do(lambda work: set_up_plant(work, name="Plant", language="en"))
    shop.do(
        lambda work: add_person(
            work,
            code="A1",
            name="김관리",
            roles=[Role.ADMIN, Role.MANAGER],
            login="admin",
            password=PASSWORD,
            language="en",
        )
    )
    return signed_in(app)


def signed_in(app: Flask) -> FlaskClient:
    browser = app.test_client()
    sent = {"login": "admin", "password": PASSWORD, "once": key()}
    assert browser.post("/login", data=sent).status_code == 303
    return browser


def again(browser: FlaskClient, where: str, password: str = PASSWORD, **more: str) -> int:
    sent = {"password": password, "once": key(), **more}
    return browser.post(where, data=sent).status_code


def test_a_desk_that_is_used_asks_nothing(admin: FlaskClient, shop: Shop) -> None:
    for _ in range(6):
        shop.later(minutes=40)
        assert admin.get("/orders").status_code == 200


def test_a_desk_that_was_left_alone_shows_and_records_nothing(admin: FlaskClient, shop: Shop) -> None:
    admin.get("/orders")
    shop.later(minutes=61)
    asked = admin.get("/orders?state=open")
    assert (asked.status_code, asked.location) == (302, "/login/again?next=/orders?state%3Dopen")
    assert admin.get("/").location.startswith("/login/again")
    refused = admin.post("/new/place", data={"code": "P1", "name": "Shelf", "once": key()})
    assert refused.status_code == 401
    assert LeftAlone.message in refused.text
    assert "data-signed-out" in refused.text, "what was typed is brought back afterwards"
    assert "/login/again?next=/new/place" in refused.text
    page = admin.get(asked.location).text
    assert "Is it still you?" in page
    assert "김관리" in page


def test_the_password_lets_the_same_person_go_on_where_it_was(admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=61)
    where = admin.get("/orders").location
    assert again(admin, where, "wrong-kettle-49") == 401
    assert admin.get("/orders").status_code == 302
    done = admin.post(where, data={"password": PASSWORD, "once": key()})
    assert (done.status_code, done.location) == (303, "/orders")
    assert admin.get("/orders").status_code == 200


def test_who_guesses_at_a_desk_that_was_left_alone_waits_as_at_the_sign_in(admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=61)
    tries = [again(admin, "/login/again", f"wrong-kettle-{n}") for n in range(6)]
    assert tries == [401] * 4 + [429] * 2 or tries == [401] * 5 + [429]
    assert again(admin, "/login/again") == 429, "the right one waits, too"


def test_the_token_of_before_opens_nothing_once_the_password_was_given_again(
    app: Flask, admin: FlaskClient, shop: Shop
) -> None:
    thief = app.test_client()
    for name in ("session", "mes_used"):
        kept = admin.get_cookie(name)
        if kept is not None:
            thief.set_cookie(name, kept.value)
    shop.later(minutes=5)
    assert thief.get("/orders").status_code == 200
    assert again(admin, "/login/again") == 303
    assert thief.get("/orders").location == "/login"
    shop.later(hours=11, minutes=56)
    assert admin.get("/orders").location == "/login", "it ends when it would have ended"


def test_what_a_page_asks_by_itself_is_no_use(admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=50)
    assert admin.get("/orders", headers={"Accept": "*/*"}).status_code == 200
    assert admin.get("/orders", headers={"HX-Request": "true"}).status_code == 200
    shop.later(minutes=11)
    assert admin.get("/orders").status_code == 302


def test_no_header_goes_round_the_question(admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=61)
    tricks = [{"X-Entry-Late": "1", "X-Entry": "a" * 16}, {"Accept": "application/json"}, {"HX-Request": "true"}]
    for headers in tricks:
        assert admin.get("/tokens", headers=headers).status_code == 302
        assert (
            admin.post("/tokens", data={"name": "E", "role": "admin", "once": key()}, headers=headers).status_code
            == 401
        )


def test_who_types_for_long_on_one_page_is_not_asked(admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=50)
    assert admin.get("/login/here", headers={"Accept": "text/html"}).status_code == 204
    shop.later(minutes=50)
    assert admin.get("/orders").status_code == 200


def test_a_cookie_of_another_sign_in_or_made_up_keeps_no_desk_open(app: Flask, admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=55)
    other = signed_in(app)
    other.get("/orders")
    shop.later(minutes=10)
    theirs = other.get_cookie("mes_used")
    assert theirs is not None
    for value in (theirs.value, "made-up", ""):
        admin.set_cookie("mes_used", value)
        assert admin.get("/orders").status_code == 302


def test_a_plant_says_after_how_many_minutes(admin: FlaskClient, shop: Shop) -> None:
    shop.do(lambda work: change_plant(work, idle_minutes=0))
    shop.later(hours=8)
    assert admin.get("/orders").status_code == 200
    shop.do(lambda work: change_plant(work, idle_minutes=10))
    shop.later(minutes=11)
    assert admin.get("/orders").status_code == 302
    with shop.read() as read:
        assert plant(read).idle_minutes == 10


def test_somebody_else_signs_out_there(admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=61)
    assert admin.post("/logout", data={"once": key()}).status_code == 303
    assert admin.get("/login/again").location == "/login"
    assert admin.post("/login/again", data={"password": PASSWORD, "once": key()}).location == "/login"


def test_what_opens_doors_asks_for_the_password_once_more(app: Flask, admin: FlaskClient, shop: Shop) -> None:
    assert admin.get("/tokens").status_code == 200, "signed in just now"
    shop.later(minutes=16)
    pages = [rule for rule in app.url_map.iter_rules() if rule.endpoint in OPEN_DOORS and "GET" in (rule.methods or ())]
    assert {rule.endpoint for rule in pages} >= {"plant.tokens", "people.edit", "people.new", "plant.settings"}
    for rule in pages:
        asked = admin.get(rule.rule.replace("<path:code>", "A1").replace("<int:ident>", "1"))
        assert asked.status_code == 302, rule.rule
        assert "sure=1" in asked.location
    assert admin.get("/orders").status_code == 200, "anything else goes on"
    where = admin.get("/tokens").location
    assert "opens doors" in admin.get(where).text
    assert again(admin, where) == 303
    assert admin.get("/tokens").status_code == 200


def test_a_form_that_opens_doors_may_take_its_time_but_no_hour(admin: FlaskClient, shop: Shop) -> None:
    shop.later(minutes=40)
    admin.get("/orders")
    token = {"name": "ERP", "role": "manager", "once": key()}
    assert admin.post("/tokens", data=token).status_code == 200
    shop.later(minutes=40)
    admin.get("/orders")
    refused = admin.post("/tokens", data={"name": "Other", "role": "admin", "once": key()})
    assert refused.status_code == 401
    assert ProveAgain.message in refused.text
    assert re.search(r"/login/again\?next=/tokens\S*&amp;sure=1", refused.text)
    for act in ("/people/A1/badge", "/people/A1/second-factor-off", "/tokens/end", "/copies/everything/now"):
        assert admin.post(act, data={"once": key()}).status_code == 401, act


def test_with_a_second_factor_its_code_is_asked_for_too(app: Flask, admin: FlaskClient, shop: Shop) -> None:
    with shop.read() as read, admin.session_transaction() as kept:
        person, token = read.query(Person).one(), kept["sign_in"]
    code = phone_of(shop, person, str(app.config["FACTOR_KEY"]), keep=token)
    shop.later(minutes=20)
    where = admin.get("/tokens").location
    assert "Code of the second factor" in admin.get(where).text
    assert again(admin, where) == 401, "the password alone opens no door"
    assert again(admin, where, second=code()) == 303
    assert admin.get("/tokens").status_code == 200
    shop.later(minutes=61)
    assert again(admin, "/login/again") == 303, "an unused desk asks for the password"
    assert admin.get("/orders").status_code == 200
    assert admin.get("/tokens").status_code == 302, "which opens no door"


def test_who_may_not_open_a_door_is_told_so_and_asked_nothing(app: Flask, admin: FlaskClient, shop: Shop) -> None:
    shop.do(lambda work: add_person(work, code="O1", name="O", roles=[Role.OPERATOR], login="op", password=PASSWORD))
    operator = app.test_client()
    operator.post("/login", data={"login": "op", "password": PASSWORD, "once": key()})
    shop.later(minutes=20)
    assert operator.get("/tokens").status_code == 403
