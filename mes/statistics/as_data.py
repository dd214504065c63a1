"""Results as plain data for programs: every limit, index, rule violation and verdict, under names that stay."""

from collections.abc import Sequence
from typing import Any

from mes.core.i18n import _
from mes.statistics.capability import Capability, Index, Outside
from mes.statistics.charts import Chart, Point, Track
from mes.statistics.run_rules import Violation

Data = dict[str, Any]


def chart_data(chart: Chart, met: Sequence[Violation], labels: Sequence[str] | None = None) -> Data:
    """A control chart: phases, tracks with a limit per point, violations. Points are counted from 1."""
    return {
        "chart": chart.kind,
        "in_control": not met,
        "phases": [
            {
                "first": basis.points.start + 1,
                "last": basis.points.stop,
                "limits_from": basis.first,
                "limits_to": basis.last,
                "method": basis.method,
                "centre": basis.centre,
                "sigma": basis.sigma,
            }
            for basis in chart.bases
        ],
        "tracks": [_track(track, labels) for track in chart.tracks],
        "violations": [
            {
                "track": one.track,
                "rule": one.rule,
                "point": one.at + 1,
                "points": [place + 1 for place in one.points],
                "sentence": one.sentence,
            }
            for one in met
        ],
    }


def _track(track: Track, labels: Sequence[str] | None) -> Data:
    limits = {(point.centre, point.lower, point.upper) for point in track.points if point.value is not None}
    centre, lower, upper = limits.pop() if len(limits) == 1 else (None, None, None)
    return {
        "name": track.name,
        "centre": centre,
        "lcl": lower,
        "ucl": upper,
        "points": [_point(place, point, labels) for place, point in enumerate(track.points)],
    }


def _point(place: int, point: Point, labels: Sequence[str] | None) -> Data:
    return {
        "point": place + 1,
        "label": labels[place] if labels else str(place + 1),
        "value": point.value,
        "size": point.size,
        "phase": point.stage + 1,
        "centre": point.centre,
        "sigma": point.sigma,
        "lcl": point.lower,
        "ucl": point.upper,
        "beyond": point.is_above or point.is_below,
    }


def capability_data(found: Capability) -> Data:
    """A capability study. Cp, Cpk take the deviation within subgroups; Pp, Ppk, Cpm that of all readings."""
    names = ("cp", "cpl", "cpu", "cpk", "pp", "ppl", "ppu", "ppk", "cpm")
    return {
        "readings": found.readings,
        "subgroups": found.subgroups,
        "mean": found.mean,
        "min": found.least,
        "max": found.greatest,
        "sigma_within": found.within.value,
        "sigma_within_method": found.within.method,
        "sigma_overall": found.overall.value,
        "lsl": found.specification.lower,
        "usl": found.specification.upper,
        "target": found.specification.target,
        **{name: getattr(found, name).value for name in names},
        "confidence": found.confidence,
        "intervals": {name: _interval(getattr(found, name)) for name in names},
        "ppm_expected_within": _outside(found.expected_within),
        "ppm_expected_overall": _outside(found.expected_overall),
        "ppm_observed": _outside(found.observed),
        "normality": found.normality
        and {
            "test": "Anderson-Darling",
            "statistic": found.normality.statistic,
            "corrected": found.normality.corrected,
            "p": found.normality.p,
            "plausible": found.normality.is_plausible,
        },
        "histogram": [{"from": one.low, "to": one.high, "count": one.count} for one in found.bins],
        "warnings": [_(warning) for warning in found.warnings],
    }


def _interval(index: Index) -> list[float | None]:
    return [index.low, index.high]


def _outside(outside: Outside) -> Data:
    return {"below": outside.below, "above": outside.above, "total": outside.total}
