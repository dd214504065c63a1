"""The gaps of a period: one statement for each kind, windowed by time, so that its cost follows what was done in it.

Each starts at an index on time (movements, results, completed orders) and looks from there at single lots, orders and
edges. What somebody dealt with is left out by its note.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from mes.core.types import NOTHING
from mes.genealogy.models import Gap, Note
from mes.items.models import Item, Tracking
from mes.lots.models import Edge, Lot, Movement, MovementKind
from mes.orders.crew_models import ReportWorker
from mes.orders.models import Job, OrderMaterial, OrderState, Report, WorkOrder
from mes.trace.details import called

MAKING = (
    MovementKind.RECEIVE, MovementKind.PRODUCE, MovementKind.SPLIT, MovementKind.MERGE, MovementKind.COME_BACK,
    MovementKind.RECOVER,
)  # fmt: skip
Rows = Select[Any]
#: Kinds of lines that may take something; the others only bring.
COMING = {MovementKind.RECEIVE, MovementKind.PRODUCE, MovementKind.COME_BACK, MovementKind.RECOVER}
TAKING = [kind for kind in MovementKind if kind not in COMING]
#: A moment, or the place of one in a statement that is built once.
When = datetime | BindParameter[Any]


def taken(since: When, until: When) -> tuple[ColumnElement[bool], ...]:
    """Material that was taken in the period and not put back."""
    back = aliased(Movement)
    undone = exists().where(back.reverses_id == Movement.id)
    in_time = (Movement.at >= since, Movement.at < until)
    return (*in_time, Movement.kind == MovementKind.CONSUME, Movement.reverses_id.is_(None), ~undone)


def standing(since: When, until: When) -> tuple[ColumnElement[bool], ...]:
    """Results of the period that were not taken back."""
    back = aliased(Report)
    undone = exists().where(back.reverses_id == Report.id)
    return (Report.at >= since, Report.at < until, Report.reverses_id.is_(None), ~undone)


def completed(since: When, until: When) -> tuple[ColumnElement[bool], ...]:
    done = (OrderState.COMPLETED, OrderState.CLOSED)
    return (WorkOrder.completed_at >= since, WorkOrder.completed_at < until, WorkOrder.state.in_(done))


def is_open(gap: Gap, thing: Any) -> ColumnElement[bool]:
    """Nobody dealt with it yet."""
    return ~exists().where(Note.gap == gap, Note.thing_id == thing)


def _row(gap: Gap, thing: Any, at: Any, **columns: Any) -> Rows:
    """The columns of a finding, in their order."""
    names = {"order": None, "lot": None, "other": None, "item": None, "quantity": None, "unit": literal("")}
    named = {**names, **columns}
    filled = (null().label(name) if column is None else column.label(name) for name, column in named.items())
    return select(literal(gap.value).label("gap"), thing.label("thing"), at.label("at"), *filled)


def without_receipt(since: When, until: When) -> Rows:
    """Lots of which something was taken and which no delivery, result or division brought: only a count did."""
    origin, back = aliased(Movement), aliased(Movement)
    undone = exists().where(back.reverses_id == origin.id)
    came = exists().where(origin.lot_id == Lot.id, origin.kind.in_(MAKING), origin.quantity > NOTHING, ~undone)
    of_lot = (Movement.lot_id == Lot.id, *taken(since, until))
    first, much = (select(what).where(*of_lot) for what in (func.min(Movement.at), -func.sum(Movement.quantity)))
    figures = {"lot": Lot.code, "item": called(Item), "quantity": much.scalar_subquery(), "unit": Item.unit}
    query = _row(Gap.RECEIPT, Lot.id, first.scalar_subquery(), **figures).select_from(Lot)
    query = query.join(Item, Item.id == Lot.item_id).where(Lot.id.in_(_touched(since, until, MovementKind.CONSUME)))
    return query.where(~came, exists().where(*of_lot), is_open(Gap.RECEIPT, Lot.id))


def _touched(since: When, until: When, *kinds: MovementKind) -> Rows:
    """The lots with lines of these kinds in the period: few, however many the lines."""
    in_time = (Movement.at >= since, Movement.at < until)
    return select(Movement.lot_id).where(*in_time, Movement.kind.in_(kinds)).distinct()


def below_zero_on_paper(since: When, until: When) -> Rows:
    """Ledger lines after which, in the order of the times entered, less than nothing was there; and counts that found
    more than was recorded. The ledger itself never goes below zero: it is kept in the order of entry."""
    over: dict[str, Any] = {"partition_by": Movement.lot_id, "order_by": (Movement.at, Movement.id)}
    lines = select(
        Movement.id,
        Movement.lot_id,
        Movement.at,
        Movement.kind,
        Movement.quantity,
        Movement.reverses_id,
        func.sum(Movement.quantity).over(**over).label("left"),
        func.row_number().over(**over).label("nth"),
    ).where(Movement.lot_id.in_(_lots_to_add_up(since, until)))
    line = lines.subquery()
    found_more = and_(line.c.kind == MovementKind.COUNT, line.c.quantity > NOTHING, line.c.nth > 1)
    wrong = or_(and_(line.c.left < NOTHING, line.c.quantity < NOTHING), found_more)
    much = case((line.c.left < NOTHING, line.c.left), else_=line.c.quantity)
    figures = {"lot": Lot.code, "item": called(Item), "quantity": much, "unit": Item.unit}
    query = _row(Gap.PAPER, line.c.id, line.c.at, **figures).select_from(line)
    query = query.join(Lot, Lot.id == line.c.lot_id).join(Item, Item.id == Lot.item_id)
    back = aliased(Movement)
    in_time = (line.c.at >= since, line.c.at < until, line.c.reverses_id.is_(None))
    query = query.where(~exists().where(back.reverses_id == line.c.id))
    return query.where(wrong, *in_time, is_open(Gap.PAPER, line.c.id))


def _lots_to_add_up(since: When, until: When) -> Rows:
    """The lots of the period of which something was taken at an earlier time than something came, or which a count
    raised. Where all that came is dated before all that went, never less was left than is left in the end."""
    touched = _touched(since, until, *TAKING)
    came, went = Movement.quantity > NOTHING, Movement.quantity < NOTHING
    last_came, first_went = func.max(case((came, Movement.at))), func.min(case((went, Movement.at)))
    raised = func.max(case((and_(came, Movement.kind == MovementKind.COUNT), 1)))
    lots = select(Movement.lot_id).where(Movement.lot_id.in_(touched)).group_by(Movement.lot_id)
    return lots.having(or_(last_came > first_went, raised == 1))


def without_operator(since: When, until: When) -> Rows:
    """Results for which no person is named: a program or the installation itself entered them."""
    named = exists().where(ReportWorker.report_id == Report.id)
    figures = {"order": WorkOrder.code, "item": called(Item), "quantity": Report.good, "unit": Item.unit}
    query = _row(Gap.OPERATOR, Report.id, Report.at, **figures).select_from(Report)
    query = _with_order(query).where(*standing(since, until), Report.person_id.is_(None), ~named)
    return query.where(is_open(Gap.OPERATOR, Report.id))


def without_material(since: When, until: When) -> Rows:
    """Jobs with good results whose step needs material and took none of any."""
    of_step = (OrderMaterial.order_id == Job.order_id, OrderMaterial.operation == Job.sequence)
    needs = exists().where(*of_step, OrderMaterial.required > NOTHING)
    took = exists().where(*of_step, OrderMaterial.consumed > NOTHING)
    figures = {"order": WorkOrder.code, "item": called(Item), "quantity": func.sum(Report.good), "unit": Item.unit}
    query = _row(Gap.MATERIAL, Job.id, func.min(Report.at), **figures).select_from(Report)
    query = _with_order(query).where(*standing(since, until), Report.good > NOTHING, needs, ~took)
    return query.where(is_open(Gap.MATERIAL, Job.id)).group_by(Job.id, WorkOrder.code, Item.id)


def made_of_nothing(since: When, until: When) -> Rows:
    """Lots that were made and into which, as far as is recorded, nothing went."""
    back = aliased(Movement)
    undone = exists().where(back.reverses_id == Movement.id)
    drawn = exists().where(Edge.child_id == Lot.id, ~Edge.undone)
    figures = {
        "order": func.min(WorkOrder.code),
        "lot": Lot.code,
        "item": called(Item),
        "quantity": func.sum(Movement.quantity),
        "unit": Item.unit,
    }
    query = _row(Gap.PARENTS, Lot.id, func.min(Movement.at), **figures).select_from(Movement)
    query = query.join(Lot, Lot.id == Movement.lot_id).join(Item, Item.id == Lot.item_id)
    query = query.outerjoin(WorkOrder, WorkOrder.id == Movement.order_id)
    made = (Movement.kind == MovementKind.PRODUCE, Movement.quantity > NOTHING, ~undone)
    query = query.where(Movement.at >= since, Movement.at < until, *made, ~drawn, is_open(Gap.PARENTS, Lot.id))
    return query.group_by(Lot.id, Lot.code, Item.id)


def closed_without_consumption(since: When, until: When) -> Rows:
    """Materials that a completed order needs and of which it took nothing."""
    figures = {
        "order": WorkOrder.code,
        "item": called(Item),
        "quantity": OrderMaterial.required,
        "unit": Item.unit,
    }
    query = _row(Gap.CONSUMPTION, OrderMaterial.id, WorkOrder.completed_at, **figures).select_from(WorkOrder)
    query = query.join(OrderMaterial, OrderMaterial.order_id == WorkOrder.id)
    query = query.join(Item, Item.id == OrderMaterial.item_id).where(Item.tracking != Tracking.NONE)
    query = query.where(*completed(since, until), WorkOrder.good > NOTHING, OrderMaterial.required > NOTHING)
    return query.where(OrderMaterial.consumed <= NOTHING, is_open(Gap.CONSUMPTION, OrderMaterial.id))


def against_time(since: When, until: When) -> Rows:
    """Edges to results of the period that were reported before the parent was there."""
    parent, child = aliased(Lot), aliased(Lot)
    figures = {
        "order": WorkOrder.code,
        "lot": parent.code,
        "other": child.code,
        "item": called(Item),
        "quantity": Edge.quantity,
        "unit": Item.unit,
    }
    query = _row(Gap.TIME, Edge.id, Report.at, **figures).select_from(Report)
    query = query.join(Edge, and_(Edge.report_id == Report.id, ~Edge.undone))
    query = query.join(parent, parent.id == Edge.parent_id).join(child, child.id == Edge.child_id)
    query = query.join(Item, Item.id == parent.item_id)
    query = query.join(Job, Job.id == Report.job_id).join(WorkOrder, WorkOrder.id == Job.order_id)
    query = query.where(Report.at >= since, Report.at < until, Edge.movement_id.is_not(None))
    return query.where(parent.made_at > Report.at, is_open(Gap.TIME, Edge.id))


def _with_order(query: Rows) -> Rows:
    query = query.join(Job, Job.id == Report.job_id).join(WorkOrder, WorkOrder.id == Job.order_id)
    return query.join(Item, Item.id == WorkOrder.item_id)


CHECKS = {
    Gap.RECEIPT: without_receipt,
    Gap.PARENTS: made_of_nothing,
    Gap.CONSUMPTION: closed_without_consumption,
    Gap.MATERIAL: without_material,
    Gap.OPERATOR: without_operator,
    Gap.TIME: against_time,
    Gap.PAPER: below_zero_on_paper,
}
