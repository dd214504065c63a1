"""What labels are about, as it is read for printing: lots, orders, boxes and pallets, cards of codes and the rest."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from mes.core.gs1_link import USUAL_HOST
from mes.equipment.models import Location, Machine, Tool
from mes.gauges.models import Gauge
from mes.items.models import CustomerPart
from mes.lots.models import Lot
from mes.lots.unit_queries import Content
from mes.orders.models import Job, Report, WorkOrder
from mes.orders.overview import Paper
from mes.partners.models import Partner
from mes.people.models import Person


@dataclass(frozen=True)
class LotThing:
    """A lot with what its label may tell: its order, when it came in, the report that made it and whose it is, and
    whether its newest inspection passed."""

    lot: Lot
    order: WorkOrder | None
    received_at: datetime | None
    made: Report | None
    maker: Person | None
    passed: bool = False
    link_host: str = USUAL_HOST
    #: Of a retained sample: until when it is kept.
    keep_until: date | None = None


@dataclass(frozen=True)
class OrderThing:
    """A work order as its traveller shows it."""

    paper: Paper
    released_by: str


@dataclass(frozen=True)
class Maker:
    """Who makes the goods, as their labels name him, and what his Digital Links begin with."""

    name: str
    address: str
    phone: str
    link_host: str


@dataclass(frozen=True)
class GoodsThing:
    """A lot as its label for customers, for food or for medical goods shows it.

    ``customer``: for whom it left or was made; ``part``: what he calls it. ``quantity``: what left for him, else what
    is there.
    """

    subject: str
    of: LotThing
    maker: Maker
    quantity: Decimal
    customer: Partner | None = None
    reference: str = ""
    part: CustomerPart | None = None


@dataclass(frozen=True)
class MoveThing:
    """A lot on its way: the job that needs it next."""

    of: LotThing
    job: Job | None


@dataclass(frozen=True, eq=False)
class UnitThing:
    """A box or pallet with what is on it."""

    content: Content
    maker: Maker


@dataclass(frozen=True)
class CardThing:
    """A page of codes to be scanned from a card: what they mean (a word or a thing with a name) and the codes."""

    code: str
    entries: tuple[tuple[object, str], ...]


Thing = (
    LotThing | OrderThing | GoodsThing | MoveThing | UnitThing | CardThing | Location | Machine | Tool | Gauge | Person
)


def code_of(thing: Thing) -> str:
    """Under which code a print of this thing is recorded. Of a person it is the number, never the badge's secret."""
    if isinstance(thing, LotThing):
        return thing.lot.code
    if isinstance(thing, GoodsThing | MoveThing):
        return thing.of.lot.code
    if isinstance(thing, UnitThing):
        return thing.content.unit.code
    return thing.paper.order.code if isinstance(thing, OrderThing) else thing.code


class Earlier(NamedTuple):
    """How often a label was printed, and by whom last."""

    times: int
    who: str
    at: datetime
