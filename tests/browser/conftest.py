"""The real application, served on this machine with a seeded plant, and a Chromium to look at it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.orders.models import Job
from mes.web.app import create_app
from tests.browser.wire import Wire, wire_to
from tests.conftest import Shop, compile_once, new_file
from tests.needs import needs
from tests.station.floor import Floor

if TYPE_CHECKING:
    from tests.browser.gaps import Gap

expect.set_options(timeout=30_000)  # a machine that tests on both cores is slow
#: What Playwright switches off in a Chromium by itself; a list given later takes the place of its own.
BY_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
#: The list under the address bar is a page of its own, made anew with every window. Nobody sees it here, and it takes
#: longer to make than most pages that are tested.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup")
#: A process is held ready for a page of another origin, and no page here leads to one.
UNUSED = ("SpareRendererForSitePerProcess",)
OFF = ",".join((*BY_PLAYWRIGHT, *UNSEEN, *UNUSED))
ARGUMENTS = ("--no-sandbox", "--disable-gpu", f"--disable-features={OFF}")


class Quiet(WSGIRequestHandler):
    """A server that keeps its log to itself."""

    def log_request(self, *_args: object) -> None:
        """Say nothing."""


class Live:
    """The served plant: its address, the plant behind it, and the program that serves it."""

    def __init__(self, address: str, floor: Floor, app: Flask) -> None:
        self.address = address
        self.floor = floor
        self.shop = floor.shop
        self.app = app


@pytest.fixture
def live(sqlite: Database, chromium: Browser, tmp_path: Path) -> Iterator[Live]:
    """The bakery, served over http on the loopback address."""
    with served(sqlite, chromium, tmp_path, Floor) as plant:
        yield plant


@contextmanager
def served(sqlite: Database, chromium: Browser, folder: Path, kind: type[Floor]) -> Iterator[Live]:
    """A plant of some kind in a new file of this worker's database, served over http on the loopback address."""
    with new_file(sqlite) as database:
        shop = Shop(database)
        app = create_app(Settings(data_dir=folder, secret_key="only for tests"), database)
        compile_once(app)
        app.extensions["mes"].clock = lambda: shop.now
        with speaking("ko", "Asia/Seoul"):
            floor = kind(shop)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        assert isinstance(server, ThreadingMixIn)
        server.daemon_threads = False  # each is waited for: the next test has another file under the same engine
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Live(f"http://127.0.0.1:{server.port}", floor, app)
        leave_all(chromium)
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for these tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(needs("chromium")), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def left_alone(chromium: Browser) -> Iterator[None]:
    """What a test leaves open is closed behind it: a page goes on asking for news, of a plant that is gone."""
    yield
    leave_all(chromium)


def leave_all(chromium: Browser) -> None:
    """Close whatever is open."""
    for context in chromium.contexts:
        context.close()


@contextmanager
def signed_in(chromium: Browser, live: Live, login: str, password: str, **context: Any) -> Iterator[Page]:
    """The first page of somebody at a desk who signed in by password; what breaks in it fails the test."""
    with closing(chromium.new_context(locale="ko-KR", has_touch=True, **context)) as one:
        page = one.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live.address}/login")
        page.fill("#login", login)
        page.fill("#password", password)
        page.wait_for_timeout(300)  # longer than a scanner's pause: what was filled in at once is no scan
        page.click("form.form button[type=submit]")
        page.wait_for_url(f"{live.address}/")
        yield page
    assert not complaints, complaints


@pytest.fixture
def wire(live: Live) -> Iterator[Wire]:
    """The kettle's network."""
    with wire_to(live.address) as one:
        yield one


@pytest.fixture
def gap(chromium: Browser, live: Live, wire: Wire) -> Iterator["Gap"]:
    """The kettle's tablet behind that network."""
    from tests.browser.gaps import Gap  # which knows what is served here

    somebody = Gap(chromium, live, wire)
    yield somebody
    somebody.leave()


@pytest.fixture
def job(live: Live) -> Job:
    """A job whose film is there."""
    live.floor.receive(live.floor.film, 5000)
    return live.floor.order().jobs[0]
