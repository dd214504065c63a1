"""Agreement of people (or machines) who decide good or bad, or between several grades.

Kappa is the agreement beyond chance: (observed - expected) / (1 - expected); 1 is full agreement, 0 is chance. Cohen's
kappa compares two deciders (AIAG MSA, cross-tabulation over all parts and trials); Fleiss' kappa any number of ratings.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from mes.statistics.distributions import beta_quantile, normal_cdf

Rating = Hashable


@dataclass(frozen=True)
class Kappa:
    """Kappa; ``error`` and ``p`` (one-sided, against chance) are for Fleiss' kappa only. None: nobody ever differed."""

    value: float | None
    observed: float
    expected: float
    error: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class Share:
    """So many of so many, with the exact (Clopper-Pearson) 95 % interval."""

    part: int
    whole: int
    low: float
    high: float

    @property
    def percent(self) -> float:
        return 100 * self.part / self.whole


def cohen(first: Sequence[Rating], second: Sequence[Rating]) -> Kappa:
    """Cohen 1960: two deciders, the same pieces in the same order."""
    n = len(first)
    observed = sum(1 for one, other in zip(first, second, strict=True) if one == other) / n
    ones, others = Counter(first), Counter(second)
    expected = math.fsum(ones[grade] * others[grade] for grade in ones) / n**2
    return Kappa(_kappa(observed, expected), observed, expected)


def fleiss(pieces: Sequence[Sequence[Rating]]) -> Kappa:
    """Fleiss 1971: each piece rated equally often; error under chance as in Fleiss, Nee and Landis 1979."""
    n, m = len(pieces), len(pieces[0])
    counts = [Counter(ratings) for ratings in pieces]
    shares = [total / (n * m) for total in sum(counts, Counter[Rating]()).values()]
    observed = math.fsum(count * (count - 1) for one in counts for count in one.values()) / (n * m * (m - 1))
    expected = math.fsum(share**2 for share in shares)
    value = _kappa(observed, expected)
    chance = 1 - expected
    if value is None or not chance:
        return Kappa(value, observed, expected)
    third = math.fsum(share * (1 - share) * (1 - 2 * share) for share in shares)
    error = math.sqrt(2 * max(0.0, chance**2 - third)) / (chance * math.sqrt(n * m * (m - 1)))
    return Kappa(value, observed, expected, error, normal_cdf(-value / error) if error else None)


def share(part: int, whole: int, confidence: float = 0.95) -> Share:
    """A share with its exact interval (Clopper and Pearson 1934)."""
    tail = (1 - confidence) / 2
    low = beta_quantile(tail, part, whole - part + 1) if part else 0.0
    high = beta_quantile(1 - tail, part + 1, whole - part) if part < whole else 1.0
    return Share(part, whole, low, high)


def strength(kappa: float | None) -> str | None:
    """AIAG: above 0.75 good, below 0.40 poor agreement."""
    if kappa is None:
        return None
    return "good" if kappa > 0.75 else "poor" if kappa < 0.40 else "moderate"


def _kappa(observed: float, expected: float) -> float | None:
    """None where everybody always said the same: there is nothing beyond chance to measure."""
    return None if expected >= 1 - 1e-12 else (observed - expected) / (1 - expected)
