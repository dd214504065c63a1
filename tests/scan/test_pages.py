"""The scan box and the addresses on labels lead to the right page."""

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.core.access import Role
from mes.core.commands import COMMANDS
from mes.core.i18n import speaking
from mes.core.numbering import with_check
from mes.core.work import Work
from mes.printing.rules import VOID_REASONS
from mes.scan.models import Kind
from mes.scan.service import resolve
from mes.scan.views import ICONS, PAGES
from tests.conftest import Shop
from tests.core.hangul_keyboard import typed
from tests.factories import make_item, make_location, make_machine, make_supplier_barcode
from tests.orders.bakery import Bakery
from tests.scan.conftest import Browser
from tests.scan.test_resolving import void


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
    assert "It was not run" in answer.text


def test_nobody_scans_without_signing_in(app: Flask) -> None:
    assert app.test_client().get("/scan?text=A").location == "/login"


def test_a_misread_code_offers_the_near_one(shop: Shop, browser: Browser) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    answer = browser(Role.OPERATOR).get("/scan", query_string={"text": flour.code.replace("-0001", "-0007")})
    assert answer.status_code == 404
    assert f'href="/lots/{flour.code}"' in answer.text
    assert f"Did you mean {flour.code}?" in answer.text


def test_a_voided_label_opens_its_lot_at_a_desk_with_a_warning(shop: Shop, browser: Browser) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    shop.do(lambda work: void(work, flour.code, 2))
    client = browser(Role.OPERATOR)
    assert client.get(f"/l/{flour.code}").location == f"/lots/{flour.code}"
    assert "was voided" not in client.get(f"/lots/{flour.code}").text
    assert client.get(f"/l/{flour.code}.2").location == f"/lots/{flour.code}"
    assert "was voided by 박정호" in client.get(f"/lots/{flour.code}").text


def test_why_a_label_was_voided_is_told_in_the_readers_language(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)

    def torn(work: Work) -> None:
        void(work, flour.code, 1).reason = VOID_REASONS[0]

    shop.do(torn)
    with shop.read() as read, speaking("ko", "Asia/Seoul"):
        assert "떼어서 버림" in str(resolve(read, flour.code).voided)


def test_a_supplier_label_that_was_taught_offers_to_receive_it(shop: Shop, browser: Browser) -> None:
    shop.do(lambda work: make_supplier_barcode(work))
    answer = browser(Role.MATERIAL).get("/scan?text=HB2512A0880120")
    assert answer.status_code == 404
    assert "2512A088" in answer.text
    assert 'href="/lots/receive"' in answer.text
    assert "/supplier-barcodes/new?example=NEW-1" in browser(Role.MATERIAL).get("/scan?text=NEW-1").text
    assert "/supplier-barcodes/new" not in browser(Role.OPERATOR).get("/scan?text=NEW-1").text


def test_five_kilobytes_of_noise_and_a_link_with_a_wrong_check_digit_are_told(browser: Browser) -> None:
    client = browser(Role.OPERATOR)
    noise = client.get("/scan", query_string={"text": "#@" * 2500})
    assert (noise.status_code, "5000 characters" in noise.text or "5,000 characters" in noise.text) == (422, True)
    link = client.get("/scan", query_string={"text": "https://id.gs1.org/01/08801234567890/10/A"})
    assert link.status_code == 422
    assert "08801234567890" in link.text
    assert "wireless network" in client.get("/scan", query_string={"text": "WIFI:S:x;;"}).text


@settings(max_examples=40)
@given(text=st.text(max_size=400))
def test_no_text_makes_the_scan_box_fail(browser: Browser, text: str) -> None:
    assert browser(Role.MATERIAL).get("/scan", query_string={"text": text}).status_code < 500
