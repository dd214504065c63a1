"""Where copies of the plant are kept, and the copies."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Id, LongText, Moment, Ref, Short


class PlaceKind(StrEnum):
    """How a copy gets there."""

    #: The data folder itself: there each copy is made and proven.
    HERE = "here"
    #: A folder of another disk, of a USB stick, or of another computer.
    FOLDER = "folder"
    #: A bucket of a store that speaks S3.
    STORE = "store"


class CopyState(StrEnum):
    """What became of a copy at its place."""

    GOOD = "good"
    FAILED = "failed"
    #: Thrown away by the rule, when newer ones were there.
    REMOVED = "removed"


class Place(Base):
    """A place where copies are kept."""

    __tablename__ = "backup_places"

    id: Mapped[Id]
    kind: Mapped[PlaceKind]
    #: The folder, or s3://bucket/folder; empty for the data folder.
    address: Mapped[str] = mapped_column(Text, unique=True)
    #: A USB stick that is changed on Fridays gets its copy every seven days.
    every_days: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[Moment]
    #: Until when somebody is at work there; afterwards whoever it was has died over it.
    busy_until: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def is_busy(self, now: datetime) -> bool:
        """Whether somebody is at work there."""
        return self.busy_until is not None and self.busy_until > now


class Copy(Base):
    """One copy at one place, or what kept it from coming there."""

    __tablename__ = "backup_copies"
    __table_args__ = (Index("ix_backup_copies_place", "place_id", "state", "as_of"),)

    id: Mapped[Id]
    place_id: Mapped[Ref] = mapped_column(ForeignKey("backup_places.id"))
    #: Everything acknowledged before this moment is in it.
    as_of: Mapped[Moment]
    at: Mapped[Moment]
    file: Mapped[str] = mapped_column(String(255))
    #: In whose data folder it lies, where several computers serve one plant.
    computer: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[Ref] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    #: Who asked for it; empty when it was the hour.
    person: Mapped[Short | None]
    state: Mapped[CopyState]
    why: Mapped[LongText | None]
    #: When somebody last opened it to see whether it brings everything back, how it was, and what was said.
    tried_at: Mapped[Moment | None]
    tried_well: Mapped[bool | None]
    tried: Mapped[LongText | None]

    place: Mapped[Place] = relationship(lazy="raise")
