"""Every layout, as a printer puts it on paper: scanners read it, and nothing touches the code."""

import random
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from mes.core.barcodes import CODE128, GS1_128, GS1_DATAMATRIX, matrix, strip
from mes.core.gs1 import GS, element_string
from mes.core.qr import rectangles
from mes.labels.drawing import Code, Drawing, Ground, Stripes
from mes.labels.layout import Layout, mm_to_dots
from mes.labels.pdf import render_pdf, write_pdf
from mes.labels.placing import Placer
from tests.labels.paper import ZBAR, cut_out, family, pages, read_by_zbar, read_by_zxing
from tests.labels.samples import LAYOUTS, rows_for
from tests.labels.wear import (
    WEAR,
    Wear,
    Worn,
    a_tenth_scratched,
    codes_of,
    extent,
    narrowest_label,
    not_read,
    place_of,
    scraped,
    share_read,
)

CODED = [name for name, layout in LAYOUTS.items() if layout.codes]
#: One stock of each file.
FILES = list({LAYOUTS[name].file: name for name in CODED}.values())
#: With more codes a label is a card, from which one code at a time is scanned.
ON_A_LABEL = 4
RESOLUTIONS = (203, 300)
#: Of larger labels (mm²) and of the other stocks of a file only the longest rows are tried.
LARGE = 10_000


def printed(layout: Layout, folder: Path, drawings: list[Drawing], dpi: int, paper_dpi: float = 0) -> list[Image.Image]:
    """Labels placed for printers of ``dpi``, as one of them prints them; ``paper_dpi``: as another one does."""
    seen: float = paper_dpi or dpi
    sheets = pages(write_pdf(drawings, layout.stock, dpi), folder, seen, "-mono" if seen == dpi else "-gray")
    places = [divmod(number, layout.stock.places) for number in range(len(drawings))]
    return [cut_out(sheets[page], layout.stock, place, seen) for page, place in places]


def placed(layout: Layout, dpi: int) -> list[Drawing]:
    """Usual and longest rows, in Korean and English."""
    placers = {language: Placer(layout, language, dpi) for language in ("ko", "en")}
    return [placers[language].place(row) for language, row in rows_for(layout.content)]


def check_read(drawings: list[Drawing], labels: list[Image.Image], folder: Path, scale: float = 1) -> None:
    """Both decoders read every code; Data Matrix only the one that knows it. ``scale``: pixels for a dot."""
    held = [[(family(code.symbol.kind), code.symbol.data) for code in codes_of(drawing)] for drawing in drawings]
    for kind in {kind for codes in held for kind, _data in codes}:
        if max(map(len, held)) > ON_A_LABEL:
            check_each(drawings, labels, folder, scale)
            continue
        wanted = [sorted(data for one, data in codes if one == kind) for codes in held]
        assert [sorted(read_by_zxing(label, kind)) for label in labels] == wanted
        if kind in ZBAR:
            assert [sorted(found) for found in read_by_zbar(labels, folder, kind)] == wanted


def check_each(drawings: list[Drawing], labels: list[Image.Image], folder: Path, scale: float) -> None:
    """The codes of a card one by one, as a scanner is held at them."""
    pairs = [(label, code) for drawing, label in zip(drawings, labels, strict=True) for code in codes_of(drawing)]
    shots = [label.crop(tuple(round(edge * scale) for edge in extent(code))) for label, code in pairs]  # type: ignore[arg-type]  # four numbers
    wanted = [[code.symbol.data] for _label, code in pairs]
    assert [
        list(read_by_zxing(shot, family(code.symbol.kind))) for shot, (_label, code) in zip(shots, pairs, strict=True)
    ] == wanted
    assert read_by_zbar(shots, folder) == wanted


def check_dots(layout: Layout, drawings: list[Drawing], labels: list[Image.Image]) -> None:
    """Codes come out dot by dot, their quiet zones white."""
    pairs = [(label, code) for drawing, label in zip(drawings, labels, strict=True) for code in codes_of(drawing)]
    if layout.stock.places == 1:  # sheets go through office printers, whose dots are finer than the code's
        assert [differing_dots(*pair) for pair in pairs] == [0] * len(pairs)
    assert all(rim_is_white(*pair) for pair in pairs)


@pytest.mark.parametrize("name", CODED)
def test_the_label_comes_out_dot_by_dot_and_two_decoders_read_it(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    drawings = placed(layout, layout.stock.dpi)
    if name not in FILES or layout.stock.width * layout.stock.height > LARGE:
        drawings = drawings[2:4]  # the longest rows
    labels = printed(layout, tmp_path, drawings, layout.stock.dpi)
    check_dots(layout, drawings, labels)
    check_read(drawings, labels, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("name", FILES)
def test_so_it_does_on_a_printer_of_300_dots(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    drawings = placed(layout, 300)[2:4]
    labels = printed(layout, tmp_path, drawings, 300)
    check_dots(layout, drawings, labels)
    check_read(drawings, labels, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("name", FILES)
def test_a_label_printed_at_97_percent_is_still_read(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    drawings = placed(layout, 203)[:1]
    check_read(drawings, printed(layout, tmp_path, drawings, 203, 203 * 0.97), tmp_path, 0.97)


@pytest.mark.thorough
@pytest.mark.parametrize("name", FILES)
def test_a_finer_printer_or_a_screen_shows_a_label_that_two_decoders_read(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    drawings = placed(layout, layout.stock.dpi)[0:4:3]
    check_read(drawings, printed(layout, tmp_path, drawings, layout.stock.dpi, 299), tmp_path, 299 / layout.stock.dpi)


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("dpi", RESOLUTIONS)
def test_nothing_stands_in_a_code_or_its_quiet_zone(name: str, dpi: int) -> None:
    for drawing in placed(LAYOUTS[name], dpi):
        elements = (*drawing.ground.elements, *drawing.ink)
        for code in codes_of(drawing):
            rim = place_of(code).with_rim()
            assert [one for one in elements if one is not code and overlap(rim, extent(one))] == []


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two areas share more than a dot's edge."""
    return one[0] < other[2] - 1 and other[0] < one[2] - 1 and one[1] < other[3] - 1 and other[1] < one[3] - 1


@pytest.mark.parametrize(("dpi", "fewest", "bar"), [(203, 4, 2), (300, 5, 3), (180, 3, 2), (600, 10, 6)])
def test_no_module_is_finer_than_scanners_read(dpi: int, fewest: int, bar: int) -> None:
    for name in CODED:
        layout = LAYOUTS[name]
        if layout.stock.dpi == 203:
            for code in codes_of(Placer(layout, "ko", dpi).place(rows_for(layout.content)[0][1])):
                assert code.module >= (bar if isinstance(code, Stripes) else fewest)


def differing_dots(label: Image.Image, code: Code | Stripes) -> int:
    """Pixels of the printed symbol that are not as black or white as the symbol wants them."""
    place = place_of(code)
    wanted = Image.new("1", (place.width, place.height), 1)
    step = code.module
    if isinstance(code, Stripes):
        areas = [(x * step, 0, width * step, code.height) for x, width in code.bars]
    else:
        areas = [(x * step, y * step, w * step, h * step) for x, y, w, h in rectangles(code.symbol)]
    for left, top, width, height in areas:
        wanted.paste(0, (left, top, left + width, top + height))
    edges = (place.x, place.y, place.x + place.width, place.y + place.height)
    found = label.crop(edges).point([255 * (grey > 127) for grey in range(256)], "1")
    return ImageChops.logical_xor(wanted, found).histogram()[255]


def rim_is_white(label: Image.Image, code: Code | Stripes) -> bool:
    """Nothing is printed in the quiet zone around the symbol (but for the last dot, where sheets are off the grid)."""
    place = place_of(code)
    left, top, right, bottom = place.with_rim(-1)
    bands = [(left, top, place.x - 1, bottom), (place.x + place.width + 1, top, right, bottom)]
    if place.above:
        bands += [(left, top, right, place.y - 1), (left, place.y + place.height + 1, right, bottom)]
    return all(label.crop(band).getextrema() == (255, 255) for band in bands)


@pytest.mark.thorough
def test_every_layout_is_read_after_every_kind_of_wear(tmp_path: Path) -> None:
    """Each with one of its rows; all rows get a turn."""
    tries = [
        (worn, wear)
        for dpi in RESOLUTIONS
        for number, name in enumerate(CODED)
        for worn in worn_codes(LAYOUTS[name], dpi, number, tmp_path)
        for wear in (*WEAR.values(), a_tenth_scratched)
    ]
    check_shares(tries, tmp_path)


def check_shares(tries: list[tuple[Worn, Wear]], folder: Path) -> None:
    """Each decoder reads 99 of 100; of zbar only what it knows counts."""
    lost = not_read(tries, folder)
    assert len(lost["zxing"]) <= 0.01 * len(tries)
    assert len(lost["zbar"]) <= 0.01 * sum(worn.kind in ZBAR for worn, _wear in tries)


def worn_codes(layout: Layout, dpi: int, number: int, folder: Path) -> list[Worn]:
    """The codes of a layout's label, printed with one of its rows; of a card full of codes the first ones."""
    rows = rows_for(layout.content)
    language, row = rows[number % len(rows)]
    drawing = Placer(layout, language, dpi).place(row)
    (label,) = printed(layout, folder, [drawing], dpi)
    return [Worn(label, code, random.Random(number)) for code in codes_of(drawing)[:4]]


@pytest.mark.parametrize("wear", WEAR)
def test_the_finest_code_is_read_when_worn(wear: str, tmp_path: Path) -> None:
    assert share_read(narrowest_label(LAYOUTS), WEAR[wear], 6, tmp_path) == {"zxing": 1, "zbar": 1}


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["lot-60x40", "lot-100x60", "lot-50x30"])
def test_a_code_with_room_is_mostly_read_with_a_tenth_of_it_scraped_off(name: str, tmp_path: Path) -> None:
    assert min(share_read(LAYOUTS[name], scraped, 20, tmp_path).values()) >= 0.7


def test_the_higher_correction_is_used_only_where_its_modules_stay_wide_enough() -> None:
    for name, least in (("lot-100x60", 6), ("lot-60x40", 4), ("lot-40x20", 4)):
        (code,) = codes_of(Placer(LAYOUTS[name], "ko").place({"code": "L260105-00129"}))
        assert isinstance(code, Code)
        assert (code.symbol.size, code.module) == ((21 if name == "lot-40x20" else 25), least), name


@pytest.mark.parametrize("kind", ["code", "url"])
def test_fixed_masks_are_read_at_every_length(kind: str, tmp_path: Path) -> None:
    from mes.core.qr import encode

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


def test_data_matrix_and_bars_are_read_at_every_length(tmp_path: Path) -> None:
    chance = random.Random(11)
    texts = ["".join(chance.choices("ABCXYZ0123456789-.", k=length)) for length in range(1, 30, 3)]
    gs1 = [element_string({"01": "08801234567893", "10": text[:20], "21": text[:8]}) for text in texts]
    stock = LAYOUTS["lot-100x60"].stock
    drawings = [
        Drawing(Ground(()), (element,))
        for plain, elements in zip(texts, gs1, strict=True)
        for element in (
            Code(40, 40, 4, matrix(plain)),
            Code(40, 40, 4, matrix(elements, GS1_DATAMATRIX)),
            Stripes(40, 40, 60, 2, strip(plain, CODE128)),
            Stripes(40, 40, 60, 2, strip(elements[16:][:30].strip(GS), GS1_128)),
        )
    ]
    papers = pages(write_pdf(drawings, stock, 203), tmp_path, 203)
    check_read(drawings, papers, tmp_path)


def test_a_page_has_the_size_of_its_stock(tmp_path: Path) -> None:
    for name in ("lot-50x30", "lot-100x150", "lot-a4-2x8"):
        layout = LAYOUTS[name]
        (page,) = pages(render_pdf(layout, [{"code": "A-1"}]), tmp_path, 203)
        assert page.size == pytest.approx([mm_to_dots(side, 203) for side in layout.stock.page], abs=1)
