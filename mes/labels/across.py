"""The word that lies across a label which was made in training: where it stands, and what keeps white beneath it."""

from math import atan2, cos, degrees, hypot, sin
from typing import NamedTuple

from mes.core.barcodes import LINEAR_QUIET
from mes.core.fonts import EM
from mes.labels.drawing import Code, Stripes
from mes.labels.fonts import face

#: How much of the way from corner to corner it takes, and how large it grows at most beside the label's height.
REACH, HIGHEST = 0.8, 0.45


class Slant(NamedTuple):
    """A line of text turned about the middle of the label; ``x`` and ``baseline`` (upwards) count from there."""

    cos: float
    sin: float
    degrees: float
    x: int
    baseline: int
    size: int


def across(word: str, width: float, height: float) -> Slant:
    """The word from the lower left to the upper right of a label of so many dots."""
    angle = atan2(height, width)
    of_an_em = face("bold").width(word) / EM
    size = int(min(hypot(width, height) * REACH / of_an_em, height * HIGHEST))
    return Slant(cos(angle), sin(angle), degrees(angle), round(-of_an_em * size / 2), round(-0.35 * size), size)


def white_of(code: Code | Stripes) -> tuple[int, int, int, int]:
    """The area of a code with its quiet zone: left, top, width, height in dots."""
    if isinstance(code, Stripes):
        quiet = LINEAR_QUIET * code.module
        return code.x - quiet, code.y, code.width + 2 * quiet, code.height
    quiet, side = code.symbol.quiet * code.module, code.symbol.size * code.module
    return code.x - quiet, code.y - quiet, side + 2 * quiet, side + 2 * quiet
