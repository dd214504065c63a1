"""Labels in every language of the floor: shaped, in their fields, and on the printer as in the PDF."""

from pathlib import Path

import pytest
from PIL import ImageChops, ImageFilter

from mes.core.i18n import LANGUAGES, speaking
from mes.labels import tspl, zpl
from mes.labels.content import example
from mes.labels.drawing import Drawing, Ground, Text
from mes.labels.fonts import face
from mes.labels.layout import mm_to_dots
from mes.labels.machine import Machine
from mes.labels.naming import is_printable, named
from mes.labels.pdf import render_pdf
from mes.labels.placing import Placer
from mes.labels.raster import rasterise
from mes.labels.typeset import set_text
from mes.people.models import Person
from tests.core.test_letters import text_of
from tests.labels.paper import pages
from tests.labels.samples import LAYOUTS
from tests.tongues import NAMES, SENTENCES

LOT, BADGE = LAYOUTS["lot-60x40"], LAYOUTS["badge-60x40"]
SIZE = {"width": 480, "height": 320}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_badge_says_every_name_and_its_picture_is_what_a_printer_burns(language: str, tmp_path: Path) -> None:
    row = example("badge") | {"name": NAMES[language]}
    pdf = render_pdf(BADGE, [row])
    assert NAMES[language] in text_of(pdf)
    placer = Placer(BADGE, "ko")
    width, height = (mm_to_dots(side, placer.dpi) for side in (BADGE.stock.width, BADGE.stock.height))
    burnt = rasterise(placer.place(row), width, height).convert("L")
    [page] = pages(pdf, tmp_path, placer.dpi, "-gray")
    page = page.crop((0, 0, width, height))
    # no dot of one is far from a dot of the other
    for one, other in ((burnt, page), (page, burnt)):
        near = other.filter(ImageFilter.MinFilter(5)).point(lambda grey: 255 * (grey > 160))
        far = ImageChops.subtract(near, one.point(lambda grey: 255 * (grey > 64)))
        assert far.histogram()[255] <= 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height", "most_lines"), [(200, 40, 1), (300, 150, 3), (120, 90, 2), (60, 400, 9)])
def test_no_line_sticks_out_of_its_field(language: str, width: int, height: int, most_lines: int) -> None:
    text = face("bold").printable(SENTENCES[language], boxes=False)
    setting = set_text("bold", text, width, height, 40, 20, most_lines)
    assert all(face("bold").width(line) * setting.size <= width * 1000 for line, _width in setting.lines)
    assert len(setting.lines) <= most_lines
    if not setting.cut:
        assert "".join(line for line, _width in setting.lines).replace(" ", "") == text.replace(" ", "")


def test_khmer_has_room_above_and_below_and_its_words_stay_whole() -> None:
    setting = set_text("bold", "សូមពិនិត្យគ្រឿងបន្លាស់", 300, 160, 40, 20, 2)
    assert [line for line, _width in setting.lines] == ["សូមពិនិត្យ", "គ្រឿងបន្លាស់"]
    assert setting.pitch > set_text("bold", "국내산 쌀떡볶이떡", 200, 160, 40, 20, 2).pitch


def test_a_printer_with_a_font_of_its_own_gets_other_letters_as_dots() -> None:
    machine = Machine(**SIZE, fonts=(("bold", "E:KRB.TTF"),))
    words = Text(20, 60, 30, "bold", "ដំឡើង")
    label = zpl.label(Drawing(Ground(()), (words,)), machine)
    assert (b"^GF" in label, b"^A@" in label) == (True, False)
    assert b"BITMAP" in tspl.label(Drawing(Ground(()), (words,)), machine)


def test_signs_above_and_below_are_not_cut_off() -> None:
    tall = rasterise(Drawing(Ground(()), (Text(40, 100, 60, "bold", "ញ្ញុំ"),)), 300, 200)
    low = rasterise(Drawing(Ground(()), (Text(40, 100, 60, "bold", "ញ"),)), 300, 200)
    [high_box, low_box] = (ImageChops.invert(one.convert("L")).getbbox() for one in (tall, low))
    assert high_box is not None
    assert low_box is not None
    assert high_box[1] < low_box[1]
    assert high_box[3] > low_box[3]


def test_a_name_goes_onto_its_label_in_its_own_letters() -> None:
    assert all(map(is_printable, NAMES.values()))
    with speaking("ko"):
        assert named(Person(name=NAMES["km"], name_en="Sok Chandara")) == NAMES["km"]
        assert named(Person(name="ກ່ອງ", name_en="Kong")) == "Kong"


def test_a_label_of_khmer_words_stays_small() -> None:
    rows = [example("lot") | {"item_name": NAMES["km"], "code": f"L260105-{number:04d}K"} for number in range(200)]
    assert len(render_pdf(LOT, rows)) / len(rows) <= 1500
