"""How healthy the genealogy of a period is: what was entered, the open gaps of each kind, and what was settled."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from mes.core.db import Base
from mes.core.types import NOTHING, SMALLEST, UtcTime
from mes.genealogy.facts import AGAIN, AGAIN_DAYS, Entries, Finding, Health
from mes.genealogy.gaps import CHECKS, Rows, completed, is_open, standing, taken
from mes.genealogy.models import Gap, How, Note
from mes.items.counting import COUNTED
from mes.items.models import BomLine, Consumption, Item, Tracking
from mes.lots.models import Edge, Lot, Movement
from mes.orders.models import Job, OrderMaterial, Report, WorkOrder
from mes.trace.details import called

#: Rows shown of each kind; their number is always the whole.
MOST = 100


def health(session: Session, since: datetime, until: datetime) -> Health:
    """The genealogy of a period with the first gaps of each kind; ten statements, however many gaps there are."""
    findings: dict[Gap, Sequence[Finding]] = {}
    counts: dict[Gap, int] = {}
    for gap, check in CHECKS.items():
        findings[gap], counts[gap] = _found(session, gap, check(since, until))
    findings[Gap.EXACT] = exact_again(session, until)
    counts[Gap.EXACT] = len(findings[Gap.EXACT])
    return Health(entries(session, since, until), counts, findings, settled(session, since, until))


def count_gaps(session: Session, since: datetime, until: datetime) -> int:
    """How many gaps are open, without the repetitions: one statement."""
    return sum(many for _gap, many in session.execute(_counted(), {"since": since, "until": until}).all())


@cache
def _counted() -> Select[str, int]:
    """Built once: building all of it costs more than the first page's other statements together."""
    since, until = (bindparam(name, type_=UtcTime()) for name in ("since", "until"))
    each = []
    for gap, check in CHECKS.items():
        found = check(since, until).subquery()
        each.append(select(literal(gap.value).label("gap"), func.count().label("many")).select_from(found))
    whole = union_all(*each).subquery()
    return select(whole.c.gap, whole.c.many)


def entries(session: Session, since: datetime, until: datetime) -> Entries:
    """What was entered in the period: what the gaps are measured by."""
    results = select(func.count(Report.id)).where(*standing(since, until)).scalar_subquery()
    takings = select(func.count(Movement.id)).where(*taken(since, until)).scalar_subquery()
    orders = select(func.count(WorkOrder.id)).where(*completed(since, until)).scalar_subquery()
    return Entries(*session.execute(select(results, takings, orders)).one())


def settled(session: Session, since: datetime, until: datetime) -> Mapping[How, int]:
    """How many gaps somebody dealt with in the period."""
    query = select(Note.how, func.count()).where(Note.at >= since, Note.at < until).group_by(Note.how)
    return {how: many for how, many in session.execute(query)}  # noqa: C416  rows are no pairs to dict()


#: What each kind of gap is about.
THINGS: dict[Gap, type[Base]] = {
    Gap.RECEIPT: Lot,
    Gap.PAPER: Movement,
    Gap.OPERATOR: Report,
    Gap.MATERIAL: Job,
    Gap.PARENTS: Lot,
    Gap.CONSUMPTION: OrderMaterial,
    Gap.EXACT: BomLine,
    Gap.TIME: Edge,
}


def is_there(session: Session, gap: Gap, thing: int) -> bool:
    """Whether there is such a thing, and nobody has dealt with it."""
    known = session.get(THINGS[gap], thing) is not None
    return known and session.scalar(select(is_open(gap, literal(thing)))) is True


def _found(session: Session, gap: Gap, query: Rows) -> tuple[list[Finding], int]:
    """The first findings of a kind, and how many there are."""
    found = query.subquery()
    whole = select(found, func.count().over().label("many")).order_by(found.c.at, found.c.thing).limit(MOST)
    rows = session.execute(whole).all()
    named = ("thing", "at", "order", "lot", "other", "item", "quantity", "unit")
    findings = [Finding(gap, **{name: getattr(row, name) for name in named}) for row in rows]
    return findings, rows[0].many if rows else 0


def exact_again(session: Session, until: datetime) -> list[Finding]:
    """Back-flushed materials that are weighed or measured, and that every order of a month took exactly by standard.

    The product of two quantities is worked out here: the database holds millionths (see ``core.types``).
    """
    made = aliased(Item)
    worked = Job.good + Job.defective + Job.scrap + Job.rework
    query = (
        select(
            OrderMaterial.bom_line_id,
            OrderMaterial.per_piece,
            OrderMaterial.consumed,
            worked,
            WorkOrder.completed_at,
            WorkOrder.code,
            called(Item),
            called(made),
            Item.unit,
        )
        .select_from(WorkOrder)
        .join(OrderMaterial, OrderMaterial.order_id == WorkOrder.id)
        .join(Job, and_(Job.order_id == WorkOrder.id, Job.sequence == OrderMaterial.operation))
        .join(Item, Item.id == OrderMaterial.item_id)
        .join(made, made.id == WorkOrder.item_id)
        .where(*completed(until - timedelta(days=AGAIN_DAYS), until), WorkOrder.good > NOTHING)
        .where(OrderMaterial.consumption == Consumption.BACKFLUSH, OrderMaterial.bom_line_id.is_not(None))
        .where(Item.tracking == Tracking.LOT, func.lower(Item.unit).not_in(COUNTED))
        .where(is_open(Gap.EXACT, OrderMaterial.bom_line_id))
        .order_by(WorkOrder.completed_at, WorkOrder.id)
    )
    rows: dict[int, list[Any]] = {}
    for row in session.execute(query):
        rows.setdefault(row[0], []).append(row)
    found = []
    for line, of_line in rows.items():
        if len(of_line) >= AGAIN and all(_is_exact(row[1], row[2], row[3]) for row in of_line):
            _id, _per, _much, _pieces, at, order, item, product, unit = of_line[-1]
            found.append(Finding(Gap.EXACT, line, at, order, None, product, item, None, unit, len(of_line)))
    return found


def _is_exact(per_piece: Decimal, consumed: Decimal, pieces: Decimal) -> bool:
    off: Decimal = abs(per_piece * pieces - consumed)
    return off < SMALLEST
