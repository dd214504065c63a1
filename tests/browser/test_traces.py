"""What arrives from real scanners, key by key: no code is lost or torn, and nobody's text is eaten."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from mes.core.numbering import with_check
from tests.browser.gallery import create_gallery
from tests.browser.test_pieces import LISTEN
from tests.browser.traces import ALT, SUFFIXES, after, alt_029, android, bluetooth, composed, person, play, usb
from tests.core.hangul_keyboard import typed

pytestmark = pytest.mark.browser
LOT, OTHER = with_check("L260105-0001"), with_check("L260105-0417")
SUPPLIER = "HB-2512-0088"
Open = Callable[[str], Page]


@pytest.fixture(scope="module")
def gallery(chromium: Browser) -> Iterator[Open]:
    """Pages of every kind, with a held clock."""
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()

    def show(name: str) -> Page:
        page = chromium.new_context().new_page()
        page.goto(f"http://127.0.0.1:{server.port}/{name}")
        page.evaluate(LISTEN)
        page.clock.install(time=0)
        page.clock.pause_at(1)
        return page

    yield show
    server.shutdown()
    thread.join()


def heard(page: Page) -> list[str]:
    page.clock.run_for(1500)
    found: list[str] = page.evaluate("heard")
    return [text.upper() for text in found]


@pytest.mark.parametrize("each", [5, 60])
@pytest.mark.parametrize("name", ["job", "gallery"])
def test_a_scanner_on_a_cable(gallery: Open, name: str, each: int) -> None:
    page = gallery(name)
    codes = [with_check(f"L260105-{number:04d}") for number in range(len(SUFFIXES))]
    for code, end in zip(codes, SUFFIXES, strict=True):
        play(page, after(usb(code, each, end), 1200))
    assert heard(page) == codes


@pytest.mark.parametrize("end", ["Enter", "none"])
@pytest.mark.parametrize("seed", range(3))
def test_a_scanner_on_a_slow_radio(gallery: Open, seed: int, end: str) -> None:
    page = gallery("job")
    play(page, bluetooth(SUPPLIER, end, seed))
    assert heard(page) == [SUPPLIER]


@pytest.mark.parametrize("end", ["Enter", "none"])
def test_an_android_keyboard_without_names_of_keys(gallery: Open, end: str) -> None:
    page = gallery("job")
    play(page, android(LOT, end=end))
    assert heard(page) == [LOT]


@pytest.mark.parametrize("name", ["job", "gallery"])
def test_a_scanner_that_holds_alt_with_every_key(gallery: Open, name: str) -> None:
    page = gallery(name)
    play(page, usb(LOT, modifiers=ALT))
    assert heard(page) == [LOT]


@pytest.mark.parametrize("open_end", [False, True])
@pytest.mark.parametrize("end", ["Enter", "none"])
def test_a_computer_in_hangul_mode(gallery: Open, end: str, open_end: bool) -> None:
    page = gallery("job")
    play(page, composed("LGB-2026-HQ", end=end, open_end=open_end))
    assert heard(page) in (["LGB-2026-HQ"], [typed("LGB-2026-HQ")])


def test_the_separator_typed_as_alt_029(gallery: Open) -> None:
    page = gallery("job")
    play(page, usb("10AB", end="none"), alt_029(), usb("2117"))
    assert heard(page) == ["10AB\x1d2117"]


@pytest.mark.parametrize("end", ["Enter", "none"])
def test_two_scans_one_right_after_the_other(gallery: Open, end: str) -> None:
    page = gallery("job")
    play(page, usb(LOT, end=end), after(usb(OTHER, end=end), 150))
    assert heard(page) == [LOT, OTHER]


@pytest.mark.parametrize("code", [LOT, SUPPLIER])
@pytest.mark.parametrize("scanner", [usb, bluetooth])
def test_somebody_types_while_somebody_scans(gallery: Open, scanner: Callable[..., object], code: str) -> None:
    page = gallery("gallery")
    page.evaluate("delete document.querySelector('#item').form.dataset.keep")
    page.focus("#item")
    play(page, person("rice ca"), after(scanner(code), 110))  # type: ignore[arg-type]
    assert heard(page) == [code]
    assert page.input_value("#item") == "rice ca"
    play(page, person("ke"))
    assert page.input_value("#item") == "rice cake"
    assert page.evaluate("sent") == 0


def test_somebody_goes_on_typing_after_a_scan_without_suffix(gallery: Open) -> None:
    page = gallery("gallery")
    page.evaluate("delete document.querySelector('#item').form.dataset.keep")
    page.focus("#item")
    play(page, person("ri"), after(usb(SUPPLIER, end="none"), 130), person("ce"))
    assert heard(page) == [SUPPLIER]
    assert page.input_value("#item") == "rice"


@pytest.mark.parametrize("text", ["rice cake 12", "1234567890", "L260105"])
def test_somebody_who_types_alone_is_not_taken_for_a_scanner(gallery: Open, text: str) -> None:
    page = gallery("gallery")
    page.focus("#item")
    for seed in range(2):
        page.fill("#item", "")
        page.clock.run_for(1500)
        play(page, person(text, seed))
        assert heard(page) == []
        assert page.input_value("#item") == text


def test_a_slow_scan_into_a_field_is_one_scan(gallery: Open) -> None:
    page = gallery("sheet")
    page.focus("[name=good]")
    play(page, usb(LOT, 60))
    assert heard(page) == [LOT]
    assert page.input_value("[name=good]") == ""


def test_a_scan_while_a_dialog_is_open(gallery: Open) -> None:
    page = gallery("gallery")
    page.evaluate("""() => { const box = document.createElement("dialog"); box.innerHTML = "<input id=reason>";
      document.body.append(box); box.showModal(); }""")
    page.focus("#reason")
    play(page, usb(LOT))
    assert heard(page) == [LOT]
    assert page.input_value("#reason") == ""
