"""What a browser is told, so that no other page can act, look or lead in a person's name."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mes.core.access import Role
from mes.core.config import Settings
from mes.core.errors import KeyMissing
from mes.equipment.views import COOKIE
from mes.people.models import Person
from mes.web.app import UNTYPED, create_app
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_board, make_person
from tests.security.test_matrix import doors
from tests.security.visitors import PASSWORD, is_for_programs

#: Addresses that a browser takes for another machine's, or for a new line of the answer.
ELSEWHERE = (
    "https://example.invalid/", "//example.invalid/", "/\\example.invalid", "\\\\example.invalid",
    "/\t/example.invalid",
    "javascript:alert(1)", "data:text/html,x", "///example.invalid", "/\r\nSet-Cookie: x=1", "http:example.invalid",
    "example.invalid", " //example.invalid", "/\x00/example.invalid", "%2f%2fexample.invalid", "",
)  # fmt: skip


#: Addresses that would lead out of a folder.
CLIMBING = (
    "/static/../config.py", "/static/..%2f..%2fpyproject.toml", "/static/%2e%2e/%2e%2e/pyproject.toml",
    "/static/..\\..\\pyproject.toml", "/static//etc/passwd", "/static/vendor/../../core/config.py",
    "/export/../items.csv", "/import/examples/..%2f..%2fitems.xlsx", "/import/examples/....%2f%2fitems.xlsx",
    "/copies/..%2f1/file", "/install/..%2fsecret.key", "/l/..%2f..%2f..%2fetc%2fpasswd",
)  # fmt: skip


@pytest.fixture
def wary(app: Flask) -> Iterator[Flask]:
    """The application as a plant runs it: each form proves that it came from one of its own pages."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def test_no_write_of_a_browser_is_taken_without_the_proof_of_a_page(wary: Flask, shop: Shop) -> None:
    boss = Desk(wary, shop, *Role)
    excepted = set(UNTYPED)  # what a device says by itself, with the token in its own cookie
    taken = [
        f"{door.address} {answer.status_code}"
        for door in doors(wary)
        if door.method == "POST" and not is_for_programs(door.address) and door.endpoint not in excepted
        for answer in [boss.client.post(door.address, data={"once": "0123456789abcdef"})]
        if answer.status_code != 400
    ]
    assert taken == []


def test_a_browsers_sign_in_is_worth_nothing_to_the_api_which_asks_for_no_proof(wary: Flask, shop: Shop) -> None:
    boss = Desk(wary, shop, *Role)
    for door in doors(wary):
        if door.method == "POST" and is_for_programs(door.address):
            assert boss.client.post(door.address, json={}).status_code == 401, door.address


def test_a_write_carries_a_one_time_key(app: Flask, shop: Shop) -> None:
    answer = Desk(app, shop, Role.ADMIN).client.post("/tokens/end", data={"name": "x"})
    assert answer.status_code == KeyMissing.status
    assert KeyMissing.message.split("%")[0][:20] in answer.text


def test_no_page_is_shown_inside_of_another_or_kept_by_a_proxy(app: Flask, shop: Shop) -> None:
    for browser, address in (
        (app.test_client(), "/login"), (app.test_client(), "/nowhere"), (app.test_client(), "/api/v1/items"),
        (Desk(app, shop, Role.ADMIN).client, "/people"), (Desk(app, shop, Role.OPERATOR).client, "/people"),
        (Desk(app, shop, Role.MANAGER).client, "/export/items.csv"), (app.test_client(), "/station"),
    ):  # fmt: skip
        headers = browser.get(address).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "object-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store", address
        assert "Access-Control-Allow-Origin" not in headers


def test_what_may_be_kept_is_kept_by_the_persons_own_browser_only() -> None:
    """Pictures and drawings have a name of their own for each content; nothing says "public"."""
    for file in Path("mes").rglob("*.py"):
        for said in re.findall(r'Cache-Control"\] = (.*)', file.read_text("utf-8")):
            assert "public" not in said, file
            assert "private" in said or "no-cache" in said or "no-store" in said, f"{file}: {said}"


@pytest.mark.parametrize(("https", "secure"), [(True, True), (False, False)])
def test_cookies_are_for_the_server_alone(tmp_path: Path, shop: Shop, https: bool, secure: bool) -> None:
    app = create_app(Settings(data_dir=tmp_path, secret_key="only for tests", https=https), shop.database)
    app.extensions["mes"].clock = lambda: shop.now
    app.config["WTF_CSRF_ENABLED"] = False
    shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    answer = app.test_client().post("/login", data={"login": "boss", "password": PASSWORD, "once": "sign-in-1"})
    [cookie] = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert cookie.key == ("__Host-session" if https else "session")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) is secure
    assert PASSWORD not in cookie.value


def test_the_cookies_of_devices_are_for_the_server_alone(app: Flask, shop: Shop) -> None:
    board = app.test_client().get("/board", base_url="https://mes.local")
    said = [value for name, value in board.headers if name == "Set-Cookie" and "session" not in value.split("=")[0]]
    assert said
    assert all("HttpOnly" in one and "SameSite=Lax" in one and "Secure" in one for one in said)


def test_nobody_is_led_to_another_machine_after_signing_in_or_choosing_a_language(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    for turn, address in enumerate(ELSEWHERE):
        given = {"login": "boss", "password": PASSWORD, "once": f"sign-in-{turn}"}
        chosen = {"language": "en", "back": address, "once": f"language-{turn}"}
        for answer in (
            app.test_client().post("/login", query_string={"next": address}, data=given),
            app.test_client().post("/language", data=chosen),
        ):
            assert answer.status_code == 303
            assert re.fullmatch(r"/([^/\\].*)?", answer.headers["Location"]), address
            assert "Set-Cookie" not in answer.headers["Location"]


def test_a_page_of_the_house_is_led_to(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    given = {"login": "boss", "password": PASSWORD, "once": "sign-in-1"}
    answer = app.test_client().post("/login?next=/lots?q=1", data=given)
    assert answer.headers["Location"] == "/lots?q=1"


def test_the_name_by_which_a_machine_is_called_leads_nobody_elsewhere(app: Flask, shop: Shop) -> None:
    """A made-up Host or forwarding header neither turns up in where an answer leads, nor in what is kept."""
    bad = {"Host": "example.invalid", "X-Forwarded-Host": "example.invalid", "Forwarded": "host=example.invalid"}
    boss = Desk(app, shop, *Role)
    answer = app.test_client().get("/people", headers=bad)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    for address in ("/", "/plant", "/labels", "/people", "/certificates"):
        shown = boss.client.get(address, headers=bad)
        assert "example.invalid" not in shown.text, address
    plain = {name: value for name, value in bad.items() if name != "Host"}
    assert "example.invalid" not in boss.client.get("/install", headers=plain).text


def test_a_line_end_in_an_address_begins_no_header(app: Flask, shop: Shop) -> None:
    boss = Desk(app, shop, *Role)
    for address in (
        "/login?next=/%0d%0aX-Evil:1", "/s/A%0d%0aX-Evil:1", "/l/A%0d%0aX-Evil:1", "/export/items%0d%0aX-Evil:1.csv",
        "/epcis-events/document?of=%0d%0aX-Evil:1", "/scan?text=%0d%0aX-Evil:1", "/trace?q=%0d%0aX-Evil:1",
    ):  # fmt: skip
        answer = boss.client.get(address)
        assert answer.status_code < 500
        assert "X-Evil" not in answer.headers
        assert not any("\n" in value for _name, value in answer.headers)


def test_an_address_climbs_out_of_no_folder(app: Flask, shop: Shop) -> None:
    boss = Desk(app, shop, *Role)
    for address in CLIMBING:
        answer = boss.client.get(address, follow_redirects=True)
        assert answer.status_code in (404, 400), address
        assert "[project]" not in answer.text
        assert "root:" not in answer.text


def test_the_layout_of_a_label_is_chosen_by_its_name_and_not_by_a_path(app: Flask, shop: Shop) -> None:
    boss = Desk(app, shop, *Role)
    for name in ("../../pyproject", "/etc/passwd", "..\\lot-60x40", "lot-60x40\x00", "x" * 300):
        answer = boss.client.get("/labels/lots", query_string={"layout": name})
        assert answer.status_code in (200, 404, 409, 422)
        assert "[project]" not in answer.text


def test_a_board_is_a_board_and_nothing_else(app: Flask, shop: Shop) -> None:
    """Who carries a screen's cookie to another browser sees its figures and opens no page of a person."""
    shop.do(make_board)
    client: FlaskClient = app.test_client()
    client.set_cookie(COOKIE, "the board's")
    assert client.get("/lots").status_code == 302
    with shop.read() as read:
        assert read.query(Person).count() == 0
