"""People, their sign-ins and the programs that act for them."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.access import Role
from mes.core.db import Base
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Ref, Short, Words


class Person(Base):
    """Somebody who works in the plant. Signs in at a desk by login and password, at a station by badge or PIN."""

    __tablename__ = "persons"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    roles: Mapped[Words]
    language: Mapped[str] = mapped_column(String(8), default="ko")
    #: What makes a station's screen easier for this person (``mes.people.comfort``).
    comfort: Mapped[Words] = mapped_column(default=frozenset())
    login: Mapped[Short | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    #: Printed on the badge; random, so that it cannot be guessed.
    badge: Mapped[Code] = mapped_column(unique=True, info={"secret": True})
    failed_tries: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[Moment | None]
    #: Since then a tablet's older proof of this person says nothing: sign-ins were ended, or badge or PIN changed.
    proofs_since: Mapped[Moment | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def role_set(self) -> frozenset[Role]:
        """The roles as the access rules know them."""
        return frozenset(Role(word) for word in self.roles)


class Skill(Base):
    """What a person has been trained for, and until when."""

    __tablename__ = "person_skills"

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"), index=True)
    name: Mapped[Short]
    until: Mapped[Day | None]


class SignIn(Base):
    """One person signed in at one place, until sign-out, disabling or a change of roles; the token is hashed."""

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"), index=True)
    station_id: Mapped[Ref | None] = mapped_column(ForeignKey("stations.id"))
    at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    #: What the password alone does not open yet: "code" of the second factor, or "enrol" where the plant demands one.
    waits: Mapped[str | None] = mapped_column(String(8))
    #: The kind of browser, so that one knows one's own sign-ins again.
    device: Mapped[Short | None]


class SecondFactor(Base):
    """An authenticator app on somebody's phone. Counts from the day on which its first code was right."""

    __tablename__ = "second_factors"

    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    #: Encrypted with the installation's key.
    secret: Mapped[str] = mapped_column(String(200), info={"secret": True})
    at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    #: The half minute of the last code that was used: none is used twice.
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """One of ten codes on paper, each good once, for who lost the phone. Only its hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[Moment | None]


class WrongTries(Base):
    """Wrong tries by where they came from, or at what (``guessing``): a tablet, an address, the second factor of a
    person. A leaking bucket, kept as the moment at which it will be empty."""

    __tablename__ = "wrong_tries"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    empty_at: Mapped[Moment] = mapped_column(index=True)


class UnknownLogin(Base):
    """Wrong tries with a login that nobody has. They wait like those of a person, so that no answer and no delay
    tells who works here. The login is hashed: people type passwords into the wrong field.
    """

    __tablename__ = "unknown_logins"

    login_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failed_tries: Mapped[int]
    blocked_until: Mapped[Moment | None]
    at: Mapped[Moment] = mapped_column(index=True)


class SignedAs(StrEnum):
    """What is meant by a signature under a record."""

    RELEASED = "released"
    REJECTED = "rejected"
    CONCESSION = "concession"


class RecordSignature(Base):
    """A name under what is recorded of a thing: who, what is meant, why, when, and the very text that was signed.
    Never changed."""

    __tablename__ = "record_signatures"
    __table_args__ = (Index("ix_record_signatures_thing", "thing", "thing_id"),)

    id: Mapped[Id]
    thing: Mapped[str] = mapped_column(String(64))
    thing_id: Mapped[Ref]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    #: By what the signer was named (login, number, badge), beside the PIN or password.
    said: Mapped[str] = mapped_column(String(24))
    proof: Mapped[str] = mapped_column(String(24))
    meaning: Mapped[SignedAs]
    at: Mapped[Moment]
    reason: Mapped[LongText]
    content: Mapped[LongText]
    sha256: Mapped[str] = mapped_column(String(64))


class ApiToken(Base):
    """A program that may use the API, with one role. Only the token's hash is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    name: Mapped[Short] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role]
    at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
