"""Logos from the plant's folder: in whole printer dots, and nothing that runs or fetches something."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from mes.labels.drawing import Picture
from mes.labels.files import check_layout, load_layout
from mes.labels.logo import LogoActive, LogoBlank, LogoUnknown, LogoUnreadable, logo_bits
from mes.labels.pdf import write_pdf
from mes.labels.placing import Placer
from mes.labels.svg import render_svg
from tests.labels.paper import pages

LAYOUT = """
content = "lot"
title = {ko = "표", en = "Tag"}
stock = ["60x40"]
keys = ["code"]
field = [{text = "{code}", x = 2, y = 30, w = 30, h = 6, size = 12, shrink = 7, cut = false}]
logo = [{file = "LOGO", x = 2, y = 2, w = 20, h = 10}]
code = [{data = "{code}", x = -20, y = 2, size = 18}]
"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">
<rect width="100" height="100" fill="#222"/><circle cx="150" cy="50" r="40" fill="#204a87"/>%s</svg>"""


def png(width: int = 200, height: int = 100, ink: str = "#333333", ground: str | None = "white") -> bytes:
    """The left half of a picture inked."""
    image = Image.new("RGBA", (width, height), ground or (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height - 1), fill=ink)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def kept(folder: Path, content: bytes | str, name: str = "logo.png") -> Path:
    """A file in the plant's folder."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def written(folder: Path, logo: str, text: str = LAYOUT) -> Path:
    """A layout file with this logo."""
    file = folder / "trial.toml"
    file.write_text(text.replace("LOGO", logo), "utf-8")
    return file


def test_a_logo_keeps_its_proportions_and_fills_its_area(tmp_path: Path) -> None:
    bits = logo_bits(kept(tmp_path, png()), "logo.png", 160, 160)
    assert (bits.width, bits.height) == (160, 80)
    assert bits.rows[:20] == b"\xff" * 10 + b"\x00" * 10
    assert len(bits.rows) == 20 * 80


def test_rows_are_filled_up_to_whole_bytes(tmp_path: Path) -> None:
    bits = logo_bits(kept(tmp_path, png()), "logo.png", 12, 6)
    assert bits == (12, 6, b"\xfc\x00" * 6)
    assert Picture(0, 0, *bits).areas == [(0, 0, 6, 6)]


def test_what_is_transparent_is_paper(tmp_path: Path) -> None:
    assert logo_bits(kept(tmp_path, png(ground=None)), "logo.png", 16, 8).rows == b"\xff\x00" * 8


def test_an_svg_is_drawn_at_the_dots_of_the_printer(tmp_path: Path) -> None:
    kept(tmp_path, SVG % "", "logo.svg")
    coarse, fine = (logo_bits(tmp_path, "logo.svg", size, size) for size in (80, 160))
    assert (coarse.width, coarse.height, fine.width, fine.height) == (80, 40, 160, 80)
    assert coarse.rows[:5] == b"\xff" * 5
    assert fine.rows[:10] == b"\xff" * 10


def test_words_of_an_svg_are_set_in_the_label_font(tmp_path: Path) -> None:
    words = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50"><text y="40" font-size="40">%s</text></svg>'
    )
    kept(tmp_path, words % "한마을", "logo.svg")
    kept(tmp_path, words % "식품", "other.svg")
    drawn = [logo_bits(tmp_path, name, 200, 50).rows for name in ("logo.svg", "other.svg")]
    assert drawn[0] != drawn[1]


def test_a_photo_serves_as_well(tmp_path: Path) -> None:
    out = BytesIO()
    Image.open(BytesIO(png())).convert("RGB").save(out, "JPEG")
    assert logo_bits(kept(tmp_path, out.getvalue(), "logo.jpg"), "logo.jpg", 16, 8).rows == b"\xff\x00" * 8


@pytest.mark.parametrize(
    "name", ["../logo.png", "/etc/hostname.png", "sub/logo.png", "gone.png", "logo.gif", "", "a:b.png"]
)
def test_only_a_picture_beside_the_layout_is_taken(name: str, tmp_path: Path) -> None:
    inner = tmp_path / "labels"
    inner.mkdir()
    kept(tmp_path, png())
    (inner / "sub").mkdir()
    kept(inner / "sub", png())
    with pytest.raises(LogoUnknown):
        logo_bits(inner, name, 80, 40)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inner = tmp_path / "labels"
    inner.mkdir()
    kept(tmp_path, png())
    (inner / "logo.png").symlink_to(tmp_path / "logo.png")
    with pytest.raises(LogoUnknown):
        logo_bits(inner, "logo.png", 80, 40)


ACTIVE = {
    "script": "<script>alert(1)</script>",
    "event": '<rect onload="alert(1)" width="1" height="1"/>',
    "page inside": "<foreignObject><p>x</p></foreignObject>",
    "picture elsewhere": '<image href="https://other.example/x.png" width="9" height="9"/>',
    "file elsewhere": '<image xlink:href="file:///etc/passwd" width="9" height="9"/>',
    "file beside": '<image href="other.png" width="9" height="9"/>',
    "picture in a picture": '<image href="data:image/svg+xml;base64,PHN2Zy8+" width="9" height="9"/>',
    "shape elsewhere": '<use href="other.svg#x"/>',
    "style elsewhere": "<style>@import url(https://other.example/x.css);</style>",
    "fill elsewhere": '<rect fill="url(https://other.example/x.svg#a)" width="1" height="1"/>',
    "animation": '<set attributeName="x" to="1"/>',
}


@pytest.mark.parametrize("what", ACTIVE)
def test_an_svg_that_runs_or_fetches_something_is_refused(what: str, tmp_path: Path) -> None:
    with pytest.raises(LogoActive):
        logo_bits(kept(tmp_path, SVG % ACTIVE[what], "logo.svg"), "logo.svg", 80, 40)


def test_an_svg_that_would_grow_without_end_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG % "<text>&b;</text>"
    with pytest.raises(LogoActive, match="DOCTYPE"):
        logo_bits(kept(tmp_path, bomb, "logo.svg"), "logo.svg", 80, 40)


def test_references_inside_an_svg_are_fine(tmp_path: Path) -> None:
    inside = """<defs><linearGradient id="g"><stop stop-color="#111"/></linearGradient></defs>
    <rect id="r" fill="url(#g)" width="5" height="5"/><use href="#r"/>"""
    assert logo_bits(kept(tmp_path, SVG % inside, "logo.svg"), "logo.svg", 80, 40).width == 80


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", b"no picture"),
        ("logo.png", png()[:60]),
        ("logo.svg", b"<svg"),
        ("logo.svg", b"<html/>"),
        ("logo.svg", b"\xff\xfe"),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 x"/>'),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 100000"/>'),
        ("logo.svg", b"%PDF-1.4 %%EOF"),
        ("logo.png", b"\x00" * 2_000_001),
    ],
)
def test_what_is_no_picture_is_named(name: str, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(LogoUnreadable, match=name):
        logo_bits(kept(tmp_path, content, name), name, 80, 40)


def test_a_picture_that_unpacks_to_something_huge_is_refused(tmp_path: Path) -> None:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(LogoUnreadable):
        logo_bits(kept(tmp_path, out.getvalue()), "logo.png", 80, 40)


@pytest.mark.parametrize("ink", ["#ffee88", "white"])
def test_a_logo_too_pale_for_a_label_printer_is_named(ink: str, tmp_path: Path) -> None:
    with pytest.raises(LogoBlank):
        logo_bits(kept(tmp_path, png(ink=ink)), "logo.png", 80, 40)


def test_a_changed_logo_is_drawn_anew(tmp_path: Path) -> None:
    import os

    kept(tmp_path, png())
    before = logo_bits(tmp_path, "logo.png", 16, 8)
    kept(tmp_path, png(100, 100))
    os.utime(tmp_path / "logo.png", (1, 1))
    assert logo_bits(tmp_path, "logo.png", 16, 8) != before


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_logo_comes_out_dot_by_dot_in_both_writers(dpi: int, tmp_path: Path) -> None:
    kept(tmp_path, SVG % "", "logo.svg")
    layout = load_layout(written(tmp_path, "logo.svg"))
    drawing = Placer(layout, "ko", dpi).place({"code": "A-1"})
    (logo,) = [part for part in drawing.ground.elements if isinstance(part, Picture)]
    (page,) = pages(write_pdf([drawing], layout.stock, dpi), tmp_path, dpi)
    edges = (logo.x, logo.y, logo.x + logo.width, logo.y + logo.height)
    found = page.crop(edges).point([255 * (grey < 128) for grey in range(256)], "1")
    assert found.tobytes() == logo.bits
    assert f"M{logo.x} {logo.y}h" in render_svg(drawing, layout.stock, dpi, "A-1")


def test_a_logo_stands_at_the_side_it_is_told(tmp_path: Path) -> None:
    kept(tmp_path, png(100, 100))
    for align, x in (("left", 16), ("center", 56), ("right", 96)):
        text = LAYOUT.replace("h = 10}", f'h = 10, align = "{align}"}}')
        drawing = Placer(load_layout(written(tmp_path, "logo.png", text)), "ko").place({"code": "A-1"})
        (logo,) = [part for part in drawing.ground.elements if isinstance(part, Picture)]
        assert (logo.x, logo.width) == (x, 80)


def test_a_logo_may_depend_on_the_data(tmp_path: Path) -> None:
    kept(tmp_path, png())
    text = LAYOUT.replace("h = 10}", 'h = 10, when = "expiry"}').replace('["code"]', '["code", "expiry"]')
    placer = Placer(load_layout(written(tmp_path, "logo.png", text)), "ko")
    with_logo, without = (placer.place(row) for row in ({"code": "1", "expiry": "x"}, {"code": "1"}))
    assert any(isinstance(part, Picture) for part in with_logo.ground.elements)
    assert without.ground.elements == ()


FAULTS = {
    "no such file": ('file = "LOGO"', 'file = "gone.png"', "There is no logo “gone.png” beside the layout."),
    "a path": ('file = "LOGO"', 'file = "../logo.png"', "There is no logo “../logo.png” beside the layout."),
    "no file at all": ('file = "LOGO", ', "", "There is no logo “” beside the layout."),
    "over a field": ("y = 2, w = 20, h = 10", "y = 28, w = 20, h = 10", "“{code}” and the logo “logo.png” overlap."),
    "over the code": (
        "x = 2, y = 2, w = 20, h = 10",
        "x = 30, y = 2, w = 20, h = 10",
        "the logo “logo.png” overlaps the code or its white rim.",
    ),
    "off the label": ("w = 20, h = 10", "w = 70, h = 10", "the logo “logo.png” lies outside the label of 60 x 40 mm."),
    "on a line": ("logo = [", "line = [{x = 2, y = 6, w = 30}]\nlogo = [", "line 1 and the logo “logo.png” overlap."),
    "on a band": (
        "logo = [",
        "box = [{x = 1, y = 1, w = 30, h = 12, fill = true}]\nlogo = [",
        "box 1 and the logo “logo.png” overlap.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_logo_is_a_plain_sentence(fault: str, tmp_path: Path) -> None:
    right, wrong, sentence = FAULTS[fault]
    kept(tmp_path, png())
    assert right in LAYOUT
    found = check_layout(written(tmp_path, "logo.png", LAYOUT.replace(right, wrong, 1)))
    assert any(sentence in one for one in found), found


def test_a_logo_that_comes_later_mends_its_layout(tmp_path: Path) -> None:
    file = written(tmp_path, "logo.png")
    assert check_layout(file)
    kept(tmp_path, png())
    assert check_layout(file) == []
    (tmp_path / "logo.png").unlink()
    assert check_layout(file)


def test_a_missing_logo_is_named_beside_the_other_faults(tmp_path: Path) -> None:
    found = check_layout(written(tmp_path, "gone.png", LAYOUT.replace("shrink = 7", "shrink = 5")))
    assert len(found) == 2
    assert "may become smaller than 7 points" in found[0]
    assert "There is no logo “gone.png”" in found[1]


def test_a_sound_logo_has_no_fault_and_a_frame_may_stand_around_it(tmp_path: Path) -> None:
    kept(tmp_path, png())
    framed = LAYOUT.replace("logo = [", "box = [{x = 1, y = 1, w = 22, h = 12}]\nlogo = [").replace(
        '"code", "expiry"', '"code"'
    )
    assert check_layout(written(tmp_path, "logo.png", framed)) == []
