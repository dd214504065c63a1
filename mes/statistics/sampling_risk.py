"""What a sampling plan does: operating characteristic, average outgoing quality, average sample.

Percent nonconforming (AQL up to 10) takes the binomial, nonconformities per 100 items the Poisson distribution.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mes.statistics.distributions import binomial_cdf, binomial_pmf, poisson_cdf, poisson_pmf
from mes.statistics.sampling import Plan, Sample
from mes.statistics.special import root


@dataclass(frozen=True)
class Risk:
    """At one quality (percent nonconforming, or nonconformities per 100): what happens to lots of it."""

    quality: float
    accepted: float
    outgoing: float
    inspected: float


def acceptance_probability(samples: Sequence[Sample], quality: float, *, percent: bool = True) -> float:
    """The probability of acceptance of lots with ``quality`` per hundred.

    A double plan accepts after the first sample up to its Ac; between Ac and Re the second decides on both together.
    """
    at_most, exactly = _laws(quality, percent)
    first = samples[0]
    accepted = at_most(first.accept, first.size)
    if len(samples) == 1:
        return accepted
    second = samples[1]
    return accepted + sum(
        exactly(found, first.size) * at_most(second.accept - found, second.size)
        for found in range(first.accept + 1, first.reject)
    )


def average_sample(samples: Sequence[Sample], quality: float, *, percent: bool = True) -> float:
    """The average number inspected: the first sample, and the second as often as the first does not decide."""
    if len(samples) == 1:
        return samples[0].size
    _, exactly = _laws(quality, percent)
    first = samples[0]
    undecided = sum(exactly(found, first.size) for found in range(first.accept + 1, first.reject))
    return first.size + samples[1].size * undecided


def outgoing_quality(samples: Sequence[Sample], lot: int, quality: float, *, percent: bool = True) -> float:
    """The average outgoing quality where lots that are not accepted are sorted and bad pieces replaced.

    Accepted after n of N pieces, a lot leaves with quality (N - n) / N of its own; sorted ones leave without a fault.
    """
    at_most, exactly = _laws(quality, percent)
    first = samples[0]
    passed = at_most(first.accept, first.size) * (lot - first.size)
    if len(samples) == 2:
        second = samples[1]
        passed += sum(
            exactly(found, first.size) * at_most(second.accept - found, second.size)
            for found in range(first.accept + 1, first.reject)
        ) * (lot - first.size - second.size)
    return quality * passed / lot


def risk(plan: Plan, quality: float, *, percent: bool | None = None) -> Risk:
    """All three at one quality. ``percent``: as the AQL says unless told."""
    percent = plan.is_percent if percent is None else percent
    return Risk(
        quality,
        acceptance_probability(plan.samples, quality, percent=percent),
        outgoing_quality(plan.samples, plan.lot, quality, percent=percent),
        average_sample(plan.samples, quality, percent=percent),
    )


def quality_accepted(plan: Plan, probability: float, *, percent: bool | None = None) -> float | None:
    """The quality that is accepted with a given probability; None when the plan accepts every quality more often."""
    percent = plan.is_percent if percent is None else percent
    top = 100.0 if percent else 1e5
    if acceptance_probability(plan.samples, top, percent=percent) > probability:
        return None
    return root(lambda q: probability - acceptance_probability(plan.samples, q, percent=percent), 0.0, top)


def operating_characteristic(plan: Plan, points: int = 41, *, percent: bool | None = None) -> list[Risk]:
    """The curve from perfect quality to where one lot in a hundred is still accepted."""
    end = quality_accepted(plan, 0.01, percent=percent) or 100.0
    return [risk(plan, end * place / (points - 1), percent=percent) for place in range(points)]


def _laws(quality: float, percent: bool) -> tuple[Callable[[int, int], float], Callable[[int, int], float]]:
    """P(at most c in n) and P(exactly c in n) at a quality per hundred."""
    share = quality / 100
    if percent:
        return lambda c, n: binomial_cdf(c, n, share), lambda c, n: binomial_pmf(c, n, share)
    return lambda c, n: poisson_cdf(c, n * share), lambda c, n: poisson_pmf(c, n * share)
