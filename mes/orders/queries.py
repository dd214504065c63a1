"""Reads about orders, jobs and reports."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.fetch import Fetch
from mes.core.i18n import N_, _
from mes.core.types import NOTHING
from mes.equipment.models import Location, Machine
from mes.items.models import BomLine, Item, Substitute
from mes.lots.models import Lot, LotStatus, Movement, MovementKind
from mes.lots.walks import downwards
from mes.orders.models import InProcess, Job, JobState, OrderMaterial, OrderState, Report, WorkOrder

#: An order with item, customer, jobs and materials.
WHOLE = (
    joinedload(WorkOrder.item),
    joinedload(WorkOrder.customer),
    selectinload(WorkOrder.jobs).options(joinedload(Job.work_centre), joinedload(Job.machine), joinedload(Job.tool)),
    selectinload(WorkOrder.materials).joinedload(OrderMaterial.item),
)
OPEN = (OrderState.DRAFT, OrderState.RELEASED, OrderState.RUNNING, OrderState.HELD)


def get_order(session: Session, code: str) -> WorkOrder:
    """An order with item, customer, jobs and materials. Raises NotFound."""
    found = session.scalar(select(WorkOrder).options(*WHOLE).where(WorkOrder.code == code.strip().upper()))
    if found is None:
        raise NotFound(what=_(N_("work order")), code=code)
    return found


def find_job(session: Session, code: str) -> Job | None:
    """A job by code with its order, item, work centre and machine."""
    query = (
        select(Job)
        .options(
            joinedload(Job.order).options(joinedload(WorkOrder.item), joinedload(WorkOrder.customer)),
            joinedload(Job.work_centre),
            joinedload(Job.machine),
            joinedload(Job.tool),
        )
        .where(Job.code == code.strip().upper())
    )
    return session.scalar(query)


def get_job(session: Session, code: str) -> Job:
    """A job by code. Raises NotFound."""
    found = find_job(session, code)
    if found is None:
        raise NotFound(what=_(N_("job")), code=code)
    return found


def job_before(session: Session, job: Job) -> Job | None:
    """The operation before this one in the same order."""
    earlier = select(Job).where(Job.order_id == job.order_id, Job.sequence < job.sequence)
    return session.scalar(earlier.order_by(Job.sequence.desc()).limit(1))


def job_after(session: Session, job: Job) -> Job | None:
    """The operation after this one in the same order."""
    later = select(Job).where(Job.order_id == job.order_id, Job.sequence > job.sequence)
    return session.scalar(later.order_by(Job.sequence).limit(1))


def place_of(session: Session, job: Job) -> Location | None:
    """Where a job's results stand: at the place of its work centre, if it has one."""
    place = job.work_centre.location_id
    return session.get(Location, place) if place else None


def has_open_jobs(session: Session, order_id: int) -> bool:
    """Whether a job of an order is not finished."""
    found = select(Job.id).where(Job.order_id == order_id, Job.state != JobState.DONE)
    return session.scalar(found.limit(1)) is not None


#: The order of the queue.
QUEUE_ORDER = (
    (Job.state == JobState.RUNNING).desc(),
    (Job.state == JobState.PAUSED).desc(),
    Job.place.is_(None),
    Job.place,
    WorkOrder.priority,
    WorkOrder.due_on,
    Job.sequence,
    Job.id,
)


def queue(session: Session, work_centre_id: int) -> list[Job]:
    """What a work centre has to do: running first, then as a leader has put it, then by priority and due date."""
    query = (
        select(Job)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .options(
            joinedload(Job.order).options(joinedload(WorkOrder.item), joinedload(WorkOrder.customer)),
            joinedload(Job.machine),
            joinedload(Job.tool),
        )
        .where(
            Job.work_centre_id == work_centre_id,
            Job.state != JobState.DONE,
            WorkOrder.state.in_((OrderState.RELEASED, OrderState.RUNNING, OrderState.HELD)),
        )
        .order_by(*QUEUE_ORDER)
    )
    return list(session.scalars(query))


#: Statements of every scan and report are built once: building them costs more than running them.
MATERIALS = Fetch(
    OrderMaterial,
    select(OrderMaterial, Item)
    .join(Item, Item.id == OrderMaterial.item_id)
    .where(OrderMaterial.order_id == bindparam("order_id"))
    .order_by(OrderMaterial.position),
)


def materials_of(session: Session, order_id: int, operation: int | None = None) -> list[OrderMaterial]:
    """Materials of an order (of one operation, if given) with their items."""
    found = MATERIALS.all(session, order_id=order_id)
    return [material for material in found if operation is None or material.operation == operation]


def substitutes(session: Session, materials: Iterable[OrderMaterial]) -> dict[int, list[Item]]:
    """Released substitutes by BOM line."""
    lines = [material.bom_line_id for material in materials if material.bom_line_id]
    found: dict[int, list[Item]] = {}
    query = select(Substitute).options(joinedload(Substitute.item)).where(Substitute.line_id.in_(lines))
    for substitute in session.scalars(query) if lines else ():
        found.setdefault(substitute.line_id, []).append(substitute.item)
    return found


UNDRAWN = Fetch(
    InProcess,
    select(InProcess)
    .where(InProcess.order_id == bindparam("order_id"), InProcess.undrawn > NOTHING)
    .order_by(InProcess.movement_id),
)
LAST_TAKEN = (
    select(InProcess)
    .where(
        InProcess.material_id == bindparam("material_id"),
        ~select(Movement.id).where(Movement.reverses_id == InProcess.movement_id).exists(),
    )
    .order_by(InProcess.movement_id.desc())
    .limit(1)
)


def undrawn(session: Session, order_id: int) -> list[InProcess]:
    """What was taken for an order and is not part of a made lot yet, oldest first."""
    return UNDRAWN.all(session, order_id=order_id)


def last_taken(session: Session, material_id: int) -> InProcess | None:
    """The newest taking of a material that was not put back, used up or not."""
    return session.scalar(LAST_TAKEN, {"material_id": material_id})


def consumptions(session: Session, order_id: int) -> Sequence[tuple[Movement, Lot]]:
    """What was taken for an order, newest first, with lot and item; returns are among them."""
    query = (
        select(Movement, Lot)
        .join(Lot, Lot.id == Movement.lot_id)
        .options(joinedload(Lot.item))
        .where(Movement.order_id == order_id, Movement.kind == MovementKind.CONSUME)
        .order_by(Movement.id.desc())
    )
    return [(move, lot) for move, lot in session.execute(query)]


def reports_of_order(session: Session, order_id: int) -> list[Report]:
    """Reports of all jobs of an order, newest first, with job, lot and machine."""
    query = (
        select(Report)
        .join(Job, Job.id == Report.job_id)
        .options(joinedload(Report.job), joinedload(Report.lot), joinedload(Report.machine), joinedload(Report.tool))
        .where(Job.order_id == order_id)
        .order_by(Report.id.desc())
    )
    return list(session.scalars(query))


def reports_of_job(session: Session, job_id: int, most: int = 20) -> list[Report]:
    """The newest reports of a job."""
    query = select(Report).options(joinedload(Report.lot)).where(Report.job_id == job_id).order_by(Report.id.desc())
    return list(session.scalars(query.limit(most)))


def lots_of_order(session: Session, order_id: int) -> list[Lot]:
    """Lots that an order made, and what they were split and poured into."""
    produced = select(Movement.lot_id).where(Movement.order_id == order_id, Movement.kind == MovementKind.PRODUCE)
    made = downwards(produced, "made", parted=True)
    query = select(Lot).options(joinedload(Lot.item), joinedload(Lot.location)).where(Lot.id.in_(select(made.c.id)))
    return list(session.scalars(query.order_by(Lot.id)))


def filled_lot(session: Session, order_id: int) -> int | None:
    """The one lot that an order fills, once its last operation has reported."""
    query = select(Report.lot_id).join(Job, Job.id == Report.job_id).where(Job.order_id == order_id, Job.is_last)
    return session.scalar(query.where(Report.lot_id.is_not(None)).order_by(Report.id).limit(1))


class Shortage(NamedTuple):
    """A material of which there is less than needed."""

    item: Item
    needed: Decimal
    there: Decimal


def shortages(session: Session, needs: Sequence[tuple[Item, Decimal]], today: date) -> list[Shortage]:
    """Materials of which the usable stock is less than needed."""
    ids = [item.id for item, _needed in needs]
    query = (
        select(Lot.item_id, func.sum(Lot.on_hand))
        .where(
            Lot.item_id.in_(ids),
            Lot.on_hand > NOTHING,
            Lot.holds == 0,
            Lot.status == LotStatus.AVAILABLE,
            func.coalesce(Lot.expires_on, date(9999, 12, 31)) >= today,
        )
        .group_by(Lot.item_id)
    )
    there = {row[0]: row[1] for row in session.execute(query)}
    zero = Decimal(0)
    return [
        Shortage(item, needed, there.get(item.id, zero)) for item, needed in needs if there.get(item.id, zero) < needed
    ]


def bom_lines(session: Session, bom_id: int) -> list[BomLine]:
    """Lines of a BOM with their components."""
    query = select(BomLine).options(joinedload(BomLine.component)).where(BomLine.bom_id == bom_id)
    return list(session.scalars(query.order_by(BomLine.position)))


def find_machine(session: Session, code: str) -> Machine | None:
    """A machine by its code or by what its label says."""
    return session.scalar(select(Machine).where((Machine.code == code) | (Machine.tag == code.upper()), Machine.active))
