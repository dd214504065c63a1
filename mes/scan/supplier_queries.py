"""Reads about suppliers' barcodes, and the lots that they name."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.dresses import Reading
from mes.core.errors import NotFound
from mes.core.gs1 import spellings_of_gtin
from mes.core.i18n import _
from mes.items.models import Item
from mes.lots.models import Lot
from mes.scan.models import Kind, Meaning, SupplierBarcode
from mes.scan.rules import Delivered

#: So many containers of one supplier's lot are told apart; more are one lot number to a person.
MOST = 20


def barcodes(session: Session, *, active: bool | None = True) -> list[SupplierBarcode]:
    """Suppliers' barcodes with supplier and item, by supplier and name. A plant has some dozens."""
    query = select(SupplierBarcode).options(
        joinedload(SupplierBarcode.supplier, innerjoin=True), joinedload(SupplierBarcode.item)
    )
    if active is not None:
        query = query.where(SupplierBarcode.active == active)
    return list(session.scalars(query.order_by(SupplierBarcode.supplier_id, SupplierBarcode.name, SupplierBarcode.id)))


def get_barcode(session: Session, ident: int) -> SupplierBarcode:
    """One of them. Raises NotFound."""
    for one in barcodes(session, active=None):
        if one.id == ident:
            return one
    raise NotFound(what=_("supplier's barcode"), code=ident)


def cut_by_supplier(session: Session, texts: Sequence[str]) -> Delivered | None:
    """The pieces of a supplier's barcode, if one of the taught forms fits one of the texts."""
    for one in barcodes(session):
        for text in texts:
            cut = one.pattern.cut(text)
            item = cut and (one.item or (item_named(session, cut.item) if cut.item else None))
            if cut and (item or not cut.item):
                return Delivered(one.supplier.code, one.supplier.name, cut, item.code if item else None)
    return None


def item_named(session: Session, text: str) -> Item | None:
    """The item with this code or GTIN, in whatever case the label writes it."""
    reading = Reading(code=text)
    query = select(Item).where(or_(Item.code.in_(reading.texts), Item.gtin.in_(spellings_of_gtin(text) or {text})))
    return session.scalars(query.order_by(Item.id)).first()


def lots_delivered(session: Session, delivered: Delivered) -> list[Meaning]:
    """The lots here that came under a supplier's lot number: one by itself, several as one number."""
    if not delivered.cut.lot:
        return []
    query = (
        select(Lot, Item)
        .join(Item, Item.id == Lot.item_id)
        .where(Lot.supplier_lot.in_(Reading(code=delivered.cut.lot).texts))
        .order_by(Lot.id)
        .limit(MOST)
    )
    if delivered.item:
        query = query.where(Item.code == delivered.item)
    found = [(lot, item) for lot, item in session.execute(query)]
    if len(found) == 1:
        lot, item = found[0]
        return [Meaning(Kind.LOT, lot.code, lot.id, item.name, item.code)]
    return [Meaning(Kind.SUPPLIER_LOT, delivered.cut.lot, lot.id, item.name) for lot, item in found[:1]]
