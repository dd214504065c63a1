"""Defects with a face at a station: pictures to touch, photos one after the other, a finger's mark on the part."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, FilePayload

from mes.items.service import set_picture
from mes.orders.models import Job
from mes.quality.catalogue import photos_of
from mes.quality.models import Defect
from mes.quality.service import set_code_picture
from tests.browser.conftest import Live
from tests.browser.tapping import Hand, becomes
from tests.factories import make_defect_cause
from tests.quality.workshop import snapshot

pytestmark = pytest.mark.browser
#: A tablet that takes seconds for a picture of twelve megapixels: here as long as the test wants.
SLOW_PICTURES = """() => {
  const real = createImageBitmap, waiting = [];
  window.createImageBitmap = async (...given) => {
    await new Promise((done) => waiting.push(done));
    return real(...given);
  };
  window.nextPicture = () => waiting.length > 0 && (waiting.shift()(), true);
}"""
D = Decimal


@pytest.fixture
def hand(chromium: Browser, live: Live) -> Iterator[Hand]:
    """Kim's hand at the kettle's tablet."""
    somebody = Hand(chromium, live)
    yield somebody
    somebody.leave()


def cooking(live: Live, hand: Hand) -> Job:
    """A job that runs, of an item and of types of defect that have pictures, open on the tablet."""
    [lot] = live.floor.receive(live.floor.flour, 200)
    job = live.floor.order(100).jobs[0]
    live.floor.start(job)
    live.floor.scan(job, lot)
    live.shop.do(lambda work: set_picture(work, "CAKE", "part.jpg", snapshot((600, 400))))
    live.shop.do(lambda work: set_code_picture(work, "FOREIGN", "foreign.jpg", snapshot((200, 200))))
    live.shop.do(lambda work: make_defect_cause(work, code="SET", name="조건 설정", name_en="Setting"))
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    return job


def take(hand: Hand, name: str, content: bytes, shots: int, *, kind: str = "image/jpeg") -> None:
    """One photo: one touch (the camera's own button is not ours)."""
    with hand.page.expect_file_chooser() as chooser:
        hand.taps += 1
        hand.page.click("[name=photos]", position={"x": 8, "y": 8})
    chooser.value.set_files([FilePayload(name=name, mimeType=kind, buffer=content)])
    if shots:
        hand.page.locator(".photo .shots canvas").nth(shots - 1).wait_for()


def only_defect(live: Live) -> tuple[Defect, int]:
    """The one defect that is recorded, and how many photos it has."""
    with live.shop.read() as read:
        [row] = read.query(Defect).all()
        return row, len(photos_of(read, row))


def test_type_photo_and_save_take_four_touches_and_the_mark_one_more(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    take(hand, "IMG_1.jpg", snapshot((80, 60)), 1)
    assert hand.taps == 3
    hand.page.click("[data-mark]", position={"x": 60, "y": 30})
    shown = hand.page.locator("[data-mark] img").bounding_box()
    assert shown is not None
    hand.key("저장")
    assert hand.taps == 4
    row, photos = only_defect(live)
    assert photos == 1
    assert row.mark_x is not None
    assert row.mark_y is not None
    assert abs(row.mark_x - 60_000 / shown["width"]) < 10
    assert abs(row.mark_y - 30_000 / shown["height"]) < 10


def test_photos_are_taken_one_after_the_other_and_one_is_taken_away_again(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    for number in range(1, 4):
        take(hand, f"IMG_{number}.jpg", snapshot((80 + number, 60)), number)
    hand.page.click(".shots button >> nth=1")
    assert hand.page.locator(".photo .shots canvas").count() == 2
    hand.key("저장")
    assert only_defect(live)[1] == 2


def test_the_report_sheet_takes_counts_and_a_photo_in_four_touches(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    hand.key("실적")
    hand.type("40")
    hand.tap(".count:has-text('이물')")
    hand.type("2")
    take(hand, "IMG_1.jpg", snapshot((80, 60)), 1)
    hand.key("저장")
    assert hand.taps == 4
    assert only_defect(live)[1] == 1
    assert live.floor.see_job(job).good == D(40)


def test_a_photo_that_cannot_be_read_is_named_at_once_and_what_was_typed_stays(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    hand.type("7")
    take(hand, "IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 200, 0, kind="image/heic")
    hand.page.wait_for_selector("label.photo .error:has-text('읽을 수 없는 사진')")
    hand.key("저장")
    row, photos = only_defect(live)
    assert (row.quantity, photos) == (D(7), 0)


def test_what_is_saved_while_its_photo_is_still_being_worked_on_takes_it_along(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    hand.page.evaluate(SLOW_PICTURES)
    take(hand, "IMG_1.jpg", snapshot((80, 60)), 0)
    take(hand, "IMG_2.jpg", snapshot((81, 60)), 0)
    for _touch in range(2):  # the second touch goes nowhere
        hand.page.click(".keys .key:has-text('저장')")
    hand.page.wait_for_selector("form#defect[aria-busy]")
    with hand.page.expect_navigation():
        for _picture in range(2):
            becomes(hand.page, "nextPicture()")
    assert only_defect(live)[1] == 2


def test_a_photo_that_turns_out_to_be_none_while_it_is_being_saved_is_told_first(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    hand.page.evaluate(SLOW_PICTURES)
    take(hand, "IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 200, 0, kind="image/heic")
    hand.page.click(".keys .key:has-text('저장')")
    becomes(hand.page, "nextPicture()")
    hand.page.wait_for_selector("label.photo .error:has-text('읽을 수 없는 사진')")
    hand.page.wait_for_selector("form#defect:not([aria-busy])")
    with live.shop.read() as read:
        assert read.query(Defect).all() == []
    hand.key("저장")
    assert only_defect(live)[1] == 0


def test_a_scan_does_not_carry_off_what_is_saved_while_its_photo_is_being_worked_on(live: Live, hand: Hand) -> None:
    job = cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    hand.page.evaluate(SLOW_PICTURES)
    take(hand, "IMG_1.jpg", snapshot((80, 60)), 0)
    hand.page.click(".keys .key:has-text('저장')")
    hand.page.wait_for_selector("form#defect[aria-busy]")
    hand.page.keyboard.type(job.code, delay=4)
    hand.page.keyboard.press("Enter")
    with hand.page.expect_navigation():
        becomes(hand.page, "nextPicture()")
    assert only_defect(live)[1] == 1


def test_a_mark_is_moved_and_removed(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("불량")
    box = "[data-mark]"
    hand.page.click(box, position={"x": 60, "y": 30})
    first = hand.page.input_value(f"{box} input")
    hand.page.focus(box)
    hand.page.keyboard.press("ArrowRight")
    assert hand.page.input_value(f"{box} input") != first
    hand.page.click("[data-unmark]")
    assert hand.page.input_value(f"{box} input") == ""


def test_cause_and_mould_are_one_fold_away(live: Live, hand: Hand) -> None:
    cooking(live, hand)
    hand.key("불량")
    hand.tap("label:has-text('이물')")
    hand.page.click("details.told summary")
    hand.page.click("label:has-text('조건 설정')")
    hand.page.fill("[name=tool]", "M-01")
    hand.page.fill("[name=cavity]", "2")
    hand.key("저장")
    row, _photos = only_defect(live)
    assert (row.tool, row.cavity, row.cause_id) == ("M-01", "2", 1)
    hand.key("불량")
    assert hand.page.input_value("[name=tool]") == "M-01"
