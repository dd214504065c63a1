"""What stands where on a label, in whole printer dots: the one thing every writer (PDF, printer languages) reads.

The origin is the label's top left corner, x to the right, y down. A layout and a row of data become a
``Drawing``; a writer needs neither of them.
"""

from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from mes.core.barcodes import Strip
from mes.core.qr import Symbol, black_areas


class Text(NamedTuple):
    """One line of text; ``x`` is its left end, ``size`` the height of an em, all in dots."""

    x: int
    baseline: int
    size: int
    weight: str
    text: str
    white: bool = False


class Bar(NamedTuple):
    """A filled rectangle: a line, one side of a box, or a black band."""

    x: int
    y: int
    width: int
    height: int


class Code(NamedTuple):
    """A square code (QR, Data Matrix); ``x`` and ``y`` are the corner of its first module, the quiet zone lies outside.
    Its symbol says the kind, the data (GS1 data with ``\\x1d`` between elements, FNC1 implied) and the QR's level."""

    x: int
    y: int
    module: int
    symbol: Symbol


class Stripes(NamedTuple):
    """A linear code (Code 128, GS1-128): ``x`` is the left edge of its first bar, ``module`` its narrowest bar."""

    x: int
    y: int
    height: int
    module: int
    symbol: Strip

    @property
    def width(self) -> int:
        """Dots from its first bar to its last."""
        return self.module * self.symbol.modules

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Where each bar begins and how wide it is, in modules from the first."""
        ends = list(accumulate(self.symbol.widths))
        return [(end - width, width) for end, width in zip(ends[::2], self.symbol.widths[::2], strict=True)]


class Picture(NamedTuple):
    """A logo in printer dots: rows of ``width`` bits, the leftmost dot in the highest bit, each row filled up to whole
    bytes; 1 is black."""

    x: int
    y: int
    width: int
    height: int
    bits: bytes

    @property
    def areas(self) -> list[tuple[int, int, int, int]]:
        """Its black as few (x, y, width, height) in dots from its corner."""
        step = (self.width + 7) // 8
        rows = (self.bits[start : start + step] for start in range(0, len(self.bits), step))
        return black_areas(b"".join(map(_DOTS.__getitem__, row))[: self.width] for row in rows)


#: The dots of a byte, a byte each.
_DOTS = [bytes(byte >> place & 1 for place in range(7, -1, -1)) for byte in range(256)]


Element = Text | Bar | Code | Stripes | Picture
Static = Text | Bar | Picture


@dataclass(frozen=True, eq=False)
class Ground:
    """What many labels of one job share (words, lines, boxes, logos), so that a writer stores it once."""

    elements: tuple[Static, ...]


class Drawing(NamedTuple):
    """One label: the shared ground and, on top of it, what is this label's own."""

    ground: Ground
    ink: tuple[Element, ...]
    #: A word across the whole label, pale, behind everything else: what was printed in training says so.
    across: str = ""
