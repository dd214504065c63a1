"""Lists of nonconformances, of what waits in them and of what they cost: a few statements each, however many rows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.paging import PAGE, Slice, keyset
from mes.items.models import Item
from mes.nonconformance.models import Action, Cost, CostKind, Nonconformance, Origin, Severity
from mes.people.models import Person


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which nonconformances are meant; empty fields choose nothing. Days are production days, both included."""

    open: bool | None = None
    origin: Origin | None = None
    severity: Severity | None = None
    item: str | None = None
    since: date | None = None
    until: date | None = None


class Row(NamedTuple):
    """A nonconformance in a list: actions not done, those of them overdue, what it cost so far."""

    nonconformance: Nonconformance
    waiting: int
    overdue: int
    cost: Decimal | None


def page_of(session: Session, wanted: Wanted, today: date, after: str | None = None, size: int = PAGE) -> Slice[Row]:
    """Nonconformances, newest first; two statements."""
    mine = Action.nonconformance_id == Nonconformance.id
    waiting = select(func.count()).where(mine, Action.done_at.is_(None))
    cost = select(func.sum(Cost.amount)).where(Cost.nonconformance_id == Nonconformance.id)
    query: Any = select(
        Nonconformance,
        waiting.scalar_subquery(),
        waiting.where(Action.due_on < today).scalar_subquery(),
        cost.scalar_subquery(),
    )
    query = query.options(joinedload(Nonconformance.item), joinedload(Nonconformance.partner)).where(*_chosen(wanted))
    if wanted.item:
        query = query.join(Item, Item.id == Nonconformance.item_id).where(Item.code == wanted.item)
    found = keyset(
        session,
        query,
        Nonconformance.day,
        Nonconformance.id,
        after=after,
        size=size,
        newest_first=True,
        whole_rows=True,
    )
    return Slice([Row(*row[:4]) for row in found.rows], found.next, found.first)


def _chosen(wanted: Wanted) -> list[Any]:
    conditions: list[Any] = []
    if wanted.open is not None:
        conditions.append(Nonconformance.closed_at.is_(None) if wanted.open else Nonconformance.closed_at.is_not(None))
    if wanted.origin:
        conditions.append(Nonconformance.origin == wanted.origin)
    if wanted.severity:
        conditions.append(Nonconformance.severity == wanted.severity)
    if wanted.since:
        conditions.append(Nonconformance.day >= wanted.since)
    if wanted.until:
        conditions.append(Nonconformance.day <= wanted.until)
    return conditions


class Due(NamedTuple):
    """An action that waits, with the nonconformance it belongs to."""

    action: Action
    code: str
    owner: Person


def waiting_actions(session: Session, owner_id: int | None = None, most: int = 200) -> list[Due]:
    """Actions not done yet, the longest overdue first; of one person, or of all."""
    query = (
        select(Action, Nonconformance.code, Person)
        .join(Nonconformance, Nonconformance.id == Action.nonconformance_id)
        .join(Person, Person.id == Action.owner_id)
        .where(Action.done_at.is_(None))
        .order_by(Action.due_on, Action.id)
        .limit(most)
    )
    if owner_id is not None:
        query = query.where(Action.owner_id == owner_id)
    return [Due(*row) for row in session.execute(query)]


class Open(NamedTuple):
    """What waits in nonconformances: open ones, actions not done and overdue, effect checks that are late."""

    open: int
    waiting: int
    overdue: int
    late_checks: int


def count_open(session: Session, today: date, owner_id: int | None = None) -> Open:
    """How much waits; ``owner_id``: actions of one person only. One statement."""
    mine = [] if owner_id is None else [Action.owner_id == owner_id]
    is_open = Nonconformance.closed_at.is_(None)
    waiting = select(func.count()).select_from(Action).where(Action.done_at.is_(None), *mine)
    query = select(
        select(func.count()).select_from(Nonconformance).where(is_open).scalar_subquery(),
        waiting.scalar_subquery(),
        waiting.where(Action.due_on < today).scalar_subquery(),
        select(func.count())
        .select_from(Nonconformance)
        .where(is_open, Nonconformance.check_due_on < today)
        .scalar_subquery(),
    )
    return Open(*session.execute(query).one())


class CostSum(NamedTuple):
    """What a kind of cost summed up to in a period."""

    kind: CostKind
    lines: int
    amount: Decimal


def costs_between(session: Session, since: date | None, until: date | None) -> list[CostSum]:
    """The cost of poor quality by kind in production days, both included; what was taken back cancels out."""
    query = select(Cost.kind, func.count(), func.sum(Cost.amount)).group_by(Cost.kind).order_by(Cost.kind)
    return [CostSum(*row) for row in session.execute(query.where(*_days(since, until)))]


class CostRow(NamedTuple):
    """A line of cost with the nonconformance and item it belongs to."""

    cost: Cost
    code: str
    item: Item


def cost_rows(
    session: Session, since: date | None, until: date | None, kind: CostKind | None = None, after: str | None = None
) -> Slice[CostRow]:
    """The lines of cost of a period, newest first."""
    query: Any = (
        select(Cost, Nonconformance.code, Item)
        .join(Nonconformance, Nonconformance.id == Cost.nonconformance_id)
        .join(Item, Item.id == Nonconformance.item_id)
        .where(*_days(since, until))
    )
    if kind:
        query = query.where(Cost.kind == kind)
    found = keyset(session, query, Cost.day, Cost.id, after=after, newest_first=True, whole_rows=True)
    return Slice([CostRow(*row[:3]) for row in found.rows], found.next, found.first)


def _days(since: date | None, until: date | None) -> list[Any]:
    return [*([] if since is None else [Cost.day >= since]), *([] if until is None else [Cost.day <= until])]
