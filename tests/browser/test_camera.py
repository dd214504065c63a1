"""The camera as a scanner in a real Chromium: a printed label is held before it, or a photo of it is taken."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from mes.core.access import Role
from mes.labels.content import example
from mes.labels.pdf import render_pdf
from tests.browser.conftest import ARGUMENTS, Live
from tests.browser.tapping import Hand
from tests.factories import make_person
from tests.labels.paper import pages
from tests.labels.samples import LAYOUTS
from tests.needs import needs

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WIDTH, HEIGHT = 640, 480
GOOD = "rice-cake-2026"


def printed(code: str, folder: Path) -> Image.Image:
    """The label of a lot as it comes out of the printer."""
    layout = LAYOUTS["lot-60x40"]
    (label,) = pages(render_pdf(layout, [example("lot") | {"code": code, "scan": code}]), folder, 203, "-gray")
    return label.convert("L")


def film(pictures: list[Image.Image], file: Path) -> Path:
    """A film for the browser's pretended camera (YUV4MPEG2, grey)."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures * 10:
            out.write(b"FRAME\n" + picture.tobytes() + grey)
    return file


def held(*labels: Image.Image, turn: float = 8) -> Image.Image:
    """Labels on a bench, seen from above, a little askew."""
    bench = Image.new("L", (WIDTH, HEIGHT), 120)
    for place, label in enumerate(labels):
        wide = WIDTH // len(labels) - 40
        small = label.resize((wide, round(label.height * wide / label.width))).rotate(turn, expand=True, fillcolor=120)
        bench.paste(small, (20 + place * (WIDTH // len(labels)), 40))
    return bench


@pytest.fixture
def camera(chromium: Browser, tmp_path: Path) -> Iterator[object]:
    """``camera(picture)``: another Chromium, whose camera sees it."""
    opened: list[Browser] = []

    def see(picture: Image.Image) -> Browser:
        file = film([picture], tmp_path / "film.y4m")
        arguments = [
            *ARGUMENTS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={file}",
        ]  # fmt: skip
        opened.append(chromium.browser_type.launch(executable_path=str(needs("chromium")), args=arguments))
        return opened[-1]

    yield see
    for browser in opened:
        browser.close()


def lots(live: Live, count: int) -> list[str]:
    return [lot.code for lot in live.floor.receive(live.floor.flour, *[50] * count)]


def signed_in(browser: Browser, live: Live, **context: object) -> Page:
    live.shop.do(lambda work: make_person(work, Role.MANAGER, login="manager", password=GOOD))
    page = browser.new_context(locale="ko-KR", base_url=live.address, **context).new_page()  # type: ignore[arg-type]
    complaints: list[str] = []
    setattr(page, "complaints", complaints)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto("/login")
    page.fill("#login", "manager")
    page.fill("#password", GOOD)
    page.wait_for_timeout(300)
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/")
    return page


def test_a_printed_label_held_before_the_camera_opens_its_lot(camera, live: Live, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (code,) = lots(live, 1)
    page = signed_in(camera(held(printed(code, tmp_path))), live)
    page.click("[data-camera]")
    page.wait_for_url(f"**/lots/{code}", timeout=20_000)
    assert getattr(page, "complaints") == []
    assert page.evaluate("Boolean(localStorage.getItem('mes.camera'))")


def test_several_labels_before_the_camera_are_asked_for(camera, live: Live, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    codes = lots(live, 2)
    page = signed_in(camera(held(*(printed(code, tmp_path) for code in codes), turn=0)), live)
    page.click("[data-camera]")
    expect(page.locator(".camera-choices .choice")).to_have_count(2, timeout=20_000)
    page.click(f".camera-choices .choice:has-text('{codes[1]}')")
    page.wait_for_url(f"**/lots/{codes[1]}")


@pytest.mark.parametrize("at", ["desk", "station"])
def test_without_a_camera_a_photo_is_read_by_the_server(chromium: Browser, live: Live, tmp_path: Path, at: str) -> None:
    code, other = lots(live, 2)
    picture = BytesIO()
    held(printed(code, tmp_path), printed(other, tmp_path), turn=0).save(picture, "PNG")
    photo = {"name": "photo.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    if at == "desk":
        page = signed_in(chromium, live)
    else:
        hand = Hand(chromium, live)
        hand.sign_in(live.floor.kim)
        page = hand.page
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    page.click("[data-camera]")
    expect(page.locator("dialog.camera video")).to_be_hidden()
    page.set_input_files("dialog.camera input[type=file]", photo)  # type: ignore[arg-type]
    page.click(f".camera-choices .choice:has-text('{other}')")
    if at == "desk":
        page.wait_for_url(f"**/lots/{other}")
    else:
        expect(page.locator(".refusal")).to_be_visible()


def test_a_photo_without_a_code_is_told(chromium: Browser, live: Live) -> None:
    page = signed_in(chromium, live)
    empty = BytesIO()
    Image.new("L", (400, 300), 90).save(empty, "JPEG")
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    page.click("[data-camera]")
    page.set_input_files(
        "dialog.camera input[type=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": empty.getvalue()}
    )
    expect(page.locator(".camera-note")).to_contain_text("코드")
