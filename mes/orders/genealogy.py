"""Drawing: which of the consumed lots went into which of the made lots.

An order that makes one lot draws everything consumed into it: exact. An order with a lot for each report, or with
serial numbers, draws for each made lot what its pieces need, from the oldest scan on: exact as long as one scan
is used up before the next, which is how containers are used. What is still undrawn when the order is completed
goes into the last report's lots, so that every consumed quantity ends in a lot. Only what scrapped machines with
serial numbers took ends in none: it is in no machine that was made.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from mes.core import rows
from mes.core.db import Base
from mes.core.types import SMALLEST
from mes.core.work import Work
from mes.items.models import Tracking
from mes.lots.ledger import link_all, unlink_report
from mes.lots.models import Edge, EdgeKind, Lot, Movement, MovementKind
from mes.orders import queries
from mes.orders.models import InProcess, Job, LotRule, OrderMaterial, Report, WorkOrder

T = TypeVar("T", bound=Base)


def take_up(work: Work, taken: Sequence[Movement]) -> list[InProcess]:
    """What these movements took for an order is in process, until a report draws it into a lot."""
    rows.number(work.session)
    fresh = [
        InProcess(
            movement_id=one.id,
            order_id=one.order_id,
            material_id=one.material_id,
            lot_id=one.lot_id,
            undrawn=-one.quantity,
        )
        for one in taken
    ]
    work.session.add_all(fresh)
    return fresh


def draw(
    work: Work,
    order: WorkOrder,
    report: Report,
    lots: Sequence[Lot],
    pieces: Decimal,
    materials: Sequence[OrderMaterial],
    fresh: Sequence[InProcess],
) -> None:
    """Link what was taken to the lots that a report made. ``pieces``: all that were worked on for it.

    ``fresh`` was taken with the report itself and may not be written yet.
    """
    with work.session.no_autoflush:
        open_ones = queries.undrawn(work.session, order.id)
    pool = [*open_ones, *(one for one in fresh if one not in open_ones)]
    edges: list[dict[str, Any]] = []
    if order.lot_rule is LotRule.ORDER and order.item.tracking is not Tracking.SERIAL:
        _draw_all(edges, pool, report, lots)
    else:
        for material in materials:
            share = _share(order, material, pieces, len(lots))
            mine = [source for source in pool if source.material_id == material.id]
            for lot in lots:
                if not _draw_share(edges, mine, report, lot, share):
                    _draw_nothing(work, edges, material, report, lot)
    link_all(work, edges)


def _share(order: WorkOrder, material: OrderMaterial, pieces: Decimal, lots: int) -> Decimal:
    """What each lot gets of a material. A piece with a serial number is in one machine, or in none that was made."""
    if order.item.tracking is Tracking.SERIAL and is_piece(material):
        return material.per_piece
    return (material.per_piece * pieces / lots).quantize(SMALLEST)


def is_piece(material: OrderMaterial) -> bool:
    """Whether a material comes in pieces with serial numbers."""
    return material.item.tracking is Tracking.SERIAL


def _draw_share(edges: list[dict[str, Any]], pool: list[InProcess], report: Report, lot: Lot, share: Decimal) -> bool:
    """Whether something was left to draw."""
    drawn = False
    for source in pool:
        amount = min(source.undrawn, share)
        if amount > 0:
            edges.append(_edge(source, report, lot, amount))
            share -= amount
            drawn = True
    return drawn


def _draw_nothing(work: Work, edges: list[dict[str, Any]], material: OrderMaterial, report: Report, lot: Lot) -> None:
    """More was worked on than was scanned: the last container was used on, so it belongs to this lot too."""
    last = queries.last_taken(work.session, material.id)
    if last is not None:
        edges.append(_edge(last, report, lot, Decimal(0)))


def _draw_all(edges: list[dict[str, Any]], pool: Sequence[InProcess], report: Report, lots: Sequence[Lot]) -> None:
    for source in pool:
        whole = source.undrawn
        for position, lot in enumerate(lots, 1):
            amount = source.undrawn if position == len(lots) else (whole / len(lots)).quantize(SMALLEST)
            if amount > 0:
                edges.append(_edge(source, report, lot, amount))


def _edge(source: InProcess, report: Report, lot: Lot, amount: Decimal) -> dict[str, Any]:
    source.undrawn -= amount
    return {
        "parent_id": source.lot_id,
        "child_id": lot.id,
        "kind": EdgeKind.CONSUME,
        "quantity": amount,
        "movement_id": source.movement_id,
        "report_id": report.id,
    }


def undraw(work: Work, report: Report) -> None:
    """Take the edges of a report back: what it had drawn is in process again."""
    drawn = select(Edge.movement_id, func.sum(Edge.quantity)).where(Edge.report_id == report.id, ~Edge.undone)
    for movement_id, quantity in work.session.execute(drawn.group_by(Edge.movement_id)).all():
        _fresh(work, InProcess, movement_id or 0).undrawn += quantity
    unlink_report(work, report.id)


def put_back(work: Work, movement: Movement) -> None:
    """What one movement took is no longer in process: it is back in its lot."""
    if movement.material_id is not None:
        _fresh(work, InProcess, movement.id).undrawn = Decimal(0)
        _fresh(work, OrderMaterial, movement.material_id).consumed += movement.quantity


def _fresh(work: Work, model: type[T], ident: int) -> T:
    """A row as it is now: it may have been read before its order was locked."""
    work.session.flush()
    return work.session.get_one(model, ident, populate_existing=True)


def draw_the_rest(work: Work, order: WorkOrder) -> None:
    """At completion: what was consumed and not drawn yet goes into the lots of the last report that stands.

    A piece with a serial number that is in none of the machines made was lost with one of those that were not.
    """
    taken = queries.undrawn(work.session, order.id)
    pieces = {one.id for one in queries.materials_of(work.session, order.id) if is_piece(one)}
    pool = [one for one in taken if one.material_id not in pieces or order.item.tracking is not Tracking.SERIAL]
    if not pool:
        return
    report = last_standing_report(work, order.id)
    if report is None:
        return
    made = select(Lot).join(Movement, Movement.lot_id == Lot.id)
    made = made.where(Movement.report_id == report.id, Movement.kind == MovementKind.PRODUCE, Movement.quantity > 0)
    made = made.where(Lot.item_id == order.item_id)  # not what came out beside
    lots = work.session.scalars(made.order_by(Lot.id)).unique().all()
    edges: list[dict[str, Any]] = []
    _draw_all(edges, pool, report, lots)
    link_all(work, edges)


def last_standing_report(work: Work, order_id: int) -> Report | None:
    """The newest report of an order's last job with good pieces that was not taken back."""
    back = aliased(Report)
    undone = select(back.id).where(back.reverses_id == Report.id).exists()
    query = select(Report).join(Job, Job.id == Report.job_id).where(Job.order_id == order_id, Job.is_last)
    query = query.where(Report.reverses_id.is_(None), Report.good > 0, ~undone)
    return work.session.scalar(query.order_by(Report.id.desc()).limit(1))


def is_drawn(work: Work, movement: Movement) -> bool:
    """Whether what a movement took is part of a made lot, be it only as the container that was used on."""
    standing = select(Edge.id).where(Edge.movement_id == movement.id, ~Edge.undone)
    return work.session.scalar(standing.limit(1)) is not None
