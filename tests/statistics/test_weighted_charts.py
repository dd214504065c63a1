"""EWMA and CUSUM against the worked example of Montgomery and against their sums written out."""

import math

import pytest

from mes.statistics.charts import Known, Phase
from mes.statistics.errors import SettingImpossible
from mes.statistics.run_rules import violations
from mes.statistics.weighted_charts import cusum, ewma

#: Montgomery, table 9.1: 20 readings with mean 10, then 10 with mean 11; sigma 1.
READINGS = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62,
    10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip
SINGLE = [[value] for value in READINGS]
GIVEN = [Phase(known=Known(10.0, 1.0))]


def test_the_cusum_of_montgomery_alarms_at_point_29() -> None:
    chart = cusum(SINGLE, GIVEN, k=0.5, h=5)
    high, low = (track.points for track in chart.tracks)
    assert [round(point.value or 0, 2) for point in high[:8]] == [0, 0, 0, 1.16, 2.82, 2.50, 0.04, 1.00]
    assert [round(point.value or 0, 2) for point in low[:4]] == [0.05, 1.56, 1.77, 0]
    assert round(high[28].value or 0, 2) == 5.28
    assert [(one.track, one.at) for one in violations(chart)] == [("C+", 28), ("C+", 29)]


def test_the_ewma_of_montgomery_has_the_published_points_and_limits() -> None:
    chart = ewma(SINGLE, GIVEN, weight=0.1, width=2.7)
    points = chart.tracks[0].points
    assert [round(point.value or 0, 4) for point in points[:3]] == [9.945, 9.7495, pytest.approx(9.7036, abs=1.1e-4)]
    assert (round(points[0].lower or 0, 2), round(points[0].upper or 0, 2)) == (9.73, 10.27)
    assert (round(points[1].lower or 0, 2), round(points[1].upper or 0, 2)) == (9.64, 10.36)
    assert round(points[29].upper or 0, 2) == 10.62
    assert [one.at for one in violations(chart)] == [28, 29]


@pytest.mark.parametrize("weight", [0.05, 0.2, 1.0])
def test_the_limits_of_the_ewma_are_those_of_the_closed_form(weight: float) -> None:
    chart = ewma([[9.0, 11.0]] * 12, [Phase(known=Known(10, 2))], weight=weight, width=2.5)
    for i, point in enumerate(chart.tracks[0].points, 1):
        expected = 2 / math.sqrt(2) * math.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * i)))
        assert point.sigma == pytest.approx(expected)
        assert point.upper == pytest.approx(10 + 2.5 * expected)


def test_weight_one_is_the_shewhart_chart() -> None:
    points = ewma(SINGLE, GIVEN, weight=1).tracks[0].points
    assert [point.value for point in points] == READINGS
    assert {point.upper for point in points} == {13.0}


def test_a_head_start_begins_half_way() -> None:
    chart = cusum([[10.0]] * 3, GIVEN, head_start=True)
    assert [point.value for point in chart.tracks[0].points] == [2.0, 1.5, 1.0]


def test_a_target_may_differ_from_the_centre() -> None:
    chart = cusum([[10.0], [10.0]], GIVEN, target=9.0)
    assert [point.value for point in chart.tracks[0].points] == [0.5, 1.0]


def test_a_missing_subgroup_leaves_the_sums() -> None:
    chart = cusum([[11.0], [None], [11.0]], GIVEN)
    assert [point.value for point in chart.tracks[0].points] == [0.5, None, 1.0]
    smooth = ewma([[11.0], [None], [11.0]], GIVEN, weight=0.5)
    assert [point.value for point in smooth.tracks[0].points] == [10.5, None, 10.75]
    assert smooth.tracks[0].points[2].sigma == pytest.approx(math.sqrt(0.25 + 0.25 * 0.25))


def test_equal_values_do_not_alarm() -> None:
    for chart in (ewma([[4.2]] * 9), cusum([[4.2]] * 9)):
        assert violations(chart) == []


@pytest.mark.parametrize(
    "setting", [{"weight": 0}, {"weight": 1.2}, {"width": 0}, {"width": math.nan}, {"target": math.nan}]
)
def test_impossible_settings_of_the_ewma_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(SettingImpossible):
        ewma(SINGLE, GIVEN, **setting)  # type: ignore[arg-type]


@pytest.mark.parametrize("setting", [{"k": -1}, {"h": 0}, {"k": math.nan}, {"h": math.inf}, {"target": math.inf}])
def test_impossible_settings_of_the_cusum_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(SettingImpossible):
        cusum(SINGLE, GIVEN, **setting)  # type: ignore[arg-type]
