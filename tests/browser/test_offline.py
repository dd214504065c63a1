"""A tablet whose network is really cut: one goes on working, and everything is recorded once, in its order."""

import time
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest
from playwright.sync_api import Browser, FilePayload, expect
from sqlalchemy import select

from mes.lots.service import hold_lot
from mes.orders.models import Job, JobState
from mes.quality.models import Defect
from mes.station.late_models import EntryState, LateEntry
from tests.browser.conftest import Live
from tests.browser.gaps import IN_STORE, Gap, late, pages, reports, working
from tests.browser.wire import Wire, wire_to
from tests.quality.workshop import snapshot
from tests.station.floor import PIN

#: A disk without room, as the browser tells the worker of it.
FULL = """() => {
  self.roomy = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
#: What the lock does by itself after a while.
LOCK = """() => {
  const form = document.querySelector("form[action$='/sign-out']");
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "lock", value: "1" }));
  form.requestSubmit();
}"""
#: How many kept pages could still speak in somebody's name.
TICKETS = """async () => {
  const kept = await caches.open("mes-pages"), all = await kept.keys();
  const found = await Promise.all(all.map(async (one) => (await kept.match(one)).headers));
  return found.filter((headers) => headers.has("X-Station-Ticket") || headers.has("X-Station-Contact")).length;
}"""
#: A server that finds every late entry too large, as the worker hears it.
TOO_LARGE = """() => {
  self.real = self.fetch;
  const said = JSON.stringify({ code: "TooLarge", message: "50 MB" });
  const no = () => new Response(said, { status: 413, headers: { "X-Station-Clock": String(Date.now()) } });
  self.fetch = async (what, how) => (how?.headers?.["X-Entry-Late"] ? no() : self.real(what, how));
}"""
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
D = Decimal


def test_start_consume_report_and_photo_without_a_network_are_all_recorded_once(live: Live, gap: Gap, job: Job) -> None:
    [flour] = live.floor.receive(live.floor.flour, 200)
    gap.sign_in(live.floor.kim)
    gap.keep(*pages(job))
    gap.cut()
    gap.open("/station/queue")
    gap.tap(f".queue a[href$='{job.code}']")
    gap.key("시작")
    expect(gap.page.locator(".keys")).to_contain_text("실적")
    gap.scan(flour.code)
    assert flour.code in gap.page.inner_text(".flash")
    gap.key("실적")
    gap.type("20")
    gap.key("저장")
    assert "+20" in gap.page.inner_text(".count-line .done")
    gap.key("불량")
    gap.tap("label:has-text('이물')")
    with gap.page.expect_file_chooser() as chooser:
        gap.tap("label.photo")
    chooser.value.set_files([FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=snapshot())])
    gap.page.wait_for_selector("label.photo canvas")
    gap.key("저장")
    gap.page.reload()
    assert [one["told"]["deed"] for one in gap.waiting()] == ["start", "taken", "report", "defect"]
    expect(gap.page.locator("[data-outbox-count]")).to_contain_text("4")
    gap.mend()
    assert [(one.good, one.defective) for one in reports(live)] == [(D(20), D(0)), (D(0), D(1))]
    found = live.floor.see_job(job)
    assert (found.state, found.good) == (JobState.RUNNING, D(20))
    with live.shop.read() as read:
        assert read.scalars(select(Defect)).one().photo_id is not None
    assert [one.state for one in late(live)][-3:] == [EntryState.RECORDED] * 3
    expect(gap.page.locator(".count-line .done")).to_have_text("20")


def test_the_tablet_refuses_by_itself_what_the_server_would_refuse(live: Live, gap: Gap, job: Job) -> None:
    floor = live.floor
    [held] = floor.receive(floor.flour, 50)
    live.shop.do(lambda work: hold_lot(work, held.id, "곰팡이"))
    [cake] = floor.receive(floor.cake, 10)
    working(live, gap, job, 20)
    for code, said in ((held.code, "곰팡이"), (cake.code, "코드"), ("L999999-0001X", "L999999-0001X")):
        gap.count_by_scan(code)
        box = gap.page.locator("#flashes .refusal")
        expect(box).to_contain_text(said)
        expect(box).to_contain_text(code)
        gap.page.evaluate("document.querySelector('#flashes').replaceChildren()")
        gap.wait(2000)
    assert gap.waiting() == []


def test_more_than_ordered_is_asked_for_without_a_network_too(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.key("실적")
    gap.type("150")
    gap.key("저장")
    expect(gap.page.locator(".refusal.is-held")).to_contain_text("150")
    assert gap.page.input_value("[name=good]") == "150"  # the sheet stays as it is
    gap.tap(".refusal [data-command=yes]")
    expect(gap.page.locator(".count-line .done")).to_contain_text("+150")
    gap.mend()
    assert [one.good for one in reports(live)] == [D(150)]


def test_what_can_be_read_in_two_ways_is_no_number_without_a_network_either(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.key("실적")
    gap.page.focus("[name=good]")
    gap.page.keyboard.type("1,5", delay=120)
    gap.key("저장")
    expect(gap.page.locator("#flashes")).to_contain_text("태블릿에 저장")
    gap.mend()
    assert reports(live) == []
    assert [one.state for one in late(live)] == [EntryState.REFUSED]


def test_two_tablets_take_the_same_lot_and_one_of_them_needs_a_person(
    chromium: Browser, live: Live, gap: Gap, job: Job
) -> None:
    floor = live.floor
    second = floor.order().jobs[0]
    [flour] = floor.receive(floor.flour, 50)
    for one in (job, second):
        floor.start(one)
    with wire_to(live.address) as other_wire:
        other = Gap(chromium, live, other_wire, "T1")
        for hand, who, what in ((gap, floor.kim, job), (other, floor.park, second)):
            hand.sign_in(who)
            hand.keep(*pages(what))
            hand.cut()
            hand.open(f"/station/jobs/{what.code}")
            hand.scan(flour.code)
            assert flour.code in hand.page.inner_text(".flash")
        gap.mend()
        other.mend()
        assert [(one.state, one.refusal) for one in late(live)][-1] == (EntryState.REFUSED, "LotEmpty")
        other.until("document.querySelector('.connection').classList.contains('is-person')")
        other.open("/station/entries")
        assert flour.code in other.page.inner_text("main")
        other.tap("button:has-text('포기')")
        other.tap("dialog[open] label:has-text('사실이 아님')")
        other.tap("dialog[open] button.key")
        other.until("!document.querySelector('.connection').classList.contains('is-person')")
        end = time.monotonic() + 20
        while other.waiting():  # the tablet hears of it when it asks the next time
            assert time.monotonic() < end
            other.wait(10_000)
        assert late(live)[-1].state is EntryState.GIVEN_UP
        other.leave()


def test_another_person_takes_over_by_badge_and_the_entries_are_theirs(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.scan(live.floor.nguyen.badge)
    expect(gap.page.locator("header .who")).to_contain_text("Nguyễn Văn An")
    gap.key("일시중지")
    gap.mend()
    with live.shop.read() as read:
        [entry] = read.scalars(select(LateEntry))
    assert entry.person_id == live.floor.nguyen.id
    gap.open("/station/queue")
    expect(gap.page.locator("header .who")).to_contain_text("Nguyễn Văn An")


def test_a_pin_opens_the_tablet_only_for_who_used_it_there_before(live: Live, gap: Gap, job: Job) -> None:
    floor = live.floor
    floor.start(job)
    gap.open("/station")
    gap.page.evaluate("navigator.serviceWorker.ready")
    gap.open("/station")
    gap.tap(".choice:has-text('김미숙')")
    gap.type(PIN)
    gap.tap(".keys button")
    gap.until("indexedDB.databases().then((all) => all.length > 0)")
    gap.keep("/station", *pages(job), f"/station/people/{floor.kim.code}")
    gap.cut()
    gap.open("/station/queue")
    gap.tap(".keys button:has-text('로그아웃')")
    expect(gap.page.locator("h1")).to_contain_text("누가")
    gap.tap(".choice:has-text('김미숙')")
    gap.type("111111")
    gap.tap(".keys button")
    expect(gap.page.locator(".refusal")).to_contain_text("PIN")
    gap.page.fill("[name=pin]", PIN)
    gap.tap(".keys button")
    gap.page.wait_for_url("**/station/queue")
    gap.open(f"/station/jobs/{job.code}")
    gap.key("일시중지")
    gap.mend()
    assert [one.person_id for one in late(live)] == [floor.kim.id]
    assert floor.see_job(job).state is JobState.PAUSED


def test_an_entry_that_was_not_sent_yet_is_taken_back_on_the_tablet(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    for number in ("20", "30"):
        gap.key("실적")
        gap.type(number)
        gap.key("저장")
    mine = "main > .waits li"
    gap.page.click(f"{mine}:has-text('양품 20') [data-withdraw]")
    expect(gap.page.locator(mine)).to_have_count(1)
    gap.mend()
    assert [one.good for one in reports(live)] == [D(30)]


def test_signing_out_with_entries_that_wait_is_asked_about(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.key("일시중지")
    gap.open("/station/queue")
    gap.until("document.querySelector('[data-outbox-count]').textContent !== ''")
    gap.tap(".keys button:has-text('로그아웃')")
    assert "1" in gap.page.inner_text("dialog[open]")
    gap.tap("dialog[open] button.key")
    gap.page.wait_for_url("**/station")
    gap.mend()
    assert [one.person_id for one in late(live)] == [live.floor.kim.id]


def entering(live: Live, gap: Gap, job: Job) -> None:
    """One result that waits on the tablet."""
    working(live, gap, job)
    gap.key("실적")
    gap.type("20")
    gap.key("저장")


def killed_worker(gap: Gap) -> None:
    session = gap.context.new_cdp_session(gap.page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")


def killed_tab(gap: Gap) -> None:
    gap.page.close()
    gap.page = gap.context.new_page()
    gap.open("/station/queue")


@pytest.mark.parametrize("kill", [killed_worker, killed_tab])
def test_what_waits_outlives_a_killed_tab_and_a_killed_worker(
    live: Live, gap: Gap, job: Job, kill: Callable[[Gap], None]
) -> None:
    entering(live, gap, job)
    kill(gap)
    assert [one["told"]["deed"] for one in gap.waiting()] == ["report"]
    gap.mend()
    assert [one.good for one in reports(live)] == [D(20)]


def test_a_full_tablet_says_so_and_what_was_typed_stays(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    [worker] = gap.context.service_workers
    worker.evaluate(FULL)
    gap.key("실적")
    gap.type("20")
    gap.key("저장")
    expect(gap.page.locator(".refusal")).to_contain_text("공간")
    assert gap.page.input_value("[name=good]") == "20"
    worker.evaluate("() => { IDBObjectStore.prototype.add = self.roomy; }")
    gap.key("저장")
    gap.mend()
    assert [one.good for one in reports(live)] == [D(20)]


def test_entries_of_an_earlier_version_are_understood(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    who = gap.page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("mes-station");
          asked.onsuccess = () => {
            const got = asked.result.transaction("known").objectStore("known").get("person");
            got.onsuccess = () => { asked.result.close(); done(got.result); };
          };
        })"""
    )
    gap.page.evaluate(
        IN_STORE,
        {
            "key": "of-an-earlier-version",
            "address": f"/station/jobs/{job.code}/report",
            "fields": [["good", "7"], ["once", "of-an-earlier-version"]],
            "made": 1_700_000_000_000,
            "ticket": who["ticket"],
            "contact": "",
        },
    )
    gap.page.reload()
    gap.mend()
    assert [one.good for one in reports(live)] == [D(7)]


def test_two_tabs_of_a_tablet_send_each_entry_once(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    for number in ("1", "2", "3"):
        gap.key("실적")
        gap.type(number)
        gap.key("저장")
    beside = gap.context.new_page()
    beside.goto(f"{gap.live.address}/station/queue")
    gap.mend()
    beside.close()
    assert [one.good for one in reports(live)] == [D(1), D(2), D(3)]
    assert [one.sequence for one in late(live)] == sorted(one.sequence for one in late(live))


def test_no_lost_answer_makes_an_entry_twice(live: Live, gap: Gap, wire: Wire, job: Job) -> None:
    working(live, gap, job)
    wire.mend()
    gap.mend()
    posts = count()
    wire.lose = lambda head: head.startswith(b"POST /station/jobs/") and next(posts) % 2 == 0
    for _time in range(6):
        gap.open(f"/station/jobs/{job.code}/report")
        gap.type("1")
        gap.key("저장")
    gap.mend()
    assert wire.lost >= 2
    assert [one.good for one in reports(live)] == [D(1)] * 6


def test_a_silent_network_holds_nobody_up(live: Live, gap: Gap, wire: Wire, job: Job) -> None:
    working(live, gap, job)
    gap.mend()
    wire.mode = "silent"
    gap.key("일시중지")  # the server is there, but nothing comes back
    expect(gap.page.locator("#flashes")).to_contain_text("태블릿에 저장", timeout=9_000)
    wire.cut()
    gap.mend()
    assert live.floor.see_job(job).state is JobState.PAUSED


def test_a_tablet_that_locked_itself_opens_for_nobody_in_a_gap_right_after(live: Live, gap: Gap, job: Job) -> None:
    live.floor.start(job)
    gap.sign_in(live.floor.kim)
    gap.keep("/station", *pages(job))
    gap.open("/station/queue")
    gap.page.evaluate(LOCK)
    gap.page.wait_for_url("**/people/**")
    gap.cut()
    gap.open(f"/station/jobs/{job.code}")
    expect(gap.page).to_have_url(f"{gap.live.address}/station")
    expect(gap.page.locator("h1")).to_contain_text("누가")
    assert gap.page.evaluate(TICKETS) == 0


def test_what_the_server_could_not_take_is_listed_and_tried_again(live: Live, gap: Gap, job: Job) -> None:
    entering(live, gap, job)
    [worker] = gap.context.service_workers
    worker.evaluate(TOO_LARGE)
    gap.mend()
    assert [(one["state"], one["known"]) for one in gap.waiting()] == [("refused", False)]
    gap.page.wait_for_load_state()
    gap.open("/station/entries")
    expect(gap.page.locator(".stack > [data-outbox-refused]").first).to_contain_text("50 MB")
    expect(gap.page.locator("main .empty")).to_be_hidden()
    gap.open("/station/queue")
    gap.tap("[data-open=outbox]")
    expect(gap.page.locator("#outbox [data-outbox-refused] li")).to_contain_text("50 MB")
    worker.evaluate("() => { self.fetch = self.real; }")
    with gap.page.expect_navigation():
        gap.page.click("#outbox [data-entry-again]")
    gap.mend()  # waits until it is sent
    assert gap.waiting() == []
    assert [one.good for one in reports(live)] == [D(20)]
