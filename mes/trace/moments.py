"""A trace as a line of time: what was done to the lots, orders, inspections and shipments on the way, in the order in
which it was recorded. The clock stands beside it; what was entered late is seen by it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select, union_all
from sqlalchemy.orm import Session

from mes.core.chunks import among
from mes.core.events import Event
from mes.core.paging import Slice, keyset
from mes.inspection.models import Inspection
from mes.lots.models import Hold, Movement
from mes.orders.models import Job, Report
from mes.people.history import Change, changes, deed, thing_name
from mes.quality.models import Defect
from mes.trace.story import Story

SIZE = 100
#: An entry whose time is so much before that of the one recorded before it was made late.
LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Instant:
    """One thing that was done."""

    at: datetime
    verb: str
    words: str
    thing: str
    code: str
    who: str
    station: str | None
    reason: str | None
    changes: list[Change]
    #: Recorded after something that happened later.
    late: bool


def page_of_moments(session: Session, story: Story, after: str | None = None) -> Slice[Instant]:
    """The oldest first, a page at a time; the same few statements however long the trace is."""
    found = keyset(session, select(Event).where(Event.id.in_(_told(session, story))), Event.id, after=after, size=SIZE)
    return Slice(list(_instants(found.rows)), found.next, found.first)


def _instants(events: Collection[Event]) -> Iterator[Instant]:
    newest: datetime | None = None
    for one in events:
        late = newest is not None and one.at < newest - LATE
        newest = one.at if newest is None else max(newest, one.at)
        told = changes(one)[:6]
        yield Instant(
            one.at, one.verb, deed(one), thing_name(one.thing), one.thing_code, one.actor, one.station, one.reason,
            told, late,
        )  # fmt: skip


def _told(session: Session, story: Story) -> Select[Any]:
    """The ids of the events of everything on the way."""
    lots = sorted(story.lots)
    orders = sorted({fact.order_id for fact in story.details.facts.values() if fact.order_id is not None})
    jobs = select(Job.id).where(among(session, Job.order_id, orders))
    of_lots = among(session, Movement.lot_id, lots)
    things: dict[str, Any] = {
        "lots": among(session, Event.thing_id, lots),
        "work_orders": among(session, Event.thing_id, orders),
        "jobs": Event.thing_id.in_(jobs),
        "production_reports": Event.thing_id.in_(select(Report.id).where(Report.job_id.in_(jobs))),
        "inspections": Event.thing_id.in_(
            select(Inspection.id).where(or_(among(session, Inspection.lot_id, lots), Inspection.job_id.in_(jobs)))
        ),
        "defects": Event.thing_id.in_(
            select(Defect.id).where(or_(among(session, Defect.lot_id, lots), Defect.job_id.in_(jobs)))
        ),
        "lot_holds": Event.thing_id.in_(select(Hold.id).where(among(session, Hold.lot_id, lots))),
        "shipments": Event.thing_id.in_(select(Movement.shipment_id).where(of_lots, Movement.shipment_id.is_not(None))),
        "receipts": Event.thing_id.in_(select(Movement.receipt_id).where(of_lots, Movement.receipt_id.is_not(None))),
    }
    found = [select(Event.id.label("id")).where(Event.thing == thing, meant) for thing, meant in things.items()]
    return select(union_all(*found).subquery().c.id)
