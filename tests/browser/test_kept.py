"""What was typed at a desk is still there after another language, a refused page and a file that is too large."""

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from mes.core.access import Role
from mes.core.work import Work
from mes.people.models import SignIn
from tests.browser.conftest import Live
from tests.factories import make_person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
GOOD = "rice-cake-2026"
#: What was typed, by the field's id.
RECEIPT = {"item": "RF", "supplier": "MILL", "note": "문 앞에 두었음"}
ORDER = {"item": "CAKE", "quantity": "240", "note": "행복마트 납품분"}


@pytest.fixture
def desk(chromium: Browser, live: Live) -> Page:
    """The production manager at a desk."""
    live.shop.do(lambda work: make_person(work, Role.MANAGER, login="manager", password=GOOD))
    page = chromium.new_context(locale="ko-KR", base_url=live.address).new_page()
    page.goto("/login")
    page.fill("#login", "manager")
    page.fill("#password", GOOD)
    page.wait_for_timeout(300)  # longer than a scanner's pause: what was filled in at once is no scan
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/")
    return page


def fill_in(page: Page) -> None:
    """A delivery, without its quantity."""
    page.fill("#item", RECEIPT["item"])
    page.select_option("#supplier", RECEIPT["supplier"])
    page.fill("#note", RECEIPT["note"])


def typed(page: Page, wanted: dict[str, str]) -> dict[str, str]:
    """What stands in these fields, once the page has had time to put it back."""
    with suppress(AssertionError):
        expect(page.locator("#note")).to_have_value(wanted["note"])
    return {name: page.input_value(f"#{name}") for name in wanted}


def choose(page: Page, language: str) -> None:
    page.click("details.menu summary")
    page.click(f"button[name=language][value={language}]")
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_another_language_keeps_what_was_typed(desk: Page) -> None:
    desk.goto("/lots/receive")
    fill_in(desk)
    choose(desk, "en")
    assert typed(desk, RECEIPT) == RECEIPT


def write_an_order(page: Page) -> None:
    page.goto("/orders/new")
    for name, value in ORDER.items():
        page.fill(f"#{name}", value)


def sign_out_elsewhere(live: Live) -> None:
    """Everybody's sign-in is ended, as a new password does."""

    def end(work: Work) -> None:
        for one in work.session.scalars(select(SignIn)):
            one.ended_at = work.now

    live.shop.do(end)


def sign_in(page: Page, login: str) -> None:
    page.fill("#login", login)
    page.fill("#password", GOOD)
    page.wait_for_timeout(300)
    page.click("form.form button[type=submit]")


def test_another_language_keeps_a_new_order(desk: Page) -> None:
    write_an_order(desk)
    choose(desk, "en")
    assert typed(desk, ORDER) == ORDER


def test_a_form_outlives_a_sign_in_that_ended_meanwhile(desk: Page, live: Live) -> None:
    write_an_order(desk)
    sign_out_elsewhere(live)
    desk.click("form.form button[type=submit]")
    expect(desk.locator("[data-signed-out]")).to_be_visible()
    desk.click("a[href^='/login']")
    desk.fill("#login", "manager")
    desk.fill("#password", "a wrong guess")
    desk.wait_for_timeout(300)
    desk.click("form.form button[type=submit]")
    expect(desk.locator(".refusal")).to_be_visible()
    sign_in(desk, "manager")
    desk.wait_for_url("**/orders/new")
    assert typed(desk, ORDER) == ORDER
    desk.fill("#due_on", "2026-01-09")
    desk.click("form.form button[type=submit]")
    desk.wait_for_url("**/orders/W*")


def test_what_somebody_typed_is_never_shown_to_the_next_person(desk: Page, live: Live) -> None:
    live.shop.do(lambda work: make_person(work, Role.MANAGER, login="other", password=GOOD))
    write_an_order(desk)
    sign_out_elsewhere(live)
    desk.click("form.form button[type=submit]")
    desk.click("a[href^='/login']")
    sign_in(desk, "other")
    desk.wait_for_url("**/orders/new")
    expect(desk.locator("#note")).to_have_value("")
    kept = desk.evaluate("Object.entries(sessionStorage).join()")
    assert "행복마트" not in kept
    assert GOOD not in kept


def test_another_language_on_a_refused_page_keeps_what_was_typed(desk: Page) -> None:
    desk.goto("/lots/receive")
    fill_in(desk)
    desk.click("form.form button[type=submit]")
    expect(desk.locator("[aria-invalid=true]").first).to_be_visible()
    choose(desk, "en")
    assert typed(desk, RECEIPT) == RECEIPT
    desk.fill("#quantity", "20")
    desk.click("form.form button[type=submit]")
    desk.wait_for_url("**/lots/L*")


def test_one_step_back_from_a_refusal_brings_what_was_typed(desk: Page) -> None:
    desk.goto("/lots/receive")
    fill_in(desk)
    desk.evaluate("document.querySelector('form.form [name=csrf_token]').value = 'too old'")
    desk.click("form.form button[type=submit]")
    desk.click("[data-back]")
    desk.wait_for_url("**/lots/receive")
    assert typed(desk, RECEIPT) == RECEIPT


def test_a_file_that_is_too_large_is_named_before_it_is_sent(desk: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(60 * 1024 * 1024)
    desk.goto("/import")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.method))
    desk.set_input_files("input[type=file]", large)
    desk.click("form.form button[type=submit]")
    expect(desk.locator("form.form .error")).to_contain_text("50")
    assert "POST" not in asked
    desk.set_input_files("input[type=file]", {"name": "items.csv", "mimeType": "text/csv", "buffer": b"a"})
    expect(desk.locator("form.form .error")).to_have_count(0)
