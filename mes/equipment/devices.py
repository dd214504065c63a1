"""Use cases of devices: a board on the wall is set up and taken away, a person's phone becomes a station, and every
device is heard of again and again."""

import secrets

from mes.core.coded import lock_coded
from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.numbering import running_code
from mes.core.work import Work, check_version
from mes.equipment.device_models import Board, Contact, Phone
from mes.equipment.device_queries import owner_of, phone_of, waiting_board
from mes.equipment.device_rules import (
    CLAIM_WAITS,
    BoardGone,
    NotYourPhone,
    ScreenClaimed,
    claim_of,
    is_news,
    typed_claim,
)
from mes.equipment.models import Station, WorkCentre
from mes.equipment.service import pair_station, unpair_station
from mes.people.models import Person
from mes.people.service import token_hash


def add_board(work: Work, *, name: str, claim: str, work_centre_id: int | None = None) -> Board:
    """Let the screen that shows the code ``claim`` be a board, of a line or of the whole plant.

    It fetches its token within 15 minutes, or the code has to be entered again. Raises NoSuchScreen, ScreenClaimed.
    """
    code = typed_claim(claim)
    other = waiting_board(work.session, code, work.now)
    if other is not None:
        raise ScreenClaimed(field="claim", code=code, name=other.name)
    board = Board(name=name, work_centre_id=work_centre_id, claim=code, claim_until=work.now + CLAIM_WAITS)
    _free_old_claim(work, code)
    return work.add(board, "equipment.add_board", code=name)


def _free_old_claim(work: Work, code: str) -> None:
    for old in work.session.query(Board).filter(Board.claim == code).with_for_update():
        old.claim = old.claim_until = None
    work.session.flush()


def change_board(work: Work, ident: int, *, name: str, work_centre_id: int | None, version: int | None = None) -> Board:
    """Give a board another name, or let it show another line. Raises BoardGone, StaleEdit."""
    board = _lock_board(work, ident)
    check_version(work, board, version)
    with work.change(board, "equipment.change_board"):
        board.name, board.work_centre_id = name, work_centre_id
        work.session.flush()
    return board


def revoke_board(work: Work, ident: int) -> Board:
    """Let a screen show nothing any more; it is told so when it asks next. Raises BoardGone."""
    board = _lock_board(work, ident)
    _forget(work, board.device_hash)
    with work.change(board, "equipment.revoke_board"):
        board.active, board.device_hash, board.claim, board.claim_until = False, None, None, None
        work.session.flush()
    return board


def _lock_board(work: Work, ident: int) -> Board:
    if work.session.get(Board, ident) is None:
        raise NotFound(what=_("board"), code=str(ident))
    board = work.lock(Board, ident)
    if not board.active:
        raise BoardGone(name=board.name)
    return board


def claim_board(work: Work, token: str) -> Board | None:
    """Give a screen its board, if somebody has entered the code that it shows."""
    code = claim_of(token)
    found = waiting_board(work.session, code, work.now)
    if found is None:
        return None
    board = work.lock(Board, found.id)
    if not board.active or board.claim != code:  # taken away, or fetched, while we waited
        return None
    board.device_hash, board.paired_at, board.claim, board.claim_until = token_hash(token), work.now, None, None
    work.session.flush()
    work.record("equipment.pair_board", board, code=board.name)
    return board


def use_own_phone(work: Work, work_centre_id: int) -> tuple[Station, str]:
    """Make the phone in somebody's hand a station of its own, at a work centre. Gives the station and its token.

    A person has one such station: the phone used before is not it any more.
    """
    centre = work.session.get(WorkCentre, work_centre_id)
    if centre is None or not centre.active:
        raise NotFound(what=_("work centre"), code=str(work_centre_id))
    person = work.lock(Person, work.actor.person_id or 0)  # two phones of one person at once: the second waits
    own = next(iter(phone_of(work.session, person.id)), None)
    if own is None:
        own = Station(
            code=running_code(work.session, "PH"),
            name=_("Phone of %(name)s", name=person.name)[:200],
            work_centre_id=centre.id,
        )
        work.add(own, "equipment.add_phone")
        work.session.add(Phone(station_id=own.id, person_id=person.id))
    else:
        own = work.lock(Station, own.id)
        _forget(work, own.device_hash)
        with work.change(own, "equipment.change_station"):
            own.work_centre_id, own.active = centre.id, True
            work.session.flush()
    return own, pair_station(work, own.code)


def revoke_station(work: Work, code: str) -> Station:
    """Let a tablet or phone be no station any more: its next request is refused."""
    station = lock_coded(work, Station, code, _("station"))
    _forget(work, station.device_hash)
    return unpair_station(work, code)


def check_owner(work: Work, station: Station, person: Person) -> None:
    """On a person's own phone nobody else signs in. Raises NotYourPhone."""
    owner = owner_of(work.session, station.id)
    if owner is not None and owner.id != person.id:
        raise NotYourPhone(name=owner.name)


def heard(
    work: Work, device_hash: str, *, app: str | None = None, skew: int | None = None, waiting: int | None = None
) -> bool:
    """Note that a device was heard of: when, with which version, how far its clock is off, what waits on it.

    What a device does not say stays as it was. Nothing is written while there is no news; gives whether it was.
    """
    known = work.session.get(Contact, device_hash)
    said = {"app": app, "skew": skew, "waiting": waiting}
    if not is_news(known, work.now, said):
        return False
    if known is None:
        work.session.add(Contact(device_hash=device_hash, at=work.now, **said))
    else:
        known = work.session.get_one(Contact, device_hash, with_for_update=True)
        known.at = max(known.at, work.now)
        for name, value in said.items():
            if value is not None:
                setattr(known, name, value)
    work.session.flush()
    return True


def _forget(work: Work, device_hash: str | None) -> None:
    found = work.session.get(Contact, device_hash) if device_hash else None
    if found is not None:
        work.session.delete(found)
        work.session.flush()


def new_token() -> str:
    """A secret for a device that has none yet."""
    return secrets.token_urlsafe(32)
