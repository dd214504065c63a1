"""Certificates, 4M changes and the signatures under them."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Ref, Short, Words
from mes.lots.models import Lot, Shipment
from mes.partners.models import Partner


class CertificateKind(StrEnum):
    """검사성적서, certificate of analysis, certificate of conformity."""

    REPORT = "report"
    ANALYSIS = "analysis"
    CONFORMITY = "conformity"


class Language(StrEnum):
    """In which words a certificate is written."""

    KOREAN = "ko"
    ENGLISH = "en"
    BOTH = "both"


class Values(StrEnum):
    """How measured values are shown: every one, or the least, the greatest and their mean."""

    EACH = "each"
    SUMMARY = "summary"


class CertificateLayout(Base):
    """How the certificates of a customer look; the one without a customer is for all others."""

    __tablename__ = "certificate_layouts"

    id: Mapped[Id]
    customer_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"), unique=True)
    kind: Mapped[CertificateKind] = mapped_column(default=CertificateKind.REPORT)
    language: Mapped[Language] = mapped_column(default=Language.KOREAN)
    shown: Mapped[Values] = mapped_column(default=Values.EACH)
    #: Which kinds of inspection are told; empty: all.
    inspections: Mapped[Words]
    materials: Mapped[bool] = mapped_column(default=False)
    gauges: Mapped[bool] = mapped_column(default=True)
    statement: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    customer: Mapped[Partner | None] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class CertificateState(StrEnum):
    """The life of a certificate."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    DROPPED = "dropped"


class Certificate(Base):
    """What was measured on a lot or a shipment, as it is given to a customer."""

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("(lot_id IS NULL) <> (shipment_id IS NULL)", name="of_a_lot_or_a_shipment"),
        Index("ix_certificates_at", "at"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[CertificateKind]
    language: Mapped[Language]
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"), index=True)
    shipment_id: Mapped[Ref | None] = mapped_column(ForeignKey("shipments.id"), index=True)
    customer_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"), index=True)
    #: Everything that it says, as one text with its keys in order; what is signed is the hash of it.
    content: Mapped[LongText]
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[CertificateState] = mapped_column(default=CertificateState.DRAFT)
    day: Mapped[Day]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    ended_at: Mapped[Moment | None]
    end_reason: Mapped[LongText | None]
    #: The certificate in whose place this one stands.
    replaces_id: Mapped[Ref | None] = mapped_column(ForeignKey("certificates.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    lot: Mapped[Lot | None] = relationship(lazy="raise")
    shipment: Mapped[Shipment | None] = relationship(lazy="raise")
    customer: Mapped[Partner | None] = relationship(lazy="raise")
    replaces: Mapped["Certificate | None"] = relationship(lazy="raise", remote_side="Certificate.id")
    __mapper_args__ = {"version_id_col": version}


class Meaning(StrEnum):
    """What somebody says by signing."""

    WROTE = "wrote"
    REVIEWED = "reviewed"
    APPROVED = "approved"


class Proof(StrEnum):
    """How the signing person proved to be that person."""

    PIN = "pin"
    PASSWORD = "password"  # noqa: S105  # the word for how, not a password


class Signature(Base):
    """A name under a content: who, what is meant by it, when, and the hash of what was signed. Never changed."""

    __tablename__ = "signatures"
    __table_args__ = (
        CheckConstraint("(certificate_id IS NULL) <> (change_id IS NULL)", name="under_one_thing"),
        Index("ix_signatures_certificate_id", "certificate_id"),
        Index("ix_signatures_change_id", "change_id"),
    )

    id: Mapped[Id]
    certificate_id: Mapped[Ref | None] = mapped_column(ForeignKey("certificates.id"))
    change_id: Mapped[Ref | None] = mapped_column(ForeignKey("four_m_changes.id"))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    meaning: Mapped[Meaning]
    proof: Mapped[Proof]
    #: By what the signer was named (login, number, badge), beside the PIN or password; what was signed before does
    #: not say.
    said: Mapped[str | None] = mapped_column(String(24))
    reason: Mapped[LongText | None]
    at: Mapped[Moment]
    sha256: Mapped[str] = mapped_column(String(64))


class ChangeState(StrEnum):
    """The life of a 4M change."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"


class FourMChange(Base):
    """A change of man, machine, material or method (4M 변경) that is asked for before it is made."""

    __tablename__ = "four_m_changes"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    #: man, machine, material, method.
    kinds: Mapped[Words]
    title: Mapped[Name]
    before_change: Mapped[LongText | None]
    after_change: Mapped[LongText]
    reason: Mapped[LongText]
    planned_on: Mapped[Day]
    until: Mapped[Day | None]
    #: What is looked at more closely, and what the customer was told.
    extra_checks: Mapped[LongText | None]
    customer_told: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ChangeState] = mapped_column(default=ChangeState.ASKED)
    answer: Mapped[LongText | None]
    day: Mapped[Day]
    at: Mapped[Moment] = mapped_column(index=True)
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    version: Mapped[int] = mapped_column(default=1)

    affected: Mapped[list["Affected"]] = relationship(lazy="raise", order_by="Affected.id")
    __mapper_args__ = {"version_id_col": version}


class Affected(Base):
    """An item or a lot that a 4M change touches."""

    __tablename__ = "four_m_affected"
    __table_args__ = (CheckConstraint("(item_id IS NULL) <> (lot_id IS NULL)", name="an_item_or_a_lot"),)

    id: Mapped[Id]
    change_id: Mapped[Ref] = mapped_column(ForeignKey("four_m_changes.id"), index=True)
    item_id: Mapped[Ref | None] = mapped_column(ForeignKey("items.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"), index=True)
    code: Mapped[Code]
    name: Mapped[Name]
