"""The shapes of a trace for programs. They hold text only and look after no others, so that the collector of garbage
need not walk ten thousand of them (``gc=False``)."""

from typing import Any

import msgspec

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
    at: str
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
    made_on: str | None
    arrived_on: str | None
    expires_on: str | None
    supplier: str | None
    supplier_lot: str | None
    trace_number: str | None
    order: str | None
    receipt: str | None
    made: list[Made]


class TracedEdge(msgspec.Struct, gc=False):
    """How much of the parent went into the child, in the parent's unit, and how exact that is.

    scanned, part (split off), returned (brought back by a customer) and reworked: exact. poured: exact, but from here
    on its share of the child is proportional, at worst all of it. shared: scanned, shared out over several lots by the
    BOM. proposed: back-flush by the BOM. contact: used on after it was used up on paper. recorded: not known.
    """

    parent: str
    child: str
    quantity: str
    exactness: Sure


class TraceOut(msgspec.Struct):
    """Where lots came from and where they went."""

    of: TracedOf
    lots: list[TracedLot]
    edges: list[TracedEdge]
    sources: list[str]
    finished: list[str]
    customers: list[str]
    shipments: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    inspections: list[dict[str, Any]]
    defects: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    conditions: list[dict[str, Any]]
    #: What partners' events tell, before our gate and after it.
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
