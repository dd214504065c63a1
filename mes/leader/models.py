"""What goes between a leader and the stations: messages, and requests that only a leader answers."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Id, LongText, Moment, Ref, Short
from mes.equipment.models import Station
from mes.lots.models import Lot
from mes.orders.models import Job


class Message(Base):
    """A message to one station, shown there until somebody has read it."""

    __tablename__ = "station_messages"
    __table_args__ = (
        partial_index("ix_station_messages_unread", "station_id", where="read_at IS NULL"),
        Index("ix_station_messages_sent", "sent_at"),
    )  # fmt: skip

    id: Mapped[Id]
    station_id: Mapped[Ref] = mapped_column(ForeignKey("stations.id"))
    text: Mapped[LongText]
    sent_at: Mapped[Moment]
    sent_by: Mapped[Short]
    read_at: Mapped[Moment | None]
    read_by: Mapped[Short | None]

    station: Mapped[Station] = relationship(lazy="raise")


class AskKind(StrEnum):
    """What a station asks its leader for."""

    LOT = "lot"
    UNDO_RESULT = "undo_result"
    UNDO_TAKEN = "undo_taken"


class AskState(StrEnum):
    """The life of a request."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


class Ask(Base):
    """A request from a station: allow a lot that the rule refuses, or undo what its author may not undo any more.

    Granting it does it; until then nothing has happened.
    """

    __tablename__ = "leader_requests"
    __table_args__ = (
        partial_index("ix_leader_requests_open", "asked_at", where="answered_at IS NULL"),
        Index("ix_leader_requests_station", "station_id", "seen_at"),
    )  # fmt: skip

    id: Mapped[Id]
    kind: Mapped[AskKind]
    station_id: Mapped[Ref] = mapped_column(ForeignKey("stations.id"))
    job_id: Mapped[Ref] = mapped_column(ForeignKey("jobs.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"))
    report_id: Mapped[Ref | None] = mapped_column(ForeignKey("production_reports.id"))
    movement_id: Mapped[Ref | None] = mapped_column(ForeignKey("movements.id"))
    #: Why it is asked for, in the words of the list at the station.
    why: Mapped[LongText]
    asked_at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    asked_by: Mapped[Short]
    state: Mapped[AskState] = mapped_column(default=AskState.OPEN)
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[Short | None]
    answer: Mapped[LongText | None]
    #: When the station was told the answer.
    seen_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)

    station: Mapped[Station] = relationship(lazy="raise")
    job: Mapped[Job] = relationship(lazy="raise")
    lot: Mapped[Lot | None] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}
