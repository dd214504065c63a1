"""Bins of a histogram: Freedman and Diaconis, or Sturges where the quartiles coincide."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mes.statistics.errors import NothingMeasured
from mes.statistics.values import quantile

FEWEST, MOST = 5, 50


@dataclass(frozen=True)
class Bin:
    """From ``low`` (with it) to below ``high``; the last bin holds its upper edge too."""

    low: float
    high: float
    count: int


def histogram(values: Sequence[float]) -> list[Bin]:
    """Equal bins from the smallest to the largest reading: 5 to 50, one if all are equal. Raises NothingMeasured."""
    if not values:
        raise NothingMeasured
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    if low == high:
        return [Bin(low, high, len(ordered))]
    count = bin_count(ordered)
    width = (high - low) / count
    edges = [*(low + width * place for place in range(count)), high]
    filled = [0] * count
    for value in ordered:
        filled[min(int((value - low) / width), count - 1)] += 1
    return [Bin(edges[place], edges[place + 1], filled[place]) for place in range(count)]


def bin_count(ordered: Sequence[float]) -> int:
    """Width 2 IQR n^(-1/3) (Freedman and Diaconis 1981); else 1 + log2 n bins (Sturges 1926); from 5 to 50."""
    n = len(ordered)
    width = 2 * (quantile(ordered, 0.75) - quantile(ordered, 0.25)) / n ** (1 / 3)
    wanted = (ordered[-1] - ordered[0]) / width if width > 0 else 1 + math.log2(n)
    return max(FEWEST, min(MOST, math.ceil(min(wanted, MOST))))
