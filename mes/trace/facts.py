"""What is known of lots on the way, as rows. Names are in the reader's language where the plant has given them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from mes.inspection.models import InspectionKind, Verdict
from mes.lots.models import LotStatus, MovementKind
from mes.quality.models import Disposition


class LotFacts(msgspec.Struct, gc=False):
    """A lot as it is now."""

    id: int
    code: str
    on_hand: Decimal
    status: LotStatus
    holds: int
    made_on: date
    #: The day it came, where nobody said when it was made.
    arrived_on: date | None
    expires_on: date | None
    supplier_lot: str | None
    trace_number: str | None
    supplier: str | None
    place: str | None
    order_id: int | None
    order: str | None
    receipt: str | None


class Making(msgspec.Struct, gc=False):
    """How a lot, or a part of it, came into being: received, produced, split off or merged."""

    lot_id: int
    kind: MovementKind
    quantity: Decimal
    at: datetime
    who: str | None
    machine: str | None
    tool: str | None


class Done(NamedTuple):
    """One report of the orders on the way: who, when, where, how many."""

    order_id: int
    order: str
    job: str
    operation: str
    at: datetime
    who: str
    machine: str | None
    tool: str | None
    good: Decimal
    defective: Decimal
    scrap: Decimal
    rework: Decimal


class Shipped(NamedTuple):
    """A lot, or a part of it, that left for a customer."""

    lot_id: int
    lot: str
    shipment: str
    customer: str
    at: datetime
    reference: str | None
    quantity: Decimal
    #: How much of it came back since.
    back: Decimal = Decimal(0)


class Inspected(NamedTuple):
    """An inspection of a lot on the way, or of a job that worked on it."""

    code: str
    kind: InspectionKind
    verdict: Verdict
    at: datetime
    who: str
    id: int
    lot_id: int | None
    lot: str | None
    order_id: int | None
    order: str | None


class Flaw(NamedTuple):
    """Defective pieces found on a lot on the way, or while it was made."""

    id: int
    code: str
    name: str
    quantity: Decimal
    at: datetime
    who: str
    lot_id: int | None
    lot: str | None
    order_id: int | None
    order: str | None
    disposition: Disposition
    photo_id: int | None


class Held(NamedTuple):
    """A hold of a lot on the way, open or lifted."""

    lot_id: int
    lot: str
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None


class Measured(NamedTuple):
    """What was read of one characteristic in one inspection: one value of one piece."""

    inspection_id: int
    name: str
    value: Decimal
    choice: str | None
    unit: str | None
    lower: Decimal | None
    upper: Decimal | None
    verdict: Verdict


class Condition(NamedTuple):
    """What was recorded at a step of the work on the way: a temperature, a tick, a word."""

    order_id: int
    order: str
    operation: str
    step: str
    number: Decimal | None
    unit: str | None
    lower: Decimal | None
    upper: Decimal | None
    text: str | None
    done: bool
    reason: str | None
    at: datetime
    who: str


@dataclass
class Details:
    """Everything known of the lots on the way; each list in the order of time."""

    facts: dict[int, LotFacts] = field(default_factory=dict)
    makings: dict[int, list[Making]] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    shipped: list[Shipped] = field(default_factory=list)
    inspected: list[Inspected] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    #: Holds that are open now, and those that were lifted.
    held: list[Held] = field(default_factory=list)
    freed: list[Held] = field(default_factory=list)
    measured: dict[int, list[Measured]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
