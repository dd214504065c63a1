"""A tablet after hours without a connection: how fast what it kept is in the books, in order and once; and what becomes
of a thousand entries whose answers are lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from mes.core.access import Role
from mes.core.work import Work, utc_now
from mes.equipment.queries import get_work_centre
from mes.equipment.service import add_station, pair_station
from mes.equipment.views import COOKIE
from mes.orders.models import Report
from mes.people.plant import change_plant
from mes.people.service import add_person
from mes.quality.models import Defect
from mes.station.late_models import LateEntry
from tests.benchmarks import Result
from tests.benchmarks._scratch import empty_database, scratch
from tests.benchmarks._serving import serving
from tests.benchmarks._workshop import Workshop
from tests.browser.wire import Wire, wire_to
from tests.conftest import Shop
from tests.needs import needs

PIN = "204060"
ENTRIES, DROPPED = 300, 1000
HERE = Path(__file__).parent
PUT_DOWN, DRAIN = ((HERE / f"offline_{name}.js").read_text("utf-8") for name in ("put_down", "drain"))


def run(quick: bool) -> list[Result]:
    """Three hundred entries with photos drained; a thousand answers lost."""
    many, dropped = (60, 50) if quick else (ENTRIES, DROPPED)
    with scratch(), empty_database("sqlite", "mes") as database:
        workshop = Workshop(Shop(database))
        token = workshop.shop.do(_people)
        workshop.shop.now = utc_now()
        job = workshop.running_job().code
        with (
            serving("tests.benchmarks._served:mes_app") as port,
            wire_to(f"http://127.0.0.1:{port}") as wire,
            _tablet(wire, token) as page,
        ):
            return [
                *_drained(workshop.shop, page, wire, job, many),
                *_lost(workshop.shop, page, wire, job, dropped),
            ]


def _people(work: Work) -> str:
    add_person(work, code="OP", name="김현수", roles=[Role.OPERATOR], pin=PIN)
    change_plant(work, material_scanned="off")
    add_station(work, code="T1", name="조립 태블릿", work_centre_id=get_work_centre(work.session, "AS").id)
    return pair_station(work, "T1")


@contextmanager
def _tablet(wire: Wire, token: str) -> Iterator[Page]:
    """Somebody is signed in, and the worker is at work."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(needs("chromium")), args=["--no-sandbox"])
        context = browser.new_context(locale="ko-KR")
        context.add_cookies([{"name": COOKIE, "value": token, "url": wire.address}])
        page = context.new_page()
        page.set_default_timeout(600_000)
        page.goto(f"{wire.address}/station/people/OP")
        page.fill("[name=pin]", PIN)
        page.keyboard.press("Enter")
        page.wait_for_url("**/station/queue")
        page.evaluate("navigator.serviceWorker.ready")
        page.goto(f"{wire.address}/station/queue")
        page.wait_for_function("navigator.serviceWorker.controller")
        time.sleep(2)
        page.goto(f"{wire.address}/station/report-nothing")  # a page that asks nothing of the worker by itself
        yield page
        browser.close()


def _drained(shop: Shop, page: Page, wire: Wire, job: str, many: int) -> Iterator[Result]:
    wire.cut()
    size = page.evaluate(PUT_DOWN, [job, many, 1])
    wire.mend()
    took, left = page.evaluate(DRAIN)
    entries = _rows(shop, select(LateEntry.sequence).order_by(LateEntry.id))
    photos = len(_rows(shop, select(Defect.id).where(Defect.photo_id.is_not(None))))
    in_order = entries == sorted(entries) and len(entries) == many and left == 0
    yield Result(name=f"{many} entries, every third with a photo of {size // 1000} kB", value=took / 1000, unit="s",
                 ratio=None, limit="<= 20 s", ok=took <= 20_000)  # fmt: skip
    yield Result(name="of them in the books, in order, once", value=len(entries), unit="", ratio=None,
                 limit=f"= {many}", ok=in_order and photos == len(range(0, many, 3)))  # fmt: skip


def _lost(shop: Shop, page: Page, wire: Wire, job: str, many: int) -> Iterator[Result]:
    before = len(_rows(shop, select(Report.id)))
    heard: set[bytes] = set()

    def first_time(head: bytes) -> bool:
        key = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"x-entry:")), b"")
        new = bool(key) and key not in heard
        heard.add(key)
        return new

    wire.lose = first_time
    page.evaluate(PUT_DOWN, [job, many, 0])
    page.evaluate(DRAIN)
    made = len(_rows(shop, select(Report.id))) - before
    yield Result(name="answers lost after the entry was in the books", value=wire.lost, unit="", ratio=None,
                 limit=f"= {many}", ok=wire.lost == many)  # fmt: skip
    yield Result(name="of them recorded twice or not at all", value=abs(made - many), unit="", ratio=None,
                 limit="= 0", ok=made == many)  # fmt: skip


def _rows(shop: Shop, query: Any) -> list[Any]:
    with shop.read() as read:
        return list(read.scalars(query))
