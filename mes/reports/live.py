"""What happens at every work centre now: a fixed number of statements, whatever the size of the plant."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.plant import Plant, day_began, production_day
from mes.core.types import NOTHING
from mes.equipment.call_queries import waiting_calls
from mes.equipment.call_rules import Waiting
from mes.equipment.models import Downtime, Machine, MachineState, WorkCentre
from mes.equipment.queries import open_downtimes
from mes.inspection.due import Due, DueState, dues_of
from mes.lots.models import Lot
from mes.lots.queries import HELD
from mes.orders.models import Job, JobState, OrderState, Report, WorkOrder
from mes.orders.planning import ON_THE_FLOOR
from mes.orders.queries import QUEUE_ORDER
from mes.people.models import Person
from mes.reports.pace import planned_by_now
from mes.reports.rests import Rests, rests
from mes.reports.stations import StationNow, stations_now
from mes.shifts.check_models import CheckSheet
from mes.shifts.check_queries import due_sheets
from mes.shifts.check_rules import Standing

#: Jobs of a queue that a card shows; the page of the line has all.
NEXT = 2


class JobNow(NamedTuple):
    """A running or paused job: who works on it, and how far it is against the clock."""

    job: Job
    who: Person | None
    #: Good pieces of the production day, and how many the standard makes from the start (or the morning) until now.
    good_today: Decimal
    planned: Decimal | None
    checks: list[Due]

    @property
    def behind(self) -> Decimal:
        """Pieces behind the clock; negative when ahead. 0 without a standard."""
        return self.planned - self.good_today if self.planned is not None else Decimal(0)

    @property
    def overdue(self) -> list[Due]:
        """Checks that are late."""
        return [due for due in self.checks if due.state is DueState.LATE]


@dataclass
class CentreNow:
    """One work centre as it is now."""

    centre: WorkCentre
    jobs: list[JobNow] = field(default_factory=list)
    stops: list[Downtime] = field(default_factory=list)
    calls: list[Waiting] = field(default_factory=list)
    stations: list[StationNow] = field(default_factory=list)
    next: list[Job] = field(default_factory=list)
    waiting: int = 0
    held_machines: list[Machine] = field(default_factory=list)
    held_orders: int = 0
    held_lots: int = 0
    #: Check sheets of this shift, day or week that nobody has filled in by their time.
    sheets: list[CheckSheet] = field(default_factory=list)

    @property
    def running(self) -> list[JobNow]:
        """What runs."""
        return [one for one in self.jobs if one.job.state is JobState.RUNNING]

    @property
    def state(self) -> str:
        """ "stopped", "held" (every running order is on hold), "running", "paused" or "waiting"."""
        if self.stops:
            return "stopped"
        if self.running:
            held = all(one.job.order.state is OrderState.HELD for one in self.running)
            return "held" if held else "running"
        return "paused" if self.jobs else "waiting"

    @property
    def overdue(self) -> int:
        """Inspections and check sheets that are late."""
        return sum(len(one.overdue) for one in self.jobs) + len(self.sheets)

    @property
    def holds(self) -> int:
        """What stands here and may not be used."""
        return self.held_orders + self.held_lots + len(self.held_machines)

    def needs_leader(self, now: datetime) -> int:
        """How badly somebody is needed here: the larger, the further up on the screen."""
        silent = any(one.state(now) == "silent" and one.who for one in self.stations)
        calls = max((10 + one.level * 10 for one in self.calls if not one.call.taken_at), default=0)
        behind = any(one.planned and one.behind * 10 > one.planned for one in self.running)
        return calls + 8 * bool(self.stops) + 4 * bool(self.overdue) + 2 * behind + silent


def floor_now(session: Session, settings: Plant, now: datetime, centre_id: int | None = None) -> list[CentreNow]:
    """Every work centre in use, those that need somebody first."""
    query = select(WorkCentre).where(WorkCentre.active).order_by(WorkCentre.code)
    if centre_id is not None:
        query = query.where(WorkCentre.id == centre_id)
    centres = {centre.id: CentreNow(centre) for centre in session.scalars(query)}
    began = max(day_began(settings, now), now - timedelta(days=1))
    _fill_troubles(session, now, centres)
    for one in _jobs_now(session, settings, now, began, centre_id):
        if one.job.work_centre_id in centres:
            centres[one.job.work_centre_id].jobs.append(one)
    _fill_queues(session, centres)
    _fill_holds(session, centres)
    for station in stations_now(session, now, list(centres)):
        centres[station.station.work_centre_id].stations.append(station)
    return sorted(centres.values(), key=lambda one: (-one.needs_leader(now), one.centre.code))


def _jobs_now(session: Session, settings: Plant, now: datetime, began: datetime, centre_id: int | None) -> list[JobNow]:
    query = (
        select(Job, Person)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .options(joinedload(Job.order).joinedload(WorkOrder.item), joinedload(Job.machine), joinedload(Job.tool))
        .outerjoin(Person, Person.id == Job.person_id)
        .where(
            Job.state.in_((JobState.RUNNING, JobState.PAUSED)), WorkOrder.state.in_(ON_THE_FLOOR),
        )
        .order_by(Job.state != JobState.RUNNING, Job.started_at, Job.id)
    )  # fmt: skip
    if centre_id is not None:
        query = query.where(Job.work_centre_id == centre_id)
    rows: Sequence[Any] = session.execute(query).all()
    checks = dues_of(session, [job for job, _person in rows], now)
    ids = [job.id for job, _person in rows]
    made = dict(
        session.execute(
            select(Report.job_id, func.sum(Report.good))
            .where(Report.job_id.in_(ids), Report.day == production_day(settings, now))
            .group_by(Report.job_id)
        ).all()
    ) if ids else {}  # fmt: skip
    resting = rests(session, began, now) if ids else None
    found = []
    for job, person in rows:
        good = made.get(job.id, Decimal(0))
        planned = _planned(job, good, began, now, resting) if resting else None
        found.append(JobNow(job, person, good, planned, checks.get(job.id, [])))
    return found


def _planned(job: Job, good: Decimal, began: datetime, now: datetime, resting: Rests) -> Decimal | None:
    """What the standard makes of a job today until now; none without a standard, or while it is paused."""
    if not job.cycle_seconds or job.started_at is None or job.state is not JobState.RUNNING:
        return None
    fresh, since = job.started_at >= began, max(job.started_at, began)
    return planned_by_now(
        since=since,
        now=now,
        stopped=resting.of(job, since, now),
        setup=(job.setup_minutes or Decimal(0)) if fresh else Decimal(0),
        cycle=job.cycle_seconds,
        most=job.order.quantity - (job.good - good),
    )


def _fill_troubles(session: Session, now: datetime, centres: dict[int, CentreNow]) -> None:
    """What stands still, who calls for help, and which check sheets are overdue."""
    only = next(iter(centres)) if len(centres) == 1 else None
    for stop in open_downtimes(session, only):
        if stop.work_centre_id in centres:
            centres[stop.work_centre_id].stops.append(stop)
    for call in waiting_calls(session, now):
        if call.call.work_centre_id in centres:
            centres[call.call.work_centre_id].calls.append(call)
    for due in due_sheets(session, now, only):
        if due.standing is Standing.OVERDUE and due.sheet.work_centre_id in centres:
            centres[due.sheet.work_centre_id].sheets.append(due.sheet)


def _fill_queues(session: Session, centres: dict[int, CentreNow]) -> None:
    """How many jobs wait at each work centre, and the next of them."""
    place = func.row_number().over(partition_by=Job.work_centre_id, order_by=QUEUE_ORDER)
    total = func.count().over(partition_by=Job.work_centre_id)
    chosen = (
        select(Job.id, place.label("place"), total.label("total"))
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .where(
            Job.work_centre_id.in_(list(centres)), Job.state == JobState.WAITING, WorkOrder.state.in_(ON_THE_FLOOR)
        )
        .subquery()
    )  # fmt: skip
    query = (
        select(Job, chosen.c.total)
        .join(chosen, chosen.c.id == Job.id)
        .options(joinedload(Job.order).joinedload(WorkOrder.item))
        .where(chosen.c.place <= NEXT)
        .order_by(chosen.c.place)
    )
    for job, count in session.execute(query):
        centres[job.work_centre_id].next.append(job)
        centres[job.work_centre_id].waiting = count


def _fill_holds(session: Session, centres: dict[int, CentreNow]) -> None:
    """Held machines, jobs of held orders, and held lots at the work centre's own place."""
    for machine in session.scalars(
        select(Machine).where(Machine.state == MachineState.HELD, Machine.active).order_by(Machine.code)
    ):
        if machine.work_centre_id in centres:
            centres[machine.work_centre_id].held_machines.append(machine)
    orders = (
        select(Job.work_centre_id, func.count())
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .where(WorkOrder.state == OrderState.HELD, Job.state != JobState.DONE)
        .group_by(Job.work_centre_id)
    )
    for centre, number in session.execute(orders):
        if centre in centres:
            centres[centre].held_orders = number
    # few are held: asked for by place, all lots that ever lay there would be read
    held = Counter(session.scalars(select(Lot.location_id).where(HELD, Lot.on_hand > NOTHING)))
    for centre, place in session.execute(select(WorkCentre.id, WorkCentre.location_id)):
        if centre in centres and place is not None:
            centres[centre].held_lots = held[place]
