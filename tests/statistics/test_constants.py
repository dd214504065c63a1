"""Constants of control charts against published tables, exact values and simulation."""

import math
import random

import pytest

from mes.statistics.constants import c4, constants, d2, d2_star, d3
from mes.statistics.values import deviation, mean, span

#: n: d2, d3, c4, A2, A3, B3, B4, B5, B6, D1, D2, D3, D4 (ASTM Manual 7; Montgomery, appendix VI).
PUBLISHED = {
    2: (1.128, 0.853, 0.7979, 1.880, 2.659, 0, 3.267, 0, 2.606, 0, 3.686, 0, 3.267),
    3: (1.693, 0.888, 0.8862, 1.023, 1.954, 0, 2.568, 0, 2.276, 0, 4.358, 0, 2.575),
    5: (2.326, 0.864, 0.9400, 0.577, 1.427, 0, 2.089, 0, 1.964, 0, 4.918, 0, 2.114),
    7: (2.704, 0.833, 0.9594, 0.419, 1.182, 0.118, 1.882, 0.113, 1.806, 0.205, 5.204, 0.076, 1.924),
    10: (3.078, 0.797, 0.9727, 0.308, 0.975, 0.284, 1.716, 0.276, 1.669, 0.687, 5.469, 0.223, 1.777),
    15: (3.472, 0.756, 0.9823, 0.223, 0.789, 0.428, 1.572, 0.421, 1.544, 1.203, 5.741, 0.347, 1.653),
    25: (3.931, 0.708, 0.9896, 0.153, 0.606, 0.565, 1.435, 0.559, 1.420, 1.806, 6.056, 0.459, 1.541),
}


@pytest.mark.parametrize("n", PUBLISHED)
def test_the_constants_are_those_of_the_tables(n: int) -> None:
    found = constants(n)
    names = ("d2", "d3", "c4", "A2", "A3", "B3", "B4", "B5", "B6", "D1", "D2", "D3", "D4")
    for name, published in zip(names, PUBLISHED[n], strict=True):
        # the tables are worked out from constants rounded before, so their last digit may be two off
        assert getattr(found, name) == pytest.approx(published, abs=0.0022 if name[0] == "D" else 0.0011), name


def test_the_range_of_two_and_three_has_exact_moments() -> None:
    pi = math.pi
    assert d2(2) == pytest.approx(2 / math.sqrt(pi), abs=1e-12)
    assert d2(3) == pytest.approx(3 / math.sqrt(pi), abs=1e-12)
    assert d3(2) ** 2 == pytest.approx(2 - 4 / pi, abs=1e-9)
    assert d3(3) ** 2 == pytest.approx(2 + 3 * math.sqrt(3) / pi - 9 / pi, abs=1e-7)
    assert d2(4) == pytest.approx(6 / math.sqrt(pi) * (0.5 + math.asin(1 / 3) / pi), abs=1e-12)
    assert d2(5) == pytest.approx(5 / math.sqrt(pi) * (0.5 + 3 / pi * math.asin(1 / 3)), abs=1e-12)


def test_the_scatter_of_ranges_is_that_of_harter() -> None:
    harter = [0.8525025, 0.8883680, 0.8798082, 0.8640819, 0.8480397, 0.8332053, 0.8198315, 0.8078343, 0.7970507]
    for n, published in enumerate(harter, 2):
        assert d3(n) == pytest.approx(published, abs=2e-7)


def test_the_constants_hold_in_a_simulation() -> None:
    rng = random.Random(20260105)
    samples = [[rng.gauss(0, 1) for _ in range(6)] for _ in range(8000)]
    assert mean([span(sample) for sample in samples]) == pytest.approx(d2(6), abs=4 * d3(6) / math.sqrt(8000))
    assert deviation([span(sample) for sample in samples]) == pytest.approx(d3(6), rel=0.04)
    assert mean([deviation(sample) for sample in samples]) == pytest.approx(c4(6), abs=0.015)


def test_the_constants_of_gauge_studies_are_those_of_aiag() -> None:
    assert 1 / d2(3) == pytest.approx(0.5908, abs=5e-5)
    assert 1 / d2(2) == pytest.approx(0.8862, abs=5e-5)
    assert 1 / d2_star(3, 1) == pytest.approx(0.5231, abs=5e-5)
    assert 1 / d2_star(2, 1) == pytest.approx(0.7071, abs=5e-5)
    assert 1 / d2_star(10, 1) == pytest.approx(0.3146, abs=5e-5)
    assert d2_star(5, 15) == pytest.approx(2.33660, abs=2e-3)


@pytest.mark.parametrize("n", [1, 26])
def test_there_are_no_constants_outside_of_2_to_25(n: int) -> None:
    with pytest.raises(ValueError, match="2 to 25"):
        constants(n)
