"""A person at a tablet: touches are counted, scans are typed as a scanner types, digits are counted apart."""

import time
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from mes.equipment.views import COOKIE
from mes.people.models import Person
from tests.browser.conftest import Live
from tests.browser.wedge import held_clock, scan

SIZES = {"tablet": (1280, 800), "upright": (800, 1280), "phone": (390, 844), "phone on its side": (844, 390)}
SIZES["desk"] = (1440, 900)


def becomes(page: Page, found: str, seconds: float = 30) -> None:
    """Wait until something is so on a page. It is asked from outside each time: a page that asks itself would run a
    text as a script, which its content policy forbids and its console tells."""
    end = time.monotonic() + seconds
    while not _is_so(page, found):
        assert time.monotonic() < end, found
        page.wait_for_timeout(50)


def _is_so(page: Page, found: str) -> bool:
    try:
        return bool(page.evaluate(found))
    except Error:  # the page was just being renewed
        page.wait_for_load_state()
        return False


class Hand:
    """One person in front of one tablet."""

    def __init__(
        self, chromium: Browser, live: Live, station: str | None = "T1", size: str = "tablet", **context: Any
    ) -> None:
        width, height = SIZES[size]
        self.live = live
        self.context: BrowserContext = chromium.new_context(
            viewport={"width": width, "height": height},
            # the worker fills its stores with every new browser, and answers for a server that is slow: offline's tests
            **{"locale": "ko-KR", "service_workers": "block", **context},
        )
        if station:
            self.context.add_cookies([{"name": COOKIE, "value": live.floor.tokens[station], "url": live.address}])
        self.context.set_default_timeout(30_000)  # a machine that tests on both cores is slow
        self.context.clock.install()
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.taps = 0
        self.digits = 0

    def _hear(self, kind: str, text: str) -> None:
        # a refusal is an answer like any other; the browser's note about its status is no complaint
        expected = ("Failed to load resource", "Service Worker registration blocked")
        if kind in ("error", "warning") and not any(words in text for words in expected):
            self.complaints.append(text)

    def open(self, path: str) -> None:
        """Go to a page without touching anything."""
        self.page.goto(self.live.address + path)

    def tap(self, what: str) -> None:
        """One touch, until what it sent is answered (a paper opens beside the page, which does not wait for it)."""
        self.taps += 1
        self.page.click(what)
        self.answered()
        self.page.wait_for_load_state()

    def answered(self) -> None:
        """Wait until no form is on its way."""
        expect(self.page.locator("form[aria-busy]:not([target=_blank])")).to_have_count(0)

    def key(self, word: str) -> None:
        """One touch on a key at the bottom."""
        self.tap(f".keys .key:has-text('{word}')")

    def type(self, digits: str) -> None:
        """A number on the pad; its keys are counted apart."""
        self.digits += len(digits)
        for digit in digits:
            self.page.click(f"[data-pad] [data-digit='{digit}']")

    def scan(self, text: str) -> None:
        """One scan: no touch. Waits until the page has answered."""
        with held_clock(self.page), self.page.expect_navigation():
            scan(self.page, text)

    def count_by_scan(self, text: str) -> None:
        """One scan that the open sheet answers by itself: the page stays."""
        with held_clock(self.page):
            scan(self.page, text)

    def wait(self, milliseconds: int) -> None:
        """Let time pass on the tablet."""
        self.page.clock.fast_forward(milliseconds)

    def sign_in(self, person: Person) -> None:
        """By badge, uncounted."""
        self.open("/station")
        self.scan(person.badge)

    def log_in(self, login: str, password: str) -> None:
        """At a desk, uncounted."""
        self.open("/login")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.wait_for_timeout(300)  # what is filled in at once is no scan
        self.page.click("form.form button[type=submit]")
        self.page.wait_for_url(self.live.address + "/")

    def press(self, word: str) -> None:
        """One click on a button or a link of a desk's page."""
        self.tap(f"main a.button:has-text('{word}'):visible, main button:has-text('{word}'):visible")

    def write(self, **values: str) -> None:
        """What somebody types or chooses in the fields of a form."""
        for name, value in values.items():
            field = self.page.locator(f"main form.form [name={name}]:visible").first
            if field.get_attribute("type") in ("radio", "checkbox"):
                self.page.check(f"main form.form [name={name}][value={value}]")
            elif field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def leave(self) -> None:
        """Close the browser; a word in its console fails the test."""
        self.context.close()
        assert not self.complaints, self.complaints

    @property
    def text(self) -> str:
        """What stands on the page."""
        return self.page.inner_text("body")
