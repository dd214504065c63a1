"""Use cases: hire and change people, their passwords, PINs and badges. Signing in and out is in ``sign_ins``."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, select

from mes.core.access import Role
from mes.core.coded import add_coded
from mes.core.numbering import secret_code
from mes.core.work import Work, check_version
from mes.people import queries
from mes.people.guessing import forgive_codes
from mes.people.hashing import kept_of, matches, token_hash
from mes.people.models import Person, Skill
from mes.people.rules import (
    LastAdministrator,
    LoginTaken,
    check_not_blocked,
    check_password,
    check_pin,
    check_roles,
)
from mes.people.sign_ins import (
    count_wrong_try,
    end_sign_ins,
    open_sign_in,
    sign_in_with_badge,
    sign_in_with_password,
    sign_in_with_pin,
    sign_out,
)

__all__ = [
    "add_person",
    "change_own_secrets",
    "change_person",
    "count_wrong_try",
    "end_sign_ins",
    "new_badge",
    "open_sign_in",
    "sign_in_with_badge",
    "sign_in_with_password",
    "sign_in_with_pin",
    "sign_out",
    "token_hash",
    "unlock_person",
]


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
    """Change a person; the code stays. New roles, a new password or disabling end every open sign-in; a
    new PIN ends those at stations.

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
    if ends or pin:
        end_sign_ins(work, person, at_stations=not ends)
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
        person.password_hash = kept_of(password)
    if pin:
        check_pin(pin, person.code)
        person.pin_hash, person.proofs_since = kept_of(pin), work.now


def unlock_person(work: Work, code: str) -> Person:
    """Let somebody try again at once after wrong PINs or codes (a leader does this, so that the line never stands)."""
    person = work.lock(Person, queries.get_person(work.session, code).id)
    with work.change(person, "people.unlock"):
        person.failed_tries, person.blocked_until = 0, None
        work.session.flush()
    forgive_codes(work, person.id)
    return person


def new_badge(work: Work, code: str) -> Person:
    """Give a person a new badge; the old one opens nothing any more, and what it opened at stations ends."""
    person = work.lock(Person, queries.get_person(work.session, code).id)
    person.badge, person.proofs_since = secret_code("B"), work.now
    work.session.flush()
    end_sign_ins(work, person, at_stations=True)
    work.record("people.badge", person)
    return person


def change_own_secrets(
    work: Work, *, password_now: str, password: str | None = None, pin: str | None = None, token: str = ""
) -> bool:
    """Change one's own password or PIN; a new password ends the sign-ins elsewhere, a new PIN those at
    stations.

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
    if password or pin:
        end_sign_ins(work, person, keep=token, at_stations=not password)
    return True
