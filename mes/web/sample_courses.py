"""How a characteristic runs at a sample factory's machines: its level, its spread, and what moved it when.

Each course draws from a source of its own, so its values are the same whatever else happens in the plant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import NamedTuple

from mes.inspection.models import Characteristic


class Move(NamedTuple):
    """From a minute of a day on the mean lies so many standard deviations from where it was at the beginning."""

    day: int
    minute: int
    sigmas: float


@dataclass
class Course:
    """A process that was in control, until something moved it."""

    mean: float
    sigma: float
    seed: str
    moves: Sequence[Move] = ()
    #: What the chart sees, and what is measured beside it: first pieces and the like.
    charted: Random = field(init=False)
    beside: Random = field(init=False)

    def __post_init__(self) -> None:
        self.charted, self.beside = Random(self.seed), Random(f"{self.seed} beside")  # noqa: S311  nothing secret

    def value(self, now: tuple[int, int], decimals: int, *, charted: bool) -> Decimal:
        """What is measured now, with so many places."""
        level = next((move.sigmas for move in reversed(self.moves) if (move.day, move.minute) <= now), 0.0)
        drawn = (self.charted if charted else self.beside).gauss(self.mean + level * self.sigma, self.sigma)
        return Decimal(drawn).quantize(Decimal(1).scaleb(-decimals))


#: What only a few measure, and nobody watches on a chart.
Courses = dict[tuple[str, str], Course]


def middling(one: Characteristic, chance: Random, *, outside: bool = False) -> Decimal:
    """A believable value of what has no course: near the middle of its limits, or clearly outside."""
    low, high = one.lower, one.upper
    if low is None or high is None:
        edge = low if low is not None else high
        assert edge is not None  # a characteristic has at least one limit
        width = max(abs(edge) / 20, Decimal("0.1")) * (1 if high is None else -1)
        low, high = sorted((edge, edge + width))
    middle, half = (low + high) / 2, (high - low) / 2
    places = Decimal(1).scaleb(-(2 if one.decimals is None else max(one.decimals, 1)))
    if outside:
        return (high + half / 2).quantize(places)
    return (middle + half * Decimal(chance.randint(-60, 60)) / 100).quantize(places)
