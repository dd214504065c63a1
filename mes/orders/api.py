"""Work orders and jobs for programs. Reports are quality's, because their defects are."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from mes.core.access import EVERYONE, LEADERS, PLANNERS
from mes.core.api import Api, CodeText, Listing, LongText, NameText, Paged, listing
from mes.core.work import Reader, Work
from mes.items.queries import get_item
from mes.lots.api import Reason
from mes.orders import consuming, lists, queries, service, tools
from mes.orders.models import Job, JobState, LotRule, OrderState, WorkOrder
from mes.partners.queries import get_partner

api = Api("orders", __name__)


class OrderOut(msgspec.Struct):
    """One work order."""

    code: str
    item: str
    item_name: str
    quantity: Decimal
    unit: str
    good: Decimal
    due_on: date
    priority: int
    customer: str | None
    state: OrderState
    lot_rule: LotRule
    note: str | None
    jobs: list[str]


class JobOut(msgspec.Struct):
    """One operation of one work order."""

    code: str
    order: str
    sequence: int
    name: str
    work_centre: str
    machine: str | None
    tool: str | None
    state: JobState
    good: Decimal
    defective: Decimal
    scrap: Decimal
    rework: Decimal
    started_at: datetime | None
    ended_at: datetime | None


#: The number of a new order; a slash would part the steps of its address.
OrderNumber = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^/]*[^\s/][^/]*$")]


class NewOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What a new work order needs."""

    item: CodeText
    quantity: Decimal
    due_on: date
    priority: Annotated[int, msgspec.Meta(ge=1, le=9)] = 5
    customer: CodeText | None = None
    lot_rule: LotRule = LotRule.ORDER
    note: LongText | None = None
    code: OrderNumber | None = None


class Confirm(msgspec.Struct, forbid_unknown_fields=True):
    """``confirmed`` answers a question that was asked before (409)."""

    confirmed: bool = False


class Mount(msgspec.Struct, forbid_unknown_fields=True):
    """A mould or tool by its code or the tag on its label."""

    tool: CodeText | None = None


class Start(msgspec.Struct, forbid_unknown_fields=True):
    """On which machine, if it matters."""

    machine: CodeText | None = None


class Consume(msgspec.Struct, forbid_unknown_fields=True):
    """Which lot; no quantity means what the job still needs, at most the lot."""

    lot: CodeText
    quantity: Decimal | None = None
    override_reason: NameText | None = None


class Consumed(msgspec.Struct):
    """What was taken; ``use_first`` is the lot that should have gone first, where the plant only warns."""

    movement: int
    lot: str
    quantity: Decimal
    use_first: str | None


class OrderQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which orders: one state, or all; ``text`` begins a code."""

    state: OrderState | None = None
    text: str = ""


class JobQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which jobs."""

    state: JobState | None = None


def order_out(order: WorkOrder) -> OrderOut:
    """An order as the API gives it."""
    return OrderOut(
        code=order.code,
        item=order.item.code,
        item_name=order.item.name,
        quantity=order.quantity,
        unit=order.item.unit,
        good=order.good,
        due_on=order.due_on,
        priority=order.priority,
        customer=order.customer.code if order.customer else None,
        state=order.state,
        lot_rule=order.lot_rule,
        note=order.note,
        jobs=[job.code for job in order.jobs],
    )


def job_out(job: Job) -> JobOut:
    """A job as the API gives it."""
    same = ("code", "sequence", "name", "state", "good", "defective", "scrap", "rework", "started_at", "ended_at")
    return JobOut(
        order=job.order.code,
        work_centre=job.work_centre.code,
        machine=job.machine.code if job.machine else None,
        tool=job.tool.code if job.tool else None,
        **{name: getattr(job, name) for name in same},
    )


def _fresh_order(work: Work, code: str) -> OrderOut:
    work.session.flush()
    work.session.expire_all()
    return order_out(queries.get_order(work.session, code))


def _fresh_job(work: Work, code: str) -> JobOut:
    work.session.flush()
    work.session.expire_all()
    return job_out(queries.get_job(work.session, code))


@api.read("/work-orders", who=EVERYONE, query=OrderQuery, gives=Listing[OrderOut])
def list_work_orders(read: Reader, query: OrderQuery) -> Listing[OrderOut]:
    """Work orders by due date."""
    states = [query.state] if query.state else list(OrderState)
    found = lists.page_of_orders(read, states=states, text=query.text, after=query.after, size=query.size)
    return listing([order_out(order) for order in found.rows], found.next)


@api.read("/work-orders/<code>", who=EVERYONE, gives=OrderOut)
def get_work_order(read: Reader, code: str) -> OrderOut:
    """One work order."""
    return order_out(queries.get_order(read, code))


@api.write("/work-orders", who=PLANNERS, takes=NewOrder, gives=OrderOut)
def create_work_order(work: Work, body: NewOrder) -> OrderOut:
    """Write a work order as a draft."""
    made = service.create_order(
        work,
        item=get_item(work.session, body.item),
        quantity=body.quantity,
        due_on=body.due_on,
        priority=body.priority,
        customer=get_partner(work.session, body.customer) if body.customer else None,
        lot_rule=body.lot_rule,
        note=body.note,
        code=body.code,
    )
    return _fresh_order(work, made.code)


@api.write("/work-orders/<code>/release", who=PLANNERS, takes=Confirm, gives=OrderOut)
def release_work_order(work: Work, body: Confirm, code: str) -> OrderOut:
    """Release an order to the floor."""
    return _fresh_order(work, service.release_order(work, code, confirmed=body.confirmed).code)


@api.write("/work-orders/<code>/hold", who=LEADERS, takes=Reason, gives=OrderOut)
def hold_work_order(work: Work, body: Reason, code: str) -> OrderOut:
    """Stop an order for a reason."""
    return _fresh_order(work, service.hold_order(work, code, body.reason).code)


@api.write("/work-orders/<code>/resume", who=LEADERS, gives=OrderOut)
def resume_work_order(work: Work, code: str) -> OrderOut:
    """Let a held order go on."""
    return _fresh_order(work, service.resume_order(work, code).code)


@api.write("/work-orders/<code>/close", who=PLANNERS, gives=OrderOut)
def close_work_order(work: Work, code: str) -> OrderOut:
    """Close a completed order."""
    return _fresh_order(work, service.close_order(work, code).code)


@api.write("/work-orders/<code>/cancel", who=PLANNERS, takes=Reason, gives=OrderOut)
def cancel_work_order(work: Work, body: Reason, code: str) -> OrderOut:
    """Cancel an order of which nothing is consumed or reported."""
    return _fresh_order(work, service.cancel_order(work, code, body.reason).code)


@api.read("/jobs", who=EVERYONE, query=JobQuery, gives=Listing[JobOut])
def list_jobs(read: Reader, query: JobQuery) -> Listing[JobOut]:
    """Jobs, newest first."""
    found = lists.page_of_jobs(read, state=query.state, after=query.after, size=query.size)
    return listing([job_out(job) for job in found.rows], found.next)


@api.read("/jobs/<code>", who=EVERYONE, gives=JobOut)
def get_job(read: Reader, code: str) -> JobOut:
    """One job."""
    return job_out(queries.get_job(read, code))


@api.write("/jobs/<code>/start", who=EVERYONE, takes=Start, gives=JobOut)
def start_job(work: Work, body: Start, code: str) -> JobOut:
    """Start a job, or go on after a pause."""
    return _fresh_job(work, service.start_job(work, code, body.machine).code)


@api.write("/jobs/<code>/tool", who=EVERYONE, takes=Mount, gives=JobOut)
def mount_tool(work: Work, body: Mount, code: str) -> JobOut:
    """Say which mould or tool is mounted for a job; none takes it off."""
    return _fresh_job(work, tools.mount_tool(work, code, body.tool).code)


@api.write("/jobs/<code>/pause", who=EVERYONE, gives=JobOut)
def pause_job(work: Work, code: str) -> JobOut:
    """Interrupt a job."""
    return _fresh_job(work, service.pause_job(work, code).code)


@api.write("/jobs/<code>/finish", who=EVERYONE, takes=Confirm, gives=JobOut)
def finish_job(work: Work, body: Confirm, code: str) -> JobOut:
    """Finish a job; the last one completes its order."""
    return _fresh_job(work, service.finish_job(work, code, confirmed=body.confirmed).code)


@api.write("/jobs/<code>/consume", who=EVERYONE, takes=Consume, gives=Consumed)
def consume(work: Work, body: Consume, code: str) -> Consumed:
    """Take material for a job from a lot, through the scan gate."""
    done = consuming.consume(work, code, body.lot, body.quantity, override_reason=body.override_reason)
    return Consumed(
        movement=done.movement.id,
        lot=done.lot.code,
        quantity=-done.movement.quantity,
        use_first=done.better.code if done.better else None,
    )
