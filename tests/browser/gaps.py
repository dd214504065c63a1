"""A tablet behind a wire that can be cut, and what its worker keeps."""

import json
import time
from typing import Any

from playwright.sync_api import Browser, Error
from sqlalchemy import select

from mes.lots.models import Lot
from mes.orders.models import Job, Report
from mes.people.models import Person
from mes.station.late_models import LateEntry
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.browser.wire import Wire

KEPT = """
caches.open("mes-pages").then((kept) => kept.keys()).then((all) => all.map(({ url }) => {
  const { pathname, searchParams } = new URL(url);
  return pathname + (searchParams.has("as") ? `?as=${searchParams.get("as")}` : "");
}))
"""
LIST = """
() => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => done(data);
  navigator.serviceWorker.controller.postMessage({ ask: "list" }, [port2]);
})
"""
SCAN = """
(text) => {
  const form = document.querySelector("form[data-scan]");
  form.elements.text.value = text;
  form.requestSubmit();
}
"""
#: What is asked, and ten seconds for its answer: a message to a worker that is no more is never answered.
BOUNDED = """
(given) => {
  const asked = (WHAT);
  const late = new Promise((_done, no) => setTimeout(() => no(new Error("no answer in time")), 10000));
  return Promise.race([typeof asked === "function" ? asked(given) : asked, late]);
}
"""
IN_STORE = """
(what) => new Promise((done, failed) => {
  const asked = indexedDB.open("mes-station");
  asked.onsuccess = () => {
    const base = asked.result, mode = what ? "readwrite" : "readonly";
    const all = base.transaction("entries", mode).objectStore("entries");
    const got = what ? all.add(what) : all.getAll();
    got.onsuccess = () => { base.close(); done(what ? null : got.result.length); };
    got.onerror = () => failed(got.error);
  };
})
"""
#: The worker lets the server breathe between two pages that it keeps; here nobody else asks it for any.
NO_BREATH = "() => { const real = setTimeout; self.setTimeout = (deed, ms) => real(deed, ms === 120 ? 0 : ms); }"
#: Puts results down as a version of the tablet's program did, each of one piece more than the one before.
PUT_DOWN = """
async ([job, many, version]) => {
  const given = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const base = await given(indexedDB.open("mes-station"));
  const known = (name) => given(base.transaction("known").objectStore("known").get(name));
  const { id: person, name, ticket } = await known("person"), contact = await known("contact"), began = Date.now();
  const act = base.transaction("entries", "readwrite"), address = `/station/jobs/${job}/report`;
  for (let at = 1; at <= many; at += 1) {
    const key = `put-down-entry-${at}`, told = { deed: "report", text: String(at) };
    act.objectStore("entries").add({
      v: version, key, address, fields: [["once", key], ["good", String(at)]], made: began + at, sent: false,
      state: "waiting", person, name, ticket, badge: null, contact, job, told,
    });
  }
  await new Promise((done) => { act.oncomplete = done; });
  base.close();
}
"""


class Gap(Hand):
    """A hand at a tablet whose network goes through a wire of its own. Its clock runs."""

    def __init__(self, chromium: Browser, live: Live, wire: Wire, station: str = "T1", **context: Any) -> None:
        self.wire = wire
        super().__init__(
            chromium, Live(wire.address, live.floor, live.app), station, **{"service_workers": "allow", **context}
        )

    def sign_in(self, person: Person) -> None:
        """By badge; a server that was too slow to answer one is shown it again."""
        super().sign_in(person)
        if not self.page.locator("header .who").count():
            super().sign_in(person)

    def until(self, found: str, seconds: float = 20, **given: Any) -> None:
        """Wait until something is so on the page, while the page goes on asking its worker."""
        end = time.monotonic() + seconds
        while not self.ask(found, **given):
            assert time.monotonic() < end, (found, self.text[:800])
            self.wait(10_000)
            time.sleep(0.2)

    def keep(self, *pages: str) -> None:
        """Stay at the queue until the tablet has kept these pages, and all scripts that they may ask for."""
        self.page.evaluate("navigator.serviceWorker.ready")
        for worker in self.context.service_workers:
            worker.evaluate(NO_BREATH)
        self.open("/station/queue")
        wanted = ["/station/queue", *pages]
        self.until(f"{KEPT.strip()}.then((all) => {wanted!r}.every((one) => all.includes(one)))")

    def cut(self) -> None:
        """The network is gone, and the page has noticed."""
        self.wire.cut()
        self.until("document.documentElement.dataset.connection === 'offline'")

    def mend(self) -> None:
        """The network is back, and everything that waited is sent."""
        self.wire.mend()
        self.until("document.documentElement.dataset.connection !== 'offline'")
        end = time.monotonic() + 30
        while any(one["state"] == "waiting" for one in self.waiting()):
            assert time.monotonic() < end, self.waiting()
            self.wait(10_000)
            time.sleep(0.2)

    def waiting(self) -> list[dict[str, Any]]:
        """The entries that the tablet holds."""
        found: list[dict[str, Any]] = self.ask(LIST)
        return found

    def ask(self, what: str, **given: Any) -> Any:
        """Ask the page, once more where it was just being renewed or its worker was just being exchanged."""
        bounded = BOUNDED.replace("WHAT", what.strip())
        try:
            return self.page.evaluate(bounded, **given)
        except Error:
            self.page.wait_for_load_state()
            return self.page.evaluate(bounded, **given)

    def put_down(self, job: Job, many: int, version: int = 2) -> None:
        """Results of 1, 2, 3 … pieces wait on the tablet."""
        self.page.evaluate(PUT_DOWN, [job.code, many, version])

    def told(self, text: str) -> None:
        """A text that no key types (separators), as a scanner in its own program delivers it."""
        self.page.evaluate(SCAN, text)
        self.answered()
        self.page.wait_for_load_state()

    def send(self, **message: Any) -> Any:
        """Ask the worker for something, as its pages do."""
        return self.ask(LIST.replace('{ ask: "list" }', json.dumps(message)))


def pages(job: Job) -> list[str]:
    """What the tablet keeps of a job."""
    return [f"/station/jobs/{job.code}{end}" for end in ("", "/report", "/defect", "?as=running", "?as=paused")]


def working(live: Live, gap: Gap, job: Job, flour: int = 200) -> Lot:
    """Kim at the running job, everything kept; the network is cut."""
    [lot] = live.floor.receive(live.floor.flour, flour)
    live.floor.start(job)
    live.floor.scan(job, lot)
    gap.sign_in(live.floor.kim)
    gap.keep(*pages(job))
    gap.cut()
    gap.open(f"/station/jobs/{job.code}")
    return lot


def reports(live: Live) -> list[Report]:
    """All results, in their order."""
    with live.shop.read() as read:
        return list(read.scalars(select(Report).order_by(Report.id)))


def late(live: Live) -> list[LateEntry]:
    """What came late, in its order."""
    with live.shop.read() as read:
        return list(read.scalars(select(LateEntry).order_by(LateEntry.id)))
