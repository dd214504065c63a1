"""Shifts of the week, breaks, days that differ and planned stops."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.errors import NotFound, StaleEdit
from mes.core.events import history
from mes.equipment.rules import MachineElsewhere, NotInUse
from mes.shifts import queries, service
from mes.shifts.calendar import spans_of
from mes.shifts.models import PlannedStop, Shift, ShiftBreak
from mes.shifts.rules import BreakOutside, NotPlanned, NoWeekday, PlannedBackwards, ShiftsOverlap
from mes.shifts.service import BreakTime, ShiftData
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import (
    make_calendar_day,
    make_machine,
    make_planned_stop,
    make_shift,
    make_stop_reason,
    make_work_centre,
)

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = date(2026, 1, 5)


def night(**values: object) -> Shift:
    """A night shift from Monday to Friday, 20:00 to 08:00, with one break."""
    rest = ShiftBreak(name="야식", after=240, minutes=60)
    given = {
        "id": 1,
        "name": "야간",
        "weekdays": frozenset("01234"),
        "starts_at": 20 * 60,
        "minutes": 12 * 60,
        **values,
    }
    return Shift(active=True, breaks=[rest], **given)


def test_a_night_shift_belongs_to_the_day_on_which_it_began() -> None:
    [span] = spans_of([night()], [], 1, MONDAY, SEOUL)
    assert span.began == datetime(2026, 1, 5, 11, tzinfo=UTC)
    assert span.ended == datetime(2026, 1, 5, 23, tzinfo=UTC)
    assert span.day == MONDAY
    assert [(one.name, one.began.hour, one.ended.hour) for one in span.pauses] == [("야식", 15, 16)]
    assert span.holds(span.began)
    assert not span.holds(span.ended)
    assert spans_of([night()], [], 1, date(2026, 1, 10), SEOUL) == []


def test_a_work_centre_with_shifts_of_its_own_works_only_those(shop: Shop) -> None:
    centre, other = shop.do(make_work_centre), shop.do(make_work_centre)
    shop.do(lambda work: make_shift(work, name="전체"))
    shop.do(lambda work: make_shift(work, name="자체", work_centre_id=centre.id))
    with shop.read() as read:
        assert [one.name for one in queries.spans(read, centre.id, MONDAY)] == ["자체"]
        assert [one.name for one in queries.spans(read, other.id, MONDAY)] == ["전체"]
        at = queries.spans(read, other.id, MONDAY)[0].began
        found = queries.calendar_of(read, at).at(other.id, at)
        assert found is not None
        assert found.name == "전체"
        before = at - timedelta(minutes=1)
        assert queries.calendar_of(read, before).at(other.id, before) is None


def test_holidays_and_worked_saturdays_differ_from_the_week(shop: Shop) -> None:
    centre = shop.do(make_work_centre)
    shop.do(make_shift)
    saturday = date(2026, 1, 10)
    holiday = shop.do(lambda work: make_calendar_day(work, day=MONDAY))
    shop.do(lambda work: service.set_day(work, saturday, works=True, name="특근"))
    with shop.read() as read:
        assert queries.spans(read, centre.id, MONDAY) == []
        assert len(queries.spans(read, centre.id, saturday)) == 1
    shop.do(lambda work: service.set_day(work, MONDAY, works=True, name="설비 점검", work_centre_id=centre.id))
    shop.do(lambda work: service.set_day(work, saturday, works=False, name="쉼"))
    with shop.read() as read:
        assert len(queries.spans(read, centre.id, MONDAY)) == 1
        assert queries.spans(read, centre.id, saturday) == []
    shop.do(lambda work: service.clear_day(work, holiday.id))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.clear_day(work, holiday.id))


def test_on_a_worked_saturday_shifts_that_stand_for_each_other_run_once(shop: Shop) -> None:
    centre = shop.do(make_work_centre)
    shop.do(lambda work: make_shift(work, name="월-목", weekdays=frozenset("0123")))
    shop.do(lambda work: make_shift(work, name="금", weekdays=frozenset("4"), ends_at=16 * 60))
    shop.do(lambda work: make_shift(work, name="야간", weekdays=frozenset("0123"), starts_at=20 * 60, ends_at=6 * 60))
    friday, saturday = date(2026, 1, 9), date(2026, 1, 10)
    for day in (friday, saturday):
        shop.do(partial(service.set_day, day=day, works=True, name="특근"))
    with shop.read() as read:
        assert [one.name for one in queries.spans(read, centre.id, friday)] == ["금", "야간"], "a Friday is a Friday"
        assert [one.name for one in queries.spans(read, centre.id, saturday)] == ["월-목", "야간"]


def test_other_breaks_are_noted_and_a_stale_form_does_not_undo_them(shop: Shop) -> None:
    lunch, late = BreakTime("점심", 12 * 60, 13 * 60), BreakTime("점심", 12 * 60, 12 * 60 + 30)
    shift = shop.do(lambda work: make_shift(work, breaks=[lunch]))
    told: dict[str, Any] = {"name": "주간", "weekdays": frozenset("01234"), "starts_at": 8 * 60, "ends_at": 17 * 60}
    shop.do(lambda work: service.change_shift(work, shift.id, ShiftData(**told, breaks=[late]), shift.version))
    with shop.read() as read:
        noted = history(read, "shifts", shift.id)[0]
        assert (noted.verb, noted.before, noted.after) == (
            "shifts.change_shift", '{"breaks":["12:00-13:00 점심"]}', '{"breaks":["12:00-12:30 점심"]}',
        )  # fmt: skip
    with pytest.raises(StaleEdit):
        shop.do(lambda work: service.change_shift(work, shift.id, ShiftData(**told), shift.version))
    shop.do(lambda work: service.change_shift(work, shift.id, ShiftData(**told, breaks=[late])))
    with shop.read() as read:
        assert len(history(read, "shifts", shift.id)) == 2, "the same again is no change"
    earlier = told | {"starts_at": 7 * 60}
    shop.do(lambda work: service.change_shift(work, shift.id, ShiftData(**earlier, breaks=[late])))
    with shop.read() as read:
        assert [one.after for one in queries.get_shift(read, shift.id).breaks] == [5 * 60], "lunch stays at noon"


def test_shifts_of_one_place_never_overlap_not_even_over_the_week_end(shop: Shop) -> None:
    shop.do(lambda work: make_shift(work, weekdays=frozenset("6"), starts_at=20 * 60, ends_at=8 * 60))
    with pytest.raises(ShiftsOverlap):
        shop.do(lambda work: make_shift(work, weekdays=frozenset("0"), starts_at=7 * 60, ends_at=15 * 60))
    shop.do(lambda work: make_shift(work, weekdays=frozenset("0"), starts_at=8 * 60, ends_at=17 * 60))
    centre = shop.do(make_work_centre)
    shop.do(lambda work: make_shift(work, weekdays=frozenset("0"), work_centre_id=centre.id))


def test_a_shift_has_a_weekday_and_breaks_that_fit(shop: Shop) -> None:
    with pytest.raises(NoWeekday):
        shop.do(lambda work: make_shift(work, weekdays=frozenset()))
    for first, last in ((17 * 60, 18 * 60), (12 * 60, 12 * 60)):
        with pytest.raises(BreakOutside):
            shop.do(partial(make_shift, breaks=[BreakTime("점심", first, last)]))
    both = [BreakTime("점심", 720, 780), BreakTime("오전", 600, 610)]
    with pytest.raises(BreakOutside):
        shop.do(lambda work: make_shift(work, breaks=both))
    shift = shop.do(lambda work: make_shift(work, breaks=both[::-1]))
    data = ShiftData(name="주간", weekdays=frozenset("0"), starts_at=540, ends_at=1080, active=False)
    with pytest.raises(StaleEdit):
        shop.do(lambda work: service.change_shift(work, shift.id, data, 7))
    changed = shop.do(lambda work: service.change_shift(work, shift.id, data, 1))
    assert (changed.minutes, changed.breaks) == (540, [])
    with pytest.raises(NotFound):
        shop.do(lambda work: service.change_shift(work, 999999999, data))
    with shop.read() as read, pytest.raises(NotFound):
        queries.get_shift(read, 999999999)


def test_only_what_is_planned_is_planned(shop: Shop) -> None:
    machine, elsewhere = shop.do(make_machine), shop.do(make_machine)
    planned = shop.do(lambda work: make_stop_reason(work, planned=True))
    broken = shop.do(make_stop_reason)

    def plan(reason: int = planned.id, machine_id: int = machine.id, hours: int = 2) -> PlannedStop:
        return shop.do(
            lambda work: service.plan_stop(
                work, work_centre_id=machine.work_centre_id, machine_id=machine_id, reason_id=reason,
                starts_at=shop.now, ends_at=shop.now + timedelta(hours=hours),
            )
        )  # fmt: skip

    with pytest.raises(PlannedBackwards):
        plan(hours=0)
    with pytest.raises(NotPlanned):
        plan(broken.id)
    with pytest.raises(MachineElsewhere):
        plan(machine_id=elsewhere.id)
    made = plan()
    shop.do(lambda work: service.drop_planned_stop(work, made.id))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.drop_planned_stop(work, made.id))
    shop.do(lambda work: setattr(work.session.get_one(type(planned), planned.id), "active", False))
    with pytest.raises(NotInUse):
        plan()


def test_the_manager_sets_the_calendar_at_the_desk(app: Flask, shop: Shop) -> None:
    manager = Desk(app, shop, Role.MANAGER)
    assert "No shifts are set up" in manager.see("/shifts")
    given: dict[str, Any] = {
        "name": "야간",
        "weekdays": ["0", "1"],
        "starts_at": "20:00",
        "ends_at": "08:00",
        "active": "y",
    }
    manager.press("/new/shift", 422, **{**given, "starts_at": "25:00"})
    manager.press("/new/shift", 422, **{**given, "breaks": "점심"})
    manager.press("/new/shift", 422, **{**given, "breaks": "24:10-25:00 점심"})
    manager.press("/new/shift", **given, breaks="00:00-01:00 야식\n\n05:00~05:10 휴식")
    page = manager.see("/shifts")
    assert "20:00 – 08:00" in page
    with shop.read() as read:
        [shift] = queries.list_shifts(read)
        assert [(one.after, one.minutes) for one in shift.breaks] == [(240, 60), (540, 10)]
    assert "00:00-01:00 야식" in manager.see(f"/shifts/{shift.id}")
    manager.press(f"/shifts/{shift.id}", **given, breaks="", version=1)
    manager.press("/new/special-day", day="2026-02-17", name="설날", works="no")
    assert "설날" in manager.see("/shifts")
    with shop.read() as read:
        [day] = queries.special_days(read, MONDAY)
    manager.press(f"/special-days/{day.id}/clear")
    stop = shop.do(make_planned_stop)
    times: dict[str, Any] = {"starts_at": "2026-01-06T08:00", "ends_at": "2026-01-06T09:00"}
    manager.press(
        "/new/planned-stop", work_centre_id=stop.work_centre_id, reason_id=stop.reason_id, note="정비", **times
    )
    assert "정비" in manager.see("/shifts")
    manager.press(f"/planned-stops/{stop.id}/drop")
    manager.see("/new/shift")
    manager.see("/new/special-day")
    manager.see("/new/planned-stop")
