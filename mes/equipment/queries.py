"""Reads about equipment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.coded import find_coded, get_coded
from mes.core.db import Base
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.equipment.models import Downtime, Location, LocationKind, Machine, Station, StopReason, WorkCentre

T = TypeVar("T", bound=Base)
THING_NAMES = {
    "work_centres": N_("work centre"),
    "machines": N_("machine"),
    "tools": N_("tool"),
    "locations": N_("place"),
    "stations": N_("station"),
    "stop_reasons": N_("stop reason"),
}


def find_station(session: Session, device_hash: str) -> Station | None:
    """The station whose tablet holds this device token."""
    query = select(Station).options(joinedload(Station.work_centre))
    return session.scalar(query.where(Station.device_hash == device_hash, Station.active))


def find_work_centre(session: Session, code: str) -> WorkCentre | None:
    """The work centre with exactly this code."""
    return find_coded(session, WorkCentre, code)


def get_work_centre(session: Session, code: str) -> WorkCentre:
    """The same. Raises NotFound."""
    return get_coded(session, WorkCentre, code, _("work centre"))


def find_location(session: Session, code: str) -> Location | None:
    """The place with exactly this code, or with this tag (what its label says)."""
    found: Location | None = session.scalar(_coded_or_tagged(select(Location), Location, code))
    return found


def get_location(session: Session, code: str) -> Location:
    """The same. Raises NotFound."""
    found = find_location(session, code)
    if found is None:
        raise NotFound(what=_("place"), code=code)
    return found


def find_machine(session: Session, code: str) -> Machine | None:
    """The machine with exactly this code, or with this tag (what its label says); with its work centre."""
    query = select(Machine).options(joinedload(Machine.work_centre))
    found: Machine | None = session.scalar(_coded_or_tagged(query, Machine, code))
    return found


def get_machine(session: Session, code: str) -> Machine:
    """The same. Raises NotFound."""
    found = find_machine(session, code)
    if found is None:
        raise NotFound(what=_("machine"), code=code)
    return found


def get_station(session: Session, code: str) -> Station:
    """The station with exactly this code, with its work centre. Raises NotFound."""
    query = select(Station).options(joinedload(Station.work_centre))
    found = session.scalar(query.where(Station.code == code))
    if found is None:
        raise NotFound(what=_("station"), code=code)
    return found


def get_stop_reason(session: Session, code: str) -> StopReason:
    """The stop reason with exactly this code. Raises NotFound."""
    return get_coded(session, StopReason, code, _("stop reason"))


def get_thing(session: Session, model: type[T], code: str) -> T:
    """A work centre, machine, place, station or stop reason by its code. Raises NotFound."""
    return get_coded(session, model, code, _(THING_NAMES[model.__tablename__]))


def _coded_or_tagged(query: Any, model: Any, code: str) -> Any:
    exact = model.code == code
    return query.where(or_(exact, model.tag == code.upper())).order_by(exact.desc()).limit(1)


def list_coded(session: Session, model: type[T], *, active: bool | None = None) -> list[T]:
    """All work centres, places or stop reasons, by code."""
    query = select(model).order_by(getattr(model, "active").desc(), getattr(model, "code"))
    return list(session.scalars(query if active is None else query.where(getattr(model, "active") == active)))


def list_machines(session: Session, *, work_centre_id: int | None = None, active: bool | None = None) -> list[Machine]:
    """Machines by work centre and code."""
    query = select(Machine).options(joinedload(Machine.work_centre)).join(Machine.work_centre)
    if work_centre_id is not None:
        query = query.where(Machine.work_centre_id == work_centre_id)
    if active is not None:
        query = query.where(Machine.active == active)
    return list(session.scalars(query.order_by(Machine.active.desc(), WorkCentre.code, Machine.code)))


def list_locations(
    session: Session,
    *,
    search: str = "",
    kind: LocationKind | None = None,
    active: bool = True,
    after: str | None = None,
) -> Slice[Location]:
    """Places by code, a page at a time (a store may have thousands)."""
    query: Any = select(Location).where(Location.active == active)
    if search:
        columns = (Location.code, Location.name, Location.name_en, Location.tag)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if kind:
        query = query.where(Location.kind == kind)
    return keyset(session, query, Location.code, after=after)


def list_stations(session: Session) -> list[Station]:
    """Stations by work centre and code."""
    query = select(Station).options(joinedload(Station.work_centre)).join(Station.work_centre)
    return list(session.scalars(query.order_by(Station.active.desc(), WorkCentre.code, Station.code)))


def open_downtime(session: Session, work_centre_id: int, machine_id: int | None) -> Downtime | None:
    """The standstill of a machine (or of the work centre as a whole) that is not yet ended. A machine's is its own,
    wherever it stood when it stopped."""
    query = select(Downtime).options(joinedload(Downtime.reason)).where(Downtime.ended_at.is_(None))
    return session.scalar(query.where(of_place(work_centre_id, machine_id)).order_by(Downtime.id).limit(1))


def of_place(work_centre_id: int, machine_id: int | None) -> ColumnElement[bool]:
    """Stops of a machine, or of a work centre as a whole."""
    if machine_id is not None:
        return Downtime.machine_id == machine_id
    return and_(Downtime.work_centre_id == work_centre_id, Downtime.machine_id.is_(None))


def open_downtimes(session: Session, work_centre_id: int | None = None) -> Sequence[Downtime]:
    """What stands still now, longest first."""
    query = _downtimes().where(Downtime.ended_at.is_(None)).order_by(Downtime.started_at)
    if work_centre_id is not None:
        query = query.where(Downtime.work_centre_id == work_centre_id)
    return list(session.scalars(query))


def list_downtimes(
    session: Session,
    *,
    work_centre_id: int | None = None,
    reason_id: int | None = None,
    still_open: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
    after: str | None = None,
) -> Slice[Downtime]:
    """Standstills, latest first; those that touch the time from ``since`` to ``until``."""
    wanted: list[ColumnElement[bool]] = []
    if work_centre_id is not None:
        wanted.append(Downtime.work_centre_id == work_centre_id)
    if reason_id is not None:
        wanted.append(Downtime.reason_id == reason_id)
    if still_open:
        wanted.append(Downtime.ended_at.is_(None))
    if since is not None:
        wanted.append(or_(Downtime.ended_at.is_(None), Downtime.ended_at > since))
    if until is not None:
        wanted.append(Downtime.started_at < until)
    query = _downtimes().where(and_(True, *wanted))
    return keyset(session, query, Downtime.started_at, Downtime.id, after=after, newest_first=True)


def _downtimes() -> Any:
    return select(Downtime).options(
        joinedload(Downtime.reason), joinedload(Downtime.machine), joinedload(Downtime.work_centre)
    )


def machine_counts(session: Session) -> dict[int, int]:
    """Machines in use per work centre."""
    query = select(Machine.work_centre_id, func.count()).where(Machine.active).group_by(Machine.work_centre_id)
    return dict(session.execute(query).all())
