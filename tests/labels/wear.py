"""What happens to a label between printer and scanner, and whether it is still read.

A camera takes several pictures a second, none of them sharp and each held a little differently: a code counts as
read when one of three pictures is.
"""

import math
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from mes.labels.content import example
from mes.labels.drawing import Code
from mes.labels.layout import Layout, mm_to_dots
from mes.labels.pdf import render_pdf
from mes.labels.placing import Placer
from tests.labels.paper import pages, read_by_zbar, read_by_zxing

#: Blur (standard deviation, in modules) and degrees of the three pictures, at two pixels for each printed dot.
PICTURES = ((0.3, 0), (0.4, 3), (0.35, -7))
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AROUND = 8


class Worn:
    """One printed code, cut out of its label with a little of what is around it."""

    def __init__(self, paper: Image.Image, code: Code, chance: random.Random) -> None:
        rim = 4 * code.module + _AROUND
        side = code.symbol.size * code.module
        self.paper = paper.crop((code.x - rim, code.y - rim, code.x + side + rim, code.y + side + rim))
        self.left = self.top = rim
        self.side = side
        self.module = code.module
        self.chance = chance


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
    x, y = (edge + worn.side * worn.chance.uniform(0.1, 0.9) for edge in (worn.left, worn.top))
    angle = worn.chance.uniform(0, math.pi)
    reach_x, reach_y = math.cos(angle) * 2 * worn.side, math.sin(angle) * 2 * worn.side
    ImageDraw.Draw(paper).line((x - reach_x, y - reach_y, x + reach_x, y + reach_y), fill=255, width=1)
    return paper


def scraped(worn: Worn) -> Image.Image:
    """A band as wide as a tenth of the symbol's side scraped off in any direction, beside the three eyes by which
    decoders find it."""
    paper = worn.paper.copy()
    half, eye = worn.side / 20, 7 * worn.module
    far_x, far_y = worn.left + worn.side - eye, worn.top + worn.side - eye
    eyes = [(worn.left, worn.top), (far_x, worn.top), (worn.left, far_y)]
    while True:
        x, y = (edge + worn.side * worn.chance.uniform(0.1, 0.9) for edge in (worn.left, worn.top))
        angle = worn.chance.uniform(0, math.pi)
        across, down = math.cos(angle), math.sin(angle)
        offsets = [
            [(left + dx - x) * down - (top + dy - y) * across for dx in (0, eye) for dy in (0, eye)]
            for left, top in eyes
        ]
        if all(min(side) >= half or max(side) <= -half for side in offsets):
            break
    reach = 2 * worn.side
    ends = (x - across * reach, y - down * reach, x + across * reach, y + down * reach)
    ImageDraw.Draw(paper).line(ends, fill=255, width=round(2 * half))
    return paper


def untouched(worn: Worn) -> Image.Image:
    """As printed; still photographed out of focus."""
    return worn.paper


#: By the words a benchmark shows.
WEAR: dict[str, Callable[[Worn], Image.Image]] = {
    "blur": untouched,
    "a scratch": scratched,
    "15 degrees of tilt": tilted,
    "a dot of print gain": gained,
}


def share_read(
    layout: Layout, wear: Callable[[Worn], Image.Image], count: int, folder: Path, seed: int = 1
) -> dict[str, float]:
    """The share of so many random codes that zxing and that zbar read after the wear."""
    chance = random.Random(seed)
    codes = [random_code(chance) for _number in range(count)]
    rows = [example(layout.content) | {"code": code} for code in codes]
    papers = pages(render_pdf(layout, rows), folder, layout.stock.dpi)
    placed = [Placer(layout, "ko").place(row).ink[-1] for row in rows]
    photos = [
        _photos(wear(Worn(paper, code, chance)), code.module)
        for paper, code in zip(papers, placed, strict=True)
        if isinstance(code, Code)
    ]
    by_zbar = read_by_zbar([photo for shots in photos for photo in shots], folder)
    read = {"zxing": 0, "zbar": 0}
    for number, (code, shots) in enumerate(zip(codes, photos, strict=True)):
        first = number * len(PICTURES)
        read["zxing"] += any(code in read_by_zxing(photo) for photo in shots)
        read["zbar"] += any(code in found for found in by_zbar[first : first + len(PICTURES)])
    return {decoder: hits / count for decoder, hits in read.items()}


def random_code(chance: random.Random) -> str:
    """A code of the usual form: kind, day, number, check character."""
    return f"L{chance.randrange(10**6):06d}-{chance.randrange(10**4):04d}{chance.choice(_LETTERS)}"


def _photos(paper: Image.Image, module: int) -> list[Image.Image]:
    near = paper.resize((paper.width * 2, paper.height * 2), Image.Resampling.BICUBIC)
    return [
        near.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255).filter(
            ImageFilter.GaussianBlur(blur * module * 2)
        )
        for blur, degrees in PICTURES
    ]


def narrowest_label(layouts: dict[str, Layout]) -> Layout:
    """The layout with the finest modules, where wear hurts most."""
    coded = [layout for layout in layouts.values() if layout.codes]
    return min(coded, key=lambda layout: mm_to_dots(layout.codes[0].area.w, layout.stock.dpi))
