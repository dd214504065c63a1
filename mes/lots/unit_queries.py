"""Reads about boxes and pallets."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.gs1 import is_sscc
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.core.types import NOTHING
from mes.items.models import Item
from mes.lots.code_queries import as_written, named
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.queries import WITH_NAMES
from mes.lots.unit_models import HandlingUnit, UnitKind

UNIT_WITH_NAMES = (
    joinedload(HandlingUnit.location),
    joinedload(HandlingUnit.shipment),
    joinedload(HandlingUnit.parent),
)


@dataclass(frozen=True)
class Packed:
    """A lot on a box or pallet, and how much of it is there (or was, when it left)."""

    lot: Lot
    quantity: Decimal


@dataclass(frozen=True)
class Content:
    """A box or pallet with what is on it, boxes with their own content below it."""

    unit: HandlingUnit
    lots: Sequence[Packed]
    boxes: "Sequence[Content]" = ()

    @property
    def all_lots(self) -> list[Packed]:
        """Every lot on it, in boxes too."""
        return [*self.lots, *(packed for box in self.boxes for packed in box.lots)]


def code_of_unit(text: str) -> str:
    """The code that a scanned or typed number of a box means: an SSCC may come with its (00) before it."""
    plain = text.strip().upper().replace(" ", "")
    plain = plain.removeprefix("(00)")
    return plain[2:] if len(plain) == 20 and plain.startswith("00") and is_sscc(plain[2:]) else plain


def find_unit(session: Session, code: str) -> HandlingUnit | None:
    """A box or pallet by code or SSCC, with its place, pallet and shipment."""
    query = select(HandlingUnit).options(*UNIT_WITH_NAMES).where(HandlingUnit.code == code_of_unit(code))
    return session.scalar(query)


def get_unit(session: Session, code: str) -> HandlingUnit:
    """A box or pallet by code or SSCC. Raises NotFound."""
    found = find_unit(session, code)
    if found is None:
        raise NotFound(what=_(N_("box or pallet")), code=code)
    return found


def units_by_code(session: Session, codes: Collection[str]) -> dict[str, HandlingUnit]:
    """Those of the codes that are boxes or pallets, by the code as it was asked."""
    plain = {code: code_of_unit(code) for code in codes}
    query = select(HandlingUnit).where(HandlingUnit.code.in_(set(plain.values())))
    found = {unit.code: unit for unit in session.scalars(query)} if plain else {}
    return {code: found[own] for code, own in plain.items() if own in found}


def content_of(session: Session, unit: HandlingUnit) -> Content:
    """What is on a box or pallet, by three statements."""
    return contents_of(session, [unit])[unit.id]


def contents_of(session: Session, units: Sequence[HandlingUnit]) -> dict[int, Content]:
    """What is on boxes and pallets, by three statements; of what has left, how much left."""
    ids = [unit.id for unit in units]
    boxes = list(session.scalars(select(HandlingUnit).where(HandlingUnit.parent_id.in_(ids)).order_by(HandlingUnit.id)))
    places = [*ids, *(box.id for box in boxes)]
    query = select(Lot).options(*WITH_NAMES).where(Lot.unit_id.in_(places)).order_by(Lot.id)
    lots: dict[int, list[Lot]] = {}
    for lot in session.scalars(query):
        lots.setdefault(lot.unit_id or 0, []).append(lot)
    left = _shipped(session, [lot.id for some in lots.values() for lot in some if not lot.on_hand])

    def packed(ident: int) -> list[Packed]:
        return [Packed(lot, lot.on_hand or left.get(lot.id, Decimal(0))) for lot in lots.get(ident, [])]

    below: dict[int, list[Content]] = {}
    for box in boxes:
        below.setdefault(box.parent_id or 0, []).append(Content(box, packed(box.id)))
    return {unit.id: Content(unit, packed(unit.id), below.get(unit.id, [])) for unit in units}


def _shipped(session: Session, lot_ids: Collection[int]) -> dict[int, Decimal]:
    """How much of packed lots left on their boxes and pallets; what left before, loose or on others, is not theirs."""
    if not lot_ids:
        return {}
    query = select(Movement.lot_id, func.sum(-Movement.quantity)).join(Lot, Lot.id == Movement.lot_id)
    query = query.join(HandlingUnit, HandlingUnit.id == Lot.unit_id)
    query = query.where(Movement.lot_id.in_(lot_ids), Movement.kind == MovementKind.SHIP)
    query = query.where(Movement.shipment_id == HandlingUnit.shipment_id)
    return dict(session.execute(query.group_by(Movement.lot_id)).all())


def lots_on_units(session: Session, idents: Collection[int]) -> list[int]:
    """The ids of the lots on boxes and pallets, in their order."""
    return list(session.scalars(select(Lot.id).where(Lot.unit_id.in_(idents)).order_by(Lot.id)))


def on_units(session: Session, idents: Collection[int]) -> tuple[dict[int, int], list[int]]:
    """The boxes on units, each with the unit below it, and all lots on either, in the order of their ids."""
    pairs = select(HandlingUnit.id, HandlingUnit.parent_id).where(HandlingUnit.parent_id.in_(idents))
    boxes = {box: parent for box, parent in session.execute(pairs.order_by(HandlingUnit.id)) if parent}
    return boxes, lots_on_units(session, [*idents, *boxes])


def units_away(session: Session, idents: Collection[int]) -> set[int]:
    """Those of some boxes and pallets of whose own lots nothing is in the plant."""
    query = select(Lot.unit_id).where(Lot.unit_id.in_(idents), Lot.on_hand == NOTHING)
    return {ident for ident in session.scalars(query) if ident is not None}


class Line(NamedTuple):
    """A box or pallet in a list, with how many lots are on it."""

    unit: HandlingUnit
    lots: int
    boxes: int
    item: Item | None


def page_of_units(
    session: Session, *, text: str = "", show: str = "here", kind: str = "", after: str | None = None
) -> Slice[Line]:
    """Boxes and pallets, newest first. ``show``: here, open, closed, shipped, all."""
    query = select(HandlingUnit).options(*UNIT_WITH_NAMES)
    here = (HandlingUnit.shipment_id.is_(None), HandlingUnit.ended_at.is_(None))
    if show in ("here", "open", "closed"):
        query = query.where(*here)
    if show == "open":
        query = query.where(HandlingUnit.closed_at.is_(None))
    if show == "closed":
        query = query.where(HandlingUnit.closed_at.is_not(None))
    if show == "shipped":
        query = query.where(HandlingUnit.shipment_id.is_not(None))
    if kind in set(UnitKind):
        query = query.where(HandlingUnit.kind == UnitKind(kind))
    if text.strip():
        code = code_of_unit(text)
        on_it = select(Lot.unit_id).where(named([as_written(text)]), Lot.unit_id.is_not(None))
        query = query.where(or_(HandlingUnit.code == code, HandlingUnit.id.in_(on_it)))
    found = keyset(session, query, HandlingUnit.id, after=after, newest_first=True)
    contents = contents_of(session, found.rows) if found.rows else {}
    rows = [_line(contents[unit.id]) for unit in found.rows]
    return Slice(rows, found.next, found.first)


def _line(content: Content) -> Line:
    lots = content.all_lots
    items = {packed.lot.item_id: packed.lot.item for packed in lots}
    item = next(iter(items.values())) if len(items) == 1 else None
    return Line(content.unit, len(lots), len(content.boxes), item)


def units_of_shipment(session: Session, shipment_id: int) -> list[HandlingUnit]:
    """The boxes and pallets that left with a shipment."""
    query = select(HandlingUnit).options(*UNIT_WITH_NAMES).where(HandlingUnit.shipment_id == shipment_id)
    return list(session.scalars(query.order_by(HandlingUnit.id)))
