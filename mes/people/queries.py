"""Reads about people."""

from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from mes.core.access import Actor, Role
from mes.core.errors import NotFound
from mes.core.fetch import fetch
from mes.core.i18n import N_, _
from mes.core.sending import BY_KEY
from mes.people.models import ApiToken, Person, SignIn, Skill, UnknownLogin


class SignedIn(NamedTuple):
    """Whom an open sign-in lets act, and the station that it was made for."""

    person_id: int
    name: str
    name_en: str | None
    roles: Collection[str]
    language: str
    station_id: int | None
    comfort: frozenset[str] = frozenset()

    def actor(self, station: str | None = None, unproved: frozenset[Role] = frozenset()) -> Actor:
        """The person as the write door and the access rules know them."""
        roles = frozenset(Role(role) for role in self.roles)
        return Actor(
            self.name, roles, self.person_id, self.language, self.station_id, station, self.name_en, self.comfort,
            unproved,
        )  # fmt: skip


#: Asked for with every page, so it is put together once.
SIGNED_IN = (
    select(Person.id, Person.name, Person.name_en, Person.roles, Person.language, SignIn.station_id, Person.comfort)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.token_hash == bindparam("token_hash"), Person.active)
    .where(SignIn.ended_at.is_(None), SignIn.waits.is_(None), SignIn.expires_at > bindparam("now"))
    .execution_options(**BY_KEY)
)


def find_signed_in(session: Session, token_hash: str, now: datetime) -> SignedIn | None:
    """Who holds this sign-in, if it is still open and the person still active."""
    found = fetch(session, SIGNED_IN, token_hash=token_hash, now=now)
    return SignedIn(*found[0]) if found else None


def find_token(session: Session, token_hash: str) -> ApiToken | None:
    """The program that holds this token, unless it was ended."""
    return session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash, ApiToken.ended_at.is_(None)))


def find_by_login(session: Session, login: str) -> Person | None:
    """An active person by desk login (without case)."""
    return session.scalar(select(Person).where(Person.login == login.lower(), Person.active))


def lock_unknown_login(session: Session, login_hash: str, now: datetime) -> UnknownLogin:
    """The wrong tries so far with a login that nobody has, locked like a person's; a first one is entered."""
    insert = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}").insert
    entered = insert(UnknownLogin).values(login_hash=login_hash, failed_tries=0, at=now)
    session.execute(entered.on_conflict_do_nothing())
    return session.get_one(UnknownLogin, login_hash, with_for_update=True, populate_existing=True)


def find_by_badge(session: Session, badge: str) -> Person | None:
    """An active person by badge code."""
    return session.scalar(select(Person).where(Person.badge == badge.upper(), Person.active))


def get_person(session: Session, code: str) -> Person:
    """A person by code. Raises NotFound."""
    found = session.scalar(select(Person).where(Person.code == code))
    if found is None:
        raise NotFound(what=_(N_("person")), code=code)
    return found


def list_people(session: Session, *, search: str = "", active: bool | None = None) -> list[Person]:
    """Everybody (or those found by name, number or login), active ones first, by name."""
    query = select(Person).order_by(Person.active.desc(), Person.name)
    if search:
        columns = (Person.code, Person.name, Person.name_en, Person.login)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if active is not None:
        query = query.where(Person.active == active)
    return list(session.scalars(query))


def list_tokens(session: Session) -> list[ApiToken]:
    """Programs that may or might use the API, those in force first."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.ended_at.is_not(None), ApiToken.name)))


def list_skills(session: Session, person_id: int) -> list[Skill]:
    """What a person has been trained for."""
    return list(session.scalars(select(Skill).where(Skill.person_id == person_id).order_by(Skill.name)))


def is_set_up(session: Session) -> bool:
    """Whether the first-run page has done its work: somebody can sign in."""
    return session.scalar(select(Person.id).where(Person.password_hash.is_not(None)).limit(1)) is not None


def sample_logins(session: Session) -> list[Person]:
    """One active person with a desk login per role, the one with the fewest other roles first."""
    query = select(Person).where(Person.active, Person.login.is_not(None), Person.password_hash.is_not(None))
    people = sorted(session.scalars(query.order_by(Person.id)), key=lambda person: len(person.roles))
    chosen = {role: next((p for p in people if role in p.roles), None) for role in Role}
    return list(dict.fromkeys(person for person in chosen.values() if person))
