"""ISO 2859-1: the tables cell by cell, by a second derivation and by what they promise; risks; switching."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.statistics.errors import NoSuchSampling
from mes.statistics.sampling import Plan, Sample, code_letter, find_plan, plan_one_step_tighter
from mes.statistics.sampling_risk import (
    acceptance_probability,
    average_sample,
    operating_characteristic,
    outgoing_quality,
    quality_accepted,
    risk,
)
from mes.statistics.sampling_tables import AQLS, DOUBLE, KINDS, LAST_ROW, LETTERS, LEVELS, LOTS, NORMAL, SERIES, Scheme
from tests.statistics.published_sampling import ROWS

CELLS = [(kind, row, column) for kind in KINDS for row in range(LAST_ROW + 1) for column in range(len(AQLS))]


def cell(kind: str, row: int, column: int) -> tuple[str, int, int]:
    scheme = KINDS[kind]
    there = scheme.follow(row, column)
    return LETTERS[there], scheme.size(there), scheme.acceptance(there, column) or 0


@pytest.mark.parametrize(("kind", "letter"), [(kind, letter) for kind, rows in ROWS.items() for letter in rows])
def test_rows_are_those_of_the_printed_tables(kind: str, letter: str) -> None:
    row = LETTERS.index(letter)
    found = [cell(kind, row, column) for column in range(len(AQLS))]
    assert "|".join(f"{used}{size} {accept}" for used, size, accept in found) == ROWS[kind][letter]


@pytest.mark.parametrize(
    ("letter", "aql", "size", "accept"),
    [("K", "1.0", 125, 3), ("J", "1.0", 80, 2), ("L", "0.65", 200, 3), ("H", "1.5", 50, 2), ("G", "2.5", 32, 2),
     ("F", "4.0", 20, 2), ("D", "0.65", 20, 0), ("E", "2.5", 20, 1), ("J", "0.25", 50, 0), ("J", "0.40", 125, 1)],
)  # fmt: skip
def test_single_plans_of_normal_inspection(letter: str, aql: str, size: int, accept: int) -> None:
    assert cell("normal", LETTERS.index(letter), AQLS.index(aql))[1:] == (size, accept)


def nearest(kind: str, row: int, column: int) -> tuple[str, int, int]:
    """The second derivation: write the column as a list of plans and arrows, as printed, and read along it."""
    size = {"normal": 0, "tightened": 0, "reduced": 2}[kind]
    zero = {"normal": 14, "tightened": 15, "reduced": 14}[kind]
    numbers = {
        "normal": {17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21, 25: 30, 26: 44},
        "tightened": {18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18, 25: 27, 26: 41},
        "reduced": {18: 1, 19: 2, 20: 3, 21: 5, 22: 6, 23: 8, 24: 10, 25: 14, 26: 21},
    }[kind]
    small = {30, 44, 27, 41} | ({14, 21} if kind == "reduced" else set())
    printed: list[int | str] = []
    for letter in range(16):
        diagonal = letter + column
        accept = numbers.get(diagonal)
        if kind == "reduced" and letter < 2 and column >= 17:
            accept = {17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21, 25: 30}[column]
        if accept in small and letter > 4:
            accept = None
        if diagonal == zero:
            printed.append(0)
        elif accept is not None:
            printed.append(accept)
        elif diagonal < zero or zero + 1 < diagonal < min(numbers) or (kind == "tightened" and diagonal == zero + 1):
            printed.append("down")
        else:
            printed.append("up")
    if kind == "tightened":
        printed.append(1 if AQLS[column] == "0.025" else "blank")
    step = 1 if printed[row] == "down" else -1
    there = row
    while not isinstance(printed[there], int):
        there += step
        if not 0 <= there < len(printed) or printed[there] == "blank":
            there, step = row, -step
    accept_there = printed[there]
    assert isinstance(accept_there, int)
    sizes = [2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150]
    return "ABCDEFGHJKLMNPQRS"[there], sizes[max(0, there - size)], accept_there


def test_every_cell_is_that_of_the_second_derivation() -> None:
    assert [cell(*one) for one in CELLS] == [nearest(*one) for one in CELLS]
    assert len(CELLS) == 3 * 416


def test_sample_size_and_aql_are_balanced_along_a_diagonal() -> None:
    for kind, scheme in KINDS.items():
        products: dict[int, list[float]] = {}
        for row in range(LAST_ROW + 1):
            for column in range(len(AQLS)):
                accept = scheme.acceptance(row, column)
                if accept is not None and row >= scheme.smaller_by:
                    products.setdefault(accept, []).append(scheme.size(row) * float(AQLS[column]))
        for accept, found in products.items():
            assert max(found) / min(found) < 1.35, (kind, accept)


def every_plan(scheme: Scheme) -> list[tuple[Sample, float, bool]]:
    return [
        (Sample(scheme.size(row), accept, accept + 1), float(AQLS[column]), column <= AQLS.index("10"))
        for row in range(LAST_ROW + 1)
        for column in range(len(AQLS))
        if (accept := scheme.acceptance(row, column)) is not None
    ]


def test_a_lot_at_the_aql_is_accepted_as_the_standard_says() -> None:
    """Normal inspection accepts 85 to 99.9 % at the AQL, tightened fewer, reduced about as many from less."""
    for one, aql, percent in every_plan(NORMAL):
        accepted = acceptance_probability([one], aql, percent=percent)
        assert 0.84 <= accepted <= 0.999, (one, aql)
    for row in range(LAST_ROW + 1):
        for column in range(len(AQLS)):
            plans = [KINDS[kind].acceptance(row, column) for kind in ("tightened", "normal", "reduced")]
            if None in plans or row < 2:
                continue
            risks = [
                acceptance_probability(
                    [Sample(KINDS[kind].size(row), accept or 0, (accept or 0) + 1)], float(AQLS[column]), percent=False
                )
                for kind, accept in zip(("tightened", "normal", "reduced"), plans, strict=True)
            ]
            assert risks[0] < risks[1] <= risks[2] + 0.02, (row, column)


def test_code_letters_are_those_of_table_1() -> None:
    spots = {2: "A", 8: "A", 9: "B", 15: "B", 16: "C", 25: "C", 26: "D", 50: "D", 51: "E", 90: "E", 91: "F", 150: "F",
             151: "G", 280: "G", 281: "H", 500: "H", 501: "J", 1200: "J", 1201: "K", 3200: "K", 3201: "L", 10000: "L",
             10001: "M", 35000: "M", 35001: "N", 150000: "N", 150001: "P", 500000: "P", 500001: "Q"}  # fmt: skip
    assert {lot: code_letter(lot) for lot in spots} == spots
    assert code_letter(1000, "I") == "G"
    assert code_letter(1000, "III") == "K"
    assert [code_letter(1000, level) for level in ("S-1", "S-2", "S-3", "S-4")] == ["C", "C", "E", "F"]
    assert code_letter(10**9, "S-4") == "K"


def test_levels_grow_with_the_lot_and_from_s1_to_iii() -> None:
    for letters in LEVELS.values():
        assert len(letters) == len(LOTS) + 1
        assert list(letters) == sorted(letters)
    for few, more in pairwise(LEVELS):
        assert all(a <= b for a, b in zip(LEVELS[few], LEVELS[more], strict=True))


def test_following_an_arrow_changes_the_sample_too() -> None:
    plan = find_plan(40, "0.65")
    assert (plan.letter, plan.used, plan.arrow) == ("D", "F", "down")
    assert plan.samples == (Sample(20, 0, 1),)
    up = find_plan(1500, "15")
    assert (up.letter, up.used, up.arrow) == ("K", "J", "up")
    assert find_plan(1500, "1.0").arrow is None


def test_a_sample_as_large_as_the_lot_is_the_whole_lot() -> None:
    plan = find_plan(30, "0.10")
    assert plan.everything
    assert plan.samples == (Sample(30, 0, 1),)
    assert not find_plan(126, "0.10", level="II").samples[0].size > 126
    assert find_plan(125, "0.10").everything
    assert not find_plan(126, "0.10").everything


def test_double_plans_draw_two_smaller_samples() -> None:
    plan = find_plan(1500, "1.0", double=True)
    assert plan.samples == (Sample(80, 1, 3), Sample(80, 4, 5))
    assert plan.is_double
    assert find_plan(1500, "0.10", double=True).samples == (Sample(125, 0, 1),)  # an asterisk: the single plan
    assert find_plan(8, "25", double=True).samples == (Sample(2, 1, 2),)
    assert find_plan(1500, "1.0", kind="tightened", double=True).samples == (Sample(80, 0, 3), Sample(80, 3, 4))
    assert find_plan(1500, "1.0", kind="reduced", double=True).samples == (Sample(32, 0, 3), Sample(32, 3, 4))


@pytest.mark.parametrize("accept", DOUBLE)
def test_a_double_plan_accepts_as_the_single_plan_does(accept: int) -> None:
    """The double tables keep the operating characteristic: within 6 points everywhere, as far as integers allow."""
    first, stop, both, fail = DOUBLE[accept]
    assert first < stop <= both + 1 == fail
    size = 10**6
    half = round(size / 10**0.2)
    single, double = [Sample(size, accept, accept + 1)], [Sample(half, first, stop), Sample(half, both, fail)]
    for place in range(1, 60):
        quality = 100 * place * (accept + 5) / 25 / size
        apart = acceptance_probability(single, quality, percent=False) - acceptance_probability(
            double, quality, percent=False
        )
        assert abs(apart) < 0.062


def test_every_number_of_the_single_tables_has_a_double_plan() -> None:
    numbers = {number for scheme in KINDS.values() for number in scheme.numbers}
    assert numbers == set(DOUBLE)


def test_the_operating_characteristic_of_k_at_1_percent() -> None:
    plan = find_plan(1500, "1.0")
    assert risk(plan, 1.0).accepted == pytest.approx(0.9626, abs=5e-5)
    assert quality_accepted(plan, 0.95) == pytest.approx(1.10, abs=5e-3)
    assert quality_accepted(plan, 0.10) == pytest.approx(5.27, abs=5e-3)
    exact = math.fsum(math.comb(125, k) * 0.03**k * 0.97 ** (125 - k) for k in range(4))
    assert risk(plan, 3.0).accepted == pytest.approx(exact)


def test_above_10_the_aql_is_of_nonconformities_per_hundred() -> None:
    plan = find_plan(1500, "40")
    assert not plan.is_percent
    assert find_plan(1500, "10").is_percent
    found = risk(plan, 40).accepted
    size, accept = plan.samples[0].size, plan.samples[0].accept
    mean = size * 0.4
    assert found == pytest.approx(math.fsum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(accept + 1)))


@given(aql=st.sampled_from(AQLS), lot=st.integers(2, 600_000), kind=st.sampled_from(list(KINDS)), double=st.booleans())
@settings(max_examples=40)
def test_worse_lots_are_accepted_less_often(aql: str, lot: int, kind: str, double: bool) -> None:
    plan = find_plan(lot, aql, kind=kind, double=double)
    curve = operating_characteristic(plan, 15)
    assert curve[0].accepted == 1
    assert all(old.accepted >= new.accepted - 1e-12 for old, new in pairwise(curve))
    assert all(0 <= one.outgoing <= one.quality + 1e-9 for one in curve)
    assert sum(sample.size for sample in plan.samples) <= lot
    assert all(1 <= one.inspected <= sum(sample.size for sample in plan.samples) for one in curve)


def test_a_double_plan_does_what_a_simulation_does() -> None:
    plan = find_plan(5000, "1.0", double=True)
    first, second = plan.samples
    rng = random.Random(17)
    runs, accepted, inspected = 1500, 0, 0
    for _ in range(runs):
        found = sum(rng.random() < 0.02 for _ in range(first.size))
        inspected += first.size
        if first.accept < found < first.reject:
            inspected += second.size
            accepted += found + sum(rng.random() < 0.02 for _ in range(second.size)) <= second.accept
        else:
            accepted += found <= first.accept
    assert acceptance_probability(plan.samples, 2.0) == pytest.approx(accepted / runs, abs=0.045)
    assert average_sample(plan.samples, 2.0) == pytest.approx(inspected / runs, rel=0.03)


def test_outgoing_quality_is_what_is_left_in_the_lots() -> None:
    single = [Sample(50, 1, 2)]
    accepted = acceptance_probability(single, 2.0)
    assert outgoing_quality(single, 500, 2.0) == pytest.approx(2.0 * accepted * 450 / 500)
    assert outgoing_quality([Sample(20, 0, 1)], 20, 3.0) == 0


def test_an_aql_may_be_written_in_several_ways() -> None:
    assert find_plan(500, "1") == find_plan(500, "1.0") == find_plan(500, "1.00")
    assert find_plan(500, ".65") == find_plan(500, "0.65")


@pytest.mark.parametrize(
    ("lot", "words"),
    [(1, {}), (500, {"level": "IV"}), (500, {"aql": "0.5"}), (500, {"kind": "skip"}), (500, {"aql": "x"})],
)
def test_what_the_standard_does_not_have_is_refused(lot: int, words: dict[str, str]) -> None:
    with pytest.raises(NoSuchSampling, match="ISO 2859-1:1999"):
        find_plan(lot, **{"aql": "1.0", **words})  # type: ignore[arg-type]


def test_one_step_tighter_keeps_the_sample() -> None:
    assert plan_one_step_tighter(find_plan(1500, "1.0")) == Sample(125, 2, 3)
    assert plan_one_step_tighter(find_plan(600_000, "0.010")) is None


def test_series_are_preferred_numbers() -> None:
    for place, size in enumerate(SERIES):
        assert size == pytest.approx(2 * 10 ** (place / 5), rel=0.07)
    for place, aql in enumerate(AQLS):
        assert float(aql) == pytest.approx(0.01 * 10 ** (place / 5), rel=0.06)
    assert isinstance(find_plan(100, "1.0"), Plan)
