"""Reads behind the desk's pages: the list, the board, the whole of one order, its paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.events import Event
from mes.core.fetch import fetch
from mes.core.paging import Slice, keyset
from mes.items.models import Bom, Item, Routing
from mes.items.queries import released_bom, released_routing
from mes.lots.models import Lot, Movement
from mes.orders import lists, queries
from mes.orders.crew import workers_of
from mes.orders.models import Job, OrderMaterial, OrderState, Report, WorkOrder
from mes.orders.needs import needs_of, wanted
from mes.orders.queries import OPEN, WHOLE, Shortage
from mes.partners.models import Partner
from mes.people.models import Person

#: Columns of the board; the last one holds what was completed in the present production day.
COLUMNS = (OrderState.DRAFT, OrderState.RELEASED, OrderState.RUNNING, OrderState.HELD, OrderState.COMPLETED)
#: Cards in one column of the board; the list shows the rest.
CARDS = 15


def is_late(order: WorkOrder, today: date) -> bool:
    """Whether an order is past its due date and not done."""
    return order.state in OPEN and order.due_on < today


class Counts(NamedTuple):
    """How many orders there are in each state, and how many open ones are late."""

    by_state: dict[OrderState, int]
    late: int

    @property
    def open(self) -> int:
        """Orders that still need something."""
        return sum(self.by_state.get(state, 0) for state in OPEN)


COUNTED = (
    select(WorkOrder.state, func.count(), func.count().filter(WorkOrder.due_on < bindparam("today")))
    .where(WorkOrder.state.in_(OPEN))
    .group_by(WorkOrder.state)
)


def count_orders(session: Session, today: date) -> Counts:
    """Orders by state, in one statement. Finished ones (they only grow) are not counted."""
    rows = fetch(session, COUNTED, today=today)
    return Counts({state: count for state, count, _late in rows}, sum(row[2] for row in rows))


class Names(NamedTuple):
    """What something is called; an item also has a code and a unit."""

    name: str
    name_en: str | None
    code: str = ""
    unit: str = ""


class OrderLine(NamedTuple):
    """An order in the list: nothing but values, so that its line is drawn once for all who see the same."""

    code: str
    state: OrderState
    quantity: Decimal
    good: Decimal
    due_on: date
    priority: int
    late: bool
    item: Names
    customer: Names | None


LINES = (
    select(WorkOrder.code, WorkOrder.state, WorkOrder.quantity, WorkOrder.good, WorkOrder.due_on, WorkOrder.priority)
    .add_columns(Item.name, Item.name_en, Item.code, Item.unit, Partner.name, Partner.name_en)
    .join(Item, Item.id == WorkOrder.item_id)
    .outerjoin(Partner, Partner.id == WorkOrder.customer_id)
)


def page_of(session: Session, *, state: str, text: str, late: bool, today: date, after: str | None) -> Slice[OrderLine]:
    """The list as the address asks for it: ``state`` is "" (open), "all" or a state."""
    one = OrderState(state) if state in set(OrderState) else None
    states = [one] if one else [] if state == "all" else list(OPEN)
    if late:
        states = [known for known in OPEN if not states or known in states]
    query = (
        _lines(tuple(states))
        if not text and not late
        else lists.narrowed(LINES, states=states, text=text, late_on=today if late else None)
    )
    newest_first = state == "all" or (one is not None and one not in OPEN)
    found = keyset(session, query, *lists.ORDER_OF_LISTS, after=after, newest_first=newest_first, whole_rows=True)
    return Slice([_line(row, today) for row in found.rows], found.next, found.first)


@cache
def _lines(states: tuple[OrderState, ...]) -> Select[Any]:
    return lists.narrowed(LINES, states=states)


def _line(row: Row[Any], today: date) -> OrderLine:
    code, state, quantity, good, due_on, priority, name, name_en, item, unit, customer, customer_en, *_keys = tuple(row)
    late = state in OPEN and due_on < today
    whose = None if customer is None else Names(customer, customer_en)
    return OrderLine(code, state, quantity, good, due_on, priority, late, Names(name, name_en, item, unit), whose)


class Column(NamedTuple):
    """One column of the board: the state, the cards, and how many there are in all."""

    state: OrderState
    orders: list[WorkOrder]
    total: int


def board(session: Session, day_began: datetime) -> list[Column]:
    """The board in two statements: the most urgent orders of each state, and what was completed today."""
    place = func.row_number().over(
        partition_by=WorkOrder.state, order_by=(WorkOrder.priority, WorkOrder.due_on, WorkOrder.id)
    )
    total = func.count().over(partition_by=WorkOrder.state)
    today = and_(WorkOrder.state == OrderState.COMPLETED, WorkOrder.completed_at >= day_began)
    chosen = (
        select(WorkOrder.id, place.label("place"), total.label("total"))
        .where(or_(WorkOrder.state.in_(OPEN), today))
        .subquery()
    )
    query = (
        select(WorkOrder, chosen.c.total)
        .join(chosen, chosen.c.id == WorkOrder.id)
        .options(joinedload(WorkOrder.item), joinedload(WorkOrder.customer))
        .where(chosen.c.place <= CARDS)
        .order_by(chosen.c.place)
    )
    cards: dict[OrderState, list[WorkOrder]] = {state: [] for state in COLUMNS}
    totals: dict[OrderState, int] = {}
    for order, count in session.execute(query):
        cards[order.state].append(order)
        totals[order.state] = count
    return [Column(state, cards[state], totals.get(state, 0)) for state in COLUMNS]


class ReportRow(NamedTuple):
    """A report, and who worked on what it tells of; ``undone`` is the one that took it back."""

    report: Report
    workers: list[Person]
    undone: Report | None


class TakenRow(NamedTuple):
    """A consumption; ``returned`` is the line that took it back."""

    movement: Movement
    lot: Lot
    returned: Movement | None


@dataclass(frozen=True)
class WholeOrder:
    """An order with everything that belongs to it."""

    order: WorkOrder
    materials: list[OrderMaterial]
    short: dict[int, Shortage]
    planned: list[tuple[Item, Decimal]]
    reports: list[ReportRow]
    taken: list[TakenRow]
    lots: list[Lot]
    history: list[Event]
    bom: int | None
    routing: int | None


def whole_order(session: Session, code: str, today: date) -> WholeOrder:
    """Everything about one order, in a fixed number of statements. Raises NotFound."""
    order = queries.get_order(session, code)
    materials = queries.materials_of(session, order.id)
    planned = _planned(session, order) if order.state is OrderState.DRAFT else []
    needs = planned or [(one.item, one.missing) for one in materials if one.missing > 0]
    short = queries.shortages(session, needs, today) if needs and order.state in OPEN else []
    bom, routing = revisions(session, [order])[order.id]
    return WholeOrder(
        order=order,
        materials=materials,
        short={lack.item.id: lack for lack in short},
        planned=planned,
        reports=_reports(session, order.id),
        taken=_taken(session, order.id),
        lots=queries.lots_of_order(session, order.id),
        history=_history(session, order),
        bom=bom,
        routing=routing,
    )


def _planned(session: Session, order: WorkOrder) -> list[tuple[Item, Decimal]]:
    """What a draft will need, by what is released for its item today."""
    bom, routing = released_bom(session, order.item_id), released_routing(session, order.item_id)
    if bom is None or routing is None or not routing.operations:
        return []
    return wanted([(order, needs_of(session, bom, routing))])


def _reports(session: Session, order_id: int) -> list[ReportRow]:
    rows = queries.reports_of_order(session, order_id)
    back = {report.reverses_id: report for report in rows if report.reverses_id}
    told = [report for report in rows if report.reverses_id is None]
    workers = workers_of(session, [report.id for report in told])
    return [ReportRow(report, workers.get(report.id, []), back.get(report.id)) for report in told]


def _taken(session: Session, order_id: int) -> list[TakenRow]:
    rows = queries.consumptions(session, order_id)
    back = {move.reverses_id: move for move, _lot in rows if move.reverses_id}
    return [TakenRow(move, lot, back.get(move.id)) for move, lot in rows if move.reverses_id is None]


def _history(session: Session, order: WorkOrder) -> list[Event]:
    """What was done to the order and its jobs, newest first."""
    own = and_(Event.thing == WorkOrder.__tablename__, Event.thing_id == order.id)
    jobs = and_(Event.thing == Job.__tablename__, Event.thing_id.in_([job.id for job in order.jobs]))
    query = select(Event).where(or_(own, jobs) if order.jobs else own).order_by(Event.id.desc())
    return list(session.scalars(query))


def revisions(session: Session, orders: Sequence[WorkOrder]) -> dict[int, tuple[int | None, int | None]]:
    """The BOM and routing revisions that orders were released with."""
    query = (
        select(WorkOrder.id, Bom.revision, Routing.revision)
        .outerjoin(Bom, Bom.id == WorkOrder.bom_id)
        .outerjoin(Routing, Routing.id == WorkOrder.routing_id)
        .where(WorkOrder.id.in_([order.id for order in orders]))
    )
    return {ident: (bom, routing) for ident, bom, routing in session.execute(query)}


class Paper(NamedTuple):
    """What the printed work order says."""

    order: WorkOrder
    bom: int | None
    routing: int | None


def papers(session: Session, codes: Sequence[str]) -> list[Paper]:
    """Orders as they are printed, in the order asked for. Raises NotFound."""
    found = {order.code: order for order in session.scalars(select(WorkOrder).options(*WHOLE).where(_is_one_of(codes)))}
    orders = [found.get(code.upper()) or queries.get_order(session, code) for code in codes]
    known = revisions(session, orders)
    return [Paper(order, *known[order.id]) for order in orders]


def _is_one_of(codes: Sequence[str]) -> ColumnElement[bool]:
    return WorkOrder.code.in_([code.upper() for code in codes])
