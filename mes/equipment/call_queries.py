"""Reads about calls for help."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from mes.core.paging import Slice, keyset
from mes.equipment.models import Call


def open_calls(session: Session, work_centre_id: int | None = None) -> list[Call]:
    """Calls that are not solved, longest waiting first, with their work centres."""
    query = select(Call).options(joinedload(Call.work_centre)).where(Call.solved_at.is_(None))
    if work_centre_id is not None:
        query = query.where(Call.work_centre_id == work_centre_id)
    return list(session.scalars(query.order_by(Call.placed_at, Call.id)))


def page_of_calls(
    session: Session, *, still_open: bool = False, since: datetime | None = None, after: str | None = None
) -> Slice[Call]:
    """Calls, newest first; those that were placed since a moment."""
    query: Any = select(Call).options(joinedload(Call.work_centre))
    if still_open:
        query = query.where(Call.solved_at.is_(None))
    if since is not None:
        query = query.where(Call.placed_at >= since)
    return keyset(session, query, Call.placed_at, Call.id, after=after, newest_first=True)
