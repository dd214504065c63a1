"""The standard deviation within subgroups, estimated in the ways of the charts.

With unequal subgroups each one's estimate (range / d2, deviation / c4) is weighted by the inverse of its variance; with
equal ones that is R-bar / d2 and S-bar / c4. ``freedom`` is the degrees of freedom with which a standard deviation
scatters relatively as much as the estimate does (Patnaik 1950), for confidence intervals.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mes.statistics.constants import LARGEST, c4, c5, d2, d3
from mes.statistics.errors import NothingMeasured, SubgroupTooLarge
from mes.statistics.special import root
from mes.statistics.values import Reading, Subgroup, deviation, mean, present, span

#: Covariance of two moving ranges that share a reading: E |a - b| |b - c| - d2(2)^2 for standard normal readings.
_SHARED = 2 * math.sqrt(3) / math.pi + 1 / 3 - 4 / math.pi


@dataclass(frozen=True)
class Sigma:
    """An estimate of the standard deviation of single readings, how it was made and how sure it is."""

    value: float
    method: str
    freedom: float


def by_ranges(groups: Sequence[Subgroup]) -> Sigma:
    """R-bar / d2. Raises NothingMeasured, SubgroupTooLarge."""
    samples = [present(group) for group in groups]
    largest = max((len(sample) for sample in samples), default=0)
    if largest > LARGEST:
        raise SubgroupTooLarge(size=largest)
    return _weighted("rbar", samples, lambda sample: span(sample) / d2(len(sample)), lambda n: (d3(n) / d2(n)) ** 2)


def by_deviations(groups: Sequence[Subgroup]) -> Sigma:
    """S-bar / c4. Raises NothingMeasured."""
    samples = [present(group) for group in groups]
    return _weighted(
        "sbar", samples, lambda sample: deviation(sample) / c4(len(sample)), lambda n: (c5(n) / c4(n)) ** 2
    )


def pooled(groups: Sequence[Subgroup]) -> Sigma:
    """The root of the mean variance within subgroups, weighted by n - 1. Raises NothingMeasured."""
    samples = [sample for sample in map(present, groups) if len(sample) > 1]
    freedom = sum(len(sample) - 1 for sample in samples)
    if not freedom:
        raise NothingMeasured
    squares = math.fsum((len(sample) - 1) * deviation(sample) ** 2 for sample in samples)
    return Sigma(math.sqrt(squares / freedom), "pooled", freedom)


def by_moving_ranges(values: Sequence[Reading]) -> Sigma:
    """MR-bar / d2(2) of single readings; a range across a missing reading is none. Raises NothingMeasured."""
    ranges = present(moving_ranges(values))
    if not ranges:
        raise NothingMeasured
    count = len(ranges)
    scatter = (count * d3(2) ** 2 + 2 * (count - 1) * _SHARED) / count**2 / d2(2) ** 2
    return Sigma(mean(ranges) / d2(2), "mr", _freedom(scatter))


def moving_ranges(values: Sequence[Reading]) -> list[Reading]:
    """The difference of each reading from the one before; none for the first and beside a missing one."""
    steps = (None if old is None or new is None else abs(new - old) for old, new in pairwise(values))
    return [None, *steps][: len(values)]


def overall(values: Sequence[float]) -> Sigma:
    """The standard deviation of all readings, whatever subgroup they are of. Raises NothingMeasured."""
    if len(values) < 2:
        raise NothingMeasured
    return Sigma(deviation(values), "overall", len(values) - 1)


#: The ways of estimating, by the name under which a chart or a capability study asks for them.
METHODS: dict[str, Callable[[Sequence[Subgroup]], Sigma]] = {
    "rbar": by_ranges,
    "sbar": by_deviations,
    "pooled": pooled,
    "mr": lambda groups: by_moving_ranges([value for group in groups for value in group]),
}


def _weighted(
    method: str,
    samples: Sequence[Sequence[float]],
    estimate: Callable[[Sequence[float]], float],
    scatter: Callable[[int], float],
) -> Sigma:
    fit = [sample for sample in samples if len(sample) > 1]
    if not fit:
        raise NothingMeasured
    if len({len(sample) for sample in fit}) == 1:  # equal weights: the plain mean, without rounding by weights
        value = mean([estimate(sample) for sample in fit])
        return Sigma(value, method, _freedom(scatter(len(fit[0])) / len(fit)))
    weights = [1 / scatter(len(sample)) for sample in fit]
    total = math.fsum(weights)
    value = math.fsum(weight * estimate(sample) for weight, sample in zip(weights, fit, strict=True)) / total
    return Sigma(value, method, _freedom(1 / total))


def _freedom(scatter: float) -> float:
    """The degrees of freedom v with Var(s) / (E s)^2 = 1 / c4^2 - 1 equal to ``scatter``."""

    def short(freedom: float) -> float:
        return scatter - math.expm1(
            -math.log(2 / freedom) - 2 * (math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
        )

    # a standard deviation scatters by about 1 / 2v; beyond millions of readings nobody sees the difference
    return root(short, 0.1, 1e7) if scatter > 1e-6 else 1 / (2 * scatter)
