"""Reads of entries that came late."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.people.models import Person
from mes.station.late_models import EntryState, LateEntry


class Waiting(NamedTuple):
    """An entry with the name of who made it."""

    entry: LateEntry
    person: Person | None


def find_entry(session: Session, station_id: int, key: str) -> LateEntry | None:
    """What is known of an entry of this station's tablet."""
    return session.scalar(select(LateEntry).where(LateEntry.station_id == station_id, LateEntry.key == key))


def key_of(station_id: int, key: str) -> str:
    """Under what the one-time key of a station's entry stands in the books."""
    return f"station {station_id}:{key}"


def last_entry(session: Session, station_id: int) -> LateEntry | None:
    """The entry that came late from this station last."""
    query = select(LateEntry).where(LateEntry.station_id == station_id).order_by(LateEntry.id.desc())
    return session.scalar(query.limit(1))


def refused_keys(session: Session, station_id: int) -> list[str]:
    """The entries of a station that wait for a person."""
    query = select(LateEntry.key).where(LateEntry.station_id == station_id, LateEntry.state == EntryState.REFUSED)
    return list(session.scalars(query.order_by(LateEntry.id)))


def refused_here(session: Session, station_id: int) -> list[Waiting]:
    """The same with who made them, in the order in which they were made."""
    query = (
        select(LateEntry, Person)
        .outerjoin(Person, Person.id == LateEntry.person_id)
        .where(LateEntry.station_id == station_id, LateEntry.state == EntryState.REFUSED)
        .order_by(LateEntry.sequence, LateEntry.id)
    )
    return [Waiting(entry, person) for entry, person in session.execute(query)]


def page_of_entries(session: Session, *, state: EntryState | None, after: str | None) -> Slice[LateEntry]:
    """Entries that came late, newest first."""
    query = select(LateEntry).options(joinedload(LateEntry.station))
    if state is not None:
        query = query.where(LateEntry.state == state)
    return keyset(session, query, LateEntry.id, after=after, newest_first=True)


def get_entry(session: Session, ident: int) -> Waiting:
    """One of them. Raises NotFound."""
    query = select(LateEntry, Person).outerjoin(Person, Person.id == LateEntry.person_id)
    row = session.execute(query.options(joinedload(LateEntry.station)).where(LateEntry.id == ident)).one_or_none()
    if row is None:
        raise NotFound(what=_(N_("entry")), code=str(ident))
    return Waiting(*row)


def names_of(session: Session, entries: list[LateEntry]) -> dict[int, Person]:
    """Who made them."""
    wanted = {entry.person_id for entry in entries if entry.person_id}
    found = session.scalars(select(Person).where(Person.id.in_(wanted))) if wanted else ()
    return {person.id: person for person in found}


def find_person(session: Session, ident: int) -> Person | None:
    """Somebody who still works here."""
    return session.scalar(select(Person).where(Person.id == ident, Person.active))
