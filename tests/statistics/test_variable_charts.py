"""Charts of measurements: published limits, unequal and missing readings, phases, no scatter at all."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.statistics.charts import Known, Phase
from mes.statistics.constants import c4, constants
from mes.statistics.errors import NothingMeasured, PhaseImpossible, SettingImpossible, SubgroupTooLarge
from mes.statistics.run_rules import violations
from mes.statistics.sigma import by_deviations, by_moving_ranges, by_ranges, moving_ranges, pooled
from mes.statistics.values import Subgroup, deviation, mean
from mes.statistics.variable_charts import i_mr, x_bar_r, x_bar_s
from tests.statistics.published import PISTON_RINGS, PISTON_RINGS_LATER

READINGS = st.lists(
    st.lists(st.integers(-1000, 1000).map(lambda whole: whole / 8), min_size=2, max_size=5), min_size=2, max_size=12
)


def test_piston_rings_have_the_published_limits() -> None:
    chart = x_bar_r(PISTON_RINGS)
    means, ranges = (track.points[0] for track in chart.tracks)
    assert means.centre == pytest.approx(74.001176, abs=1e-9)
    assert means.lower == pytest.approx(73.98805, abs=5e-6)
    assert means.upper == pytest.approx(74.01430, abs=5e-6)
    assert chart.bases[0].sigma == pytest.approx(0.009785, abs=5e-7)
    assert ranges.centre == pytest.approx(0.02276, abs=1e-9)
    assert ranges.upper == pytest.approx(0.04813, abs=5e-6)
    assert ranges.lower == 0
    for rules in ("western-electric", "nelson"):
        assert violations(chart, rules) == []


def test_piston_rings_of_later_editions_have_the_published_deviations() -> None:
    chart = x_bar_s(PISTON_RINGS_LATER)
    means, deviations = (track.points[0] for track in chart.tracks)
    assert means.centre == pytest.approx(74.001, abs=5e-4)
    assert means.lower == pytest.approx(73.988, abs=5e-4)
    assert means.upper == pytest.approx(74.015, abs=5e-4)
    assert deviations.centre == pytest.approx(0.0094, abs=5e-5)
    assert deviations.upper == pytest.approx(0.0196, abs=5e-5)
    assert deviations.lower == 0
    assert violations(chart) == []
    assert violations(chart, "nelson") == []
    assert x_bar_r(PISTON_RINGS_LATER).tracks[1].points[0].centre == pytest.approx(0.02324, abs=1e-9)


@pytest.mark.parametrize(("centre", "sigma"), [(math.nan, 1), (math.inf, 1), (0, -1), (0, math.nan), (0, math.inf)])
def test_a_given_centre_and_deviation_are_numbers(centre: float, sigma: float) -> None:
    with pytest.raises(SettingImpossible):
        Known(centre, sigma)


@given(groups=READINGS)
@settings(max_examples=10)
def test_limits_are_those_of_the_factors_for_equal_subgroups(groups: list[list[float]]) -> None:
    groups = [[*group, *group, *group][:4] for group in groups]
    factors = constants(4)
    ranges = mean([max(group) - min(group) for group in groups])
    scatter = mean([deviation(group) for group in groups])
    by_range, by_scatter = x_bar_r(groups), x_bar_s(groups)
    centre = mean([value for group in groups for value in group])
    assert by_range.tracks[0].points[0].upper == pytest.approx(centre + factors.A2 * ranges)
    assert by_range.tracks[1].points[0].upper == pytest.approx(factors.D4 * ranges)
    assert by_scatter.tracks[0].points[0].lower == pytest.approx(centre - factors.A3 * scatter)
    assert by_scatter.tracks[1].points[0].upper == pytest.approx(factors.B4 * scatter)


@given(groups=READINGS, shift=st.integers(-500, 500), scale=st.sampled_from([0.25, 2.0, 8.0]))
@settings(max_examples=10)
def test_other_units_give_the_same_chart(groups: list[list[float]], shift: int, scale: float) -> None:
    moved = [[shift + scale * value for value in group] for group in groups]
    for draw in (x_bar_r, x_bar_s):
        before, after = draw(groups), draw(moved)
        for old, new in zip(before.tracks[0].points, after.tracks[0].points, strict=True):
            assert new.centre == pytest.approx(shift + scale * old.centre, abs=1e-9)
            assert new.sigma == pytest.approx(scale * old.sigma, abs=1e-9)
        assert [(one.rule, one.at) for one in violations(before)] == [(one.rule, one.at) for one in violations(after)]


@given(groups=READINGS, seed=st.integers(0, 99))
@settings(max_examples=8)
def test_the_order_inside_a_subgroup_does_not_matter(groups: list[list[float]], seed: int) -> None:
    mixed = [random.Random(seed).sample(group, len(group)) for group in groups]
    assert x_bar_r(mixed) == x_bar_r(groups)


def test_unequal_subgroups_have_limits_of_their_own() -> None:
    groups: list[Subgroup] = [[1, 3, 2], [2, 4, 3, 1, 2], [5, 1], [2, 2, 3, 4]]
    chart = x_bar_s(groups)
    sigma = chart.bases[0].sigma or 0
    for point, group in zip(chart.tracks[0].points, groups, strict=True):
        assert point.upper == pytest.approx(chart.bases[0].centre + 3 * sigma / math.sqrt(len(group)))
    assert chart.bases[0].centre == pytest.approx(mean([1, 3, 2, 2, 4, 3, 1, 2, 5, 1, 2, 2, 3, 4]))


def test_the_weights_of_unequal_subgroups_make_the_surest_estimate() -> None:
    rng = random.Random(7)
    sizes = [2, 9, 3, 5, 2, 7]
    runs = [[[rng.gauss(0, 2) for _ in range(n)] for n in sizes] for _ in range(500)]
    for estimate in (by_ranges, by_deviations):
        found = [estimate(run).value for run in runs]
        assert mean(found) == pytest.approx(2, abs=0.05)
        plain = [mean([deviation(group) / c4(len(group)) for group in run]) for run in runs]
        assert deviation(found) < deviation(plain)


def test_the_degrees_of_freedom_are_those_of_the_scatter() -> None:
    rng = random.Random(11)
    runs = [[[rng.gauss(0, 1) for _ in range(5)] for _ in range(8)] for _ in range(500)]
    found = [by_ranges(run).value for run in runs]
    freedom = by_ranges(runs[0]).freedom
    assert freedom < pooled(runs[0]).freedom == 32
    assert (deviation(found) / mean(found)) ** 2 == pytest.approx(1 / (2 * freedom), rel=0.2)
    moving = [by_moving_ranges([value for group in run for value in group]) for run in runs]
    assert (deviation([one.value for one in moving]) / mean([one.value for one in moving])) ** 2 == pytest.approx(
        1 / (2 * moving[0].freedom), rel=0.2
    )


def test_a_missing_reading_is_missing_and_not_zero() -> None:
    chart = x_bar_r([[10.0, None, 12.0], [11.0, 13.0, 12.0], [None, None, None], [10.0, 11.0, 12.0]])
    first, _, third, _ = chart.tracks[0].points
    assert (first.value, first.size) == (11.0, 2)
    assert third.value is None
    assert chart.tracks[1].points[2].value is None


def test_a_subgroup_of_one_has_a_mean_and_no_range() -> None:
    chart = x_bar_r([[10.0, 11.0], [12.0], [10.0, 12.0]])
    assert chart.tracks[0].points[1].value == 12.0
    assert chart.tracks[1].points[1].value is None
    assert chart.tracks[1].points[1].upper is None


def test_subgroups_of_one_only_take_the_moving_range() -> None:
    chart = x_bar_r([[10.0], [12.0], [11.0]])
    assert chart.bases[0].method == "mr"
    assert chart.bases[0].sigma == pytest.approx(1.5 / 1.1283792)


def test_individuals_have_the_factor_2_66() -> None:
    values = [10.0, 12.0, 11.0, 14.0, 13.0]
    single, moving = (track.points[1] for track in i_mr(values).tracks)
    assert single.upper == pytest.approx(12 + 2.658681 * 1.75, abs=1e-4)
    assert moving.value == 2.0
    assert moving.centre == pytest.approx(1.75)
    assert moving.upper == pytest.approx(3.2665 * 1.75, abs=1e-3)
    assert moving.lower == 0


def test_a_missing_reading_leaves_no_moving_range_on_either_side() -> None:
    assert moving_ranges([1.0, None, 4.0, 6.0]) == [None, None, None, 2.0]
    assert moving_ranges([]) == []


@pytest.mark.parametrize("value", [0.1, 74.03, -3.3])
def test_equal_values_have_no_scatter_and_no_alarm(value: float) -> None:
    for chart in (x_bar_r([[value] * 5] * 12), x_bar_s([[value] * 5] * 12), i_mr([value] * 20)):
        assert chart.bases[0].sigma == 0
        assert violations(chart, ["western-electric", "nelson"]) == []


def test_the_first_other_value_after_equal_ones_is_beyond_frozen_limits() -> None:
    chart = i_mr([5.0] * 10 + [5.1], [Phase(0, 10)])
    assert [one.at for one in violations(chart, "limits") if one.track == "value"] == [10]


def test_limits_are_frozen_after_the_first_phase() -> None:
    steady = [[10.0, 11.0, 9.0], [10.5, 9.5, 10.0]] * 10
    shifted = [[value + 4 for value in group] for group in steady[:5]]
    alone, both = x_bar_r(steady), x_bar_r(steady + shifted, [Phase(0, 20)])
    assert both.tracks[0].points[22].upper == alone.tracks[0].points[0].upper
    assert {one.at for one in violations(both, "limits")} == set(range(20, 25))


def test_each_phase_has_its_own_limits_and_runs() -> None:
    low, high = [[1.0, 2.0]] * 8, [[5.0, 6.5]] * 8
    chart = x_bar_r(low + high, [Phase(0), Phase(8)])
    assert [basis.centre for basis in chart.bases] == [1.5, 5.75]
    assert [point.stage for point in chart.tracks[0].points] == [0] * 8 + [1] * 8
    assert violations(chart) == []


def test_points_before_the_first_phase_belong_to_it() -> None:
    chart = i_mr([9.0, 1.0, 2.0, 3.0, 2.0], [Phase(1)])
    assert chart.bases[0].centre == 2.0
    assert chart.tracks[0].points[0].centre == 2.0


@pytest.mark.parametrize("phases", [[Phase(0, 9)], [Phase(3, 3)], [Phase(0), Phase(7)], [Phase(4), Phase(2)]])
def test_a_phase_without_points_is_refused(phases: list[Phase]) -> None:
    with pytest.raises(PhaseImpossible):
        i_mr([1.0, 2.0, 3.0, 4.0, 5.0], phases)


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(NothingMeasured):
        x_bar_r([[None, None]])
    with pytest.raises(NothingMeasured):
        i_mr([3.0])
    with pytest.raises(NothingMeasured):
        pooled([[1.0]])
    with pytest.raises(SubgroupTooLarge):
        x_bar_r([list(map(float, range(26)))] * 2)
    assert x_bar_s([list(map(float, range(26)))] * 2).bases[0].centre == 12.5
