"""What is known of lots on the way, as rows. Names are in the reader's language where the plant has given them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from mes.inspection.models import InspectionKind, Verdict
from mes.lots.models import LotStatus, MovementKind
from mes.quality.models import Disposition
from mes.trace.queries import exact
from mes.trace.reads import Rows, day, moment


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
    #: The codes that its label bore before.
    formerly: str | None
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
    """Everything known of the lots on the way; each list in the order of time.

    What there is most of is kept as it was read, for a trace that is only handed on.
    """

    rows: Rows = field(default_factory=Rows)
    inspected: list[Inspected] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    #: Holds that are open now, and those that were lifted.
    held: list[Held] = field(default_factory=list)
    freed: list[Held] = field(default_factory=list)
    measured: dict[int, list[Measured]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)

    @cached_property
    def facts(self) -> dict[int, LotFacts]:
        """The lots as they are now, by id."""
        orders, receipts = self.rows.orders, self.rows.receipts
        return {lot: _fact(row, orders.get(row[-2]), receipts.get(row[-1])) for lot, row in self.rows.facts.items()}

    @cached_property
    def makings(self) -> dict[int, list[Making]]:
        """How the lots came into being, by id of the lot."""
        return {
            lot: [Making(lot, MovementKind(kind), exact(much), moment(at), *by) for kind, much, at, *by in ways]
            for lot, ways in self.rows.makings.items()
        }

    @cached_property
    def done(self) -> list[Done]:
        """The results of the orders on the way."""
        orders = self.rows.orders
        return [_done(orders[order_id], order_id, *row) for *row, order_id in self.rows.results]

    @cached_property
    def shipped(self) -> list[Shipped]:
        """What left for customers."""
        return [shipped(self.rows.facts[line[0]][1], *line) for line in self.rows.shipped]


def shipped(code: str, lot_id: int, much: int, back: int, shipment: Any) -> Shipped:
    """A line of a shipment, as it was read. ``code``: of the lot."""
    _id, number, customer, at, reference = shipment
    return Shipped(lot_id, code, number, customer, moment(at), reference, exact(much), exact(back))


def _fact(row: Any, order: str | None, receipt: str | None) -> LotFacts:
    (
        ident, code, _item, on_hand, status, holds, made, arrived, expires, supplier_lot, trace_number, formerly,
        supplier, place, order_id, _receipt,
    ) = row  # fmt: skip
    return LotFacts(
        ident, code, exact(on_hand), LotStatus(status), holds, day(made) or date.min, day(arrived), day(expires),
        supplier_lot, trace_number, formerly, supplier, place, order_id, order, receipt,
    )  # fmt: skip


def _done(
    order: str, order_id: int, _id: int, _back: None, who: str, machine: str | None, tool: str | None, good: int,
    defective: int, scrap: int, rework: int, at: Any, job: str, operation: str,
) -> Done:  # fmt: skip
    return Done(
        order_id, order, job, operation, moment(at), who, machine, tool, exact(good), exact(defective), exact(scrap),
        exact(rework),
    )  # fmt: skip
