"""Which shifts a work centre works on a day, and when exactly: pure, from what the calendar holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mes.shifts.models import CalendarDay, Shift

DAY = 24 * 60


@dataclass(frozen=True)
class Pause:
    """A break of one shift of one day."""

    name: str
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Span:
    """One shift of one day: it belongs to the day on which it began."""

    shift_id: int
    name: str
    name_en: str | None
    day: date
    began: datetime
    ended: datetime
    pauses: tuple[Pause, ...] = ()

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it; its end is the beginning of the next."""
        return self.began <= moment < self.ended


def spans_of(
    shifts: Sequence[Shift], days: Sequence[CalendarDay], centre_id: int, day: date, zone: ZoneInfo
) -> list[Span]:
    """The shifts of a work centre on a day, in order of time.

    A work centre with shifts of its own works those, the others the plant's. A day that differs for the work centre
    counts more than one that differs for all. On a day on which all shifts run, those that stand for each other on
    other weekdays (a shorter Friday) run once: the weekday's own goes first, then the one that begins first.
    """
    own = [shift for shift in shifts if shift.active and shift.work_centre_id == centre_id]
    mine = own or [shift for shift in shifts if shift.active and shift.work_centre_id is None]
    spans = [_span(shift, day, zone) for shift in _worked(mine, day, _works(days, centre_id, day))]
    return sorted(spans, key=lambda span: (span.began, span.shift_id))


def _works(days: Sequence[CalendarDay], centre_id: int, day: date) -> bool | None:
    told = {one.work_centre_id: one.works for one in days if one.day == day}
    return told.get(centre_id, told.get(None))


def _worked(mine: Sequence[Shift], day: date, works: bool | None) -> list[Shift]:
    usual = [one for one in mine if str(day.weekday()) in one.weekdays]
    if not works:
        return usual if works is None else []
    worked = list(usual)
    for one in sorted(mine, key=lambda shift: (shift.starts_at, shift.id)):
        if all(_follow(one, other) for other in worked):
            worked.append(one)
    return worked


def _follow(one: Shift, other: Shift) -> bool:
    """Whether two shifts of one day come one after the other."""
    return one.starts_at >= other.starts_at + other.minutes or other.starts_at >= one.starts_at + one.minutes


def _span(shift: Shift, day: date, zone: ZoneInfo) -> Span:
    def at(minutes: int) -> datetime:
        wall = datetime.combine(day, time()) + timedelta(minutes=shift.starts_at + minutes)
        return wall.replace(tzinfo=zone).astimezone(UTC)

    pauses = tuple(Pause(one.name, at(one.after), at(one.after + one.minutes)) for one in shift.breaks)
    return Span(shift.id, shift.name, shift.name_en, day, at(0), at(shift.minutes), pauses)


def overlap(one: Shift, other: Shift) -> bool:
    """Whether two shifts of the same place claim the same time of the week."""
    week = 7 * DAY
    for first in one.weekdays:
        for second in other.weekdays:
            start = int(first) * DAY + one.starts_at
            gap = (int(second) * DAY + other.starts_at - start) % week
            if gap < one.minutes or week - gap < other.minutes:
                return True
    return False
