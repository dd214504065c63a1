"""Scans while a page is being left and another one comes: no code loses its beginning, none is forgotten."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Live
from tests.browser.tapping import Hand

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SLOW_S = 0.4


@pytest.fixture
def tablet(chromium: Browser, live: Live) -> Iterator[Page]:
    """A station's tablet on a slow network, with a clock that runs."""
    hand = Hand(chromium, live)
    hand.context.clock.resume()

    def slowly(route: Route) -> None:
        time.sleep(SLOW_S)
        route.continue_()

    hand.page.goto(f"{live.address}/station")
    hand.page.route("**/station/**", slowly)
    yield hand.page
    hand.context.close()


def test_a_second_scan_waits_for_the_answer_to_the_first(tablet: Page, live: Live) -> None:
    order = live.floor.order()
    asked: list[Route] = []

    def keep_the_first(route: Route) -> None:
        if route.request.method == "POST" and not asked:
            asked.append(route)
        else:
            route.fallback()

    tablet.route("**/*", keep_the_first)
    tablet.keyboard.type(live.floor.kim.badge, delay=4)
    tablet.keyboard.press("Enter")
    tablet.keyboard.type(order.code, delay=4)  # the page still waits for the answer to the badge
    tablet.keyboard.press("Enter")
    asked[0].continue_()
    tablet.wait_for_url(f"**/station/jobs/{order.jobs[0].code}*", timeout=20_000)
    expect(tablet.locator("header .who")).to_contain_text("김미숙")


def test_a_scan_that_is_cut_by_a_new_page_is_whole(tablet: Page, live: Live) -> None:
    order = live.floor.order()
    tablet.keyboard.type(live.floor.kim.badge, delay=4)
    with tablet.expect_event("framenavigated"):
        tablet.keyboard.press("Enter")
        tablet.keyboard.type(order.code[:6], delay=4)  # while the answer to the badge is awaited
    # a key in the instant of the change belongs to neither page; from its first line on, the new one hears
    tablet.wait_for_load_state("domcontentloaded")
    tablet.keyboard.type(order.code[6:], delay=4)  # its pictures may still be loaded
    tablet.keyboard.press("Enter")
    tablet.wait_for_url(f"**/station/jobs/{order.jobs[0].code}*", timeout=20_000)
