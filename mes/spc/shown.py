"""A control chart as data for the screen, for paper and for programs: tracks of values, steps of limits, marks."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.i18n import own_name
from mes.inspection.models import Characteristic
from mes.spc.charting import Plot, Sample, draw, is_single
from mes.spc.models import ChartAlarm, ChartKind, ChartPhase, ControlChart
from mes.spc.readings import Bucket
from mes.spc.rules import VARIABLE, chart_name, rule_name, same_family, sentence_of, track_name
from mes.statistics.charts import Known, Phase, Point, Track

#: Places after the point that a mean has more than a reading.
MORE = 1


class Step(msgspec.Struct):
    """Limits that hold from the point ``start`` on. ``phase``: its number; null for trial limits."""

    start: int
    phase: int | None
    centre: float
    lower: float | None
    upper: float | None


class TrackShown(msgspec.Struct):
    """One line of a chart. A missing reading is a null."""

    name: str
    title: str
    values: list[float | None]
    steps: list[Step]


class Mark(msgspec.Struct):
    """A rule that is met at a point of a track, in one sentence."""

    track: int
    point: int
    rule: str
    sentence: str


class ChartShown(msgspec.Struct):
    """A control chart. ``thinned``: neighbouring points are put together, the lowest and highest of them kept."""

    chart: int
    kind: str
    title: str
    item: str
    characteristic: str
    unit: str
    decimals: int
    lower: Decimal | None
    nominal: Decimal | None
    upper: Decimal | None
    thinned: bool
    points: int
    labels: list[str]
    at: list[datetime | None]
    inspections: list[int]
    tracks: list[TrackShown]
    marks: list[Mark]


def decimals_of(measured: Characteristic) -> int:
    """Places after the point that readings of a characteristic are shown with."""
    if measured.decimals is not None:
        return measured.decimals
    given = (measured.lower, measured.nominal, measured.upper)
    return max((-int(one.as_tuple().exponent) for one in given if one is not None), default=2)


def close_up(chart: ControlChart, measured: Characteristic, plot: Plot | None, item: str = "") -> ChartShown:
    """Points one by one, with every rule that is met."""
    shown = _head(chart, measured, item)
    if plot is None:
        return shown
    shown.points = len(plot.samples)
    shown.labels = [one.code for one in plot.samples]
    shown.at = [one.at for one in plot.samples]
    shown.inspections = [one.inspection_id for one in plot.samples]
    for place, track in enumerate(plot.tracks):
        values = [point.value for point in track.points]
        shown.tracks.append(TrackShown(track.name, track_name(track.name), values, list(_steps(track, plot.frozen))))
        found = (met for met in plot.met if met.track == track.name)
        shown.marks += [Mark(place, met.at, met.rule, met.sentence) for met in found]
    return shown


def _steps(track: Track, frozen: Sequence[ChartPhase | None]) -> Iterator[Step]:
    last: tuple[int, float, float | None, float | None] | None = None
    for place, point in enumerate(track.points):
        if point.value is None:
            continue
        now = (point.stage, point.centre, point.lower, point.upper)
        if now != last:
            phase = frozen[point.stage]
            yield Step(place, phase.number if phase else None, point.centre, point.lower, point.upper)
        last = now


def overview(
    chart: ControlChart,
    measured: Characteristic,
    buckets: Sequence[Bucket],
    phases: Sequence[ChartPhase],
    alarms: Sequence[ChartAlarm],
) -> ChartShown:
    """All points together with their neighbours, with the alarms that were raised and whatever is beyond a limit."""
    shown = _head(chart, measured, measured.standard.item.code)
    shown.thinned, shown.points = True, sum(bucket.points for bucket in buckets)
    for bucket in buckets:
        shown.inspections += [bucket.first_id, bucket.last_id]
        shown.labels += [str(bucket.points)] * 2
        shown.at += [None, None]
    names = ("value",) if is_single(chart) else ("mean", "range") if chart.kind is ChartKind.XBAR_R else ("mean",)
    placed = [phase for phase in phases if same_family(phase.kind, chart.kind)]
    starts = [0, *(2 * bisect_left(buckets, one.first_id, key=lambda bucket: bucket.last_id) for one in placed[1:])]
    for place, name in enumerate(names):
        values = [side for one in buckets for side in ((one.low, one.high) if place == 0 else (one.spread, None))]
        limits = [_limits(chart, phase, place) for phase in placed]
        steps = [
            Step(start, phase.number, limit.centre, limit.lower, limit.upper)
            for start, phase, limit in zip(starts, placed, limits, strict=False)
        ]
        shown.tracks.append(TrackShown(name, track_name(name), values, steps))
        shown.marks += _beyond(place, values, steps)
    shown.marks += list(_raised(buckets, alarms, names))
    return shown


def _limits(chart: ControlChart, phase: ChartPhase, place: int) -> Point:
    """The limits of a full subgroup in a phase."""
    value = Decimal(0)
    full = Sample(0, "", phase.at, (value,) * chart.size)
    known = Phase(0, None, Known(phase.centre, phase.sigma or 0.0))
    return draw(chart, [full], [known]).tracks[place].points[0]


def _beyond(track: int, values: Sequence[float | None], steps: Sequence[Step]) -> list[Mark]:
    found = []
    for step, end in zip(steps, [*(one.start for one in steps[1:]), len(values)], strict=True):
        for point in range(step.start, end):
            value = values[point]
            low, high = step.lower, step.upper
            if value is not None and ((high is not None and value > high) or (low is not None and value < low)):
                found.append(Mark(track, point, "beyond-limits", rule_name("beyond-limits")))
    return found


def _raised(buckets: Sequence[Bucket], alarms: Sequence[ChartAlarm], names: Sequence[str]) -> Iterator[Mark]:
    for alarm in alarms:
        at = bisect_left(buckets, alarm.inspection_id, key=lambda bucket: bucket.last_id)
        is_shown = at < len(buckets) and buckets[at].first_id <= alarm.inspection_id
        if is_shown and alarm.track in names:
            track = names.index(alarm.track)
            side = 1 if track == 0 and alarm.value > alarm.centre else 0
            yield Mark(track, 2 * at + side, alarm.rule, sentence_of(alarm))


def _head(chart: ControlChart, measured: Characteristic, item: str) -> ChartShown:
    variable = chart.kind in VARIABLE
    return ChartShown(
        chart=chart.id, kind=chart.kind.value, title=chart_name(chart.kind), item=item,
        characteristic=own_name(measured), unit=(measured.unit or "") if variable else "",
        decimals=decimals_of(measured) + MORE if variable else 3,
        lower=measured.lower, nominal=measured.nominal, upper=measured.upper,
        thinned=False, points=0, labels=[], at=[], inspections=[], tracks=[], marks=[],
    )  # fmt: skip


def written(value: float | None, decimals: int) -> str:
    """A plotted value with the characteristic's places; nothing is "-"."""
    return "-" if value is None else f"{value:,.{decimals}f}"


def spark(values: Sequence[float | None], most: int = 60) -> list[tuple[float, float]]:
    """A line without axes, in a box of 100 by 30: places of the points that are there."""
    there = [(place, value) for place, value in enumerate(values[-most:]) if value is not None]
    if not there:
        return []
    low, high = (edge(value for _place, value in there) for edge in (min, max))
    last = max(len(values[-most:]) - 1, 1)
    return [
        (round(100 * place / last, 1), round(15.0 if high == low else 28 - 26 * (value - low) / (high - low), 1))
        for place, value in there
    ]
