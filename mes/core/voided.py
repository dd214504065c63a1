"""Labels that count no longer (폐기된 라벨): taken off, thrown away, or replaced by a new one.

A subject is a word (lot, location ...), so that whoever scans can ask without knowing what the thing is.
"""

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes.core.db import Base
from mes.core.types import Code, Id, LongText, Moment, Ref, Short


class VoidedLabel(Base):
    """One label, by what it is of and its number (1 is the first), that is no longer to be trusted."""

    __tablename__ = "voided_labels"
    __table_args__ = (UniqueConstraint("subject", "code", "copy"),)

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(32))
    code: Mapped[Code]
    copy: Mapped[int]
    reason: Mapped[LongText]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None]
    person: Mapped[Short]


def find_voided(session: Session, subject: str, code: str, copy: int = 1) -> VoidedLabel | None:
    """Who voided this label, when and why; None while it counts. ``code`` is the thing's, without the number."""
    query = select(VoidedLabel).where(
        VoidedLabel.subject == subject, VoidedLabel.code == code, VoidedLabel.copy == copy
    )
    return session.scalar(query)


def voided_of(session: Session, subject: str, *codes: str) -> dict[tuple[str, int], VoidedLabel]:
    """All voided labels of these things, by code and number."""
    query = select(VoidedLabel).where(VoidedLabel.subject == subject, VoidedLabel.code.in_(codes))
    return {(one.code, one.copy): one for one in session.scalars(query)}
