"""Drawing: which of the consumed lots went into which of the made lots.

An order that makes one lot draws everything consumed into it: exact. An order with a lot for each report, or with
serial numbers, draws for each made lot what its pieces need, from the oldest scan on: exact as long as one scan
is used up before the next, which is how containers are used. What is still undrawn when the order is completed
goes into the last report's lots, so that every consumed quantity ends in a lot.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from mes.core.types import SMALLEST
from mes.core.work import Work
from mes.items.models import Tracking
from mes.lots.ledger import link_all
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.orders import queries
from mes.orders.models import Job, LotRule, OrderMaterial, Report, WorkOrder
from mes.orders.queries import Taken


def draw(
    work: Work,
    order: WorkOrder,
    report: Report,
    lots: Sequence[Lot],
    pieces: Decimal,
    materials: Sequence[OrderMaterial],
) -> None:
    """Link what was consumed to the lots that a report made. ``pieces``: all that were worked on for it."""
    with work.session.no_autoflush:  # what was consumed is written; what was made matters not here
        pool = [_Pool(taken) for taken in queries.undrawn(work.session, order.id)]
    edges: list[dict[str, Any]] = []
    if order.lot_rule is LotRule.ORDER and order.item.tracking is not Tracking.SERIAL:
        _draw_all(edges, pool, report, lots[-1:])
    else:
        for material in materials:
            share = (material.per_piece * pieces / len(lots)).quantize(SMALLEST)
            mine = [source for source in pool if source.taken.material_id == material.id]
            for lot in lots:
                _draw_share(edges, mine, report, lot, share)
    link_all(work, edges)


class _Pool:
    """A consumption and what is left of it to draw."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.left = taken.undrawn


def _draw_share(edges: list[dict[str, Any]], pool: list[_Pool], report: Report, lot: Lot, share: Decimal) -> None:
    before = len(edges)
    for source in pool:
        amount = min(source.left, share)
        if amount > 0:
            edges.append(_edge(source, report, lot, amount))
            share -= amount
    if len(edges) == before and pool:
        # More was worked on than was scanned: the last container was used on, so it belongs to this lot too.
        edges.append(_edge(pool[-1], report, lot, Decimal(0)))


def _draw_all(edges: list[dict[str, Any]], pool: Sequence[_Pool], report: Report, lots: Sequence[Lot]) -> None:
    for source in pool:
        left = source.left
        for position, lot in enumerate(lots, 1):
            amount = left if position == len(lots) else (source.left / len(lots)).quantize(SMALLEST)
            left -= amount
            if amount > 0:
                edges.append(_edge(source, report, lot, amount))


def _edge(source: _Pool, report: Report, lot: Lot, amount: Decimal) -> dict[str, Any]:
    source.left -= amount
    return {
        "parent_id": source.taken.lot_id,
        "child_id": lot.id,
        "kind": EdgeKind.CONSUME,
        "quantity": amount,
        "movement_id": source.taken.movement_id,
        "report_id": report.id,
    }


def draw_the_rest(work: Work, job: Job) -> None:
    """At completion: what was consumed and not drawn yet goes into the lots of the last report that stands."""
    pool = [_Pool(taken) for taken in queries.undrawn(work.session, job.order_id) if taken.undrawn > 0]
    if not pool:
        return
    report = last_standing_report(work, job.id)
    if report is None:
        return
    made = select(Lot).join(Movement, Movement.lot_id == Lot.id)
    made = made.where(Movement.report_id == report.id, Movement.kind == MovementKind.PRODUCE, Movement.quantity > 0)
    lots = work.session.scalars(made.order_by(Lot.id)).unique().all()
    edges: list[dict[str, Any]] = []
    _draw_all(edges, pool, report, lots)
    link_all(work, edges)


def last_standing_report(work: Work, job_id: int) -> Report | None:
    """The newest report of a job with good pieces that was not taken back."""
    undone = select(Report.reverses_id).where(Report.job_id == job_id, Report.reverses_id.is_not(None))
    query = select(Report).where(
        Report.job_id == job_id, Report.reverses_id.is_(None), Report.good > 0, Report.id.not_in(undone)
    )
    return work.session.scalar(query.order_by(Report.id.desc()).limit(1))


def is_drawn(work: Work, movement_id: int) -> Decimal:
    """How much of a consumption is part of made lots."""
    edges = work.session.scalars(select(Edge.quantity).where(Edge.movement_id == movement_id, ~Edge.undone))
    return sum(edges, Decimal(0))
