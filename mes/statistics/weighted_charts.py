"""EWMA and CUSUM charts of single readings or subgroup means (Roberts 1959, Page 1954; Montgomery, chapter 9).

Both find small shifts. Their points hang together, so they are judged by their limits alone. A missing subgroup leaves
the sums as they are; each phase begins anew.
"""

import math
from collections.abc import Sequence

from mes.statistics.charts import Basis, Chart, Phase, Point, Track, stages
from mes.statistics.errors import SettingImpossible
from mes.statistics.values import Subgroup, mean, present
from mes.statistics.variable_charts import subgroup_basis


def ewma(
    groups: Sequence[Subgroup],
    phases: Sequence[Phase] = (),
    *,
    weight: float = 0.2,
    width: float = 3.0,
    target: float | None = None,
    method: str = "rbar",
) -> Chart:
    """z = weight x + (1 - weight) z, from the target (or the centre), with the exact limits of each point.

    Var z grows from point to point: weight^2 sigma^2 / n + (1 - weight)^2 Var z before, which for equal n is
    sigma^2 / n weight / (2 - weight) (1 - (1 - weight)^2i). ``width`` limits in standard deviations.
    """
    if not 0 < weight <= 1:
        raise SettingImpossible(name="lambda", value=f"{weight:g}")
    if not 0 < width < math.inf:
        raise SettingImpossible(name="L", value=f"{width:g}")
    _check_target(target)
    points, bases = [], []
    for place, stage in enumerate(stages(phases, len(groups))):
        basis = subgroup_basis(groups, stage, method)
        bases.append(basis)
        centre = basis.centre if target is None else target
        smooth, variance = centre, 0.0
        for index in stage.points:
            sample = present(groups[index])
            if not sample:
                points.append(Point(None, 0, place, centre, 0.0, None, None))
                continue
            smooth = weight * mean(sample) + (1 - weight) * smooth
            variance = weight**2 * (basis.sigma or 0.0) ** 2 / len(sample) + (1 - weight) ** 2 * variance
            sigma = math.sqrt(variance)
            points.append(
                Point(smooth, len(sample), place, centre, sigma, centre - width * sigma, centre + width * sigma)
            )
    return Chart("ewma", (Track("ewma", tuple(points), zones=False, limits_only=True),), tuple(bases))


def cusum(
    groups: Sequence[Subgroup],
    phases: Sequence[Phase] = (),
    *,
    k: float = 0.5,
    h: float = 5.0,
    head_start: bool = False,
    target: float | None = None,
    method: str = "rbar",
) -> Chart:
    """The tabular CUSUM: C+ = max(0, x - target - K + C+), C- = max(0, target - K - x + C-), alarm above H.

    K = k sigma and H = h sigma of the plotted mean, so k is half the shift to be found in standard deviations.
    ``head_start`` begins both sums at H / 2 (fast initial response of Lucas and Crosier 1982).
    """
    if not 0 <= k < math.inf:
        raise SettingImpossible(name="k", value=f"{k:g}")
    if not 0 < h < math.inf:
        raise SettingImpossible(name="h", value=f"{h:g}")
    _check_target(target)
    upper: list[Point] = []
    lower: list[Point] = []
    bases: list[Basis] = []
    for place, stage in enumerate(stages(phases, len(groups))):
        basis = subgroup_basis(groups, stage, method)
        bases.append(basis)
        centre = basis.centre if target is None else target
        high = low = None
        for index in stage.points:
            sample = present(groups[index])
            sigma = (basis.sigma or 0.0) / math.sqrt(len(sample) or 1)
            if high is None or low is None:
                high = low = h * sigma / 2 if head_start else 0.0
            if sample:
                high = max(0.0, high + mean(sample) - centre - k * sigma)
                low = max(0.0, low + centre - mean(sample) - k * sigma)
            for sums, value in ((upper, high), (lower, low)):
                sums.append(Point(value if sample else None, len(sample), place, 0.0, sigma, None, h * sigma))
    tracks = [Track(name, tuple(sums), False, True) for name, sums in (("C+", upper), ("C-", lower))]
    return Chart("cusum", tuple(tracks), tuple(bases))


def _check_target(target: float | None) -> None:
    if target is not None and not math.isfinite(target):
        raise SettingImpossible(name="target", value=f"{target:g}")
