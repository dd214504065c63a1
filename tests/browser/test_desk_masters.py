"""Masters in a real browser: signing in with a filled-in password, choosing an item by a part of its name."""

import pytest
from playwright.sync_api import Browser, expect

from mes.core.access import Role
from mes.items.boms import make_bom
from tests.browser.conftest import Live
from tests.factories import make_item, make_person

pytestmark = pytest.mark.browser
GOOD = "rice-cake-2026"


def test_a_filled_in_password_signs_in_and_a_draft_takes_an_item_by_its_name(chromium: Browser, live: Live) -> None:
    live.shop.do(lambda work: make_person(work, Role.MANAGER, login="manager", password=GOOD))
    live.shop.do(lambda work: make_item(work, code="Z-1", name="얇은 포장필름"))
    live.shop.do(lambda work: make_bom(work, make_item(work, code="Z-9", name="시험 제품"), []))
    page = chromium.new_context(locale="ko-KR").new_page()
    page.goto(f"{live.address}/login")
    page.fill("#login", "manager")
    page.fill("#password", GOOD)
    page.wait_for_timeout(300)  # longer than a scanner's pause: what was filled in at once is no scan
    page.click("form.form button[type=submit]")
    page.wait_for_url(f"{live.address}/")
    page.goto(f"{live.address}/items/Z-9/bom/1")
    page.locator("#component").press_sequentially("얇은", delay=80)
    expect(page.locator("#items-suggested option[value='Z-1']")).to_have_count(1)
    page.fill("#component", "Z-1")
    page.fill("#line input[name=quantity]", "0.25")
    page.click("#line button[type=submit]")
    expect(page.locator("table")).to_contain_text("얇은 포장필름")
