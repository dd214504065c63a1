"""How many touches each thing takes at a station, counted on the real pages (a scan is no touch)."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, FilePayload

from mes.orders.models import Job, JobState
from mes.printing.models import LabelPrint
from mes.quality.models import Defect
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.browser.wedge import held_clock, type_keys
from tests.quality.workshop import snapshot

pytestmark = pytest.mark.browser
D = Decimal


@pytest.fixture
def hand(chromium: Browser, live: Live) -> Iterator[Hand]:
    """Kim's hand at the kettle's tablet; nobody is signed in."""
    somebody = Hand(chromium, live)
    yield somebody
    somebody.leave()


def cooking(live: Live, hand: Hand, quantity: int = 100, flour: int = 200) -> Job:
    """A job that runs with its flour scanned, open on the tablet; nothing counted yet."""
    live.floor.receive(live.floor.film, 5000)
    [lot] = live.floor.receive(live.floor.flour, flour)
    job = live.floor.order(quantity).jobs[0]
    live.floor.start(job)
    live.floor.scan(job, lot)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    return job


def packing(live: Live) -> Job:
    """The job after it, running, with a hundred pieces that have come to it."""
    live.floor.receive(live.floor.film, 5000)
    [lot] = live.floor.receive(live.floor.flour, 200)
    order = live.floor.order()
    live.floor.start(order.jobs[0])
    live.floor.scan(order.jobs[0], lot)
    live.floor.report(order.jobs[0], 100)
    live.floor.start(order.jobs[1])
    return order.jobs[1]


def test_signing_in_takes_one_badge_scan(live: Live, hand: Hand) -> None:
    hand.open("/station")
    hand.scan(live.floor.kim.badge)
    assert hand.page.url.endswith("/station/queue")
    assert "김미숙" in hand.text
    assert hand.taps == 0


def test_signing_in_by_name_takes_the_tile_the_pin_and_one_key(live: Live, hand: Hand) -> None:
    hand.open("/station")
    hand.tap("text=김미숙")
    hand.type("246802")
    hand.key("로그인")
    assert hand.page.url.endswith("/station/queue")
    assert (hand.taps, hand.digits) == (2, 6)


def test_a_job_is_started_with_one_touch_after_a_scan(live: Live, hand: Hand) -> None:
    order = live.floor.order()
    hand.sign_in(live.floor.kim)
    hand.scan(order.code)
    hand.key("솥 2호기")
    assert live.floor.see_job(order.jobs[0]).state is JobState.RUNNING
    assert live.floor.see_job(order.jobs[0]).machine_id == live.floor.machine.id
    assert hand.taps == 1


def test_a_job_is_started_with_two_touches_without_a_scanner(live: Live, hand: Hand) -> None:
    order = live.floor.order()
    hand.sign_in(live.floor.kim)
    hand.tap(f"text={order.code}")
    hand.key("솥 1호기")
    assert live.floor.see_job(order.jobs[0]).state is JobState.RUNNING
    assert hand.taps == 2


def test_a_job_is_started_on_a_machine_by_scanning_both(live: Live, hand: Hand) -> None:
    order = live.floor.order()
    hand.sign_in(live.floor.kim)
    hand.scan(order.jobs[0].code)
    hand.scan(live.floor.machine.tag)
    assert live.floor.see_job(order.jobs[0]).machine_id == live.floor.machine.id
    assert hand.taps == 0


def test_a_lot_is_consumed_without_a_touch(live: Live, hand: Hand) -> None:
    [lot] = live.floor.receive(live.floor.flour, 60)
    job = live.floor.order().jobs[0]
    live.floor.start(job)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.scan(lot.code)
    assert live.floor.lot(lot).on_hand == 10
    assert lot.code in hand.page.inner_text(".flash.is-running")
    assert hand.taps == 0


def test_good_pieces_and_defects_are_reported_together_on_one_sheet(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    hand.key("실적")
    hand.type("40")
    hand.tap("label:has-text('찢김')")
    hand.type("2")
    hand.key("저장")
    now = live.floor.see_job(job)
    assert (now.good, now.defective) == (D(40), D(2))
    assert (hand.taps, hand.digits) == (3, 3)


def test_a_whole_box_is_one_touch(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    hand.key("실적")
    hand.tap("text=1상자")
    assert "0 + 20 = 20" in hand.page.inner_text(".count >> nth=0")
    hand.key("저장")
    assert live.floor.see_job(job).good == 20
    assert hand.taps == 3


def test_a_defect_with_reason_and_photo_takes_four_touches(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    with hand.page.expect_file_chooser() as chooser:
        hand.tap("label.photo")
    chooser.value.set_files([FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=snapshot())])
    hand.page.wait_for_selector("label.photo canvas")
    hand.key("저장")
    with live.shop.read() as read:
        [defect] = read.query(Defect).all()
    assert defect.photo_id is not None
    assert live.floor.see_job(job).defective == 1
    assert hand.taps == 4


def test_a_produced_lot_offers_its_label_at_one_touch(live: Live, hand: Hand) -> None:
    job = packing(live)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}/report")
    hand.type("30")
    hand.key("저장")
    assert live.floor.see_job(job).good == 30
    hand.taps = 0
    with hand.context.expect_event("response", lambda answer: answer.request.method == "POST"):  # beside the page
        hand.tap(".made button:has-text('라벨 출력')")
    with live.shop.read() as read:
        [printed] = read.query(LabelPrint).all()
    assert printed.code in hand.page.inner_text(".made")
    assert hand.taps == 1


def test_a_stop_is_recorded_with_two_touches_and_ended_with_one(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("비가동")
    hand.tap("button:has-text('설비 고장')")
    assert "설비 고장" in hand.page.inner_text(".banner.is-stopped")
    assert hand.taps == 2
    hand.tap(".banner >> text=재가동")
    assert hand.page.locator(".banner.is-stopped").count() == 0
    assert hand.taps == 3


def test_a_reading_is_one_touch_each_and_red_at_once_when_out_of_limits(live: Live, hand: Hand) -> None:
    job = live.floor.order().jobs[0]
    live.floor.inspect_first_pieces(job)
    live.floor.start(job)
    hand.sign_in(live.floor.lee)
    hand.open(f"/station/jobs/{job.code}")
    hand.tap(".banner button:has-text('검사')")
    hand.taps = 0
    for value in ("84", "30", "40"):
        hand.type(value)
        if value == "84":
            assert hand.page.is_visible(".reading.out .outside")
            hand.page.click("[data-op=clear]")
            hand.type("90")
            assert not hand.page.is_visible(".outside >> nth=0")
        hand.tap("[data-op=send]")
    assert hand.taps == 3
    hand.key("판정")
    assert live.floor.see_job(job).first_piece_passed


def test_the_last_entry_is_undone_with_one_touch_and_a_confirmation(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    hand.open(f"/station/jobs/{job.code}/report")
    hand.type("12")
    hand.key("저장")
    hand.taps = 0
    hand.tap(".lines button:has-text('되돌리기') >> nth=0")
    hand.tap("dialog[open] button.key")
    assert live.floor.see_job(job).good == 0
    assert hand.taps == 2


def test_somebody_is_called_with_two_touches(live: Live, hand: Hand) -> None:
    hand.sign_in(live.floor.kim)
    hand.key("호출")
    hand.tap("button:has-text('반장')")
    assert "반장" in hand.page.inner_text(".banner.is-person")
    assert hand.taps == 2


def test_a_whole_shift_works_with_the_scanner_alone(live: Live, hand: Hand) -> None:
    [lot] = live.floor.receive(live.floor.flour, 60)
    order = live.floor.order()
    job = order.jobs[0]
    hand.open("/station")
    for code in (live.floor.kim.badge, order.code, live.floor.machine.tag, lot.code, "C-REPORT2"):
        hand.scan(code)
    for _ in range(2):  # each scan of the item on the sheet counts a box
        hand.count_by_scan("CAKE")
        hand.wait(1600)  # the same code sooner would be one scan
    hand.scan("C-REPORT2")
    assert live.floor.see_job(job).good == 40
    hand.scan("C-UNDOC")
    hand.wait(1600)
    hand.scan("C-UNDOC")
    assert live.floor.see_job(job).good == 0
    hand.scan("C-PAUSET")
    assert live.floor.see_job(job).state is JobState.PAUSED
    hand.scan("C-FINISH3")
    hand.wait(1600)
    hand.scan("C-FINISH3")
    assert live.floor.see_job(job).state is JobState.DONE
    assert hand.taps == 0


def test_a_whole_report_works_with_the_keyboard_alone(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    hand.page.focus(".keys a:has-text('실적')")
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")
    hand.page.wait_for_selector(".count.active")
    hand.page.focus("[name=good]")
    with held_clock(hand.page):
        type_keys(hand.page, "25")
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")
    assert live.floor.see_job(job).good == 25
