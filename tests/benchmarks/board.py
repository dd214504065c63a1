"""A board on the wall for 24 hours in Chromium, its clock run fast: what it holds in memory, early and at the end.

What the page holds and what the engine has compiled of its scripts are counted apart: in the first hours the engine
compiles more of what it runs often, and drops it again, which says nothing of the page.
"""

import json
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Route, sync_playwright

from mes.core.work import Work, utc_now
from mes.equipment.calls import call_for
from mes.equipment.device_rules import claim_of
from mes.equipment.device_views import BOARD_COOKIE
from mes.equipment.devices import add_board, claim_board
from mes.equipment.models import CallKind
from mes.equipment.service import add_work_centre
from tests.benchmarks import Result
from tests.benchmarks._scratch import empty_database, scratch
from tests.benchmarks._serving import serving
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.needs import needs

TOKEN = "the-secret-of-a-screen-0001"
#: The board asks every ten seconds; pictures are taken of it in so many states of the plant.
AN_HOUR, PICTURES = 360, 12
#: Its clock and timers run so much faster. A clock of the browser driver's own would grow in the page with each step.
FASTER = """(() => {
  const times = 250, every = window.setInterval.bind(window), now = performance.now.bind(performance);
  window.setInterval = (deed, ms) => every(() => window.isStill || deed(), ms / times);
  performance.now = () => now() * times;
})()"""
#: The first figure is taken after an hour, when everything that is kept once is there.
WARM_HOURS, HOURS, QUICK_HOURS = 1, 24, 3
MOST_GROWTH = 0.05
#: Milliseconds after which the last question's limit of eight real seconds is over.
LIMIT_OVER = 9000
#: Seconds without a question on a machine that has other things to do.
PATIENCE = 30


def run(quick: bool) -> list[Result]:
    """Every refresh exchanges the picture; one in three finds nothing new, as on a quiet day."""
    with scratch(), empty_database("sqlite", "mes") as database:
        workshop = Workshop(Shop(database))
        workshop.shop.now = utc_now()
        workshop.shop.do(_set_up)
        with serving("tests.benchmarks._served:mes_app") as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(needs("chromium")), args=["--no-sandbox"])
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            there = f"http://127.0.0.1:{port}"
            context.add_cookies([{"name": BOARD_COOKIE, "value": TOKEN, "url": there}])
            pictures = _pictures(workshop, context, there)
            found = _a_day(context, there, pictures, QUICK_HOURS if quick else HOURS)
            browser.close()
    return found


def _set_up(work: Work) -> None:
    for n in range(20):
        add_work_centre(work, code=f"LINE{n:02}", name=f"라인 {n}")
    add_board(work, name="현황판", claim=claim_of(TOKEN))
    claim_board(work, TOKEN)


def _pictures(workshop: Workshop, context: BrowserContext, there: str) -> list[str]:
    """What the server answers while the plant goes on: results, a call, more orders."""
    pictures = []
    for n in range(PICTURES):
        job = workshop.running_job()
        workshop.report(job)
        if n == PICTURES // 2:
            centre = job.work_centre_id
            workshop.shop.do(lambda work, at=centre: call_for(work, kind=CallKind.LEADER, work_centre_id=at))  # type: ignore[misc]
        pictures.append(context.request.get(f"{there}/board/now").text())
    return pictures


class _Plant:
    """Answers the board's question at once, from the pictures."""

    def __init__(self, pictures: list[str]) -> None:
        self.pictures, self.asked, self.changed = pictures, 0, 0

    def answer(self, route: Route) -> None:
        """A new picture, or nothing new."""
        self.asked += 1
        if self.asked % 3 == 0:
            route.fulfill(status=304)
            return
        self.changed += 1
        picture = self.pictures[self.changed % len(self.pictures)]
        route.fulfill(body=picture, content_type="text/html; charset=utf-8", headers={"ETag": f'"{self.asked}"'})


def _a_day(context: BrowserContext, there: str, pictures: list[str], hours: int) -> list[Result]:
    page, plant = context.new_page(), _Plant(pictures)
    page.add_init_script(FASTER)
    context.route("**/board/now*", plant.answer)  # its worker asks, not the page
    context.route("**/pulse", lambda route: route.fulfill(status=204))
    page.goto(f"{there}/board")
    tools = context.new_cdp_session(page)
    _hours(page, plant, WARM_HOURS)
    before = _held(page, tools)
    _hours(page, plant, hours - WARM_HOURS)
    after = _held(page, tools)
    growth = after["held"] / before["held"] - 1
    nodes = after["nodes"] - before["nodes"]
    return [
        Result(name=f"held by the board after {hours} h ({plant.asked} refreshes, {plant.changed} pictures)",
               value=after["held"] / 1e6, unit="MB", ratio=after["held"] / before["held"],
               limit=f"<= {1 + MOST_GROWTH}x of after {WARM_HOURS} h", ok=growth <= MOST_GROWTH),
        Result(name="compiled of its scripts by the engine then",
               value=after["compiled"] / 1e6, unit="MB", ratio=after["compiled"] / before["compiled"],
               limit="", ok=True),
        Result(name=f"nodes in memory more than after {WARM_HOURS} h", value=nodes, unit="", ratio=None,
               limit="<= one picture", ok=nodes <= before["shown"]),
        Result(name=f"listeners more than after {WARM_HOURS} h",
               value=after["listeners"] - before["listeners"], unit="", ratio=None,
               limit="<= 0", ok=after["listeners"] <= before["listeners"]),
    ]  # fmt: skip


def _hours(page: Page, plant: _Plant, hours: int) -> None:
    """So many refreshes as there are in these hours."""
    wanted, quiet = plant.asked + hours * AN_HOUR, 0
    while plant.asked < wanted:
        asked = plant.asked
        page.wait_for_timeout(1000)
        quiet = quiet + 1 if plant.asked == asked else 0
        if quiet > PATIENCE:
            raise AssertionError("the board has stopped asking")


def _held(page: Page, tools: CDPSession) -> dict[str, Any]:
    """What the page holds once it is still, no question of it has a time limit that runs, and all is collected."""
    page.evaluate("window.isStill = true")
    page.wait_for_timeout(LIMIT_OVER)
    for _ in range(3):
        tools.send("HeapProfiler.collectGarbage")
    counted = tools.send("Memory.getDOMCounters")
    shown = tools.send("Runtime.evaluate", {"expression": "document.querySelectorAll('#board *').length"})
    used = tools.send("Runtime.getHeapUsage")["usedSize"]
    compiled = _compiled(tools)
    page.evaluate("window.isStill = false")
    return {
        "held": used - compiled,
        "compiled": compiled,
        "nodes": counted["nodes"],
        "listeners": counted["jsEventListeners"],
        "shown": shown["result"]["value"],
    }


def _compiled(tools: CDPSession) -> int:
    """The bytes of compiled code among all that lies in the heap."""
    parts: list[str] = []
    tools.on("HeapProfiler.addHeapSnapshotChunk", lambda found: parts.append(found["chunk"]))
    tools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    shot = json.loads("".join(parts))
    known = shot["snapshot"]["meta"]
    fields, kinds = known["node_fields"], known["node_types"][0]
    each, code = len(fields), kinds.index("code")
    kind, size = fields.index("type"), fields.index("self_size")
    found = shot["nodes"]
    return sum(found[at + size] for at in range(0, len(found), each) if found[at + kind] == code)
