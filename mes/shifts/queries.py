"""Reads about the calendar, and about what the time of a day went to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.i18n import _, own_name
from mes.core.plant import plant
from mes.equipment.models import Downtime, Machine, WorkCentre
from mes.equipment.stop_queries import is_micro, touches
from mes.orders.models import Job, Report, WorkOrder
from mes.orders.run_models import JobRun
from mes.shifts.calendar import Span, spans_of
from mes.shifts.models import CalendarDay, PlannedStop, Shift
from mes.shifts.timeline import Kind, Piece, partition, sums


def list_shifts(session: Session) -> list[Shift]:
    """All shifts with their breaks: those of the whole plant first, in use first."""
    query = select(Shift).options(selectinload(Shift.breaks), joinedload(Shift.work_centre))
    found = session.scalars(query.order_by(Shift.active.desc(), Shift.starts_at, Shift.id))
    return sorted(found, key=lambda one: (not one.active, one.work_centre_id or 0))


def get_shift(session: Session, shift_id: int) -> Shift:
    """A shift with its breaks. Raises NotFound."""
    found = session.scalar(select(Shift).options(selectinload(Shift.breaks)).where(Shift.id == shift_id))
    if found is None:
        raise NotFound(what=_("shift"), code=str(shift_id))
    return found


def special_days(session: Session, since: date, until: date | None = None) -> list[CalendarDay]:
    """Days that differ from the week, earliest first."""
    query = select(CalendarDay).options(joinedload(CalendarDay.work_centre)).where(CalendarDay.day >= since)
    if until is not None:
        query = query.where(CalendarDay.day <= until)
    return list(session.scalars(query.order_by(CalendarDay.day, CalendarDay.id)))


def planned_stops(
    session: Session, since: datetime, until: datetime | None = None, centre_id: int | None = None
) -> list[PlannedStop]:
    """Planned stops that touch a stretch of time, earliest first."""
    query = select(PlannedStop).options(
        joinedload(PlannedStop.reason), joinedload(PlannedStop.machine), joinedload(PlannedStop.work_centre)
    )
    query = query.where(PlannedStop.ends_at > since)
    if until is not None:
        query = query.where(PlannedStop.starts_at < until)
    if centre_id is not None:
        query = query.where(PlannedStop.work_centre_id == centre_id)
    return list(session.scalars(query.order_by(PlannedStop.starts_at, PlannedStop.id)))


@dataclass(frozen=True)
class PlantCalendar:
    """All shifts and the days that differ, read once: when which work centre works."""

    shifts: Sequence[Shift]
    days: Sequence[CalendarDay]
    zone: ZoneInfo

    def spans(self, centre_id: int, day: date) -> list[Span]:
        """The shifts of a work centre on a day."""
        return spans_of(self.shifts, self.days, centre_id, day, self.zone)

    def at(self, centre_id: int, moment: datetime) -> Span | None:
        """The shift that is worked at a moment; a night shift began the day before."""
        today = moment.astimezone(self.zone).date()
        around = [span for day in (today, today - timedelta(days=1)) for span in self.spans(centre_id, day)]
        return next((span for span in around if span.holds(moment)), None)

    def last(self, centre_id: int, moment: datetime, within: timedelta) -> Span | None:
        """The shift that ended last before a moment, not longer ago than ``within``."""
        today = moment.astimezone(self.zone).date()
        days = [today - timedelta(days=number) for number in range(3)]
        ended = [span for day in days for span in self.spans(centre_id, day) if moment - within <= span.ended <= moment]
        return max(ended, key=lambda span: span.ended, default=None)


def calendar_of(session: Session, now: datetime, since: date | None = None) -> PlantCalendar:
    """The calendar around now (or from a day on); two statements."""
    zone = ZoneInfo(plant(session).time_zone)
    today = now.astimezone(zone).date()
    shifts = list(session.scalars(select(Shift).options(selectinload(Shift.breaks)).where(Shift.active)))
    return PlantCalendar(shifts, special_days(session, (since or today) - timedelta(days=7)), zone)


def spans(session: Session, centre_id: int, day: date) -> list[Span]:
    """The shifts of a work centre on a day."""
    zone = ZoneInfo(plant(session).time_zone)
    shifts = list(session.scalars(select(Shift).options(selectinload(Shift.breaks)).where(Shift.active)))
    return PlantCalendar(shifts, special_days(session, day, day), zone).spans(centre_id, day)


@dataclass(frozen=True)
class Line:
    """What the time of one shift went to at one machine (or at a work centre without machines)."""

    machine: Machine | None
    span: Span
    #: The end of the shift, or now while it runs.
    until: datetime
    pieces: list[Piece]

    @property
    def sums(self) -> dict[Kind, timedelta]:
        """Time by kind."""
        return sums(self.pieces)


def day_lines(session: Session, centre: WorkCentre, day: date, now: datetime) -> list[Line]:
    """The times of all machines of a work centre on a day, shift by shift; a fixed number of statements."""
    worked = [span for span in spans(session, centre.id, day) if span.began < now]
    return lines_of(session, centre, worked, now)


def lines_of(session: Session, centre: WorkCentre, worked: Sequence[Span], now: datetime) -> list[Line]:
    """The same for shifts that are known. A machine that was taken away or out of use since has its line in the shifts
    in which it ran or stood still here: what was told of it stays told."""
    if not worked:
        return []
    since, until = worked[0].began, min(max(span.ended for span in worked), now)
    stops = _stops(session, centre.id, since, until)
    runs = _covered(session, centre.id, since, until, now)
    told = _told(stops, runs, now)
    machines = _machines(session, centre.id, told)
    planned = [one for one in planned_stops(session, since, until) if one.machine_id or one.work_centre_id == centre.id]
    places: list[Machine | None] = [*machines]
    if None in runs or not any(_stands(one, centre.id) for one in machines):
        places.append(None)
    micro = plant(session).micro_stop_minutes
    lines = []
    for span in worked:
        ended = min(span.ended, now)
        for place in places:
            key = place.id if place else None
            here = (None, key)
            if place and not _stands(place, centre.id) and not _touched(told[place.id], span.began, ended):
                continue
            layers = [
                [_stop_piece(stop, micro, ended) for stop in stops if stop.machine_id in here],
                [Piece(Kind.PLANNED, one.began, one.ended, one.name) for one in span.pauses],
                [
                    Piece(Kind.PLANNED, one.starts_at, one.ends_at, own_name(one.reason))
                    for one in planned
                    if one.machine_id in here
                ],
                runs.get(key, []),
            ]
            lines.append(Line(place, span, ended, partition(span.began, ended, layers)))
    return lines


def _told(
    stops: Sequence[Downtime], runs: dict[int | None, list[Piece]], now: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    """When each machine is known to have run or stood still."""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for stop in stops:
        if stop.machine_id is not None:
            found[stop.machine_id].append((stop.started_at, stop.ended_at or now))
    for machine_id, pieces in runs.items():
        if machine_id is not None:
            found[machine_id] += [(piece.began, piece.ended) for piece in pieces]
    return found


def _touched(stretches: Sequence[tuple[datetime, datetime]], since: datetime, until: datetime) -> bool:
    return any(began < until and ended > since for began, ended in stretches)


def _machines(session: Session, centre_id: int, told: Collection[int]) -> list[Machine]:
    """Those that stand at a work centre, and those of which something is told there."""
    here = and_(Machine.work_centre_id == centre_id, Machine.active)
    return list(session.scalars(select(Machine).where(or_(here, Machine.id.in_(told))).order_by(Machine.code)))


def _stands(machine: Machine, centre_id: int) -> bool:
    return machine.active and machine.work_centre_id == centre_id


def _stops(session: Session, centre_id: int, since: datetime, until: datetime) -> list[Downtime]:
    query = select(Downtime).options(joinedload(Downtime.reason))
    query = query.where(
        Downtime.work_centre_id == centre_id,
        touches(since, until),
    )
    return list(session.scalars(query.order_by(Downtime.started_at)))


def _stop_piece(stop: Downtime, micro: int, until: datetime) -> Piece:
    kind = Kind.PLANNED if stop.reason and stop.reason.planned else Kind.STOPPED
    if is_micro(stop, micro):
        kind = Kind.MICRO
    what = own_name(stop.reason) if stop.reason else "" if kind is Kind.MICRO else _("No reason yet")
    return Piece(kind, stop.started_at, stop.ended_at or until, what, stop_id=stop.id)


def _covered(
    session: Session, centre_id: int, since: datetime, until: datetime, now: datetime
) -> dict[int | None, list[Piece]]:
    """Running time by machine: from the start of a job to its last result before the next start. What comes after the
    last result is not told yet.
    """
    query = (
        select(JobRun, Job.code, WorkOrder.code)
        .join(Job, Job.id == JobRun.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .where(
            JobRun.work_centre_id == centre_id,
            JobRun.started_at < until,
            or_(JobRun.ended_at.is_(None), JobRun.ended_at > since),
        )
        .order_by(JobRun.started_at, JobRun.id)
    )
    runs = session.execute(query).all()
    told = _results(
        session, {run.job_id for run, _job, _order in runs}, min((run.started_at for run, *_x in runs), default=now)
    )
    starts = defaultdict(list)
    for run, *_rest in runs:
        starts[run.job_id].append(run.started_at)
    found: dict[int | None, list[Piece]] = defaultdict(list)
    for run, job, order in runs:
        following = min((start for start in starts[run.job_id] if start > run.started_at), default=None)
        mine = [at for at in told[run.job_id] if at >= run.started_at and (following is None or at < following)]
        if mine:
            ended = min(run.ended_at or now, max(mine))
            if ended > run.started_at:
                found[run.machine_id].append(Piece(Kind.RUNNING, run.started_at, ended, order, job=job))
    return found


def _results(session: Session, jobs: set[int], since: datetime) -> dict[int, list[datetime]]:
    """When results of jobs were told that were not taken back."""
    undone = aliased(Report)
    query = (
        select(Report.job_id, Report.at)
        .outerjoin(undone, undone.reverses_id == Report.id)
        .where(Report.job_id.in_(jobs), Report.at >= since, Report.reverses_id.is_(None), undone.id.is_(None))
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for job_id, at in session.execute(query) if jobs else []:
        found[job_id].append(at)
    return found
