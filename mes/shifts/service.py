"""Use cases of the calendar: shifts with their breaks, days that differ, planned stops."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from mes.core.errors import NotFound
from mes.core.i18n import _, own_name
from mes.core.plant import Plant
from mes.core.work import Work, check_version
from mes.equipment.models import Machine, StopReason, WorkCentre
from mes.equipment.rules import check_in_use, check_stands_at
from mes.shifts.calendar import overlap
from mes.shifts.models import CalendarDay, PlannedStop, Shift, ShiftBreak
from mes.shifts.rules import BreakOutside, NotPlanned, NoWeekday, PlannedBackwards, ShiftsOverlap, on_the_wall


class BreakTime(NamedTuple):
    """A break on the plant's clock, in minutes after midnight; one before the shift's beginning is after midnight."""

    name: str
    began: int
    ended: int


@dataclass(frozen=True, kw_only=True)
class ShiftData:
    """A shift as it is entered: times in minutes after midnight; one that ends before it begins ends the next day."""

    name: str
    name_en: str | None = None
    work_centre_id: int | None = None
    weekdays: frozenset[str]
    starts_at: int
    ends_at: int
    breaks: Sequence[BreakTime] = ()
    active: bool = True

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return (self.ends_at - self.starts_at) % (24 * 60) or 24 * 60

    def rests(self) -> list[ShiftBreak]:
        """Its breaks, as they are kept. Raises BreakOutside."""
        found: list[ShiftBreak] = []
        for one in self.breaks:
            after, long = (one.began - self.starts_at) % (24 * 60), (one.ended - one.began) % (24 * 60)
            before = found[-1].after + found[-1].minutes if found else 0
            if not long or after < before or after + long > self.minutes:
                raise BreakOutside(field="breaks", name=one.name)
            found.append(ShiftBreak(name=one.name[:100], after=after, minutes=long))
        return found


def add_shift(work: Work, data: ShiftData) -> Shift:
    """Enter a shift. Raises NoWeekday, BreakOutside, ShiftsOverlap."""
    shift = Shift(work_centre_id=data.work_centre_id, active=True)
    _fill(shift, data)
    shift.breaks = data.rests()
    _check_alone(work, shift)
    return work.add(shift, "shifts.add_shift", code=data.name)


def change_shift(work: Work, shift_id: int, data: ShiftData, version: int | None = None) -> Shift:
    """Change a shift; days that were worked before show the new times, too. Raises the same, and StaleEdit."""
    query = select(Shift).options(selectinload(Shift.breaks)).where(Shift.id == shift_id).with_for_update()
    shift = work.session.scalar(query)
    if shift is None:
        raise NotFound(what=_("shift"), code=str(shift_id))
    check_version(work, shift, version)
    rests = data.rests()
    others = [_kept(one) for one in rests] != [_kept(one) for one in shift.breaks]
    before, after = _on_the_wall(shift.starts_at, shift.breaks), _on_the_wall(data.starts_at, rests)
    with work.change(shift, "shifts.change_shift"):
        _fill(shift, data)
        shift.work_centre_id, shift.active = data.work_centre_id, data.active
        if others:
            shift.breaks = rests
            flag_modified(shift, "name")  # the version moves with the breaks, so that a stale edit of them is noticed
        _check_alone(work, shift)
        work.session.flush()
    if before != after:
        work.record("shifts.change_shift", shift, before={"breaks": before}, after={"breaks": after})
    return shift


def _kept(one: ShiftBreak) -> tuple[str, int, int]:
    return one.name, one.after, one.minutes


def _on_the_wall(starts_at: int, breaks: Iterable[ShiftBreak]) -> list[str]:
    """Breaks as a clock shows them: 12:00-13:00 Lunch."""
    times = [(starts_at + one.after, starts_at + one.after + one.minutes, one.name) for one in breaks]
    return [f"{on_the_wall(began)}-{on_the_wall(ended)} {name}" for began, ended, name in times]


def _fill(shift: Shift, data: ShiftData) -> None:
    if not data.weekdays:
        raise NoWeekday(field="weekdays")
    shift.name, shift.name_en, shift.weekdays = data.name, data.name_en, data.weekdays
    shift.starts_at, shift.minutes = data.starts_at % (24 * 60), data.minutes


def _check_alone(work: Work, shift: Shift) -> None:
    if not shift.active:
        return
    with work.session.no_autoflush:
        _one_at_a_time(work, shift.work_centre_id)
        others: Iterable[Shift] = work.session.scalars(
            select(Shift).where(Shift.active, Shift.work_centre_id.is_not_distinct_from(shift.work_centre_id))
        ).all()
    for other in others:
        if other is not shift and overlap(shift, other):
            raise ShiftsOverlap(field="starts_at", name=own_name(other))


def _one_at_a_time(work: Work, work_centre_id: int | None) -> None:
    """Whoever enters shifts or days of the same place waits until this act ends, and then sees what it entered."""
    place = select(Plant.id) if work_centre_id is None else select(WorkCentre.id).where(WorkCentre.id == work_centre_id)
    work.session.execute(place.with_for_update(key_share=True)).all()


def set_day(work: Work, day: date, *, works: bool, name: str, work_centre_id: int | None = None) -> CalendarDay:
    """Say that a day differs from the week; said again, the newer word counts."""
    _one_at_a_time(work, work_centre_id)
    query = select(CalendarDay).where(
        CalendarDay.day == day, CalendarDay.work_centre_id.is_not_distinct_from(work_centre_id)
    )
    known = work.session.scalar(query.with_for_update())
    if known is None:
        made = CalendarDay(day=day, works=works, name=name, work_centre_id=work_centre_id)
        return work.add(made, "shifts.set_day", code=f"{day}")
    with work.change(known, "shifts.set_day"):
        known.works, known.name = works, name
        work.session.flush()
    return known


def clear_day(work: Work, ident: int) -> None:
    """The day is like any other of the week. Raises NotFound."""
    known = work.session.get(CalendarDay, ident, with_for_update=True)
    if known is None:
        raise NotFound(what=_("day"), code=str(ident))
    work.record("shifts.clear_day", known, before={"day": known.day, "name": known.name}, code=f"{known.day}")
    work.session.delete(known)


def plan_stop(
    work: Work,
    *,
    work_centre_id: int,
    machine_id: int | None,
    reason_id: int,
    starts_at: datetime,
    ends_at: datetime,
    note: str | None = None,
) -> PlannedStop:
    """Plan that a machine or work centre stands. Raises PlannedBackwards, NotPlanned, MachineElsewhere, NotInUse."""
    if ends_at <= starts_at:
        raise PlannedBackwards(field="ends_at")
    reason = work.session.get_one(StopReason, reason_id)
    check_in_use(reason)
    if not reason.planned:
        raise NotPlanned(field="reason_id", reason=own_name(reason))
    machine = work.session.get_one(Machine, machine_id) if machine_id is not None else None
    check_stands_at(machine, work.session.get_one(WorkCentre, work_centre_id))
    planned = PlannedStop(
        work_centre_id=work_centre_id, machine_id=machine_id, reason_id=reason_id, starts_at=starts_at,
        ends_at=ends_at, note=(note or "").strip() or None,
    )  # fmt: skip
    return work.add(planned, "shifts.plan_stop")


def drop_planned_stop(work: Work, ident: int) -> None:
    """It is not meant to stand then after all. Raises NotFound."""
    known = work.session.get(PlannedStop, ident, with_for_update=True)
    if known is None:
        raise NotFound(what=_("planned stop"), code=str(ident))
    before = {"starts_at": known.starts_at, "ends_at": known.ends_at, "reason_id": known.reason_id}
    work.record("shifts.drop_planned_stop", known, before=before)
    work.session.delete(known)
