"""The real application, served on this machine with a seeded plant, and a Chromium to look at it."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.web.app import create_app
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.needs import needs
from tests.station.floor import Floor


class Quiet(WSGIRequestHandler):
    """A server that keeps its log to itself."""

    def log_request(self, *_args: object) -> None:
        """Say nothing."""


class Live:
    """The served plant: its address, and the plant behind it."""

    def __init__(self, address: str, floor: Floor) -> None:
        self.address = address
        self.floor = floor
        self.shop = floor.shop


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """The bakery, served over http on the loopback address."""
    database = Database(sqlite_database(tmp_path / "live.db", migrate))
    shop = Shop(database)
    app = create_app(Settings(data_dir=tmp_path, secret_key="only for tests"), database)
    app.extensions["mes"].clock = lambda: shop.now
    with speaking("ko", "Asia/Seoul"):
        floor = Floor(shop)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.port}", floor)
    server.shutdown()
    thread.join()
    server.server_close()
    database.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for these tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(needs("chromium")), args=["--no-sandbox"])
        yield browser
        browser.close()
