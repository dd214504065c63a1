"""Readings and the plain figures of a sample. A missing reading is None and is never counted."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

Reading = float | None
Subgroup = Sequence[Reading]


def measured(values: Iterable[Decimal | float | None]) -> list[Reading]:
    """Stored readings as the statistics take them; a missing one stays missing."""
    return [None if value is None else float(value) for value in values]


def present(values: Iterable[Reading]) -> list[float]:
    """The readings that are there."""
    return [value for value in values if value is not None]


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def deviation(values: Sequence[float]) -> float:
    """The sample standard deviation with n - 1 of at least two values; exactly 0 when all are equal."""
    if max(values) == min(values):
        return 0.0
    centre = mean(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1))


def span(values: Sequence[float]) -> float:
    """The range: largest less smallest."""
    return max(values) - min(values)


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of sorted values, linear between neighbours (Hyndman and Fan, type 7)."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def nearly(value: float, line: float, sigma: float = 0.0) -> bool:
    """Whether a value lies on a line: equal but for the last binary digits of both.

    A sum of decimals in binary misses by some 1e-16 of its size; a point on a limit is not beyond it.
    """
    return abs(value - line) <= max(1e-9 * sigma, 1e-14 * abs(line), 1e-14 * abs(value))
