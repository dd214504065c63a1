"""How the station's real pages look and weigh: sizes, targets, text, requests."""

import gzip
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Response, Route

from mes.items.service import add_unit
from mes.orders.models import Job
from tests.browser.conftest import Live
from tests.browser.tapping import SIZES, Hand

pytestmark = pytest.mark.browser
#: What is touched: at least 56 px each way, with 8 px between. The page scrolls behind the keys.
IN_REACH = ".keys .key"
IN_THE_PAGE = ".pad button, .choice, .banner .button, .lines button, .queue > a, .count, label.photo, [data-add]"
BOXES = """(targets) => [...document.querySelectorAll(targets)].filter((e) => e.checkVisibility()).map((e) => {
  const box = e.getBoundingClientRect();
  return [e.innerText.trim() || e.dataset.digit || e.dataset.op, box.x, box.y, box.right, box.bottom];
})"""
SMALL_TEXT = """[...document.querySelectorAll("body *")]
  .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 16).map((e) => e.innerText)"""
#: What moved by itself since the page was painted first.
MOVED = """new PerformanceObserver((list) => {
  for (const { sources } of list.getEntries()) for (const { node } of sources) {
    (window.moved ??= []).push(node?.className || node?.nodeName);
  }
}).observe({ type: "layout-shift", buffered: true })"""
Box = tuple[str, float, float, float, float]


@pytest.fixture
def job(live: Live) -> Job:
    """A job that runs, with an entry that can be undone; another waits."""
    floor = live.floor
    [flour] = floor.receive(floor.flour, 200)
    running = floor.order().jobs[0]
    floor.start(running)
    floor.scan(running, flour)
    floor.report(running, 20)
    floor.order(240)
    return running


def addresses(job: Job) -> list[str]:
    """The pages of a station on which something is done."""
    at = f"/station/jobs/{job.code}"
    return ["/station/queue", at, f"{at}/report", f"{at}/defect", f"/station/stop?job={job.code}", "/station/call"]


@pytest.fixture(params=[("ko", "light"), ("en", "dark")], ids=["Korean by day", "English by night"])
def look(request: pytest.FixtureRequest) -> dict[str, str]:
    """A language and a theme."""
    return {"locale": request.param[0], "color_scheme": request.param[1]}


@pytest.fixture(params=list(SIZES))
def hand(request: pytest.FixtureRequest, chromium: Browser, live: Live, look: dict[str, str]) -> Iterator[Hand]:
    """Somebody at a screen of each size."""
    somebody = Hand(chromium, live, size=request.param, **look)
    yield somebody
    somebody.leave()


def apart(boxes: list[Box]) -> list[str]:
    """Targets that are too small or too near to each other."""
    found = [name for name, x, y, right, bottom in boxes if min(right - x, bottom - y) < 55.5]
    for at, (name, x, y, right, bottom) in enumerate(boxes):
        for other, left, top, end, low in boxes[at + 1 :]:
            across, down = max(left - right, x - end), max(top - bottom, y - low)
            inside = (left >= x and end <= right and top >= y and low <= bottom) or (
                x >= left and right <= end and y >= top and bottom <= low
            )
            if not inside and max(across, down) < 7.5:
                found.append(f"{name} / {other}")
    return found


def test_keys_are_in_view_targets_fit_a_glove_and_text_is_read_at_arms_length(
    live: Live, hand: Hand, job: Job, look: dict[str, str]
) -> None:
    hand.sign_in(live.floor.kim if look["locale"] == "ko" else live.floor.nguyen)
    size = hand.page.viewport_size
    assert size
    for address in addresses(job):
        hand.open(address)
        assert hand.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        assert hand.page.evaluate(SMALL_TEXT) == [], address
        keys = hand.page.evaluate(BOXES, IN_REACH)
        assert all(
            x >= 0 and y >= 0 and right <= size["width"] and low <= size["height"] for _, x, y, right, low in keys
        )
        hand.page.evaluate("document.querySelectorAll('.sheet .pad').forEach((pad) => pad.style.position = 'static')")
        for targets in (IN_REACH, IN_THE_PAGE):
            assert apart(hand.page.evaluate(BOXES, targets)) == [], address


def late(route: Route) -> None:
    """A script comes when the page stands already."""
    time.sleep(0.15)
    route.continue_()


def test_nothing_moves_under_a_finger_when_the_scripts_come(chromium: Browser, live: Live, job: Job) -> None:
    live.shop.do(lambda work: add_unit(work, "CAKE", unit="kg", factor=Decimal(20)))
    hand = Hand(chromium, live, size="phone")
    hand.sign_in(live.floor.kim)
    hand.page.add_init_script(MOVED)
    hand.page.route("**/static/js/*.js", late)
    for address in addresses(job):
        hand.open(address)
        hand.page.wait_for_timeout(300)
        assert hand.page.evaluate("window.moved ?? []") == [], address
        assert hand.page.locator(".ways-of").count() == address.endswith("/report")
    hand.leave()


def test_the_first_page_comes_in_ten_requests_and_sixty_kilobytes_and_later_ones_in_a_few(
    chromium: Browser, live: Live, job: Job
) -> None:
    hand = Hand(chromium, live)
    answers: list[Response] = []
    hand.page.on("response", lambda answer: answers.append(answer))
    hand.page.goto(live.address + "/station", wait_until="networkidle")
    first = [len(gzip.compress(answer.body())) for answer in answers]
    assert len(first) <= 10
    assert sum(first) <= 60_000
    hand.scan(live.floor.kim.badge)
    answers.clear()
    hand.page.goto(f"{live.address}/station/jobs/{job.code}", wait_until="networkidle")
    later = [
        answer for answer in answers if answer.request.timing["responseEnd"] >= 0 and not answer.from_service_worker
    ]
    fresh = [len(gzip.compress(a.body())) for a in later if not a.url.split("?")[0].endswith((".css", ".js", ".svg"))]
    assert sum(fresh) <= 8_000
    hand.leave()


def test_every_scan_is_answered_with_yes_or_no_and_the_code(chromium: Browser, live: Live) -> None:
    floor = live.floor
    lots = floor.receive(floor.flour, 5, 5, 5)
    job = floor.order().jobs[0]
    floor.start(job)
    hand = Hand(chromium, live)
    hand.sign_in(floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    for lot in lots:
        hand.scan(lot.code)
        assert lot.code in hand.page.inner_text(".flash")
        assert hand.page.get_attribute(".flash", "data-feedback") == "yes"
    hand.scan("NO-SUCH-CODE")
    assert hand.page.get_attribute(".refusal", "data-feedback") == "no"
    assert "NO-SUCH-CODE" in hand.page.inner_text(".refusal")
    hand.leave()
