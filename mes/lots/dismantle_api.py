"""Machines that are taken apart, for programs."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.access import EVERYONE, MATERIALS
from mes.core.api import Api, CodeText, Listing, NameText, listing
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import dismantle_queries, queries, service
from mes.lots.dismantle_models import Dismantling, PartOutcome
from mes.lots.dismantle_rules import TakenOut

api = Api("dismantlings", __name__)


class InsideOut(msgspec.Struct):
    """A lot of which so much is in a machine."""

    lot: str
    item: str
    quantity: Decimal
    unit: str


class TakenPart(msgspec.Struct, forbid_unknown_fields=True):
    """So much of a lot that is in the machine comes out."""

    lot: CodeText
    quantity: Decimal
    outcome: PartOutcome = PartOutcome.STOCK
    note: NameText | None = None


class TakeMachineApart(msgspec.Struct, forbid_unknown_fields=True):
    """Which parts come out; of all others is said that they could not be recovered."""

    parts: list[TakenPart]
    reason: NameText
    location: CodeText | None = None


class UndoDismantling(msgspec.Struct, forbid_unknown_fields=True):
    """Why it was a mistake."""

    reason: NameText


class PartOut(msgspec.Struct):
    """So much of ``source`` came out as ``lot``; none for what could not be recovered."""

    source: str
    lot: str | None
    item: str
    quantity: Decimal
    outcome: PartOutcome
    note: str | None


class DismantlingOut(msgspec.Struct):
    """One machine that was taken apart."""

    code: str
    lot: str
    at: datetime
    person: str
    reason: str
    undone_at: datetime | None
    parts: list[PartOut]


def _out(read: Reader, one: Dismantling) -> DismantlingOut:
    parts = [
        PartOut(
            part.source.code, part.lot.code if part.lot else None, part.source.item.code, part.quantity, part.outcome,
            part.note,
        )
        for part in dismantle_queries.parts_of(read, one.id)
    ]  # fmt: skip
    return DismantlingOut(one.code, one.lot.code, one.at, one.person, one.reason, one.undone_at, parts)


def _fresh(work: Work, code: str) -> DismantlingOut:
    work.session.flush()
    work.session.expire_all()
    return _out(work.session, dismantle_queries.get_dismantling(work.session, code))


@api.read("/lots/<code>/inside", who=EVERYONE, gives=Listing[InsideOut])
def list_inside(read: Reader, code: str) -> Listing[InsideOut]:
    """What is in a piece with a serial number."""
    found = dismantle_queries.inside_of(read, queries.get_lot(read, code))
    rows = [InsideOut(one.lot.code, one.lot.item.code, one.quantity, one.lot.item.unit) for one in found]
    return listing(rows, None)


@api.write("/lots/<code>/dismantle", who=MATERIALS, takes=TakeMachineApart, gives=DismantlingOut)
def dismantle(work: Work, body: TakeMachineApart, code: str) -> DismantlingOut:
    """Take a piece with a serial number apart."""
    place = get_location(work.session, body.location) if body.location else None
    parts = [TakenOut(one.lot, one.quantity, one.outcome, one.note) for one in body.parts]
    return _fresh(work, service.dismantle(work, code, parts, reason=body.reason, location=place).code)


@api.read("/dismantlings/<code>", who=EVERYONE, gives=DismantlingOut)
def get_dismantling(read: Reader, code: str) -> DismantlingOut:
    """One machine that was taken apart, with what became of its parts."""
    return _out(read, dismantle_queries.get_dismantling(read, code))


@api.write("/dismantlings/<code>/undo", who=MATERIALS, takes=UndoDismantling, gives=DismantlingOut)
def undo_dismantling(work: Work, body: UndoDismantling, code: str) -> DismantlingOut:
    """It was a mistake: the machine is whole again."""
    service.undo_dismantling(work, code, body.reason)
    return _fresh(work, code)
