"""Lots and movements for programs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from mes.core.access import EVERYONE, MATERIALS, OFFICE, QUALITY_ONLY
from mes.core.api import Api, CodeText, Listing, NameText, Paged, ShortText, listing
from mes.core.pages import mes, this_plant
from mes.core.plant import calendar_day
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.items.queries import get_item
from mes.lots import queries, service
from mes.lots.models import Lot, LotStatus, Movement, MovementKind
from mes.lots.search import page_of_lots
from mes.lots.shipment_shapes import NewShipment, ShipmentOut, TakeBack
from mes.partners.queries import get_partner

api = Api("lots", __name__)


class LotOut(msgspec.Struct):
    """One lot or serial."""

    code: str
    item: str
    item_name: str
    on_hand: Decimal
    unit: str
    status: LotStatus
    holds: int
    location: str | None
    #: Empty where nobody said when it was made: then ``arrived_on`` says when it came.
    made_on: date | None
    arrived_on: date | None
    expires_on: date | None
    supplier: str | None
    supplier_lot: str | None
    trace_number: str | None


class MovementOut(msgspec.Struct):
    """One line of a lot's ledger; positive came in, negative went out."""

    id: int
    kind: MovementKind
    quantity: Decimal
    at: datetime
    person: str | None
    reason: str | None
    reverses: int | None
    undone: bool


class HoldOut(msgspec.Struct):
    """One hold of a lot."""

    id: int
    reason: str
    source: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None


class NewReceipt(msgspec.Struct, forbid_unknown_fields=True):
    """Material that arrived: one lot for each quantity. ``confirmed`` answers a question (409)."""

    item: CodeText
    quantities: list[Decimal]
    supplier: CodeText | None = None
    supplier_lot: ShortText | None = None
    trace_number: ShortText | None = None
    expires_on: date | None = None
    made_on: date | None = None
    location: CodeText | None = None
    note: NameText | None = None
    confirmed: bool = False


class Split(msgspec.Struct, forbid_unknown_fields=True):
    """How much is taken off a lot."""

    quantity: Decimal


class Merge(msgspec.Struct, forbid_unknown_fields=True):
    """Which lots are poured together."""

    lots: list[CodeText]


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """Where a lot (or a part of it) goes."""

    location: CodeText
    quantity: Decimal | None = None


class Adjust(msgspec.Struct, forbid_unknown_fields=True):
    """What was counted, and why it differs. ``seen``: how much there was when somebody went to count; if that is no
    longer so, it is refused."""

    counted: Decimal
    reason: NameText
    seen: Decimal | None = None


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: NameText


class NewHold(msgspec.Struct, forbid_unknown_fields=True):
    """Why, and which other lots are held for the same reason."""

    reason: NameText
    also: list[CodeText] = []


class LotQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which lots; ``text`` begins a code or a supplier's number, ends a code, or names the item."""

    show: Literal["all", "stock", "held", "inspection", "rejected", "expired"] = "all"
    text: str = ""
    item: str | None = None


def lot_out(lot: Lot) -> LotOut:
    """A lot as the API gives it."""
    return LotOut(
        code=lot.code,
        item=lot.item.code,
        item_name=lot.item.name,
        on_hand=lot.on_hand,
        unit=lot.item.unit,
        status=lot.status,
        holds=lot.holds,
        location=lot.location.code if lot.location else None,
        made_on=None if lot.arrived_on else lot.made_on,
        arrived_on=lot.arrived_on,
        expires_on=lot.expires_on,
        supplier=lot.supplier.code if lot.supplier else None,
        supplier_lot=lot.supplier_lot,
        trace_number=lot.trace_number,
    )


def _fresh(work: Work, code: str) -> LotOut:
    work.session.flush()
    work.session.expire_all()
    return lot_out(queries.get_lot(work.session, code))


def _movement_out(line: queries.LedgerLine) -> MovementOut:
    move: Movement = line.movement
    return MovementOut(
        id=move.id,
        kind=move.kind,
        quantity=move.quantity,
        at=move.at,
        person=line.person,
        reason=move.reason,
        reverses=move.reverses_id,
        undone=line.reversed,
    )


@api.read("/lots", who=EVERYONE, query=LotQuery, gives=Listing[LotOut])
def list_lots(read: Reader, query: LotQuery) -> Listing[LotOut]:
    """Lots, newest first."""
    item_id = get_item(read, query.item).id if query.item else None
    found = page_of_lots(
        read,
        text=query.text,
        item_id=item_id,
        show=query.show,
        after=query.after,
        size=query.size,
        today=calendar_day(this_plant(), mes().clock()),
    )
    return listing([lot_out(lot) for lot in found.rows], found.next)


@api.read("/lots/<code>", who=EVERYONE, gives=LotOut)
def get_lot(read: Reader, code: str) -> LotOut:
    """One lot."""
    return lot_out(queries.get_lot(read, code))


@api.read("/lots/<code>/movements", who=EVERYONE, gives=Listing[MovementOut])
def list_movements(read: Reader, code: str) -> Listing[MovementOut]:
    """The ledger of one lot, oldest first."""
    lines = queries.ledger(read, queries.get_lot(read, code).id)
    return listing([_movement_out(line) for line in lines], None)


@api.read("/lots/<code>/holds", who=EVERYONE, gives=Listing[HoldOut])
def list_holds(read: Reader, code: str) -> Listing[HoldOut]:
    """The holds of one lot, newest first."""
    holds = queries.holds_of(read, queries.get_lot(read, code).id)
    names = HoldOut.__struct_fields__
    return listing([HoldOut(**{name: getattr(hold, name) for name in names}) for hold in holds], None)


@api.write("/receipts", who=MATERIALS, takes=NewReceipt, gives=Listing[LotOut])
def receive(work: Work, body: NewReceipt) -> Listing[LotOut]:
    """Receive material: one lot for each quantity."""
    lots = service.receive_lots(
        work,
        item=get_item(work.session, body.item),
        quantities=body.quantities,
        supplier=get_partner(work.session, body.supplier) if body.supplier else None,
        supplier_lot=body.supplier_lot,
        trace_number=body.trace_number,
        expires_on=body.expires_on,
        made_on=body.made_on,
        location=get_location(work.session, body.location) if body.location else None,
        note=body.note,
        confirmed=body.confirmed,
    )
    return listing([_fresh(work, code) for code in [lot.code for lot in lots]], None)


@api.write("/lots/<code>/split", who=MATERIALS, takes=Split, gives=LotOut)
def split_lot(work: Work, body: Split, code: str) -> LotOut:
    """Take a part off a lot: gives the new lot."""
    return _fresh(work, service.split_lot(work, code, body.quantity).code)


@api.write("/lots/merge", who=MATERIALS, takes=Merge, gives=LotOut)
def merge_lots(work: Work, body: Merge) -> LotOut:
    """Pour lots of one item together: gives the new lot."""
    return _fresh(work, service.merge_lots(work, body.lots).code)


@api.write("/lots/<code>/move", who=MATERIALS, takes=Move, gives=LotOut)
def move_lot(work: Work, body: Move, code: str) -> LotOut:
    """Put a lot somewhere else; a part of it becomes a lot of its own."""
    place = get_location(work.session, body.location)
    return _fresh(work, service.move_lot(work, code, place, body.quantity).code)


@api.write("/lots/<code>/adjust", who=MATERIALS, takes=Adjust, gives=LotOut)
def adjust_lot(work: Work, body: Adjust, code: str) -> LotOut:
    """Set a lot to what was counted."""
    return _fresh(work, service.adjust_lot(work, code, body.counted, body.reason, seen=body.seen).code)


@api.write("/lots/<code>/holds", who=OFFICE, takes=NewHold, gives=LotOut)
def hold_lot(work: Work, body: NewHold, code: str) -> LotOut:
    """Put a lot, and others with it, on hold."""
    service.hold_lot(work, queries.get_lot(work.session, code).id, body.reason, also=body.also)
    return _fresh(work, code)


@api.write("/lots/<code>/holds/<hold>/lift", who=QUALITY_ONLY, takes=Reason, gives=LotOut)
def lift_hold(work: Work, body: Reason, code: str, hold: str) -> LotOut:
    """Lift one hold."""
    service.lift_hold(work, queries.get_hold(work.session, code, hold).id, body.reason)
    return _fresh(work, code)


@api.write("/shipments", who=MATERIALS, takes=NewShipment, gives=ShipmentOut)
def ship(work: Work, body: NewShipment) -> ShipmentOut:
    """Ship lots to a customer, all or nothing."""
    customer = get_partner(work.session, body.customer)
    lines = [(line.lot, line.quantity) for line in body.lines]
    made = service.ship_lots(work, customer=customer, lines=lines, reference=body.reference, note=body.note)
    return ShipmentOut(code=made.code, customer=customer.code, at=made.at, reference=made.reference)


@api.write("/shipments/<code>/undo", who=MATERIALS, takes=TakeBack, gives=ShipmentOut)
def take_back_shipment(work: Work, body: TakeBack, code: str) -> ShipmentOut:
    """Take a shipment, or one lot of it, back by its opposite."""
    service.take_back_shipment(work, code, body.reason, lot=body.lot)
    made = queries.get_shipment(work.session, code)
    return ShipmentOut(code=made.code, customer=made.customer.code, at=made.at, reference=made.reference)
