"""Reads about requests and messages, and what a leader sees of one work centre."""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, String, bindparam, cast, literal, select, union_all
from sqlalchemy.orm import Session, joinedload

from mes.core.paging import Slice, keyset
from mes.equipment.models import Station, WorkCentre
from mes.leader.models import Ask, Message
from mes.lots.models import Lot, Movement
from mes.orders.models import Job, Report, WorkOrder
from mes.people.models import Person

#: Read messages that a leader still sees, with who read them and when.
RECENT = timedelta(hours=12)


class AskRow(NamedTuple):
    """A request with what it is about."""

    ask: Ask
    report: Report | None
    taken: Movement | None


def _asks() -> Select[Ask, Report, Movement]:
    return (
        select(Ask, Report, Movement)
        .options(
            joinedload(Ask.station).joinedload(Station.work_centre),
            joinedload(Ask.job).joinedload(Job.order).joinedload(WorkOrder.item),
            joinedload(Ask.lot).joinedload(Lot.item),
        )
        .outerjoin(Report, Report.id == Ask.report_id)
        .outerjoin(Movement, Movement.id == Ask.movement_id)
    )


def open_asks(session: Session) -> list[AskRow]:
    """Requests that nobody has answered, longest waiting first."""
    query = _asks().where(Ask.answered_at.is_(None)).order_by(Ask.asked_at, Ask.id)
    return [AskRow(*row) for row in session.execute(query)]


def asks_of_station(session: Session, station_id: int) -> list[AskRow]:
    """What a station asked and has not seen the answer of, newest first."""
    query = _asks().where(Ask.station_id == station_id, Ask.seen_at.is_(None)).order_by(Ask.id.desc())
    return [AskRow(*row) for row in session.execute(query)]


def page_of_asks(session: Session, after: str | None = None) -> Slice[Ask]:
    """Answered and open requests, newest first."""
    query = select(Ask).options(
        joinedload(Ask.station).joinedload(Station.work_centre),
        joinedload(Ask.job).joinedload(Job.order).joinedload(WorkOrder.item),
        joinedload(Ask.lot).joinedload(Lot.item),
    )
    return keyset(session, query, Ask.asked_at, Ask.id, after=after, newest_first=True)


def unread(session: Session, station_id: int) -> list[Message]:
    """Messages that nobody at the station has read, oldest first."""
    query = select(Message).where(Message.station_id == station_id, Message.read_at.is_(None))
    return list(session.scalars(query.order_by(Message.id)))


def recent_messages(session: Session, now: datetime, work_centre_id: int | None = None) -> list[Message]:
    """Messages of the last hours, newest first, with their stations: who has read them, and when."""
    query = (
        select(Message)
        .join(Station, Station.id == Message.station_id)
        .options(joinedload(Message.station).joinedload(Station.work_centre))
        .where(Message.sent_at > now - RECENT)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(30)
    )
    if work_centre_id is not None:
        query = query.where(Station.work_centre_id == work_centre_id)
    return list(session.scalars(query))


def stations_to_tell(session: Session) -> list[Station]:
    """Stations with a device, by work centre."""
    query = select(Station).options(joinedload(Station.work_centre)).join(Station.work_centre)
    query = query.where(Station.active, Station.device_hash.is_not(None))
    return list(session.scalars(query.order_by(WorkCentre.code, Station.code)))


def meant_for(session: Session, jobs: list[Job]) -> dict[int, Person]:
    """For whom jobs were put aside, by the job's id."""
    ids = {job.meant_for_id for job in jobs if job.meant_for_id}
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    return {job.id: people[job.meant_for_id] for job in jobs if job.meant_for_id in people}


class News(NamedTuple):
    """What a station is shown: unread messages, open requests, answers that nobody has seen. ``mark`` tells whether
    it is the same as before; empty when there is nothing.
    """

    messages: list[Message]
    asks: list[AskRow]
    mark: str


#: Asked by every tablet again and again, so it is put together once and reads nothing but numbers.
NEWS = union_all(
    select(literal("message"), Message.id, literal(""))
    .where(Message.station_id == bindparam("station"), Message.read_at.is_(None)),
    select(literal("request"), Ask.id, cast(Ask.state, String))
    .where(Ask.station_id == bindparam("station"), Ask.seen_at.is_(None)),
)  # fmt: skip
NO_NEWS = News([], [], "")


def news_mark(session: Session, station_id: int) -> str:
    """A short mark of what there is to tell at a station; one small statement."""
    found = sorted(tuple(row) for row in session.execute(NEWS, {"station": station_id}))
    return hashlib.sha256(repr(found).encode()).hexdigest()[:12] if found else ""


def news_of(session: Session, station_id: int) -> News:
    """What there is to tell at a station."""
    mark = news_mark(session, station_id)
    return News(unread(session, station_id), asks_of_station(session, station_id), mark) if mark else NO_NEWS
