"""Entries that were made on a tablet while it had no connection, and came later."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Id, LongText, Moment, Ref, Short
from mes.equipment.models import Station


class EntryState(StrEnum):
    """What became of it: recorded, refused and waiting for a person, or given up by one. One that only opened a page
    (a job, a badge, a type of defect that was scanned) recorded nothing, and its tablet says so."""

    RECORDED = "recorded"
    OPENED = "opened"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class LateEntry(Base):
    """One entry that waited on a tablet for the connection: when it was made there, and what became of it here.

    ``made_at`` is what the tablet's clock said, ``at`` the moment for which it counts (decision 0015).
    """

    __tablename__ = "late_entries"
    __table_args__ = (
        UniqueConstraint("station_id", "key"),
        partial_index("ix_late_entries_refused", "station_id", where="state = 'refused'"),
    )

    id: Mapped[Id]
    station_id: Mapped[Ref] = mapped_column(ForeignKey("stations.id"))
    #: The one-time key that the tablet gave it.
    key: Mapped[Short]
    #: Its place among the entries of that tablet.
    sequence: Mapped[Ref]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    #: Where it was sent to, without what the server's own address adds.
    address: Mapped[str] = mapped_column(String(300))
    #: What was entered, as JSON: field name and value.
    fields: Mapped[LongText]
    photos: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[Moment]
    at: Mapped[Moment] = mapped_column(index=True)
    received_at: Mapped[Moment]
    #: Seconds by which the tablet's clock was behind the server's (ahead: negative) when it was sent.
    skew: Mapped[Ref]
    state: Mapped[EntryState] = mapped_column(default=EntryState.RECORDED)
    #: Why it was refused last: the stable name of the reason and the values of its sentence, as JSON.
    refusal: Mapped[str | None] = mapped_column(String(64))
    refusal_values: Mapped[LongText | None]
    asks: Mapped[bool] = mapped_column(default=False, server_default=false())
    settled_at: Mapped[Moment | None]
    settled_by: Mapped[Short | None]
    reason: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    station: Mapped[Station] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}

    @property
    def code(self) -> str:
        """What it is called in the history."""
        return self.key[:12]
