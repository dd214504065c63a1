"""The first piece (초물): whether it must pass an inspection before a job reports, and after what it must pass again.

Orders know nothing of inspections. Standards say above what they demand, and that is written down here
(``FirstPieceDemand``), frozen into the jobs of each order at its release, and followed by the jobs that are open. So a
job alone decides whether it may report.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session, contains_eager

from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.items.models import Item, Operation
from mes.lots.models import Lot, Movement, MovementKind
from mes.orders.models import FirstPieceDemand, Job, JobState, OrderState, WorkOrder
from mes.orders.rules import FirstPieceMissing

#: Orders whose jobs follow a demand that changes.
OPEN = (OrderState.RELEASED, OrderState.RUNNING, OrderState.HELD)


class Demand(NamedTuple):
    """What the standard for an operation, or a customer, asks of the first piece."""

    operation: int | None = None
    customer_id: int | None = None
    required: bool = True
    each_shift: bool = False
    each_material: bool = False
    each_tool: bool = False


def demand_first_pieces(
    work: Work, item_id: int, demands: Iterable[Demand], failed: Collection[int | None] = ()
) -> None:
    """Put what is demanded of the first pieces of an item in place of what was; jobs that are not done follow.

    ``failed``: jobs whose last first piece failed; one must pass there, whatever is demanded.
    """
    # an order of the item that is released at this moment waits here, or is seen below
    work.session.execute(select(Item.id).where(Item.id == item_id).with_for_update(key_share=True))
    work.session.execute(delete(FirstPieceDemand).where(FirstPieceDemand.item_id == item_id))
    rows = [FirstPieceDemand(item_id=item_id, **demand._asdict()) for demand in demands]
    work.session.add_all(rows)
    orders = select(WorkOrder.id).where(WorkOrder.item_id == item_id, WorkOrder.state.in_(OPEN))
    work.session.execute(orders.order_by(WorkOrder.id).with_for_update())
    routed = and_(Operation.routing_id == WorkOrder.routing_id, Operation.sequence == Job.sequence)
    jobs = select(Job, Operation.inspected).join(Job.order).options(contains_eager(Job.order))
    jobs = jobs.outerjoin(Operation, routed).where(Job.order_id.in_(orders.scalar_subquery()))
    jobs = jobs.where(Job.state != JobState.DONE).order_by(Job.id).with_for_update(of=Job)
    for job, by_routing in work.session.execute(jobs.execution_options(populate_existing=True)).all():
        with work.change(job, "orders.demand_first_piece"):
            _follow(job, job.order, rows, by_routing or False)
            job.inspected = job.inspected or job.id in failed
            work.session.flush()


def freeze_first_pieces(session: Session, order: WorkOrder, jobs: Iterable[Job]) -> None:
    """Freeze into the jobs of an order that is released what is demanded now; the routing may demand it alone."""
    session.execute(select(Item.id).where(Item.id == order.item_id).with_for_update(read=True))
    rows = session.scalars(select(FirstPieceDemand).where(FirstPieceDemand.item_id == order.item_id)).all()
    for job in jobs:
        _follow(job, order, rows, job.inspected)


def _follow(job: Job, order: WorkOrder, demands: Sequence[FirstPieceDemand], by_routing: bool) -> None:
    """The customer's demand counts before the general one, then the operation's."""
    fitting = [
        one for one in demands if one.operation in (None, job.sequence) and one.customer_id in (None, order.customer_id)
    ]
    nearest = max(fitting, key=lambda one: (one.customer_id is not None, one.operation is not None), default=None)
    demanded = nearest is not None and nearest.required
    job.inspected = by_routing or demanded
    job.first_piece_each_shift = demanded and nearest is not None and nearest.each_shift
    job.first_piece_each_material = demanded and nearest is not None and nearest.each_material
    job.first_piece_each_tool = demanded and nearest is not None and nearest.each_tool


def owes_first_piece(job: Job, day: date) -> bool:
    """Whether the first piece must pass before anything is reported on a production day."""
    if not job.inspected or not job.first_piece_passed:
        return job.inspected
    return job.first_piece_each_shift and job.first_piece_day != day


def first_piece_owed(day: date) -> ColumnElement[bool]:
    """``owes_first_piece`` for a query over jobs."""
    passed_before = and_(Job.first_piece_each_shift, Job.first_piece_day.is_distinct_from(day))
    return and_(Job.inspected, or_(~Job.first_piece_passed, passed_before))


def check_first_piece(job: Job, day: date) -> None:
    """Raises FirstPieceMissing."""
    if owes_first_piece(job, day):
        raise FirstPieceMissing(job=job.name)


def pass_first_piece(work: Work, job_id: int) -> Job:
    """The first piece passed its inspection: the job may report."""
    job = work.lock(Job, job_id)
    with work.change(job, "orders.first_piece"):
        job.first_piece_passed, job.first_piece_day = True, this_production_day(work)
        work.session.flush()
    return job


def block_first_piece(work: Work, job_id: int) -> Job:
    """The first piece failed, or is inspected again: it must pass before the job reports."""
    job = work.lock(Job, job_id)
    with work.change(job, "orders.block_first_piece"):
        job.inspected, job.first_piece_passed = True, False
        work.session.flush()
    return job


def ask_again(work: Work, job: Job) -> None:
    """The locked job goes on in another way than its first piece was made: it must pass again where it is demanded."""
    if job.inspected and job.first_piece_passed:
        with work.change(job, "orders.block_first_piece"):
            job.first_piece_passed = False
            work.session.flush()


def ask_again_with(work: Work, job: Job, lots: Iterable[Lot]) -> None:
    """Other material lots than so far are about to be taken: the first piece of each must pass, where demanded."""
    if not job.first_piece_each_material or not job.first_piece_passed:
        return
    taken = select(Movement.lot_id).where(Movement.job_id == job.id, Movement.kind == MovementKind.CONSUME)
    if {lot.id for lot in lots} - set(work.session.scalars(taken)):
        ask_again(work, job)
