"""Boxes and pallets in the hands of the material handler: what is on them, and which leave as a whole."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.lots.models import Lot
from mes.lots.queries import WITH_NAMES
from mes.lots.unit_models import HandlingUnit
from mes.lots.unit_queries import get_unit, on_units
from mes.warehouse.models import LoadedLot


def lots_on(session: Session, code: str) -> list[Lot]:
    """All lots on a box or pallet, those in its boxes too. Raises NotFound."""
    _boxes, idents = on_units(session, [get_unit(session, code).id])
    query = select(Lot).options(*WITH_NAMES).where(Lot.id.in_(idents), Lot.on_hand > Decimal(0))
    return list(session.scalars(query.order_by(Lot.id)))


def whole(session: Session, lines: Sequence[LoadedLot]) -> list[tuple[str, Decimal | None]]:
    """What leaves, as a shipment takes it: a box or pallet all of whose lots are loaded leaves as one."""
    full = {line.lot_id for line in lines if line.quantity == line.lot.on_hand}
    ids = {line.lot.unit_id for line in lines if line.lot.unit_id}
    found = list(session.scalars(select(HandlingUnit).where(HandlingUnit.id.in_(ids)))) if ids else []
    parents = {unit.parent_id for unit in found if unit.parent_id}
    pallets = list(session.scalars(select(HandlingUnit).where(HandlingUnit.id.in_(parents)))) if parents else []
    codes: list[tuple[str, Decimal | None]] = []
    taken: set[int] = set()
    for unit in [*pallets, *found]:  # the pallet before its boxes
        on_it = set(on_units(session, [unit.id])[1])
        if on_it and on_it <= full and not on_it & taken:
            codes.append((unit.code, None))
            taken |= on_it
    return codes + [(line.lot.code, line.quantity) for line in lines if line.lot_id not in taken]
