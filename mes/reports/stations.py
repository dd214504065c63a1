"""The tablets and phones of the floor: who is signed in there, and when they were last heard of."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.equipment.device_models import Contact, Phone
from mes.equipment.device_rules import SILENT, SKEWED
from mes.equipment.models import Station
from mes.people.models import Person, SignIn


class StationNow(NamedTuple):
    """A tablet or phone: who is signed in, and when it was last heard of."""

    station: Station
    who: Person | None
    contact: Contact | None
    is_phone: bool

    def state(self, now: datetime) -> str:
        """ "online", "silent" (heard of before), "never" (paired and not yet heard of) or "none" (no device)."""
        if self.station.device_hash is None:
            return "none"
        if self.contact is None:
            return "never"
        return "silent" if now - self.contact.at > SILENT else "online"

    @property
    def is_skewed(self) -> bool:
        """Whether its clock is wrong enough to be told."""
        return self.contact is not None and abs(self.contact.skew or 0) > SKEWED


def stations_now(session: Session, now: datetime, centres: list[int]) -> list[StationNow]:
    """Tablets and phones of work centres, with who is signed in there and when they were last heard of."""
    newest = (
        select(SignIn.station_id, func.max(SignIn.id).label("last"))
        .where(SignIn.station_id.is_not(None), SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .group_by(SignIn.station_id)
        .subquery()
    )
    query = (
        select(Station, Person, Contact, Phone.person_id)
        .outerjoin(newest, newest.c.station_id == Station.id)
        .outerjoin(SignIn, SignIn.id == newest.c.last)
        .outerjoin(Person, Person.id == SignIn.person_id)
        .outerjoin(Contact, Contact.device_hash == Station.device_hash)
        .outerjoin(Phone, Phone.station_id == Station.id)
        .where(Station.active, Station.work_centre_id.in_(centres))
        .order_by(Phone.person_id.is_not(None), Station.code)
    )
    rows = [
        StationNow(station, who, contact, owner is not None) for station, who, contact, owner in session.execute(query)
    ]
    return [one for one in rows if not one.is_phone or one.station.device_hash]
