"""Capability: published indices, sides, intervals by simulation, warnings, histogram and normality."""

import math
import random
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.statistics.capability import (
    NO_SCATTER,
    NOT_IN_CONTROL,
    NOT_NORMAL,
    NOT_TESTED,
    TOO_FEW,
    Specification,
    capability,
)
from mes.statistics.errors import NothingMeasured, SettingImpossible, SpecificationReversed, TargetOutside
from mes.statistics.histogram import bin_count, histogram
from mes.statistics.normality import anderson_darling
from mes.statistics.values import deviation, mean, measured
from tests.statistics.published import PISTON_RINGS


def test_piston_rings_are_capable_as_published() -> None:
    found = capability(PISTON_RINGS, Specification(73.95, 74.05))
    assert found.within.value == pytest.approx(0.009785, abs=5e-7)
    assert found.cp.value == pytest.approx(1.703, abs=5e-4)
    assert found.cpl.value == pytest.approx(1.743, abs=5e-4)
    assert found.cpu.value == pytest.approx(1.663, abs=5e-4)
    assert found.cpk == found.cpu


def test_indices_are_their_definitions() -> None:
    found = capability(PISTON_RINGS, Specification(73.95, 74.05, 74.0), method="pooled")
    readings = [value for group in PISTON_RINGS for value in group]
    s, centre = deviation(readings), mean(readings)
    within = math.sqrt(mean([deviation(group) ** 2 for group in PISTON_RINGS]))
    assert found.cp.value == pytest.approx(0.1 / 6 / within)
    assert found.pp.value == pytest.approx(0.1 / 6 / s)
    assert found.ppk.value == pytest.approx((74.05 - centre) / 3 / s)
    assert found.cpm.value == pytest.approx(0.1 / 6 / math.sqrt(s**2 + (centre - 74) ** 2))
    assert found.expected_overall.above == pytest.approx(1e6 * (1 - NormalDist(centre, s).cdf(74.05)), rel=1e-6)


def test_a_one_sided_specification_has_no_width() -> None:
    found = capability(PISTON_RINGS, Specification(upper=74.05))
    assert found.cp.value is None
    assert found.pp.value is None
    assert found.cpl.value is None
    assert found.cpk == found.cpu
    assert found.cpm.value is None
    assert found.expected_within.below == 0
    aimed = capability(PISTON_RINGS, Specification(upper=74.05, target=74.0))
    s = aimed.overall.value
    assert aimed.cpm.value == pytest.approx(0.05 / (3 * math.hypot(s, aimed.mean - 74)))


def test_a_target_off_the_middle_takes_the_nearer_limit() -> None:
    found = capability(PISTON_RINGS, Specification(73.95, 74.05, 74.02))
    assert found.cpm.value == pytest.approx(0.03 / (3 * math.hypot(found.overall.value, found.mean - 74.02)))


@pytest.mark.parametrize(("lower", "upper"), [(2.0, 1.0), (1.0, 1.0), (None, None)])
def test_reversed_or_missing_limits_are_refused(lower: float | None, upper: float | None) -> None:
    with pytest.raises(SpecificationReversed):
        Specification(lower, upper)


@pytest.mark.parametrize(("lower", "upper"), [(1.0, 2.0), (1.0, None), (None, 0.2)])
def test_a_target_lies_within_the_limits(lower: float | None, upper: float | None) -> None:
    with pytest.raises(TargetOutside):
        Specification(lower, upper, 0.5)
    assert Specification(0.5, upper=1.0, target=0.5).target == 0.5


@pytest.mark.parametrize("limit", [math.nan, math.inf, -math.inf])
def test_a_limit_is_a_number(limit: float) -> None:
    for limits in ((limit, 1.0), (0.0, limit), (0.0, 1.0, limit)):
        with pytest.raises(SettingImpossible):
            Specification(*limits)


def test_one_reading_is_too_few() -> None:
    with pytest.raises(NothingMeasured):
        capability([[1.0]], Specification(0, 2))


def test_no_scatter_has_no_index() -> None:
    found = capability([[5.0] * 5] * 30, Specification(4, 6))
    assert found.cp.value is None
    assert found.ppk.value is None
    assert found.expected_within.total == 0
    assert found.warnings == (NO_SCATTER,)
    assert capability([[7.0] * 5] * 30, Specification(4, 6)).expected_overall.total == 1e6


def test_a_reading_on_the_limit_is_inside() -> None:
    found = capability([[1.0, 2.0, 3.0, 3.5]] * 30, Specification(1, 3))
    assert found.observed.below == 0
    assert found.observed.above == pytest.approx(250_000)


def test_warnings_say_what_is_missing() -> None:
    rng = random.Random(5)
    good = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(25)]
    assert capability(good, Specification(-4, 4), in_control=True).warnings == ()
    assert capability(good[:24], Specification(-4, 4)).warnings == (TOO_FEW,)
    assert capability([group[:3] for group in good], Specification(-4, 4)).warnings == (TOO_FEW,)
    assert NOT_IN_CONTROL in capability(good, Specification(-4, 4), in_control=False).warnings
    skewed = [[rng.expovariate(1) for _ in range(5)] for _ in range(25)]
    assert NOT_NORMAL in capability(skewed, Specification(0, 9)).warnings
    assert capability([[1.0, 2.0, 1.5]], Specification(0, 3)).warnings == (TOO_FEW, NOT_TESTED)
    assert capability([[rng.gauss(0, 1)] for _ in range(100)], Specification(-4, 4)).within.method == "mr"


def test_intervals_hold_what_they_promise() -> None:
    """Of 160 studies of a process with sigma 1 and mean 0.5 in limits of -4 to 4, about 95 % hold the true indices."""
    rng = random.Random(42)
    true = {"pp": 4 / 3, "ppk": 3.5 / 3, "cpm": 4 / 3 / math.sqrt(1.25), "cp": 4 / 3, "cpk": 3.5 / 3}
    hits = dict.fromkeys(true, 0)
    for _ in range(160):
        study = capability([[rng.gauss(0.5, 1) for _ in range(5)] for _ in range(10)], Specification(-4, 4))
        for name, value in true.items():
            index = getattr(study, name)
            hits[name] += index.low <= value <= index.high
    assert all(0.90 <= count / 160 <= 0.99 for count in hits.values()), hits


@given(shift=st.integers(-50, 50), scale=st.sampled_from([0.5, 4.0, 10.0]))
@settings(max_examples=6)
def test_indices_do_not_depend_on_the_unit(shift: int, scale: float) -> None:
    before = capability(PISTON_RINGS, Specification(73.95, 74.05, 74.01))
    moved = [[shift + scale * value for value in group] for group in PISTON_RINGS]
    limits = Specification(shift + scale * 73.95, shift + scale * 74.05, shift + scale * 74.01)
    after = capability(moved, limits)
    for name in ("cp", "cpk", "pp", "ppk", "cpm"):
        assert getattr(after, name).value == pytest.approx(getattr(before, name).value, rel=1e-6)


def test_the_test_of_anderson_and_darling_refuses_as_often_as_it_should() -> None:
    rng = random.Random(1)
    values = [anderson_darling([rng.gauss(7, 3) for _ in range(25)]) for _ in range(800)]
    refused = sum(1 for one in values if one and not one.is_plausible)
    assert 0.03 <= refused / 800 <= 0.07
    assert 0.4 <= sum(1 for one in values if one and one.p > 0.5) / 800 <= 0.6
    skewed = anderson_darling([rng.expovariate(1) for _ in range(60)])
    assert skewed
    assert skewed.p < 0.005


def test_the_statistic_is_the_integral_of_its_definition() -> None:
    """A2 = n integral of (Fn - F)^2 / (F (1 - F)) dF, cut into the steps of the empirical distribution."""
    values = [2.1, 3.3, 3.4, 4.0, 4.7, 5.0, 5.8, 7.7, 8.0]
    found = anderson_darling(values)
    fit = NormalDist(mean(values), deviation(values))
    edges = [0.0, *sorted(fit.cdf(value) for value in values), 1.0]
    total = 0.0
    for place, (low, high) in enumerate(pairwise(edges)):
        share = place / len(values)

        def inner(u: float, share: float = share) -> float:
            """Antiderivative of (share - u)^2 / (u (1 - u))."""
            left = share**2 * math.log(u) if share else 0.0
            right = (1 - share) ** 2 * math.log1p(-u) if share < 1 else 0.0
            return left - right - u

        total += inner(high) - inner(low)
    assert found
    assert found.statistic == pytest.approx(len(values) * total, rel=1e-9)


def test_too_few_or_equal_values_are_not_tested() -> None:
    assert anderson_darling([1.0, 2.0, 3.0]) is None
    assert anderson_darling([4.0] * 20) is None


@given(values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=300))
@settings(max_examples=30)
def test_a_histogram_counts_every_reading_once(values: list[float]) -> None:
    bins = histogram(values)
    assert sum(one.count for one in bins) == len(values)
    assert bins[0].low == min(values)
    assert bins[-1].high == max(values)
    assert len(bins) == 1 or 5 <= len(bins) <= 50


def test_bins_follow_freedman_and_diaconis_or_sturges() -> None:
    even = [place / 100 for place in range(1001)]  # IQR 5, n 1001: width 1, so 10 bins
    assert bin_count(even) == pytest.approx(10, abs=1)
    assert bin_count([0.0, *[5.0] * 62, 10.0]) == 7
    with pytest.raises(NothingMeasured):
        histogram([])


def test_a_reading_on_an_edge_belongs_to_the_bin_above() -> None:
    counts = [one.count for one in histogram([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])]
    assert counts == [1, 1, 1, 1, 2]


def test_stored_readings_keep_what_is_missing() -> None:
    from decimal import Decimal

    assert measured([Decimal("10.5"), None, 3]) == [10.5, None, 3.0]
