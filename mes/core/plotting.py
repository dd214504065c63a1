"""Small graphs as plain data: worked out once, drawn on the screen (``ui/plot.html``) and on paper alike.

A ``Drawing`` is measured in points of a box ``width`` x ``height`` with the origin at the top left. ``Scale`` turns
values into places of such a box.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

INK, SOFT, GOOD, BAD = "ink", "soft", "good", "bad"
#: Place for the figures beside the upright axis and the names below.
LEFT, RIGHT, TOP, BOTTOM = 44.0, 10.0, 12.0, 20.0


class Line(NamedTuple):
    """Points joined by straight lines."""

    points: Sequence[tuple[float, float]]
    tone: str = INK
    dashed: bool = False


class Dot(NamedTuple):
    """A point; hollow for another series."""

    x: float
    y: float
    tone: str = INK
    hollow: bool = False


class Bar(NamedTuple):
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    tone: str = INK


class Text(NamedTuple):
    """Words at a place: begin, middle or end there."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


class Drawing(NamedTuple):
    """A graph with its title."""

    title: str
    width: float
    height: float
    shapes: Sequence[Line | Dot | Bar | Text]


class Scale(NamedTuple):
    """From values to places between two ends; every value of an empty range lies in the middle."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value."""
        if self.high == self.low:
            return (self.begin + self.end) / 2
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)


def around(values: Sequence[float], share: float = 0.08) -> tuple[float, float]:
    """Least and greatest value with a little air."""
    low, high = min(values), max(values)
    air = (high - low) * share or abs(high) * share or 1.0
    return low - air, high + air


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values between two ends, at steps of 1, 2 or 5."""
    span = high - low
    if span <= 0:
        return [low]
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step)
    return [n * step for n in range(first, math.floor(high / step) + 1)]


def frame(
    low: float, high: float, names: Sequence[str], width: float, height: float
) -> tuple[Scale, list[float], list[Line | Dot | Bar | Text]]:
    """Axes: the upright scale with its figures, and a place along the bottom for each name."""
    upright = Scale(low, high, height - BOTTOM, TOP)
    shapes: list[Line | Dot | Bar | Text] = []
    for value in ticks(low, high):
        y = upright.at(value)
        shapes += [Line(((LEFT, y), (width - RIGHT, y)), SOFT), Text(LEFT - 4, y + 3, f"{value:.6g}", "end")]
    step = (width - LEFT - RIGHT) / max(1, len(names))
    places = [LEFT + step * (number + 0.5) for number in range(len(names))]
    every = math.ceil(len(names) * 22 / (width - LEFT - RIGHT)) if names else 1
    shapes += [
        Text(x, height - 6, name[:10]) for number, (x, name) in enumerate(zip(places, names, strict=True))
        if number % every == 0
    ]  # fmt: skip
    return upright, places, shapes
