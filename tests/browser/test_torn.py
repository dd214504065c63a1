"""Scans while a page is being left and another one comes: no code loses its beginning, none is forgotten, and none is
taken for two."""

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from mes.core.commands import COMMANDS, Command
from mes.orders.models import JobState
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.browser.test_station_measuring import checking, saved
from tests.browser.test_station_taps import cooking
from tests.browser.wedge import held_clock, scan

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SLOW_S = 0.4
FINISH = next(code for code, command in COMMANDS.items() if command is Command.FINISH)


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


def first_kept(page: Page) -> list[Route]:
    """What a page sends first, as soon as it is sent; it gets no answer until the test goes on with it."""
    asked: list[Route] = []

    def keep_the_first(route: Route) -> None:
        if route.request.method == "POST" and not asked:
            asked.append(route)
        else:
            route.fallback()

    page.route("**/*", keep_the_first)
    return asked


def test_a_second_scan_waits_for_the_answer_to_the_first(tablet: Page, live: Live) -> None:
    order = live.floor.order()
    asked = first_kept(tablet)
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


@pytest.fixture
def hand(chromium: Browser, live: Live) -> Iterator[Hand]:
    """Kim's hand at the kettle's tablet."""
    somebody = Hand(chromium, live)
    yield somebody
    somebody.leave()


def kept_back(hand: Hand) -> list[Route]:
    """What is sent first, without an answer until the test goes on with it. The tablet's clock runs."""
    hand.context.clock.resume()
    return first_kept(hand.page)


def read_quickly(hand: Hand, *codes: str) -> None:
    """One code after the other, before the answer to the first."""
    with hand.page.expect_request(lambda one: one.method == "POST"):
        for code in codes:
            hand.page.keyboard.type(code, delay=4)
            hand.page.keyboard.press("Enter")


def test_a_defect_scanned_before_the_answer_to_a_lot_counts_on_the_sheet_that_comes(live: Live, hand: Hand) -> None:
    [lot] = live.floor.receive(live.floor.flour, 20)
    cooking(live, hand, flour=20)
    hand.key("실적")
    hand.type("40")
    asked = kept_back(hand)
    read_quickly(hand, lot.code, "TORN", "LIGHT")
    asked[0].continue_()
    expect(hand.page.locator("[name='defect-TORN']")).to_have_value("1")
    expect(hand.page.locator("[name='defect-LIGHT']")).to_have_value("1")
    expect(hand.page.locator("[name=good]")).to_have_value("40")
    assert live.floor.lot(lot).on_hand == 0


def test_a_reading_that_a_gauge_sends_before_the_answer_to_the_one_before_is_that_of_the_next_piece(
    live: Live, hand: Hand
) -> None:
    checking(live, hand)
    asked = kept_back(hand)
    read_quickly(hand, "29.10", "29.20")
    asked[0].continue_()
    expect(hand.page.locator(".readings .cell.is-running")).to_have_count(2)
    assert saved(live) == [Decimal("29.10"), Decimal("29.20")]


def test_two_pieces_that_measure_the_same_are_two_readings(live: Live, hand: Hand) -> None:
    checking(live, hand, pieces=4)
    asked = kept_back(hand)
    read_quickly(hand, "29.10")
    time.sleep(1.6)  # later than a gauge repeats itself
    for value in ("29.10", "29.20"):
        hand.page.keyboard.type(value, delay=4)
        hand.page.keyboard.press("Enter")
    asked[0].continue_()
    expect(hand.page.locator(".readings .cell.is-running")).to_have_count(3)
    time.sleep(0.4)  # no gauge sends sooner again
    with hand.page.expect_navigation():
        hand.page.keyboard.type("29.20", delay=4)
        hand.page.keyboard.press("Enter")
    assert saved(live) == [Decimal("29.10"), Decimal("29.10"), Decimal("29.20"), Decimal("29.20")]


def test_a_reading_that_waited_is_not_taken_for_the_piece_whose_reading_was_refused(live: Live, hand: Hand) -> None:
    checking(live, hand)
    asked = kept_back(hand)
    read_quickly(hand, "30,5 mm", "29.20")
    asked[0].continue_()
    expect(hand.page.locator("[name=value]")).to_have_value("30,5 mm")
    assert saved(live) == []


def test_an_impatient_second_scan_answers_no_question_that_nobody_has_seen(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    asked = kept_back(hand)
    read_quickly(hand, FINISH)
    time.sleep(1.6)  # later than a scanner repeats itself
    hand.page.keyboard.type(FINISH, delay=4)
    hand.page.keyboard.press("Enter")
    asked[0].continue_()
    expect(hand.page.locator(".refusal")).to_be_visible()
    hand.page.wait_for_timeout(500)
    assert live.floor.see_job(job).state is JobState.RUNNING


def test_a_code_that_a_scanner_reads_twice_is_one_scan_also_where_another_page_came_between(
    live: Live, hand: Hand
) -> None:
    job = cooking(live, hand)
    hand.scan(FINISH)
    expect(hand.page.locator(".refusal")).to_be_visible()  # more is to be made: is it finished?
    with held_clock(hand.page):
        scan(hand.page, FINISH)
    assert hand.page.locator(".refusal").is_visible()
    assert live.floor.see_job(job).state is JobState.RUNNING
    hand.wait(1600)
    hand.scan(FINISH)  # by a person, who has read it
    assert live.floor.see_job(job).state is JobState.DONE
