"""What the board of one line shows: its day in figures, hour by hour, and what comes next."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from mes.core.plant import Plant, day_began, production_day
from mes.items.models import Item
from mes.orders.models import Job, Report, WorkOrder

HOUR = timedelta(hours=1)


class LineMade(NamedTuple):
    """What a work centre made on a day in one unit."""

    unit: str
    good: Decimal
    defective: Decimal


@dataclass(frozen=True)
class LineDay:
    """The production day of one work centre: pieces and kilograms are never added.

    ``hours``: (hour on the clock, good, defective) of ``unit``, the last ten.
    """

    made: list[LineMade]
    unit: str
    hours: list[tuple[int, Decimal, Decimal]]

    @property
    def defective(self) -> list[LineMade]:
        """The units in which something was defective; one line even on a day without any."""
        return [one for one in self.made if one.defective] or self.made[:1]

    @property
    def most(self) -> Decimal:
        """The fullest hour, by which the others are drawn."""
        return max((good + bad for _hour, good, bad in self.hours), default=Decimal(0))


def line_day(session: Session, settings: Plant, work_centre_id: int, now: datetime, unit: str = "") -> LineDay:
    """What a work centre has made since the production day began. Results taken back cancel out in their own hour.

    The hours are of ``unit`` (that of what runs now) if anything was made in it, else of the one with most results.
    """
    original = aliased(Report)
    query = (
        select(func.coalesce(original.at, Report.at), Report.good, Report.defective, Item.unit)
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .outerjoin(original, original.id == Report.reverses_id)
        .where(Report.day == production_day(settings, now), Job.work_centre_id == work_centre_id)
    )
    rows = session.execute(query).all()
    often = Counter(row.unit for row in rows)
    units = sorted(often, key=lambda one: (one != unit, -often[one], one))
    chosen = next(iter(units), unit)
    began, zone = day_began(settings, now), ZoneInfo(settings.time_zone)
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    hours: dict[datetime, tuple[Decimal, Decimal]] = {}
    nothing = (Decimal(0), Decimal(0))
    for at, good, bad, of in rows:
        sums[of] = _plus(sums.get(of, nothing), good, bad)
        if of == chosen:
            hour = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
            hours[hour] = _plus(hours.get(hour, nothing), good, bad)
    first = max(began.astimezone(zone), now.astimezone(zone) - 9 * HOUR).replace(minute=0, second=0, microsecond=0)
    count = int((now.astimezone(zone) - first) / HOUR) + 1
    shown = [first + n * HOUR for n in range(count)]
    return LineDay(
        made=[LineMade(one, *sums[one]) for one in units] or [LineMade(chosen, *nothing)],
        unit=chosen,
        hours=[(hour.hour, *hours.get(hour, nothing)) for hour in shown],
    )


def _plus(before: tuple[Decimal, Decimal], good: Decimal, bad: Decimal) -> tuple[Decimal, Decimal]:
    return before[0] + good, before[1] + bad
