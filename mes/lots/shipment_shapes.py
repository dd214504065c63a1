"""What programs send and get about shipments."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.api import CodeText, NameText, ShortText


class TakeBack(msgspec.Struct, forbid_unknown_fields=True):
    """Why, and which lot; no lot means the whole shipment."""

    reason: NameText
    lot: CodeText | None = None


class ShipLine(msgspec.Struct, forbid_unknown_fields=True):
    """One lot that leaves; no quantity means all of it."""

    lot: CodeText
    quantity: Decimal | None = None


class NewShipment(msgspec.Struct, forbid_unknown_fields=True):
    """What leaves for whom."""

    customer: CodeText
    lines: list[ShipLine]
    reference: ShortText | None = None
    note: NameText | None = None


class ShipmentOut(msgspec.Struct):
    """One shipment."""

    code: str
    customer: str
    at: datetime
    reference: str | None
