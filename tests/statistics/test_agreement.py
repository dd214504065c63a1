"""Agreement of decisions: published kappas, the whole study by hand, edges."""

import random

import pytest

from mes.statistics.agreement import cohen, fleiss, share, strength
from mes.statistics.attribute_study import Decision, agreement_study, decision_verdict
from mes.statistics.errors import GoodNeverSaid, NotOneReference, ReferenceMissing, StudyIncomplete, StudyTooSmall
from mes.statistics.gauge_study import BAD, GOOD, MARGINAL

#: Ten pieces, fourteen ratings into five grades (the worked example of Fleiss' kappa in textbooks).
GRADES = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


def test_the_worked_example_of_fleiss() -> None:
    found = fleiss([[grade for grade, count in enumerate(row) for _ in range(count)] for row in GRADES])
    assert found.observed == pytest.approx(0.378, abs=5e-4)
    assert found.expected == pytest.approx(0.213, abs=5e-4)
    assert found.value == pytest.approx(0.210, abs=5e-4)


def test_the_kappa_of_cohen_by_hand() -> None:
    """50 pieces: both yes 20, only the first 5, only the second 10, both no 15: 0.7 observed, 0.5 by chance."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = cohen(first, second)
    assert found.observed == pytest.approx(0.7)
    assert found.expected == pytest.approx(0.5)
    assert found.value == pytest.approx(0.4)
    assert cohen(second, first).value == pytest.approx(0.4)


def test_full_agreement_is_1_and_chance_is_0() -> None:
    assert cohen("abab", "abab").value == 1
    assert cohen("abab", "baba").value == -1
    rng = random.Random(6)
    throws = [[rng.random() < 0.4 for _ in range(3)] for _ in range(2000)]
    found = fleiss(throws)
    assert found.value == pytest.approx(0, abs=0.05)
    assert found.error == pytest.approx(1 / (2000 * 3) ** 0.5, rel=0.02)


def test_the_error_of_fleiss_is_that_of_chance() -> None:
    rng = random.Random(15)
    hits = 0
    for _ in range(200):
        found = fleiss([[rng.random() < 0.3 for _ in range(4)] for _ in range(40)])
        hits += (found.p or 1) < 0.05
    assert 0.02 <= hits / 200 <= 0.09


def test_when_everybody_always_says_the_same_there_is_no_kappa() -> None:
    assert cohen(["good"] * 5, ["good"] * 5).value is None
    assert fleiss([["good"] * 3] * 5).value is None


def test_the_interval_of_a_share_is_exact() -> None:
    found = share(17, 20)
    assert found.percent == 85
    assert found.low == pytest.approx(0.6211, abs=5e-5)
    assert found.high == pytest.approx(0.9679, abs=5e-5)
    assert share(0, 10).low == 0
    assert share(10, 10).high == 1
    assert share(10, 10).low == pytest.approx(0.025**0.1)


@pytest.mark.parametrize(("kappa", "word"), [(0.76, "good"), (0.75, "moderate"), (0.4, "moderate"), (0.39, "poor")])
def test_kappa_in_words(kappa: float, word: str) -> None:
    assert strength(kappa) == word


def study(ratings: dict[str, list[str]], truth: str) -> list[Decision]:
    """Per operator a word of ratings per trial, letter by letter over the parts."""
    return [
        Decision(str(part), operator, rating, truth[part])
        for operator, trials in ratings.items()
        for trial in trials
        for part, rating in enumerate(trial)
    ]


def test_a_study_with_reference_counts_misses_and_false_alarms() -> None:
    found = agreement_study(study({"Kim": ["GGBB", "GGBG"], "Lee": ["GGBB", "GGBB"]}, "GGBB"), good="G")
    kim, lee = found.operators
    assert (kim.within.part, kim.within.whole) == (3, 4)
    assert kim.effectiveness == 75
    assert kim.miss_rate == 25
    assert kim.false_alarm_rate == 0
    assert kim.verdict == BAD
    assert (lee.effectiveness, lee.miss_rate, lee.verdict) == (100, 0, GOOD)
    assert lee.reference_kappa
    assert lee.reference_kappa.value == 1
    assert lee.reference_fleiss == 1
    # the first trial agrees fully; in the second 3 of 4 parts do, and 5 of 8 ratings are G: 34/64 by chance
    assert kim.reference_fleiss == pytest.approx((1 + (3 / 4 - 34 / 64) / (1 - 34 / 64)) / 2)
    assert (found.between.part, found.between.whole) == (3, 4)
    assert found.all_against_reference
    assert found.all_against_reference.part == 3
    assert found.pairs["Kim", "Lee"].value == pytest.approx(0.75)


def test_a_study_without_reference_knows_agreement_only() -> None:
    decisions = [Decision(one.part, one.operator, one.rating) for one in study({"Kim": ["GB", "GB"]}, "GB")]
    found = agreement_study(decisions)
    assert found.all_against_reference is None
    assert found.operators[0].effectiveness is None
    assert found.operators[0].within_kappa.value == 1


def test_upper_and_lower_case_width_and_blanks_make_no_other_rating() -> None:
    one = [Decision(str(part), "Kim", rating, truth) for trial in ("GgＧBb", "ggGBb") for part, (rating, truth) in
           enumerate(zip(trial, "GGGBB", strict=True))]  # fmt: skip
    found = agreement_study(one, good=" g").operators[0]
    assert (found.within.part, found.effectiveness, found.miss_rate, found.false_alarm_rate) == (5, 100, 0, 0)


def test_a_word_for_good_that_nobody_says_counts_no_misses_as_none() -> None:
    with pytest.raises(GoodNeverSaid) as refused:
        agreement_study(study({"Kim": ["GGGG", "GGGG"]}, "GGBB"), good="OK")
    assert "OK" in refused.value.sentence
    all_bad = agreement_study(study({"Kim": ["GB", "BB"]}, "BB"), good="G").operators[0]
    assert (all_bad.miss_rate, all_bad.false_alarm_rate) == (25, None)


def test_consistent_but_wrong_is_not_effective() -> None:
    found = agreement_study(study({"Kim": ["BG", "BG"]}, "GB"), good="G").operators[0]
    assert found.within.percent == 100
    assert (found.effectiveness, found.miss_rate, found.false_alarm_rate) == (0, 100, 100)


@pytest.mark.parametrize(
    ("effective", "missed", "alarmed", "verdict"),
    [(90, 2, 5, GOOD), (89.9, 0, 0, MARGINAL), (95, 2.1, 0, MARGINAL), (95, 0, 10, MARGINAL), (95, 0, 10.1, BAD),
     (79, 0, 0, BAD)],
)  # fmt: skip
def test_verdicts_follow_aiag(effective: float, missed: float, alarmed: float, verdict: str) -> None:
    assert decision_verdict(effective, missed, alarmed) == verdict


def test_incomplete_studies_are_refused() -> None:
    whole = study({"Kim": ["GB", "GB"], "Lee": ["GB", "GB"]}, "GB")
    with pytest.raises(StudyIncomplete):
        agreement_study(whole[:-1])
    with pytest.raises(StudyTooSmall):
        agreement_study(study({"Kim": ["GB"]}, "GB"))
    with pytest.raises(NotOneReference):
        agreement_study([*whole[:-1], Decision("1", "Lee", "B", "G")])
    with pytest.raises(ReferenceMissing):
        agreement_study(
            [Decision(one.part, one.operator, one.rating, "G" if one.part == "0" else None) for one in whole]
        )
