"""What customers got of lots, and what of it came back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.chunks import among
from mes.items.models import Item
from mes.lots.code_words import with_former
from mes.lots.models import Lot, Movement, Shipment
from mes.lots.queries import away
from mes.lots.return_queries import came_back


class Sent(NamedTuple):
    """A lot, or a part of it, that a customer got."""

    partner_id: int
    lot_id: int
    lot: str
    item: Item
    shipment: str
    at: datetime
    quantity: Decimal
    trace_number: str | None = None
    #: How much of it the customer brought back since.
    back: Decimal = Decimal(0)
    #: The codes that the lot bore before: what the customer has may still bear one of them.
    formerly: str | None = None

    @property
    def on_labels(self) -> str:
        """The code of the lot, with those that may stand on the customer's boxes."""
        return with_former(self.lot, self.formerly)


def sent_of(session: Session, lots: Collection[int], partner_id: int | None = None) -> list[Sent]:
    """What customers got of lots, without what was taken back; one statement."""
    query = (
        select(
            Shipment.customer_id,
            Lot.id,
            Lot.code,
            Item,
            Shipment.code,
            Shipment.at,
            -Movement.quantity,
            Lot.trace_number,
            came_back(),
            Lot.formerly,
        )
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(Shipment, Shipment.id == Movement.shipment_id)
        .where(among(session, Movement.lot_id, lots), *away())
        .order_by(Movement.id)
    )
    if partner_id is not None:
        query = query.where(Shipment.customer_id == partner_id)
    rows: Iterable[Any] = session.execute(query)
    return [Sent(*row) for row in rows]


def back_by_lot(sent: Sequence[Sent]) -> dict[str, Decimal]:
    """How much of each lot came back."""
    sums: dict[str, Decimal] = {}
    for one in sent:
        if one.back:
            sums[one.lot] = sums.get(one.lot, Decimal(0)) + one.back
    return sums
