"""Photos of labels: turned, dark, skewed, with several codes, and what is no photo at all."""

from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from mes.core.access import Role
from mes.core.barcodes import matrix
from mes.core.numbering import with_check
from mes.core.qr import encode
from mes.equipment.views import COOKIE
from mes.scan import pictures
from mes.scan.pictures import NoCodeSeen, NoPhoto, PhotoTooLarge, codes_in
from tests.conftest import Shop
from tests.scan.conftest import Browser
from tests.station.floor import Floor

LOT, OTHER = with_check("L260105-0001"), with_check("L260105-0417")


def square(text: str, module: int = 6) -> Image.Image:
    rows = encode(text).rows if not text.startswith("01") else matrix(text, "gs1-datamatrix").rows
    size = len(rows) + 8
    image = Image.new("L", (size, size), 235)
    for y, row in enumerate(rows):
        for x, black in enumerate(row):
            image.putpixel((x + 4, y + 4), 30 if black else 235)
    return image.resize((size * module, size * module), Image.Resampling.NEAREST)


def bench(*labels: Image.Image, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    image = Image.new("L", size, 150)
    for place, label in enumerate(labels):
        image.paste(label, (120 + place * 600, 200))
    return image


def sent(image: Image.Image, kind: str = "JPEG") -> bytes:
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def skewed(image: Image.Image) -> Image.Image:
    width, height = image.size
    corners = (0, 0, 60, height, width, height - 120, width - 90, 40)
    return image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR, fillcolor=150)


def shaded(image: Image.Image) -> Image.Image:
    shadow = Image.linear_gradient("L").resize(image.size).point(lambda value: 20 + value * 200 // 255)
    return Image.composite(image, Image.new("L", image.size, 6), shadow)


@pytest.mark.parametrize("turn", [0, 17, 90, 143, 180])
def test_a_turned_photo(turn: int) -> None:
    assert codes_in(sent(bench(square(LOT)).rotate(turn, expand=True, fillcolor=150))) == [LOT]


def test_a_photo_that_the_phone_marks_as_lying_on_its_side() -> None:
    picture = bench(square(LOT))
    marks = Image.Exif()
    marks[0x0112] = 6
    file = BytesIO()
    picture.save(file, "JPEG", exif=marks)
    assert codes_in(file.getvalue()) == [LOT]


@pytest.mark.parametrize("change", [skewed, shaded, lambda image: image.point(lambda value: value // 8)])
def test_a_bad_photo(change) -> None:  # type: ignore[no-untyped-def]
    assert codes_in(sent(change(bench(square(LOT))))) == [LOT]


def test_a_photo_of_twelve_megapixels() -> None:
    assert codes_in(sent(bench(square(LOT, 8), size=(4000, 3000)))) == [LOT]


def test_bars_askew() -> None:
    bars = zxingcpp.create_barcode(LOT, zxingcpp.BarcodeFormat.Code128).to_image(scale=4)
    flat = Image.fromarray(bars)
    label = flat.resize((flat.width, 200))
    assert codes_in(sent(bench(label).rotate(24, fillcolor=150))) == [LOT]


def test_several_codes_and_a_gs1_code_with_its_prefix() -> None:
    assert set(codes_in(sent(bench(square(LOT), square(OTHER))))) == {LOT, OTHER}
    gs1 = "010950600013435210TEST7\x1d21A1"
    assert codes_in(sent(bench(square(gs1, 10)), "PNG")) == [f"]d2{gs1}"]


def test_what_is_no_photo_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (b"", b"GIF89a", b"%PDF-1.4", sent(bench())[:200], b"\xff" * 5000):
        with pytest.raises((NoPhoto, NoCodeSeen)):
            codes_in(wrong)
    with pytest.raises(PhotoTooLarge):
        codes_in(b"x" * (pictures.MOST_BYTES + 1))
    monkeypatch.setattr(pictures, "MOST_POINTS", 1000)
    with pytest.raises(PhotoTooLarge):
        codes_in(sent(bench()))


def test_a_photo_without_a_code_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.2)
    with pytest.raises(NoCodeSeen):
        codes_in(sent(Image.effect_noise((1200, 900), 60)))


def post(client: FlaskClient, image: Image.Image, accept: str = "text/html"):  # type: ignore[no-untyped-def]
    data = {"photo": (BytesIO(sent(image)), "photo.jpg")}
    return client.post("/scan/photo", data=data, headers={"Accept": accept})


def test_a_photo_leads_to_the_page_of_what_is_on_it(browser: Browser) -> None:
    client = browser(Role.OPERATOR)
    assert client.get("/scan/camera").status_code == 200
    assert post(client, bench(square(LOT))).location == f"/scan?text={LOT}"
    several = post(client, bench(square(LOT), square(OTHER)))
    assert f"/scan?text={LOT}" in several.text
    assert f"/scan?text={OTHER}" in several.text
    none = post(client, bench())
    assert none.status_code == 422
    assert "No code can be read" in none.text


def test_the_cameras_window_gets_codes_or_a_sentence(browser: Browser) -> None:
    client = browser(Role.OPERATOR)
    assert post(client, bench(square(LOT)), "application/json").json == {"codes": [LOT]}
    none = post(client, bench(), "application/json")
    assert none.status_code == 422
    assert "No code can be read" in none.json["said"]
    assert client.post("/scan/photo", headers={"Accept": "application/json"}).status_code == 422


def test_a_station_may_send_a_photo_before_anybody_signed_in(app: Flask, shop: Shop) -> None:
    floor = Floor(shop)
    assert post(app.test_client(), bench(square(LOT)), "application/json").status_code == 401
    tablet = app.test_client()
    tablet.set_cookie(COOKIE, floor.tokens["T1"])
    assert post(tablet, bench(square(LOT)), "application/json").json == {"codes": [LOT]}


def test_a_line_of_millions_of_points_is_no_photo() -> None:
    # making it smaller would take gigabytes, though it has fewer points than a camera
    with pytest.raises(PhotoTooLarge):
        codes_in(sent(Image.new("1", (30_000, 10)), "PNG"))


@pytest.mark.parametrize(
    "mode", ["L", "RGB", *(pytest.param(mode, marks=pytest.mark.thorough) for mode in ("LA", "RGBA", "P", "1"))]
)
def test_a_large_picture_of_any_kind_is_made_smaller_before_it_is_copied(mode: str) -> None:
    wanted = with_check("L260105-0001")
    large = square(wanted).resize((6600, 6600), Image.Resampling.NEAREST)
    assert codes_in(sent(large.convert(mode), "PNG")) == [wanted]
