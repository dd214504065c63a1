"""The scanner, the number pad and the look in a real Chromium, without a database (tests/browser/gallery.py)."""

import gzip
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Response
from werkzeug.serving import make_server

from tests.browser.gallery import PAGES, create_gallery
from tests.browser.wedge import SCANNER_MS, scan, type_keys

pytestmark = pytest.mark.browser
#: Collects what the page makes of a scan, instead of going there.
LISTEN = """() => {
  window.heard = []; window.sent = 0;
  document.addEventListener("scan", (event) => { heard.push(event.detail.text); event.preventDefault(); });
  document.addEventListener("submit", (event) => { sent += 1; event.preventDefault(); });
}"""
SMALL_TEXT = """[...document.querySelectorAll("body *")]
  .filter((e) => e.innerText && parseFloat(getComputedStyle(e).fontSize) < 16).map((e) => e.innerText)"""
SIZES = {"tablet": (1280, 800), "phone": (390, 844), "phone on its side": (844, 390), "desk": (1440, 900)}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The gallery, served for these tests."""
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """``open_page("sheet", size="phone", night=True)``; a word in the browser's console fails the test."""
    complaints: list[str] = []
    context = chromium.new_context()

    def show(name: str, size: str = "tablet", night: bool = False) -> Page:
        page = context.new_page()
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if night else "light")
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/{name}")
        page.evaluate(LISTEN)
        if name == "sheet":
            page.wait_for_selector(".count.active")
        page.clock.install(time=0)
        page.clock.pause_at(1)
        return page

    yield show
    context.close()
    assert complaints == []


def heard(page: Page) -> list[str]:
    """The codes the page took for scans, once the longest pause of a scanner is over."""
    page.clock.run_for(1200)
    found: list[str] = page.evaluate("heard")
    return found


@pytest.mark.parametrize("end", ["Enter", "Tab", None])
@pytest.mark.parametrize("name", ["gallery", "job"])
def test_a_scan_is_heard_whatever_its_suffix_and_wherever_the_focus_is(
    open_page: Open, name: str, end: str | None
) -> None:
    page = open_page(name)
    scan(page, "LOT-2026-0001", end)
    assert heard(page) == ["LOT-2026-0001"]


def test_the_same_label_read_twice_at_once_is_one_scan(open_page: Open) -> None:
    page = open_page("job")
    scan(page, "LOT-2026-0001")
    scan(page, "LOT-2026-0001")
    assert heard(page) == ["LOT-2026-0001"]


def test_a_scan_that_ends_with_two_line_ends_is_one_scan_and_sends_no_form(open_page: Open) -> None:
    page = open_page("sheet")
    page.focus("[name=good]")
    scan(page, "LOT-2026-0001")
    page.keyboard.press("Control+j")
    assert heard(page) == ["LOT-2026-0001"]
    assert page.evaluate("sent") == 0


def test_keys_without_a_name_as_android_sends_them_are_one_scan(open_page: Open) -> None:
    page = open_page("job")
    scan(page, "ㅣㅒㅆㅁㅠㅊㅇ", end=None)  # text that no key of this keyboard makes comes without key names
    assert heard(page) == ["ㅣㅒㅆㅁㅠㅊㅇ"]


def test_a_scan_typed_into_a_hangul_keyboard_comes_through_whole(open_page: Open) -> None:
    page = open_page("job")
    scan(page, "ㅣㅒㅆ-2026-0001")
    assert heard(page) == ["ㅣㅒㅆ-2026-0001"]


def test_the_separator_of_gs1_comes_through(open_page: Open) -> None:
    page = open_page("job")
    type_keys(page, "10AB", SCANNER_MS)
    page.keyboard.press("Control+]")
    scan(page, "17")
    assert heard(page) == ["10AB\x1d17"]


def test_what_a_person_typed_stays_when_a_scan_falls_into_the_field(open_page: Open) -> None:
    page = open_page("sheet")
    page.focus("[name=good]")
    type_keys(page, "12")
    page.clock.run_for(150)
    scan(page, "LOT-2026-0001")
    assert heard(page) == ["LOT-2026-0001"]
    assert page.input_value("[name=good]") == "12"


def test_a_scan_that_a_slow_radio_interrupts_is_not_torn_once_the_scanner_has_shown_its_suffix(open_page: Open) -> None:
    page = open_page("job")
    scan(page, "LOT-2026-0001")
    scan(page, "LOT-2026-0002", silences={7: 400})
    assert heard(page) == ["LOT-2026-0001", "LOT-2026-0002"]


def test_the_first_scan_of_a_tablet_survives_a_stutter_too(open_page: Open) -> None:
    page = open_page("job")
    scan(page, "LOT-2026-0001", silences={7: 250})
    assert heard(page) == ["LOT-2026-0001"]


def test_a_scanner_that_lost_its_suffix_is_still_heard_a_moment_later(open_page: Open) -> None:
    page = open_page("job")
    scan(page, "LOT-2026-0001")
    scan(page, "LOT-2026-0002", end=None)
    assert heard(page) == ["LOT-2026-0001", "LOT-2026-0002"]


def test_a_person_who_types_is_not_taken_for_a_scanner(open_page: Open) -> None:
    page = open_page("gallery")
    page.focus("#item")
    type_keys(page, "rice cake", each=90)
    page.keyboard.press("Enter")
    assert heard(page) == []
    assert page.input_value("#item") == "rice cake"
    assert page.evaluate("sent") == 1


def test_a_scan_into_the_field_of_a_form_at_a_desk_stays_in_the_form(open_page: Open) -> None:
    page = open_page("gallery")
    page.fill("#item", "old")
    page.locator("#item").select_text()
    scan(page, "LOT-2026-0001")
    assert heard(page) == []
    assert page.input_value("#item") == "LOT-2026-0001"
    page.focus("#quantity")
    type_keys(page, "12")
    page.clock.run_for(150)
    scan(page, "LOT-2026-0002")
    assert heard(page) == []  # a code is no quantity: the page says no, and leaves everything as it was
    assert page.input_value("#quantity") == "12"
    assert page.evaluate("sent") == 0


def test_lots_are_scanned_one_after_another_into_a_list_of_lots(open_page: Open) -> None:
    page = open_page("gallery")
    page.evaluate("document.querySelector('#remark').dataset.scanLines = ''")
    page.focus("#kind")
    scan(page, "LOT-2026-0001")
    page.focus("#remark")
    scan(page, "LOT-2026-0002")
    assert heard(page) == []
    assert page.input_value("#remark") == "LOT-2026-0001\nLOT-2026-0002\n"
    assert page.evaluate("sent") == 0


def test_the_pad_adds_and_says_what_will_be_saved(open_page: Open) -> None:
    page = open_page("sheet")
    for digit in "120":
        page.click(f'[data-digit="{digit}"]')
    page.click("text=이물")
    page.click('[data-digit="3"]')
    page.click("[data-op=plus]")
    assert page.input_value("[name=good]") == "120"
    assert page.input_value("[name=defect-D01]") == "4"
    assert "1,240 + 120 = 1,360" in page.inner_text(".count >> nth=0")
    assert "6 + 4 = 10" in page.inner_text(".count:has([name=defect-D01])")


def test_a_count_never_falls_below_nothing(open_page: Open) -> None:
    page = open_page("sheet")
    page.click('[data-digit="1"]')
    for _ in range(3):
        page.click("[data-op=minus]")
    assert page.input_value("[name=good]") == ""


def test_a_double_tap_sends_a_form_once(open_page: Open) -> None:
    page = open_page("sheet")
    page.dblclick(".key.primary")
    assert page.evaluate("sent") == 1


def test_without_a_connection_nothing_is_sent_and_nothing_is_lost(open_page: Open) -> None:
    page = open_page("sheet")
    page.click('[data-digit="7"]')
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.click(".key.primary")
    assert page.is_visible("#not-sent")
    assert page.is_visible("text=연결 끊김") or page.is_visible("text=Not connected")
    assert page.evaluate("sent") == 0
    assert page.input_value("[name=good]") == "7"


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_its_screen(open_page: Open, address: str, size: str, night: bool) -> None:
    page = open_page(PAGES[0], size, night)
    for name in PAGES:
        page.goto(f"{address}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


@pytest.mark.parametrize("size", ["tablet", "phone", "phone on its side"])
@pytest.mark.parametrize("name", ["queue", "job", "sheet"])
def test_the_keys_of_a_station_are_in_view_and_fit_a_glove(open_page: Open, name: str, size: str) -> None:
    page = open_page(name, size)
    width, height = SIZES[size]
    for key in page.query_selector_all(".key, .pad button"):
        box = key.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 56
        assert 0 <= box["x"] <= width - box["width"]
        if "key" in (key.get_attribute("class") or ""):
            assert box["y"] + box["height"] <= height
    assert page.evaluate(SMALL_TEXT) == []


def test_a_station_screen_comes_in_ten_requests_and_sixty_kilobytes(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    page.goto(f"{address}/queue", wait_until="networkidle")
    sizes = [len(gzip.compress(answer.body())) for answer in answers]
    page.close()
    assert len(sizes) <= 10
    assert sum(sizes) <= 60_000
