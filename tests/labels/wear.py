"""What happens to a label between printer and scanner, and whether it is still read.

A camera takes several pictures a second, none of them sharp and each held a little differently: a code counts as
read when one of them is.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from mes.core.barcodes import LINEAR_QUIET
from mes.core.fonts import EM
from mes.labels.content import example
from mes.labels.drawing import Code, Drawing, Element, Stripes, Text
from mes.labels.fonts import face
from mes.labels.layout import Layout, mm_to_dots
from mes.labels.pdf import render_pdf
from mes.labels.placing import Placer
from tests.labels.paper import ZBAR, family, pages, read_by_zbar, read_by_zxing

#: Blur (standard deviation, in modules) and degrees of the pictures.
PICTURES = ((0.3, 0), (0.4, 3), (0.35, -7), (0.3, 12), (0.45, -2))
#: Pixels of a picture for each module; but never more than two for each printed dot.
_PIXELS = 8
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AROUND = 8


class Place(NamedTuple):
    """Where a code stands, in dots, without its quiet zone; and how wide that is left and right, above and below."""

    x: int
    y: int
    width: int
    height: int
    beside: int
    above: int

    def with_rim(self, more: int = 0) -> tuple[int, int, int, int]:
        """The corners of the code with its quiet zone and so many dots around it."""
        beside, above = self.beside + more, self.above + more
        return self.x - beside, self.y - above, self.x + self.width + beside, self.y + self.height + above


def place_of(code: Code | Stripes) -> Place:
    """Where a code stands on its label."""
    if isinstance(code, Stripes):
        return Place(code.x, code.y, code.width, code.height, LINEAR_QUIET * code.module, 0)
    side, rim = code.symbol.size * code.module, code.symbol.quiet * code.module
    return Place(code.x, code.y, side, side, rim, rim)


def codes_of(drawing: Drawing) -> list[Code | Stripes]:
    """The codes of a label."""
    return [element for element in drawing.ink if isinstance(element, Code | Stripes)]


def extent(element: Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of an element, in dots, a code's with its quiet zone."""
    if isinstance(element, Text):
        end = element.x + face(element.weight).width(element.text) * element.size / EM
        return element.x, element.baseline - 0.9 * element.size, end - 1, element.baseline + 0.25 * element.size
    if isinstance(element, Code | Stripes):
        return place_of(element).with_rim()
    return element.x, element.y, element.x + element.width, element.y + element.height


class Worn:
    """One printed code, cut out of its label with a little of what is around it."""

    def __init__(self, paper: Image.Image, code: Code | Stripes, chance: random.Random) -> None:
        place = place_of(code)
        wide = place.beside + _AROUND
        liner = ImageOps.expand(paper, wide, 255)  # the paper on which labels lie is as light as they are
        left, top, right, bottom = (edge + wide for edge in place.with_rim(_AROUND))
        self.paper = liner.crop((left, top, right, bottom))
        self.left, self.top = place.beside + _AROUND, place.above + _AROUND
        self.width, self.height = place.width, place.height
        self.module = code.module
        self.kind = family(code.symbol.kind)
        self.data = code.symbol.data
        self.chance = chance

    def stroke(self) -> tuple[float, float, float, float]:
        """The ends of a straight line right across the code, in any direction."""
        x = self.left + self.width * self.chance.uniform(0.05, 0.95)
        y = self.top + self.height * self.chance.uniform(0.05, 0.95)
        angle, reach = self.chance.uniform(0, math.pi), 2 * max(self.width, self.height)
        across, down = math.cos(angle) * reach, math.sin(angle) * reach
        return x - across, y - down, x + across, y + down


def gained(worn: Worn) -> Image.Image:
    """One dot of print gain: everything black grew by a dot to the right and down."""
    paper = worn.paper
    wider = ImageChops.darker(paper, ImageChops.offset(paper, 1, 0))
    return ImageChops.darker(wider, ImageChops.offset(wider, 0, 1))


def tilted(worn: Worn) -> Image.Image:
    """Held at 15 degrees."""
    return worn.paper.rotate(15, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def scratched(worn: Worn) -> Image.Image:
    """A scratch as wide as a printer's dot, right across the symbol, in any direction."""
    paper = worn.paper.copy()
    ImageDraw.Draw(paper).line(worn.stroke(), fill=255, width=1)
    return paper


def a_tenth_scratched(worn: Worn) -> Image.Image:
    """Scratches of a dot's width in all directions, until a tenth of the black of the symbol is gone."""
    paper = worn.paper.copy()
    pen = ImageDraw.Draw(paper)
    least = _black(paper) * 0.9
    while _black(paper) > least:
        pen.line(worn.stroke(), fill=255, width=1)
    return paper


def _black(paper: Image.Image) -> int:
    return sum(paper.histogram()[:128])


def scraped(worn: Worn) -> Image.Image:
    """A band as wide as a tenth of the symbol's side scraped off in any direction, beside the three eyes by which
    decoders find it."""
    paper = worn.paper.copy()
    half, eye = worn.width / 20, 7 * worn.module
    far_x, far_y = worn.left + worn.width - eye, worn.top + worn.height - eye
    eyes = [(worn.left, worn.top), (far_x, worn.top), (worn.left, far_y)]
    while True:
        left, top, right, bottom = worn.stroke()
        length = math.hypot(right - left, bottom - top)
        across, down = (right - left) / length, (bottom - top) / length
        offsets = [
            [(x + dx - left) * down - (y + dy - top) * across for dx in (0, eye) for dy in (0, eye)] for x, y in eyes
        ]
        if all(min(side) >= half or max(side) <= -half for side in offsets):
            break
    ImageDraw.Draw(paper).line((left, top, right, bottom), fill=255, width=round(2 * half))
    return paper


def untouched(worn: Worn) -> Image.Image:
    """As printed; still photographed out of focus."""
    return worn.paper


Wear = Callable[[Worn], Image.Image]
#: By the words a benchmark shows.
WEAR: dict[str, Wear] = {
    "blur": untouched,
    "a scratch": scratched,
    "15 degrees of tilt": tilted,
    "a dot of print gain": gained,
}


def share_read(layout: Layout, wear: Wear, count: int, folder: Path, seed: int = 1) -> dict[str, float]:
    """The share of so many random codes that zxing and that zbar read after the wear."""
    chance = random.Random(seed)
    rows = [example(layout.content) | {"code": random_code(chance)} for _number in range(count)]
    papers = pages(render_pdf(layout, rows), folder, layout.stock.dpi)
    drawings = map(Placer(layout, "ko").place, rows)
    worn = [
        Worn(paper, code, chance)
        for paper, drawing in zip(papers, drawings, strict=True)
        for code in codes_of(drawing)[:1]
    ]
    unread = not_read([(one, wear) for one in worn], folder)
    return {decoder: 1 - len(lost) / count for decoder, lost in unread.items()}


def not_read(tries: Sequence[tuple[Worn, Wear]], folder: Path) -> dict[str, list[int]]:
    """Which of these worn codes zxing, and which zbar, read on none of their pictures; by number."""
    photos = [(worn, _photos(wear(worn), worn.module)) for worn, wear in tries]
    shots = [list(pictures) for _worn, pictures in photos]
    lost = {"zxing": list(range(len(tries))), "zbar": [n for n, (one, _wear) in enumerate(tries) if one.kind in ZBAR]}
    for shot in range(len(PICTURES)):
        lost["zxing"] = [n for n in lost["zxing"] if not _seen_by_zxing(photos[n][0], shots[n][shot])]
        lost["zbar"] = _unseen_by_zbar(lost["zbar"], [(photos[n][0], shots[n][shot]) for n in lost["zbar"]], folder)
    return lost


def _seen_by_zxing(worn: Worn, photo: Image.Image) -> bool:
    return worn.data in read_by_zxing(photo, worn.kind)


def _unseen_by_zbar(numbers: Sequence[int], shots: Sequence[tuple[Worn, Image.Image]], folder: Path) -> list[int]:
    unseen: list[int] = []
    for kind in dict.fromkeys(worn.kind for worn, _photo in shots):
        of_kind = [place for place, (worn, _photo) in enumerate(shots) if worn.kind == kind]
        found = read_by_zbar([shots[place][1] for place in of_kind], folder, kind)
        unseen += [
            numbers[place] for place, texts in zip(of_kind, found, strict=True) if shots[place][0].data not in texts
        ]
    return sorted(unseen)


def random_code(chance: random.Random) -> str:
    """A code of the usual form: kind, day, number, check character."""
    return f"L{chance.randrange(10**6):06d}-{chance.randrange(10**4):04d}{chance.choice(_LETTERS)}"


def _photos(paper: Image.Image, module: int) -> Iterator[Image.Image]:
    scale = min(2, _PIXELS / module)
    size = (round(paper.width * scale), round(paper.height * scale))
    near = paper.resize(size, Image.Resampling.BICUBIC)
    for blur, degrees in PICTURES:
        turned = near.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
        yield turned.filter(ImageFilter.GaussianBlur(blur * module * scale))


def narrowest_label(layouts: dict[str, Layout]) -> Layout:
    """The layout with the finest QR, where wear hurts most."""
    coded = [layout for layout in layouts.values() if layout.codes and layout.codes[0].kind == "qr"]
    return min(coded, key=lambda layout: mm_to_dots(layout.codes[0].area.w, layout.stock.dpi))
