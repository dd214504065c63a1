"""Lists of orders, jobs and reports, a page at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.items.models import Item
from mes.orders.models import Job, JobState, OrderState, Report, WorkOrder
from mes.orders.queries import OPEN

ORDERS = select(WorkOrder).join(WorkOrder.item)
#: Orders with all that they name.
WHOLE = ORDERS.options(contains_eager(WorkOrder.item), joinedload(WorkOrder.customer), selectinload(WorkOrder.jobs))
ORDER_OF_LISTS = (WorkOrder.due_on, WorkOrder.id)


def page_of_orders(
    session: Session,
    *,
    states: Sequence[OrderState] = OPEN,
    text: str = "",
    customer_id: int | None = None,
    after: str | None = None,
    size: int = 30,
) -> Slice[WorkOrder]:
    """Orders by due date, narrowed down."""
    query = narrowed(WHOLE, states=states, text=text)
    if customer_id is not None:
        query = query.where(WorkOrder.customer_id == customer_id)
    return keyset(session, query, *ORDER_OF_LISTS, after=after, size=size)


def narrowed(
    query: Select[Any], *, states: Sequence[OrderState], text: str = "", late_on: date | None = None
) -> Select[Any]:
    """Orders in these states (none: in any). ``text`` begins a code or an item's code or is part of its name."""
    if states:
        query = query.where(WorkOrder.state.in_(states))
    if text:
        begin = text.strip()
        query = query.where(
            WorkOrder.code.startswith(begin.upper(), autoescape=True)
            | Item.code.startswith(begin, autoescape=True)
            | Item.name.contains(begin, autoescape=True)
        )
    if late_on is not None:
        query = query.where(WorkOrder.due_on < late_on)
    return query


def page_of_jobs(
    session: Session, *, state: JobState | None = None, after: str | None = None, size: int = 30
) -> Slice[Job]:
    """Jobs, newest first."""
    query = select(Job).options(
        joinedload(Job.order), joinedload(Job.work_centre), joinedload(Job.machine), joinedload(Job.tool)
    )
    if state is not None:
        query = query.where(Job.state == state)
    return keyset(session, query, Job.id, after=after, size=size, newest_first=True)


def _reports() -> Select[Report]:
    return select(Report).options(joinedload(Report.job), joinedload(Report.lot), joinedload(Report.machine))


def page_of_reports(session: Session, *, after: str | None = None, size: int = 30) -> Slice[Report]:
    """Reports, newest first."""
    return keyset(session, _reports(), Report.id, after=after, size=size, newest_first=True)


def get_report(session: Session, ident: int) -> Report:
    """A report by number. Raises NotFound."""
    found = session.scalar(_reports().where(Report.id == ident))
    if found is None:
        raise NotFound(what=_(N_("report")), code=str(ident))
    return found
