"""Gauge repeatability and reproducibility, crossed: every operator measures every part equally often.

Average and range method and analysis of variance as in AIAG, Measurement Systems Analysis, 4th edition, chapter III B.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from mes.core.i18n import N_
from mes.statistics.constants import d2, d2_star
from mes.statistics.errors import StudyIncomplete, StudyTooSmall
from mes.statistics.values import mean, span

GOOD, MARGINAL, BAD = "acceptable", "marginal", "not acceptable"
VERDICTS = {
    GOOD: N_("The measuring system is acceptable (below 10 %)."),
    MARGINAL: N_("The measuring system may do for some uses (10 to 30 %)."),
    BAD: N_("The measuring system is not acceptable (above 30 %)."),
}


@dataclass(frozen=True)
class Measurement:
    """One measurement of the study."""

    part: str
    operator: str
    value: float


@dataclass(frozen=True)
class Study:
    """Values by operator and part, each with the same number of trials."""

    parts: tuple[str, ...]
    operators: tuple[str, ...]
    trials: int
    cells: Mapping[tuple[str, str], Sequence[float]]

    def of_operator(self, operator: str) -> list[float]:
        """All values that one operator measured."""
        return [value for part in self.parts for value in self.cells[operator, part]]

    def of_part(self, part: str) -> list[float]:
        """All values of one part."""
        return [value for operator in self.operators for value in self.cells[operator, part]]


@dataclass(frozen=True)
class Component:
    """One source of variation: standard deviation, and its shares (None where there is nothing to share)."""

    sigma: float
    percent_of_total: float | None
    percent_contribution: float | None
    percent_of_tolerance: float | None


@dataclass(frozen=True)
class GaugeResult:
    """What a study says of the measuring system. ``interaction`` is None for the average and range method."""

    method: str
    repeatability: Component
    reproducibility: Component
    interaction: Component | None
    gauge: Component
    parts: Component
    total: Component
    categories: int | None
    tolerance: float | None

    @property
    def verdict(self) -> str | None:
        """AIAG: below 10 % of the total variation good, above 30 % bad; None without any variation."""
        return verdict_of(self.gauge.percent_of_total)

    @property
    def verdict_on_tolerance(self) -> str | None:
        """The same by the share of the tolerance; None without a tolerance."""
        return verdict_of(self.gauge.percent_of_tolerance)


def verdict_of(percent: float | None) -> str | None:
    """The verdict of AIAG on a percentage; exactly 10 and exactly 30 are between."""
    if percent is None:
        return None
    return GOOD if percent < 10 else BAD if percent > 30 else MARGINAL


def crossed(measurements: Sequence[Measurement], *, least_operators: int = 2) -> Study:
    """Arrange measurements; the order of trials does not matter. Raises StudyIncomplete, StudyTooSmall."""
    parts = tuple(dict.fromkeys(one.part for one in measurements))
    operators = tuple(dict.fromkeys(one.operator for one in measurements))

    def cell(one: Measurement) -> tuple[str, str]:
        return one.operator, one.part

    cells = {key: [one.value for one in found] for key, found in groupby(sorted(measurements, key=cell), key=cell)}
    trials = max((len(values) for values in cells.values()), default=0)
    for operator in operators:
        for part in parts:
            found = len(cells.get((operator, part), ()))
            if found != trials:
                raise StudyIncomplete(operator=operator, part=part, found=str(found), expected=str(trials))
    if len(parts) < 2 or len(operators) < least_operators or trials < 2:
        raise StudyTooSmall(parts=str(len(parts)), operators=str(len(operators)), trials=str(trials))
    return Study(parts, operators, trials, cells)


def average_and_range(study: Study, tolerance: float | None = None) -> GaugeResult:
    """EV = R-bar K1, AV^2 = (range of operators K2)^2 - EV^2 / (parts trials), PV = range of parts K3.

    As on the form of AIAG: K1 = 1 / d2 of the trials, since many ranges are averaged (the form assumes more than 15),
    K2 and K3 = 1 / d2* of one range of operators and of parts.
    """
    ranges = [span(values) for values in study.cells.values()]
    repeat = mean(ranges) * _as_on_the_form(1 / d2(study.trials))
    apart = span([mean(study.of_operator(operator)) for operator in study.operators])
    spread = apart * _as_on_the_form(1 / d2_star(len(study.operators), 1))
    reproduce = math.sqrt(max(0.0, spread**2 - repeat**2 / (len(study.parts) * study.trials)))
    part = span([mean(study.of_part(part)) for part in study.parts]) * _as_on_the_form(1 / d2_star(len(study.parts), 1))
    return result("range", repeat, reproduce, None, part, tolerance)


def _as_on_the_form(factor: float) -> float:
    """A factor with the four decimals that the form prints, so that a study equals one worked out on paper."""
    return round(factor, 4)


def result(
    method: str,
    repeat: float,
    reproduce: float,
    interaction: float | None,
    part: float,
    tolerance: float | None,
) -> GaugeResult:
    """Put the standard deviations of the sources together: GRR, TV, shares, and the number of distinct categories.

    ndc = 1.41 PV / GRR, truncated; None when the gauge shows no variation of its own.
    """
    gauge = math.hypot(repeat, reproduce, interaction or 0.0)
    total = math.hypot(gauge, part)

    def component(sigma: float) -> Component:
        return Component(
            sigma,
            100 * sigma / total if total else None,
            100 * sigma**2 / total**2 if total else None,
            100 * 6 * sigma / tolerance if tolerance else None,
        )

    return GaugeResult(
        method=method,
        repeatability=component(repeat),
        reproducibility=component(reproduce),
        interaction=None if interaction is None else component(interaction),
        gauge=component(gauge),
        parts=component(part),
        total=component(total),
        categories=math.floor(1.41 * part / gauge) if gauge else None,
        tolerance=tolerance,
    )
