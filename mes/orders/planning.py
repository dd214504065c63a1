"""What a leader plans at the floor: in which order a work centre does its jobs, where, on which machine and by whom."""

from sqlalchemy import select, update

from mes.core.errors import NotFound, Refused
from mes.core.i18n import N_, _, own_name
from mes.core.work import Work
from mes.equipment.models import Machine, MachineState, WorkCentre
from mes.orders import queries
from mes.orders.models import Job, JobState, OrderState, WorkOrder
from mes.orders.rules import MachineNotReady, WrongMachine
from mes.orders.service import lock_job
from mes.people.models import Person

ON_THE_FLOOR = (OrderState.RELEASED, OrderState.RUNNING, OrderState.HELD)


class JobBegun(Refused):
    """Only what waits is moved."""

    message = N_("%(job)s of %(order)s has begun already, so it stays where it is.")
    hint = N_("Put a job in order, or move it elsewhere, while it waits.")


class NobodyLikeThat(Refused):
    """A job is meant for somebody who does not work here."""

    message = N_("%(name)s does not work here any more.")
    hint = N_("Choose somebody else.")


def place_job(work: Work, job_code: str, place: int) -> Job:
    """Put a waiting job at a place of its work centre's queue (1 is next).

    From then on the jobs down to it are done in this order; those below follow by priority and due date as before.
    Raises NotFound, JobBegun.
    """
    job = queries.get_job(work.session, job_code)
    work.lock(WorkCentre, job.work_centre_id)  # two leaders put one queue in order one after the other
    waiting = _waiting(work, job.work_centre_id)
    if job.id not in [one.id for one in waiting]:
        raise JobBegun(job=own_name(job), order=job.order.code)
    before = next(n for n, one in enumerate(waiting, 1) if one.id == job.id)
    moved = waiting.pop(before - 1)
    place = min(max(place, 1), len(waiting) + 1)
    waiting.insert(place - 1, moved)
    if place == before:
        return moved
    last = max([place, before, *(n for n, one in enumerate(waiting, 1) if one.place is not None)])
    for n, one in enumerate(waiting[:last], 1):
        one.place = n
    work.session.flush()
    work.record("orders.place_job", moved, before={"place": before}, after={"place": place})
    return moved


def _waiting(work: Work, work_centre_id: int) -> list[Job]:
    """The waiting jobs of a work centre in the order of its queue, locked."""
    chosen = (
        select(Job.id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .where(
            Job.work_centre_id == work_centre_id, Job.state == JobState.WAITING, WorkOrder.state.in_(ON_THE_FLOOR)
        )
        .order_by(*queries.QUEUE_ORDER)
    )  # fmt: skip
    ids = list(work.session.scalars(chosen))
    rows = select(Job).where(Job.id.in_(ids)).order_by(Job.id).with_for_update()
    found = {job.id: job for job in work.session.scalars(rows.execution_options(populate_existing=True))}
    return [found[ident] for ident in ids if found[ident].state is JobState.WAITING]


def sort_queue(work: Work, work_centre_id: int) -> None:
    """Let priority and due date alone say what comes next at a work centre."""
    centre = work.lock(WorkCentre, work_centre_id)
    placed = select(Job.id).where(Job.work_centre_id == centre.id, Job.place.is_not(None), Job.state != JobState.DONE)
    if work.session.scalar(placed.limit(1)) is None:
        return
    work.session.execute(update(Job).where(Job.work_centre_id == centre.id, Job.place.is_not(None)).values(place=None))
    work.record("orders.sort_queue", centre)


def assign_job(work: Work, job_code: str, *, work_centre_id: int, machine_id: int | None, person_id: int | None) -> Job:
    """Say where a job is done, on which machine, and for whom it is meant. Anybody may still start it.

    Work centre and machine change only while it waits; at another work centre it joins the queue by priority and due
    date. Where it is already it stays, though that is out of use or on hold since: for whom it is meant can be said all
    the same. Raises NotFound, JobBegun, WrongMachine, MachineNotReady, NobodyLikeThat.
    """
    job = lock_job(work, job_code)
    moved = work_centre_id != job.work_centre_id
    if (moved or machine_id != job.machine_id) and job.state is not JobState.WAITING:
        raise JobBegun(job=own_name(job), order=job.order.code)
    if job.state is JobState.DONE:
        raise JobBegun(job=own_name(job), order=job.order.code)
    centre = work.session.get(WorkCentre, work_centre_id)
    if centre is None or (moved and not centre.active):
        raise NotFound(what=_("work centre"), code=str(work_centre_id))
    if moved or machine_id != job.machine_id:
        _check_machine(work, centre, machine_id)
    person = work.session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or not person.active):
        raise NobodyLikeThat(field="person", name=person.name if person else str(person_id))
    with work.change(job, "orders.assign_job"):
        if moved:
            job.work_centre_id, job.place = centre.id, None
        job.machine_id, job.meant_for_id = machine_id, person_id
        work.session.flush()
    return job


def _check_machine(work: Work, centre: WorkCentre, machine_id: int | None) -> None:
    machine = work.session.get(Machine, machine_id) if machine_id is not None else None
    if machine_id is None:
        return
    if machine is None or not machine.active or machine.work_centre_id != centre.id:
        raise WrongMachine(
            field="machine", machine=own_name(machine) if machine else str(machine_id), place=own_name(centre)
        )
    if machine.state is MachineState.HELD:
        raise MachineNotReady(field="machine", machine=own_name(machine), reason=machine.hold_reason)
