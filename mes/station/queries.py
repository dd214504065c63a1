"""What a station's page shows, each page in a small fixed number of statements."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.equipment.device_queries import owner_of
from mes.inspection.models import InspectionKind
from mes.inspection.standard_queries import kinds_of
from mes.items.models import Consumption, Item
from mes.lots.models import Lot, Movement, MovementKind
from mes.orders import queries as orders
from mes.orders.models import Job, JobState, OrderMaterial, Report, WorkOrder
from mes.orders.step_gate import JobStep, steps_of_job
from mes.people.models import Person, SignIn
from mes.quality.models import Defect, DefectCode

#: Entries that a job's page shows.
NEWEST = 6


def people_here(session: Session, station_id: int) -> list[Person]:
    """Active people for the name tiles: those who signed in at this station last come first, then by name.

    On somebody's own phone there is nobody else.
    """
    owner = owner_of(session, station_id)
    if owner is not None:
        return [owner] if owner.active else []
    last = (
        select(SignIn.person_id, func.max(SignIn.id).label("last"))
        .where(SignIn.station_id == station_id)
        .group_by(SignIn.person_id)
        .subquery()
    )
    query = select(Person).outerjoin(last, last.c.person_id == Person.id).where(Person.active)
    return list(session.scalars(query.order_by(func.coalesce(last.c.last, 0).desc(), Person.name, Person.id)))


class JobItem(NamedTuple):
    """What a job makes: all that an entry of its result has to know of it beforehand."""

    job_id: int
    item_id: int
    unit: str


def item_of_job(session: Session, code: str) -> JobItem:
    """What the job with this code makes. Raises NotFound."""
    made = select(Job.id, Item.id, Item.unit).join(Job.order).join(WorkOrder.item)
    row = session.execute(made.where(Job.code == code.strip().upper())).one_or_none()
    if row is None:
        raise NotFound(what=_(N_("job")), code=code)
    return JobItem(*row)


class QueueRow(NamedTuple):
    """A job of the queue; ``before`` is the operation it waits for, if that has passed nothing on yet."""

    job: Job
    before: Job | None


def queue_here(session: Session, work_centre_id: int) -> list[QueueRow]:
    """What the work centre has to do, running first; jobs that nothing has come to yet say what they wait for."""
    jobs = orders.queue(session, work_centre_id)
    waiting = [job for job in jobs if job.state is JobState.WAITING and not job.is_first]
    earlier = aliased(Job)
    query = (
        select(Job.id, earlier)
        .join(earlier, (earlier.order_id == Job.order_id) & (earlier.sequence < Job.sequence))
        .where(Job.id.in_([job.id for job in waiting]))
        .order_by(Job.id, earlier.sequence)
    )
    before = dict(session.execute(query).all()) if waiting else {}
    rows = [QueueRow(job, before.get(job.id)) for job in jobs]
    return [row if row.before is None or row.before.good <= 0 else QueueRow(row.job, None) for row in rows]


def next_here(session: Session, job: Job) -> Job | None:
    """What comes after this job at its work centre: the first of the queue that does not run."""
    jobs = orders.queue(session, job.work_centre_id)
    return next((one for one in jobs if one.id != job.id and one.state is not JobState.RUNNING), None)


def running_jobs(session: Session, work_centre_id: int) -> list[Job]:
    """Jobs that run at the work centre now."""
    return [job for job in orders.queue(session, work_centre_id) if job.state is JobState.RUNNING]


def job_of_order(session: Session, order_code: str, work_centre_id: int) -> Job | None:
    """The first job of an order at this work centre that is not finished."""
    order = orders.get_order(session, order_code)
    here = [job for job in order.jobs if job.work_centre_id == work_centre_id and job.state is not JobState.DONE]
    return here[0] if here else None


class Entry(NamedTuple):
    """One thing that was entered on a job: a report, or a lot that was taken."""

    at: datetime
    report: Report | None
    taken: Movement | None
    lot: Lot | None
    undone: bool

    @property
    def done(self) -> Report | Movement:
        """What was entered."""
        done = self.report or self.taken
        assert done is not None  # one of the two
        return done

    @property
    def key(self) -> str:
        """Its name on the page."""
        return f"report-{self.report.id}" if self.report else f"taken-{self.taken.id if self.taken else 0}"


class JobSheet(NamedTuple):
    """Everything that a job's page shows."""

    job: Job
    before: Job | None
    materials: list[OrderMaterial]
    entries: list[Entry]
    steps: list[JobStep]
    kinds: set[InspectionKind]

    @property
    def plan(self) -> Decimal:
        """What is to be made."""
        return self.job.order.quantity

    @property
    def passed_on(self) -> Decimal | None:
        """What the operation before has passed on so far; none at the first one."""
        return self.before.good if self.before is not None else None

    @property
    def scanned(self) -> list[OrderMaterial]:
        """Materials that somebody scans."""
        return [material for material in self.materials if material.consumption is Consumption.SCAN]


def job_sheet(session: Session, code: str) -> JobSheet:
    """A job with its materials and newest entries. Raises NotFound."""
    job = orders.get_job(session, code)
    entries = (_reports(session, job), _taken(session, job))
    return JobSheet(
        job=job,
        before=None if job.is_first else orders.job_before(session, job),
        materials=orders.materials_of(session, job.order_id, job.sequence),
        entries=newest_first(*entries)[:NEWEST],
        steps=steps_of_job(session, job),
        kinds=kinds_of(session, None, job),
    )


def newest_first(reports: list[Entry], taken: list[Entry]) -> list[Entry]:
    """Both kinds in one list, each in the order in which it was recorded, whatever became of the clock in between."""
    waiting, merged = sorted(taken, key=lambda one: -_number(one)), list[Entry]()
    for one in sorted(reports, key=lambda one: -_number(one)):
        while waiting and waiting[0].at > one.at:
            merged.append(waiting.pop(0))
        merged.append(one)
    return merged + waiting


def _number(entry: Entry) -> int:
    return entry.done.id


def _reports(session: Session, job: Job) -> list[Entry]:
    rows = orders.reports_of_job(session, job.id)
    undone = {row.reverses_id for row in rows}
    return [Entry(row.at, row, None, row.lot, row.id in undone) for row in rows if row.reverses_id is None]


def _taken(session: Session, job: Job) -> list[Entry]:
    query = (
        select(Movement, Lot)
        .join(Lot, Lot.id == Movement.lot_id)
        .options(joinedload(Lot.item))
        .where(
            Movement.order_id == job.order_id,
            Movement.kind == MovementKind.CONSUME,
            Movement.job_id == job.id,
            Movement.report_id.is_(None),
        )
        .order_by(Movement.id.desc())
        .limit(20)
    )
    rows: Sequence[tuple[Movement, Lot]] = [(move, lot) for move, lot in session.execute(query)]
    undone = {move.reverses_id for move, _lot in rows}
    return [Entry(move.at, None, move, lot, move.id in undone) for move, lot in rows if move.reverses_id is None]


def last_made(session: Session, job_id: int) -> int | None:
    """The newest report of a job that made a lot and stands."""
    undone = select(Report.reverses_id).where(Report.job_id == job_id, Report.reverses_id.is_not(None))
    query = select(Report.id).where(Report.job_id == job_id, Report.lot_id.is_not(None), Report.reverses_id.is_(None))
    return session.scalar(query.where(Report.id.not_in(undone)).order_by(Report.id.desc()).limit(1))


def lots_made(session: Session, report_id: int) -> list[tuple[Lot, Decimal]]:
    """The lot that a report made (or each serial number), with the quantity that came into it."""
    query = (
        select(Lot, Movement.quantity)
        .join(Movement, Movement.lot_id == Lot.id)
        .options(joinedload(Lot.item))
        .where(Movement.report_id == report_id, Movement.kind == MovementKind.PRODUCE)
        .order_by(Lot.id)
    )
    return [(lot, quantity) for lot, quantity in session.execute(query)]


def defect_codes_for(session: Session, item_id: int) -> list[DefectCode]:
    """Defect codes in use: those that this item had most often come first."""
    often = select(Defect.code_id, func.count().label("times")).where(Defect.item_id == item_id)
    often_of = often.group_by(Defect.code_id).subquery()
    query = select(DefectCode).outerjoin(often_of, often_of.c.code_id == DefectCode.id).where(DefectCode.active)
    return list(session.scalars(query.order_by(func.coalesce(often_of.c.times, 0).desc(), DefectCode.code)))


def mould_of(session: Session, job_id: int) -> str | None:
    """The mould that was named with a defect of this job last."""
    query = select(Defect.tool).where(Defect.job_id == job_id, Defect.tool.is_not(None))
    return session.scalar(query.order_by(Defect.id.desc()).limit(1))


def defective_by_code(session: Session, job_id: int) -> dict[int, Decimal]:
    """Defective pieces of a job so far, by the code's id."""
    query = select(Defect.code_id, func.sum(Defect.quantity)).where(Defect.job_id == job_id).group_by(Defect.code_id)
    return dict(session.execute(query).all())
