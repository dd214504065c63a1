"""Charts of counts: sums by hand, unequal sizes, no defects, impossible counts."""

import math
import random

import pytest

from mes.statistics.attribute_charts import Count, c_chart, np_chart, p_chart, u_chart
from mes.statistics.charts import Known, Phase
from mes.statistics.errors import CountImpossible, NothingMeasured, SettingImpossible
from mes.statistics.run_rules import violations


def test_p_limits_follow_each_points_own_size() -> None:
    chart = p_chart([Count(4, 100), Count(6, 200), Count(2, 100)])
    for point, n in zip(chart.tracks[0].points, (100, 200, 100), strict=True):
        assert point.centre == pytest.approx(0.03)
        assert point.upper == pytest.approx(0.03 + 3 * math.sqrt(0.03 * 0.97 / n))
        assert point.lower == 0


def test_orange_juice_cans_have_the_published_limits() -> None:
    """30 samples of 50 cans, 347 nonconforming (Montgomery, example 7.1): 0.2313, 0.4102, 0.0524."""
    counts = [Count(11, 50)] * 29 + [Count(28, 50)]
    point = p_chart(counts).tracks[0].points[0]
    assert point.centre == pytest.approx(0.2313, abs=5e-5)
    assert point.upper == pytest.approx(0.4102, abs=5e-5)
    assert point.lower == pytest.approx(0.0524, abs=5e-5)


def test_circuit_boards_have_the_published_limits() -> None:
    """26 samples of 100 boards, 516 nonconformities (Montgomery, example 7.3): 19.85, 33.22, 6.48."""
    point = c_chart([20] * 25 + [16]).tracks[0].points[0]
    assert point.centre == pytest.approx(19.85, abs=5e-3)
    assert point.upper == pytest.approx(33.22, abs=1e-2)
    assert point.lower == pytest.approx(6.48, abs=1e-2)


def test_np_is_p_times_the_size() -> None:
    counts = [Count(3, 80), Count(7, 120), Count(1, 40)]
    for share, number, one in zip(
        p_chart(counts).tracks[0].points, np_chart(counts).tracks[0].points, counts, strict=True
    ):
        n = one.size or 0
        assert number.centre == pytest.approx(share.centre * n)
        assert number.upper == pytest.approx((share.upper or 0) * n)


def test_u_limits_by_hand() -> None:
    chart = u_chart([Count(7, 10), Count(4, 5), Count(9, 10)])
    assert chart.tracks[0].points[1].centre == pytest.approx(0.8)
    assert chart.tracks[0].points[1].upper == pytest.approx(0.8 + 3 * math.sqrt(0.8 / 5))
    assert chart.tracks[0].points[1].value == pytest.approx(0.8)


def test_without_a_defect_there_is_no_alarm() -> None:
    for chart in (
        p_chart([Count(0, 50)] * 20),
        c_chart([0] * 20),
        u_chart([Count(0, 3)] * 20),
        np_chart([Count(0, 9)] * 20),
    ):
        assert chart.tracks[0].points[0].upper == 0
        assert violations(chart, ["western-electric", "nelson"]) == []


def test_the_first_defect_after_none_is_beyond_frozen_limits() -> None:
    chart = c_chart([0] * 10 + [1], [Phase(0, 10)])
    assert [one.at for one in violations(chart, "limits")] == [10]


def test_a_share_has_no_limit_above_one() -> None:
    point = p_chart([Count(4, 5), Count(5, 5)]).tracks[0].points[0]
    assert point.upper == 1
    assert np_chart([Count(4, 5), Count(5, 5)]).tracks[0].points[0].upper == 5


def test_nothing_inspected_is_a_missing_point() -> None:
    chart = p_chart([Count(2, 50), Count(0, 0), Count(None, 50), Count(1, 50)])
    assert [point.value for point in chart.tracks[0].points] == [0.04, None, None, 0.02]
    assert chart.bases[0].centre == pytest.approx(0.03)
    with pytest.raises(NothingMeasured):
        p_chart([Count(0, 0)])


@pytest.mark.parametrize("count", [Count(-1, 10), Count(11, 10), Count(1.5, 10), Count(1, 9.5)])
def test_impossible_counts_of_pieces_are_refused(count: Count) -> None:
    with pytest.raises(CountImpossible):
        p_chart([Count(1, 10), count])


def test_nonconformities_may_be_more_than_units() -> None:
    assert u_chart([Count(30, 10), Count(25, 9.5)]).tracks[0].points[0].value == 3
    for impossible in (Count(1.5, 10), Count(5, 0)):
        with pytest.raises(CountImpossible):
            u_chart([Count(1, 10), impossible])


def test_a_known_rate_is_not_estimated() -> None:
    chart = p_chart([Count(30, 100)] * 3, [Phase(known=Known(0.1, 0))])
    assert chart.tracks[0].points[0].upper == pytest.approx(0.19)
    assert len(violations(chart, "limits")) == 3


def test_laney_is_the_plain_chart_where_only_chance_varies_and_wider_where_more_does() -> None:
    rng = random.Random(3)
    plain = [Count(sum(rng.random() < 0.1 for _ in range(400)), 400) for _ in range(80)]
    assert p_chart(plain, laney=True).bases[0].sigma == pytest.approx(1, abs=0.15)
    varied = []
    for _ in range(80):
        share = rng.uniform(0.02, 0.18)
        varied.append(Count(sum(rng.random() < share for _ in range(400)), 400))
    assert (p_chart(varied, laney=True).bases[0].sigma or 0) > 2
    assert (u_chart(varied, laney=True).bases[0].sigma or 0) > 2
    assert len(violations(p_chart(varied, laney=True), "limits")) < len(violations(p_chart(varied), "limits"))


@pytest.mark.parametrize("centre", [-0.1, 1.5])
def test_a_given_share_is_a_share(centre: float) -> None:
    given = [Phase(known=Known(centre, 0))]
    for draw in (p_chart, np_chart):
        with pytest.raises(SettingImpossible):
            draw([Count(1, 10)], given)


def test_a_given_rate_is_not_below_zero() -> None:
    with pytest.raises(SettingImpossible):
        c_chart([1.0], [Phase(known=Known(-1, 0))])
    with pytest.raises(SettingImpossible):
        u_chart([Count(1, 10)], [Phase(known=Known(-1, 0))])
    assert c_chart([1.0], [Phase(known=Known(4, 0))]).tracks[0].points[0].upper == 10
