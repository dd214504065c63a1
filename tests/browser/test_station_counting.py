"""The report sheet in a browser: scales, counter, boxes; the key says what it saves; a drawing is enlarged."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser

from mes.items.models import StepKind
from mes.items.service import add_unit, set_drawing
from mes.items.steps import StepData
from mes.orders.count_models import ReportCount
from mes.orders.models import Job
from mes.web.sample_steps import shaft_drawing
from tests.browser.conftest import Live
from tests.browser.tapping import Hand, becomes
from tests.factories import make_steps

pytestmark = pytest.mark.browser

D = Decimal


@pytest.fixture
def hand(chromium: Browser, live: Live) -> Iterator[Hand]:
    """Kim in front of the tablet at the kettle."""
    found = Hand(chromium, live)
    found.sign_in(live.floor.kim)
    yield found
    found.leave()


@pytest.fixture
def job(live: Live) -> Job:
    """A job that runs on the kettle, flour scanned; 1 kg is 20 cakes."""
    live.shop.do(lambda work: add_unit(work, "CAKE", unit="kg", factor=D(20)))
    [lot] = live.floor.receive(live.floor.flour, 60)
    found = live.floor.order().jobs[0]
    live.floor.start(found)
    live.floor.scan(found, lot)
    machine = live.floor.machine.id
    live.shop.do(lambda work: setattr(work.session.get_one(Job, found.id), "machine_id", machine))
    return found


def saves(hand: Hand) -> str:
    """What the key that saves says."""
    return hand.page.inner_text(".key[form=report] small")


def test_pieces_are_weighed_and_the_container_is_remembered(live: Live, hand: Hand, job: Job) -> None:
    hand.open(f"/station/jobs/{job.code}/report")
    hand.page.click(".way:has([value=weight])")
    hand.type("2.35")
    hand.page.click("[name=tare]")
    hand.type("0.35")
    assert hand.page.input_value("[name=good]") == "40"
    assert saves(hand) == "양품 40 EA"
    hand.key("저장")
    assert live.floor.see_job(job).good == 40
    with live.shop.read() as read:
        [kept] = read.query(ReportCount)
    assert (kept.above, kept.below, kept.unit) == (D("2.35"), D("0.35"), "kg")
    hand.open(f"/station/jobs/{job.code}/report")
    assert hand.page.input_value("[name=tare]") == "0.35"


def test_the_counter_goes_on_where_it_stood_and_its_defects_are_taken_off(live: Live, hand: Hand, job: Job) -> None:
    for now, expected in (("1010", 10), ("1030", 27)):
        hand.open(f"/station/jobs/{job.code}/report")
        hand.page.click(".way:has([value=counter])")
        hand.type(now)
        if expected == 10:
            hand.page.click("[name=before]")
            hand.type("1000")
        else:
            assert hand.page.input_value("[name=before]") == "1010"
            hand.page.click("[name=defect-TORN]")
            hand.type("3")
            assert saves(hand) == "양품 17 EA · 찢김 3"
        hand.key("저장")
        assert live.floor.see_job(job).good == expected


def test_a_comma_on_a_keyboard_is_asked_about_and_makes_no_number_ten_times_as_large(
    live: Live, hand: Hand, job: Job
) -> None:
    hand.open(f"/station/jobs/{job.code}/report")
    hand.page.focus("[name=good]")
    hand.page.keyboard.type("1,5", delay=120)
    assert hand.page.input_value("[name=good]") == "1,5"
    assert "?" in hand.page.inner_text("[data-will] >> nth=0")
    assert "15" not in hand.page.inner_text(".keys .key.primary")
    hand.page.fill("[name=good]", "0,125")  # thousands never begin with a nought
    assert "?" in hand.page.inner_text("[data-will] >> nth=0")
    assert "125" not in hand.page.inner_text(".keys .key.primary")
    hand.key("저장")
    assert "두 가지로" in hand.text
    assert live.floor.see_job(job).good == 0
    hand.page.click(".way:has([value=weight])")
    hand.page.focus("[name=gross]")
    hand.page.keyboard.type("2,35", delay=120)
    assert hand.page.input_value("[name=good]") == ""
    hand.page.click(".way:has([value=''])")
    hand.page.fill("[name=good]", "1,000")  # between thousands it is plain
    assert "1,000" in hand.page.inner_text(".keys .key.primary")


def test_back_to_typing_the_scales_are_forgotten(hand: Hand, live: Live, job: Job) -> None:
    hand.open(f"/station/jobs/{job.code}/report")
    hand.page.click(".way:has([value=weight])")
    hand.type("2")
    hand.page.click(".way:has([value=''])")
    assert hand.page.input_value("[name=good]") == ""
    hand.type("12")
    hand.page.click("[data-add='20']")
    assert saves(hand) == "양품 32 EA"
    hand.key("저장")
    assert live.floor.see_job(job).good == 32


def test_work_steps_are_a_touch_each_and_a_value_turns_red(live: Live, hand: Hand) -> None:
    steps = (
        StepData(position=1, name="체를 확인한다", kind=StepKind.CHECK),
        StepData(position=2, name="온도를 잰다", kind=StepKind.NUMBER, unit="℃", lower=D(95), upper=D(105)),
    )
    live.shop.do(lambda work: make_steps(work, live.floor.cake, *steps))
    job = live.floor.order().jobs[0]
    live.floor.start(job)
    hand.open(f"/station/jobs/{job.code}")
    hand.taps = 0
    hand.tap(".banner a:has-text('단계로')")
    hand.key("확인함")
    hand.type("110")
    assert hand.page.is_visible(".reading.out .outside")
    hand.page.click("[data-op=clear]")
    hand.type("100")
    hand.key("저장")
    assert hand.taps == 3
    assert "작업단계 2/2" in hand.text


def test_a_drawing_is_enlarged_by_keys_by_keyboard_and_by_two_fingers(
    chromium: Browser, live: Live, hand: Hand, job: Job
) -> None:
    live.shop.do(lambda work: set_drawing(work, "CAKE", "cake.pdf", shaft_drawing()))
    touching = Hand(chromium, live, has_touch=True)
    touching.sign_in(live.floor.kim)
    touching.open(f"/station/jobs/{job.code}/drawing")
    page = touching.page
    becomes(page, "document.querySelector('[data-paper] img').naturalWidth === 3200")

    def is_enlarged(times: float) -> None:
        paper = "document.querySelector('[data-paper]')"
        becomes(page, f"Math.abs({paper}.querySelector('img').clientWidth / {paper}.clientWidth - {times}) < 0.05")

    is_enlarged(1)
    touching.key("크게")
    is_enlarged(1.6)
    page.keyboard.press("0")
    is_enlarged(1)
    spread = touching.context.new_cdp_session(page)
    for kind, gap in (("touchStart", 100), ("touchMove", 200), ("touchMove", 300)):
        points = [{"x": 640 - gap, "y": 400, "id": 0}, {"x": 640 + gap, "y": 400, "id": 1}]
        spread.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    spread.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    is_enlarged(3)
    touching.key("2쪽")
    assert "page=2" in page.url
    touching.leave()
