"""A wedge scanner: a keyboard that types a code in a few milliseconds, however busy this machine is.

The page's clock is held while somebody types: it moves on by what a character takes, and by nothing else.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Page

SCANNER_MS = 5
PERSON_MS = 110


@contextmanager
def held_clock(page: Page) -> Iterator[None]:
    """Hold the clock of a page whose browser has one to hold (``context.clock.install()``)."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)  # a second after whatever was done before
    yield
    page.clock.resume()


def type_keys(page: Page, text: str, each: int = PERSON_MS, silences: Mapping[int, int] | None = None) -> None:
    """Type with a held clock; ``silences``: milliseconds of silence before the character at a position.

    Text that no key of this keyboard makes (Hangul) comes committed and without key names, as on Android.
    """
    for position, character in enumerate(text):
        page.clock.run_for((silences or {}).get(position, each))
        page.keyboard.type(character)


def scan(page: Page, text: str, end: str | None = "Enter", silences: Mapping[int, int] | None = None) -> None:
    """Read a code with a held clock, and send the key that ends it."""
    type_keys(page, text, SCANNER_MS, silences)
    if end:
        page.clock.run_for(SCANNER_MS)
        page.keyboard.press(end)
