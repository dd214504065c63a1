"""Bias, linearity and stability of a gauge against reference values (AIAG MSA, 4th edition, chapter III B)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mes.statistics.charts import Chart
from mes.statistics.distributions import t_quantile, t_two_sided
from mes.statistics.errors import NothingMeasured, SettingImpossible, StudyTooSmall
from mes.statistics.run_rules import Violation, violations
from mes.statistics.values import Subgroup, deviation, mean
from mes.statistics.variable_charts import i_mr, x_bar_r


@dataclass(frozen=True)
class Estimate:
    """A figure with its confidence interval and the p-value of a two-sided t test against zero."""

    value: float
    error: float
    low: float
    high: float
    t: float | None
    p: float | None

    @property
    def is_significant(self) -> bool:
        """Whether the interval leaves zero out."""
        return not self.low <= 0 <= self.high


@dataclass(frozen=True)
class Bias:
    """The mean of repeated measurements of one part less its reference value. ``sigma`` is the repeatability."""

    reference: float
    readings: int
    mean: float
    sigma: float
    bias: Estimate


@dataclass(frozen=True)
class Linearity:
    """The straight line of bias over reference value, and whether zero bias lies within its band everywhere."""

    slope: Estimate
    intercept: Estimate
    determination: float | None
    sigma: float
    biases: tuple[Bias, ...]
    band: tuple[tuple[float, float, float, float], ...]
    #: From the smallest reference to the largest, not only at the references.
    zero_within_band: bool

    @property
    def is_acceptable(self) -> bool:
        """AIAG: the line of zero bias lies within the confidence band of the fitted line."""
        return self.zero_within_band


def bias(readings: Sequence[float], reference: float, confidence: float = 0.95) -> Bias:
    """Bias with its t test: t = bias / (s / sqrt n), n - 1 degrees of freedom.

    Raises NothingMeasured below two, SettingImpossible.
    """
    if not math.isfinite(reference):
        raise SettingImpossible(name="reference", value=f"{reference:g}")
    if len(readings) < 2:
        raise NothingMeasured
    sigma = deviation(readings)
    found = _estimate(mean(readings) - reference, sigma / math.sqrt(len(readings)), len(readings) - 1, confidence)
    return Bias(reference, len(readings), mean(readings), sigma, found)


def linearity(parts: Sequence[tuple[float, Sequence[float]]], confidence: float = 0.95) -> Linearity:
    """Least squares of the bias of each reading on its reference. ``parts``: (reference, readings) of each part.

    ``band`` holds for each reference: reference, fitted bias, lower and upper end of the confidence interval of the
    line there. Raises StudyTooSmall below two references or three readings, NothingMeasured.
    """
    points = [(reference, value - reference) for reference, values in parts for value in values]
    references = sorted({reference for reference, _ in parts})
    n = len(points)
    if len(references) < 2 or n < 3:
        raise StudyTooSmall(parts=str(len(references)), operators="1", trials=str(n))
    middle, level = mean([x for x, _ in points]), mean([y for _, y in points])
    across = math.fsum((x - middle) ** 2 for x, _ in points)
    slope = math.fsum((x - middle) * (y - level) for x, y in points) / across
    intercept = level - slope * middle
    left = math.fsum((y - intercept - slope * x) ** 2 for x, y in points)
    spread = math.fsum((y - level) ** 2 for _, y in points)
    sigma, freedom = math.sqrt(left / (n - 2)), n - 2

    def error_at(x: float) -> float:
        return sigma * math.sqrt(1 / n + (x - middle) ** 2 / across)

    width = t_quantile((1 + confidence) / 2, freedom)
    band = tuple(
        (x, fit, fit - width * error_at(x), fit + width * error_at(x))
        for x in references
        for fit in (intercept + slope * x,)
    )
    return Linearity(
        slope=_estimate(slope, sigma / math.sqrt(across), freedom, confidence),
        intercept=_estimate(intercept, error_at(0), freedom, confidence),
        determination=1 - left / spread if spread else None,
        sigma=sigma,
        biases=tuple(
            bias([value for there, values in parts for value in values if there == reference], reference, confidence)
            for reference in references
        ),
        band=band,
        zero_within_band=all(
            abs(intercept + slope * x) <= width * error_at(x)
            for x in (*references, _tightest(references, middle, level, slope, (width * sigma) ** 2, n, across))
        ),
    )


def _tightest(
    references: Sequence[float], middle: float, level: float, slope: float, wide: float, n: int, across: float
) -> float:
    """Where, between the first and the last reference, the line of bias is furthest from its band around zero.

    With u = x - middle that is the top of (level + slope u)^2 - wide (1 / n + u^2 / across); it lies at an end unless
    the square term is below zero.
    """
    square = slope**2 - wide / across
    if square >= 0:
        return references[0]
    return min(max(middle - level * slope / square, references[0]), references[-1])


def stability(groups: Sequence[Subgroup]) -> tuple[Chart, list[Violation]]:
    """A master part measured again and again over time: its chart, and points beyond a limit, which are drift.

    Raises NothingMeasured, SubgroupTooLarge.
    """
    single = max((len(group) for group in groups), default=0) < 2
    chart = i_mr([group[0] if group else None for group in groups]) if single else x_bar_r(groups)
    return chart, violations(chart, "western-electric")


def _estimate(value: float, error: float, freedom: float, confidence: float) -> Estimate:
    half = t_quantile((1 + confidence) / 2, freedom) * error
    t = value / error if error else None
    return Estimate(value, error, value - half, value + half, t, None if t is None else t_two_sided(t, freedom))
