"""Use cases of work orders and their jobs: create, release, hold, close, cancel; start, pause, finish.

Every act on the floor locks the order first and then the job, so that acts on one order never cross.
What is taken and made is in ``reporting``.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from mes.core.errors import NotFound
from mes.core.fetch import Fetch
from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work, check_version
from mes.equipment.models import Machine, MachineState, Tool, WorkCentre
from mes.equipment.tools import check_ready
from mes.items.counting import check_whole
from mes.items.models import Item
from mes.lots.models import Movement, MovementKind
from mes.lots.rules import check_quantity, check_reason
from mes.orders import queries
from mes.orders.crew_keeping import begin_crew, end_crew
from mes.orders.first_piece import ask_again, freeze_first_pieces
from mes.orders.genealogy import draw_the_rest
from mes.orders.models import Job, JobState, LotRule, OrderState, Report, WorkOrder
from mes.orders.needs import check_stock, frozen, make_jobs, make_materials, needs_of
from mes.orders.rules import (
    EarlierJobOpen,
    FinishShort,
    MachineNotReady,
    NothingPassedOn,
    StillConsumed,
    WrongMachine,
    check_job,
    check_order,
)
from mes.orders.runs import begin_run, end_run, stop_jobs
from mes.orders.step_gate import check_steps
from mes.partners.models import Partner


def create_order(
    work: Work,
    *,
    item: Item,
    quantity: Decimal,
    due_on: date,
    priority: int = 5,
    customer: Partner | None = None,
    lot_rule: LotRule = LotRule.ORDER,
    note: str | None = None,
    code: str | None = None,
) -> WorkOrder:
    """Write a work order (작업지시) as a draft. ``code`` is the plant's own number, if it has one."""
    _check_size(item, quantity)
    order = WorkOrder(
        code=(code or dated_code(work.session, "W", this_production_day(work))).upper(),
        item_id=item.id,
        quantity=quantity,
        due_on=due_on,
        priority=priority,
        customer_id=customer.id if customer else None,
        lot_rule=lot_rule,
        note=note,
        created_at=work.now,
    )
    return work.add(order, "orders.create")


def change_order(
    work: Work,
    code: str,
    *,
    quantity: Decimal,
    due_on: date,
    priority: int,
    customer: Partner | None,
    lot_rule: LotRule,
    note: str | None,
    version: int | None = None,
) -> WorkOrder:
    """Change a draft; after its release an order is held, cancelled or copied instead."""
    order = lock_order(work, code)
    check_version(work, order, version)
    check_order(order, "change")
    _check_size(order.item, quantity)
    with work.change(order, "orders.change"):
        order.quantity, order.due_on, order.priority = quantity, due_on, priority
        order.customer_id, order.lot_rule, order.note = customer.id if customer else None, lot_rule, note
        work.session.flush()
    return order


def copy_order(work: Work, code: str, *, quantity: Decimal, due_on: date) -> WorkOrder:
    """Write a new draft like an order that was made before."""
    old = queries.get_order(work.session, code)
    return create_order(
        work, item=old.item, quantity=quantity, due_on=due_on, priority=old.priority, customer=old.customer,
        lot_rule=old.lot_rule, note=old.note,
    )  # fmt: skip


def _check_size(item: Item, quantity: Decimal) -> None:
    check_quantity(quantity)
    check_whole(item, quantity)


def release_order(work: Work, code: str, *, confirmed: bool = False) -> WorkOrder:
    """Release an order to the floor: BOM and routing revision are frozen, jobs and materials made.

    Too little material asks first (``confirmed`` releases anyway). Raises NoBom, NoRouting, ShortOfMaterial.
    """
    order = lock_order(work, code)
    check_order(order, "release")
    bom, routing = frozen(work.session, order.item)
    needs = needs_of(work.session, bom, routing)
    if not confirmed:
        check_stock(work, [(order, needs)])
    jobs, materials = make_jobs(work, order, bom, routing), make_materials(order, needs)
    freeze_first_pieces(work.session, order, jobs)
    with work.change(order, "orders.release"):
        order.bom_id, order.routing_id = bom.id, routing.id
        order.state, order.released_at = OrderState.RELEASED, work.now
        work.session.add_all([*jobs, *materials])
        work.session.flush()
    return order


def release_orders(work: Work, codes: Sequence[str], *, confirmed: bool = False) -> list[WorkOrder]:
    """Release several drafts together or none; the stock must be enough for all of them, or it is asked for."""
    orders = [lock_order(work, code) for code in sorted(set(codes))]
    if not confirmed:
        for order in orders:
            check_order(order, "release")
        check_stock(work, [(order, needs_of(work.session, *frozen(work.session, order.item))) for order in orders])
    return [release_order(work, order.code, confirmed=True) for order in orders]


def hold_order(work: Work, code: str, reason: str) -> WorkOrder:
    """Stop an order for a reason; its jobs take no entries until it goes on."""
    order = lock_order(work, code)
    check_order(order, "hold")
    with work.change(order, "orders.hold", reason=check_reason(reason)):
        order.held_from, order.state, order.hold_reason = order.state, OrderState.HELD, check_reason(reason)
        work.session.flush()
    return order


def resume_order(work: Work, code: str, reason: str | None = None) -> WorkOrder:
    """Let a held order go on where it was."""
    order = lock_order(work, code)
    check_order(order, "resume")
    with work.change(order, "orders.resume", reason=reason):
        order.state, order.held_from, order.hold_reason = order.held_from or OrderState.RELEASED, None, None
        work.session.flush()
    return order


def close_order(work: Work, code: str) -> WorkOrder:
    """Close a completed order: nothing about it changes any more."""
    return _set_state(work, lock_order(work, code), "close", OrderState.CLOSED)


def cancel_order(work: Work, code: str, reason: str) -> WorkOrder:
    """Cancel an order of which nothing is consumed or reported (or all of it was taken back); its jobs stop."""
    order = lock_order(work, code)
    check_order(order, "cancel")
    taken = select(func.sum(Movement.quantity)).where(
        Movement.order_id == order.id, Movement.kind == MovementKind.CONSUME
    )
    made = select(func.sum(Report.good + Report.defective + Report.scrap + Report.rework))
    made = made.join(Job, Job.id == Report.job_id).where(Job.order_id == order.id)
    if work.session.scalar(taken) or work.session.scalar(made):
        raise StillConsumed(code=order.code)
    stop_jobs(work, order.id)
    return _set_state(work, order, "cancel", OrderState.CANCELLED, check_reason(reason))


def _set_state(work: Work, order: WorkOrder, act: str, state: OrderState, reason: str | None = None) -> WorkOrder:
    check_order(order, act)
    with work.change(order, f"orders.{act}", reason=reason):
        order.state = state
        work.session.flush()
    return order


def start_job(work: Work, job_code: str, machine_code: str | None = None) -> Job:
    """Start a job, or go on after a pause. Raises NothingPassedOn when the operation before has given nothing yet,
    ToolHeld."""
    job = lock_job(work, job_code)
    check_order(job.order, "work")
    check_job(job, "start")
    before = queries.job_before(work.session, job)
    if before is not None and before.good <= 0:
        raise NothingPassedOn(before=before.name)
    if job.tool_id is not None:
        check_ready(work.session.get_one(Tool, job.tool_id))
    machine_id = job.machine_id
    with work.change(job, "orders.start_job"):
        if machine_code:
            _put_on_machine(work, job, machine_code)
        elif job.machine_id is not None:
            _check_machine(work.session.get_one(Machine, job.machine_id))
        job.state, job.person_id = JobState.RUNNING, work.actor.person_id
        job.started_at, job.running_since = job.started_at or work.now, work.now
        work.session.flush()
    if job.order.state is OrderState.RELEASED:
        with work.change(job.order, "orders.start"):
            job.order.state = OrderState.RUNNING
            work.session.flush()
    begin_run(work, job)
    begin_crew(work, job)
    if job.machine_id != machine_id:
        ask_again(work, job)
    return job


def _put_on_machine(work: Work, job: Job, code: str) -> None:
    machine = queries.find_machine(work.session, code)
    if machine is None or machine.work_centre_id != job.work_centre_id:
        raise WrongMachine(machine=machine.name if machine else code, place=job.work_centre.name)
    _check_machine(machine)
    job.machine_id = machine.id


def _check_machine(machine: Machine) -> None:
    if machine.state is MachineState.HELD:
        raise MachineNotReady(machine=machine.name, reason=machine.hold_reason)


def pause_job(work: Work, job_code: str) -> Job:
    """Interrupt a job; starting it again goes on where it was. Raises NotInThisState, BeganAgain."""
    job = lock_job(work, job_code)
    check_job(job, "pause", work.now if work.late else None)
    with work.change(job, "orders.pause_job"):
        job.state = JobState.PAUSED
        work.session.flush()
    end_run(work, job)
    end_crew(work, job, paused=True)
    return job


def finish_job(work: Work, job_code: str, *, confirmed: bool = False) -> Job:
    """Finish a job; the order is complete when all are. Fewer good pieces than planned are asked for first."""
    job = lock_job(work, job_code)
    check_order(job.order, "work")
    check_job(job, "finish", work.now if work.late else None)
    before = queries.job_before(work.session, job)
    if before is not None and before.state is not JobState.DONE:
        raise EarlierJobOpen(before=before.name)
    if job.good:  # a job of which nothing is good may end without its steps
        check_steps(work.session, job)
    planned = before.good if before is not None else job.order.quantity
    if job.good < min(planned, job.order.quantity) and not confirmed:
        raise FinishShort(good=job.good, planned=min(planned, job.order.quantity), unit=job.order.item.unit)
    with work.change(job, "orders.finish_job"):
        job.state, job.ended_at = JobState.DONE, max(work.now, job.started_at or work.now)
        work.session.flush()
    end_run(work, job)
    end_crew(work, job, paused=False)
    if not queries.has_open_jobs(work.session, job.order_id):
        draw_the_rest(work, job.order)
        with work.change(job.order, "orders.complete"):
            job.order.state, job.order.completed_at = OrderState.COMPLETED, work.now
            work.session.flush()
    return job


def lock_order(work: Work, code: str) -> WorkOrder:
    """An order by code, locked, as it is now, with its item. Raises NotFound."""
    query = select(WorkOrder).options(joinedload(WorkOrder.item, innerjoin=True))
    query = query.where(WorkOrder.code == code.strip().upper()).with_for_update(of=WorkOrder)
    found = work.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(what=_(N_("work order")), code=code)
    return found


JOB_LOCKED = Fetch(
    Job,
    select(Job, WorkOrder, Item, WorkCentre)
    .join(WorkOrder, WorkOrder.id == Job.order_id)
    .join(Item, Item.id == WorkOrder.item_id)
    .join(WorkCentre, WorkCentre.id == Job.work_centre_id)
    .where(Job.code == bindparam("code"))
    .with_for_update(of=[WorkOrder, Job]),
)


def lock_job(work: Work, code: str) -> Job:
    """A job by code with its order, both locked (order first), as they are now. Raises NotFound."""
    found = JOB_LOCKED.first(work.session, code=code.strip().upper())
    if found is None:
        raise NotFound(what=_(N_("job")), code=code)
    return found
