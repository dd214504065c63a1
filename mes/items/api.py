"""Items and bills of material for programs."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec

from mes.core.access import EVERYONE, OFFICE, PLANNERS, may
from mes.core.api import Api, CodeText, Listing, NameText, Paged, UnitText, listing
from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.pages import actor
from mes.core.work import Reader, Work
from mes.items import queries, service
from mes.items.by_products import by_products_of
from mes.items.models import Consumption, Item, ItemKind, SampleFrom, Tracking
from mes.items.rules import check_above_zero

api = Api("items", __name__)


class ItemOut(msgspec.Struct):
    """One item. ``unit_cost`` is null for operators."""

    code: str
    name: str
    name_en: str | None
    kind: ItemKind
    unit: str
    tracking: Tracking
    spec: str | None
    shelf_life_days: int | None
    sample_days: int | None
    sample_from: SampleFrom | None
    gtin: str | None
    safety_stock: Decimal | None
    unit_cost: Decimal | None
    active: bool


class NewItem(msgspec.Struct, forbid_unknown_fields=True):
    """What a new item needs."""

    code: CodeText
    name: NameText
    kind: ItemKind
    unit: UnitText
    tracking: Tracking = Tracking.LOT
    name_en: NameText | None = None
    spec: NameText | None = None
    shelf_life_days: Annotated[int, msgspec.Meta(ge=1, le=36500)] | None = None
    #: Retained samples are kept for so many days after the use-by date, or after the day it was made.
    sample_days: Annotated[int, msgspec.Meta(ge=1, le=36500)] | None = None
    sample_from: SampleFrom | None = None
    gtin: CodeText | None = None
    safety_stock: Decimal | None = None
    unit_cost: Decimal | None = None


class ItemQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which items: ``search`` is part of a code or name."""

    search: str = ""
    kind: ItemKind | None = None


class BomLineOut(msgspec.Struct):
    """One component."""

    position: int
    component: str
    name: str
    quantity: Decimal
    unit: str
    scrap_percent: Decimal
    operation: int | None
    consumption: Consumption
    phantom: bool
    substitutes: list[str]


class ByProductOut(msgspec.Struct):
    """What also comes out with one piece."""

    item: str
    name: str
    quantity: Decimal
    unit: str
    operation: int | None


class BomOut(msgspec.Struct):
    """The released revision of an item's bill of material."""

    item: str
    revision: int
    valid_from: date | None
    lines: list[BomLineOut]
    by_products: list[ByProductOut]


class TotalOut(msgspec.Struct):
    """How much of one item all levels need together."""

    item: str
    name: str
    quantity: Decimal
    unit: str


class ExplosionOut(msgspec.Struct):
    """All levels of a bill of material, summed by item."""

    item: str
    quantity: Decimal
    totals: list[TotalOut]


class ExplosionQuery(msgspec.Struct, forbid_unknown_fields=True):
    """For how many."""

    quantity: Decimal = Decimal(1)


def item_out(item: Item) -> ItemOut:
    """An item as the API gives it; what one of it costs is told to the office only."""
    told = {name: getattr(item, name) for name in ItemOut.__struct_fields__}
    return ItemOut(**told | ({} if may(actor(), OFFICE) else {"unit_cost": None}))


@api.read("/items", who=EVERYONE, query=ItemQuery, gives=Listing[ItemOut])
def list_items(read: Reader, query: ItemQuery) -> Listing[ItemOut]:
    """Items by code."""
    found = queries.list_items(read, search=query.search, kind=query.kind, after=query.after, size=query.size)
    return listing([item_out(row.item) for row in found.rows], found.next)


@api.read("/items/<path:code>", who=EVERYONE, gives=ItemOut)
def get_item(read: Reader, code: str) -> ItemOut:
    """One item."""
    return item_out(queries.get_item(read, code))


@api.write("/items", who=PLANNERS, takes=NewItem, gives=ItemOut)
def create_item(work: Work, body: NewItem) -> ItemOut:
    """Enter an item."""
    return item_out(service.add_item(work, **msgspec.structs.asdict(body)))


@api.read("/boms/<path:code>", who=EVERYONE, gives=BomOut)
def get_bom(read: Reader, code: str) -> BomOut:
    """The released bill of material of an item."""
    item = queries.get_item(read, code)
    bom = queries.released_bom(read, item.id)
    if bom is None:
        raise NotFound(what=_("released bill of material"), code=item.code)
    lines = [
        BomLineOut(
            position=line.position,
            component=line.component.code,
            name=line.component.name,
            quantity=line.quantity,
            unit=line.component.unit,
            scrap_percent=line.scrap_percent,
            operation=line.operation,
            consumption=line.consumption,
            phantom=line.phantom,
            substitutes=[other.item.code for other in line.substitutes],
        )
        for line in bom.lines
    ]
    also = [
        ByProductOut(
            item=row.item.code, name=row.item.name, quantity=row.quantity, unit=row.item.unit, operation=row.operation
        )
        for row in by_products_of(read, bom.id)
    ]
    return BomOut(item=item.code, revision=bom.revision, valid_from=bom.valid_from, lines=lines, by_products=also)


@api.read("/boms/<path:code>/explosion", who=EVERYONE, query=ExplosionQuery, gives=ExplosionOut)
def explode_bom(read: Reader, query: ExplosionQuery, code: str) -> ExplosionOut:
    """What goes into a quantity of an item, all levels summed by item."""
    check_above_zero("quantity", query.quantity)
    item = queries.get_item(read, code)
    found = queries.explode(read, item.id, query.quantity)
    totals = [
        TotalOut(item=total.item.code, name=total.item.name, quantity=total.quantity, unit=total.item.unit)
        for total in found.totals
    ]
    return ExplosionOut(item=item.code, quantity=query.quantity, totals=totals)
