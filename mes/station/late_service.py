"""Use cases of entries that come late: written down with what they did, refused and put before a person, given up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mes.core.errors import KeyReused, Refused
from mes.core.i18n import shown
from mes.core.keys import is_used
from mes.core.work import Work
from mes.lots.rules import check_reason
from mes.station.late_models import EntryState, LateEntry
from mes.station.late_queries import find_entry, key_of
from mes.station.late_rules import InTheBooks, NotWaiting


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An entry as it came: by which tablet, what it said, and when it was made."""

    station_id: int
    key: str
    sequence: int
    person_id: int | None
    address: str
    fields: Mapping[str, str]
    photos: int
    made_at: datetime
    at: datetime
    received_at: datetime
    skew: int


def note_recorded(work: Work, arrival: Arrival, *, opened: bool = False) -> LateEntry:
    """Write down, with the act itself, that it came late (``opened``: and that it only opened a page). One that was
    refused before needs nobody any more; one that a leader gave up is not recorded. Raises NotWaiting."""
    known = find_entry(work.session, arrival.station_id, arrival.key)
    entry = work.lock(LateEntry, known.id) if known else _entered(work, arrival)
    if entry.state is EntryState.GIVEN_UP:
        raise NotWaiting
    entry.state = EntryState.OPENED if opened else EntryState.RECORDED
    entry.person_id = arrival.person_id or entry.person_id  # who proved it in the end
    return entry


def note_direct(work: Work, station_id: int, key: str) -> None:
    """Write down, with an act that comes at once, that nobody needs to decide any more on the same entry, which was
    refused when it came late; one that a leader gave up is not recorded. Raises NotWaiting."""
    known = find_entry(work.session, station_id, key)
    if known is None:
        return
    if work.lock(LateEntry, known.id).state is EntryState.GIVEN_UP:
        raise NotWaiting
    known.state = EntryState.RECORDED


def note_repeated(work: Work, station_id: int, key: str) -> None:
    """An entry that turns out to be in the books by another sending of it needs nobody any more."""
    known = find_entry(work.session, station_id, key)
    if known is not None and work.lock(LateEntry, known.id).state is EntryState.REFUSED:
        known.state = EntryState.RECORDED


def note_refused(work: Work, arrival: Arrival, refused: Refused) -> LateEntry | None:
    """Put an entry before a person, with the reason why it was not recorded. None: another sending of it was recorded,
    and this one was refused before that was looked up (with values other than the recorded ones it needs a person)."""
    if not isinstance(refused, KeyReused) and is_used(work.session, key_of(arrival.station_id, arrival.key)):
        note_repeated(work, arrival.station_id, arrival.key)
        return None
    known = find_entry(work.session, arrival.station_id, arrival.key)
    entry = work.lock(LateEntry, known.id) if known else _entered(work, arrival)
    if known is not None and entry.state is not EntryState.REFUSED:
        return entry  # it was settled meanwhile
    values = {name: shown(value) for name, value in refused.values.items()}
    entry.state, entry.refusal, entry.asks = EntryState.REFUSED, refused.code, refused.asks
    entry.refusal_values = json.dumps(values, ensure_ascii=False)
    work.session.flush()
    if known is None:
        work.record("station.entry_refused", entry, after={"address": entry.address, "reason": refused.code})
    return entry


def give_up(work: Work, ident: int, reason: str) -> LateEntry:
    """A leader decides that an entry is not recorded; the tablet then forgets it. One that is in the books by another
    sending of it needs nobody from then on. Raises ReasonNeeded, NotWaiting, InTheBooks."""
    why = check_reason(reason)
    query = select(LateEntry).where(LateEntry.id == ident).with_for_update()
    entry = work.session.scalar(query.execution_options(populate_existing=True))
    if entry is None or entry.state is not EntryState.REFUSED:
        raise NotWaiting
    if is_used(work.session, key_of(entry.station_id, entry.key)):
        entry.state = EntryState.RECORDED
        raise InTheBooks
    with work.change(entry, "station.entry_given_up", reason=why):
        entry.state, entry.settled_at, entry.settled_by, entry.reason = (
            EntryState.GIVEN_UP, work.now, work.actor.name, why,
        )  # fmt: skip
        work.session.flush()
    return entry


def _entered(work: Work, arrival: Arrival) -> LateEntry:
    entry = LateEntry(
        station_id=arrival.station_id,
        key=arrival.key,
        sequence=arrival.sequence,
        person_id=arrival.person_id,
        address=arrival.address[:300],
        fields=json.dumps(dict(arrival.fields), ensure_ascii=False),
        photos=arrival.photos,
        made_at=arrival.made_at,
        at=arrival.at,
        received_at=arrival.received_at,
        skew=arrival.skew,
    )
    work.session.add(entry)
    work.session.flush()
    return entry
