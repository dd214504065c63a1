"""While entries wait, everything else breaks: the worker is killed, the program is renewed, the key is another one, the
tablet sleeps. Nothing is lost, nothing is recorded twice."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from mes.core.i18n import catalogue
from mes.core.practice import MARK, FromTraining
from mes.orders.models import Job
from mes.people.plant import set_up_plant
from mes.station import outbox_views
from mes.station.alone import SAID
from mes.station.late_models import EntryState
from mes.station.late_rules import NotThisPerson
from tests.browser.conftest import Live
from tests.browser.gaps import Gap, late, reports, working
from tests.browser.tapping import becomes

#: The worker hears of each late entry's answer a while after the server has written it down.
SLOW_TO_HEAR = """() => {
  const real = self.fetch;
  self.fetch = async (what, how) => {
    const answer = await real(what, how);
    if (how?.headers?.["X-Entry-Late"]) await new Promise((done) => setTimeout(done, 1500));
    return answer;
  };
}"""
#: Hours pass while the tablet sleeps: no timer runs, and the clock is another one when it wakes.
SLEEP = "() => { const real = Date.now; Date.now = () => real() + 3 * 60 * 60 * 1000; }"
#: A server that is too busy for what comes late; then it is not, and the tablet's clock, which was three hours ahead,
#: has been set right.
BUSY = """() => {
  const real = self.fetch, clock = Date.now, told = () => ({ "X-Station-Clock": String(clock()) });
  const busy = () => new Response("{}", { status: 503, headers: told() });
  self.fetch = async (what, how) => (how?.headers?.["X-Entry-Late"] ? busy() : real(what, how));
  self.setRight = () => { self.fetch = real; Date.now = () => clock() - 3 * 60 * 60 * 1000; };
}"""
#: Ten seconds of patience are one.
HURRIED = "() => { const real = AbortSignal.timeout; AbortSignal.timeout = (ms) => real.call(AbortSignal, ms / 10); }"
#: The first of the results that wait has a torn piece with a photo of some 300 kB.
WITH_A_PHOTO = """async () => {
  const dot = (_none, at) => (at % 4 === 3 ? 255 : Math.random() * 256);
  const noise = Uint8ClampedArray.from({ length: 4 * 320 * 320 }, dot);
  const canvas = new OffscreenCanvas(320, 320);
  canvas.getContext("2d").putImageData(new ImageData(noise, 320), 0, 0);
  const photo = new File([await canvas.convertToBlob()], "photo.png", { type: "image/png" });
  await new Promise((done) => {
    const asked = indexedDB.open("mes-station");
    asked.onsuccess = () => {
      const act = asked.result.transaction("entries", "readwrite"), all = act.objectStore("entries");
      const got = all.getAll(), told = [["defect-TORN", "1"], ["photos", photo]];
      got.onsuccess = () => all.put({ ...got.result[0], fields: [...got.result[0].fields, ...told] });
      act.oncomplete = () => { asked.result.close(); done(); };
    };
  });
}"""
#: A disk on which there is no room for anything new, as a browser tells of it.
NO_ROOM = """() => {
  const full = () => new DOMException("full", "QuotaExceededError");
  for (const name of ["add", "put"]) IDBObjectStore.prototype[name] = () => { throw full(); };
  Cache.prototype.put = () => Promise.reject(full());
}"""
#: A disk that is so full, or so broken, that the browser cannot even open what it keeps there.
SHUT = """() => {
  IDBDatabase.prototype.transaction = () => { throw new DOMException("closing", "InvalidStateError"); };
  IDBFactory.prototype.open = () => {
    const asked = { error: new DOMException("Internal error opening backing store", "UnknownError") };
    setTimeout(() => asked.onerror());
    return asked;
  };
  CacheStorage.prototype.open = () => Promise.reject(new DOMException("Unexpected internal error", "UnknownError"));
}"""
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def until(found: Callable[[], bool], gap: Gap) -> None:
    """Wait while the page goes on asking its worker."""
    end = time.monotonic() + 30
    while not found():
        assert time.monotonic() < end, gap.waiting()
        gap.wait(10_000)
        time.sleep(0.05)


def programs(gap: Gap) -> list[str]:
    """The versions of the workers that there are; one that is going away says nothing."""
    found = []
    for one in gap.context.service_workers:
        with suppress(Error):
            found.append(str(one.evaluate("self.mesVersion")))
    return found


def kill_the_worker(gap: Gap) -> None:
    session = gap.context.new_cdp_session(gap.page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")


def test_a_worker_that_is_killed_while_it_sends_loses_nothing_and_sends_nothing_twice(
    live: Live, gap: Gap, job: Job
) -> None:
    working(live, gap, job)
    gap.put_down(job, 5)
    gap.context.service_workers[0].evaluate(SLOW_TO_HEAR)
    gap.wire.mend()
    until(lambda: len(reports(live)) == 2, gap)
    kill_the_worker(gap)  # the second is in the books, and the tablet has not heard of it
    gap.mend()
    assert [int(one.good) for one in reports(live)] == [1, 2, 3, 4, 5]
    assert [one.sequence for one in late(live)] == sorted(one.sequence for one in late(live))
    assert gap.waiting() == []


@pytest.mark.parametrize("disk", [NO_ROOM, SHUT], ids=["no room", "broken"])
def test_a_tablet_with_a_full_or_broken_disk_works_with_the_connection_as_if_it_kept_nothing(
    live: Live, gap: Gap, job: Job, disk: str
) -> None:
    working(live, gap, job)
    gap.mend()
    gap.open(f"/station/jobs/{job.code}")
    gap.context.service_workers[0].evaluate(disk)
    gap.key("실적")
    gap.type("20")
    gap.key("저장")
    expect(gap.page.locator(".count-line .done")).to_have_text("20")  # the server's page, and no old copy of it
    assert gap.page.locator("#outbox-told").count() == 0
    gap.sign_in(live.floor.park)
    gap.open(f"/station/jobs/{job.code}/report")
    gap.type("5")
    gap.key("저장")
    expect(gap.page.locator(".count-line .done")).to_have_text("25")
    assert [(int(one.good), one.person_id) for one in reports(live)] == [
        (20, live.floor.kim.id),
        (5, live.floor.park.id),
    ]


def test_what_waits_is_sent_from_a_disk_that_has_become_full(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.put_down(job, 3)
    gap.context.service_workers[0].evaluate(NO_ROOM)
    gap.mend()
    assert [int(one.good) for one in reports(live)] == [1, 2, 3]
    assert gap.waiting() == []


def test_a_new_program_sends_what_the_one_before_put_down_and_perhaps_sent(
    live: Live, gap: Gap, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    working(live, gap, job)
    gap.put_down(job, 3, version=1)
    gap.wire.lose = lambda head: head.startswith(b"POST /station/jobs/")
    gap.wire.mend()
    until(lambda: len(reports(live)) == 1, gap)  # and its answer is lost
    gap.wire.cut()
    gap.wire.lose = lambda _head: False
    monkeypatch.setattr(outbox_views, "_version", lambda: "of-tomorrow")
    gap.wire.mend()
    gap.context.service_workers[0].evaluate("self.registration.update().then(() => true)")
    until(lambda: "of-tomorrow" in programs(gap), gap)
    gap.mend()
    assert [int(one.good) for one in reports(live)] == [1, 2, 3]
    assert {one.state for one in late(live)} == {EntryState.RECORDED}
    assert gap.waiting() == []


def test_a_photo_on_a_slow_network_takes_its_time_and_holds_up_nothing_for_ever(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.put_down(job, 3)
    gap.page.evaluate(WITH_A_PHOTO)
    gap.context.service_workers[0].evaluate(HURRIED)
    gap.wire.pace = 100_000
    gap.wire.mend()
    until(lambda: gap.waiting() == [], gap)
    gap.wire.pace = None
    assert [int(one.good) for one in reports(live)] == [1, 2, 3]


def test_a_clock_that_is_set_back_keeps_nothing_from_being_sent(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.put_down(job, 2)
    [worker] = gap.context.service_workers
    worker.evaluate(BUSY)
    gap.wire.mend()
    until(lambda: any(one.get("tries") for one in gap.waiting()), gap)
    worker.evaluate("self.setRight()")
    until(lambda: gap.waiting() == [], gap)
    assert [int(one.good) for one in reports(live)] == [1, 2]


def test_a_scan_that_was_kept_and_only_opened_a_page_is_told_to_have_recorded_nothing(
    live: Live, gap: Gap, job: Job
) -> None:
    working(live, gap, job)
    gap.mend()
    gap.open(f"/station/jobs/{job.code}")
    order = live.floor.order()  # the tablet does not know it yet
    while gap.page.locator("#outbox-told").count():  # a server that is busy just now
        gap.open(f"/station/jobs/{job.code}")
    gap.wire.mode = "deaf"
    gap.told(order.code)
    expect(gap.page.locator("#flashes")).to_contain_text("태블릿에 저장")
    gap.mend()
    said = catalogue("ko").gettext(SAID["opened"]).split("%(time)s")[1]
    expect(gap.page.locator("#flashes .refusal")).to_contain_text(said)
    assert gap.waiting() == []
    assert late(live) == []  # nobody has to decide on anything


def test_after_another_key_of_the_server_a_person_settles_what_waited(live: Live, gap: Gap, job: Job) -> None:
    working(live, gap, job)
    gap.put_down(job, 2)
    made = [one["made"] for one in gap.waiting()]
    live.app.config["SECRET_KEY"] = "another one"
    gap.mend()
    assert [(one.state, one.refusal) for one in late(live)] == [(EntryState.REFUSED, NotThisPerson.__name__)] * 2
    gap.sign_in(live.floor.kim)
    gap.open("/station/entries")
    expect(gap.page.locator("main")).to_contain_text(catalogue("ko").gettext(NotThisPerson.message))
    with gap.page.expect_navigation():
        gap.page.click("[data-entry-again] >> nth=0")
    assert [int(one.good) for one in reports(live)] == [1]
    first, second = late(live)
    assert (first.state, first.person_id) == (EntryState.RECORDED, live.floor.kim.id)
    assert round(first.at.timestamp() * 1000) <= made[0] + 1000  # as of when it was made
    gap.sign_in(live.floor.park)  # the leader
    gap.open("/station/entries")
    gap.tap("button:has-text('포기')")
    gap.tap("dialog[open] label:has-text('사실이 아님')")
    gap.tap("dialog[open] button.key")
    until(lambda: gap.waiting() == [], gap)
    assert [one.state for one in late(live)] == [EntryState.RECORDED, EntryState.GIVEN_UP]
    assert second.key == "put-down-entry-2"


def test_a_label_of_training_is_called_so_without_a_network(live: Live, gap: Gap, job: Job) -> None:
    flour = working(live, gap, job)
    for dress in (f"{MARK}{flour.code}", f"]Q3{MARK.lower()}{flour.code}", f"ㅆ::{flour.code}"):
        gap.page.evaluate("document.querySelector('#flashes').replaceChildren()")
        gap.told(dress)
        expect(gap.page.locator("#flashes .refusal")).to_contain_text(catalogue("ko").gettext(FromTraining.message))
    assert gap.waiting() == []


@pytest.mark.parametrize("connected", [True, False])
def test_a_tablet_that_slept_for_hours_is_locked_when_it_wakes(live: Live, gap: Gap, job: Job, connected: bool) -> None:
    live.shop.do(lambda work: set_up_plant(work, name="떡집", lock_after="operator=20"))
    gap.open("/station")
    working(live, gap, job)
    gap.key("일시중지")
    if connected:
        gap.mend()
        becomes(gap.page, "document.readyState === 'complete' && !document.querySelector('#outbox-told')")
    gap.context.service_workers[0].evaluate(SLEEP)
    gap.open(f"/station/jobs/{job.code}")
    expect(gap.page.locator("h1")).to_contain_text("김미숙" if connected else "누가")
    gap.open(f"/station/jobs/{job.code}")
    expect(gap.page.locator("header .who")).to_have_count(0)
    gap.mend()
    assert late(live)[0].person_id == live.floor.kim.id
