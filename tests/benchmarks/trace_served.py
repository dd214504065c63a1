"""A trace as programs and people get it: JSON over HTTP, and the page with its graph in a browser.

The limits are times on the machine that measures; ``trace`` beside it has the ratios to the bare driver.
"""

import gc
from collections.abc import Callable, Iterator

from playwright.sync_api import sync_playwright
from sqlalchemy import func, select

from mes.core.access import EVERYONE, Actor
from mes.core.config import Settings
from mes.core.db import Database
from mes.items.models import Item
from mes.lots.models import Edge, Lot
from mes.trace.queries import Direction, trace
from mes.web.app import create_app
from mes.web.generating.service import TRACED, generate
from tests.benchmarks import Result
from tests.benchmarks._scratch import SYSTEMS, best, empty_database, scratch, systems
from tests.benchmarks._serving import settings
from tests.databases import session_folder
from tests.needs import needs

#: Milliseconds for so many lots; a page until somebody may touch the graph.
REACH = dict(zip(TRACED, (50, 300), strict=True))
#: The same with how much of the lot is in each other one.
SHARED_REACH = dict(zip(TRACED, (100, 800), strict=True))
PAGE_REACH = 1_000


def run(quick: bool) -> list[Result]:
    """A tenth of the size when quick."""
    results: list[Result] = []
    with scratch():
        for system in systems():
            with empty_database(system, "served") as database:
                generate(database, 100_000 if quick else 1_000_000)
                results += _programs(system, database)
                results.append(_page(system, database))
    return results


def _roots(database: Database) -> dict[int, str]:
    """By how many lots were made of it: a raw lot."""
    with database.read() as session:
        used = select(Edge.parent_id).join(Lot, Lot.id == Edge.parent_id).join(Item, Item.id == Lot.item_id)
        used = used.where(Item.code.like(f"G__-{0:02}")).group_by(Edge.parent_id).order_by(func.count().desc())
        found = list(session.scalars(used.limit(len(TRACED))))
        codes = {lot: session.get_one(Lot, lot).code for lot in found}
        return {len(trace(session, [lot], Direction.DOWN).lots): codes[lot] for lot in found}


def _programs(system: str, database: Database) -> Iterator[Result]:
    visit = _visitor(database)
    for lots, code in sorted(_roots(database).items()):
        [took] = best(7, lambda code=code: visit(f"/api/v1/trace/{code}?direction=down"))  # type: ignore[misc]
        yield Result(
            name=f"trace of {lots:,} lots as JSON, {SYSTEMS[system]}", value=took * 1000, unit="ms", ratio=None,
            limit=f"<= {REACH[lots]} ms", ok=took * 1000 <= REACH[lots],
        )  # fmt: skip
        [took] = best(7, lambda code=code: visit(f"/api/v1/trace/{code}?direction=down&shares=true"))  # type: ignore[misc]
        yield Result(
            name=f"  with how much of it is in each, {SYSTEMS[system]}", value=took * 1000, unit="ms", ratio=None,
            limit=f"<= {SHARED_REACH[lots]} ms", ok=took * 1000 <= SHARED_REACH[lots],
        )  # fmt: skip


def _visitor(database: Database) -> Callable[[str], None]:
    app = create_app(Settings(data_dir=session_folder(), secret_key="only for measuring"), database)
    app.extensions["mes"].identify = lambda _read: Actor("측정", EVERYONE)
    client = app.test_client()
    gc.collect()
    gc.freeze()  # as a served program does
    gc.set_threshold(20_000, 20, 20)

    def visit(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, answer.status

    return visit


def _page(system: str, database: Database) -> Result:
    """From the click until the graph is drawn and may be touched, by the browser's own clock."""
    from threading import Thread

    from werkzeug.serving import make_server

    app = create_app(settings(), database)
    app.extensions["mes"].identify = lambda _read: Actor("측정", EVERYONE)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    lots, code = min(_roots(database).items())
    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(needs("chromium")), args=["--no-sandbox"])
        page = browser.new_page()
        for _ in range(5):
            page.goto(f"http://127.0.0.1:{server.port}/trace?of={code}&view=graph")
            page.wait_for_selector("[data-drawn]")
            took.append(
                float(page.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"))
            )
        browser.close()
    server.shutdown()
    thread.join()
    return Result(
        name=f"page of a trace of {lots:,} lots with its graph, {SYSTEMS[system]}", value=min(took), unit="ms",
        ratio=None, limit=f"<= {PAGE_REACH} ms", ok=min(took) <= PAGE_REACH,
    )  # fmt: skip
