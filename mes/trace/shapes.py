"""The shapes of a trace for programs. They hold text only and look after no others, so that the collector of garbage
need not walk ten thousand of them (``gc=False``)."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from mes.inspection.models import InspectionKind, Verdict
from mes.quality.models import Disposition
from mes.trace.exactness import Sure


class TracedOf(msgspec.Struct):
    """What was asked for."""

    kind: str
    code: str
    lots: list[str]


class Made(msgspec.Struct, gc=False):
    """How a lot, or a part of it, came into being."""

    kind: str
    quantity: str
    at: datetime
    who: str | None
    machine: str | None
    tool: str | None


class TracedLot(msgspec.Struct, gc=False):
    """A lot on the way. ``step``: 0 asked for, below 0 before it, above 0 after it. Quantities in ``unit``."""

    step: int
    code: str
    item: str
    item_name: str
    unit: str
    quantity: str
    on_hand: str
    status: str
    holds: int
    place: str | None
    made_on: date | None
    arrived_on: date | None
    expires_on: date | None
    supplier: str | None
    supplier_lot: str | None
    trace_number: str | None
    formerly: str | None
    order: str | None
    receipt: str | None
    made: list[Made]


class TracedEdge(msgspec.Struct, gc=False):
    """How much of the parent went into the child, in the parent's unit, and how exact that is.

    scanned, part (split off), returned (brought back by a customer), recovered (taken out of a machine) and reworked:
    exact. was_in: of the machine in which it was, nothing of which is in it. poured: exact, but from here on its share
    of the child is proportional, at worst all of it. shared: scanned, shared out over several lots by the BOM.
    proposed: back-flush by the BOM. contact: used on after it was used up on paper. recorded: not known.
    """

    parent: str
    child: str
    quantity: str
    exactness: Sure


class TracedShare(msgspec.Struct, gc=False):
    """How much of one thing is in another, in ``unit``.

    ``step`` above 0: so much of ``item``, as which something was asked for, is in ``lot``. ``step`` below 0: so much of
    ``lot`` is in what was asked for. ``about``: by proportion, 0 where nobody knows; ``at_most``: in the worst case.
    ``exactness``: of the least exact step on the way; ``exact``: both figures agree, every step was recorded exactly.
    """

    step: int
    lot: str
    item: str
    unit: str
    about: str
    at_most: str
    exactness: Sure | None
    exact: bool


class TracedShipment(msgspec.Struct, gc=False):
    """A lot, or a part of it, that left for a customer."""

    lot: str
    shipment: str
    customer: str
    at: datetime
    reference: str | None
    quantity: str
    #: How much of it came back since.
    back: str


class TracedReport(msgspec.Struct, gc=False):
    """A result of an order on the way: who made how many, where."""

    order: str
    job: str
    operation: str
    at: datetime
    who: str
    machine: str | None
    tool: str | None
    good: str
    defective: str
    scrap: str
    rework: str


class TracedReading(msgspec.Struct, gc=False):
    """What was read of one characteristic."""

    name: str
    value: Decimal
    choice: str | None
    unit: str | None
    lower: Decimal | None
    upper: Decimal | None
    verdict: Verdict


class TracedInspection(msgspec.Struct):
    """An inspection of a lot on the way, or of a job that worked on it."""

    code: str
    kind: InspectionKind
    verdict: Verdict
    at: datetime
    who: str
    lot: str | None
    order: str | None
    readings: list[TracedReading]


class TracedDefect(msgspec.Struct, gc=False):
    """Defective pieces found on a lot on the way, or while it was made."""

    code: str
    name: str
    quantity: Decimal
    at: datetime
    who: str
    lot: str | None
    order: str | None
    disposition: Disposition


class TracedHold(msgspec.Struct, gc=False):
    """A hold of a lot on the way, open or lifted."""

    lot: str
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None


class TracedCondition(msgspec.Struct, gc=False):
    """What was recorded at a step of the work."""

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


class TracedEvent(msgspec.Struct):
    """What a partner's event tells of goods ``steps`` steps away from our gate, with our lots that it leads to.
    ``event`` is its id; ``wrong``: it was declared to be wrong since."""

    at: datetime
    kind: str
    what: str | None
    state: str | None
    who: str
    things: list[str]
    steps: int
    lots: list[str]
    event: str
    wrong: bool


class TraceOut(msgspec.Struct):
    """Where lots came from and where they went."""

    of: TracedOf
    lots: list[TracedLot]
    edges: list[TracedEdge]
    sources: list[str]
    finished: list[str]
    customers: list[str]
    shipments: list[TracedShipment]
    reports: list[TracedReport]
    inspections: list[TracedInspection]
    defects: list[TracedDefect]
    holds: list[TracedHold]
    conditions: list[TracedCondition]
    #: What partners' events tell, before our gate and after it.
    before: list[TracedEvent]
    after: list[TracedEvent]
    #: How much of what is in what; only where it was asked for.
    shares: list[TracedShare] = []
