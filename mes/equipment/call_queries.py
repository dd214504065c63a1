"""Reads about calls for help: who waits how long, how far up a call has gone, how fast help came."""

from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.paging import Slice, keyset
from mes.equipment.call_rules import USUAL, Level, Limits, Waiting, level_of, minutes
from mes.equipment.models import Call, CallKind, CallRule


def open_calls(session: Session, work_centre_id: int | None = None) -> list[Call]:
    """Calls that are not solved, longest waiting first, with their work centres."""
    query = select(Call).options(joinedload(Call.work_centre)).where(Call.solved_at.is_(None))
    if work_centre_id is not None:
        query = query.where(Call.work_centre_id == work_centre_id)
    return list(session.scalars(query.order_by(Call.placed_at, Call.id)))


def limits_of(session: Session) -> dict[CallKind, Limits]:
    """The minutes of every kind: the plant's own, else the usual ones."""
    own = {rule.kind: Limits(rule.leader_after, rule.manager_after) for rule in session.scalars(select(CallRule))}
    return {**USUAL, **own}


def waiting_calls(session: Session, now: datetime) -> list[Waiting]:
    """Calls that are not solved, those that went furthest first, then the oldest; two statements."""
    calls = open_calls(session)
    limits = limits_of(session) if calls else USUAL
    found = [Waiting(call, minutes(call.placed_at, now), level_of(call, limits[call.kind], now)) for call in calls]
    return sorted(found, key=lambda one: (-one.level, one.call.placed_at, one.call.id))


def page_of_calls(session: Session, *, kind: CallKind | None = None, after: str | None = None) -> Slice[Call]:
    """Calls, newest first."""
    query = select(Call).options(joinedload(Call.work_centre))
    if kind is not None:
        query = query.where(Call.kind == kind)
    return keyset(session, query, Call.placed_at, Call.id, after=after, newest_first=True)


class Answered(NamedTuple):
    """Calls of a kind in a stretch of time: how many, and half of them were taken and solved within these minutes."""

    kind: CallKind
    number: int
    response: Decimal | None
    solving: Decimal | None
    escalated: int


def how_fast(session: Session, since: datetime, now: datetime) -> list[Answered]:
    """How fast help came, kind by kind, of the calls placed since a moment. A call that nobody took is no answer."""
    columns = (Call.kind, Call.placed_at, Call.taken_at, Call.solved_at)
    rows = session.execute(select(*columns).where(Call.placed_at >= since)).all()
    limits = limits_of(session)
    found = []
    for kind in CallKind:
        mine = [
            Call(kind=row[0], placed_at=row[1], taken_at=row[2], solved_at=row[3]) for row in rows if row[0] is kind
        ]
        if mine:
            taken = [minutes(call.placed_at, first) for call in mine if (first := call.taken_at or call.solved_at)]
            solved = [minutes(call.placed_at, call.solved_at) for call in mine if call.solved_at]
            up = sum(level_of(call, limits[kind], now) > Level.CALLED for call in mine)
            found.append(Answered(kind, len(mine), _middle(taken), _middle(solved), up))
    return found


def _middle(values: list[int]) -> Decimal | None:
    return Decimal(median(values)) if values else None


def causes_before(session: Session, kind: CallKind, most: int = 20) -> list[str]:
    """Causes that calls of a kind had before, newest first, to choose from."""
    query = select(Call.cause).where(Call.kind == kind, Call.cause.is_not(None)).order_by(Call.id.desc()).limit(200)
    return list(dict.fromkeys(str(cause) for cause in session.scalars(query)))[:most]


def get_call(session: Session, call_id: int) -> Call:
    """A call with its work centre. Raises NotFound."""
    found = session.scalar(select(Call).options(joinedload(Call.work_centre)).where(Call.id == call_id))
    if found is None:
        raise NotFound(what=_("call"), code=str(call_id))
    return found
