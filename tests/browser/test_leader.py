"""The leader on a phone: the queue by dragging and by arrows, a request answered from afar, a message read."""

import pytest
from playwright.sync_api import Browser

from mes.core.plant import Strictness
from mes.orders.models import Job
from mes.orders.queries import queue
from mes.people.plant import set_up_plant
from tests.browser.axe import complaints
from tests.browser.conftest import Live
from tests.browser.tapping import Hand

pytestmark = pytest.mark.browser


def order_of(live: Live) -> list[int]:
    with live.shop.read() as read:
        return [job.id for job in queue(read, live.floor.kettle.id)]


def led(chromium: Browser, live: Live) -> Hand:
    """Park's own phone, signed in."""
    hand = Hand(chromium, live, station=None, size="phone", has_touch=True)
    hand.log_in("park", "try-the-factory")
    return hand


@pytest.fixture
def jobs(live: Live) -> list[Job]:
    """Three jobs that wait at the kettle."""
    return [live.floor.order().jobs[0] for _ in range(3)]


def test_the_leader_puts_the_queue_in_order_by_dragging(chromium: Browser, live: Live, jobs: list[Job]) -> None:
    hand = led(chromium, live)
    hand.open("/floor/lines/KT")
    last = hand.page.locator(f"li[data-code='{jobs[2].code}'] [data-drag]")
    first = hand.page.locator(f"li[data-code='{jobs[0].code}']")
    last.scroll_into_view_if_needed()
    grip, goal = last.bounding_box(), first.bounding_box()
    assert grip is not None
    assert goal is not None
    hand.page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    hand.page.mouse.down()
    hand.page.mouse.move(grip["x"] + 10, grip["y"] - 40, steps=4)
    with hand.page.expect_navigation():
        hand.page.mouse.move(grip["x"] + 10, goal["y"] + 5, steps=8)
        hand.page.mouse.up()
    assert order_of(live) == [jobs[2].id, jobs[0].id, jobs[1].id]
    hand.leave()


def test_the_arrows_do_the_same(chromium: Browser, live: Live, jobs: list[Job]) -> None:
    hand = led(chromium, live)
    hand.open("/floor/lines/KT")
    hand.tap(f"li[data-code='{jobs[1].code}'] .moves form:first-child button")
    assert order_of(live) == [jobs[1].id, jobs[0].id, jobs[2].id]
    hand.leave()


def test_a_request_is_asked_at_the_tablet_and_answered_on_the_phone(chromium: Browser, live: Live) -> None:
    floor = live.floor
    live.shop.do(lambda work: set_up_plant(work, name="떡집", first_out=Strictness.REFUSE))
    floor.receive(floor.flour, 60, days=10)
    [later] = floor.receive(floor.flour, 60, days=20)
    job = floor.order().jobs[0]
    floor.start(job)
    tablet, leader = Hand(chromium, live), led(chromium, live)
    tablet.sign_in(floor.kim)
    tablet.open(f"/station/jobs/{job.code}")
    tablet.scan(later.code)
    tablet.taps = 0
    tablet.tap("button[formaction]")
    assert tablet.taps == 1
    assert later.code in tablet.page.inner_text("#pulse")
    assert complaints(tablet.page) == []
    leader.open("/floor")
    assert later.code in leader.text
    assert complaints(leader.page) == []
    leader.tap(".ask form button.primary")
    assert floor.lot(later).on_hand == 10
    tablet.wait(15_000)
    tablet.page.clock.run_for(25_000)
    tablet.page.locator("#pulse .is-running").wait_for()
    tablet.tap("#pulse .is-running button")
    assert not tablet.page.locator("#pulse section").count()
    tablet.leave()
    leader.leave()


def test_a_message_is_read_with_one_touch(chromium: Browser, live: Live) -> None:
    tablet, leader = Hand(chromium, live), led(chromium, live)
    tablet.sign_in(live.floor.kim)
    leader.open("/floor/messages")
    assert complaints(leader.page) == []
    leader.tap("button[name=quick] >> nth=1")
    tablet.open("/station/queue")
    assert "지금 가고 있습니다." in tablet.page.inner_text("#pulse")
    tablet.tap("#pulse button")
    leader.open("/floor/lines/KT")
    assert "김미숙" in leader.page.inner_text(".lines-list")
    assert complaints(leader.page) == []
    tablet.leave()
    leader.leave()


def test_the_leaders_screen_renews_itself(chromium: Browser, live: Live) -> None:
    leader = led(chromium, live)
    leader.open("/floor")
    assert "가래떡" not in leader.text
    live.floor.start(live.floor.order().jobs[0])
    leader.page.clock.run_for(5_000)
    leader.page.locator("#floor >> text=가래떡").first.wait_for()
    leader.leave()


def test_pages_of_devices_and_boards_are_for_everybody(chromium: Browser, live: Live, jobs: list[Job]) -> None:
    leader = led(chromium, live)
    found = {}
    for address in ("/devices", "/devices/boards/new", "/boards", "/my-phone", "/floor/requests", "/board?line=KT",
                    f"/floor/jobs/{jobs[0].code}/assign"):  # fmt: skip
        leader.open(address)
        found[address] = complaints(leader.page)
        found[address] += [] if leader.page.evaluate("document.documentElement.scrollWidth <= innerWidth") else ["wide"]
    screen = Hand(chromium, live, station=None)
    screen.open("/board")
    found["a new screen"] = complaints(screen.page)
    assert {address: told for address, told in found.items() if told} == {}
    screen.leave()
    leader.leave()
