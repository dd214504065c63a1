"""Events that are given to other companies and taken from them, in the words of GS1 EPCIS 2.0."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Id, LongText, Moment, Ref, Short

#: The longest identifier that is kept; GS1 needs far less.
LONGEST_URI = 500


class EpcisPlant(Base):
    """The one row of what this plant is called outside, and how far its own records were noted as events."""

    __tablename__ = "epcis_plant"

    id: Mapped[Id]
    #: The plant's Global Location Number (13 digits); without it places and papers get names of our own scheme.
    gln: Mapped[str | None] = mapped_column(String(13))
    #: The last entry of the event log that was looked at.
    noted_to: Mapped[Ref] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Capture(Base):
    """One document that came from another company, and what became of it. Append-only."""

    __tablename__ = "epcis_captures"
    __table_args__ = (Index("ix_epcis_captures_at", "at", "id"),)

    id: Mapped[Id]
    #: What a program asks for it by.
    code: Mapped[str] = mapped_column(String(36), unique=True)
    at: Mapped[Moment]
    #: Who sent or uploaded it, and the file's name where it was one.
    sender: Mapped[Short]
    name: Mapped[str | None] = mapped_column(String(200))
    #: Events in it; those that are new, those known before, and those that were refused.
    events: Mapped[int]
    fresh: Mapped[int]
    known: Mapped[int]
    refused: Mapped[int]
    #: "rollback" (all or nothing) or "proceed" (the good ones).
    behaviour: Mapped[str] = mapped_column(String(16))
    #: What was wrong, as JSON: sentences.
    errors: Mapped[LongText | None]


class EpcisEvent(Base):
    """One event, as it was made here or as it came. Append-only: a wrong one is declared wrong by another.

    ``event_id`` is of two rows at most: the event, and the declaration that it was wrong (``declared``).
    """

    __tablename__ = "epcis_events"
    __table_args__ = (
        UniqueConstraint("event_id", "declared"),
        Index("ix_epcis_events_event_time", "event_time", "id"),
        Index("ix_epcis_events_record_time", "record_time", "id"),
        Index("ix_epcis_events_type", "type", "event_time"),
        Index("ix_epcis_events_biz_step", "biz_step", "event_time"),
        partial_index("ix_epcis_events_capture", "capture_id", "id", where="capture_id IS NOT NULL"),
        partial_index("ix_epcis_events_origin", "origin", where="origin IS NOT NULL"),
        CheckConstraint("origin IS NULL OR capture_id IS NULL", name="ours_or_theirs"),
    )

    id: Mapped[Id]
    event_id: Mapped[str] = mapped_column(String(LONGEST_URI))
    declared: Mapped[bool] = mapped_column(default=False)
    #: The hash of what it says, by which two events with one id are told apart.
    content: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(200))
    event_time: Mapped[Moment]
    record_time: Mapped[Moment]
    action: Mapped[str | None] = mapped_column(String(8))
    biz_step: Mapped[str | None] = mapped_column(String(LONGEST_URI))
    disposition: Mapped[str | None] = mapped_column(String(LONGEST_URI))
    read_point: Mapped[str | None] = mapped_column(String(LONGEST_URI))
    biz_location: Mapped[str | None] = mapped_column(String(LONGEST_URI))
    transformation: Mapped[str | None] = mapped_column(String(LONGEST_URI))
    #: Of an event of ours the entry of the event log it was made from, of another's the document it came in.
    origin: Mapped[Ref | None]
    capture_id: Mapped[Ref | None] = mapped_column(ForeignKey("epcis_captures.id"))
    #: The event as JSON, with all that we do not know, and the namespaces it was written with.
    body: Mapped[LongText]
    context: Mapped[LongText | None]

    capture: Mapped[Capture | None] = relationship(lazy="raise")


class EpcisThing(Base):
    """One thing that an event names, in the one spelling under which all are found. Append-only."""

    __tablename__ = "epcis_things"
    __table_args__ = (
        Index("ix_epcis_things_uri", "uri", "role", "event_id"),
        Index("ix_epcis_things_event", "event_id", "role"),
    )

    id: Mapped[Id]
    event_id: Mapped[Ref] = mapped_column(ForeignKey("epcis_events.id"))
    #: A word of ``reading.ROLES``: in which list of the event it stands.
    role: Mapped[str] = mapped_column(String(60))
    uri: Mapped[str] = mapped_column(String(LONGEST_URI))
