"""Holding and freeing very many lots in one act: few statements, and still one event for each lot, on its own page."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import insert, literal, select, update

from mes.core.chunks import among
from mes.core.work import Work
from mes.lots.models import Hold, Lot
from mes.lots.rules import check_reason


class Locked(NamedTuple):
    """A lot that is locked until the act ends, as it is now."""

    id: int
    code: str
    on_hand: Decimal


def lock_many(work: Work, ids: Collection[int]) -> dict[int, Locked]:
    """Lots by id, locked in the order of their ids."""
    query = select(Lot.id, Lot.code, Lot.on_hand).where(among(work.session, Lot.id, sorted(ids)))
    rows = work.session.execute(query.order_by(Lot.id).with_for_update())
    return {row[0]: Locked(*row) for row in rows}


def hold_many(work: Work, locked: Collection[Locked], reason: str, source: str) -> list[Locked]:
    """Hold every one of the locked lots that has something left and that this source does not hold already (보류).

    Gives the lots that are held by it now and were not before. Raises ReasonNeeded.
    """
    reason = check_reason(reason)
    held = held_by(work, source)
    fresh = [lot for lot in locked if lot.on_hand > 0 and lot.id not in held]
    if not fresh:
        return []
    placed = {"reason": reason, "source": source, "placed_at": work.now, "placed_by": work.actor.name}
    values = [literal(value, Hold.__table__.c[name].type) for name, value in placed.items()]
    chosen = select(Lot.id, *values).where(among(work.session, Lot.id, [lot.id for lot in fresh])).order_by(Lot.id)
    work.session.execute(insert(Hold).from_select(["lot_id", *placed], chosen))
    _count(work, fresh, 1)
    for lot in fresh:
        work.record("lots.hold", Lot(id=lot.id, code=lot.code), after={"source": source}, reason=reason)
    return fresh


def lift_holds_from(work: Work, source: str, reason: str) -> list[Locked]:
    """Lift every open hold of one source; those that others placed stay. Gives the lots. Raises ReasonNeeded."""
    reason = check_reason(reason)
    locked: dict[int, Locked] = {}
    while missing := (held := held_by(work, source)).keys() - locked.keys():  # a part split off meanwhile is held, too
        locked |= lock_many(work, missing)
    freed = [locked[ident] for ident in sorted(held)]
    lifted = {"lifted_at": work.now, "lifted_by": work.actor.name, "lift_reason": reason}
    these = among(work.session, Hold.lot_id, [lot.id for lot in freed])
    change = update(Hold).where(Hold.source == source, Hold.lifted_at.is_(None), these).values(**lifted)
    work.session.execute(change)
    _count(work, freed, -1)
    for lot in freed:
        work.record("lots.lift_hold", Lot(id=lot.id, code=lot.code), before={"hold": held[lot.id]}, reason=reason)
    return freed


def held_by(work: Work, source: str) -> dict[int, str]:
    """The lots that one source holds now, with its reason."""
    query = select(Hold.lot_id, Hold.reason).where(Hold.source == source, Hold.lifted_at.is_(None))
    return dict(work.session.execute(query).all())


def _count(work: Work, lots: Collection[Locked], more: int) -> None:
    """Keep the count of open holds of each lot; what is in hand is read anew when it is asked for."""
    work.session.flush()
    change = update(Lot).where(among(work.session, Lot.id, [lot.id for lot in lots])).values(holds=Lot.holds + more)
    work.session.execute(change.execution_options(synchronize_session=False))
    for thing in work.session.identity_map.values():
        if isinstance(thing, Lot):
            work.session.expire(thing, ["holds"])
