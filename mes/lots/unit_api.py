"""Boxes and pallets for programs."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from mes.core.access import EVERYONE, MATERIALS
from mes.core.api import Api, CodeText, Listing, NameText, Paged, listing
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import service, unit_queries
from mes.lots.unit_models import HandlingUnit, UnitKind
from mes.lots.unit_queries import Content

api = Api("units", __name__)


class PackedOut(msgspec.Struct):
    """A lot on a box or pallet, and how much of it is there (or left with it)."""

    lot: str
    item: str
    quantity: Decimal
    unit: str


class UnitOut(msgspec.Struct):
    """A box or pallet; ``lots`` are those directly on it."""

    code: str
    kind: UnitKind
    parent: str | None
    location: str | None
    made_at: datetime
    closed_at: datetime | None
    ended_at: datetime | None
    shipment: str | None
    note: str | None
    lots: list[PackedOut]
    boxes: list[str]


class NewUnit(msgspec.Struct, forbid_unknown_fields=True):
    """A box or pallet and what is put on it."""

    kind: UnitKind
    lots: list[CodeText] = []
    boxes: list[CodeText] = []
    location: CodeText | None = None
    note: NameText | None = None


class Contents(msgspec.Struct, forbid_unknown_fields=True):
    """Lots and boxes that are put on, or taken off."""

    lots: list[CodeText] = []
    boxes: list[CodeText] = []


class MoveUnit(msgspec.Struct, forbid_unknown_fields=True):
    """Where it goes."""

    location: CodeText


class NoContent(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing more is to be said."""


class UnitQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which boxes and pallets; ``text`` is a number, or a lot on it."""

    show: Literal["here", "open", "closed", "shipped", "all"] = "here"
    kind: Literal["", "box", "pallet"] = ""
    text: str = ""


def _out(content: Content) -> UnitOut:
    unit = content.unit
    lots = [PackedOut(one.lot.code, one.lot.item.code, one.quantity, one.lot.item.unit) for one in content.lots]
    return UnitOut(
        code=unit.code,
        kind=unit.kind,
        parent=unit.parent.code if unit.parent else None,
        location=unit.location.code if unit.location else None,
        made_at=unit.made_at,
        closed_at=unit.closed_at,
        ended_at=unit.ended_at,
        shipment=unit.shipment.code if unit.shipment else None,
        note=unit.note,
        lots=lots,
        boxes=[box.unit.code for box in content.boxes],
    )


def _fresh(work: Work, unit: HandlingUnit) -> UnitOut:
    code = unit.code
    work.session.flush()
    work.session.expire_all()
    return _out(unit_queries.content_of(work.session, unit_queries.get_unit(work.session, code)))


@api.read("/units", who=EVERYONE, query=UnitQuery, gives=Listing[UnitOut])
def list_units(read: Reader, query: UnitQuery) -> Listing[UnitOut]:
    """Boxes and pallets, newest first."""
    found = unit_queries.page_of_units(read, text=query.text, show=query.show, kind=query.kind, after=query.after)
    contents = unit_queries.contents_of(read, [line.unit for line in found.rows]) if found.rows else {}
    return listing([_out(contents[line.unit.id]) for line in found.rows], found.next)


@api.read("/units/<code>", who=EVERYONE, gives=UnitOut)
def get_unit(read: Reader, code: str) -> UnitOut:
    """One box or pallet, by its code or SSCC."""
    return _out(unit_queries.content_of(read, unit_queries.get_unit(read, code)))


@api.write("/units", who=MATERIALS, takes=NewUnit, gives=UnitOut)
def make_unit(work: Work, body: NewUnit) -> UnitOut:
    """A new box or pallet with a number of its own."""
    place = get_location(work.session, body.location) if body.location else None
    made = service.make_unit(work, body.kind, lots=body.lots, boxes=body.boxes, location=place, note=body.note)
    return _fresh(work, made)


@api.write("/units/<code>/pack", who=MATERIALS, takes=Contents, gives=UnitOut)
def pack(work: Work, body: Contents, code: str) -> UnitOut:
    """Put whole lots, and boxes, on it."""
    unit = service.pack(work, code, body.lots) if body.lots or not body.boxes else None
    return _fresh(work, service.put_on(work, code, body.boxes) if body.boxes or unit is None else unit)


@api.write("/units/<code>/unpack", who=MATERIALS, takes=Contents, gives=UnitOut)
def unpack(work: Work, body: Contents, code: str) -> UnitOut:
    """Take lots and boxes off it; they stay where it stands."""
    if body.lots or not body.boxes:
        service.unpack(work, code, body.lots)
    if body.boxes:
        service.take_off(work, code, body.boxes)
    return _fresh(work, unit_queries.get_unit(work.session, code))


@api.write("/units/<code>/move", who=MATERIALS, takes=MoveUnit, gives=UnitOut)
def move_unit(work: Work, body: MoveUnit, code: str) -> UnitOut:
    """Put it somewhere else, with all that is on it."""
    return _fresh(work, service.move_unit(work, code, get_location(work.session, body.location)))


@api.write("/units/<code>/close", who=MATERIALS, takes=NoContent, gives=UnitOut)
def close_unit(work: Work, body: NoContent, code: str) -> UnitOut:
    """It is full: nothing is put on or taken off until it is opened."""
    return _fresh(work, service.close_unit(work, code))


@api.write("/units/<code>/open", who=MATERIALS, takes=NoContent, gives=UnitOut)
def open_unit(work: Work, body: NoContent, code: str) -> UnitOut:
    """Open it again, and the pallet it stands on with it."""
    return _fresh(work, service.open_unit(work, code))


@api.write("/units/<code>/take-apart", who=MATERIALS, takes=NoContent, gives=UnitOut)
def take_apart(work: Work, body: NoContent, code: str) -> UnitOut:
    """Everything comes off; the number is not used again."""
    return _fresh(work, service.take_apart(work, code))
