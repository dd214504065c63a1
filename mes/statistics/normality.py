"""The test of Anderson and Darling for a normal distribution with mean and deviation estimated from the readings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mes.statistics.distributions import normal_cdf
from mes.statistics.values import deviation, mean

#: Below this many readings the approximation of the p-value says nothing.
FEWEST = 8


@dataclass(frozen=True)
class Normality:
    """A2, the same corrected for the number of readings, and the p-value."""

    statistic: float
    corrected: float
    p: float

    @property
    def is_plausible(self) -> bool:
        """Whether a normal distribution is not refused at 5 %."""
        return self.p >= 0.05


def anderson_darling(values: Sequence[float]) -> Normality | None:
    """None below 8 readings and when all are equal. p-value: D'Agostino and Stephens 1986, table 4.9."""
    n = len(values)
    if n < FEWEST or not (sigma := deviation(values)):
        return None
    centre = mean(values)
    scores = [(value - centre) / sigma for value in sorted(values)]
    logs = [math.log(max(normal_cdf(score), 1e-300)) for score in scores]
    tails = [math.log(max(normal_cdf(-score), 1e-300)) for score in reversed(scores)]
    total = math.fsum((2 * i + 1) * (log + tail) for i, (log, tail) in enumerate(zip(logs, tails, strict=True)))
    statistic = -n - total / n
    corrected = statistic * (1 + 0.75 / n + 2.25 / n**2)
    return Normality(statistic, corrected, _p_value(corrected))


def _p_value(a: float) -> float:
    if a >= 0.6:
        # beyond 13 the parabola would turn upwards again; there p is zero to any decimal that is shown
        return math.exp(1.2937 - 5.709 * a + 0.0186 * a * a) if a < 13 else 0.0
    if a > 0.34:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    if a > 0.2:
        return 1 - math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    return 1 - math.exp(-13.436 + 101.14 * a - 223.73 * a * a)
