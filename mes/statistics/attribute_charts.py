"""p, np, c and u charts, and Laney's p' and u' (Montgomery, chapter 7; Laney 2002).

Each point has limits of its own, from its own number inspected. A lower limit below zero is zero; a share cannot
exceed 1. Nothing inspected is a missing point. Without any defect the limits are zero, and the first defect is beyond.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mes.statistics.charts import Basis, Chart, Phase, Point, Stage, Track, stages
from mes.statistics.constants import d2
from mes.statistics.errors import CountImpossible, NothingMeasured, SettingImpossible
from mes.statistics.sigma import moving_ranges
from mes.statistics.values import Reading, mean, present


@dataclass(frozen=True)
class Count:
    """What was counted in ``size`` inspected pieces (or areas, hours); None where nobody counted."""

    found: float | None
    size: float | None = 1

    @property
    def is_there(self) -> bool:
        return self.found is not None and bool(self.size)


def p_chart(counts: Sequence[Count], phases: Sequence[Phase] = (), *, laney: bool = False) -> Chart:
    """Share of nonconforming pieces; ``laney`` widens the limits by what the share itself varies."""
    _check(counts, phases, pieces=True)
    return _rate_chart("laney-p" if laney else "p", counts, phases, most=1.0, laney=laney)


def u_chart(counts: Sequence[Count], phases: Sequence[Phase] = (), *, laney: bool = False) -> Chart:
    """Nonconformities per unit inspected; ``laney`` as for the p chart."""
    _check(counts, phases, pieces=False)
    return _rate_chart("laney-u" if laney else "u", counts, phases, most=None, laney=laney)


def np_chart(counts: Sequence[Count], phases: Sequence[Phase] = ()) -> Chart:
    """Number of nonconforming pieces; with unequal sizes the centre line follows the size."""
    _check(counts, phases, pieces=True)
    return _number_chart("np", counts, phases)


def c_chart(found: Sequence[float | None], phases: Sequence[Phase] = ()) -> Chart:
    """Number of nonconformities in equal units."""
    counts = [Count(number) for number in found]
    _check(counts, phases, pieces=False)
    return _number_chart("c", counts, phases)


def _check(counts: Sequence[Count], phases: Sequence[Phase], *, pieces: bool) -> None:
    for phase in phases:
        if phase.known is not None and not 0 <= phase.known.centre <= (1 if pieces else math.inf):
            raise SettingImpossible(name="centre", value=f"{phase.known.centre:g}")
    for place, count in enumerate(counts):
        if count.found is None or count.size is None:
            continue
        whole = count.found == math.floor(count.found) and (not pieces or count.size == math.floor(count.size))
        of_nothing = count.found > 0 and not count.size
        if not whole or of_nothing or count.found < 0 or count.size < 0 or (pieces and count.found > count.size):
            raise CountImpossible(point=place + 1, count=f"{count.found:g}", size=f"{count.size:g}")


def _rate(counts: Sequence[Count], stage: Stage) -> Basis:
    """The rate per inspected unit of a stage: all that was found over all that was inspected."""
    first, last = stage.basis.start + 1, stage.basis.stop
    if stage.phase.known is not None:
        return Basis(stage.phase.known.centre, None, "known", first, last, stage.points)
    part = [counts[point] for point in stage.basis if counts[point].is_there]
    inspected = math.fsum(count.size or 0 for count in part)
    if not inspected:
        raise NothingMeasured
    rate = math.fsum(count.found or 0 for count in part) / inspected
    return Basis(rate, None, "rate", first, last, stage.points)


def _scatter(kind: str, rate: float, size: float) -> float:
    """Standard deviation of a rate in ``size`` units: binomial for pieces, Poisson for nonconformities."""
    return math.sqrt(rate * (1 - rate) / size) if kind in ("p", "np", "laney-p") else math.sqrt(rate / size)


def _rate_chart(kind: str, counts: Sequence[Count], phases: Sequence[Phase], most: float | None, laney: bool) -> Chart:
    points, bases = [], []
    for place, stage in enumerate(stages(phases, len(counts))):
        basis = _rate(counts, stage)
        widened = _laney(kind, [counts[point] for point in stage.basis], basis.centre) if laney else 1.0
        bases.append(
            Basis(basis.centre, widened if laney else None, basis.method, basis.first, basis.last, basis.points)
        )
        for point in stage.points:
            count = counts[point]
            size = count.size or 1
            sigma = _scatter(kind, basis.centre, size) * widened
            value = (count.found or 0) / size if count.is_there else None
            points.append(_point(value, size, place, basis.centre, sigma, most))
    return Chart(kind, (Track("rate", tuple(points)),), tuple(bases))


def _laney(kind: str, counts: Sequence[Count], rate: float) -> float:
    """How much more the rate varies than chance alone: the moving-range sigma of the standardised rates."""
    scores: list[Reading] = []
    for count in counts:
        sigma = _scatter(kind, rate, count.size or 1)
        scores.append(((count.found or 0) / (count.size or 1) - rate) / sigma if count.is_there and sigma else None)
    ranges = present(moving_ranges(scores))
    return mean(ranges) / d2(2) if ranges else 1.0


def _number_chart(kind: str, counts: Sequence[Count], phases: Sequence[Phase]) -> Chart:
    points, bases = [], []
    for place, stage in enumerate(stages(phases, len(counts))):
        basis = _rate(counts, stage)
        bases.append(basis)
        for point in stage.points:
            count = counts[point]
            size = count.size or 1
            sigma = _scatter(kind, basis.centre, size) * size
            most = size if kind == "np" else None
            points.append(
                _point(count.found if count.is_there else None, size, place, basis.centre * size, sigma, most)
            )
    return Chart(kind, (Track("number", tuple(points)),), tuple(bases))


def _point(value: float | None, size: float, stage: int, centre: float, sigma: float, most: float | None) -> Point:
    upper = centre + 3 * sigma
    return Point(
        value, size, stage, centre, sigma, max(0.0, centre - 3 * sigma), upper if most is None else min(upper, most)
    )
