"""Where the lots of items stand from which one may be taken, in the order of use: for picking and for shipping."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from mes.core.types import NOTHING
from mes.equipment.models import Location, LocationKind
from mes.lots.models import Lot, LotStatus

#: Nothing is taken from these by somebody who looks for free lots.
ASIDE = (LocationKind.QUARANTINE, LocationKind.OUTSIDE)


class Shelved(NamedTuple):
    """A free lot where it stands; ``rank`` 1 of an item is the one to take first."""

    item_id: int
    id: int
    code: str
    #: The codes that it bore before; its label may still be an old one.
    formerly: str | None
    expires_on: date | None
    made_on: date
    on_hand: Decimal
    location_id: int | None
    place: str | None
    place_name: str | None
    place_name_en: str | None
    rank: int


def _shelved() -> Select[Any]:
    columns = (
        Lot.item_id, Lot.id, Lot.code, Lot.formerly, Lot.expires_on, Lot.made_on, Lot.on_hand, Lot.location_id,
    )  # fmt: skip
    place = (Location.code.label("place"), Location.name.label("place_name"), Location.name_en.label("place_name_en"))
    order = (func.coalesce(Lot.expires_on, date(9999, 12, 31)), Lot.made_on, Lot.id)
    rank = func.row_number().over(partition_by=Lot.item_id, order_by=order).label("rank")
    ranked = (
        select(*columns, *place, rank)
        .outerjoin(Location, Location.id == Lot.location_id)
        .where(
            Lot.item_id.in_(bindparam("item_ids", expanding=True)),
            Lot.on_hand > NOTHING,
            Lot.holds == 0,
            Lot.status == LotStatus.AVAILABLE,
            or_(Lot.expires_on.is_(None), Lot.expires_on >= bindparam("until", type_=Date)),
            or_(Location.id.is_(None), Location.kind.not_in(bindparam("aside", expanding=True))),
            Lot.id.not_in(bindparam("left_out", expanding=True)),
        )
        .subquery()
    )
    found = select(*ranked.c).where(ranked.c.rank <= bindparam("each"))
    return found.order_by(ranked.c.item_id, ranked.c.rank)


SHELVED = _shelved()


def shelved(
    session: Session,
    item_ids: Collection[int],
    until: date,
    *,
    aside: Collection[LocationKind] = ASIDE,
    left_out: Collection[int] = (),
    each: int = 1,
) -> list[Shelved]:
    """For each item the lots to take first (FEFO, then FIFO), by one statement.

    ``until``: they may be used on that day still. Places of the kinds ``aside`` and the lots ``left_out`` do not count.
    """
    values = {
        "item_ids": list(item_ids),
        "until": until,
        "aside": list(aside),
        "left_out": list(left_out) or [0],
        "each": each,
    }
    return [Shelved(*row) for row in session.execute(SHELVED, values)]
