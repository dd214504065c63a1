"""The graph of a trace in a browser: read at three lots and at three thousand, by mouse, keys and finger."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import insert, select

from mes.core.access import Role
from mes.core.work import Work
from mes.items.models import ItemKind
from mes.items.service import add_item
from mes.lots.models import Edge, EdgeKind, Lot, LotStatus, Movement, MovementKind
from mes.scan.relabelling import label_anew
from tests.browser import axe
from tests.browser.conftest import Live, signed_in
from tests.browser.tapping import becomes
from tests.factories import make_person

pytestmark = pytest.mark.browser
GOOD = "rice-cake-2026"
MANY = 1_500


def grow(work: Work, name: str, many: int) -> None:
    """A raw lot, of which so many doughs were made, each baked into one cake."""
    layers = [1, many, many]
    kinds = (ItemKind.RAW, ItemKind.SEMI, ItemKind.FINISHED)
    before: list[int] = []
    for layer, (count, kind) in enumerate(zip(layers, kinds, strict=True)):
        item = add_item(work, code=f"{name}{layer}", name=f"품목 {name}{layer}", kind=kind, unit="kg")
        codes = [f"{name}-{layer}-{number:05}" for number in range(count)]
        common = {
            "item_id": item.id, "status": LotStatus.AVAILABLE, "made_on": work.today, "made_at": work.now, "holds": 0,
            "on_hand": Decimal(2),
        }  # fmt: skip
        work.session.execute(insert(Lot), [{"code": code, "tail": code[-4:], **common} for code in codes])
        lots = list(work.session.scalars(select(Lot.id).where(Lot.item_id == item.id).order_by(Lot.id)))
        came = {"kind": MovementKind.RECEIVE, "quantity": Decimal(2), "at": work.now}
        work.session.execute(insert(Movement), [{"lot_id": lot, **came} for lot in lots])
        into = {"kind": EdgeKind.SPLIT, "quantity": Decimal(2), "at": work.now, "undone": False}
        pairs = zip(before if len(before) > 1 else before * count, lots, strict=False)
        edges = [{"parent_id": parent, "child_id": child, **into} for parent, child in pairs]
        if edges:
            work.session.execute(insert(Edge), edges)
        before = lots


@pytest.fixture
def context_page(chromium: Browser, live: Live, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A signed-in page; the parameter is the size of the screen."""
    live.shop.do(lambda work: make_person(work, Role.QUALITY, login="quality", password=GOOD))
    live.shop.do(lambda work: grow(work, "FEW", 1))
    live.shop.do(lambda work: grow(work, "MANY", MANY))
    width, height = getattr(request, "param", (1280, 800))
    size = {"width": width, "height": height}
    with signed_in(chromium, live, "quality", GOOD, viewport=size) as page:
        yield page


def graph(page: Page, live: Live, lot: str) -> None:
    """Open the graph of a lot's trace."""
    page.goto(f"{live.address}/trace?of={lot}&view=graph")
    page.wait_for_selector("[data-drawn]")


def drawn(page: Page) -> int:
    """How many boxes there are."""
    return int(page.get_attribute("[data-graph]", "data-drawn") or 0)


def words(page: Page, where: str) -> str:
    """What stands in a box."""
    return page.locator(where).text_content() or ""


def seen(page: Page) -> float:
    """How wide a piece of the drawing is seen."""
    return float((page.get_attribute("[data-canvas]", "viewBox") or "").split()[2])


def test_three_lots_are_three_boxes_that_tell_about_themselves(context_page: Page, live: Live) -> None:
    page = context_page
    graph(page, live, "FEW-1-00000")
    assert drawn(page) == 3
    page.click(".node >> text=FEW-2-00000")
    told = page.inner_text("[data-told]")
    assert "FEW-2-00000" in told
    assert "2 kg" in told
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert "FEW-1-00000" in page.inner_text("[data-told]")
    assert axe.complaints(page) == []


def test_the_wheel_keys_and_buttons_make_it_larger_and_smaller(context_page: Page, live: Live) -> None:
    page = context_page
    graph(page, live, "FEW-1-00000")
    wide = seen(page)
    page.hover("[data-canvas]")
    page.mouse.wheel(0, -200)
    becomes(page, f"Number(document.querySelector('[data-canvas]').getAttribute('viewBox').split(' ')[2]) < {wide}")
    page.click("[data-do=all]")
    assert seen(page) == pytest.approx(wide)
    page.focus(".node[tabindex='0']")
    page.keyboard.press("+")
    assert seen(page) < wide
    page.keyboard.press("0")
    assert seen(page) == pytest.approx(wide)


def test_three_thousand_lots_are_a_few_boxes_that_open(context_page: Page, live: Live) -> None:
    page = context_page
    graph(page, live, "MANY-0-00000")
    assert drawn(page) == 3
    assert "1,500" in words(page, ".of-group >> nth=0")
    assert "3,000 kg" in words(page, ".of-group >> nth=0")
    page.focus(".of-group >> nth=0")
    page.click(".of-group >> nth=0")
    assert 200 < drawn(page) < 210
    page.keyboard.press("Escape")
    assert drawn(page) == 3
    page.click("[data-do=open]")
    assert drawn(page) > 2 * MANY
    page.click("[data-do=close]")
    assert drawn(page) == 3
    assert axe.complaints(page) == []


def test_a_search_lights_up_the_group_and_goes_to_the_lot(context_page: Page, live: Live) -> None:
    page = context_page
    graph(page, live, "MANY-0-00000")
    page.fill("[data-search]", "2-00777")
    assert page.locator(".node.hit").count() == 1
    assert "1" in words(page, ".of-group.hit .two")
    page.press("[data-search]", "Enter")
    assert words(page, ".node.found").startswith("MANY-2-00777")
    assert "MANY-2-00777" in page.inner_text("[data-told]")


def test_a_search_for_what_an_old_label_says_goes_to_the_lot(context_page: Page, live: Live) -> None:
    page = context_page
    live.shop.do(lambda work: label_anew(work, "FEW-2-00000", "BOX-77", "찢김"))
    graph(page, live, "FEW-1-00000")
    page.fill("[data-search]", "few-2-00000")
    page.press("[data-search]", "Enter")
    assert words(page, ".node.found").startswith("BOX-77")
    assert "FEW-2-00000" in page.inner_text("[data-told]")


@pytest.mark.parametrize("context_page", [(390, 844)], indirect=True)
def test_on_a_phone_a_finger_opens_a_group_and_nothing_hangs_over(context_page: Page, live: Live) -> None:
    page = context_page
    graph(page, live, "MANY-0-00000")
    page.click("[data-do=all]")
    page.tap(".of-group >> nth=0")
    assert drawn(page) > 200
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe.complaints(page) == []


def test_on_paper_all_of_it_stands(context_page: Page, live: Live) -> None:
    page = context_page
    graph(page, live, "MANY-0-00000")
    page.select_option("[data-sheet]", "a3")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    wide = seen(page)
    assert wide >= 2 * (196 + 96)
    assert page.get_attribute("[data-graph]", "data-size") == "a3"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
