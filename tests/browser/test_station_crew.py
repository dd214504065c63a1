"""In a browser: who works on a job, joined by a touch or a badge; a tablet that nobody touches locks itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from mes.people.plant import set_up_plant
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.station.floor import PIN

MINUTE = 60_000
pytestmark = pytest.mark.browser


@pytest.fixture
def hand(chromium: Browser, live: Live) -> Iterator[Hand]:
    """Kim in front of the tablet at the kettle."""
    found = Hand(chromium, live)
    yield found
    found.leave()


def test_two_people_join_a_job_by_touch_and_by_badge(live: Live, hand: Hand) -> None:
    job = live.floor.order().jobs[0]
    live.floor.start(job)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.taps = 0
    hand.tap("main a[href$='/crew']")
    hand.tap(".crew button:has-text('김미숙')")
    assert hand.taps == 2
    hand.scan(live.floor.nguyen.badge)
    assert hand.page.locator(".crew .is-running").count() == 3
    hand.key("작업으로")
    assert "김미숙" in hand.page.inner_text("main a[href$='/crew']")


def test_a_tablet_that_nobody_touches_locks_itself_and_comes_back_to_the_job(live: Live, hand: Hand) -> None:
    live.shop.do(lambda work: set_up_plant(work, name="떡집", lock_after="operator=20"))
    job = live.floor.order().jobs[0]
    live.floor.start(job)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.page.wait_for_timeout(500)
    hand.wait(15 * MINUTE)
    hand.page.mouse.click(5, 400)
    hand.wait(15 * MINUTE)
    assert "잠겼습니다" not in hand.text, "it was touched in between"
    with hand.page.expect_navigation():
        hand.wait(21 * MINUTE)
    assert "잠겼습니다" in hand.text
    hand.taps = 0
    for digit in PIN:
        hand.page.click(f"[data-pad] [data-digit='{digit}']")
    hand.tap(".keys .primary")
    assert hand.page.url.endswith(f"/station/jobs/{job.code}")
    assert hand.taps == 1
