"""Text and codes as bits, for label printers: black dots in whole rows, exactly where the placed drawing has them.

A printer holds no Hangul that looks like the preview, so it gets pictures of its lines: each glyph is drawn once from
the same font files, and set at the same thousandths of an em as in the PDF.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from mes.core.config import asset
from mes.core.fonts import EM, FILES, Glyph, Run, load, runs, width
from mes.labels.drawing import Bar, Code, Drawing, Element, Picture, Stripes, Text

#: From this grey on (0 white, 255 black) a dot is burnt; a little below half, since thin Hangul strokes must not break.
INK = 112
#: Room around a line for what sticks out of its em: accents above, signs below, overhang at the sides, in ems.
ABOVE, BELOW, BESIDE = 1.4, 0.8, 0.3


class Bitmap(NamedTuple):
    """Black dots at their place: rows of ``width`` bits, leftmost highest, each row filled up to whole bytes."""

    x: int
    y: int
    width: int
    height: int
    bits: bytes

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return (self.width + 7) // 8


def line(text: Text) -> Bitmap | None:
    """A line of text as dots; nothing for blanks."""
    drawn = _line(text.weight, text.size, text.text)
    return None if drawn is None else drawn._replace(x=drawn.x + text.x, y=drawn.y + text.baseline)


@lru_cache(maxsize=4096)
def _line(weight: str, size: int, text: str) -> Bitmap | None:
    """The line with its baseline at 0; the words of a layout come again on every label."""
    left, top = round(BESIDE * size), round(ABOVE * size)
    wide = round(width(weight, text) * size / EM) + 2 * left
    paper = Image.new("1", (wide, top + round(BELOW * size)), 0)
    units = 0.0
    for run in runs(weight, text):
        for shape in run.glyphs or _letters(run, weight):
            glyph = _glyph(run.font, weight, size, shape.character)
            if glyph is not None:
                mask, dx, dy = glyph
                x, y = round((units + shape.across) * size / EM), round(shape.up * size / EM)
                paper.paste(1, (left + x + dx, top - y + dy), mask)
            units += shape.advance
    box = paper.getbbox()
    return None if box is None else cut(paper, box, -left, -top)


def _letters(run: Run, weight: str) -> list[Glyph]:
    """Letters that stand for themselves, one after the other."""
    widths = load(run.font, weight).face.charWidths
    return [Glyph(letter, widths.get(ord(letter), EM), 0, 0) for letter in run.text]


@lru_cache(maxsize=20_000)
def _glyph(name: str, weight: str, size: int, character: str) -> tuple[Image.Image, int, int] | None:
    """A character's dots in a font, and where they begin from its origin on the baseline."""
    font = _font(name, weight, size)
    left, top, right, bottom = font.getbbox(character, anchor="ls")
    if right <= left or bottom <= top:
        return None
    shade = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2), 0)
    ImageDraw.Draw(shade).text((1 - left, 1 - top), character, fill=255, font=font, anchor="ls")
    return shade.point(lambda grey: 255 * (grey >= INK), mode="1"), int(left) - 1, int(top) - 1


@cache
def _font(name: str, weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(asset(FILES[name, weight])), size, layout_engine=ImageFont.Layout.BASIC)


def cut(paper: Image.Image, box: tuple[int, int, int, int], x: int = 0, y: int = 0) -> Bitmap:
    """The part of a picture inside a box, with its place on the label; ``x``, ``y``: where the picture lies."""
    part = paper.crop(box)
    return Bitmap(x + box[0], y + box[1], part.width, part.height, part.tobytes())


def symbol(code: Code) -> Bitmap:
    """A square code as dots, each module as many of them as were placed."""
    side = code.symbol.size * code.module
    rows = b"".join(_packed(code.symbol.rows, number, code.module) for number in range(code.symbol.size))
    return Bitmap(code.x, code.y, side, side, rows)


def _packed(rows: tuple[bytes, ...], number: int, module: int) -> bytes:
    """One row of modules: its bits, repeated downwards."""
    bits = "".join("01"[dark] * module for dark in rows[number])
    return _bytes(bits) * module


def stripes(code: Stripes) -> Bitmap:
    """A linear code as dots."""
    bits = "".join("10"[at % 2] * (width * code.module) for at, width in enumerate(code.symbol.widths))
    return Bitmap(code.x, code.y, len(bits), code.height, _bytes(bits) * code.height)


def _bytes(bits: str) -> bytes:
    full = bits.ljust((len(bits) + 7) // 8 * 8, "0")
    return int(full, 2).to_bytes(len(full) // 8, "big")


def picture(one: Picture) -> Bitmap:
    """A logo, as it was placed."""
    return Bitmap(*one)


def merged(elements: Iterable[Element]) -> Iterator[Element | Bitmap]:
    """The elements a printer draws one over the other. White words on a black band become one picture of both: a
    printer adds black to black, and not all of them take it away again."""
    parts = list(elements)
    white = [part for part in parts if isinstance(part, Text) and part.white]
    bands = {part for part in parts if isinstance(part, Bar) and any(_under(part, text) for text in white)}
    for part in parts:
        if isinstance(part, Bar) and part in bands:
            yield _band(part, white)
        elif not (isinstance(part, Text) and part.white):
            yield part


def _under(bar: Bar, text: Text) -> bool:
    """Whether the words stand on this band."""
    dots = line(text)
    return dots is not None and (
        bar.x < dots.x + dots.width
        and dots.x < bar.x + bar.width
        and bar.y < dots.y + dots.height
        and dots.y < bar.y + bar.height
    )


def _band(bar: Bar, white: Iterable[Text]) -> Bitmap:
    paper = Image.new("1", (bar.width, bar.height), 1)
    for text in white:
        dots = line(text)
        if dots is not None:
            mask = Image.frombytes("1", (dots.width, dots.height), dots.bits)
            paper.paste(0, (dots.x - bar.x, dots.y - bar.y), mask)
    return cut(paper, (0, 0, bar.width, bar.height), bar.x, bar.y)


def bitmap_of(element: Element | Bitmap) -> Bitmap | None:
    """Any element as dots."""
    if isinstance(element, Text):
        return line(element)
    if isinstance(element, Code):
        return symbol(element)
    if isinstance(element, Stripes):
        return stripes(element)
    if isinstance(element, Bar):
        row = _bytes("1" * element.width)
        return Bitmap(element.x, element.y, element.width, element.height, row * element.height)
    return picture(element) if isinstance(element, Picture) else element


def rasterise(drawing: Drawing, width: int, height: int) -> Image.Image:
    """The label as the printer burns it, a pixel for each dot, black on white."""
    paper = Image.new("1", (width, height), 1)
    for element in merged((*drawing.ground.elements, *drawing.ink)):
        dots = bitmap_of(element)
        if dots is not None:
            mask = Image.frombytes("1", (dots.width, dots.height), dots.bits)
            paper.paste(0, (dots.x, dots.y), mask)
    return paper
