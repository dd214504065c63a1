"""A scan at receiving: what the supplier's label says about item, lot, quantity and days."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.dresses import Reading
from mes.core.errors import Refused
from mes.core.gs1 import day_of, spellings_of_gtin
from mes.core.i18n import N_, _
from mes.items.models import Item
from mes.scan.models import KIND_NAMES, Kind
from mes.scan.rules import Resolution, UnknownGtin
from mes.scan.service import resolve

#: Counted pieces, and net weights whose identifier ends in the number of decimals.
_COUNTS = ("37", "30")
_KILOGRAMS = "310"


class NotForReceiving(Refused):
    """A code that is no goods: a machine, a badge, a lot that is here already."""

    message = N_("%(kind)s %(code)s is not a label of goods that arrive.")
    hint = N_("Scan the supplier's label, or the item's.")


@dataclass(frozen=True)
class Delivery:
    """What can be filled in; None where the label does not say it."""

    item: str | None = None
    item_name: str | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    quantity: Decimal | None = None
    expires_on: date | None = None
    made_on: date | None = None
    location: str | None = None


def read_delivery(session: Session, text: str, today: date) -> Delivery:
    """What a label says about goods that arrive. Raises NotForReceiving, UnknownGtin, NotOurAddress, UnknownScan."""
    found = resolve(session, text, (Kind.ITEM, Kind.LOCATION))
    if found.delivered:
        return _taught(session, found)
    if found.scan.first.gtin:
        return _gs1(session, found.scan.first, today)
    for meaning in found.of(Kind.ITEM)[:1]:
        return Delivery(item=meaning.code, item_name=meaning.name)
    for meaning in found.of(Kind.LOCATION)[:1]:
        return Delivery(location=meaning.code)
    for meaning in found.of(Kind.SUPPLIER_LOT)[:1]:
        return Delivery(supplier_lot=meaning.code)
    meaning = found.only
    raise NotForReceiving(kind=_(KIND_NAMES[meaning.kind]), code=meaning.code)


def _taught(session: Session, found: Resolution) -> Delivery:
    said = found.delivered
    assert said is not None
    item = session.scalar(select(Item).where(Item.code == said.item)) if said.item else None
    return Delivery(
        item=said.item,
        item_name=item.name if item else None,
        supplier=said.supplier,
        supplier_lot=said.cut.lot,
        quantity=said.cut.quantity,
        expires_on=said.cut.use_by,
        made_on=said.cut.made_on,
    )


def _gs1(session: Session, reading: Reading, today: date) -> Delivery:
    query = select(Item).where(Item.gtin.in_(spellings_of_gtin(reading.gtin or ""))).order_by(Item.id)
    item = session.scalars(query).first()
    if item is None:
        raise UnknownGtin(gtin=reading.gtin)
    said = dict(reading.elements)
    return Delivery(
        item=item.code,
        item_name=item.name,
        supplier_lot=reading.lot or reading.serial,
        quantity=_quantity(said, item.unit),
        expires_on=day_of(said.get("17") or said.get("15") or "", today.year),
        made_on=day_of(said.get("11") or "", today.year),
    )


def _quantity(said: dict[str, str], unit: str) -> Decimal | None:
    """Pieces for what is counted, kilograms for what is weighed; a label that says the other tells nothing here."""
    weighed = unit.lower() in ("kg", "g")
    for ai, value in said.items():
        if weighed and ai.startswith(_KILOGRAMS):
            return Decimal(value).scaleb(-int(ai[3])) * (1000 if unit.lower() == "g" else 1)
        if not weighed and ai in _COUNTS and value.strip("0"):
            return Decimal(value)
    return None
