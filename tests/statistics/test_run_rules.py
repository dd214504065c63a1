"""Each rule at its edge: met with the last point, not met with one less; on a line is not beyond it."""

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.statistics.attribute_charts import Count, p_chart
from mes.statistics.charts import Chart, Known, Phase
from mes.statistics.errors import UnknownRule
from mes.statistics.run_rules import RULES, SETS, chosen_rules, violations
from mes.statistics.values import Reading
from mes.statistics.variable_charts import i_mr, x_bar_r

STANDARD = Known(0.0, 1.0)


def chart(values: Sequence[Reading]) -> Chart:
    """Single readings on a chart with centre 0 and sigma 1."""
    return i_mr(values, [Phase(known=STANDARD)])


def met(values: Sequence[Reading], rule: str) -> list[int]:
    return [one.at for one in violations(chart(values), [rule]) if one.track == "value"]


def test_a_point_on_the_limit_is_not_beyond_it() -> None:
    assert met([3.0, -3.0], "beyond-limits") == []
    assert met([3.0 + 1e-6, 0, -3.0 - 1e-6], "beyond-limits") == [0, 2]


def test_a_limit_that_binary_cannot_hold_is_still_a_limit() -> None:
    frozen = i_mr([0.1 + 0.2, 1.3, -0.7, 1.4], [Phase(known=Known(0.3, 1 / 3))])
    assert [one.at for one in violations(frozen, "limits") if one.track == "value"] == [3]


def test_western_electric_calls_8_on_one_side_and_nelson_9() -> None:
    eight, nine = [0.5] * 8, [0.5] * 9
    assert met(eight[:7], "run-8") == []
    assert met(eight, "run-8") == [7]
    assert met(eight, "run-9") == []
    assert met(nine, "run-9") == [8]
    assert met(nine, "run-8") == [7, 8]
    assert "run-8" in {one.rule for one in violations(chart(eight), "western-electric")}
    assert "run-9" not in {one.rule for one in violations(chart(eight), "nelson")}


def test_a_point_on_the_centre_line_is_on_neither_side() -> None:
    assert met([0.5] * 4 + [0.0] + [0.5] * 7, "run-8") == []
    assert met([0.0] * 20, "run-9") == []
    assert met([-0.5] * 8, "run-8") == [7]
    assert met([0.5] * 4 + [-0.5] * 4, "run-8") == []


def test_a_mean_that_binary_cannot_hold_lies_on_its_centre_line() -> None:
    groups = [[0.1, 0.2, 0.3]] * 12
    assert violations(x_bar_r(groups), ["western-electric", "nelson"]) == []


def test_two_of_three_beyond_two_sigma() -> None:
    rule = "2-of-3-beyond-2-sigma"
    assert met([2.1, 0, 2.1], rule) == [2]
    assert met([2.1, 2.1], rule) == [1]
    assert met([2.1, 0, 0, 2.1], rule) == []
    assert met([2.1, 0, -2.1], rule) == []
    assert met([2.0, 2.1, 2.0], rule) == []
    assert met([2.1, 2.1, 0.0], rule) == [1]
    assert met([-2.5, -2.5, -2.5], rule) == [1, 2]


def test_the_points_that_count_are_named() -> None:
    one = violations(chart([2.1, 0, 2.1]), ["2-of-3-beyond-2-sigma"])[0]
    assert one.points == (0, 2)
    assert one.sentence == "Point 3: 2 of the last 3 are beyond 2 sigma on one side."


def test_four_of_five_beyond_one_sigma() -> None:
    rule = "4-of-5-beyond-1-sigma"
    assert met([1.1, 1.1, 0, 1.1, 1.1], rule) == [4]
    assert met([1.1, 1.1, 1.1, 1.1], rule) == [3]
    assert met([1.1, 1.1, 0, 0, 1.1, 1.1], rule) == []
    assert met([1.0, 1.1, 1.1, 1.1, 1.0], rule) == []
    assert met([1.1, 1.1, -1.1, -1.1, 1.1], rule) == []


def test_six_in_a_row_rising_or_falling() -> None:
    rising = [-2.0, -1.2, -0.4, 0.4, 1.2, 2.0]
    assert met(rising, "trend-6") == [5]
    assert met(rising[:5], "trend-6") == []
    assert met(rising[::-1], "trend-6") == [5]
    assert met([-2.0, -1.2, -0.4, -0.4, 0.4, 1.2, 2.0], "trend-6") == []
    one = violations(chart(rising), ["trend-6"])[0]
    assert one.points == (0, 1, 2, 3, 4, 5)


def test_fourteen_in_turn_up_and_down() -> None:
    waves = [(-0.4 if at % 2 else 0.4) for at in range(14)]
    assert met(waves, "alternating-14") == [13]
    assert met(waves[:13], "alternating-14") == []
    assert met([*waves[:7], waves[6], *waves[7:]], "alternating-14") == []


def test_fifteen_within_one_sigma() -> None:
    close = [0.9, -0.9, 0.2] * 5
    assert met(close, "within-1-sigma-15") == [14]
    assert met(close[:14], "within-1-sigma-15") == []
    assert met([*close[:14], 1.0], "within-1-sigma-15") == [14]
    assert met([*close[:14], 1.1], "within-1-sigma-15") == []


def test_eight_beyond_one_sigma_on_either_side() -> None:
    far = [1.5, -1.5, 1.2, -1.1, 1.3, -2.0, 1.5, -1.2]
    assert met(far, "beyond-1-sigma-8") == [7]
    assert met(far[:7], "beyond-1-sigma-8") == []
    assert met([*far[:7], 1.0], "beyond-1-sigma-8") == []


def test_missing_points_are_passed_over() -> None:
    assert met([0.5] * 4 + [None] + [0.5] * 4, "run-8") == [8]
    assert met([None, 2.1, None, 2.1], "2-of-3-beyond-2-sigma") == [3]


def test_a_new_phase_begins_anew() -> None:
    found = i_mr([0.5] * 12, [Phase(0, known=STANDARD), Phase(6, known=STANDARD)])
    assert violations(found, ["run-8"]) == []


def test_zones_of_unequal_limits_are_those_of_each_point() -> None:
    known = [Phase(known=Known(0.1, 0))]
    small, large = Count(13, 100), Count(52, 400)  # the same share: 1 sigma of 100 pieces, 2 sigma of 400
    assert violations(p_chart([small] * 3, known), ["2-of-3-beyond-2-sigma"]) == []
    assert violations(p_chart([large] * 3, known), ["2-of-3-beyond-2-sigma"]) == []
    more = Count(53, 400)
    assert [one.at for one in violations(p_chart([more, small, more], known), ["2-of-3-beyond-2-sigma"])] == [2]


def test_ranges_are_judged_without_zones() -> None:
    groups = [[-0.6, 0.6]] * 20  # each range a little above its mean: within 1 sigma for 15 points and more
    found = x_bar_r(groups, [Phase(known=Known(0, 1))])
    assert {one.rule for one in violations(found, "nelson") if one.track == "range"} == {"run-9"}


def test_sets_and_rules_are_chosen_by_name() -> None:
    assert [rule.name for rule in chosen_rules("western-electric")] == [
        "beyond-limits", "2-of-3-beyond-2-sigma", "4-of-5-beyond-1-sigma", "run-8",
    ]  # fmt: skip
    assert chosen_rules("WECO") == chosen_rules("Western_Electric") == SETS["western-electric"]
    assert len(SETS["nelson"]) == 8
    assert [rule.name for rule in chosen_rules(["limits", "run-8", "limits"])] == ["beyond-limits", "run-8"]
    with pytest.raises(UnknownRule, match="western-electric"):
        chosen_rules("nix")


@given(values=st.lists(st.sampled_from([x / 4 for x in range(-14, 15)]), min_size=1, max_size=40))
@settings(max_examples=25)
def test_rules_are_the_same_upside_down(values: list[float]) -> None:
    below = [-value for value in values]
    for rule in RULES:
        assert met(values, rule) == met(below, rule)


@given(values=st.lists(st.sampled_from([x / 4 for x in range(-14, 15)]), min_size=1, max_size=40))
@settings(max_examples=25)
def test_rules_agree_with_a_plain_count(values: list[float]) -> None:
    """The definitions again, each by looking at every window."""

    def windows(length: int) -> list[tuple[int, list[float]]]:
        return [(at, values[at - length + 1 : at + 1]) for at in range(length - 1, len(values))]

    def few(needed: int, among: int, line: float) -> list[int]:
        found = []
        for at, value in enumerate(values):
            last = values[max(0, at - among + 1) : at + 1]
            for sign in (1, -1):
                if sign * value > line and sum(1 for one in last if sign * one > line) >= needed:
                    found.append(at)
        return sorted(found)

    def steps(window: list[float]) -> list[float]:
        return [math.copysign(1, new - old) if new != old else 0 for old, new in pairwise(window)]

    assert met(values, "run-9") == [a for a, w in windows(9) if min(w) > 0 or max(w) < 0]
    assert met(values, "trend-6") == [a for a, w in windows(6) if set(steps(w)) in ({1.0}, {-1.0})]
    assert met(values, "alternating-14") == [
        a for a, w in windows(14) if all(x == -y != 0 for x, y in pairwise(steps(w)))
    ]
    assert met(values, "within-1-sigma-15") == [a for a, w in windows(15) if max(map(abs, w)) <= 1]
    assert met(values, "beyond-1-sigma-8") == [a for a, w in windows(8) if min(map(abs, w)) > 1]
    assert met(values, "2-of-3-beyond-2-sigma") == few(2, 3, 2)
    assert met(values, "4-of-5-beyond-1-sigma") == few(4, 5, 1)
