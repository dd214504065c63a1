"""Use cases: hire and change people, sign in and out. The plant's own settings and tokens are in ``plant``."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from mes.core.access import Role
from mes.core.coded import add_coded
from mes.core.numbering import secret_code
from mes.core.work import Work, check_version
from mes.people import queries
from mes.people.models import Person, SignIn, Skill, UnknownLogin
from mes.people.rules import (
    DESK_HOURS,
    STATION_HOURS,
    LastAdministrator,
    LoginTaken,
    WrongSignIn,
    back_off,
    check_not_blocked,
    check_password,
    check_pin,
    check_roles,
)

hasher = PasswordHasher()
#: How long wrong tries with a login that nobody has are remembered.
UNKNOWN_KEPT = timedelta(days=7)


def token_hash(token: str) -> str:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_person(
    work: Work,
    *,
    code: str,
    name: str,
    roles: Iterable[Role],
    name_en: str | None = None,
    language: str = "ko",
    login: str | None = None,
    password: str | None = None,
    pin: str | None = None,
    skills: Iterable[tuple[str, date | None]] = (),
) -> Person:
    """Enter a person; the badge code is made here.

    Raises AlreadyExists, SimilarCode, LoginTaken, NoRole, WeakPassword, BadPin.
    """
    roles = check_roles(roles)
    _check_login(work, login, None)
    person = Person(
        code=code,
        name=name,
        name_en=name_en,
        roles=roles,
        language=language,
        badge=secret_code("B"),
    )
    person.login = login.lower() if login else None
    _set_secrets(work, person, password, pin)
    add_coded(work, person, "people.add")
    work.session.add_all(Skill(person_id=person.id, name=skill, until=until) for skill, until in skills)
    return person


def change_person(
    work: Work,
    code: str,
    *,
    name: str,
    roles: Iterable[Role],
    name_en: str | None = None,
    language: str,
    login: str | None,
    active: bool,
    password: str | None = None,
    pin: str | None = None,
    skills: Iterable[tuple[str, date | None]] | None = None,
    version: int | None = None,
) -> Person:
    """Change a person; the code stays. New roles, a new password or disabling end every open sign-in.

    Raises StaleEdit, LoginTaken, NoRole, LastAdministrator, WeakPassword, BadPin.
    """
    person = work.lock(Person, queries.get_person(work.session, code).id)
    check_version(work, person, version)
    roles = check_roles(roles)
    _check_login(work, login, person)
    if Role.ADMIN in person.roles and not (active and login and Role.ADMIN in roles):
        _check_not_last_administrator(work, person)
    ends = roles != person.roles or not active or bool(password)
    with work.change(person, "people.change"):
        person.name, person.name_en, person.roles, person.language = name, name_en, roles, language
        person.login, person.active = login.lower() if login else None, active
        _set_secrets(work, person, password, pin)
        work.session.flush()
    if skills is not None:
        _set_skills(work, person, skills)
    if ends:
        end_sign_ins(work, person)
    return person


def _check_login(work: Work, login: str | None, own: Person | None) -> None:
    chosen = select(Person).where(Person.login == (login or "").lower())
    other = work.session.scalar(chosen) if login else None
    if other and other is not own:
        raise LoginTaken(field="login", login=str(login), name=other.name)


def _check_not_last_administrator(work: Work, person: Person) -> None:
    others = work.session.scalars(
        select(Person).where(Person.active, Person.password_hash.is_not(None), Person.id != person.id).with_for_update()
    )
    if not any(Role.ADMIN in other.roles and other.login for other in others):
        raise LastAdministrator(name=person.name)


def _set_skills(work: Work, person: Person, skills: Iterable[tuple[str, date | None]]) -> None:
    before = {skill.name: skill.until for skill in queries.list_skills(work.session, person.id)}
    after = dict(skills)
    if before == after:
        return
    work.session.execute(delete(Skill).where(Skill.person_id == person.id))
    work.session.add_all(Skill(person_id=person.id, name=name, until=until) for name, until in after.items())
    work.record("people.skills", person, before=before, after=after)


def _set_secrets(work: Work, person: Person, password: str | None, pin: str | None) -> None:
    if password:
        check_password(password, person.login or person.code)
        person.password_hash = hasher.hash(password)
    if pin:
        check_pin(pin)
        person.pin_hash, person.proofs_since = hasher.hash(pin), work.now


def unlock_person(work: Work, code: str) -> Person:
    """Let somebody try again at once after wrong PINs (a leader does this, so that the line never stands)."""
    person = work.lock(Person, queries.get_person(work.session, code).id)
    with work.change(person, "people.unlock"):
        person.failed_tries, person.blocked_until = 0, None
        work.session.flush()
    return person


def new_badge(work: Work, code: str) -> Person:
    """Give a person a new badge; the old one opens nothing any more."""
    person = work.lock(Person, queries.get_person(work.session, code).id)
    person.badge, person.proofs_since = secret_code("B"), work.now
    work.session.flush()
    work.record("people.badge", person)
    return person


def sign_in_with_password(work: Work, login: str, password: str) -> str | None:
    """Sign in at a desk. Gives the token for the browser, None when it does not match (the try is counted).

    Raises SignInBlocked during the back-off. An unknown login is answered, slowed down and blocked like a known one.
    """
    person = queries.find_by_login(work.session, login)
    if person is None or person.password_hash is None:
        _try_unknown_login(work, login, password)
        return None
    return _sign_in(work, person, person.password_hash, password, DESK_HOURS, None)


def sign_in_with_pin(work: Work, person_code: str, pin: str, station_id: int) -> str | None:
    """Sign in at a station by name tile and PIN; as for the desk."""
    person = queries.get_person(work.session, person_code)
    if not person.active or person.pin_hash is None:
        matches(_decoy(), pin)
        return None
    return _sign_in(work, person, person.pin_hash, pin, STATION_HOURS, station_id)


def sign_in_with_badge(work: Work, badge: str, station_id: int) -> str:
    """Sign in at a station by scanning a badge. Raises WrongSignIn."""
    person = queries.find_by_badge(work.session, badge)
    if person is None:
        raise WrongSignIn
    return _open(work, person, STATION_HOURS, station_id)


def _sign_in(work: Work, person: Person, kept: str, given: str, hours: int, station_id: int | None) -> str | None:
    person = work.lock(Person, person.id)
    check_not_blocked(person, work.now)
    if not matches(kept, given):
        count_wrong_try(work, person)
        return None
    if person.failed_tries:
        person.failed_tries, person.blocked_until = 0, None
    return _open(work, person, hours, station_id)


def count_wrong_try(work: Work, person: Person, verb: str = "people.wrong_sign_in") -> None:
    """Note a wrong try of a person; the next one waits longer."""
    _wait_longer(work, person)
    work.record(verb, person, after={"tries": person.failed_tries})


def _wait_longer(work: Work, tried: Person | UnknownLogin) -> None:
    tried.failed_tries += 1
    wait = back_off(tried.failed_tries)
    tried.blocked_until = work.now + wait if wait else None


def _try_unknown_login(work: Work, login: str, password: str) -> None:
    work.session.execute(delete(UnknownLogin).where(UnknownLogin.at < work.now - UNKNOWN_KEPT))
    tried = queries.lock_unknown_login(work.session, token_hash(login.lower()), work.now)
    check_not_blocked(tried, work.now)
    matches(_decoy(), password)
    _wait_longer(work, tried)
    tried.at = work.now


def _open(work: Work, person: Person, hours: int, station_id: int | None) -> str:
    token = secrets.token_urlsafe(32)
    opened = SignIn(
        token_hash=token_hash(token),
        person_id=person.id,
        station_id=station_id,
        at=work.now,
        expires_at=work.now + timedelta(hours=hours),
    )
    work.session.add(opened)
    work.session.flush()
    who = queries.SignedIn(
        person.id, person.name, person.name_en, person.roles, person.language, station_id, person.comfort
    )
    work.actor = who.actor(work.actor.station)  # no visitor any more
    work.record("people.sign_in", person)
    return token


def sign_out(work: Work, token: str) -> None:
    """End this sign-in."""
    found = work.session.scalar(select(SignIn).where(SignIn.token_hash == token_hash(token)))
    if found and found.ended_at is None:
        found.ended_at = work.now


def end_sign_ins(work: Work, person: Person, *, keep: str = "") -> None:
    """End all open sign-ins of a person, except the one of the token ``keep``; what tablets hold as a proof of the
    person says nothing of what is done from now on."""
    still_open = select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    for opened in work.session.scalars(still_open):
        if opened.token_hash != token_hash(keep):
            opened.ended_at = work.now
    person.proofs_since = work.now


def change_own_secrets(
    work: Work, *, password_now: str, password: str | None = None, pin: str | None = None, token: str = ""
) -> bool:
    """Change one's own password or PIN; a new password ends the sign-ins elsewhere.

    False when the present password does not match (the try is counted). Raises SignInBlocked, WeakPassword,
    BadPin.
    """
    person = work.lock(Person, work.actor.person_id or 0)
    check_not_blocked(person, work.now)
    if person.password_hash is None or not matches(person.password_hash, password_now):
        count_wrong_try(work, person)
        return False
    _set_secrets(work, person, password, pin)
    work.session.flush()
    work.record("people.own_secrets", person, after={"password": bool(password), "pin": bool(pin)})
    if password:
        end_sign_ins(work, person, keep=token)
    return True


def matches(kept: str, given: str) -> bool:
    """Whether a password or PIN is the one that was hashed."""
    try:
        return hasher.verify(kept, given[:200])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    """A hash that fits nothing, made when first needed: hashing takes 64 MB and a fifth of a second."""
    return hasher.hash(secrets.token_hex(16))


def open_sign_in(work: Work, person: Person, station_id: int | None = None) -> str:
    """Sign somebody in who proved to be there: at a desk, or at a station after a gap. Gives the browser's token."""
    return _open(work, person, STATION_HOURS if station_id else DESK_HOURS, station_id)
