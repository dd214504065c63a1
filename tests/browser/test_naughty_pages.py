"""Whatever was typed into every form: no page runs any of it in a real browser, or fetches anything for it."""

import os

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog
from werkzeug.test import TestResponse

from tests.browser.conftest import Live
from tests.midday import Midday
from tests.security.house import House, Typist

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.long]
#: The forms of one page in so many are sent here, and so many pages opened; with MES_NAUGHTY all of them. Without a
#: browser all are sent in tests/security/test_naughty.py.
EVERY = 1 if os.environ.get("MES_NAUGHTY") else 4


class Watched:
    """A browser that tells what it ran, what it was forbidden, and whom it called."""

    def __init__(self, chromium: Browser, live: Live, cookies: dict[str, str]) -> None:
        self.context: BrowserContext = chromium.new_context(service_workers="block", locale="en-GB")
        self.context.add_cookies([{"name": name, "value": cookies[name], "url": live.address} for name in cookies])
        self.page = self.context.new_page()
        self.live, self.seen, self.opened = live, list[str](), 0
        self.page.on("dialog", self._ran)
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("request", lambda asked: self._fetches(asked.url))

    def _ran(self, dialog: Dialog) -> None:
        self.seen.append(f"ran: {dialog.message}")
        dialog.dismiss()

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text and "Service Worker" not in text:
            self.seen.append(f"console: {text}")

    def _fetches(self, address: str) -> None:
        if not address.startswith((self.live.address, "data:", "blob:")):
            self.seen.append(f"called {address}")

    def look_at(self, address: str) -> list[str]:
        """Open a page; gives what it did that no page may."""
        self.seen.clear()
        self.page.goto(self.live.address + address, wait_until="load")
        if not self.page.url.startswith(self.live.address):
            self.seen.append(f"led to {self.page.url}")
        self.opened += 1
        return [f"{address}: {said}" for said in self.seen]


def is_whole_page(answer: TestResponse) -> bool:
    """Whether it is a page of its own, and no file and no part of a page."""
    return answer.mimetype == "text/html" and answer.text.startswith("<!doctype")


def test_nothing_that_was_typed_runs_in_a_browser(chromium: Browser, live: Live) -> None:
    house = House(live.app, live.shop, Midday(live.floor))
    live.app.config["WTF_CSRF_ENABLED"] = False
    taken = sum(one.taken for one in house.walk(Typist(), every=EVERY))
    assert taken > 20
    found, opened = [], 0
    for station, browser in ((False, house.desk), (True, house.tablet)):
        kept = {name: cookie.value for name in ("session", "mes_station") if (cookie := browser.get_cookie(name))}
        watched = Watched(chromium, live, kept)
        for here, address in house.addresses()[:: max(EVERY // 2, 1)]:
            answer = browser.get(address) if here == station else None
            if answer is not None and answer.status_code == 200 and is_whole_page(answer):
                found += watched.look_at(address)
        opened += watched.opened
        watched.context.close()
    assert opened > 70
    assert found == []
