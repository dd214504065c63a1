"""Every page can be used with poor sight, with a keyboard alone and with a screen reader: WCAG 2.2 AA, by axe-core."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Response

from mes.core.access import Role
from tests.browser.axe import brought, complaints
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.factories import make_person
from tests.midday import Midday
from tests.midday.addresses import ALSO, Known, address, pages

pytestmark = pytest.mark.browser
PASSWORD = "rice-cake-2026"
#: Labels that were not printed, the pages of a drawing that is a picture, and the door that is shut once there is
#: somebody.
MAY_BE_MISSING = {
    "/labels/prints/<int:first>-<int:last>.pdf",
    "/items/<path:code>/drawing/page/<int:page>",
    "/setup",
}
#: What reaches beyond the right edge, so that a page must be pushed sideways: the innermost things, by their words.
TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const beyond = [...document.body.querySelectorAll("*")].filter((e) => {
    if (!e.checkVisibility() || e.getBoundingClientRect().right <= innerWidth + 1) return false;
    for (let p = e.parentElement; p; p = p.parentElement) {
      if (getComputedStyle(p).overflowX !== "visible" && p !== document.body) return false;
    }
    return true;
  });
  return beyond.filter((e) => !beyond.some((other) => other !== e && e.contains(other))).slice(0, 2)
    .map((e) => `Wider than the screen: ${e.outerHTML.slice(0, 160)}`);
}"""
#: The rooms at the left are the same on many pages: each form of them is looked at once.
RAIL = "nav.rail"
Found = dict[str, list[str]]


def look_at(hand: Hand, rules: list[str], known: Known, *, again: bool = False) -> Found:
    """What keeps people from using the page at each address that shows one to this person; ``again``: what another
    screen and theme change of it."""
    found: Found = {}
    missing: list[str] = []
    rails: set[str] = set()
    for rule in rules:
        one = address(rule, known)
        answer = shown(hand, one)
        if answer is None:
            continue
        if answer.status == 404 and rule not in MAY_BE_MISSING and "<" in rule:
            missing.append(rule)
        if is_page(hand, answer):
            rail = hand.page.evaluate(f"document.querySelector('{RAIL}')?.outerHTML ?? ''")
            besides = RAIL if rail in rails else ""
            rails.add(rail)
            said = complaints(hand.page, of_the_look=again, besides=besides)
            found[f"{answer.status} {one}"] = said + hand.page.evaluate(TOO_WIDE)
    assert missing == [], "say in STANDS_FOR what the names in these addresses stand for"
    return found


def shown(hand: Hand, one: str) -> Response | None:
    """What the browser shows at an address; nothing when it is a file to keep, or the way to another address."""
    try:
        answer = hand.page.goto(hand.live.address + one)
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return None
        raise
    return None if answer is None or answer.request.redirected_from else answer


def is_page(hand: Hand, answer: Response) -> bool:
    """Whether it is a page of its own, and no file and no part of a page."""
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return is_html and bool(hand.page.evaluate("document.doctype !== null"))


#: A screen, a language and a theme.
LOOKS = {
    "wide, Korean, by day": {"size": "tablet", "locale": "ko-KR", "color_scheme": "light"},
    "phone, English, by night": {"size": "phone", "locale": "en-GB", "color_scheme": "dark"},
}


@pytest.fixture
def midday(live: Live) -> Midday:
    """The bakery in the middle of its day."""
    return Midday(live.floor)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_pages_at_a_desk(
    chromium: Browser, live: Live, midday: Midday, session_app: Flask, look: dict[str, str]
) -> None:
    english = look["locale"].startswith("en")
    live.shop.do(
        lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD, language="en" if english else "ko")
    )
    hand = Hand(chromium, live, station=None, **look)
    brought(hand.context)
    found = look_at(hand, ["/", "/login", "/setup", "/station"], midday.known, again=english)
    hand.open("/login")
    hand.page.fill("#login", "boss")
    hand.page.fill("#password", PASSWORD)
    hand.wait(300)  # longer than a scanner's pause: what was filled in at once is no scan
    hand.page.click("form.form button[type=submit]")
    hand.page.wait_for_url(f"{live.address}/")
    found |= look_at(hand, [*pages(session_app, station=False), *ALSO], midday.known, again=english)
    assert len(found) > 180
    assert not worded(found), "\n".join(worded(found))
    hand.context.close()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_pages_at_a_station(
    chromium: Browser, live: Live, midday: Midday, session_app: Flask, look: dict[str, str]
) -> None:
    floor = live.floor
    hand = Hand(chromium, live, **look)
    brought(hand.context)
    found = look_at(hand, ["/station", "/station/people/<path:code>", "/station/leader"], midday.known)
    hand.sign_in(floor.lee if look["locale"].startswith("ko") else floor.nguyen)
    found |= look_at(hand, pages(session_app, station=True), midday.known, again=look["locale"].startswith("en"))
    hand.open("/station")
    hand.scan("NOWHERE")
    found["a refused scan"] = complaints(hand.page)
    assert len(found) > 12
    assert not worded(found), "\n".join(worded(found))
    hand.context.close()


def worded(found: Found) -> list[str]:
    """One sentence for each thing that was found, and the pages on which it is."""
    where: dict[str, list[str]] = {}
    for page, sentences in found.items():
        for sentence in dict.fromkeys(sentences):
            where.setdefault(sentence, []).append(page)
    return [f"{sentence} [{len(pages)} pages: {', '.join(pages[:3])}]" for sentence, pages in where.items()]
