"""Use cases that say whether a lot may be used: hold, lift, release, reject."""

from collections.abc import Sequence

from mes.core.work import Work
from mes.lots import queries
from mes.lots.ledger import lock_by_id
from mes.lots.models import Hold, Lot, LotStatus
from mes.lots.rules import HoldLifted, NothingToHoldWith, check_reason


def hold_lot(work: Work, lot_id: int, reason: str, source: str = "person", also: Sequence[str] = ()) -> Hold:
    """Put a lot aside (보류): nothing may be done with it until the hold is lifted.

    ``also``: codes of other lots that are held for the same reason, as those split from it; what is held already
    stays as it is. Raises ReasonNeeded, NotFound.
    """
    reason = check_reason(reason)
    if also:
        others = queries.ids_of(work.session, also)
        locked = lock_by_id(work, {lot_id, *others})
        for ident in sorted(set(others) - {lot_id}):
            if not locked[ident].holds:
                place_hold(work, locked[ident], reason, source)
    return place_hold(work, work.lock(Lot, lot_id), reason, source)


def hold_kin(work: Work, code: str) -> list[Lot]:
    """Hold all free lots that were split from a held lot or poured together with it, for the same reason (함께 보류).

    Gives the lots that are held now. Raises NotFound, NothingToHoldWith.
    """
    lot = queries.get_lot(work.session, code)
    free = [one.id for one in queries.kin(work.session, [lot.id])]
    locked = lock_by_id(work, {lot.id, *free})
    reasons = list(dict.fromkeys(hold.reason for hold in queries.open_holds(work.session, [lot.id])))
    held = [locked[ident] for ident in sorted(free) if not locked[ident].holds]
    if not reasons or not held:
        raise NothingToHoldWith(lot=lot.code)
    for one in held:
        place_hold(work, one, ", ".join(reasons), "person")
    return held


def place_hold(work: Work, lot: Lot, reason: str, source: str) -> Hold:
    """One more hold on a lot that is locked, or that this act has made."""
    hold = Hold(lot_id=lot.id, reason=reason, source=source, placed_at=work.now, placed_by=work.actor.name)
    work.session.add(hold)
    lot.holds += 1
    work.session.flush()
    work.record("lots.hold", lot, after={"source": source}, reason=reason)
    return hold


def lift_hold(work: Work, hold_id: int, reason: str) -> Hold:
    """Lift one hold with a reason; others on the same lot stay. Raises HoldLifted."""
    reason = check_reason(reason)
    lot_id = work.session.get_one(Hold, hold_id).lot_id
    lot = work.lock(Lot, lot_id)
    hold = work.session.get_one(Hold, hold_id, populate_existing=True)
    if hold.lifted_at is not None:
        raise HoldLifted(who=hold.lifted_by, when=hold.lifted_at)
    hold.lifted_at, hold.lifted_by, hold.lift_reason = work.now, work.actor.name, reason
    lot.holds -= 1
    work.session.flush()
    work.record("lots.lift_hold", lot, before={"hold": hold.reason}, reason=reason)
    return hold


def lift_holds_of(work: Work, lot_id: int, source: str, reason: str) -> None:
    """Lift the holds that one rule placed on a lot."""
    for hold in queries.open_holds(work.session, [lot_id]):
        if hold.source == source:
            lift_hold(work, hold.id, reason)


def release_inspected(work: Work, lot_id: int) -> Lot:
    """The incoming inspection passed: the lot may be used."""
    return _set_status(work, lot_id, LotStatus.AVAILABLE)


def reject_lot(work: Work, lot_id: int) -> Lot:
    """The lot failed for good: it may only be scrapped or returned."""
    return _set_status(work, lot_id, LotStatus.REJECTED)


def _set_status(work: Work, lot_id: int, status: LotStatus) -> Lot:
    lot = work.lock(Lot, lot_id)
    if lot.status is LotStatus.RETAINED:  # a sample that is inspected stays a sample
        return lot
    with work.change(lot, "lots.status"):
        lot.status = status
        work.session.flush()
    return lot
