"""Reads about devices: boards, phones, and who was heard of when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.equipment.device_models import Board, Contact, Phone
from mes.equipment.device_rules import SILENT, SKEWED
from mes.equipment.models import Station, WorkCentre
from mes.people.models import Person


def find_board(session: Session, device_hash: str) -> Board | None:
    """The board whose screen holds this token."""
    query = select(Board).options(joinedload(Board.work_centre))
    return session.scalar(query.where(Board.device_hash == device_hash, Board.active))


def get_board(session: Session, ident: int) -> Board:
    """A board of the list. Raises NotFound."""
    found = session.scalar(select(Board).options(joinedload(Board.work_centre)).where(Board.id == ident, Board.active))
    if found is None:
        raise NotFound(what=_("board"), code=str(ident))
    return found


def waiting_board(session: Session, claim: str, now: datetime) -> Board | None:
    """The board that waits for the screen showing this code."""
    return session.scalar(select(Board).where(Board.claim == claim, Board.claim_until > now, Board.active))


def list_boards(session: Session) -> list[Board]:
    """Boards in use, by name."""
    query = select(Board).options(joinedload(Board.work_centre)).where(Board.active)
    return list(session.scalars(query.order_by(Board.name, Board.id)))


def owner_of(session: Session, station_id: int) -> Person | None:
    """Whose own phone a station is; nobody's when it is a tablet."""
    query = select(Person).join(Phone, Phone.person_id == Person.id).where(Phone.station_id == station_id)
    return session.scalar(query)


def phone_of(session: Session, person_id: int) -> list[Station]:
    """The stations that are a person's own phones."""
    query = select(Station).join(Phone, Phone.station_id == Station.id).where(Phone.person_id == person_id)
    return list(session.scalars(query.order_by(Station.id)))


def phone_ids(session: Session) -> set[int]:
    """The stations that are people's own phones."""
    return set(session.scalars(select(Phone.station_id)))


CONTACT = select(Contact).where(Contact.device_hash == bindparam("device_hash"))


def contact_of(session: Session, device_hash: str) -> Contact | None:
    """When a device was last heard of."""
    return session.scalar(CONTACT, {"device_hash": device_hash})


def contacts_of(session: Session, hashes: Iterable[str]) -> dict[str, Contact]:
    """When devices were last heard of."""
    wanted = list(hashes)
    found = session.scalars(select(Contact).where(Contact.device_hash.in_(wanted))) if wanted else ()
    return {contact.device_hash: contact for contact in found}


@dataclass(frozen=True)
class Device:
    """A line of the list of devices: a tablet, somebody's phone, or a board on the wall."""

    kind: str
    name: str
    code: str
    ident: int
    place: WorkCentre | None
    owner: Person | None
    paired_at: datetime | None
    contact: Contact | None
    claimed: bool = False

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing was heard of it for a while."""
        return self.contact is None or now - self.contact.at > SILENT

    @property
    def is_skewed(self) -> bool:
        """Whether its clock is wrong enough to be told."""
        return self.contact is not None and abs(self.contact.skew or 0) > SKEWED


def list_devices(session: Session) -> list[Device]:
    """All devices that may work here: tablets, then phones, then boards; three statements."""
    query = (
        select(Station, Person)
        .options(joinedload(Station.work_centre))
        .join(Station.work_centre)
        .outerjoin(Phone, Phone.station_id == Station.id)
        .outerjoin(Person, Person.id == Phone.person_id)
        .where(Station.device_hash.is_not(None))
        .order_by(Phone.station_id.is_not(None), WorkCentre.code, Station.code)
    )
    stations: list[tuple[Station, Person | None]] = [(station, owner) for station, owner in session.execute(query)]
    boards = list_boards(session)
    hashes = [station.device_hash for station, _owner in stations] + [board.device_hash for board in boards]
    heard = contacts_of(session, [one for one in hashes if one])
    return [
        *(
            Device("tablet" if owner is None else "phone", station.name, station.code, station.id,
                   station.work_centre, owner, station.paired_at, heard.get(station.device_hash or ""))
            for station, owner in stations
        ),
        *(
            Device("board", board.name, "", board.id, board.work_centre, None, board.paired_at,
                   heard.get(board.device_hash or ""), claimed=board.device_hash is None)
            for board in boards
        ),
    ]  # fmt: skip
