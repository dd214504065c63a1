"""Reads about machines that were taken apart: what is in one, what came out, and where a part went on."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.chunks import among
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.items.models import Tracking
from mes.lots.dismantle_models import DismantledPart, Dismantling, PartOutcome
from mes.lots.dismantle_rules import Inside
from mes.lots.models import Edge, EdgeKind, Lot

WITH_LOTS = (
    joinedload(DismantledPart.source).joinedload(Lot.item),
    joinedload(DismantledPart.lot).options(joinedload(Lot.item), joinedload(Lot.location)),
)
MOST_LIVES = 100


def lives_of(session: Session, lot_id: int) -> list[int]:
    """A piece and what it was before: each time it was taken out of a machine it became a lot of its own."""
    found = [lot_id]
    while len(found) < MOST_LIVES:
        query = select(Edge.parent_id).where(Edge.child_id == found[-1], Edge.kind == EdgeKind.RECOVER, ~Edge.undone)
        before = session.scalar(query.limit(1))
        if before is None or before in found:
            break
        found.append(before)
    return found


def inside_of(session: Session, lot: Lot) -> list[Inside]:
    """What went into a piece with a serial number, whenever that was, less what was told of when it was taken apart.

    Of what no quantity is known it tells nothing.
    """
    if lot.item.tracking is not Tracking.SERIAL:
        return []
    lives = lives_of(session, lot.id)
    sums = select(Edge.parent_id, func.sum(Edge.quantity)).where(Edge.child_id.in_(lives))
    sums = sums.where(Edge.kind == EdgeKind.CONSUME, ~Edge.undone, Edge.quantity > 0).group_by(Edge.parent_id)
    much: dict[int, Decimal] = dict(session.execute(sums).all())
    gone = select(DismantledPart.source_id, func.sum(DismantledPart.quantity)).group_by(DismantledPart.source_id)
    gone = gone.join(Dismantling, Dismantling.id == DismantledPart.dismantling_id)
    for source, out in session.execute(gone.where(Dismantling.lot_id.in_(lives), stands())):
        much[source] = much.get(source, Decimal(0)) - out
    held = [source for source, left in much.items() if left > 0]
    query = select(Lot).options(joinedload(Lot.item), joinedload(Lot.location)).where(Lot.id.in_(held))
    return [Inside(one, much[one.id]) for one in session.scalars(query.order_by(Lot.id))]


def get_dismantling(session: Session, code: str) -> Dismantling:
    """A taking apart by code, with its machine. Raises NotFound."""
    query = select(Dismantling).options(joinedload(Dismantling.lot).joinedload(Lot.item))
    found = session.scalar(query.where(Dismantling.code == code.strip().upper()))
    if found is None:
        raise NotFound(what=_(N_("taking apart")), code=code)
    return found


def parts_of(session: Session, dismantling_id: int) -> Sequence[DismantledPart]:
    """What became of the parts, in their order."""
    query = select(DismantledPart).options(*WITH_LOTS).where(DismantledPart.dismantling_id == dismantling_id)
    return session.scalars(query.order_by(DismantledPart.id)).all()


def dismantlings_of(session: Session, lot_id: int) -> Sequence[Dismantling]:
    """When a machine was taken apart, newest first."""
    query = select(Dismantling).where(Dismantling.lot_id == lot_id).order_by(Dismantling.id.desc())
    return session.scalars(query).all()


def stands() -> ColumnElement[bool]:
    """Of parts, joined with their taking apart: that it was not undone."""
    return Dismantling.undone_at.is_(None)


def taken_out(session: Session, lot_id: int) -> list[tuple[DismantledPart, Dismantling]]:
    """Out of which machines parts of a lot came, or did not come; and where this lot itself came from, if it did."""
    query = select(DismantledPart, Dismantling).join(Dismantling, Dismantling.id == DismantledPart.dismantling_id)
    query = query.options(*WITH_LOTS, joinedload(Dismantling.lot))
    either = (DismantledPart.source_id == lot_id) | (DismantledPart.lot_id == lot_id)
    rows = session.execute(query.where(either, stands()).order_by(DismantledPart.id))
    return [(part, header) for part, header in rows]


def came_out(session: Session, lot_ids: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """By lot that had gone into machines: how much came out again, and how much was lost with them."""
    query = select(DismantledPart.source_id, DismantledPart.outcome, func.sum(DismantledPart.quantity))
    query = query.join(Dismantling, Dismantling.id == DismantledPart.dismantling_id).where(stands())
    query = query.where(among(session, DismantledPart.source_id, lot_ids))
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for lot, outcome, much in session.execute(query.group_by(DismantledPart.source_id, DismantledPart.outcome)):
        out, lost = found.get(lot, (Decimal(0), Decimal(0)))
        found[lot] = (out, lost + much) if outcome is PartOutcome.LOST else (out + much, lost)
    return found
