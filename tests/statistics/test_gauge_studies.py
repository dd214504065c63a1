"""Gauge studies: the published study of AIAG, variance components by simulation, edges."""

import math
import random
from itertools import product

import pytest

from mes.statistics.constants import d2_star
from mes.statistics.distributions import t_quantile
from mes.statistics.errors import NothingMeasured, StudyIncomplete, StudyTooSmall
from mes.statistics.gauge_anova import Anova, anova
from mes.statistics.gauge_bias import bias, linearity, stability
from mes.statistics.gauge_study import (
    BAD,
    GOOD,
    MARGINAL,
    Measurement,
    average_and_range,
    crossed,
    verdict_of,
)
from mes.statistics.values import deviation, mean
from tests.statistics.published import AIAG_STUDY

AIAG = [
    Measurement(str(part), operator, value)
    for operator, trials in AIAG_STUDY.items()
    for trial in trials
    for part, value in enumerate(trial, 1)
]


def test_the_study_of_aiag_by_average_and_range() -> None:
    found = average_and_range(crossed(AIAG))
    printed = [found.repeatability, found.reproducibility, found.gauge, found.parts, found.total]
    assert [round(one.sigma, 4) for one in printed] == [0.2019, 0.2297, 0.3058, 1.1046, 1.1461]
    assert found.gauge.percent_of_total == pytest.approx(26.7, abs=0.05)
    assert found.repeatability.percent_of_total == pytest.approx(17.6, abs=0.05)
    assert found.reproducibility.percent_of_total == pytest.approx(20.0, abs=0.05)
    assert found.parts.percent_of_total == pytest.approx(96.4, abs=0.05)
    assert found.categories == 5
    assert found.verdict == MARGINAL


def test_the_study_of_aiag_by_analysis_of_variance() -> None:
    table = anova(crossed(AIAG))
    rows = {row.name: row for row in table.sources}
    assert rows["parts"].squares == pytest.approx(88.3619, abs=5e-5)
    assert rows["operators"].squares == pytest.approx(3.1673, abs=5e-5)
    assert rows["interaction"].squares == pytest.approx(0.3590, abs=5e-5)
    assert rows["total"].squares == pytest.approx(94.6471, abs=5e-5)
    assert rows["interaction"].f == pytest.approx(0.434, abs=5e-4)
    assert table.pooled
    found = table.result
    assert found.repeatability.sigma == pytest.approx(0.199933, abs=5e-7)
    assert found.reproducibility.sigma == pytest.approx(0.226838, abs=5e-7)
    assert found.gauge.sigma == pytest.approx(0.302373, abs=2e-6)
    assert found.parts.sigma == pytest.approx(1.042327, abs=5e-6)
    assert found.gauge.percent_of_total == pytest.approx(27.9, abs=0.05)
    assert found.gauge.percent_contribution == pytest.approx(7.8, abs=0.05)
    assert found.categories == 4


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = random.Random(4).sample(AIAG, len(AIAG))
    assert average_and_range(crossed(mixed)).gauge.sigma == pytest.approx(average_and_range(crossed(AIAG)).gauge.sigma)
    assert anova(crossed(mixed)).result.gauge.sigma == pytest.approx(anova(crossed(AIAG)).result.gauge.sigma)


def test_another_unit_gives_the_same_percentages() -> None:
    moved = [Measurement(one.part, one.operator, 50 + 25.4 * one.value) for one in AIAG]
    for before, after in (
        (average_and_range(crossed(AIAG)), average_and_range(crossed(moved))),
        (anova(crossed(AIAG)).result, anova(crossed(moved)).result),
    ):
        assert after.gauge.percent_of_total == pytest.approx(before.gauge.percent_of_total)
        assert after.gauge.sigma == pytest.approx(25.4 * before.gauge.sigma)


def test_shares_of_the_tolerance_take_six_sigma() -> None:
    found = average_and_range(crossed(AIAG), tolerance=4)
    assert found.gauge.percent_of_tolerance == pytest.approx(100 * 6 * found.gauge.sigma / 4)
    assert found.verdict_on_tolerance == BAD
    assert average_and_range(crossed(AIAG)).gauge.percent_of_tolerance is None


def test_the_squares_add_up() -> None:
    table = anova(crossed(AIAG), pool_above=0.0001)
    assert not anova(crossed(AIAG), pool_above=1).pooled
    *parts, whole = table.sources
    kept = anova(crossed(AIAG), pool_above=1).sources
    assert math.fsum(row.squares for row in kept[:-1]) == pytest.approx(whole.squares)
    assert sum(row.freedom for row in kept[:-1]) == whole.freedom == 89
    assert parts


def simulated(rng: random.Random, *, part: float, operator: float, interaction: float, error: float) -> Anova:
    parts = [rng.gauss(0, part) for _ in range(10)]
    operators = [rng.gauss(0, operator) for _ in range(8)]
    rows = []
    for (p, at), (o, who) in product(enumerate(parts), enumerate(operators)):
        together = at + who + rng.gauss(0, interaction)
        rows += [Measurement(str(p), str(o), together + rng.gauss(0, error)) for _ in range(3)]
    return anova(crossed(rows))


def test_the_components_are_found_again_in_a_simulation() -> None:
    rng = random.Random(8)
    runs = [simulated(rng, part=3, operator=1, interaction=0.8, error=0.5).result for _ in range(60)]
    assert mean([run.repeatability.sigma**2 for run in runs]) == pytest.approx(0.25, rel=0.06)
    assert mean([run.interaction.sigma**2 for run in runs if run.interaction]) == pytest.approx(0.64, rel=0.15)
    assert mean([run.reproducibility.sigma**2 for run in runs]) == pytest.approx(1, rel=0.35)
    assert mean([run.parts.sigma**2 for run in runs]) == pytest.approx(9, rel=0.25)


def test_the_interaction_is_pooled_when_there_is_none() -> None:
    rng = random.Random(9)
    runs = [simulated(rng, part=3, operator=1, interaction=0, error=0.5) for _ in range(60)]
    assert 0.55 <= sum(run.pooled for run in runs) / 60 <= 0.92
    assert not simulated(rng, part=3, operator=1, interaction=3, error=0.5).pooled


def test_a_perfect_gauge_has_no_limit_of_categories() -> None:
    rows = [Measurement(part, operator, value) for part, value in (("1", 1.0), ("2", 2.5)) for operator in "AABB"]
    found = average_and_range(crossed(rows))
    assert found.gauge.percent_of_total == 0
    assert found.categories is None
    assert found.verdict == GOOD
    assert anova(crossed(rows)).result.gauge.sigma == 0


def test_without_any_variation_there_is_no_verdict() -> None:
    rows = [Measurement(part, operator, 3.3) for part in "12" for operator in "AABB"]
    assert average_and_range(crossed(rows)).verdict is None
    assert anova(crossed(rows)).result.gauge.percent_of_total is None


@pytest.mark.parametrize(("percent", "verdict"), [(9.99, GOOD), (10, MARGINAL), (30, MARGINAL), (30.01, BAD)])
def test_verdicts_change_at_10_and_30(percent: float, verdict: str) -> None:
    assert verdict_of(percent) == verdict


def test_the_form_of_aiag_by_hand() -> None:
    """Two parts, two operators, two trials: K1 0.8862, K2 and K3 0.7071."""
    values = {("1", "A"): (10.0, 10.2), ("1", "B"): (10.4, 10.4), ("2", "A"): (12.1, 12.0), ("2", "B"): (12.3, 12.4)}
    rows = [Measurement(part, who, value) for (part, who), both in values.items() for value in both]
    found = average_and_range(crossed(rows))
    assert found.repeatability.sigma == pytest.approx(0.1 * 0.8862, abs=1e-5)
    assert found.reproducibility.sigma == pytest.approx(math.sqrt((0.3 * 0.7071) ** 2 - 0.08862**2 / 4), abs=1e-5)
    assert found.parts.sigma == pytest.approx(1.95 * 0.7071, abs=1e-4)


def test_studies_that_cannot_be_worked_out_are_refused() -> None:
    with pytest.raises(StudyIncomplete, match="operator C measured part 10 2 times instead of 3"):
        crossed(AIAG[:-1])
    with pytest.raises(StudyTooSmall):
        crossed([one for one in AIAG if one.operator == "A"])
    with pytest.raises(StudyTooSmall):
        crossed([])
    many = [Measurement(str(part), operator, part + 0.1) for part in range(26) for operator in "AABB"]
    assert average_and_range(crossed(many)).parts.sigma == pytest.approx(25 / d2_star(26, 1), abs=25 * 5e-5)
    assert anova(crossed(many)).result.parts.sigma == pytest.approx(deviation([float(part) for part in range(26)]))


def test_the_bias_of_aiag_is_not_significant() -> None:
    """AIAG, chapter III B: 15 readings of a part of 6.00 with a mean of 6.0067."""
    readings = [5.8, 5.7, 5.9, 5.9, 6.0, 6.1, 6.0, 6.1, 6.4, 6.3, 6.0, 6.1, 6.2, 5.6, 6.0]
    found = bias(readings, 6.0)
    assert found.bias.value == pytest.approx(0.0067, abs=5e-5)
    assert found.bias.t == pytest.approx(found.bias.value / (found.sigma / math.sqrt(15)))
    assert not found.bias.is_significant
    assert bias([6.3, 6.31, 6.29], 6.0).bias.is_significant
    with pytest.raises(NothingMeasured):
        bias([6.0], 6.0)


def test_bias_intervals_hold_what_they_promise() -> None:
    rng = random.Random(13)
    hits = sum(not bias([rng.gauss(5, 1) for _ in range(8)], 5).bias.is_significant for _ in range(400))
    assert 0.92 <= hits / 400 <= 0.98


#: AIAG MSA, table III-B 4: five parts of 2, 4, 6, 8, 10, twelve readings each.
LINEARITY = [
    (2.0, [2.7, 2.5, 2.4, 2.5, 2.7, 2.3, 2.5, 2.5, 2.4, 2.4, 2.6, 2.4]),
    (4.0, [5.1, 3.9, 4.2, 5.0, 3.8, 3.9, 3.9, 3.9, 3.9, 4.0, 4.1, 3.8]),
    (6.0, [5.8, 5.7, 5.9, 5.9, 6.0, 6.1, 6.0, 6.1, 6.4, 6.3, 6.0, 6.1]),
    (8.0, [7.6, 7.7, 7.8, 7.7, 7.8, 7.8, 7.8, 7.7, 7.8, 7.5, 7.6, 7.7]),
    (10.0, [9.1, 9.3, 9.5, 9.3, 9.4, 9.5, 9.5, 9.5, 9.6, 9.2, 9.3, 9.4]),
]


def test_the_linearity_of_aiag_is_not_acceptable() -> None:
    found = linearity(LINEARITY)
    assert found.slope.value == pytest.approx(-0.131667, abs=5e-7)
    assert found.intercept.value == pytest.approx(0.736667, abs=5e-7)
    assert found.determination == pytest.approx(0.714, abs=5e-4)
    assert found.sigma == pytest.approx(0.23954, abs=5e-6)
    assert found.slope.t == pytest.approx(-12.043, abs=5e-4)
    assert found.intercept.t == pytest.approx(10.158, abs=5e-4)
    assert not found.is_acceptable
    assert [round(one.bias.value, 6) for one in found.biases] == [0.491667, 0.125, 0.025, -0.291667, -0.616667]


def test_a_gauge_without_bias_is_linear() -> None:
    rng = random.Random(3)
    found = linearity([(x, [x + rng.gauss(0, 0.1) for _ in range(12)]) for x in (2.0, 4.0, 6.0, 8.0)])
    assert found.is_acceptable
    with pytest.raises(StudyTooSmall):
        linearity([(2.0, [2.0, 2.1, 2.2])])


@pytest.mark.parametrize("off", [0.5, 0.7, 0.8, 1.0, 1.1, 1.2, 2.0])
def test_zero_bias_lies_in_the_band_between_two_references_too(off: float) -> None:
    """The band is narrowest in the middle: what is inside at both ends may be outside there."""
    found = linearity([(x, [x + off + error for error in (-1, 1, -0.5, 0.5)]) for x in (0.0, 10.0)])
    wide = t_quantile(0.975, 6) * found.sigma
    inside = all(
        abs(found.intercept.value + found.slope.value * x) <= wide * (1 / 8 + (x - 5) ** 2 / 200) ** 0.5
        for x in (place / 100 for place in range(1001))
    )
    assert found.is_acceptable == inside


def test_a_sloping_line_is_followed_between_its_references() -> None:
    rng = random.Random(17)
    for _study in range(200):
        slope, level, references = rng.uniform(-0.2, 0.2), rng.uniform(-1, 1), (2.0, 7.0)
        found = linearity([(x, [x + level + slope * x + rng.gauss(0, 0.6) for _ in range(4)]) for x in references])
        wide = t_quantile(0.975, 6) * found.sigma
        points = [2 + place / 200 for place in range(1001)]
        room = [
            wide * (1 / 8 + (x - 4.5) ** 2 / 50) ** 0.5 - abs(found.intercept.value + found.slope.value * x)
            for x in points
        ]
        if abs(min(room)) > 1e-6:
            assert found.is_acceptable == (min(room) > 0)


def test_a_drifting_master_part_is_called() -> None:
    steady: list[list[float]] = [[5.0, 5.1, 4.9], [5.05, 4.95, 5.0]] * 6
    assert stability(steady)[1] == []
    drift = [[value + 0.05 * at for value in group] for at, group in enumerate(steady)]
    assert stability(drift)[1] != []
    assert stability([[value] for value in (5.0, 5.1, 4.9, 5.0)])[0].kind == "i-mr"
