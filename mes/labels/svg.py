"""Drawings as SVG: what a page shows is what the printer prints, from the same placed parts.

Every text is held to the width it has on paper, so that another face on the screen changes nothing in its place.
"""

from collections.abc import Iterable

from markupsafe import Markup

from mes.core.fonts import EM
from mes.core.qr import rectangles
from mes.labels.across import across, white_of
from mes.labels.drawing import Bar, Code, Drawing, Element, Picture, Stripes, Text
from mes.labels.fonts import face
from mes.labels.layout import Stock, mm_to_dots

#: Floor: letters of other languages for screens that have none (app.css).
_FACE = "Floor, Noto Sans KR, Noto Sans CJK KR, Malgun Gothic, Apple SD Gothic Neo, sans-serif"
_HEAD = Markup(
    '<svg class="label" role="img" aria-label="{}" width="{}mm" height="{}mm" viewBox="0 0 {} {}" font-family="{}">'
)
_TEXT = Markup(
    '<text x="{}" y="{}" font-size="{}" font-weight="{}" fill="{}" textLength="{}" '
    'lengthAdjust="spacingAndGlyphs">{}</text>'
)
#: Edges of codes stay sharp on a screen; a line thinner than a pixel of it would then be gone.
_CODES = Markup('<path shape-rendering="crispEdges" d="{}"/>')
_WHITE = Markup('<path fill="white" d="{}"/>')
_ACROSS = Markup(
    '<g transform="translate({} {}) rotate({})" fill="silver"><text x="{}" y="{}" font-size="{}" font-weight="700">'
    "{}</text></g>"
)
_PATH = Markup('<path d="{}"/>')


def render_svg(drawing: Drawing, stock: Stock, dpi: int, title: str) -> Markup:
    """One label at its true size, for a page; ``title`` is what a screen reader says of it."""
    width, height = mm_to_dots(stock.width, dpi), mm_to_dots(stock.height, dpi)
    head = _HEAD.format(title, f"{stock.width:g}", f"{stock.height:g}", width, height, _FACE)
    paper = Markup('<rect width="{}" height="{}" rx="6" fill="white"/>').format(width, height)
    elements = (*drawing.ground.elements, *drawing.ink)
    pale = _across(drawing, width, height) if drawing.across else []
    return Markup("").join([head, paper, *pale, _blackened(elements), *map(_text, _texts(elements)), Markup("</svg>")])


def _across(drawing: Drawing, width: int, height: int) -> list[Markup]:
    """The pale word from corner to corner, and the white that codes keep."""
    slant = across(drawing.across, width, height)
    fields = [white_of(element) for element in drawing.ink if isinstance(element, Code | Stripes)]
    middle = width // 2, height // 2
    said = _ACROSS.format(*middle, -round(slant.degrees, 1), slant.x, -slant.baseline, slant.size, drawing.across)
    return [said, _WHITE.format(_outline(fields))] if fields else [said]


def _texts(elements: Iterable[Element]) -> list[Text]:
    return [element for element in elements if isinstance(element, Text)]


def _text(text: Text) -> Markup:
    width = round(face(text.weight).width(text.text) * text.size / EM, 1)
    weight, ink = ("700" if text.weight == "bold" else "400"), ("white" if text.white else "black")
    return _TEXT.format(text.x, text.baseline, text.size, weight, ink, width, text.text)


def _blackened(elements: Iterable[Element]) -> Markup:
    """Bars and logos as one path, codes as another."""
    codes = [part for element in elements if isinstance(element, Code | Stripes) for part in _rectangles(element)]
    others = [part for element in elements if isinstance(element, Bar | Picture) for part in _rectangles(element)]
    return _PATH.format(_outline(others)) + _CODES.format(_outline(codes))


def _outline(parts: Iterable[tuple[int, int, int, int]]) -> str:
    return "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in parts)


def _rectangles(element: Element) -> list[tuple[int, int, int, int]]:
    if isinstance(element, Bar):
        return [(element.x, element.y, element.width, element.height)]
    if isinstance(element, Code):
        step = element.module
        return [
            (element.x + x * step, element.y + y * step, w * step, h * step)
            for x, y, w, h in rectangles(element.symbol)
        ]
    if isinstance(element, Stripes):
        step = element.module
        return [(element.x + x * step, element.y, width * step, element.height) for x, width in element.bars]
    if isinstance(element, Picture):
        return [(element.x + x, element.y + y, w, h) for x, y, w, h in element.areas]
    return []
