"""X-bar/R, X-bar/S and I-MR charts (Shewhart; formulas as in ISO 7870-2 and Montgomery, chapter 6).

Limits are 3 standard deviations of the plotted statistic. Subgroups may be unequal and may miss readings; a subgroup of
one reading has a mean and no range. A lower limit of a range or a deviation that would be below zero is zero.
"""

import math
from collections.abc import Callable, Sequence

from mes.statistics.charts import Basis, Chart, Known, Phase, Point, Stage, Track, stages
from mes.statistics.constants import LARGEST, c4, c5, d2, d3
from mes.statistics.errors import NothingMeasured, SubgroupTooLarge
from mes.statistics.sigma import METHODS, by_moving_ranges, moving_ranges
from mes.statistics.values import Reading, Subgroup, deviation, mean, present, span


def x_bar_r(groups: Sequence[Subgroup], phases: Sequence[Phase] = (), *, method: str = "rbar") -> Chart:
    """Means and ranges of subgroups of at most 25. Raises NothingMeasured, SubgroupTooLarge, PhaseImpossible."""
    largest = max((len(present(group)) for group in groups), default=0)
    if largest > LARGEST:
        raise SubgroupTooLarge(size=largest)
    return _subgroup_chart("xbar-r", "range", groups, phases, method, span, d2, d3)


def x_bar_s(groups: Sequence[Subgroup], phases: Sequence[Phase] = (), *, method: str = "sbar") -> Chart:
    """Means and standard deviations of subgroups of any size. Raises NothingMeasured, PhaseImpossible."""
    return _subgroup_chart("xbar-s", "deviation", groups, phases, method, deviation, c4, c5)


def i_mr(values: Sequence[Reading], phases: Sequence[Phase] = ()) -> Chart:
    """Single readings and their moving ranges of two; each phase begins anew. Raises NothingMeasured."""
    found = stages(phases, len(values))
    bases, single, moving = [], [], []
    for place, stage in enumerate(found):
        basis = _individual_basis(values, stage)
        bases.append(basis)
        part = [values[point] for point in stage.points]
        single += [_point(value, 1, place, basis.centre, basis.sigma or 0.0, None) for value in part]
        expected, spread = d2(2) * (basis.sigma or 0.0), d3(2) * (basis.sigma or 0.0)
        moving += [_point(value, 2, place, expected, spread, 0.0) for value in moving_ranges(part)]
    return Chart(
        "i-mr", (Track("value", tuple(single)), Track("moving range", tuple(moving), zones=False)), tuple(bases)
    )


def subgroup_basis(groups: Sequence[Subgroup], stage: Stage, method: str) -> Basis:
    """Centre (mean of all readings) and standard deviation within subgroups of a stage."""
    first, last = stage.basis.start + 1, stage.basis.stop
    known = stage.phase.known
    if known is not None:
        return Basis(known.centre, known.sigma, "known", first, last, stage.points)
    part = [groups[point] for point in stage.basis]
    readings = [value for group in part for value in present(group)]
    if not readings:
        raise NothingMeasured
    largest = max(len(present(group)) for group in part)
    sigma = METHODS["mr" if largest == 1 else method](part)
    return Basis(mean(readings), sigma.value, sigma.method, first, last, stage.points)


def _individual_basis(values: Sequence[Reading], stage: Stage) -> Basis:
    first, last = stage.basis.start + 1, stage.basis.stop
    known: Known | None = stage.phase.known
    if known is not None:
        return Basis(known.centre, known.sigma, "known", first, last, stage.points)
    part = [values[point] for point in stage.basis]
    sigma = by_moving_ranges(part)
    return Basis(mean(present(part)), sigma.value, sigma.method, first, last, stage.points)


def _subgroup_chart(
    kind: str,
    name: str,
    groups: Sequence[Subgroup],
    phases: Sequence[Phase],
    method: str,
    scatter: Callable[[Sequence[float]], float],
    expected: Callable[[int], float],
    spread: Callable[[int], float],
) -> Chart:
    bases, means, scatters = [], [], []
    for place, stage in enumerate(stages(phases, len(groups))):
        basis = subgroup_basis(groups, stage, method)
        sigma = basis.sigma or 0.0
        bases.append(basis)
        for point in stage.points:
            sample = present(groups[point])
            n = len(sample)
            value = mean(sample) if sample else None
            means.append(_point(value, n, place, basis.centre, sigma / math.sqrt(n or 1), None))
            if n > 1:
                scatters.append(_point(scatter(sample), n, place, expected(n) * sigma, spread(n) * sigma, 0.0))
            else:
                scatters.append(Point(None, n, place, 0.0, 0.0, None, None))
    return Chart(kind, (Track("mean", tuple(means)), Track(name, tuple(scatters), zones=False)), tuple(bases))


def _point(value: Reading, n: int, stage: int, centre: float, sigma: float, least: float | None) -> Point:
    lower = centre - 3 * sigma
    return Point(value, n, stage, centre, sigma, lower if least is None else max(least, lower), centre + 3 * sigma)
