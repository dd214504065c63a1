"""Events made from what the plant recorded: one builder for each kind of deed in the event log.

A builder reads what the deed left (lots, ledger lines, edges) and gives the events that tell it outside, without id.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.events import Event
from mes.core.types import plain
from mes.epcis.naming import Naming
from mes.epcis.vocabulary import unit_code
from mes.items.models import Tracking
from mes.lots.code_queries import codes_now
from mes.lots.models import Lot, Movement

#: An event as JSON says it.
Made = dict[str, Any]


@dataclass
class Goods:
    """Things of one event: pieces by name, and quantities by the name of their lot, with the unit of trade."""

    pieces: list[str] = field(default_factory=list)
    amounts: dict[tuple[str, str | None], Decimal] = field(default_factory=dict)

    def put(self, names: Naming, lot: Lot, quantity: Decimal) -> None:
        """Add a lot with a quantity, or a piece; what is called the same is one."""
        uri = names.lot(lot, lot.item)
        if lot.item.tracking is Tracking.SERIAL:
            if uri not in self.pieces:
                self.pieces.append(uri)
            return
        key = (uri, unit_code(lot.item.unit))
        self.amounts[key] = self.amounts.get(key, Decimal(0)) + quantity

    def as_fields(self, pieces: str, amounts: str) -> Made:
        """The two lists of an event, each only where something is in it."""
        said: Made = {}
        if self.pieces:
            said[pieces] = sorted(self.pieces)
        if self.amounts:
            said[amounts] = [_amount(uri, unit, self.amounts[uri, unit]) for uri, unit in sorted(self.amounts, key=str)]
        return said

    def __bool__(self) -> bool:
        return bool(self.pieces or self.amounts)


def _amount(uri: str, unit: str | None, quantity: Decimal) -> Made:
    """A quantity of a lot. Nothing drawn (a container that was used on) is the lot without a quantity."""
    said: Made = {"epcClass": uri}
    if quantity:
        said["quantity"] = plain(quantity)
        if unit:
            said["uom"] = unit
    return said


@dataclass
class Told:
    """What builders work with: the database, the names, and the entry of the event log that is told."""

    session: Session
    names: Naming
    entry: Event

    def event(self, kind: str, **fields: Any) -> Made:
        """The frame of an event: what kind, and when it happened here."""
        return {"type": kind, **when(self.entry.at, self.names.zone), **{n: v for n, v in fields.items() if v}}

    def lots(self, ids: Iterable[int]) -> dict[int, Lot]:
        """Lots by id, with their items."""
        query = select(Lot).options(joinedload(Lot.item), joinedload(Lot.location)).where(Lot.id.in_(set(ids)))
        return {lot.id: lot for lot in self.session.scalars(query)}

    def lots_by_code(self, codes: Sequence[str]) -> list[Lot]:
        """Lots by the codes that they had then, in the order of the codes."""
        now = codes_now(self.session, codes)
        query = select(Lot).options(joinedload(Lot.item), joinedload(Lot.location))
        found = {lot.code: lot for lot in self.session.scalars(query.where(Lot.code.in_(set(now.values()))))}
        return [found[now[code]] for code in now if now[code] in found]

    def then(self, lots: Sequence[Lot]) -> Goods:
        """Lots with what was in them when it happened."""
        query = (
            select(Movement.lot_id, func.sum(Movement.quantity))
            .where(Movement.lot_id.in_({lot.id for lot in lots}), Movement.at <= self.entry.at)
            .group_by(Movement.lot_id)
        )
        there = dict(self.session.execute(query).all())
        goods = Goods()
        for lot in lots:
            goods.put(self.names, lot, there.get(lot.id) or Decimal(0))
        return goods

    def where(self, lot: Lot | None) -> Made:
        """The plant's gate as the place where it was read, and the place where the goods stand."""
        said: Made = {"readPoint": {"id": self.names.gate}}
        if lot is not None and lot.location is not None:
            said["bizLocation"] = {"id": self.names.place(lot.location.code)}
        return said


def when(moment: datetime, zone: str) -> Made:
    """A moment as events tell it: in UTC to the millisecond, and how far the clock on the wall was from that."""
    utc = moment.astimezone(UTC)
    offset = moment.astimezone(ZoneInfo(zone)).strftime("%z")
    return {"eventTime": as_time(utc), "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:5]}"}


def as_time(moment: datetime) -> str:
    """A moment in UTC to the millisecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


Builder = Callable[[Told], list[Made]]
#: By verb of the event log.
BUILDERS: dict[str, Builder] = {}


def tells(*verbs: str) -> Callable[[Builder], Builder]:
    """Declare a builder for these deeds."""

    def wrap(builder: Builder) -> Builder:
        BUILDERS.update(dict.fromkeys(verbs, builder))
        return builder

    return wrap
