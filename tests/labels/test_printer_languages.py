"""Labels in ZPL and TSPL: an independent renderer shows and decoders read what was placed, and data stay data."""

import re
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops

from mes.core.barcodes import matrix, strip
from mes.core.qr import encode
from mes.labels import tspl, zpl
from mes.labels.drawing import Bar, Code, Drawing, Ground, Picture, Stripes, Text
from mes.labels.files import is_roll
from mes.labels.layout import Layout, mm_to_dots
from mes.labels.machine import Machine
from mes.labels.native import ascii_codewords_fit, code128_parts, is_plain_qr
from mes.labels.pdf import write_pdf
from mes.labels.placing import Placer
from mes.labels.raster import bitmap_of, rasterise
from tests.labels.paper import pages
from tests.labels.samples import LAYOUTS, rows_for
from tests.labels.wear import codes_of
from tests.labels.zpl_paper import Tspl, render_zpl

#: One roll of each file.
ROLLS = list({one.file: one.name for one in LAYOUTS.values() if is_roll(one.stock) and one.codes}.values())
#: Of larger labels (mm²) only the longest rows are tried.
LARGE = 5_000
SIZE: dict[str, Any] = {"width": mm_to_dots(100, 203), "height": mm_to_dots(60, 203)}


def machine(layout: Layout, dpi: int) -> Machine:
    """A printer with the layout's stock in it."""
    width, height = (mm_to_dots(side, dpi) for side in (layout.stock.width, layout.stock.height))
    return Machine(width=width, height=height, dpi=dpi)


def alone(*elements: Text | Bar | Code | Stripes | Picture) -> Drawing:
    """A label with nothing else on it."""
    return Drawing(Ground(()), elements)


def read(image: Image.Image) -> list[str]:
    """Everything that is read, without the brackets that are put around GS1 identifiers."""
    return sorted(
        re.sub(r"[()]", "", one.text.replace("\x1d", "")) if one.content_type == zxingcpp.ContentType.GS1 else one.text
        for one in zxingcpp.read_barcodes(image)
    )


def said(drawing: Drawing) -> list[str]:
    """What its codes say."""
    return sorted(code.symbol.data.replace("\x1d", "") for code in codes_of(drawing))


def off_by(one: Image.Image, other: Image.Image, dots: int) -> int:
    """Black dots of one that have no black dot of the other within so many dots."""
    near = other
    for _step in range(dots):
        wider = near
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            wider = ImageChops.darker(wider, ImageChops.offset(near, dx, dy))
        near = wider
    lost = ImageChops.subtract(near, one)
    return lost.histogram()[255]


@pytest.mark.parametrize(("name", "dpi"), [*((name, 203) for name in ROLLS), *((name, 300) for name in ROLLS[::6])])
def test_an_independent_renderer_shows_what_was_placed_and_its_codes_say_the_same(name: str, dpi: int) -> None:
    layout = LAYOUTS[name]
    placers = {language: Placer(layout, language, dpi) for language in ("ko", "en")}
    rows = rows_for(layout.content)
    if layout.stock.width * layout.stock.height > LARGE:
        rows = rows[2:4]  # the longest ones
    drawings = [placers[language].place(row) for language, row in rows]
    known = machine(layout, dpi)
    labels = render_zpl(zpl.write_zpl(drawings, known), known)
    assert len(labels) == len(drawings)
    for label, drawing in zip(labels, drawings, strict=True):
        assert read(label) == said(drawing)
        ours = rasterise(drawing, known.width, known.height).convert("L")
        theirs = Image.new("L", ours.size, 255)
        theirs.paste(label.point(lambda grey: 255 * (grey > 127)), (0, 0))
        for code in codes_of(drawing):  # the printer may choose another mask; where it stands is compared
            side = code.symbol.size * code.module if isinstance(code, Code) else 0
            width, height = (side, side) if isinstance(code, Code) else (code.width, code.height)
            box = (code.x, code.y, code.x + width, code.y + height)
            spots = [ImageChops.invert(picture.crop(box)).getbbox() for picture in (ours, theirs)]
            assert spots[0] == spots[1], "the symbol has the size and the place that was placed"
            for picture in (ours, theirs):
                picture.paste(255, box)
        assert ImageChops.difference(ours, theirs).getbbox() is None, "everything else is the same, dot by dot"


@pytest.mark.parametrize("name", ["lot-60x40", "lot-50x30", "order-100x60", "badge-60x40"])
def test_words_stand_where_the_pdf_has_them(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    dpi = layout.stock.dpi
    drawings = [Placer(layout, language).place(row) for language, row in rows_for(layout.content)]
    sheets = pages(write_pdf(drawings, layout.stock, dpi), tmp_path, dpi)
    for sheet, drawing in zip(sheets, drawings, strict=True):
        ours = rasterise(drawing, sheet.width, sheet.height).convert("L")
        black = ours.histogram()[0]
        assert off_by(sheet, ours, 2) <= black * 0.003
        assert off_by(ours, sheet, 2) <= black * 0.003


NASTY = '^XA^FD~SD30_5E\\&"quote"^FS^XZ ~DG _ \\["] 로트 ♥'


@pytest.mark.parametrize("held", [(), (("regular", "E:KR.TTF"),)])
def test_no_text_breaks_out_of_zpl(held: tuple[tuple[str, str], ...]) -> None:
    words = Text(20, 60, 30, "regular", NASTY.replace("♥", ""))
    plain = zpl.label(alone(words._replace(text="A")), Machine(**SIZE, fonts=held))
    nasty = zpl.label(alone(words), Machine(**SIZE, fonts=held))
    # dots in ACS use many letters, but never these
    assert [nasty.count(mark) for mark in (b"^", b"~")] == [plain.count(mark) for mark in (b"^", b"~")]
    assert nasty.count(b"^XA") == nasty.count(b"^XZ") == 1


@pytest.mark.parametrize("data", ["A^XZ", "~JR", "L_1\\&", "A>;B>8", 'SAY "A"', "A!100B", "100%", "A~1B", "AB\\"])
@pytest.mark.parametrize("kind", ["qr", "datamatrix", "code128"])
def test_no_code_breaks_out_and_all_are_read_as_they_are(data: str, kind: str) -> None:
    if kind == "code128":
        element: Code | Stripes = Stripes(60, 40, 80, 2, strip(data))
    else:
        element = Code(60, 40, 5, encode(data) if kind == "qr" else matrix(data))
    [label] = render_zpl(zpl.label(alone(element), Machine(**SIZE)), Machine(**SIZE))
    assert read(label) == [data]
    drawn = Tspl(tspl.label(alone(element), Machine(**SIZE)))
    if drawn.codes:
        [(_word, _shape, text)] = drawn.codes
        text = text.removeprefix("A") if kind == "qr" else text
        assert (re.sub(r"!10[0-5]|!099", "", text) if kind == "code128" else text) == data
    else:
        assert read(drawn.paper.convert("L")) == [data]


def test_no_code_ends_a_line_in_tspl() -> None:
    data = "A\\[R]B\\[L]"  # to the printer these are ends of lines
    for element in (Stripes(60, 40, 80, 2, strip(data)), Code(60, 40, 5, matrix(data))):
        drawn = Tspl(tspl.label(alone(element), Machine(**SIZE)))
        assert not drawn.codes
        assert read(drawn.paper.convert("L")) == [data]


GS1 = "0108801234567893" + "17260101" + "10AB_12\x1d" + "2101"


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_gs1_codes_begin_with_fnc1_in_both_languages(dpi: int) -> None:
    module = dpi // 60
    square = Code(60, 60, module, matrix(GS1, "gs1-datamatrix"))
    bars = Stripes(60, mm_to_dots(35, dpi), mm_to_dots(12, dpi), max(1, dpi // 130), strip(GS1, "gs1-128"))
    known = Machine(width=mm_to_dots(100, dpi), height=mm_to_dots(60, dpi), dpi=dpi)
    drawing = alone(square, bars)
    [label] = render_zpl(zpl.label(drawing, known), known)
    found = {one.format.name: one for one in zxingcpp.read_barcodes(label)}
    assert {one.content_type for one in found.values()} == {zxingcpp.ContentType.GS1}
    assert read(label) == said(drawing)
    words = zpl.label(drawing, known)
    assert b"_401" in words  # the text has an underscore, so that FNC1 is led in by another sign
    shown = {word: text for word, _shape, text in Tspl(tspl.label(drawing, known)).codes}
    assert shown["DMATRIX"] == "~1" + GS1.replace("\x1d", "~1")
    assert shown["BARCODE"].startswith("!105!102")


def test_a_code_whose_size_the_printer_would_choose_is_sent_as_dots() -> None:
    small = encode("https://mes.example/l/l260105")
    assert not is_plain_qr(small)
    high = Code(40, 4, 4, encode("L260105-0001K"))  # ^BQ needs ten dots above
    wide = Code(40, 40, 12, encode("L1"))
    for code in (Code(40, 40, 4, small), high, wide):
        words = zpl.label(alone(code), Machine(**SIZE))
        assert b"^BQ" not in words
        [label] = render_zpl(words, Machine(**SIZE))
        if code is not high:
            assert read(label) == [code.symbol.data]
        dots = ImageChops.invert(label.point(lambda grey: 255 * (grey > 127))).getbbox()
        side = code.symbol.size * code.module
        assert dots == (code.x, code.y, code.x + side, code.y + side)
    tight = matrix("ABCDEFGHIJKLMNOPQRSTUVWXYZ")  # fits only in an encoding that a printer need not know
    assert not ascii_codewords_fit(tight)
    assert b"^BX" not in zpl.label(alone(Code(40, 40, 4, tight)), Machine(**SIZE))


@pytest.mark.parametrize("text", ["12345", "1234567890", "AB", "A1234567B", "12A34", "L260105-0001K", "0", "99", "A12"])
def test_the_printers_code_128_is_exactly_as_long_as_ours(text: str) -> None:
    parts = code128_parts(strip(text))
    assert parts is not None
    assert "".join(part for part in parts if not part.startswith(("start-", "to-", "fnc"))) == text


def test_a_text_that_needs_another_code_set_goes_as_dots() -> None:
    made = strip("AB12")._replace(data="AB\t12")
    assert code128_parts(made) is None
    assert code128_parts(strip("AB12")._replace(widths=(1,))) is None


def test_white_words_stand_in_their_band() -> None:
    band, words = Bar(40, 40, 400, 60), Text(60, 84, 40, "bold", "보류 HOLD", white=True)
    for drawing in (alone(band, words), Drawing(Ground((band,)), (words,))):
        ours = rasterise(drawing, SIZE["width"], SIZE["height"]).convert("L")
        [label] = render_zpl(zpl.label(drawing, Machine(**SIZE)), Machine(**SIZE))
        theirs = label.point(lambda grey: 255 * (grey > 127)).crop((0, 0, *ours.size))
        assert ImageChops.difference(ours.crop((0, 0, *theirs.size)), theirs).getbbox() is None
        dots = Tspl(tspl.label(drawing, Machine(**SIZE))).paper.convert("L").crop((0, 0, *ours.size))
        assert ImageChops.difference(ours, dots).getbbox() is None
        assert ours.crop((40, 40, 440, 100)).histogram()[255] > 500


@pytest.mark.parametrize("name", ROLLS)
def test_tspl_burns_the_same_dots(name: str) -> None:
    layout = LAYOUTS[name]
    dpi = layout.stock.dpi
    known = machine(layout, dpi)
    for language, row in rows_for(layout.content):
        drawing = Placer(layout, language).place(row)
        drawn = Tspl(tspl.label(drawing, known, 3))
        assert drawn.copies == 3
        assert drawn.settings["SIZE"].endswith("mm")
        ours = rasterise(drawing, known.width, known.height).convert("L")
        theirs = drawn.paper.convert("L").crop((0, 0, *ours.size))
        native = len(drawn.codes)
        for code in codes_of(drawing):
            box = (code.x, code.y, code.x + _width(code), code.y + _height(code))
            for picture in (ours, theirs):
                picture.paste(255, box)
        assert native <= len(codes_of(drawing))
        assert ImageChops.difference(ours, theirs).getbbox() is None


def _width(code: Code | Stripes) -> int:
    return code.symbol.size * code.module if isinstance(code, Code) else code.width


def _height(code: Code | Stripes) -> int:
    return code.symbol.size * code.module if isinstance(code, Code) else code.height


def test_settings_of_the_printer_are_said_in_each_label() -> None:
    known = Machine(**SIZE, density=12, speed=4, shift_x=-8, shift_y=16)
    words = zpl.label(alone(Bar(8, 8, 80, 2)), known, 5).decode()
    assert words.startswith("~SD12\n^XA^CI28^MD0^PR4^PW799^LL480^LH0,0^LS8^LT16")
    assert "^FO8,8^GB80,2,2^FS" in words
    assert "^PQ5,0,0,N" in words
    drawn = Tspl(tspl.label(alone(Bar(8, 8, 80, 2)), known, 5))
    assert drawn.settings["DENSITY"] == "6"
    assert drawn.settings["SPEED"] == "4"
    assert (drawn.settings["REFERENCE"], drawn.settings["SHIFT"]) == ("0,16", "-8,0")
    assert (drawn.settings["DIRECTION"], drawn.settings["GAP"], drawn.copies) == ("1", "2 mm,0 mm", 5)


def test_labels_that_are_the_same_are_one_format_with_a_count() -> None:
    one, other = alone(Bar(8, 8, 80, 2)), alone(Bar(8, 8, 80, 3))
    words = zpl.write_zpl([one, one, one, other], Machine(**SIZE))
    assert re.findall(rb"\^PQ(\d+)", words) == [b"3", b"1"]
    assert re.findall(rb"PRINT 1,(\d+)", tspl.write_tspl([one, one, other], Machine(**SIZE))) == [b"2", b"1"]


def test_a_font_in_the_printer_is_used_where_it_is_said_to_hold_one() -> None:
    words = Text(20, 60, 30, "bold", "로트 A")
    known = Machine(**SIZE, fonts=(("bold", "E:KRB.TTF"),))
    assert b"^FT20,60^A@N,30,30,E:KRB.TTF^FH^FD_EB_A1_9C_ED_8A_B8 A^FS" in zpl.label(alone(words), known)
    assert b"^GF" in zpl.label(alone(words._replace(weight="regular")), known)


def test_logos_are_sent_as_they_are() -> None:
    logo = Picture(80, 40, 12, 3, bytes([0xFF, 0xF0, 0x80, 0x10, 0xFF, 0xF0]))
    [label] = render_zpl(zpl.label(alone(logo), Machine(**SIZE)), Machine(**SIZE))
    dots = ImageChops.invert(label.point(lambda grey: 255 * (grey > 127)))
    assert dots.getbbox() == (80, 40, 92, 43)
    assert dots.histogram()[255] == 26
    assert Tspl(tspl.label(alone(logo), Machine(**SIZE))).paper.convert("L").histogram()[0] == 26


def test_long_runs_are_counted_as_the_language_says() -> None:
    for width, row in ((8, "FF"), (160, "hF"), (1600, "zF"), (8000, "zzzzzF")):
        dots = bitmap_of(Bar(0, 0, width, 2))
        assert dots is not None
        assert zpl.compressed(dots) == f"{row}:"
    assert [zpl._counted(times) for times in (1, 19, 20, 47, 400, 419, 420, 867)] == [
        "G", "Y", "g", "hM", "z", "zY", "zg", "zziM",
    ]  # fmt: skip
