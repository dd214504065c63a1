"""Use case of dividing a lot (분할)."""

from decimal import Decimal

from mes.core.work import Work
from mes.equipment.models import Location
from mes.lots import queries
from mes.lots.holding import place_hold
from mes.lots.ledger import like, link, lock_lot, move
from mes.lots.models import EdgeKind, Lot, MovementKind
from mes.lots.parting import check_divisible
from mes.lots.rules import check_part


def split_lot(
    work: Work, code: str, quantity: Decimal, location: Location | None = None, kind: EdgeKind = EdgeKind.SPLIT
) -> Lot:
    """Take a part off a lot (분할): it becomes a lot of its own with the same history, status and open holds.

    ``kind``: REWORK for pieces that are taken out to be put right.
    """
    lot = lock_lot(work, code)
    check_divisible(lot)
    check_part(lot, quantity)
    part = like(work, lot, location)
    part.trace_number = lot.trace_number
    move(work, lot, MovementKind.SPLIT, -quantity)
    move(work, part, MovementKind.SPLIT, quantity, to=location)
    link(work, lot.id, part.id, kind, quantity)
    for hold in queries.open_holds(work.session, [lot.id]):
        place_hold(work, part, hold.reason, hold.source)
    work.record("lots.split", part, after={"from": lot.code, "quantity": quantity})
    return part
