"""Measuring at a station: one touch for each reading, a gauge that types, a pasted column, and nothing lost."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser

from mes.inspection.models import InspectionKind, Nature, Reading
from mes.inspection.service import CharacteristicData, ChoiceData, StandardData
from mes.orders.models import Job
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.factories import make_released_standard

pytestmark = pytest.mark.browser
D = Decimal


@pytest.fixture
def hand(chromium: Browser, live: Live) -> Iterator[Hand]:
    """Kim's hand at the kettle's tablet."""
    somebody = Hand(chromium, live)
    yield somebody
    somebody.leave()


def checking(live: Live, hand: Hand, *, looks: bool = False, pieces: int = 3) -> Job:
    """A job that runs, with a self-inspection begun on the tablet."""
    rows = [CharacteristicData(name="굵기", unit="mm", lower=D(28), upper=D(32))]
    if looks:
        answers = (ChoiceData(name="양호", good=True), ChoiceData(name="긁힘", good=False))
        rows.append(CharacteristicData(name="겉모습", nature=Nature.ATTRIBUTE, choices=answers))
    how = StandardData(sample_size=pieces, triggers=frozenset({"start"}), act_by="품질 1팀")
    live.shop.do(lambda work: make_released_standard(work, live.floor.cake, *rows, kind=InspectionKind.SELF, data=how))
    job = live.floor.order(100).jobs[0]
    live.floor.start(job)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.tap(".owed button:has-text('검사')")
    hand.taps = 0
    return job


def saved(live: Live) -> list[Decimal]:
    """The readings that are recorded, in their order."""
    with live.shop.read() as read:
        return [one.value for one in read.query(Reading).order_by(Reading.id)]


def test_each_reading_takes_one_touch_and_the_next_field_comes_by_itself(live: Live, hand: Hand) -> None:
    checking(live, hand)
    for number, value in enumerate(("30", "33", "29.5"), 1):
        hand.type(value)
        assert hand.page.is_visible(".reading.out") == (value == "33")
        hand.tap("[data-op=send]")
        assert hand.taps == number
    assert saved(live) == [D(30), D(33), D("29.5")]
    hand.key("판정")
    assert "불합격" in hand.text
    assert "품질 1팀" in hand.text


def test_choices_are_big_keys_and_each_is_one_touch(live: Live, hand: Hand) -> None:
    checking(live, hand, looks=True, pieces=2)
    for value in ("30", "31"):
        hand.type(value)
        hand.tap("[data-op=send]")
        hand.tap(".answers .key:has-text('양호')")
    assert hand.taps == 4
    hand.key("판정")
    assert "합격" in hand.page.inner_text(".flash")


def test_a_gauge_that_types_is_read_wherever_the_focus_is(live: Live, hand: Hand) -> None:
    checking(live, hand)
    hand.scan("+0030.125 mm")
    hand.page.click("h2 >> nth=0")
    hand.scan("29.750")
    assert saved(live) == [D("30.125"), D("29.75")]
    assert hand.taps == 0


@pytest.mark.parametrize(
    ("sent", "sentence"), [("30,5", "두 가지로"), ("3O.5", "읽을 수 있는 숫자가 아닙니다"), ("--", "값이 없습니다")]
)
def test_what_cannot_be_read_stays_in_the_field_beside_a_sentence(
    live: Live, hand: Hand, sent: str, sentence: str
) -> None:
    checking(live, hand)
    hand.page.fill("[name=value]", sent)
    hand.page.press("[name=value]", "Enter")
    hand.page.wait_for_selector(f".refusal:has-text('{sentence}')")
    assert hand.page.input_value("[name=value]") == sent
    assert saved(live) == []


def test_a_pasted_column_is_taken_as_a_whole_or_shown_again(live: Live, hand: Hand) -> None:
    checking(live, hand)
    paste = """(text) => { const data = new DataTransfer(); data.setData("text", text);
        document.querySelector("[name=value]").dispatchEvent(new ClipboardEvent("paste",
            { clipboardData: data, bubbles: true, cancelable: true })); }"""
    hand.page.wait_for_load_state("networkidle")
    with hand.page.expect_navigation():
        hand.page.evaluate(paste, "30.1\n3O.2\n30.3")
    assert "2번째 줄" in hand.text
    assert hand.page.input_value("[name=column]").split() == ["30.1", "3O.2", "30.3"]
    assert saved(live) == []
    hand.page.fill("[name=column]", "30.1\n30.2\n30.3")
    hand.tap("[data-op=send]")
    assert saved(live) == [D("30.1"), D("30.2"), D("30.3")]


def test_a_tablet_that_dies_has_lost_nothing(live: Live, hand: Hand, chromium: Browser) -> None:
    job = checking(live, hand)
    hand.type("30")
    hand.tap("[data-op=send]")
    hand.context.close()
    other = Hand(chromium, live)
    other.sign_in(live.floor.kim)
    other.open(f"/station/jobs/{job.code}")
    other.tap(".owed a:has-text('계속')")
    assert "2번째" in other.text
    other.leave()


def test_a_wrong_reading_is_corrected_with_a_reason_and_both_are_shown(live: Live, hand: Hand) -> None:
    checking(live, hand)
    hand.type("300")
    hand.tap("[data-op=send]")
    hand.tap(".cell >> nth=0")
    hand.type("30")
    hand.tap("[data-op=send]")
    assert "300 mm → 30 mm" in hand.text
    assert saved(live) == [D(300), D(30)]


def test_missing_readings_keep_it_open(live: Live, hand: Hand) -> None:
    checking(live, hand)
    hand.type("30")
    hand.tap("[data-op=send]")
    hand.key("판정")
    assert "2개가 빠졌습니다" in hand.text
