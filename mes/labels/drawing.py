"""What stands where on a label, in whole printer dots: the one thing every writer (PDF, printer languages) reads.

The origin is the label's top left corner, x to the right, y down. A layout and a row of data become a
``Drawing``; a writer needs neither of them.
"""

from dataclasses import dataclass
from typing import NamedTuple

from mes.core.qr import Symbol


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
    """A QR symbol; ``x`` and ``y`` are the corner of its first module, the quiet zone lies outside."""

    x: int
    y: int
    module: int
    symbol: Symbol


Element = Text | Bar | Code


@dataclass(frozen=True, eq=False)
class Ground:
    """What many labels of one job share (words, lines, boxes), so that a writer stores it once."""

    elements: tuple[Text | Bar, ...]


class Drawing(NamedTuple):
    """One label: the shared ground and, on top of it, what is this label's own."""

    ground: Ground
    ink: tuple[Element, ...]
