"""What the board of one line shows: its day in figures, hour by hour, and what comes next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from mes.core.plant import Plant, day_began, production_day
from mes.orders.models import Job, Report

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class LineDay:
    """The production day of one work centre. ``hours``: (hour on the clock, good, defective), the last ten."""

    good: Decimal
    defective: Decimal
    hours: list[tuple[int, Decimal, Decimal]]

    @property
    def most(self) -> Decimal:
        """The fullest hour, by which the others are drawn."""
        return max((good + bad for _hour, good, bad in self.hours), default=Decimal(0))


def line_day(session: Session, settings: Plant, work_centre_id: int, now: datetime) -> LineDay:
    """What a work centre has made since the production day began. Results taken back cancel out in their own hour."""
    original = aliased(Report)
    query = (
        select(func.coalesce(original.at, Report.at), Report.good, Report.defective)
        .join(Job, Job.id == Report.job_id)
        .outerjoin(original, original.id == Report.reverses_id)
        .where(Report.day == production_day(settings, now), Job.work_centre_id == work_centre_id)
    )
    rows = session.execute(query).all()
    began, zone = day_began(settings, now), ZoneInfo(settings.time_zone)
    hours: dict[datetime, tuple[Decimal, Decimal]] = {}
    nothing = (Decimal(0), Decimal(0))
    for at, good, bad in rows:
        hour = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        before = hours.get(hour, nothing)
        hours[hour] = before[0] + good, before[1] + bad
    first = max(began.astimezone(zone), now.astimezone(zone) - 9 * HOUR).replace(minute=0, second=0, microsecond=0)
    count = int((now.astimezone(zone) - first) / HOUR) + 1
    shown = [first + n * HOUR for n in range(count)]
    return LineDay(
        good=sum((row.good for row in rows), Decimal(0)),
        defective=sum((row.defective for row in rows), Decimal(0)),
        hours=[(hour.hour, *hours.get(hour, nothing)) for hour in shown],
    )
