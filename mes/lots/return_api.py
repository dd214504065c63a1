"""Customer returns for programs."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.access import EVERYONE, MATERIALS
from mes.core.api import Api, CodeText, Listing, NameText, Paged, ShortText, listing
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import return_queries, service
from mes.lots.return_models import CustomerReturn, ReturnCondition
from mes.lots.return_rules import Goods

api = Api("returns", __name__)


class ReturnedGoods(msgspec.Struct, forbid_unknown_fields=True):
    """A lot, piece, box or pallet that came back; no quantity means all that is still away. ``shipment`` only where it
    had left with several."""

    lot: CodeText
    quantity: Decimal | None = None
    shipment: CodeText | None = None
    condition: ReturnCondition = ReturnCondition.UNKNOWN


class NewReturn(msgspec.Struct, forbid_unknown_fields=True):
    """What came back from a customer together, and why."""

    lines: list[ReturnedGoods]
    reason: NameText
    reference: ShortText | None = None
    location: CodeText | None = None
    note: NameText | None = None


class UndoReturn(msgspec.Struct, forbid_unknown_fields=True):
    """Why, and which lot; no lot means the whole return."""

    reason: NameText
    lot: CodeText | None = None


class ReturnLineOut(msgspec.Struct):
    """So much of ``lot`` came back as ``back`` (of a piece with a serial number the same)."""

    lot: str
    back: str
    shipment: str
    quantity: Decimal
    unit: str
    condition: ReturnCondition
    undone_at: datetime | None


class ReturnOut(msgspec.Struct):
    """One return."""

    code: str
    customer: str
    at: datetime
    person: str
    reason: str
    reference: str | None
    lines: list[ReturnLineOut]


def _out(read: Reader, one: CustomerReturn) -> ReturnOut:
    lines = [
        ReturnLineOut(
            line.lot.code, line.back.code, shipment, line.quantity, line.lot.item.unit, line.condition, line.undone_at
        )
        for line, _header, shipment in return_queries.lines_of(read, one.id)
    ]
    return ReturnOut(one.code, one.customer.code, one.at, one.person, one.reason, one.reference, lines)


def _fresh(work: Work, code: str) -> ReturnOut:
    work.session.flush()
    work.session.expire_all()
    return _out(work.session, return_queries.get_return(work.session, code))


@api.read("/returns", who=EVERYONE, query=Paged, gives=Listing[ReturnOut])
def list_returns(read: Reader, query: Paged) -> Listing[ReturnOut]:
    """What customers brought back, newest first."""
    found = return_queries.page_of_returns(read, query.after, query.size)
    return listing([_out(read, one) for one in found.rows], found.next)


@api.read("/returns/<code>", who=EVERYONE, gives=ReturnOut)
def get_return(read: Reader, code: str) -> ReturnOut:
    """One return with what came back."""
    return _out(read, return_queries.get_return(read, code))


@api.write("/returns", who=MATERIALS, takes=NewReturn, gives=ReturnOut)
def take_returns(work: Work, body: NewReturn) -> ReturnOut:
    """Goods come back from a customer: stock again, on hold."""
    made = service.take_returns(
        work,
        [Goods(one.lot, one.quantity, one.shipment, one.condition) for one in body.lines],
        reason=body.reason,
        reference=body.reference,
        location=get_location(work.session, body.location) if body.location else None,
        note=body.note,
    )
    return _fresh(work, made.code)


@api.write("/returns/<code>/undo", who=MATERIALS, takes=UndoReturn, gives=ReturnOut)
def undo_return(work: Work, body: UndoReturn, code: str) -> ReturnOut:
    """Undo a return, or one lot of it, by its opposite."""
    service.undo_return(work, code, body.reason, lot=body.lot)
    return _fresh(work, code)
