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
    "/c/": ["{signed certificate}"],
    "/certificates/<code>": ["{signed certificate}"],
    "/certificates/<code>/drop": ["{draft certificate}"],
    "/certificates/<code>/refresh": ["{draft certificate}"],
    "/certificates/<code>/sign": ["{draft certificate}"],
    "/charts/<int:ident>": ["{chart}"],
    "/charts/alarms/<int:ident>": ["{alarm}"],
    "/events/<thing>/<int:thing_id>": ["items", "1"],
    "/export/<name>": ["items", "csv"],
    "/four-m/<code>": ["{change}"],
    "/four-m/<code>/finish": ["{approved change}"],
    "/gauge-studies/<code>": ["{open study}"],
    "/gauge-studies/<code>/study.pdf": ["{study}"],
    "/gauges/<path:code>": ["{gauge}"],
    "/gauges/<path:code>/calibrations/<int:number>": ["{gauge}", "{calibration}"],
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
    "/nonconformances/<code>": ["{nonconformance}"],
    "/nonconformances/<code>/costs/<int:ident>": ["{nonconformance}", "1"],
    "/nonconformances/<code>/decisions/<int:ident>": ["{nonconformance}", "2"],
    "/nonconformances/<code>/lots/<path:lot>": ["{nonconformance}", "{bad sugar}"],
    "/nonconformances/<code>/reopen": ["{closed nonconformance}"],
    "/nonconformances/<code>/steps/<int": ["{nonconformance}", "4"],
    "/nonconformances/actions/<int:ident>": ["{action}"],
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
    "/quality/characteristics/<int:ident>/<any(good, bad):side>.jpg": ["{looks}", "good"],
    "/quality/defects/<int:ident>": ["{marked defect}"],
    "/quality/defects/<int:ident>/sorted": ["{sorted defect}"],
    "/quality/figures/suppliers/<path:code>": ["{supplier}"],
    "/quality/inspect/<any": ["first", "{job}"],
    "/quality/inspection-standards/<int:ident>": ["{draft standard}"],
    "/quality/inspection-standards/<int:ident>/revise": ["{standard}"],
    "/quality/inspection-standards/<int:ident>/withdraw": ["{standard}"],
    "/quality/inspections/<code>": ["{failed inspection}"],
    "/quality/lots/<code>": ["{bad sugar}"],
    "/quality/new-characteristic/<path:code>": ["{item}"],
    "/quality/sampling/<int:ident>": ["{series}"],
    "/quality/standards/<path:code>": ["{item}"],
    "/receipts/<code>": ["{receipt}"],
    "/s/<path:code>": ["{lot}"],
    "/sheets/inspections/<code>": ["{failed inspection}"],
    "/sheets/pieces/<code>": ["{job}"],
    "/sheets/self/<code>": ["{job}"],
    "/shipments/<code>": ["{shipment}"],
    "/station/inspections/<code>": ["{open inspection}"],
    "/station/inspections/<code>/correct/<int:ident>": ["{open inspection}", "{begun reading}"],
    "/station/jobs/<code>": ["{job}"],
    "/station/jobs/<code>/inspect/<any": ["{job}", "first"],
    "/station/jobs/<code>/take/<lot>": ["{job}", "{lot}"],
    "/station/people/<path:code>": ["KIM"],
    "/stations/<path:code>": ["T1"],
    "/stop-reasons/<path:code>": ["BREAK"],
    "/work-centres/<path:code>": ["KT"],
}
#: More of what is worth a look: a trace, filters, nothing found, one revision that cannot be changed any more.
ALSO = [
    "/trace?q={lot}", "/scan?text=NOWHERE", "/items?q=nothing", "/items/{item}/bom/1", "/nowhere",
    "/certificates/{draft certificate}", "/charts/{count chart}", "/charts/alarms/{answered alarm}",
    "/four-m/{approved change}", "/four-m/{done change}", "/gauge-studies/{study}", "/gauge-studies/{dropped study}",
    "/nonconformances/{closed nonconformance}", "/quality/inspection-standards/{sampled standard}",
    "/quality/inspection-standards/{self standard}", "/quality/inspections/{open inspection}", "/sheets?of={order}",
    "/quality/sampling-plan?lot=1200&aql=0.65&level=II&kind=normal&double=y", "/gauges?q=nothing",
]  # fmt: skip
#: Labels that were not printed, and the door that is shut once there is somebody.
MAY_BE_MISSING = {"/labels/prints/<int:first>-<int:last>.pdf", "/setup"}
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
        if answer.status == 404 and rule not in MAY_BE_MISSING and "<" in rule:
            missing.append(rule)
        if 300 <= answer.status < 400 or not is_page(answer):
            continue
        hand.open(one)
        found[f"{answer.status} {one}"] = complaints(hand.page) + hand.page.evaluate(TOO_WIDE)
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
