"""Drawings as SVG: what a page shows is what the printer prints, from the same placed parts.

Every text is held to the width it has on paper, so that another face on the screen changes nothing in its place.
"""

from collections.abc import Iterable

from markupsafe import Markup

from mes.core.qr import rectangles
from mes.labels.drawing import Bar, Code, Drawing, Element, Text
from mes.labels.fonts import EM, face
from mes.labels.layout import Stock, mm_to_dots

_FACE = "Noto Sans KR, Noto Sans CJK KR, Malgun Gothic, Apple SD Gothic Neo, sans-serif"
_HEAD = Markup(
    '<svg class="label" role="img" aria-label="{}" width="{}mm" height="{}mm" viewBox="0 0 {} {}" font-family="{}">'
)
_TEXT = Markup(
    '<text x="{}" y="{}" font-size="{}" font-weight="{}" fill="{}" textLength="{}" '
    'lengthAdjust="spacingAndGlyphs">{}</text>'
)
_PATH = Markup('<path shape-rendering="crispEdges" d="{}"/>')


def render_svg(drawing: Drawing, stock: Stock, dpi: int, title: str) -> Markup:
    """One label at its true size, for a page; ``title`` is what a screen reader says of it."""
    width, height = mm_to_dots(stock.width, dpi), mm_to_dots(stock.height, dpi)
    head = _HEAD.format(title, f"{stock.width:g}", f"{stock.height:g}", width, height, _FACE)
    paper = Markup('<rect width="{}" height="{}" rx="6" fill="white"/>').format(width, height)
    elements = (*drawing.ground.elements, *drawing.ink)
    return Markup("").join([head, paper, _blackened(elements), *map(_text, _texts(elements)), Markup("</svg>")])


def _texts(elements: Iterable[Element]) -> list[Text]:
    return [element for element in elements if isinstance(element, Text)]


def _text(text: Text) -> Markup:
    width = round(face(text.weight).width(text.text) * text.size / EM, 1)
    weight, ink = ("700" if text.weight == "bold" else "400"), ("white" if text.white else "black")
    return _TEXT.format(text.x, text.baseline, text.size, weight, ink, width, text.text)


def _blackened(elements: Iterable[Element]) -> Markup:
    """Bars and codes, as one path."""
    parts = [part for element in elements for part in _rectangles(element)]
    return _PATH.format("".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in parts))


def _rectangles(element: Element) -> list[tuple[int, int, int, int]]:
    if isinstance(element, Bar):
        return [(element.x, element.y, element.width, element.height)]
    if isinstance(element, Code):
        step = element.module
        return [
            (element.x + x * step, element.y + y * step, w * step, h * step)
            for x, y, w, h in rectangles(element.symbol)
        ]
    return []
