"""By-products of a bill of material (부산물): what also comes out, kept beside the components and never among them.

A negative component would have to be left out of every sum of needs; a list of its own cannot be forgotten there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound, Refused
from mes.core.i18n import N_, _
from mes.core.types import LARGEST
from mes.core.work import Work
from mes.items.models import Bom, ByProduct, Item, Tracking
from mes.items.rules import QuantityMissing


class OwnByProduct(Refused):
    """A product that would come out beside itself."""

    message = N_("%(code)s cannot be a by-product of itself.")
    hint = N_("Choose what comes out beside it.")


class ByProductNotKept(Refused):
    """A by-product becomes a lot; other items have none."""

    message = N_("%(code)s cannot be a by-product: it is not tracked by lot.")
    hint = N_("Set its tracking to lot on the item's page first.")


@dataclass(frozen=True, kw_only=True)
class ByProductData:
    """``quantity`` of ``item`` comes out with one piece, at ``operation`` or else at the last one."""

    item: Item
    quantity: Decimal
    operation: int | None = None


def check_by_product(product: str, item: Item, quantity: Decimal) -> None:
    """What one by-product must be. Raises QuantityMissing, OwnByProduct, ByProductNotKept."""
    if not 0 < quantity < LARGEST:
        raise QuantityMissing(field="quantity", component=item.code)
    if item.code == product:
        raise OwnByProduct(field="by_product", code=product)
    if item.tracking is not Tracking.LOT:
        raise ByProductNotKept(field="by_product", code=item.code)


def by_products_of(session: Session, bom_id: int) -> list[ByProduct]:
    """What also comes out by this BOM, with the items; one statement."""
    return list(session.scalars(BY_BOM, {"bom_id": bom_id}))


BY_BOM = (
    select(ByProduct)
    .options(joinedload(ByProduct.item, innerjoin=True))
    .where(ByProduct.bom_id == bindparam("bom_id"))
    .order_by(ByProduct.id)
)


def put_by_product(work: Work, bom: Bom, product: Item, data: ByProductData) -> ByProduct:
    """Enter a by-product of a draft, or another quantity of one that is there.

    Raises QuantityMissing, OwnByProduct, ByProductNotKept.
    """
    check_by_product(product.code, data.item, data.quantity)
    row = work.session.scalar(select(ByProduct).where(ByProduct.bom_id == bom.id, ByProduct.item_id == data.item.id))
    if row is None:
        row = ByProduct(bom_id=bom.id, item_id=data.item.id)
        work.session.add(row)
    row.quantity, row.operation = data.quantity, data.operation
    work.session.flush()
    return row


class Otherwise(NamedTuple):
    """A by-product of two revisions side by side; None where a revision does not have it."""

    item: Item
    old: ByProduct | None
    new: ByProduct | None


def compare_by_products(old: Sequence[ByProduct], new: Sequence[ByProduct]) -> list[Otherwise]:
    """Which by-products are new, gone, or come out in another quantity or elsewhere, from one revision to the other."""
    before, after = {row.item_id: row for row in old}, {row.item_id: row for row in new}
    rows = [Otherwise(row.item, before.get(row.item_id), after.get(row.item_id)) for row in (before | after).values()]
    return [one for one in rows if _comes_out(one.old) != _comes_out(one.new)]


def _comes_out(row: ByProduct | None) -> tuple[Decimal, int | None] | None:
    return (row.quantity, row.operation) if row else None


def find_by_product(session: Session, bom_id: int, code: str) -> ByProduct:
    """One by-product of a BOM by its item's code. Raises NotFound."""
    found = next((row for row in by_products_of(session, bom_id) if row.item.code == code), None)
    if found is None:
        raise NotFound(what=_("by-product"), code=code)
    return found


def data_of_by_product(row: ByProduct) -> ByProductData:
    """A recorded by-product as it would be entered."""
    return ByProductData(item=row.item, quantity=row.quantity, operation=row.operation)
