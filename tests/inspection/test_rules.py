"""Verdicts and limits, without a database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.core.errors import Refused
from mes.inspection import rules
from mes.inspection.models import Characteristic, InspectionKind, Verdict
from mes.inspection.rules import check_limits, check_readings, check_target, judge, judge_all

D = Decimal
numbers = st.decimals(min_value=-1000, max_value=1000, places=6, allow_nan=False, allow_infinity=False)
limits = st.one_of(st.none(), numbers)


def measured(ident: int, name: str) -> Characteristic:
    return Characteristic(id=ident, name=name)


def test_a_value_exactly_on_a_limit_passes() -> None:
    assert judge(D("9.95"), D("9.95"), D("10.05")) is Verdict.PASS
    assert judge(D("10.05"), D("9.95"), D("10.05")) is Verdict.PASS


def test_a_millionth_beyond_a_limit_fails() -> None:
    assert judge(D("9.949999"), D("9.95"), D("10.05")) is Verdict.FAIL
    assert judge(D("10.050001"), D("9.95"), D("10.05")) is Verdict.FAIL


@given(numbers, limits, limits)
def test_a_reading_passes_exactly_when_it_lies_between_its_limits(value: D, lower: D | None, upper: D | None) -> None:
    inside = (lower is None or lower <= value) and (upper is None or value <= upper)
    assert (judge(value, lower, upper) is Verdict.PASS) == inside


@given(numbers, numbers, numbers, st.decimals(min_value=0, max_value=100, places=6))
def test_wider_limits_never_fail_what_passed(value: D, lower: D, upper: D, more: D) -> None:
    if judge(value, lower, upper) is Verdict.PASS:
        assert judge(value, lower - more, upper + more) is Verdict.PASS


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_one_failed_reading_fails_the_inspection_whatever_the_others_say(verdicts: list[Verdict]) -> None:
    assert judge_all(verdicts) is (Verdict.FAIL if Verdict.FAIL in verdicts else Verdict.PASS)
    assert judge_all([*verdicts, Verdict.FAIL]) is Verdict.FAIL


@given(st.sets(st.integers(1, 20), min_size=1), st.sets(st.integers(1, 25)))
def test_an_inspection_is_accepted_only_with_exactly_its_readings(asked: set[int], given_: set[int]) -> None:
    characteristics = [measured(number, f"치수 {number}") for number in sorted(asked)]
    readings = dict.fromkeys(given_, D(1))
    if asked - given_:
        with pytest.raises(rules.ReadingMissing):
            check_readings(characteristics, readings)
    elif given_ - asked:
        with pytest.raises(rules.ReadingUnknown):
            check_readings(characteristics, readings)
    else:
        check_readings(characteristics, readings)


def test_a_missing_reading_is_named() -> None:
    with pytest.raises(rules.ReadingMissing, match="외경") as refused:
        check_readings([measured(1, "두께"), measured(2, "외경")], {1: D(2)})
    assert refused.value.field == "reading_2"


@given(limits, limits, limits)
def test_accepted_limits_let_at_least_one_value_pass_and_one_fail(
    nominal: D | None, lower: D | None, upper: D | None
) -> None:
    try:
        check_limits("두께", nominal, lower, upper)
    except Refused:
        return
    bounds = [one for one in (lower, upper) if one is not None]
    assert all(judge(bound, lower, upper) is Verdict.PASS for bound in bounds)
    assert nominal is None or judge(nominal, lower, upper) is Verdict.PASS
    assert Verdict.FAIL in {judge(bounds[0] - 10**6, lower, upper), judge(bounds[0] + 10**6, lower, upper)}


def test_reversed_limits_are_refused_with_both_numbers() -> None:
    with pytest.raises(rules.LimitsReversed, match=r"10\.2.*9\.8"):
        check_limits("두께", None, D("10.2"), D("9.8"))


def test_a_characteristic_without_any_limit_is_refused() -> None:
    with pytest.raises(rules.NoLimit, match="두께"):
        check_limits("두께", D(10), None, None)


def test_a_nominal_value_outside_its_limits_is_refused() -> None:
    with pytest.raises(rules.NominalOutside):
        check_limits("두께", D(11), D(9), D(10))


def test_incoming_goods_are_inspected_by_the_lot_and_a_first_piece_at_its_job() -> None:
    with pytest.raises(rules.InspectionNeedsLot):
        check_target(InspectionKind.INCOMING, lot=False, job=True)
    with pytest.raises(rules.InspectionNeedsJob):
        check_target(InspectionKind.FIRST, lot=True, job=False)
    with pytest.raises(rules.InspectionNeedsLot):
        check_target(InspectionKind.PATROL, lot=False, job=False)
    check_target(InspectionKind.PATROL, lot=False, job=True)
    check_target(InspectionKind.FINAL, lot=True, job=False)
