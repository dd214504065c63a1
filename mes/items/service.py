"""Use cases of items: enter, change, units, pictures. BOMs and routings have files of their own beside this one."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from mes.core.coded import add_coded, change_coded, is_referred_to, lock_coded
from mes.core.drawings import clean_drawing
from mes.core.errors import NotFound
from mes.core.files import clean_photo, store_file
from mes.core.i18n import _
from mes.core.work import Work
from mes.items.boms import BomLineData, make_bom, release_bom
from mes.items.counting import check_not_negative
from mes.items.models import ByProduct, Item, ItemKind, ItemUnit, Tracking
from mes.items.routings import OperationData, make_routing, release_routing
from mes.items.rules import SameUnit, UnitInUse, check_above_zero, check_gtin, check_unit

__all__ = [
    "BomLineData",
    "OperationData",
    "add_item",
    "add_unit",
    "change_item",
    "make_bom",
    "make_routing",
    "release_bom",
    "release_routing",
    "remove_unit",
    "set_drawing",
    "set_picture",
]
#: Tables of this room: an item that only they know has no recorded quantities yet.
OWN_TABLES = (
    "item_units",
    "boms",
    "bom_lines",
    "bom_by_products",
    "bom_substitutes",
    "routings",
    "inspection_standards",
    "customer_parts",
)


def add_item(
    work: Work,
    *,
    code: str,
    name: str,
    kind: ItemKind,
    unit: str,
    tracking: Tracking = Tracking.LOT,
    **columns: Any,
) -> Item:
    """Enter an item. Raises AlreadyExists, SimilarCode, UnitMissing, BadGtin, BelowOne, NegativeQuantity."""
    item = Item(code=code, name=name, kind=kind, tracking=tracking, **_checked({"unit": unit, **columns}))
    return add_coded(work, item, "items.add")


def change_item(work: Work, code: str, version: int | None = None, **columns: Any) -> Item:
    """Change an item; its code stays. Unit and tracking stay too once anything was recorded in them.

    What comes out beside a product keeps its tracking too: it becomes a lot. Raises StaleEdit naming who saved in
    between, UnitInUse, SameUnit, BadGtin, BelowOne, NegativeQuantity.
    """
    item = lock_coded(work, Item, code, _("item"))
    columns = _checked(columns)
    moved = {name for name in ("unit", "tracking") if name in columns and columns[name] != getattr(item, name)}
    if moved and is_referred_to(work.session, item, apart_from=tables_apart(moved)):
        raise UnitInUse(field="unit", code=item.code)
    if "unit" in moved and columns["unit"] in _other_units(work, item):
        raise SameUnit(field="unit", unit=columns["unit"], code=item.code)
    return change_coded(work, item, "items.change", version, columns)


def tables_apart(moved: Collection[str]) -> tuple[str, ...]:
    """The tables that do not keep an item's unit or tracking (``moved``) as it is."""
    return tuple(name for name in OWN_TABLES if name != ByProduct.__tablename__ or "tracking" not in moved)


def _other_units(work: Work, item: Item) -> list[str]:
    return list(work.session.scalars(select(ItemUnit.unit).where(ItemUnit.item_id == item.id)))


def _checked(columns: dict[str, Any]) -> dict[str, Any]:
    if "unit" in columns:
        columns["unit"] = check_unit(columns["unit"])
    if "gtin" in columns:
        columns["gtin"] = check_gtin(columns["gtin"])
    for name in ("shelf_life_days", "box_quantity", "unit_cost", "sample_days"):
        check_above_zero(name, columns.get(name))
    check_not_negative("safety_stock", columns.get("safety_stock"))
    return columns


def set_picture(work: Work, code: str, name: str, raw: bytes) -> Item:
    """Give an item its photo: upright, small, without the camera's notes. Raises NotAPicture, PictureTooLarge."""
    photo = store_file(work, name, "image/jpeg", clean_photo(name, raw))
    item = lock_coded(work, Item, code, _("item"))
    return change_coded(work, item, "items.picture", None, {"picture_id": photo.id})


def set_drawing(work: Work, code: str, name: str, raw: bytes) -> Item:
    """Give an item its drawing (도면): PDF, PNG, JPEG or plain SVG by its content. The one before stays with its event.

    Raises NotADrawing, DrawingTooLarge, DrawingActs.
    """
    kind, content = clean_drawing(name, raw)
    drawing = store_file(work, name or "-", kind, content)
    item = lock_coded(work, Item, code, _("item"))
    return change_coded(work, item, "items.drawing", None, {"drawing_id": drawing.id})


def add_unit(work: Work, code: str, unit: str, factor: Decimal) -> ItemUnit:
    """Another unit of an item: 1 ``unit`` is ``factor`` of its own. Raises SameUnit, UnitMissing, BelowOne."""
    unit = check_unit(unit)
    check_above_zero("factor", factor)
    item = lock_coded(work, Item, code, _("item"))
    if unit in (item.unit, *_other_units(work, item)):
        raise SameUnit(field="unit", unit=unit, code=item.code)
    return work.add(ItemUnit(item_id=item.id, unit=unit, factor=factor), "items.add_unit", code=item.code)


def remove_unit(work: Work, code: str, unit: str) -> None:
    """Forget another unit of an item. Raises NotFound."""
    item = lock_coded(work, Item, code, _("item"))
    found = work.session.scalar(select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.unit == unit))
    if found is None:
        raise NotFound(what=_("unit"), code=unit)
    work.record("items.remove_unit", item, before={"unit": found.unit, "factor": found.factor})
    work.session.delete(found)
    work.session.flush()
