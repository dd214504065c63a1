"""Use cases of lots: split, merge, move, adjust, dispose. Quantities change in ``ledger.move`` only.

Receiving, holding and shipping have files of their own; this is the one door to all of them.
"""

from collections.abc import Sequence
from decimal import Decimal

from mes.core.work import Work
from mes.equipment.models import Location
from mes.lots import queries
from mes.lots.count_rules import check_seen
from mes.lots.dismantling import dismantle, undo_dismantling
from mes.lots.holding import (
    hold_kin,
    hold_lot,
    lift_hold,
    lift_holds_of,
    reject_lot,
    release_inspected,
)
from mes.lots.ledger import like, link, lock_lot, lock_lots, move
from mes.lots.models import EdgeKind, Lot, MovementKind
from mes.lots.packing import (
    close_unit,
    make_unit,
    move_unit,
    open_around,
    open_unit,
    pack,
    put_on,
    take_apart,
    take_off,
    unpack,
)
from mes.lots.parting import NothingToMerge, check_merge
from mes.lots.piece_rules import check_found
from mes.lots.receiving import receive_lots
from mes.lots.relabelling import relabel_lot
from mes.lots.returning import take_returns, undo_return
from mes.lots.rules import Use, check_count, check_lot, check_part, check_reason
from mes.lots.sample_rules import check_not_kept
from mes.lots.sampling import dispose_sample, keep_sample, record_result, retain_sample, use_sample
from mes.lots.shipping import ship_lots, take_back_shipment
from mes.lots.splitting import split_lot

__all__ = [
    "adjust_lot",
    "close_unit",
    "dismantle",
    "dispose_sample",
    "hold_kin",
    "hold_lot",
    "keep_sample",
    "lift_hold",
    "lift_holds_of",
    "make_unit",
    "merge_lots",
    "move_lot",
    "move_unit",
    "open_unit",
    "pack",
    "put_on",
    "receive_lots",
    "record_result",
    "reject_lot",
    "relabel_lot",
    "release_inspected",
    "retain_sample",
    "return_lot",
    "scrap_lot",
    "ship_lots",
    "split_lot",
    "take_apart",
    "take_back_shipment",
    "take_off",
    "take_returns",
    "undo_dismantling",
    "undo_return",
    "unpack",
    "use_sample",
]


def merge_lots(work: Work, codes: Sequence[str]) -> Lot:
    """Pour lots of one item together (병합): a new lot with the earliest use-by date, all of them its parents."""
    lots = lock_lots(work, codes)
    if len(lots) < 2:
        raise NothingToMerge(field="codes")
    first = lots[0]
    for other in lots[1:]:
        check_merge(first, other)
    for lot in lots:
        check_lot(lot, Use(today=work.today))
    days = [lot.expires_on for lot in lots if lot.expires_on]
    merged = like(work, first, None)
    oldest = min(lots, key=lambda lot: lot.made_on)
    merged.expires_on, merged.made_on, merged.arrived_on = min(days, default=None), oldest.made_on, oldest.arrived_on
    if len({(lot.supplier_id, lot.supplier_lot) for lot in lots}) > 1:
        merged.supplier_id, merged.supplier_lot = None, None
    if len({lot.trace_number for lot in lots}) == 1:
        merged.trace_number = first.trace_number
    for origin in ("receipt_id", "order_id"):
        if len({getattr(lot, origin) for lot in lots}) > 1:
            setattr(merged, origin, None)
    for lot in lots:
        quantity = lot.on_hand
        move(work, lot, MovementKind.MERGE, -quantity)
        move(work, merged, MovementKind.MERGE, quantity)
        link(work, lot.id, merged.id, EdgeKind.MERGE, quantity)
    work.record("lots.merge", merged, after={"from": [lot.code for lot in lots], "quantity": merged.on_hand})
    return merged


def move_lot(work: Work, code: str, location: Location, quantity: Decimal | None = None) -> Lot:
    """Put a lot somewhere else (이동). A part of it becomes a lot of its own, with its own label."""
    lot = lock_lot(work, code)
    if quantity is not None and quantity != lot.on_hand:
        return split_lot(work, code, quantity, location)
    if lot.location_id != location.id:
        came_from = lot.location_id
        move(work, lot, MovementKind.MOVE, Decimal(0), to=location)
        work.record("lots.move", lot, before={"location": came_from}, after={"location": location.code})
    return lot


def adjust_lot(work: Work, code: str, counted: Decimal, reason: str, *, seen: Decimal | None = None) -> Lot:
    """Set a lot to what was counted (재고실사); the difference is a movement with its reason. ``seen``: how much there
    was by the books when somebody went to count. A count that finds more opens the box and pallet it is on.

    A piece with a serial number that was shipped, used or taken apart is not found by a count: that is taken back.
    Raises ReasonNeeded, NotFound, QuantityMoved, LotRetained, PieceIsElsewhere and what check_count refuses.
    """
    lot = lock_lot(work, code)
    reason = check_reason(reason)
    if counted:
        check_count(lot, counted)
    check_seen(lot, seen)
    before = lot.on_hand
    if counted > before:  # no sample grows: what is found of one that is gone is not it
        check_not_kept(lot)
        check_found(lot, queries.last_change(work.session, lot.id))
    if counted != before:
        move(work, lot, MovementKind.COUNT, counted - before, reason=reason)
        work.record("lots.adjust", lot, before={"quantity": before}, after={"quantity": counted}, reason=reason)
    if counted > before:
        open_around(work, [lot])
    return lot


def scrap_lot(work: Work, code: str, quantity: Decimal, reason: str) -> Lot:
    """Throw away some or all of a lot (폐기); a held or rejected one too."""
    return _dispose(work, code, quantity, reason, MovementKind.SCRAP, "lots.scrap")


def return_lot(work: Work, code: str, quantity: Decimal, reason: str) -> Lot:
    """Send some or all of a lot back to its supplier (반품)."""
    return _dispose(work, code, quantity, reason, MovementKind.RETURN, "lots.return")


def _dispose(work: Work, code: str, quantity: Decimal, reason: str, kind: MovementKind, verb: str) -> Lot:
    lot = lock_lot(work, code)
    reason = check_reason(reason)
    check_not_kept(lot)
    check_part(lot, quantity)
    move(work, lot, kind, -quantity, reason=reason)
    work.record(verb, lot, after={"quantity": quantity}, reason=reason)
    return lot
