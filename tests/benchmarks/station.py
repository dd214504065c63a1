"""A station on a mid-range tablet: the processor four times slower, 10 Mbit/s, 40 ms away."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from mes.core.access import Role
from mes.core.work import Work, utc_now
from mes.equipment.queries import get_work_centre
from mes.equipment.service import add_station, pair_station
from mes.equipment.views import COOKIE
from mes.people.service import add_person
from tests.benchmarks import Result
from tests.benchmarks._scratch import empty_database, scratch
from tests.benchmarks._serving import serving
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.needs import needs

PIN = "204060"
TABLET = {"width": 1280, "height": 800}
#: Bytes a second at 10 Mbit/s; milliseconds there and back.
SPEED, DELAY = 10_000_000 / 8, 40
SLOWER = 4


def run(quick: bool) -> list[Result]:
    """Weight and time of the first load, how soon a touch shows, how soon what was entered is in the books."""
    with scratch(), empty_database("sqlite", "mes") as database:
        workshop = Workshop(Shop(database))
        token = workshop.shop.do(_people)
        job = workshop.running_job().code
        workshop.shop.now = utc_now()
        with serving("tests.benchmarks._served:mes_app") as port, _chromium() as chromium:
            there = f"http://127.0.0.1:{port}"
            return [
                *_first_load(chromium, there, token, 3 if quick else 9),
                *_touches(chromium, there, token, job, quick),
            ]


def _people(work: Work) -> str:
    add_person(work, code="OP", name="김현수", roles=[Role.OPERATOR], pin=PIN)
    add_station(work, code="T1", name="조립 태블릿", work_centre_id=get_work_centre(work.session, "AS").id)
    return pair_station(work, "T1")


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(needs("chromium")), args=["--no-sandbox"])
        yield browser
        browser.close()


def _tablet(chromium: Browser, there: str, token: str) -> tuple[BrowserContext, Page, CDPSession]:
    context = chromium.new_context(viewport=TABLET, locale="ko-KR", has_touch=True)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": token, "url": there}])
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": DELAY, "downloadThroughput": SPEED, "uploadThroughput": SPEED},
    )
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return context, page, tools


def _first_load(chromium: Browser, there: str, token: str, rounds: int) -> Iterator[Result]:
    requests, weights, times = 0, [], []
    for _ in range(rounds):
        context, page, tools = _tablet(chromium, there, token)
        seen: dict[str, float] = {}
        tools.on(
            "Network.loadingFinished",
            lambda done, seen=seen: seen.update({done["requestId"]: done["encodedDataLength"]}),
        )
        page.goto(f"{there}/station", wait_until="load")
        # scripts have run by then: the tiles answer
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
        weights.append(sum(seen.values()))
        requests = max(requests, len(seen))
        context.close()
    weight, usable = max(weights) / 1000, statistics.median(times)
    yield Result(name="first load of a station: over the wire", value=weight, unit="kB", ratio=None,
                 limit="<= 60 kB", ok=weight <= 60)  # fmt: skip
    yield Result(name="first load of a station: requests", value=requests, unit="", ratio=None, limit="<= 10",
                 ok=requests <= 10)  # fmt: skip
    yield Result(name="first load of a station: usable after", value=usable, unit="ms", ratio=None,
                 limit="<= 1000 ms", ok=usable <= 1000)  # fmt: skip


#: When the finger goes down, and the first frame after the page has changed what it shows.
TOUCHED = """() => new Promise((done) => addEventListener("pointerdown", (event) => {
  const then = performance.now();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - then)));
}, { once: true, capture: true }))"""


def _touches(chromium: Browser, there: str, token: str, job: str, quick: bool) -> Iterator[Result]:
    context, page, _tools = _tablet(chromium, there, token)
    page.goto(f"{there}/station/people/OP")
    page.fill("[name=pin]", PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/station/queue")
    shown, saved = [], []
    for _ in range(4 if quick else 15):
        page.goto(f"{there}/station/jobs/{job}/report")
        digit = page.locator("[data-pad] [data-digit='1']").first
        seen: Any = page.evaluate_handle(f"window.seen = ({TOUCHED})(); 0")
        digit.tap()
        shown.append(page.evaluate("window.seen"))
        seen.dispose()
        with (
            page.expect_event("requestfinished", lambda request: request.method == "POST") as sent,
            page.expect_navigation(),
        ):
            page.locator(".keys [type=submit]").first.tap()
        saved.append(sent.value.timing["responseStart"])
    context.close()
    touch, save = statistics.median(shown), statistics.median(saved)
    yield Result(name="from a touch to the first frame that shows it", value=touch, unit="ms", ratio=None,
                 limit="<= 100 ms", ok=touch <= 100)  # fmt: skip
    yield Result(name="from 'save' to the server's answer", value=save, unit="ms", ratio=None, limit="<= 300 ms",
                 ok=save <= 300)  # fmt: skip
