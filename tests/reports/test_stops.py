"""How long the machines of a day stood still, without a database."""

from datetime import UTC, date, datetime, timedelta

from mes.reports.models import Day, OrderCounts, StopLine

BEGAN = datetime(2026, 1, 4, 23, tzinfo=UTC)


def stop(after: timedelta, lasting: timedelta, planned: bool = False) -> StopLine:
    start = BEGAN + after
    return StopLine("프레스", None, "막힘", planned, start, start + lasting)


def stopped(*stops: StopLine) -> int:
    day = Day(date(2026, 1, 5), BEGAN, BEGAN + timedelta(hours=8), OrderCounts(0, 0, 0, 0), [], [], list(stops), [])
    return day.stopped()


def test_many_short_stops_are_added_up_before_they_are_rounded() -> None:
    short = [stop(timedelta(minutes=3 * number), timedelta(seconds=59)) for number in range(30)]
    assert stopped(*short) == 30
    assert stopped(*short[:10]) == 10
    assert stopped(stop(timedelta(), timedelta(seconds=29))) == 0


def test_only_what_lies_in_the_day_counts() -> None:
    assert stopped(stop(timedelta(hours=-1), timedelta(hours=2)), stop(timedelta(hours=7), timedelta(hours=3))) == 120
