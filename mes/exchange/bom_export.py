"""BOMs in force as a list that can be edited and brought back."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from mes.items.models import Bom, BomLine, ByProduct, Item, Revision, Substitute

Row = Sequence[Any]
BOM_FIELDS = (
    "parent", "parent_name", "component", "component_name", "quantity", "unit", "scrap_percent", "operation",
    "consumption", "reference", "phantom", "substitutes", "by_product",
)  # fmt: skip


def boms() -> Select[*tuple[Any, ...]]:
    """Each line behind its id."""
    product = aliased(Item)
    columns = (
        BomLine.id, product.code, product.name, Item.code, Item.name, BomLine.quantity, Item.unit,
        BomLine.scrap_percent, BomLine.operation, BomLine.consumption, BomLine.reference, BomLine.phantom,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Bom, Bom.id == BomLine.bom_id)
        .join(product, product.id == Bom.item_id)
        .join(Item, Item.id == BomLine.component_id)
        .where(Bom.state == Revision.RELEASED)
        .order_by(product.code, BomLine.position)
    )


def with_the_rest(session: Session, rows: Iterable[Row]) -> Iterable[Row]:
    """The components with their substitutes, then what also comes out; each row names its product, so they may be
    sorted together."""
    others: dict[int, list[str]] = {}
    query = select(Substitute.line_id, Item.code).join(Item, Item.id == Substitute.item_id)
    for line_id, code in session.execute(query):
        others.setdefault(line_id, []).append(code)
    yield from ((*row, others.get(line_id, ()), False) for line_id, *row in rows)
    product = aliased(Item)
    columns = (product.code, product.name, Item.code, Item.name, ByProduct.quantity, Item.unit, ByProduct.operation)
    also = (
        select(*columns)
        .join(Bom, Bom.id == ByProduct.bom_id)
        .join(product, product.id == Bom.item_id)
        .join(Item, Item.id == ByProduct.item_id)
        .where(Bom.state == Revision.RELEASED)
        .order_by(product.code, ByProduct.id)
    )
    for *known, operation in session.execute(also):
        yield (*known, None, operation, None, None, None, (), True)
