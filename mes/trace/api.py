"""Traces for programs."""

from typing import Any

import msgspec

from mes.core.access import EVERYONE
from mes.core.api import Api
from mes.core.work import Reader
from mes.trace.queries import Direction
from mes.trace.telling import trace_as_dict

api = Api("trace", __name__)


class TraceQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which way (both when left out), and which kind of thing is meant where a code means several."""

    direction: Direction | None = None
    only: str | None = None


class TracedOf(msgspec.Struct):
    """What was asked for."""

    kind: str
    code: str
    lots: list[str]


class TracedEdge(msgspec.Struct):
    """How much of the parent went into the child, in the parent's unit."""

    parent: str
    child: str
    quantity: str


class TraceOut(msgspec.Struct):
    """Where lots came from and where they went. ``step`` of a lot: 0 asked for, below 0 before it, above 0 after it."""

    of: TracedOf
    lots: list[dict[str, Any]]
    edges: list[TracedEdge]
    sources: list[str]
    finished: list[str]
    customers: list[str]
    shipments: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    inspections: list[dict[str, Any]]
    defects: list[dict[str, Any]]
    holds: list[dict[str, Any]]


@api.read("/trace/<path:code>", who=EVERYONE, query=TraceQuery, gives=TraceOut)
def trace(read: Reader, query: TraceQuery, code: str) -> TraceOut:
    """Trace a lot, serial, supplier's lot number, shipment, receipt or work order."""
    return msgspec.convert(trace_as_dict(read, code, query.direction, query.only), TraceOut)
