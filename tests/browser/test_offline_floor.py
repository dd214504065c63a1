"""Without a network: the tablet locks itself, checks and notes and calls wait, a board shows its last figures."""

import time

import pytest
from playwright.sync_api import Browser, FilePayload, expect
from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.device_rules import claim_of
from mes.equipment.device_views import BOARD_COOKIE
from mes.equipment.devices import add_board, claim_board
from mes.equipment.models import Call
from mes.orders.crew_models import JobWorker
from mes.orders.models import Job
from mes.people.plant import set_up_plant
from mes.shifts.check_models import AnswerKind, Check, Every, OnFailure
from mes.shifts.checks import add_sheet, set_line
from mes.shifts.hand_models import HandOver, ShiftClose
from mes.station.late_models import EntryState
from tests.browser.conftest import Live
from tests.browser.gaps import Gap, late, pages, reports, working
from tests.browser.tapping import becomes
from tests.browser.wire import Wire
from tests.station.floor import Floor

#: The worker sends late entries slowly.
SLOWLY = """() => {
  const real = self.fetch;
  self.fetch = async (what, how) => {
    if (how?.headers?.["X-Entry-Late"]) await new Promise((done) => setTimeout(done, 3000));
    return real(what, how);
  };
}"""
#: A proxy before the server takes no photo, however small.
NO_PHOTOS = """() => {
  const real = self.fetch, has = (body) => body instanceof FormData && [...body.values()].some((one) => one.size);
  self.fetch = async (what, how) => (has(how?.body) ? new Response("too large", { status: 413 }) : real(what, how));
}"""
#: Somebody confirms the end of the shift.
END_OF_SHIFT = """() => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: "/station/shift-end" });
  form.append(Object.assign(document.createElement("input"), { name: "once", value: "end-of-shift-1" }));
  document.body.append(form);
  form.requestSubmit();
}"""
TOKEN = "screen-on-the-wall-1"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def sheet(work: Work, floor: Floor) -> None:
    """The kettle is looked at each day."""
    add_sheet(
        work, code="KT-DAY", name="솥 점검", work_centre_id=floor.kettle.id, every=Every.DAY, within_minutes=60,
        on_failure=OnFailure.CALL,
    )  # fmt: skip
    set_line(work, "KT-DAY", 1, name="누수 없음", kind=AnswerKind.TICK)


def test_a_tablet_left_alone_in_a_gap_locks_itself_and_opens_for_a_badge_at_the_same_job(
    live: Live, gap: Gap, job: Job
) -> None:
    live.shop.do(lambda work: set_up_plant(work, name="떡집", lock_after="operator=20"))
    gap.open("/station")
    working(live, gap, job)
    gap.wait(21 * 60_000)
    expect(gap.page.locator("h1")).to_contain_text("누가")
    gap.open(f"/station/jobs/{job.code}")
    expect(gap.page.locator("h1")).to_contain_text("누가")
    gap.scan(live.floor.nguyen.badge)
    expect(gap.page).to_have_url(f"{gap.live.address}/station/jobs/{job.code}")
    gap.key("일시중지")
    gap.mend()
    assert [(one.state, one.person_id) for one in late(live)] == [(EntryState.RECORDED, live.floor.nguyen.id)]


def test_checks_notes_and_calls_wait_and_the_end_of_the_shift_says_that_it_needs_the_network(
    live: Live, gap: Gap, job: Job
) -> None:
    live.shop.do(lambda work: sheet(work, live.floor))
    live.floor.start(job)
    gap.sign_in(live.floor.kim)
    wanted = ("checks", "checks/KT-DAY", "hand-over", "shift", "shift-end", "call")
    gap.keep(*[f"/station/{name}" for name in wanted])
    gap.cut()
    gap.open("/station/checks/KT-DAY")
    gap.key("저장")
    expect(gap.page.locator(".refusal")).to_contain_text("누수 없음")
    gap.tap(".yes-no .is-running")
    gap.key("저장")
    expect(gap.page.locator(".queue")).to_contain_text("솥 점검")
    expect(gap.page.locator(".queue .status.is-waiting")).to_be_visible()
    gap.open("/station/hand-over")
    gap.page.fill("textarea[name=text]", "2번 솥 뚜껑 헐거움")
    gap.key("남기기")
    gap.open("/station/call")
    gap.tap("button[name=kind][value=material]")
    expect(gap.page.locator("main > .waits")).to_contain_text("자재")
    assert [one["told"]["deed"] for one in gap.waiting()] == ["check", "note", "call"]
    gap.page.evaluate(END_OF_SHIFT)
    expect(gap.page.locator(".refusal")).to_contain_text("근무조 종료")
    assert len(gap.waiting()) == 3
    gap.mend()
    with live.shop.read() as read:
        assert read.scalars(select(Check)).one().person_id == live.floor.kim.id
        assert read.scalars(select(HandOver)).one().text == "2번 솥 뚜껑 헐거움"
        assert read.scalars(select(Call)).one().kind == "material"
        assert read.scalars(select(ShiftClose)).all() == []


def test_a_badge_on_the_crews_page_joins_the_job_and_takes_nothing_over(live: Live, gap: Gap, job: Job) -> None:
    live.floor.start(job)
    gap.sign_in(live.floor.kim)
    gap.keep(*pages(job))
    gap.open(f"/station/jobs/{job.code}/crew")
    gap.cut()
    gap.scan(live.floor.nguyen.badge)
    expect(gap.page.locator("header .who")).to_contain_text("김미숙")
    assert [one["told"]["deed"] for one in gap.waiting()] == ["crew"]
    gap.mend()
    assert [one.person_id for one in late(live)] == [live.floor.kim.id]


def test_who_joins_in_a_gap_and_is_touched_once_more_has_left(live: Live, gap: Gap, job: Job) -> None:
    live.floor.start(job)
    gap.sign_in(live.floor.kim)
    gap.keep(*pages(job))
    gap.open(f"/station/jobs/{job.code}/crew")
    gap.cut()
    for touches in (1, 2):
        gap.open(f"/station/jobs/{job.code}/crew")
        with gap.page.expect_navigation():
            gap.page.click(f".crew button:has-text('{live.floor.nguyen.name}')")
        assert len(gap.waiting()) == touches
    gap.mend()
    with live.shop.read() as read:
        rows = read.scalars(select(JobWorker).where(JobWorker.person_id == live.floor.nguyen.id)).all()
        assert [row.left_at is not None for row in rows] == [True]


def test_an_entry_taken_back_while_others_are_sent_is_not_sent(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    for number in ("1", "2"):
        gap.key("실적")
        gap.type(number)
        gap.key("저장")
    first, second = gap.waiting()
    [worker] = gap.context.service_workers
    worker.evaluate(SLOWLY)
    gap.wire.mend()
    end = time.monotonic() + 30
    while not any(one["sent"] for one in gap.waiting()):
        assert time.monotonic() < end
        gap.wait(10_000)
    assert gap.send(ask="withdraw", key=second["key"])
    gap.mend()
    assert [int(one.good) for one in reports(live)] == [1]
    assert first["key"] != second["key"]


def test_what_is_too_large_for_a_proxy_stands_before_a_leader_too(live: Live, gap: Gap, job: Job) -> None:
    live.shop.do(lambda work: sheet(work, live.floor))
    live.floor.start(job)
    gap.sign_in(live.floor.kim)
    gap.keep("/station/hand-over", "/station/shift")
    gap.open("/station/hand-over")
    gap.cut()
    [worker] = gap.context.service_workers
    worker.evaluate(NO_PHOTOS)
    gap.page.fill("textarea[name=text]", "사진 참조")
    gap.page.set_input_files("input[name=photo]", FilePayload(name="a.bin", mimeType="image/x", buffer=b"0" * 900))
    gap.key("남기기")
    gap.mend()
    end = time.monotonic() + 30
    while not all(one["known"] for one in gap.waiting()):
        assert time.monotonic() < end
        gap.wait(10_000)
        time.sleep(0.2)
    [entry] = late(live)
    assert (entry.state, entry.refusal, entry.photos) == (EntryState.REFUSED, "PhotosTooLarge", 1)
    assert [one["state"] for one in gap.waiting()] == ["refused"]


def test_a_board_switched_on_without_a_network_shows_its_last_figures_with_their_age(
    chromium: Browser, live: Live, wire: Wire
) -> None:
    live.floor.start(live.floor.order().jobs[0])
    live.shop.do(lambda work: add_board(work, name="현황판", claim=claim_of(TOKEN)))
    live.shop.do(lambda work: claim_board(work, TOKEN))
    context = chromium.new_context(locale="ko-KR")
    context.add_cookies([{"name": BOARD_COOKIE, "value": TOKEN, "url": wire.address}])
    screen = context.new_page()
    screen.goto(f"{wire.address}/board")
    becomes(screen, "() => Boolean(navigator.serviceWorker.controller)")
    screen.wait_for_load_state("networkidle")
    picture = screen.inner_text("#board")
    wire.cut()
    screen.reload()
    assert screen.inner_text("#board") == picture
    expect(screen.locator("[data-live-age]")).to_contain_text("초 전")
    wire.mend()
    screen.reload()
    assert not screen.get_attribute("#board", "data-live-at")
    context.close()
