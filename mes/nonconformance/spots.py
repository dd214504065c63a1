"""Where something was found at a job that has made no lot yet: the search for what may have it too begins there."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from mes.equipment.models import Machine, Tool
from mes.inspection.models import Inspection
from mes.lots.models import Movement, MovementKind
from mes.nonconformance.models import Nonconformance, NonconformingDefect
from mes.orders.models import Job, WorkOrder
from mes.quality.models import Defect
from mes.trace.details import called


class Means(NamedTuple):
    """A machine or a mould at which it was found."""

    ident: int
    code: str
    name: str


class Spots(NamedTuple):
    """What was being made, of which material, where, and on which days."""

    items: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    machines: tuple[Means, ...] = ()
    tools: tuple[Means, ...] = ()
    days: tuple[date, ...] = ()


NOWHERE = Spots()


def spots_of(session: Session, found: Nonconformance) -> Spots:
    """The jobs at which the inspection or the defects of a nonconformance found it; a fixed number of statements."""
    inspected = _at(Inspection, Inspection.tool_id).where(Inspection.id == found.inspection_id)
    noticed = _at(Defect, Job.tool_id).join(NonconformingDefect, NonconformingDefect.defect_id == Defect.id)
    noticed = noticed.where(NonconformingDefect.nonconformance_id == found.id)
    rows = session.execute(union(inspected, noticed)).all()
    if not rows:
        return NOWHERE
    return Spots(
        items=frozenset(row.item_id for row in rows),
        taken=frozenset(_taken(session, {row.order_id for row in rows})),
        machines=_named(session, Machine, {row.machine_id for row in rows}),
        tools=_named(session, Tool, {row.tool_id for row in rows}),
        days=tuple(row.day for row in rows),
    )


def _at(thing: Any, tool: Any) -> Any:
    machine = func.coalesce(thing.machine_id, Job.machine_id).label("machine_id")
    query = select(Job.order_id, WorkOrder.item_id, machine, tool.label("tool_id"), thing.day)
    return query.select_from(thing).join(Job, Job.id == thing.job_id).join(WorkOrder, WorkOrder.id == Job.order_id)


def _taken(session: Session, orders: set[int]) -> Sequence[int]:
    """Material lots that the orders took and did not give back."""
    query = select(Movement.lot_id).where(Movement.order_id.in_(orders), Movement.kind == MovementKind.CONSUME)
    query = query.group_by(Movement.lot_id).having(func.sum(Movement.quantity) < 0)
    return session.scalars(query.order_by(Movement.lot_id)).all()


def _named(session: Session, means: Any, idents: set[int | None]) -> tuple[Means, ...]:
    query = select(means.id, func.upper(means.code), called(means)).where(means.id.in_(idents - {None}))
    return tuple(Means(*row) for row in session.execute(query.order_by(means.id)))
