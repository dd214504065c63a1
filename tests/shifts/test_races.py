"""Two people who enter the calendar of the same place at the same time."""

from datetime import date

import pytest
from sqlalchemy import select

from mes.core.errors import NotFound
from mes.core.events import Event
from mes.core.work import Work
from mes.items.customer_parts import remove_customer_part
from mes.people.plant import set_up_plant
from mes.shifts.models import CalendarDay, Shift
from mes.shifts.rules import ShiftsOverlap
from mes.shifts.service import ShiftData, add_shift, clear_day, drop_planned_stop, set_day
from tests.conftest import Shop
from tests.factories import make_calendar_day, make_customer_part, make_planned_stop, make_work_centre
from tests.racing import Deed, race

FRIDAY = date(2026, 1, 9)


@pytest.fixture(params=["plant", "work centre"])
def place(request: pytest.FixtureRequest, shop: Shop) -> int | None:
    """All of the plant, or one work centre."""
    shop.do(lambda work: set_up_plant(work, name="공장"))
    return shop.do(make_work_centre).id if request.param == "work centre" else None


def test_a_day_that_two_say_at_once_is_one_day_and_the_later_word_counts(shop: Shop, place: int | None) -> None:
    def say(works: bool, name: str) -> Deed:
        return lambda work: set_day(work, FRIDAY, works=works, name=name, work_centre_id=place)

    race(shop, say(False, "휴무"), say(True, "특근"))
    with shop.read() as read:
        assert [(day.works, day.name) for day in read.scalars(select(CalendarDay))] == [(True, "특근")]


def test_of_two_shifts_at_the_same_hours_entered_at_once_one_is_refused(shop: Shop, place: int | None) -> None:
    def enter(work: Work) -> Shift:
        data = ShiftData(
            name="주간", weekdays=frozenset("01234"), starts_at=8 * 60, ends_at=17 * 60, work_centre_id=place
        )
        return add_shift(work, data)

    _first, second = race(shop, enter, enter)
    assert isinstance(second, ShiftsOverlap)
    with shop.read() as read:
        assert len(read.scalars(select(Shift)).all()) == 1


def test_what_two_take_away_at_once_is_taken_away_once(shop: Shop) -> None:
    day, stop, part = shop.do(make_calendar_day), shop.do(make_planned_stop), shop.do(make_customer_part)
    acts: list[Deed] = [
        lambda work: clear_day(work, day.id),
        lambda work: drop_planned_stop(work, stop.id),
        lambda work: remove_customer_part(work, part.id),
    ]
    for act in acts:
        _first, second = race(shop, act, act)
        assert isinstance(second, NotFound)
    with shop.read() as read:
        verbs = [event.verb for event in read.scalars(select(Event).order_by(Event.id.desc()).limit(3))]
    assert verbs == ["items.remove_customer_part", "shifts.drop_planned_stop", "shifts.clear_day"]
