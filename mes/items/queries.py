"""Reads about items, bills of material and routings. Each tree is one recursive statement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from mes.core.coded import find_coded, get_coded
from mes.core.errors import NotFound
from mes.core.files import StoredFile, get_file
from mes.core.gs1 import is_gtin, spellings_of_gtin
from mes.core.i18n import _
from mes.core.paging import PAGE, Slice, keyset
from mes.items.explosion import Explosion, take_apart
from mes.items.models import (
    Bom,
    BomLine,
    Item,
    ItemKind,
    ItemUnit,
    Operation,
    Revision,
    Routing,
    Substitute,
)


def find_item(session: Session, code: str) -> Item | None:
    """The item with exactly this code."""
    return find_coded(session, Item, code)


def find_named_item(session: Session, text: str) -> Item | None:
    """The item with exactly this code, else the one with this bar code number."""
    exact = find_item(session, text)
    if exact or not is_gtin(text):
        return exact
    return session.scalar(select(Item).where(Item.gtin.in_(spellings_of_gtin(text.zfill(14)))).order_by(Item.id))


def get_named_item(session: Session, text: str) -> Item:
    """The same. Raises NotFound."""
    found = find_named_item(session, text)
    if found is None:
        raise NotFound(what=_("item"), code=text)
    return found


def get_item(session: Session, code: str) -> Item:
    """The item with exactly this code. Raises NotFound."""
    return get_coded(session, Item, code, _("item"))


def find_items(session: Session, codes: Iterable[str]) -> dict[str, Item]:
    """Items by code, in one statement; unknown codes are left out."""
    wanted = set(codes)
    return {item.code: item for item in session.scalars(select(Item).where(Item.code.in_(wanted)))}


class ItemRow(NamedTuple):
    """A line of the item list."""

    item: Item
    has_bom: bool
    has_routing: bool


def list_items(
    session: Session,
    *,
    search: str = "",
    kind: ItemKind | None = None,
    active: bool | None = True,
    after: str | None = None,
    size: int = PAGE,
) -> Slice[ItemRow]:
    """Items by code, found by code, name or spec, a page at a time; says which can be made."""
    has_bom = exists().where(Bom.item_id == Item.id, Bom.state == Revision.RELEASED)
    has_routing = exists().where(Routing.item_id == Item.id, Routing.state == Revision.RELEASED)
    query: Any = select(Item, has_bom, has_routing)
    if search:
        columns = (Item.code, Item.name, Item.name_en, Item.spec, Item.gtin)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if kind:
        query = query.where(Item.kind == kind)
    if active is not None:
        query = query.where(Item.active == active)
    found = keyset(session, query, Item.code, after=after, size=size, whole_rows=True)
    return Slice([ItemRow(*row[:3]) for row in found.rows], found.next, found.first)


def suggest_items(session: Session, search: str = "", most: int = 200) -> list[Item]:
    """Active items for a list of suggestions, by code."""
    query = select(Item).where(Item.active).order_by(Item.code).limit(most)
    if search:
        columns = (Item.code, Item.name, Item.name_en)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return list(session.scalars(query))


def item_meant(session: Session, text: str) -> Item | None:
    """The item a person means: by code or bar code number, else the only one with this code or name in any case."""
    exact = find_named_item(session, text)
    if exact or not text:
        return exact
    columns = (Item.code, Item.name, Item.name_en)
    called = or_(*(column.icontains(text, autoescape=True) & (func.length(column) == len(text)) for column in columns))
    near = list(session.scalars(select(Item).where(Item.active, called).limit(2)))
    return near[0] if len(near) == 1 else None


def get_picture(session: Session, code: str) -> StoredFile:
    """An item's photo with its content. Raises NotFound."""
    query = select(StoredFile).join(Item, Item.picture_id == StoredFile.id).where(Item.code == code)
    return get_file(session, query, _("picture"), code)


def list_units(session: Session, item_id: int) -> list[ItemUnit]:
    """Other units of an item."""
    return list(session.scalars(select(ItemUnit).where(ItemUnit.item_id == item_id).order_by(ItemUnit.unit)))


def _with_lines(query: Select[Bom]) -> Select[Bom]:
    lines = selectinload(Bom.lines)
    return query.options(
        joinedload(Bom.item),
        lines.joinedload(BomLine.component),
        lines.selectinload(BomLine.substitutes).joinedload(Substitute.item),
    )


def released_bom(session: Session, item_id: int) -> Bom | None:
    """The BOM in force of an item, with its lines, components and substitutes."""
    return session.scalar(_with_lines(select(Bom).where(Bom.item_id == item_id, Bom.state == Revision.RELEASED)))


def get_bom(session: Session, item_id: int, revision: int) -> Bom:
    """One revision of an item's BOM, with its lines, components and substitutes. Raises NotFound."""
    found = session.scalar(_with_lines(select(Bom).where(Bom.item_id == item_id, Bom.revision == revision)))
    if found is None:
        raise NotFound(what=_("BOM revision"), code=str(revision))
    return found


def whole_bom(session: Session, bom_id: int) -> Bom:
    """A BOM by its id, read afresh with everything in it."""
    query = _with_lines(select(Bom).where(Bom.id == bom_id)).execution_options(populate_existing=True)
    return session.scalars(query).one()


def list_boms(session: Session, item_id: int) -> list[Bom]:
    """All BOM revisions of an item, newest first, without their lines."""
    return list(session.scalars(select(Bom).where(Bom.item_id == item_id).order_by(Bom.revision.desc())))


def _with_operations(query: Select[Routing]) -> Select[Routing]:
    operations = selectinload(Routing.operations)
    return query.options(
        joinedload(Routing.item),
        operations.joinedload(Operation.work_centre),
        operations.joinedload(Operation.subcontractor),
    )


def released_routing(session: Session, item_id: int) -> Routing | None:
    """The routing in force of an item, with its operations and their work centres."""
    chosen = select(Routing).where(Routing.item_id == item_id, Routing.state == Revision.RELEASED)
    return session.scalar(_with_operations(chosen))


def get_routing(session: Session, item_id: int, revision: int) -> Routing:
    """One revision of an item's routing with its operations. Raises NotFound."""
    chosen = select(Routing).where(Routing.item_id == item_id, Routing.revision == revision)
    found = session.scalar(_with_operations(chosen))
    if found is None:
        raise NotFound(what=_("routing revision"), code=str(revision))
    return found


def whole_routing(session: Session, routing_id: int) -> Routing:
    """A routing by its id, read afresh with everything in it."""
    query = _with_operations(select(Routing).where(Routing.id == routing_id))
    return session.scalars(query.execution_options(populate_existing=True)).one()


def list_routings(session: Session, item_id: int) -> list[Routing]:
    """All routing revisions of an item, newest first, without their operations."""
    chosen = select(Routing).where(Routing.item_id == item_id)
    return list(session.scalars(chosen.order_by(Routing.revision.desc())))


def explode(session: Session, item_id: int, quantity: Decimal, day: date | None = None) -> Explosion:
    """What goes into a quantity of an item: tree and flat totals, by one recursive statement.

    With ``day`` the revisions that were in force on that day; else those in force now. Raises BomLoop.
    """
    lines = lines_below(session, [item_id], day)
    return take_apart(session.get_one(Item, item_id), quantity, lines)


def lines_below(session: Session, item_ids: Sequence[int], day: date | None = None) -> dict[int, list[BomLine]]:
    """BOM lines in force of these items and of everything below them, by product, with their components."""
    below = select(Item.id.label("item_id")).where(Item.id.in_(item_ids)).cte("below", recursive=True)
    step = select(BomLine.component_id).join(Bom, Bom.id == BomLine.bom_id).join(below, below.c.item_id == Bom.item_id)
    below = below.union(_in_force(step, day))
    query = (
        select(BomLine)
        .join(BomLine.bom)
        .join(below, below.c.item_id == Bom.item_id)
        .options(contains_eager(BomLine.bom), joinedload(BomLine.component))
        .order_by(Bom.item_id, BomLine.position)
    )
    found: dict[int, list[BomLine]] = defaultdict(list)
    for line in session.scalars(_in_force(query, day)):
        found[line.bom.item_id].append(line)
    return dict(found)


def _in_force(query: Any, day: date | None) -> Any:
    if day is None:
        return query.where(Bom.state == Revision.RELEASED)
    newer = select(func.max(Bom.revision)).where(Bom.released_at.is_not(None), Bom.valid_from <= day)
    valid = newer.add_columns(Bom.item_id).group_by(Bom.item_id).subquery("valid")
    return query.join(valid, (valid.c.item_id == Bom.item_id) & (valid.c.max == Bom.revision))
