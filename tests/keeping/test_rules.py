"""When a copy is due, which ones stay, and what is a place."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mes.keeping.models import PlaceKind
from mes.keeping.rules import (
    DAYS,
    GRACE,
    MONTHS,
    WEEKS,
    PlaceUnclear,
    hour_of,
    is_due,
    is_old,
    last_hour,
    read_place,
    to_throw_away,
)

SEOUL = ZoneInfo("Asia/Seoul")
NIGHT = time(2, 30)
BEGAN = datetime(2026, 1, 5, tzinfo=SEOUL)


@dataclass(frozen=True)
class Kept:
    as_of: datetime


def nights(count: int) -> list[Kept]:
    return [Kept(BEGAN.replace(hour=2, minute=31) + timedelta(days=n)) for n in range(count)]


def test_the_copy_of_a_night_is_due_from_its_hour_on_and_until_it_is_there() -> None:
    at = datetime(2026, 1, 6, 2, 29, tzinfo=SEOUL)
    last = datetime(2026, 1, 5, 2, 31, tzinfo=SEOUL)
    assert not is_due(last, at, NIGHT, SEOUL)
    assert is_due(last, at + timedelta(minutes=1), NIGHT, SEOUL)
    assert not is_due(at + timedelta(minutes=2), at + timedelta(hours=20), NIGHT, SEOUL)


def test_a_computer_that_was_off_at_night_makes_its_copy_in_the_morning() -> None:
    monday = datetime(2026, 1, 5, 2, 31, tzinfo=SEOUL)
    assert is_due(monday, datetime(2026, 1, 6, 8, 0, tzinfo=SEOUL), NIGHT, SEOUL)
    assert is_due(None, datetime(2026, 1, 6, 1, 0, tzinfo=SEOUL), NIGHT, SEOUL)


def test_no_hour_makes_no_copy_by_itself() -> None:
    assert hour_of(" ") is None
    assert hour_of("02:30") == NIGHT
    assert not is_due(None, BEGAN, None, SEOUL)
    with pytest.raises(ValueError, match="isoformat"):
        hour_of("half past two")


def test_the_hour_is_that_of_the_plants_clock() -> None:
    assert last_hour(datetime(2026, 1, 5, 18, 0, tzinfo=UTC), NIGHT, SEOUL) == datetime(2026, 1, 6, 2, 30, tzinfo=SEOUL)
    assert last_hour(datetime(2026, 1, 5, 17, 0, tzinfo=UTC), NIGHT, SEOUL) == datetime(2026, 1, 5, 2, 30, tzinfo=SEOUL)


def test_a_stick_that_comes_on_fridays_is_missed_after_a_week_and_half_a_day() -> None:
    assert not is_old(BEGAN, BEGAN, BEGAN + timedelta(days=7) + GRACE, 7)
    assert is_old(BEGAN, BEGAN, BEGAN + timedelta(days=7, minutes=1) + GRACE, 7)
    assert is_old(None, BEGAN, BEGAN + timedelta(days=2), 1), "it was added two days ago, and nothing came"
    assert not is_old(None, BEGAN, BEGAN + timedelta(hours=3), 1)


def test_two_years_of_nights_leave_seven_days_four_weeks_and_twelve_months() -> None:
    kept: list[Kept] = []
    for night in nights(730):
        kept.append(night)
        going = to_throw_away(kept, SEOUL)
        kept = [one for one in kept if one not in going]
    assert len(kept) == DAYS + WEEKS + MONTHS
    days, weeks, months = kept[-DAYS:], kept[-DAYS - WEEKS : -DAYS], kept[: -DAYS - WEEKS]
    assert [days[-1].as_of - one.as_of for one in days] == [timedelta(days=n) for n in range(6, -1, -1)]
    assert len({one.as_of.isocalendar()[:2] for one in weeks}) == WEEKS
    assert len({(one.as_of.year, one.as_of.month) for one in months}) == MONTHS
    assert days[-1].as_of - months[0].as_of > timedelta(days=360)


def test_all_copies_of_the_last_seven_days_stay_however_many() -> None:
    hourly = [Kept(BEGAN + timedelta(hours=n)) for n in range(7 * 24)]
    assert to_throw_away(hourly, SEOUL) == []


def test_a_plant_that_was_away_for_a_year_keeps_what_it_had() -> None:
    assert to_throw_away(nights(DAYS), SEOUL) == []
    assert to_throw_away([], SEOUL) == []


@given(some.sets(some.integers(0, 24 * 800), min_size=1, max_size=60))
def test_the_newest_copy_never_goes_and_nothing_goes_twice(hours: set[int]) -> None:
    copies = [Kept(BEGAN + timedelta(hours=n)) for n in hours]
    going = to_throw_away(copies, SEOUL)
    left = [one for one in copies if one not in going]
    assert max(copies, key=lambda one: one.as_of) in left
    assert len(left) >= min(len(copies), DAYS)
    assert to_throw_away(left, SEOUL) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" /mnt/usb ", (PlaceKind.FOLDER, "/mnt/usb")),
        ("/백업/공장", (PlaceKind.FOLDER, "/백업/공장")),
        ("s3://plant-copies/", (PlaceKind.STORE, "s3://plant-copies")),
        ("s3://plant-copies/line/1/", (PlaceKind.STORE, "s3://plant-copies/line/1")),
    ],
)
def test_a_place_is_a_whole_path_or_a_store(typed: str, kept: tuple[PlaceKind, str]) -> None:
    assert read_place(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "usb", "../usb", "/mnt/../etc", "s3://", "s3://UPPER", "s3://a/../b", "http://x/y", "/a\0b"]
)
def test_anything_else_is_no_place(typed: str) -> None:
    with pytest.raises(PlaceUnclear):
        read_place(typed)
