"""Reads about stock: how much there is of each item."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.orm import Session

from mes.core.paging import Slice, keyset
from mes.core.types import NOTHING
from mes.items.models import Item, ItemKind, Tracking
from mes.lots.models import Lot, LotStatus


class Stock(NamedTuple):
    """What is there of one item, and how much of it may be used."""

    item: Item
    on_hand: Decimal
    usable: Decimal
    lots: int
    first_expiry: date | None

    @property
    def is_low(self) -> bool:
        """Below the safety stock."""
        return self.item.safety_stock is not None and self.usable < self.item.safety_stock


def page_of_stock(
    session: Session, today: date, *, text: str = "", kind: str | None = None, after: str | None = None
) -> Slice[Stock]:
    """Stock by item code, a page at a time; items that are not tracked have none. What is kept as a sample is no stock:
    of an item of which only samples are left nothing is there."""
    free = and_(Lot.holds == 0, Lot.status == LotStatus.AVAILABLE, func.coalesce(Lot.expires_on, today) >= today)
    sums = (
        select(
            Lot.item_id,
            func.sum(Lot.on_hand).label("on_hand"),
            func.sum(case((free, Lot.on_hand), else_=literal(Decimal(0), Lot.on_hand.type))).label("usable"),
            func.count().label("lots"),
            func.min(Lot.expires_on).label("first_expiry"),
        )
        .where(Lot.on_hand > NOTHING, Lot.status != LotStatus.RETAINED)
        .group_by(Lot.item_id)
        .subquery()
    )
    query = (
        select(Item, sums.c.on_hand, sums.c.usable, sums.c.lots, sums.c.first_expiry)
        .outerjoin(sums, sums.c.item_id == Item.id)
        .where(Item.active, Item.tracking != Tracking.NONE)
    )
    if text:
        query = query.where(Item.code.icontains(text, autoescape=True) | Item.name.icontains(text, autoescape=True))
    if kind in set(ItemKind):
        query = query.where(Item.kind == ItemKind(kind))
    found = keyset(session, query, Item.code, after=after, whole_rows=True)
    zero = Decimal(0)
    rows = [Stock(item, there or zero, free or zero, n or 0, day) for item, there, free, n, day, _key in found.rows]
    return Slice(rows, found.next, found.first)


def tracked_items(session: Session, most: int = 2000) -> list[Item]:
    """Items that are kept as lots or serials, for a list of proposals."""
    query = select(Item).where(Item.active, Item.tracking != Tracking.NONE).order_by(Item.code)
    return list(session.scalars(query.limit(most)))
