"""Every layout, as a printer puts it on paper: scanners read it, and nothing touches the code."""

import random
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from mes.core.qr import QUIET, rectangles
from mes.labels.drawing import Code, Drawing
from mes.labels.layout import Layout, mm_to_dots
from mes.labels.pdf import render_pdf, write_pdf
from mes.labels.placing import Placer
from tests.labels.paper import cut_out, pages, read_by_zbar, read_by_zxing
from tests.labels.samples import LAYOUTS, rows_for
from tests.labels.wear import WEAR, narrowest_label, scraped, share_read

CODED = [name for name, layout in LAYOUTS.items() if layout.codes]
#: One stock of each file.
FILES = list({LAYOUTS[name].file: name for name in CODED}.values())


def printed(layout: Layout, folder: Path, drawings: list[Drawing], dpi: int, colours: str) -> list[Image.Image]:
    """Labels laid out for the layout's own resolution, as a printer of ``dpi`` prints them."""
    sheets = pages(write_pdf(drawings, layout.stock, layout.stock.dpi), folder, dpi, colours)
    places = [divmod(number, layout.stock.places) for number in range(len(drawings))]
    return [cut_out(sheets[page], layout.stock, place, dpi) for page, place in places]


def placed(layout: Layout) -> list[Drawing]:
    """Usual and longest rows, in Korean and English."""
    placers = {language: Placer(layout, language) for language in ("ko", "en")}
    return [placers[language].place(row) for language, row in rows_for(layout.content)]


def code_of(drawing: Drawing) -> Code:
    """The one code of a label."""
    (code,) = [element for element in drawing.ink if isinstance(element, Code)]
    return code


@pytest.mark.parametrize("name", CODED)
def test_the_label_comes_out_dot_by_dot_and_two_decoders_read_it(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    drawings = placed(layout)
    labels = printed(layout, tmp_path, drawings, layout.stock.dpi, "-mono")
    codes = [code_of(drawing) for drawing in drawings]
    if layout.stock.places == 1:  # sheets go through office printers, whose dots are finer than the code's
        assert [differing_dots(*pair) for pair in zip(labels, codes, strict=True)] == [0] * len(codes)
    assert all(rim_is_white(*pair) for pair in zip(labels, codes, strict=True))
    assert [read_by_zxing(label) for label in labels] == [[code.symbol.data] for code in codes]
    assert read_by_zbar(labels, tmp_path) == [[code.symbol.data] for code in codes]


@pytest.mark.thorough
@pytest.mark.parametrize("name", FILES)
def test_a_finer_printer_or_a_screen_shows_a_label_that_two_decoders_read(name: str, tmp_path: Path) -> None:
    drawings = placed(LAYOUTS[name])[0:4:3]
    codes = [[code_of(drawing).symbol.data] for drawing in drawings]
    labels = printed(LAYOUTS[name], tmp_path, drawings, 300, "-gray")
    assert [read_by_zxing(label) for label in labels] == codes
    assert read_by_zbar(labels, tmp_path) == codes


@pytest.mark.parametrize(("dpi", "fewest"), [(203, 4), (300, 5), (180, 3), (600, 10)])
def test_no_module_is_finer_than_scanners_read(dpi: int, fewest: int) -> None:
    for name in CODED:
        layout = LAYOUTS[name]
        if layout.stock.dpi == 203:
            assert code_of(Placer(layout, "ko", dpi).place(rows_for(layout.content)[0][1])).module >= fewest


def differing_dots(label: Image.Image, code: Code) -> int:
    """Pixels of the printed symbol that are not as black or white as the symbol wants them."""
    wanted = Image.new("1", (code.symbol.size * code.module,) * 2, 1)
    for x, y, width, height in rectangles(code.symbol):
        left, top = x * code.module, y * code.module
        wanted.paste(0, (left, top, left + width * code.module, top + height * code.module))
    side = wanted.width
    found = label.crop((code.x, code.y, code.x + side, code.y + side)).point(lambda grey: grey > 127, "1")
    return ImageChops.logical_xor(wanted, found).histogram()[255]


def rim_is_white(label: Image.Image, code: Code) -> bool:
    """Nothing is printed in the quiet zone around the symbol (but for the last dot, where sheets are off the grid)."""
    rim, side = QUIET * code.module - 1, code.symbol.size * code.module
    around = label.crop((code.x - rim, code.y - rim, code.x + side + rim, code.y + side + rim)).copy()
    around.paste(255, (rim - 1, rim - 1, rim + side + 1, rim + side + 1))
    darkest, _lightest = around.getextrema()
    return darkest == 255


@pytest.mark.parametrize("wear", WEAR)
def test_the_finest_code_is_read_when_worn(wear: str, tmp_path: Path) -> None:
    assert share_read(narrowest_label(LAYOUTS), WEAR[wear], 6, tmp_path) == {"zxing": 1, "zbar": 1}


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["lot-60x40", "lot-100x60", "lot-50x30"])
def test_a_code_with_room_is_mostly_read_with_a_tenth_of_it_scraped_off(name: str, tmp_path: Path) -> None:
    assert min(share_read(LAYOUTS[name], scraped, 20, tmp_path).values()) >= 0.7


def test_the_higher_correction_is_used_only_where_its_modules_stay_wide_enough() -> None:
    for name, least in (("lot-100x60", 6), ("lot-60x40", 4), ("lot-40x20", 4)):
        code = code_of(Placer(LAYOUTS[name], "ko").place({"code": "L260105-00129"}))
        assert (code.symbol.size, code.module) == ((21 if name == "lot-40x20" else 25), least), name


@pytest.mark.parametrize("kind", ["code", "url"])
def test_fixed_masks_are_read_at_every_length(kind: str, tmp_path: Path) -> None:
    from mes.core.qr import encode
    from mes.labels.drawing import Ground

    chance = random.Random(7)
    texts = ["".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", k=length)) for length in range(1, 60, 3)]
    if kind == "url":
        texts = [f"https://mes.example/s/{text}" for text in texts]
    stock = LAYOUTS["lot-50x30"].stock
    drawings = [
        Drawing(Ground(()), (Code(20, 20, 4, encode(text, kind, room=177 * (len(text) % 2))),)) for text in texts
    ]
    papers = pages(write_pdf(drawings, stock, 203), tmp_path, 203)
    assert [read_by_zxing(paper) for paper in papers] == [[text] for text in texts]
    assert read_by_zbar(papers, tmp_path) == [[text] for text in texts]


def test_a_page_has_the_size_of_its_stock(tmp_path: Path) -> None:
    for name in ("lot-50x30", "lot-100x150", "lot-a4-2x8"):
        layout = LAYOUTS[name]
        (page,) = pages(render_pdf(layout, [{"code": "A-1"}]), tmp_path, 203)
        assert page.size == pytest.approx([mm_to_dots(side, 203) for side in layout.stock.page], abs=1)
