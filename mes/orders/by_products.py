"""What comes out beside the product (부산물): a report makes its lots with it, from the same materials."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from mes.core.types import NOTHING, SMALLEST
from mes.core.work import Work
from mes.items.by_products import by_products_of
from mes.items.models import ByProduct
from mes.lots.ledger import add_produced, link_all, lock_by_id, make_lots
from mes.lots.models import EdgeKind, Lot, LotStatus, Movement, MovementKind
from mes.orders import queries
from mes.orders.models import InProcess, Job, LotRule, OrderMaterial, Report


def mark_by_products(work: Work, jobs: Sequence[Job], bom_id: int) -> None:
    """Freeze with the release at which jobs something also comes out."""
    rows = by_products_of(work.session, bom_id)
    for job in jobs:
        job.by_products = bool(_at(job, rows))


def _at(job: Job, rows: Sequence[ByProduct]) -> list[ByProduct]:
    """What names no operation comes out at the last one."""
    return [row for row in rows if row.operation == job.sequence or (row.operation is None and job.is_last)]


def make_by_products(
    work: Work, job: Job, report: Report, pieces: Decimal, materials: Sequence[OrderMaterial]
) -> list[Lot]:
    """Put what came out with so many worked pieces into lots. They stem from the materials of the operations so far,
    with no quantity: all of that went into the product. Gives the lots."""
    filled = []
    so_far = [material for material in materials if material.operation <= job.sequence]
    for row in _at(job, by_products_of(work.session, job.order.bom_id or 0)):
        lot = _lot_of(work, job, row)
        work.session.flush()
        add_produced(work, lot, (row.quantity * pieces).quantize(SMALLEST), lot.location, job.order_id, report.id)
        _link(work, report, lot, so_far)
        filled.append(lot)
    return filled


def _lot_of(work: Work, job: Job, row: ByProduct) -> Lot:
    """A new lot, or the order's one lot of this by-product, until something was taken from that: regrind (분쇄재) that
    goes back into the machine would otherwise come out as a part of itself.

    What was split off, kept as a sample or brought back by a customer is of the same order and item, but no lot that
    a result began; and nothing is put to what is on hold or rejected.
    """
    if job.order.lot_rule is LotRule.ORDER:
        gone = (Movement.quantity < NOTHING, Movement.kind != MovementKind.PRODUCE)
        used = select(Movement.id).where(Movement.lot_id == Lot.id, *gone).exists()
        lines = select(Movement.kind).where(Movement.lot_id == Lot.id, Movement.quantity != NOTHING)
        first = lines.order_by(Movement.id).limit(1).scalar_subquery()
        query = select(Lot.id).where(Lot.order_id == job.order_id, Lot.item_id == row.item_id, ~used)
        query = query.where(first == MovementKind.PRODUCE, Lot.status == LotStatus.AVAILABLE, Lot.holds == 0)
        while (known := work.session.scalar(query.order_by(Lot.id.desc()).limit(1))) is not None:
            lot = lock_by_id(work, [known])[known]
            if work.session.scalar(query.where(Lot.id == known)) is not None:  # nobody took of it or held it meanwhile
                return lot
    return make_lots(work, row.item, 1, queries.place_of(work.session, job), job.order_id)[0]


def _link(work: Work, report: Report, lot: Lot, materials: Sequence[OrderMaterial]) -> None:
    sources = [source for material in materials for source in _sources(work, material)]
    edges = [
        {
            "parent_id": source.lot_id,
            "child_id": lot.id,
            "kind": EdgeKind.CONSUME,
            "quantity": Decimal(0),
            "movement_id": source.movement_id,
            "report_id": report.id,
        }
        for source in sources
    ]
    link_all(work, edges)


def _sources(work: Work, material: OrderMaterial) -> list[InProcess]:
    """What a worked piece may have of a material: all that is open, or else the container that was used on."""
    undrawn = [one for one in queries.undrawn(work.session, material.order_id) if one.material_id == material.id]
    last = queries.last_taken(work.session, material.id)
    return undrawn or ([last] if last else [])
