"""Which gauge may be used, decided without a database."""

from datetime import date
from decimal import Decimal as D

import pytest

from mes.gauges import rules
from mes.gauges.models import Calibration, Gauge, GaugeState, Result, Standing

TODAY = date(2026, 1, 5)


def gauge(**values: object) -> Gauge:
    given = {"code": "Q-1", "name": "캘리퍼스", "state": GaugeState.IN_USE, "interval_months": 12, **values}
    return Gauge(**given)


def calibration(ident: int, on: date, result: Result = Result.PASS, reverses: int | None = None) -> Calibration:
    return Calibration(id=ident, done_on=on, result=result, reverses_id=reverses)


def test_a_gauge_may_be_used_until_the_end_of_the_day_it_is_due() -> None:
    assert rules.standing_of(gauge(due_on=TODAY, result=Result.PASS), TODAY) is Standing.SOON
    rules.check_usable(gauge(due_on=TODAY, result=Result.PASS), TODAY)
    late = gauge(due_on=date(2026, 1, 4), result=Result.PASS)
    with pytest.raises(rules.GaugeOverdue, match="2026-01-04"):
        rules.check_usable(late, TODAY)


def test_each_reason_against_a_gauge_has_its_own_sentence() -> None:
    with pytest.raises(rules.GaugeOutOfUse):
        rules.check_usable(gauge(state=GaugeState.OUT_OF_USE), TODAY)
    with pytest.raises(rules.GaugeLost):
        rules.check_usable(gauge(state=GaugeState.LOST), TODAY)
    with pytest.raises(rules.GaugeFailed):
        rules.check_usable(gauge(result=Result.FAIL, due_on=date(2027, 1, 1)), TODAY)
    with pytest.raises(rules.GaugeNeverCalibrated):
        rules.check_usable(gauge(), TODAY)


def test_a_gauge_that_is_never_calibrated_may_be_used() -> None:
    rules.check_usable(gauge(interval_months=None), TODAY)


def test_a_gauge_is_due_soon_from_thirty_days_before() -> None:
    assert rules.standing_of(gauge(due_on=date(2026, 2, 4), result=Result.PASS), TODAY) is Standing.SOON
    assert rules.standing_of(gauge(due_on=date(2026, 2, 5), result=Result.PASS), TODAY) is Standing.GOOD


def test_months_are_added_as_people_do() -> None:
    assert rules.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert rules.add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert rules.add_months(date(2026, 12, 15), 12) == date(2027, 12, 15)


def test_the_day_of_the_certificate_wins_over_the_interval_and_a_failure_has_none() -> None:
    assert rules.next_due(Result.PASS, TODAY, 12, None) == date(2027, 1, 5)
    assert rules.next_due(Result.PASS, TODAY, 12, date(2026, 7, 1)) == date(2026, 7, 1)
    assert rules.next_due(Result.PASS, TODAY, None, None) is None
    assert rules.next_due(Result.FAIL, TODAY, 12, None) is None
    with pytest.raises(rules.DueBeforeDone):
        rules.next_due(Result.PASS, TODAY, 12, TODAY)


def test_a_calibration_is_not_in_the_future_and_says_what_was_wrong() -> None:
    with pytest.raises(rules.CalibratedInFuture):
        rules.check_calibration(Result.PASS, date(2026, 1, 6), TODAY, None)
    for result in (Result.ADJUSTED, Result.FAIL):
        with pytest.raises(rules.ErrorMissing):
            rules.check_calibration(result, TODAY, TODAY, None)
        rules.check_calibration(result, TODAY, TODAY, D(0))


def test_a_range_and_an_interval_must_be_possible() -> None:
    rules.check_gauge(D(-50), D(300), 6)
    with pytest.raises(rules.GaugeRangeReversed):
        rules.check_gauge(D(150), D(0), 6)
    for months in (0, -1, 241):
        with pytest.raises(rules.IntervalImpossible):
            rules.check_gauge(None, None, months)


def test_doubt_begins_at_the_last_good_calibration_before_the_failure() -> None:
    history = [
        calibration(1, date(2025, 1, 1)),
        calibration(2, date(2025, 7, 1), Result.ADJUSTED),
        calibration(3, date(2026, 1, 1), Result.FAIL),
    ]
    assert rules.in_doubt_since(history, history[2]) == date(2025, 7, 1)
    assert rules.in_doubt_since(history, history[1]) == date(2025, 1, 1)
    assert rules.in_doubt_since(history, history[0]) is None


def test_readings_between_a_good_and_a_bad_calibration_are_in_doubt() -> None:
    history = [calibration(1, date(2025, 1, 1)), calibration(2, date(2025, 7, 1), Result.FAIL)]
    spans = rules.days_in_doubt(history)
    assert spans == [(date(2025, 1, 1), date(2025, 7, 1))]
    days = {date(2024, 12, 31): False, date(2025, 1, 1): False, date(2025, 1, 2): True, date(2025, 7, 1): True,
            date(2025, 7, 2): False}  # fmt: skip
    assert {day: rules.is_in_doubt(day, spans) for day in days} == days
    assert rules.is_in_doubt(date(2001, 1, 1), rules.days_in_doubt([calibration(1, TODAY, Result.ADJUSTED)]))
    taken_back = [*history, calibration(3, date(2025, 7, 1), Result.FAIL, reverses=2)]
    assert rules.days_in_doubt(taken_back) == []


def test_what_was_taken_back_does_not_count() -> None:
    history = [calibration(1, date(2025, 1, 1)), calibration(2, date(2026, 1, 1), Result.FAIL)]
    history.append(calibration(3, date(2026, 1, 1), Result.FAIL, reverses=2))
    assert rules.in_force(history) == [history[0]]
