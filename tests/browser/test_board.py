"""The board on the wall shows every work centre, those that need somebody first."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.factories import make_work_centre

pytestmark = pytest.mark.browser
SHOWN = """() => [...document.querySelectorAll(".wall-lines > li")].filter((e) => e.checkVisibility()).map((e) => {
  const box = e.getBoundingClientRect();
  return [e.querySelector(".name").innerText.trim(), box.top >= 0 && box.bottom <= innerHeight && box.height >= 32];
})"""


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
        hand.page.clock.run_for(10_000)
        hand.page.wait_for_timeout(0)
    assert len(seen) == more + 2
    hand.context.close()
