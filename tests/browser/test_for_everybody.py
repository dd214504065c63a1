"""Every page can be used with poor sight, with a keyboard alone and with a screen reader: WCAG 2.2 AA, by axe-core."""

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import APIResponse, Browser

from mes.core.access import Role
from tests.browser.axe import complaints
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.factories import make_person
from tests.midday import Midday

pytestmark = pytest.mark.browser
PASSWORD = "rice-cake-2026"
#: What a name in an address stands for: a fixed text, or what the bakery knows at midday (in braces). The longest
#: beginning of the address counts.
STANDS_FOR = {
    "/events/<thing>/<int:thing_id>": ["items", "1"],
    "/export/<name>": ["items", "csv"],
    "/import/<int:number>": ["{upload}"],
    "/import/examples/<kind>": ["items"],
    "/items/<path:code>": ["{item}"],
    "/items/<path:code>/bom/<int:revision>": ["{item}", "2"],
    "/items/<path:code>/bom/<int:revision>/lines/<int:position>": ["{item}", "2", "1"],
    "/items/<path:code>/routing/<int:revision>": ["{item}", "2"],
    "/items/<path:code>/routing/<int:revision>/operations/<int:sequence>": ["{item}", "2", "10"],
    "/l/<path:code>": ["{lot}"],
    "/labels/prints/<int:first>-<int:last>.pdf": ["1", "1"],
    "/lots/<code>": ["{lot}"],
    "/lots/<code>/lift": ["{held lot}"],
    "/machines/<path:code>": ["{machine}"],
    "/orders/<path:code>": ["{order}"],
    "/orders/<path:code>/edit": ["{draft order}"],
    "/orders/<path:code>/taken/<int:ident>": ["{order}", "{movement}"],
    "/partners/<path:code>": ["{supplier}"],
    "/people/<path:code>": ["KIM"],
    "/places/<path:code>": ["{location}"],
    "/quality/causes/<path:code>": ["SET"],
    "/quality/characteristics/<int:ident>": ["{characteristic}"],
    "/quality/code-picture/<path:code>": ["{defect code}"],
    "/quality/codes/<path:code>": ["{defect code}"],
    "/quality/control-plan-paper/<path:code>": ["{item}"],
    "/quality/control-plans/<path:code>": ["{item}"],
    "/quality/defects/<int:ident>": ["{defect}"],
    "/quality/inspect/<any": ["first", "{job}"],
    "/quality/inspection-standards/<int:ident>": ["{standard}"],
    "/quality/inspections/<code>": ["{inspection}"],
    "/quality/lots/<code>": ["{held lot}"],
    "/quality/new-characteristic/<path:code>": ["{item}"],
    "/quality/standards/<path:code>": ["{item}"],
    "/receipts/<code>": ["{receipt}"],
    "/s/<path:code>": ["{lot}"],
    "/shipments/<code>": ["{shipment}"],
    "/station/inspections/<code>": ["{inspection}"],
    "/station/jobs/<code>": ["{job}"],
    "/station/jobs/<code>/inspect/<any": ["{job}", "first"],
    "/station/jobs/<code>/take/<lot>": ["{job}", "{lot}"],
    "/station/people/<path:code>": ["KIM"],
    "/stations/<path:code>": ["T1"],
    "/stop-reasons/<path:code>": ["BREAK"],
    "/work-centres/<path:code>": ["KT"],
}
#: More of what is worth a look: a trace, filters, nothing found, one revision that cannot be changed any more.
ALSO = ["/trace?q={lot}", "/scan?text=NOWHERE", "/items?q=nothing", "/items/{item}/bom/1", "/nowhere"]
#: Papers that were not printed, drawings and pictures that are not there yet.
MAY_BE_MISSING = {
    "/labels/prints/<int:first>-<int:last>.pdf",
    "/items/<path:code>/drawing",
    "/items/<path:code>/photo.jpg",
    "/station/jobs/<code>/drawing",
    "/quality/code-picture/<path:code>/photo.jpg",
    "/quality/characteristics/<int:ident>/<any(good, bad):side>.jpg",
    "/quality/defects/<int:ident>/photo",
    "/quality/sampling/<int:ident>",
    "/quality/sampling/<int:ident>/allow-reduced",
    "/quality/sampling/<int:ident>/end-reduced",
    "/quality/sampling/<int:ident>/restart",
    "/setup",
}
#: What nobody has made yet in the middle of this day.
NOT_MADE = (
    "/c/", "/certificates/", "/charts/", "/four-m/", "/gauge-studies/", "/gauges/", "/nonconformances/",
    "/quality/figures/suppliers/", "/sheets/",
)  # fmt: skip
NAME = re.compile(r"<[^>]*>")
Known = dict[str, list[Any]]
Found = dict[str, list[str]]


def pages(app: Flask, station: bool) -> list[str]:
    """The rules of all addresses that show something at the desk, or of all at a station."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    here = [rule for rule in rules if (rule.partition("/")[2] + "/").startswith("station/") == station]
    return sorted(rule for rule in here if not rule.startswith(("/api/", "/static/")))


def address(rule: str, known: Known) -> str:
    """A rule with codes of the bakery in it."""
    begins = [begin for begin in STANDS_FOR if rule.startswith(begin)]
    words = iter(STANDS_FOR[max(begins, key=len)] if begins else [])
    return filled(NAME.sub(lambda _name: next(words, "1"), rule), known)


def filled(text: str, known: Known) -> str:
    """The text with the first thing of each kind that is named in braces."""
    return re.sub(r"\{([a-z ]+)\}", lambda name: str(known[name[1]][0]), text)


def look_at(hand: Hand, rules: list[str], known: Known) -> Found:
    """What keeps people from using the page at each address that shows one to this person."""
    found: Found = {}
    missing: list[str] = []
    for rule in rules:
        one = address(rule, known)
        answer = hand.context.request.get(hand.live.address + one, max_redirects=0)
        may_miss = rule in MAY_BE_MISSING or rule.startswith(NOT_MADE)
        if answer.status == 404 and not may_miss and "<" in rule:
            missing.append(rule)
        if 300 <= answer.status < 400 or not is_page(answer):
            continue
        hand.open(one)
        found[f"{answer.status} {one}"] = complaints(hand.page)
    assert missing == [], "say in STANDS_FOR what the names in these addresses stand for"
    return found


def is_page(answer: APIResponse) -> bool:
    """Whether it is a page of its own, and no file and no part of a page."""
    return answer.headers.get("content-type", "").startswith("text/html") and answer.text().startswith("<!doctype")


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
    found = look_at(hand, ["/", "/login", "/setup", "/station"], midday.known)
    hand.open("/login")
    hand.page.fill("#login", "boss")
    hand.page.fill("#password", PASSWORD)
    hand.wait(300)  # longer than a scanner's pause: what was filled in at once is no scan
    hand.page.click("form.form button[type=submit]")
    hand.page.wait_for_url(f"{live.address}/")
    found |= look_at(hand, [*pages(session_app, station=False), *ALSO], midday.known)
    assert len(found) > 90
    assert not worded(found), "\n".join(worded(found))
    hand.context.close()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_pages_at_a_station(
    chromium: Browser, live: Live, midday: Midday, session_app: Flask, look: dict[str, str]
) -> None:
    floor = live.floor
    hand = Hand(chromium, live, **look)
    found = look_at(hand, ["/station", "/station/people/<path:code>", "/station/leader"], midday.known)
    hand.sign_in(floor.lee if look["locale"].startswith("ko") else floor.nguyen)
    found |= look_at(hand, pages(session_app, station=True), midday.known)
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
