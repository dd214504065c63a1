"""Where an item is used: the products of whose bills of material it is a part, up to the finished ones."""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from mes.items.explosion import DEEPEST, MOST_BRANCHES
from mes.items.models import Bom, BomLine, Item, Revision, Substitute


class Use(NamedTuple):
    """An item used in another: the line, the product, and the uses of that product."""

    line: BomLine
    product: Item
    used_in: list["Use"]


class Uses(NamedTuple):
    """Where an item is used; ``cut``: what is further up was too much to be shown whole."""

    uses: list[Use]
    cut: bool


def where_used(session: Session, item_id: int) -> Uses:
    """In which released BOMs an item is used, directly and further up, by one recursive statement.

    All direct uses are told; the ways further up are as many as the tree of an explosion shows.
    """
    above = select(Item.id.label("item_id")).where(Item.id == item_id).cte("above", recursive=True)
    step = (
        select(Bom.item_id).join(BomLine, BomLine.bom_id == Bom.id).join(above, above.c.item_id == BomLine.component_id)
    )
    above = above.union(step.where(Bom.state == Revision.RELEASED))
    query = (
        select(BomLine)
        .join(BomLine.bom)
        .join(above, above.c.item_id == BomLine.component_id)
        .where(Bom.state == Revision.RELEASED)
        .options(contains_eager(BomLine.bom).joinedload(Bom.item), joinedload(BomLine.component))
        .order_by(Bom.item_id, BomLine.position)
    )
    uses: dict[int, list[BomLine]] = defaultdict(list)
    for line in session.scalars(query):
        uses[line.component_id].append(line)
    left = [MOST_BRANCHES]
    return Uses(_uses_of(item_id, uses, frozenset(), left), cut=left[0] < 0)


def _uses_of(item_id: int, uses: dict[int, list[BomLine]], seen: frozenset[int], left: list[int]) -> list[Use]:
    if item_id in seen:
        return []
    lines = uses.get(item_id, [])
    left[0] -= len(lines) if seen else 0
    if lines and (left[0] < 0 or len(seen) == DEEPEST):
        left[0] = -1
        return []
    return [Use(line, line.bom.item, _uses_of(line.bom.item_id, uses, seen | {item_id}, left)) for line in lines]


def count_products(session: Session, item_id: int) -> int:
    """In how many products' released BOMs an item is used directly."""
    query = select(func.count(Bom.item_id.distinct())).join(BomLine, BomLine.bom_id == Bom.id)
    found = session.scalar(query.where(BomLine.component_id == item_id, Bom.state == Revision.RELEASED))
    return found or 0


def substituted_in(session: Session, item_id: int) -> list[BomLine]:
    """Lines of released BOMs in which an item may be used instead of the component."""
    query = (
        select(BomLine)
        .join(BomLine.bom)
        .join(Substitute, Substitute.line_id == BomLine.id)
        .where(Substitute.item_id == item_id, Bom.state == Revision.RELEASED)
        .options(contains_eager(BomLine.bom).joinedload(Bom.item), joinedload(BomLine.component))
    )
    return list(session.scalars(query.order_by(BomLine.id)))
