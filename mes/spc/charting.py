"""A control chart from what inspections measured: pure, from samples and frozen phases to points and met rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from mes.inspection.models import Nature
from mes.spc.kinds import VARIABLE, same_family, told
from mes.spc.models import ChartKind, ChartPhase, ControlChart
from mes.statistics.attribute_charts import Count, c_chart, np_chart, p_chart, u_chart
from mes.statistics.charts import Basis, Chart, Known, Phase, Track
from mes.statistics.errors import NothingMeasured, SubgroupTooLarge
from mes.statistics.run_rules import Violation, violations
from mes.statistics.values import measured, present
from mes.statistics.variable_charts import i_mr, x_bar_r, x_bar_s
from mes.statistics.weighted_charts import cusum, ewma

#: Points before the shown ones that sums and averages of EWMA and CUSUM remember.
MEMORY = 200


class Sample(NamedTuple):
    """A point to be: the readings of one inspection, or one of them on charts of single readings."""

    inspection_id: int
    code: str
    at: datetime
    #: By piece; of what is decided by looking 0 is good and 1 is bad.
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Met:
    """A rule met at a point (counted from 0)."""

    track: str
    rule: str
    at: int
    first: str
    last: str
    #: Whether the rule was met at the point before it, too: the same run goes on.
    goes_on: bool

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        return told(self.rule, first=self.first, last=self.last)


@dataclass(frozen=True)
class Plot:
    """A chart with its samples, in the same order. ``frozen``: each stage's phase, None for trial limits."""

    samples: Sequence[Sample]
    tracks: tuple[Track, ...]
    bases: tuple[Basis, ...]
    met: tuple[Met, ...]
    frozen: tuple[ChartPhase | None, ...]


def is_single(chart: ControlChart) -> bool:
    """Whether each reading is a point of its own, also when an inspection measured several pieces."""
    return chart.kind is ChartKind.I_MR or (chart.kind in (ChartKind.EWMA, ChartKind.CUSUM) and chart.size == 1)


def points_of(chart: ControlChart, samples: Sequence[Sample]) -> list[Sample]:
    """What the chart plots: a point for each inspection, or for each reading."""
    if not is_single(chart):
        return list(samples)
    found = []
    for one in samples:
        for piece, value in enumerate(one.values, 1):
            code = one.code if len(one.values) == 1 else f"{one.code}-{piece}"
            found.append(Sample(one.inspection_id, code, one.at, (value,)))
    return found


def plot(chart: ControlChart, points: Sequence[Sample], phases: Sequence[ChartPhase], *, skip: int = 0) -> Plot | None:
    """The chart of these points with the rules of the characteristic; None when they are too few.

    ``phases`` are the frozen ones by number; without any the limits are trial limits from all points. ``skip``:
    so many first points are only remembered, not shown.
    """
    placed = _placed(chart, points, phases)
    frozen = tuple(phase for _start, phase in placed) or (None,)
    given = [Phase(start, None, Known(phase.centre, phase.sigma or 0.0)) for start, phase in placed]
    try:
        drawn = draw(chart, points, given)
    except (NothingMeasured, SubgroupTooLarge):
        return None
    met = _met(drawn, points, violations(drawn, sorted(chart.rules)))
    return _without(Plot(points, drawn.tracks, drawn.bases, met, frozen), skip)


def draw(chart: ControlChart, points: Sequence[Sample], phases: Sequence[Phase]) -> Chart:
    """The chart of the statistics. Raises NothingMeasured, SubgroupTooLarge."""
    if not points:
        raise NothingMeasured
    if chart.kind not in VARIABLE:
        return _drawn_counts(chart, points, phases)
    groups = [measured(point.values) for point in points]
    if chart.kind is ChartKind.I_MR:
        return i_mr([group[0] for group in groups], phases)
    if chart.kind is ChartKind.XBAR_S:
        return x_bar_s(groups, phases)
    weight, width, step, decision = present(measured((chart.weight, chart.width, chart.step, chart.decision)))
    if chart.kind is ChartKind.EWMA:
        return ewma(groups, phases, weight=weight, width=width)
    if chart.kind is ChartKind.CUSUM:
        return cusum(groups, phases, k=step, h=decision)
    return x_bar_r(groups, phases)


def _drawn_counts(chart: ControlChart, points: Sequence[Sample], phases: Sequence[Phase]) -> Chart:
    counts = [count_of(chart, point) for point in points]
    if chart.kind is ChartKind.C:
        return c_chart([count.found for count in counts], phases)
    draw_one: Callable[..., Chart] = {ChartKind.P: p_chart, ChartKind.NP: np_chart, ChartKind.U: u_chart}[chart.kind]
    return draw_one(counts, phases)


def count_of(chart: ControlChart, sample: Sample) -> Count:
    """What was counted: bad pieces of those decided by looking; else a reading is a count of faults in ``size`` pieces.

    More faulty pieces than were looked at cannot be: such a count is a missing point.
    """
    values = [value for value in sample.values if value is not None]
    by_looking = chart.characteristic.nature is Nature.ATTRIBUTE
    found, size = sum(values, Decimal(0)), len(values) * (1 if by_looking else chart.size)
    pieces = chart.kind in (ChartKind.P, ChartKind.NP)
    broken = found < 0 or found != found.to_integral_value() or (pieces and found > size)
    return Count(None, None) if broken or not values else Count(measured([found])[0], size)


def _placed(
    chart: ControlChart, points: Sequence[Sample], phases: Sequence[ChartPhase]
) -> list[tuple[int, ChartPhase]]:
    """Where each phase begins among the points; the first also holds before it begins."""
    placed: list[tuple[int, ChartPhase]] = []
    fitting = [phase for phase in phases if same_family(phase.kind, chart.kind)]
    for phase in fitting:
        start = next((at for at, one in enumerate(points) if one.inspection_id >= phase.first_id), None)
        if start is None:
            break
        if not placed:
            start = 0
        elif placed[-1][0] == start:
            placed.pop()
        placed.append((start, phase))
    return placed or [(0, phase) for phase in fitting[:1]]


def _met(drawn: Chart, points: Sequence[Sample], found: Sequence[Violation]) -> tuple[Met, ...]:
    at_points = {(one.track, one.rule, one.at) for one in found}
    lasting = [one for one in found if one.rule != "beyond-limits"]
    before = {id(one) for one in lasting if (one.track, one.rule, one.at - 1) in at_points}
    return tuple(
        Met(one.track, one.rule, one.at, points[one.points[0]].code, points[one.at].code, id(one) in before)
        for one in found
    )


def _without(whole: Plot, skip: int) -> Plot:
    if not skip:
        return whole
    tracks = tuple(Track(track.name, track.points[skip:], track.zones, track.limits_only) for track in whole.tracks)
    met = tuple(
        Met(one.track, one.rule, one.at - skip, one.first, one.last, one.goes_on) for one in whole.met if one.at >= skip
    )
    return Plot(whole.samples[skip:], tracks, whole.bases, met, whole.frozen)
