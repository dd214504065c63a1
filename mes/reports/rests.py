"""The time in which nobody is meant to make anything: breaks, planned stops, and what lies outside all shifts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.equipment.models import Downtime
from mes.equipment.stop_queries import touches
from mes.orders.models import Job
from mes.shifts.queries import PlantCalendar, calendar_of, planned_stops
from mes.shifts.timeline import Kind, Piece, partition, sums


class Standing(NamedTuple):
    """A planned stop, as it was planned or as it was recorded: of one machine, or of the whole work centre."""

    centre_id: int
    machine_id: int | None
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Rests:
    """What is known of a day, read once for all work centres."""

    calendar: PlantCalendar
    stops: list[Standing]

    def of(self, job: Job, since: datetime, until: datetime) -> timedelta:
        """How much of a stretch of time a job was not meant to run; what overlaps counts once."""
        here = [
            (stop.began, stop.ended)
            for stop in self.stops
            if stop.centre_id == job.work_centre_id and stop.machine_id in (None, job.machine_id)
        ]
        off = [Piece(Kind.PLANNED, *stretch) for stretch in (*here, *self._off(job.work_centre_id, since, until))]
        return sums(partition(since, until, [off]))[Kind.PLANNED]

    def _off(self, centre_id: int, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """Breaks, and what lies before, between and after the shifts; nothing where no calendar is kept."""
        first = since.astimezone(self.calendar.zone).date() - timedelta(days=1)
        days = [first + timedelta(days=n) for n in range((until - since).days + 3)]
        spans = [span for day in days for span in self.calendar.spans(centre_id, day)]
        if not spans:
            return []
        off = [(pause.began, pause.ended) for span in spans for pause in span.pauses]
        free = since
        for span in spans:
            if span.began > free:
                off.append((free, span.began))
            free = max(free, span.ended)
        return [*off, (free, max(free, until))]


def rests(session: Session, since: datetime, now: datetime) -> Rests:
    """Everything about the time from ``since`` to now, in a fixed number of statements."""
    query = select(Downtime.work_centre_id, Downtime.machine_id, Downtime.started_at, Downtime.ended_at).where(
        Downtime.reason.has(planned=True), touches(since, now)
    )
    stops = [Standing(centre, machine, began, ended or now) for centre, machine, began, ended in session.execute(query)]
    planned = [
        Standing(one.work_centre_id, one.machine_id, one.starts_at, one.ends_at)
        for one in planned_stops(session, since, now)
    ]
    return Rests(calendar_of(session, now), [*stops, *planned])
