"""Drawings: what a file is comes from its content, what could act is refused, what was replaced stays."""

import io
import zlib
from functools import partial
from itertools import product

import pytest
from flask import Flask
from PIL import Image

from mes.core.access import Role
from mes.core.drawings import JPEG, PDF, PNG, SVG, DrawingActs, DrawingTooLarge, NotADrawing, clean_drawing
from mes.core.errors import NotFound
from mes.core.work import Work
from mes.items import drawings, queries, service
from mes.items.models import Item
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_item

A_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
AN_SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def in_svg(inside: str, attributes: str = "") -> bytes:
    """An SVG with something in it."""
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {spaces} {attributes}>{inside}</svg>".encode()


def packed_objects(objects: bytes, before: bytes = b"") -> bytes:
    """A PDF with objects packed together; ``before``: what stands between their kind and them."""
    stream = b"<</Type/ObjStm/N 1/First 4" + before + b">>\nstream\r\n" + zlib.compress(objects) + b"\nendstream\n"
    return A_PDF.replace(b"trailer", stream + b"trailer")


def picture(kind: str, size: tuple[int, int] = (40, 30), **notes: object) -> bytes:
    """A picture of this kind."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 100, 50)).save(out, kind, **notes)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(A_PDF, PDF), (AN_SVG, SVG), (picture("PNG"), PNG), (picture("JPEG"), JPEG)],
    ids=["pdf", "svg", "png", "jpeg"],
)
def test_a_drawing_is_what_its_content_says_whatever_its_name(raw: bytes, kind: str) -> None:
    assert clean_drawing("drawing.exe", raw)[0] == kind


def test_a_scan_loses_where_and_with_what_it_was_made() -> None:
    notes = Image.Exif()
    notes[0x010F], notes[0x0112] = "a camera of somebody", 6
    _kind, kept = clean_drawing("scan.jpg", picture("JPEG", exif=notes))
    assert b"somebody" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (30, 40)  # upright
        assert not image.getexif()


def test_a_huge_scan_is_made_small_enough_for_a_tablet() -> None:
    _kind, kept = clean_drawing("plan.png", picture("PNG", (7000, 70)))
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (5000, 50)


def test_a_fine_grey_scan_keeps_its_greys() -> None:
    scan = Image.new("I;16", (20, 10))
    for x, y in product(range(20), range(10)):
        scan.putpixel((x, y), 65535 if x < 10 else 20000)
    out = io.BytesIO()
    scan.save(out, "PNG")
    _kind, kept = clean_drawing("scan.png", out.getvalue())
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.mode, image.getpixel((2, 2)), image.getpixel((15, 2))) == ("L", 255, 78)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><body>drawing</body></html>",
        b"%PDF-1.7 cut off",
        b"\x89PNG\r\n\x1a\n and no more",
        b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>",
        b"<x><svg xmlns='http://www.w3.org/2000/svg'/></x>",
        b"PK\x03\x04 a workbook",
    ],
)
def test_what_is_no_drawing_is_refused(raw: bytes) -> None:
    with pytest.raises(NotADrawing, match=r"plan\.pdf is not a drawing"):
        clean_drawing("plan.pdf", raw)


@pytest.mark.parametrize(
    "raw",
    [
        in_svg("<script>alert(1)</script>"),
        in_svg("<path/>", 'onload="alert(1)"'),
        in_svg("<foreignObject><p>x</p></foreignObject>"),
        in_svg('<image xlink:href="http://elsewhere/x.png"/>'),
        in_svg('<use href="other.svg#a"/>'),
        in_svg('<a href="javascript:alert(1)"><path/></a>'),
        in_svg('<set attributeName="href" to="x"/>'),
        in_svg('<animate attributeName="xlink:href" values="x"/>'),
        in_svg("<style>@import 'http://elsewhere/x.css';</style>"),
        in_svg('<path style="fill: url(http://elsewhere/x)"/>'),
        in_svg("<style>@im&#112;ort 'http://elsewhere/x.css';</style>"),
        in_svg("<style>@im<!-- -->port 'http://elsewhere/x.css';</style>"),
        in_svg(r"<style>@\69 mport 'http://elsewhere/x.css';</style>"),
        in_svg("<style><g/>@import 'http://elsewhere/x.css';</style>"),
        in_svg("<style>.a { fill: ur&#108;(http://elsewhere/x) }</style>"),
        in_svg(r'<path style="fill: u\72l(http://elsewhere/x)"/>'),
        in_svg("<style>.a { fill: url( 'http://elsewhere/x#a') }</style>"),
        in_svg("<style>svg { background: image-set('http://elsewhere/x' 1x) }</style>"),
        in_svg('<img xmlns="http://www.w3.org/1999/xhtml" src="http://elsewhere/x.png"/>'),
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + in_svg("&a;"),
        b'<?xml-stylesheet href="http://elsewhere/x.css"?>' + in_svg(""),
        A_PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"),
        A_PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/J#61vaScript>>"),
        A_PDF.replace(
            b"trailer", b"<</Type/ObjStm>>stream\n" + zlib.compress(b"1 0 <</S/Launch>>") + b"\nendstream\ntrailer"
        ),
        A_PDF.replace(b"trailer", b"% stream\n2 0 obj<</S/JavaScript/JS(x)>>endobj\n% endstream\ntrailer"),
        A_PDF.replace(b"/Catalog", b"/Catalog% stream\n/OpenAction<</S/Rendition/JS(x)>>% endstream\n"),
        packed_objects(b"1 0 <</S/JavaScript/JS(x)>>", before=b"/X(" + b"x" * 400 + b")"),
        packed_objects(b"1 0 <</S/JavaScript/JS(x)>>", before=b"% stream\nendstream\n"),
        packed_objects(b"% " + b"x" * 400 + b"\n1 0 <</AcroForm<</XFA 3 0 R>>>>"),
    ],
)
def test_a_drawing_that_could_act_or_reach_outside_is_refused(raw: bytes) -> None:
    with pytest.raises(DrawingActs):
        clean_drawing("plan.svg", raw)


def test_what_belongs_to_a_plain_drawing_is_kept() -> None:
    inside = (
        '<defs><linearGradient id="a"/></defs><path fill="url(#a)"/><use href="#a"/><style>.x { fill: url(#a) }</style>'
    )
    old = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert clean_drawing("x", old + in_svg(inside))[0] == SVG
    for style in ("fill:url('#a')", "fill:url( #a )", "fill: url( &quot;#a&quot; )"):
        assert clean_drawing("x", in_svg(f'<path style="{style}"/>'))[0] == SVG
    packed = A_PDF.replace(b"trailer", b"<<>>stream\n/JS in a picture by chance\nendstream\ntrailer")
    assert clean_drawing("x", packed)[0] == PDF
    assert clean_drawing("x", packed_objects(b"1 0 <</Type/Page>>"))[0] == PDF


@pytest.mark.thorough
def test_a_drawing_beyond_what_a_tablet_opens_is_refused() -> None:
    bomb = packed_objects(b"1 0 " + bytes(121 << 20))
    crowd = A_PDF.replace(b"trailer", b"stream\nx\x9c" * 50_001 + b"trailer")
    for raw in (b"%PDF-" + bytes(31 << 20), bomb, crowd, in_svg(" " * (6 << 20)), picture("PNG", (60_001, 1000))):
        with pytest.raises(DrawingTooLarge):
            clean_drawing("plan", raw)


def give(code: str, raw: bytes, work: Work) -> Item:
    """Give an item a drawing."""
    return service.set_drawing(work, code, "도면.pdf", raw)


def test_a_replaced_drawing_stays_with_its_event(shop: Shop) -> None:
    item = shop.do(partial(make_item, code="R1"))
    other = shop.do(partial(make_item, code="R2"))
    first = shop.do(partial(give, "R1", A_PDF)).drawing_id
    second = shop.do(partial(give, "R1", AN_SVG)).drawing_id
    foreign = shop.do(partial(give, "R2", picture("PNG"))).drawing_id
    with shop.read() as read:
        assert [one.file.id for one in drawings.drawings_of(read, item.id)] == [second, first]
        assert [one.file.id for one in drawings.drawings_of(read, other.id)] == [foreign]
        assert drawings.get_drawing(read, "R1").content == AN_SVG
        assert drawings.get_drawing(read, "R1", first).content == A_PDF
        with pytest.raises(NotFound):
            drawings.get_drawing(read, "R1", foreign)


def test_a_drawing_is_given_and_opened_at_a_desk(app: Flask, shop: Shop) -> None:
    manager = Desk(app, shop, Role.MANAGER)
    shop.do(partial(make_item, code="R/1"))
    manager.see("/items/R/1/drawing", 404)
    manager.press("/items/R/1/set-drawing", drawing=(io.BytesIO(A_PDF), "plan.exe"))
    answer = manager.client.get("/items/R/1/drawing")
    assert (answer.data, answer.content_type) == (A_PDF, "application/pdf")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].endswith(".pdf")
    with shop.read() as read:
        first = queries.get_item(read, "R/1").drawing_id
    manager.press("/items/R/1/set-drawing", drawing=(io.BytesIO(AN_SVG), "plan.svg"))
    assert "Earlier drawings" in manager.see("/items/R/1")
    for address, status in ((f"?n={first}", 200), ("?n=99", 404), ("?n=x", 200), ("?n=99999999999", 200)):
        manager.see(f"/items/R/1/drawing{address}", status)
    assert "holds a script" in manager.press(
        "/items/R/1/set-drawing", 422, drawing=(io.BytesIO(in_svg("<script/>")), "plan.svg")
    )
    manager.press("/items/R/1/set-drawing", 422)
    Desk(app, shop, Role.OPERATOR).press("/items/R/1/set-drawing", 403, drawing=(io.BytesIO(A_PDF), "x.pdf"))
