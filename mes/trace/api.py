"""Traces for programs."""

import msgspec

from mes.core.access import EVERYONE, OFFICE
from mes.core.api import Api, Moment
from mes.core.pages import guard
from mes.core.work import Reader
from mes.trace.beginnings import Choice, How, begin_trace
from mes.trace.queries import Direction
from mes.trace.shapes import TraceOut
from mes.trace.story import tell, tell_of
from mes.trace.telling import traced

api = Api("trace", __name__)


class TraceQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which way (both when left out), and which kind of thing is meant where a code means several."""

    direction: Direction | None = None
    only: str | None = None
    #: Also how much of what is in what.
    shares: bool = False


class BeginningQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A beginning: ``codes`` (one in a line), or a rule with its thing and two times; see the recalls."""

    of: str
    how: How = How.CODES
    since: Moment | None = None
    until: Moment | None = None
    only: str | None = None
    item: str | None = None
    direction: Direction | None = None
    shares: bool = False


@api.read("/trace", who=EVERYONE, query=BeginningQuery, gives=TraceOut)
def trace_of(read: Reader, query: BeginningQuery) -> TraceOut:
    """Trace what was made on a machine, with a mould, by a person, of a material; measured, found defective, shipped,
    labelled: everything by which a recall may begin."""
    if query.how is How.PERSON:
        guard(OFFICE)
    choice = Choice(query.how, query.of, query.since, query.until, query.only, query.item)
    return traced(read, tell_of(read, begin_trace(read, choice), query.direction), shares=query.shares)


@api.read("/trace/<path:code>", who=EVERYONE, query=TraceQuery, gives=TraceOut, far=True)
def trace(read: Reader, query: TraceQuery, code: str) -> TraceOut:
    """Trace a lot, serial, supplier's lot number, shipment, receipt, work order, box or pallet."""
    return traced(read, tell(read, code, query.direction, query.only), shares=query.shares)
