"""Signing in and out: by password at a desk, by PIN or badge at a station; wrong tries are counted and slowed down.

Every way in is here, and so is every way out: a sign-in ends with sign-out, disabling, other roles, another password
or PIN, a new badge, a second factor that is turned on, off or demanded, and by itself after a shift.
"""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from mes.core.access import Role
from mes.core.errors import SignInFirst
from mes.core.plant import DEFAULT, Plant
from mes.core.work import Work
from mes.people import queries
from mes.people.guessing import check_sources, count_wrong, forget_old
from mes.people.hashing import matches, matches_nobody, token_hash
from mes.people.models import Person, SecondFactor, SignIn, UnknownLogin
from mes.people.rules import (
    DESK_HOURS,
    HALF_WAY,
    STATION_HOURS,
    WrongSignIn,
    back_off,
    check_not_blocked,
    read_demanded,
)

#: How long wrong tries with a login that nobody has are remembered.
UNKNOWN_KEPT = timedelta(days=7)


def sign_in_with_password(
    work: Work, login: str, password: str, *, address: str | None = None, device: str | None = None
) -> str | None:
    """Sign in at a desk. Gives the token for the browser, None when it does not match (the try is counted).

    With a second factor, or where the plant demands one, the token opens nothing until that is done (``waits_for``).
    ``address``: from where in the network. Raises SignInBlocked during the back-off, AddressBlocked. An unknown login
    is answered, slowed down and blocked like a known one.
    """
    person = prove_password(work, login, password, address=address)
    if person is None:
        return None
    waits = _still_needed(work, person)
    if waits != "code":  # else a known password would make the tries at the codes free
        forgive(person)
    return _open(work, person, DESK_HOURS, None, device=device, waits=waits)


def prove_password(work: Work, login: str, password: str, *, address: str | None = None) -> Person | None:
    """Who has this login and password; nobody when it does not match (the try is counted). Raises SignInBlocked,
    AddressBlocked."""
    check_sources(work, None, address)
    person = queries.find_by_login(work.session, login)
    if person is None or person.password_hash is None:
        _try_unknown_login(work, login, password)
        person = None
    else:
        person = _proved(work, person, "password_hash", password)
    if person is None:
        count_wrong(work, None, address)
    return person


def sign_in_with_pin(
    work: Work, person_code: str, pin: str, station_id: int, *, address: str | None = None
) -> str | None:
    """Sign in at a station by name tile and PIN; as for the desk, and counted by the tablet too. Raises
    SignInBlocked, TabletBlocked, AddressBlocked."""
    check_sources(work, station_id, address)
    person = queries.get_person(work.session, person_code)
    if not person.active or person.pin_hash is None:
        matches_nobody(pin)
        count_wrong(work, station_id, address)
        return None
    proved = _proved(work, person, "pin_hash", pin)
    if proved is None:
        count_wrong(work, station_id, address)
        return None
    forgive(proved)
    return _open(work, proved, STATION_HOURS, station_id)


def sign_in_with_badge(work: Work, badge: str, station_id: int) -> str:
    """Sign in at a station by scanning a badge. Raises WrongSignIn."""
    found = queries.find_by_badge(work.session, badge)
    person = found and work.lock(Person, found.id)
    if person is None or not person.active or person.badge != badge.upper():  # another one was given meanwhile
        raise WrongSignIn
    return _open(work, person, STATION_HOURS, station_id)


def _proved(work: Work, found: Person, secret: str, given: str) -> Person | None:
    """What is kept is read once nobody can change it any more: who waited here while another one was set is held
    against that one."""
    person = work.lock(Person, found.id)
    check_not_blocked(person, work.now)
    kept: str | None = getattr(person, secret)
    if kept is not None and matches(kept, given) and person.active:
        return person
    count_wrong_try(work, person)
    return None


def _still_needed(work: Work, person: Person) -> str | None:
    """What the password alone does not open: the code of a second factor, or the enrolment that the plant demands."""
    factor = work.session.get(SecondFactor, person.id)
    if factor is not None and factor.confirmed_at is not None:
        return "code"
    return "enrol" if person.role_set & demanded_now(work) else None


def demanded_now(work: Work) -> frozenset[Role]:
    """Of which roles the plant demands a second factor, until the act ends: who changes that waits for it, and then
    sees what it left."""
    kept = select(Plant.second_factor).where(Plant.id == 1).with_for_update(read=True, key_share=True)
    said = work.session.scalar(kept)
    return read_demanded(DEFAULT.second_factor if said is None else said)


def waits_for(work: Work, token: str) -> str | None:
    """What a sign-in still waits for: "code", "enrol", or nothing."""
    return work.session.scalar(select(SignIn.waits).where(SignIn.token_hash == token_hash(token)))


def forgive(person: Person) -> None:
    """The right person is there: earlier slips count no more."""
    if person.failed_tries:
        person.failed_tries, person.blocked_until = 0, None


def count_wrong_try(work: Work, person: Person, verb: str = "people.wrong_sign_in") -> None:
    """Note a wrong try of a person; the next one waits longer."""
    _wait_longer(work, person)
    work.record(verb, person, after={"tries": person.failed_tries})


def _wait_longer(work: Work, tried: Person | UnknownLogin) -> None:
    tried.failed_tries += 1
    wait = back_off(tried.failed_tries)
    tried.blocked_until = work.now + wait if wait else None


def _try_unknown_login(work: Work, login: str, password: str) -> None:
    forget_old(work)
    work.session.execute(delete(UnknownLogin).where(UnknownLogin.at < work.now - UNKNOWN_KEPT))
    tried = queries.lock_unknown_login(work.session, token_hash(login.lower()), work.now)
    check_not_blocked(tried, work.now)
    matches_nobody(password)
    _wait_longer(work, tried)
    tried.at = work.now


def _open(
    work: Work,
    person: Person,
    hours: int,
    station_id: int | None,
    *,
    device: str | None = None,
    waits: str | None = None,
) -> str:
    token = secrets.token_urlsafe(32)
    opened = SignIn(
        token_hash=token_hash(token),
        person_id=person.id,
        station_id=station_id,
        at=work.now,
        expires_at=work.now + (HALF_WAY if waits else timedelta(hours=hours)),
        waits=waits,
        device=device,
    )
    work.session.add(opened)
    work.session.flush()
    if waits:
        return token
    who = queries.SignedIn(
        person.id, person.name, person.name_en, person.roles, person.language, station_id, person.comfort
    )
    work.actor = who.actor(work.actor.station)  # no visitor any more
    work.record("people.sign_in", person)
    return token


def go_on(work: Work, person: Person, token: str) -> str:
    """Go on with a sign-in whose person gave the password again: another token opens it, the one before opens nothing
    any more. It ends when it would have ended. Raises SignInFirst when it has ended meanwhile."""
    found = work.session.scalar(select(SignIn).where(SignIn.token_hash == token_hash(token)).with_for_update())
    if found is None or found.ended_at is not None or found.person_id != person.id:
        raise SignInFirst
    fresh = secrets.token_urlsafe(32)
    found.token_hash = token_hash(fresh)
    work.record("people.again", person)
    return fresh


def sign_out(work: Work, token: str) -> None:
    """End this sign-in."""
    found = work.session.scalar(select(SignIn).where(SignIn.token_hash == token_hash(token)))
    if found and found.ended_at is None:
        found.ended_at = work.now


def end_sign_ins(work: Work, person: Person, *, keep: str = "", at_stations: bool = False) -> None:
    """End all open sign-ins of a person, except the one of the token ``keep``; what tablets hold as a proof of the
    person says nothing of what is done from now on. ``at_stations``: only those that a PIN or badge opened."""
    still_open = select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    if at_stations:
        still_open = still_open.where(SignIn.station_id.is_not(None))
    for opened in work.session.scalars(still_open):
        if opened.token_hash != token_hash(keep):
            opened.ended_at = work.now
    person.proofs_since = work.now


def open_sign_in(work: Work, person: Person, station_id: int | None = None, *, device: str | None = None) -> str:
    """Sign somebody in who proved to be there: at a desk, or at a station after a gap. Gives the browser's token."""
    return _open(work, person, STATION_HOURS if station_id else DESK_HOURS, station_id, device=device)
