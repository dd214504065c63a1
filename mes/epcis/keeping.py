"""Keeping events: each once, with what can be asked for."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from mes.core.work import Work
from mes.epcis.documents import write_json
from mes.epcis.models import EpcisEvent, EpcisThing
from mes.epcis.reading import Read


class Kept(NamedTuple):
    """An event to be kept: made from an entry of the log (``origin``), or come in a document (``capture_id``)."""

    event: dict[str, Any]
    read: Read
    origin: int | None = None
    capture_id: int | None = None
    context: Sequence[object] = ()


_READ = (
    "declared", "content", "type", "event_time", "action", "biz_step", "disposition", "read_point", "biz_location",
    "transformation",
)  # fmt: skip


def is_known(work: Work, read: Read) -> bool:
    """Whether an event is kept already."""
    query = select(EpcisEvent.id).where(EpcisEvent.event_id == read.id, EpcisEvent.declared == read.declared)
    return work.session.scalar(query) is not None


def keep_all(work: Work, events: Sequence[Kept]) -> None:
    """Keep events that are not known yet, by two statements."""
    rows = [_row(work, one) for one in events]
    work.session.add_all(rows)
    work.session.flush()
    things = [
        {"event_id": row.id, "role": role, "uri": uri}
        for row, one in zip(rows, events, strict=True)
        for role, uri in sorted(one.read.things)
    ]
    if things:
        work.session.execute(insert(EpcisThing), things)


def _row(work: Work, one: Kept) -> EpcisEvent:
    """An event of ours carries its id in itself; one of another's stays as it came."""
    body = {**one.event, "eventID": one.read.id} if one.origin else one.event
    return EpcisEvent(
        event_id=one.read.id,
        **{name: getattr(one.read, name) for name in _READ},
        record_time=work.now,
        origin=one.origin,
        capture_id=one.capture_id,
        body=write_json(body),
        context=write_json(list(one.context)) if one.context else None,
    )
