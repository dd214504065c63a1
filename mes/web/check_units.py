"""``mes check`` on boxes and pallets: what is packed stands where it is packed."""

from collections.abc import Iterator

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from mes.core.i18n import N_
from mes.lots.models import Lot
from mes.lots.unit_models import HandlingUnit, UnitKind

Found = tuple[str, dict[str, object]]


def faults(session: Session, most: int) -> Iterator[Found]:
    """Everything that is wrong with what is packed: msgids with their values, so many of each kind."""
    yield from packed_lots(session, most)
    yield from boxes_on_pallets(session, most)


def packed_lots(session: Session, most: int) -> Iterator[Found]:
    """A packed lot stands where its box or pallet stands, and is there as long as that is."""
    query = select(Lot.code, HandlingUnit.code, Lot.on_hand, HandlingUnit.shipment_id)
    query = query.join(HandlingUnit, HandlingUnit.id == Lot.unit_id)
    elsewhere = func.coalesce(Lot.location_id, 0) != func.coalesce(HandlingUnit.location_id, 0)
    gone = case((HandlingUnit.shipment_id.is_(None), Lot.on_hand == 0), else_=Lot.on_hand != 0)
    for lot, unit, _left, _shipment in session.execute(
        query.where(or_(elsewhere, HandlingUnit.ended_at.is_not(None))).limit(most)
    ):
        message = N_("Lot %(lot)s is packed on %(unit)s, but stands somewhere else.")
        yield message, {"lot": lot, "unit": unit}
    for lot, unit, left, shipment in session.execute(query.where(gone).limit(most)):
        message = N_("Lot %(lot)s is packed on %(unit)s, which left, but %(left)s of it are here.")
        if shipment is None:
            message = N_("Lot %(lot)s is packed on %(unit)s, but nothing of it is left.")
        yield message, {"lot": lot, "unit": unit, "left": left}


def boxes_on_pallets(session: Session, most: int) -> Iterator[Found]:
    """Boxes stand on pallets, at their place, and leave with them."""
    pallet = aliased(HandlingUnit)
    query = select(HandlingUnit.code, pallet.code).join(pallet, pallet.id == HandlingUnit.parent_id)
    wrong = or_(
        pallet.kind != UnitKind.PALLET,
        HandlingUnit.kind != UnitKind.BOX,
        pallet.ended_at.is_not(None),
        func.coalesce(HandlingUnit.location_id, 0) != func.coalesce(pallet.location_id, 0),
        func.coalesce(HandlingUnit.shipment_id, 0) != func.coalesce(pallet.shipment_id, 0),
    )
    for box, below in session.execute(query.where(wrong).limit(most)):
        message = N_("%(box)s is recorded on %(pallet)s, but cannot stand there.")
        yield message, {"box": box, "pallet": below}
