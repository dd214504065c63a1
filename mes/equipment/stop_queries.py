"""Reads about stops: which owe a reason, what else lies in a stretch of time, and pictures of reasons."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.files import StoredFile, get_file
from mes.core.i18n import _
from mes.core.plant import plant
from mes.equipment.models import Downtime, StopReason
from mes.equipment.queries import of_place

#: Reasons are asked for so long; what is older is mended on the page of the day.
ASKED_FOR = timedelta(days=2)


def touches(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Stops that touch a stretch of time. Those still open and those that ended later are each looked up by an index:
    the nearer to now, the fewer. By their beginnings all stops of all years would be read for today."""
    later = select(Downtime.id).where(Downtime.ended_at > since)
    still = select(Downtime.id).where(Downtime.ended_at.is_(None))
    return Downtime.id.in_(union(later, still)) & (Downtime.started_at < until)


def is_micro(stop: Downtime, micro_minutes: int) -> bool:
    """Whether a stop was so short that nobody is asked why: ended, without a reason, shorter than the plant says."""
    if stop.reason_id is not None or stop.ended_at is None:
        return False
    return stop.ended_at - stop.started_at < timedelta(minutes=micro_minutes)


def unexplained(session: Session, work_centre_id: int, now: datetime) -> list[Downtime]:
    """Stops of a work centre that owe a reason, earliest first: open ones, and ended ones that were no micro-stops."""
    shortest = plant(session).micro_stop_minutes
    query = _stops().where(
        Downtime.work_centre_id == work_centre_id, Downtime.reason_id.is_(None), Downtime.started_at > now - ASKED_FOR
    )
    found = session.scalars(query.order_by(Downtime.started_at, Downtime.id))
    return [stop for stop in found if not is_micro(stop, shortest)]


def get_stop(session: Session, downtime_id: int) -> Downtime:
    """A stop with its reason, machine and work centre. Raises NotFound."""
    found = session.scalar(_stops().where(Downtime.id == downtime_id))
    if found is None:
        raise NotFound(what=_("stop"), code=str(downtime_id))
    return found


def stop_between(
    session: Session, work_centre_id: int, machine_id: int | None, since: datetime, until: datetime
) -> Downtime | None:
    """A stop of the same machine (or work centre as a whole) that touches a stretch of time."""
    query = select(Downtime).where(of_place(work_centre_id, machine_id), touches(since, until))
    return session.scalar(query.order_by(Downtime.started_at).limit(1))


def reasons_in_groups(session: Session) -> list[tuple[str | None, list[StopReason]]]:
    """Reasons in use under their groups, as the tablet shows them; those without a group come first."""
    groups: dict[str | None, list[StopReason]] = {}
    for reason in session.scalars(select(StopReason).where(StopReason.active).order_by(StopReason.code)):
        groups.setdefault(reason.group, []).append(reason)
    return sorted(groups.items(), key=lambda pair: pair[0] or "")


def groups_of_reasons(session: Session) -> list[str]:
    """The groups there are."""
    query = select(StopReason.group).where(StopReason.group.is_not(None)).distinct().order_by(StopReason.group)
    return [str(group) for group in session.scalars(query)]


def get_reason_picture(session: Session, code: str) -> StoredFile:
    """The picture of a reason, with its content. Raises NotFound."""
    query = select(StoredFile).join(StopReason, StopReason.picture_id == StoredFile.id).where(StopReason.code == code)
    return get_file(session, query, _("picture"), code)


def _stops() -> Select[Downtime]:
    return select(Downtime).options(
        joinedload(Downtime.reason), joinedload(Downtime.machine), joinedload(Downtime.work_centre)
    )
