"""Drawing: which of the consumed lots went into which of the made lots.

An order that makes one lot draws everything consumed into it: exact. An order with a lot for each report, or with
serial numbers, draws for each made lot what its pieces need, from the oldest scan on: exact as long as one scan
is used up before the next, which is how containers are used. What is still undrawn when the order is completed
goes into the last report's lots, so that every consumed quantity ends in a lot.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from mes.core.work import Work
from mes.items.models import Tracking
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.lots.service import link
from mes.orders import queries
from mes.orders.models import Job, LotRule, OrderMaterial, Report, WorkOrder


def draw(
    work: Work,
    order: WorkOrder,
    report: Report,
    lots: Sequence[Lot],
    pieces: Decimal,
    materials: Sequence[OrderMaterial],
) -> None:
    """Link what was consumed to the lots that a report made. ``pieces``: all that were worked on for it."""
    pool = [_Pool(move, left) for move, left in queries.undrawn(work.session, order.id)]
    if order.lot_rule is LotRule.ORDER and order.item.tracking is not Tracking.SERIAL:
        _draw_all(work, pool, report, lots[-1:])
        return
    for material in materials:
        share = material.per_piece * pieces / len(lots)
        mine = [source for source in pool if source.movement.material_id == material.id]
        for lot in lots:
            _draw_share(work, mine, report, lot, share.quantize(Decimal("0.000001")))


class _Pool:
    """A consumption and what is left of it to draw."""

    def __init__(self, movement: Movement, left: Decimal) -> None:
        self.movement = movement
        self.left = left


def _draw_share(work: Work, pool: list[_Pool], report: Report, lot: Lot, share: Decimal) -> None:
    drawn_from = None
    for source in pool:
        amount = min(source.left, share)
        if amount > 0:
            _link(work, source, report, lot, amount)
            share -= amount
            drawn_from = source
    if drawn_from is None and pool:
        # More was worked on than was scanned: the last container was used on, so it belongs to this lot too.
        _link(work, pool[-1], report, lot, Decimal(0))


def _draw_all(work: Work, pool: Sequence[_Pool], report: Report, lots: Sequence[Lot]) -> None:
    for source in pool:
        left = source.left
        for position, lot in enumerate(lots, 1):
            amount = left if position == len(lots) else (source.left / len(lots)).quantize(Decimal("0.000001"))
            left -= amount
            if amount > 0:
                _link(work, source, report, lot, amount)


def _link(work: Work, source: _Pool, report: Report, lot: Lot, amount: Decimal) -> None:
    source.left -= amount
    link(work, source.movement.lot_id, lot.id, EdgeKind.CONSUME, amount, source.movement.id, report.id)


def draw_the_rest(work: Work, job: Job) -> None:
    """At completion: what was consumed and not drawn yet goes into the lots of the last report that stands."""
    pool = [_Pool(move, left) for move, left in queries.undrawn(work.session, job.order_id) if left > 0]
    if not pool:
        return
    report = last_standing_report(work, job.id)
    if report is None:
        return
    made = select(Lot).join(Movement, Movement.lot_id == Lot.id)
    made = made.where(Movement.report_id == report.id, Movement.kind == MovementKind.PRODUCE, Movement.quantity > 0)
    lots = work.session.scalars(made.order_by(Lot.id)).unique().all()
    _draw_all(work, pool, report, lots)


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
