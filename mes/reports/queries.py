"""Reads behind the first page, the wall board and the daily report: a fixed number of statements each."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, exists, false, func, literal, select, true, type_coerce, union
from sqlalchemy.orm import Session, aliased

from mes.core.i18n import _
from mes.core.plant import Plant, day_span
from mes.core.types import NOTHING
from mes.equipment.models import Downtime, Machine, MachineState, Station, StopReason, Tool, WorkCentre
from mes.equipment.stop_queries import touches
from mes.items.models import Item, ItemKind, Revision, Routing
from mes.lots.models import Lot
from mes.lots.queries import AWAITS_INSPECTION, HELD
from mes.lots.sample_models import RetainedSample
from mes.lots.sample_queries import due_for_disposal
from mes.orders.first_piece import first_piece_owed
from mes.orders.models import Job, JobState, OrderState, Report, WorkOrder
from mes.orders.queries import OPEN
from mes.partners.models import Partner
from mes.people.models import Person
from mes.quality.models import Defect, DefectCode, Disposition
from mes.reports.models import (
    CentreLine,
    Day,
    DefectLine,
    FirstSteps,
    Holds,
    Made,
    OrderCounts,
    OrderLine,
    StopLine,
    Waiting,
)
from mes.trace.details import called

DONE = (OrderState.COMPLETED, OrderState.CLOSED)
#: Orders on the first page; the list has all of them.
FIRST_ORDERS = 12


def day_of(session: Session, settings: Plant, day: date, now: datetime, most: int | None = FIRST_ORDERS) -> Day:
    """The figures of a production day: five statements. ``most`` orders; None for all that were worked on."""
    began, ends = day_span(settings, day)
    until = min(now, ends)
    return Day(
        day=day,
        began=began,
        now=until,
        orders=count_orders(session, day),
        made=made_on(session, day),
        lines=order_lines(session, day, most, ends if now >= ends else None),
        stops=stops_of(session, began, until),
        defects=defects_of(session, day),
    )


def count_orders(session: Session, day: date) -> OrderCounts:
    """Open and late orders, and how many that are due on the day are done."""
    late, done = func.count().filter(WorkOrder.due_on < day), func.count().filter(WorkOrder.state.in_(DONE))
    # each by an index of its own: asked for together, all orders there ever were would be read
    standing = select(func.count().label("all"), late.label("late")).where(WorkOrder.state.in_(OPEN)).subquery()
    due = select(func.count().label("all"), done.label("done")).where(
        WorkOrder.due_on == day, WorkOrder.state != OrderState.CANCELLED
    )
    ending = due.subquery()
    both = select(standing.c.all, standing.c.late, ending.c.all, ending.c.done).join_from(standing, ending, true())
    return OrderCounts(*session.execute(both).one())


def made_on(session: Session, day: date) -> list[Made]:
    """What was made on a production day, unit by unit, most reports first. Reports taken back cancel out."""
    is_inner = Item.kind == ItemKind.SEMI
    query = (
        select(
            Item.unit,
            func.sum(case((and_(Job.is_last, ~is_inner), Report.good), else_=_zero())),
            func.sum(case((and_(Job.is_last, is_inner), Report.good), else_=_zero())),
            func.sum(Report.good),
            func.sum(Report.defective),
            func.sum(Report.scrap),
            func.sum(Report.rework),
        )
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(Report.day == day)
        .group_by(Item.unit)
        .order_by(func.count().desc(), Item.unit)
    )
    return [Made(*row) for row in session.execute(query)]


def order_lines(session: Session, day: date, most: int | None, ended: datetime | None = None) -> list[OrderLine]:
    """Orders of the day, the most urgent first: worked on that day and, on the first page, due or late as well.

    Of a day that has ended total and state are those of its end: a report printed again says what it said then.
    """
    worked = (
        select(
            Job.order_id,
            func.sum(case((Job.is_last, Report.good), else_=_zero())).label("good"),
            func.sum(Report.good).label("passed"),
            func.sum(Report.defective).label("defective"),
        )
        .join(Job, Job.id == Report.job_id)
        .where(Report.day == day)
        .group_by(Job.order_id)
        .subquery()
    )
    good: Any = WorkOrder.good
    state: Any = WorkOrder.state
    if ended is not None:
        good = _good_until(day)
        state = case((WorkOrder.completed_at < ended, OrderState.COMPLETED), else_=OrderState.RUNNING)
        state = type_coerce(state, WorkOrder.state.type)
    wanted = [select(worked.c.order_id)]
    if most:
        wanted.append(select(WorkOrder.id).where(WorkOrder.due_on <= day, WorkOrder.state.in_(OPEN)))
    query = (
        select(
            WorkOrder.code,
            called(Item),
            Item.code,
            Item.unit,
            called(Partner),
            WorkOrder.due_on,
            state,
            WorkOrder.quantity,
            good,
            func.coalesce(worked.c.good, _zero()),
            func.coalesce(worked.c.passed, _zero()),
            func.coalesce(worked.c.defective, _zero()),
        )
        .join(Item, Item.id == WorkOrder.item_id)
        .outerjoin(Partner, Partner.id == WorkOrder.customer_id)
        .outerjoin(worked, worked.c.order_id == WorkOrder.id)
        .where(WorkOrder.id.in_(union(*wanted)))
        .order_by(state.in_(DONE), WorkOrder.due_on, WorkOrder.priority, WorkOrder.id)
    )
    return [OrderLine(*row) for row in session.execute(query.limit(most) if most else query)]


def _good_until(day: date) -> Any:
    """What an order had made by the end of a production day."""
    made = select(func.sum(Report.good)).join(Job, Job.id == Report.job_id)
    made = made.where(Job.order_id == WorkOrder.id, Job.is_last, Report.day <= day).correlate(WorkOrder)
    return func.coalesce(made.scalar_subquery(), _zero())


def stops_of(session: Session, since: datetime, until: datetime) -> list[StopLine]:
    """Stops that touch a span of time, earliest first."""
    query = (
        select(
            called(WorkCentre),
            called(Machine),
            called(StopReason),
            func.coalesce(StopReason.planned, false()),
            Downtime.started_at,
            Downtime.ended_at,
        )
        .join(WorkCentre, WorkCentre.id == Downtime.work_centre_id)
        .outerjoin(Machine, Machine.id == Downtime.machine_id)
        .outerjoin(StopReason, StopReason.id == Downtime.reason_id)
        .where(touches(since, until))
        .order_by(Downtime.started_at, Downtime.id)
    )
    return [StopLine(*row) for row in session.execute(query)]


def defects_of(session: Session, day: date) -> list[DefectLine]:
    """Defects of a production day by type, most first. Those taken back cancel out."""
    total = func.sum(Defect.quantity)
    query = (
        select(DefectCode.code, called(DefectCode), Item.unit, total)
        .join(DefectCode, DefectCode.id == Defect.code_id)
        .join(Item, Item.id == Defect.item_id)
        .where(Defect.day == day)
        .group_by(DefectCode.id, Item.unit)
        .having(total > _zero())
        .order_by(total.desc(), DefectCode.code)
    )
    return [DefectLine(*row) for row in session.execute(query)]


def holds(session: Session) -> Holds:
    """What is on hold now: lots with something left, orders, machines with moulds and tools."""
    machines = select(func.count()).select_from(Machine).where(Machine.state == MachineState.HELD, Machine.active)
    tools = select(func.count()).select_from(Tool).where(Tool.hold_reason.is_not(None), Tool.active)
    lots = select(func.count()).select_from(Lot).where(HELD, Lot.on_hand > NOTHING)
    orders = select(func.count()).select_from(WorkOrder).where(WorkOrder.state == OrderState.HELD)
    means = machines.scalar_subquery() + tools.scalar_subquery()
    return Holds(*session.execute(select(lots.scalar_subquery(), orders.scalar_subquery(), means)).one())


def waiting_for_quality(session: Session, day: date) -> Waiting:
    """What somebody has to inspect or to decide on, on a production day; one statement."""
    undone = aliased(Defect)
    counts: Sequence[Any] = (
        select(func.count()).select_from(Lot).where(AWAITS_INSPECTION, Lot.on_hand > NOTHING),
        select(func.count())
        .select_from(Job)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .where(
            first_piece_owed(day),
            Job.state.in_((JobState.RUNNING, JobState.PAUSED)),
            WorkOrder.state.in_((OrderState.RELEASED, OrderState.RUNNING)),
        ),
        select(func.count())
        .select_from(Defect)
        .outerjoin(undone, undone.reverses_id == Defect.id)
        .where(Defect.disposition == Disposition.OPEN, Defect.reverses_id.is_(None), undone.id.is_(None)),
        select(func.count()).select_from(RetainedSample).where(*due_for_disposal(day)),
    )
    return Waiting(*session.execute(select(*(one.scalar_subquery() for one in counts))).one())


def first_steps(session: Session) -> FirstSteps | None:
    """How far a new plant is; none once anything was reported, for then it runs. One statement."""
    questions: Sequence[Any] = (
        exists(select(Report.id)),
        exists(select(WorkCentre.id)),
        exists(select(Item.id)),
        exists(select(Routing.id).where(Routing.state == Revision.RELEASED)),
        exists(select(Person.id).offset(1)),
        exists(select(Station.id).where(Station.paired_at.is_not(None))),
        exists(select(WorkOrder.id)),
    )
    reported, *done = session.execute(select(*questions)).one()
    return None if reported else FirstSteps(*done)


def centres_now(session: Session) -> list[CentreLine]:
    """Each work centre in use with what runs there and, if it stands still, why; one statement."""
    other = aliased(Job)
    last = (
        select(func.max(other.started_at))
        .where(other.work_centre_id == WorkCentre.id, other.state == JobState.RUNNING)
        .correlate(WorkCentre)
        .scalar_subquery()
    )
    stop = aliased(Downtime)
    first_stop = (
        select(func.min(Downtime.id))
        .where(Downtime.work_centre_id == WorkCentre.id, Downtime.ended_at.is_(None))
        .correlate(WorkCentre)
        .scalar_subquery()
    )
    running = and_(Job.work_centre_id == WorkCentre.id, Job.state == JobState.RUNNING, Job.started_at == last)
    query = (
        select(
            WorkCentre.id,
            called(WorkCentre),
            Job.code,
            WorkOrder.code,
            called(Item),
            Item.unit,
            WorkOrder.quantity,
            Job.good,
            Job.defective,
            Person.name,
            called(StopReason),
            stop.started_at,
        )
        .select_from(WorkCentre)
        .outerjoin(Job, running)
        .outerjoin(WorkOrder, WorkOrder.id == Job.order_id)
        .outerjoin(Item, Item.id == WorkOrder.item_id)
        .outerjoin(Person, Person.id == Job.person_id)
        .outerjoin(stop, stop.id == first_stop)
        .outerjoin(StopReason, StopReason.id == stop.reason_id)
        .where(WorkCentre.active)
        .order_by(WorkCentre.code, Job.id)
    )
    # of jobs that began in the same moment, as they do when results are entered late, the newest
    lines = {row[0]: CentreLine(*row) for row in session.execute(query)}
    return [_told(line) for line in lines.values()]


def _told(line: CentreLine) -> CentreLine:
    """A stop whose reason nobody has told yet stands still all the same."""
    return line._replace(stopped=_("No reason yet")) if line.stopped_at and line.stopped is None else line


def _zero() -> Any:
    return literal(Decimal(0), Report.good.type)
