"""Reads about handing over: open problems, notes, and what a shift made and where its time went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.files import StoredFile, get_file
from mes.core.i18n import _, clock, own_name
from mes.core.paging import PAGE, Slice, keyset
from mes.equipment.call_queries import open_calls
from mes.equipment.call_rules import CALL_NAMES
from mes.equipment.models import Machine, Tool, WorkCentre
from mes.equipment.queries import open_downtimes
from mes.equipment.stop_queries import unexplained
from mes.items.models import Item
from mes.orders.models import Job, JobState, OrderState, Report, WorkOrder
from mes.shifts.calendar import Span
from mes.shifts.check_queries import due_sheets
from mes.shifts.check_rules import Standing
from mes.shifts.hand_models import HandOver, ShiftClose, ShiftCloseLine
from mes.shifts.queries import calendar_of, lines_of
from mes.shifts.timeline import Kind, sums, whole_minutes

#: So long after its end a shift may still be closed at the tablet.
CLOSED_WITHIN = timedelta(hours=12)


def open_problems(session: Session, centre: WorkCentre, now: datetime) -> list[str]:
    """What is not in order at a work centre now, one sentence each: calls, stops, holds, checks, interrupted jobs."""
    found = [
        _("Call %(kind)s since %(time)s", kind=_(CALL_NAMES[call.kind]), time=clock(call.placed_at))
        for call in open_calls(session, centre.id)
    ]
    for stop in open_downtimes(session, centre.id):
        why = own_name(stop.reason) if stop.reason else _("No reason yet")
        what = own_name(stop.machine or centre)
        found.append(
            _("%(what)s stands still since %(time)s: %(why)s", what=what, time=clock(stop.started_at), why=why)
        )
    for stop in unexplained(session, centre.id, now):
        if stop.ended_at:
            what = own_name(stop.machine or centre)
            found.append(_("%(what)s stood still at %(time)s, why is not told", what=what, time=clock(stop.started_at)))
    held = select(Machine).where(Machine.work_centre_id == centre.id, Machine.active, Machine.hold_reason.is_not(None))
    machines = [(own_name(one), one.hold_reason or "") for one in session.scalars(held.order_by(Machine.code))]
    for what, why in [*machines, *_held_at(session, centre.id)]:
        found.append(_("%(what)s is on hold: %(why)s", what=what, why=why))
    for due in due_sheets(session, now, centre.id):
        if due.standing is Standing.FAILED:
            found.append(_("%(sheet)s: not in order", sheet=own_name(due.sheet)))
        elif due.standing is Standing.OVERDUE:
            found.append(_("%(sheet)s: overdue", sheet=own_name(due.sheet)))
    return found


def _held_at(session: Session, centre_id: int) -> list[tuple[str, str]]:
    """Orders and mounted moulds on hold with a job here that is not done."""
    query = (
        select(WorkOrder, Tool)
        .select_from(Job)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .outerjoin(Tool, Tool.id == Job.tool_id)
        .where(
            Job.work_centre_id == centre_id,
            Job.state != JobState.DONE,
            or_(WorkOrder.state == OrderState.HELD, Tool.hold_reason.is_not(None)),
            WorkOrder.state.in_((OrderState.RELEASED, OrderState.RUNNING, OrderState.HELD)),
        )
        .order_by(WorkOrder.id)
    )
    found: dict[tuple[str, str], None] = {}
    for order, mounted in session.execute(query):
        tool: Tool | None = mounted
        if order.state is OrderState.HELD:
            found[order.code, order.hold_reason or ""] = None
        if tool is not None and tool.hold_reason:
            found[own_name(tool), tool.hold_reason] = None
    return list(found)


def unread_notes(session: Session, centre_id: int) -> list[HandOver]:
    """Notes that nobody of the next shift has confirmed yet, oldest first."""
    query = select(HandOver).where(HandOver.work_centre_id == centre_id, HandOver.read_at.is_(None))
    return list(session.scalars(query.order_by(HandOver.id)))


def page_of_notes(
    session: Session, *, centre_id: int | None = None, after: str | None = None, size: int = PAGE
) -> Slice[HandOver]:
    """Notes, newest first."""
    query = select(HandOver).options(joinedload(HandOver.work_centre))
    if centre_id is not None:
        query = query.where(HandOver.work_centre_id == centre_id)
    return keyset(session, query, HandOver.at, HandOver.id, after=after, size=size, newest_first=True)


def get_note_photo(session: Session, ident: int) -> StoredFile:
    """The photo of a note, with its content. Raises NotFound."""
    query = select(StoredFile).join(HandOver, HandOver.photo_id == StoredFile.id).where(HandOver.id == ident)
    return get_file(session, query, _("picture"), ident)


class MadeLine(NamedTuple):
    """What was made of one item."""

    item: Item
    good: Decimal
    defective: Decimal
    scrap: Decimal
    rework: Decimal


@dataclass(frozen=True)
class Summary:
    """A shift in figures: what was made, what the time of all machines went to, who told how much."""

    span: Span
    until: datetime
    made: Sequence[MadeLine]
    minutes: dict[Kind, int]
    micro_stops: int
    entries: int
    own_entries: int


def shift_to_close(session: Session, centre_id: int, now: datetime) -> Span | None:
    """The shift that runs, else the one that ended last, if that is not long ago."""
    calendar = calendar_of(session, now)
    return calendar.at(centre_id, now) or calendar.last(centre_id, now, CLOSED_WITHIN)


def summary(session: Session, centre: WorkCentre, span: Span, now: datetime, person_id: int | None) -> Summary:
    """A shift in figures, up to its end or to now. Results that were taken back cancel out."""
    until = min(span.ended, now)
    told = (Job.work_centre_id == centre.id, Report.at >= span.began, Report.at < span.ended, Report.at <= now)
    query = (
        select(Item, func.sum(Report.good), func.sum(Report.defective), func.sum(Report.scrap), func.sum(Report.rework))
        .select_from(Report)
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(*told)
        .group_by(Item.id)
        .order_by(Item.code)
    )
    made = [MadeLine(*row) for row in session.execute(query)]
    count = select(func.count(), func.count().filter(Report.person_id == person_id)).select_from(Report)
    entries, own = session.execute(
        count.join(Job, Job.id == Report.job_id).where(*told, Report.reverses_id.is_(None))
    ).one()
    pieces = [piece for line in lines_of(session, centre, [span], now) for piece in line.pieces]
    times = sums(pieces)
    minutes = dict(zip(times, whole_minutes(list(times.values())), strict=True))
    micro = len({piece.stop_id for piece in pieces if piece.kind is Kind.MICRO})
    return Summary(span, until, made, minutes, micro, entries, own)


def closed(session: Session, centre_id: int, span: Span) -> ShiftClose | None:
    """The confirmation of a shift, if there is one."""
    query = select(ShiftClose).where(
        ShiftClose.work_centre_id == centre_id, ShiftClose.day == span.day, ShiftClose.shift_id == span.shift_id
    )
    return session.scalar(query.limit(1))


def page_of_closes(session: Session, *, after: str | None = None, size: int = PAGE) -> Slice[ShiftClose]:
    """Confirmed ends of shifts, newest first."""
    query = select(ShiftClose).options(joinedload(ShiftClose.work_centre))
    return keyset(session, query, ShiftClose.at, ShiftClose.id, after=after, size=size, newest_first=True)


def get_close(session: Session, ident: int) -> ShiftClose:
    """A confirmed end of a shift with its lines. Raises NotFound."""
    query = select(ShiftClose).options(
        joinedload(ShiftClose.work_centre), selectinload(ShiftClose.lines).joinedload(ShiftCloseLine.item)
    )
    found = session.scalar(query.where(ShiftClose.id == ident))
    if found is None:
        raise NotFound(what=_("shift"), code=str(ident))
    return found
