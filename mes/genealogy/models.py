"""What was said or entered afterwards about a gap in the genealogy."""

from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from mes.core.db import Base
from mes.core.types import Id, LongText, Moment, Ref, Short


class Gap(StrEnum):
    """What a day's records may lack; each is one statement in ``queries``."""

    RECEIPT = "receipt"
    PAPER = "paper"
    OPERATOR = "operator"
    MATERIAL = "material"
    PARENTS = "parents"
    CONSUMPTION = "consumption"
    EXACT = "exact"
    TIME = "time"


class How(StrEnum):
    """What somebody did about it: entered afterwards what had happened, or said why nothing is wrong."""

    ENTERED = "entered"
    EXPLAINED = "explained"


class Note(Base):
    """Somebody dealt with one gap. Append-only: the newest note of a thing counts.

    ``thing_id`` is the lot, movement, report, job, order, material or bill line that the gap is about (``Gap`` says
    which). ``happened_at`` is the moment that was entered afterwards, ``at`` when it was entered.
    """

    __tablename__ = "genealogy_notes"
    __table_args__ = (Index("ix_genealogy_notes_thing", "gap", "thing_id"), Index("ix_genealogy_notes_at", "at"))

    id: Mapped[Id]
    gap: Mapped[Gap]
    thing_id: Mapped[Ref]
    how: Mapped[How]
    reason: Mapped[LongText]
    happened_at: Mapped[Moment | None]
    at: Mapped[Moment]
    person: Mapped[Short]
