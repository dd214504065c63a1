"""The scan box and the addresses on labels lead to the right page."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mes.core.access import Role
from mes.core.numbering import with_check
from mes.core.scanning import COMMANDS
from mes.people.service import open_sign_in
from mes.scan.models import Kind
from mes.scan.views import ICONS, PAGES
from tests.conftest import Shop
from tests.core.hangul_keyboard import typed
from tests.factories import make_item, make_location, make_machine, make_person
from tests.orders.bakery import Bakery

Browser = Callable[[Role], FlaskClient]


@pytest.fixture
def browser(app: Flask, shop: Shop) -> Browser:
    """A browser in which somebody of a role is signed in."""

    def open_one(role: Role) -> FlaskClient:
        token = shop.do(lambda work: open_sign_in(work, make_person(work, role)))
        client = app.test_client()
        with client.session_transaction() as kept:
            kept.update(sign_in=token, language="en")
        return client

    return open_one


def leads_to(client: FlaskClient, text: str) -> str:
    answer = client.get("/scan", query_string={"text": text})
    assert answer.status_code == 302, answer.text
    return answer.location


def test_every_kind_has_a_page_and_an_icon(app: Flask) -> None:
    assert set(ICONS) == set(Kind)
    assert set(PAGES) == set(Kind) - {Kind.COMMAND}
    assert {endpoint for ways in PAGES.values() for endpoint, _values in ways} <= set(app.view_functions)


def test_a_scan_leads_to_the_page_of_the_thing(shop: Shop, browser: Browser) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    order = bakery.order(100)
    boss = browser(Role.MANAGER)
    assert leads_to(boss, typed(flour.code)) == f"/lots/{flour.code}"
    assert leads_to(boss, order.code) == leads_to(boss, order.jobs[0].code) == f"/orders/{order.code}"
    assert leads_to(boss, "CAKE") == "/items/CAKE"
    assert leads_to(boss, "A-77") == "/trace?of=A-77"
    assert leads_to(boss, bakery.store.tag) == "/places/ST"


def test_people_are_led_to_what_they_may_open(shop: Shop, browser: Browser) -> None:
    machine = shop.do(make_machine)
    assert leads_to(browser(Role.MANAGER), machine.tag) == f"/machines/{machine.code}"
    assert leads_to(browser(Role.QUALITY), machine.tag) == "/machines"
    shown = browser(Role.OPERATOR).get("/scan", query_string={"text": machine.tag})
    assert shown.status_code == 200
    assert "no page that you may open" in shown.text


def test_addresses_on_labels_lead_there_too(shop: Shop, browser: Browser) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    client = browser(Role.OPERATOR)
    for address in (f"/l/{flour.code}", f"/s/{flour.code.lower()}"):
        assert client.get(address).location == f"/lots/{flour.code}"
    assert client.get("/l/ST").location is None


def test_an_unknown_code_is_named(browser: Browser) -> None:
    answer = browser(Role.OPERATOR).get("/scan?text=<b>nowhere</b>")
    assert answer.status_code == 404
    assert "Nothing here has the code &lt;B&gt;NOWHERE&lt;/B&gt;." in answer.text
    assert "Work order" in answer.text


def test_a_misread_code_is_asked_for_again(browser: Browser) -> None:
    right = with_check("L260105-0001")
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    answer = browser(Role.OPERATOR).get("/scan", query_string={"text": wrong})
    assert answer.status_code == 404
    assert "check character" in answer.text


def test_nothing_scanned_is_not_an_error_of_the_code(browser: Browser) -> None:
    answer = browser(Role.OPERATOR).get("/scan?text=%20")
    assert answer.status_code == 404
    assert "Nothing was scanned." in answer.text


def test_several_meanings_are_offered(shop: Shop, browser: Browser) -> None:
    shop.do(lambda work: make_location(work, code="A-1"))
    shop.do(lambda work: make_item(work, code="A-1"))
    answer = browser(Role.MANAGER).get("/scan?text=a-1")
    assert answer.status_code == 200
    assert 'href="/places/A-1"' in answer.text
    assert 'href="/items/A-1"' in answer.text


def test_a_command_at_a_desk_says_what_it_is(browser: Browser) -> None:
    answer = browser(Role.OPERATOR).get("/scan", query_string={"text": next(iter(COMMANDS))})
    assert answer.status_code == 200
    assert "Command: Start" in answer.text
    assert "Scan it at a station." in answer.text


def test_an_address_that_does_something_is_refused(browser: Browser) -> None:
    answer = browser(Role.OPERATOR).get("/scan?text=javascript:alert(1)")
    assert answer.status_code == 422
    assert "not followed" in answer.text


def test_nobody_scans_without_signing_in(app: Flask) -> None:
    assert app.test_client().get("/scan?text=A").location == "/login"
