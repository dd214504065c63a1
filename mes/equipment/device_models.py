"""Devices beside the paired tablets: boards on the wall, people's own phones, and who was heard of when."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Id, Moment, Ref, Short
from mes.equipment.models import WorkCentre


class Board(Base):
    """A screen on the wall that shows and never writes. It belongs to nobody; only its token's hash is kept.

    Until its screen has fetched the token it is known by the code that the screen shows.
    """

    __tablename__ = "boards"

    id: Mapped[Id]
    name: Mapped[Short]
    #: The line it shows; the whole plant when empty.
    work_centre_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_centres.id"))
    device_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    claim: Mapped[str | None] = mapped_column(String(16), unique=True)
    claim_until: Mapped[Moment | None]
    paired_at: Mapped[Moment | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    work_centre: Mapped[WorkCentre | None] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class Phone(Base):
    """A station that is somebody's own phone: only its owner signs in at it."""

    __tablename__ = "phones"

    station_id: Mapped[Ref] = mapped_column(ForeignKey("stations.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"), index=True)


class Contact(Base):
    """When a device was last heard of, and what it said of itself. Written over again and again: no history."""

    __tablename__ = "device_contacts"

    device_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[Moment]
    #: The version of the program whose page it shows.
    app: Mapped[str | None] = mapped_column(String(40))
    #: Seconds by which its clock is ahead of the server's (behind: negative).
    skew: Mapped[int | None]
    #: Entries that wait on it to be sent.
    waiting: Mapped[int | None]
