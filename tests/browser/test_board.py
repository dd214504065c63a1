"""The board on the wall shows every work centre, those that need somebody first, and always how old its figures are."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.factories import make_work_centre

pytestmark = pytest.mark.browser
SHOWN = """() => [...document.querySelectorAll(".wall-lines > li")].filter((e) => e.checkVisibility()).map((e) => {
  const box = e.getBoundingClientRect();
  return [e.querySelector(".name").innerText.trim(), box.top >= 0 && box.bottom <= innerHeight && box.height >= 32];
})"""
TURN_MS = 10_000


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 800)])
@pytest.mark.parametrize("more", [5, 20])
def test_all_work_centres_come_into_sight(chromium: Browser, live: Live, width: int, height: int, more: int) -> None:
    for number in range(more):
        live.shop.do(lambda work, n=number: make_work_centre(work, code=f"X{n:02}", name=f"라인 {n}"))  # type: ignore[misc]
    hand = Hand(chromium, live)
    hand.page.set_viewport_size({"width": width, "height": height})
    hand.sign_in(live.floor.kim)
    hand.open("/board")
    seen: set[str] = set()
    for _page in range(3):
        shown = hand.page.evaluate(SHOWN)
        assert all(inside for _name, inside in shown), shown
        assert 1 <= len(shown) <= 12
        seen |= {name for name, _inside in shown}
        if more == 5:
            assert hand.page.is_hidden(".wall-page")
            break
        hand.page.clock.run_for(TURN_MS)
        hand.page.wait_for_timeout(0)
    assert len(seen) == more + 2
    hand.context.close()


def test_the_board_turns_from_lines_to_orders_by_itself(chromium: Browser, live: Live) -> None:
    live.floor.start(live.floor.order().jobs[0])
    live.floor.receive(live.floor.flour, 60)
    late = live.floor.order()
    live.shop.later(days=5)
    hand = Hand(chromium, live)
    hand.sign_in(live.floor.kim)
    hand.open("/board")
    assert late.code not in hand.text
    hand.page.clock.run_for(TURN_MS)
    hand.page.locator(f"text={late.code}").wait_for()
    assert hand.page.is_visible(".wall-page")
    hand.leave()


def age(page: Page) -> str | None:
    """How the age of the figures is shown: nothing, "some" or "very"."""
    return page.get_attribute("[data-live-age]", "data-live-old")


def test_without_the_network_the_last_picture_stays_with_its_age(chromium: Browser, live: Live) -> None:
    hand = Hand(chromium, live)
    hand.sign_in(live.floor.kim)
    hand.open("/board")
    picture = hand.page.inner_text("#board")
    hand.context.set_offline(True)
    hand.page.clock.run_for(40_000)
    assert age(hand.page) == "some"
    hand.page.clock.run_for(120_000)
    assert age(hand.page) == "very"
    assert hand.page.inner_text("#board") == picture
    live.floor.start(live.floor.order().jobs[0])
    hand.context.set_offline(False)
    hand.page.clock.run_for(10_000)
    hand.page.locator("#board >> text=가래떡").first.wait_for()
    hand.page.locator("[data-live-age]:not([data-live-old])").wait_for()
    hand.context.close()


def test_a_television_becomes_a_board_without_anybody_signing_in(chromium: Browser, live: Live) -> None:
    screen, leader = Hand(chromium, live, station=None), Hand(chromium, live, station=None, size="phone")
    screen.open("/board")
    code = screen.page.inner_text(".claim")
    leader.log_in("park", "try-the-factory")
    leader.open(f"/devices/boards/new?claim={code}")
    leader.write(name="1동 입구")
    leader.press("저장")
    screen.page.clock.run_for(4_000)
    screen.page.wait_for_selector("#board")
    assert "증숙" in screen.text
    leader.open("/devices")
    leader.page.click("button[data-open^=revoke-board]")
    leader.page.click("dialog[open] button.primary")
    leader.page.wait_for_load_state()
    screen.page.clock.run_for(10_000)
    screen.page.wait_for_selector(".claim")
    screen.leave()
    leader.leave()
