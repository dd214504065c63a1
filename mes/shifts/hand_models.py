"""What one shift hands to the next, and what it confirms of itself."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.equipment.models import WorkCentre
from mes.items.models import Item


class HandOver(Base):
    """A note from one shift to the next (인수인계), with the problems that are still open; read and confirmed there."""

    __tablename__ = "hand_overs"
    __table_args__ = (Index("ix_hand_overs_at", "work_centre_id", "at"),)

    id: Mapped[Id]
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    #: The production day and the shift that hands over.
    day: Mapped[Day]
    shift: Mapped[Name | None]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    text: Mapped[LongText]
    #: Open problems, one in a line, as they read when the note was written.
    problems: Mapped[LongText | None]
    photo_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    read_at: Mapped[Moment | None]
    read_by: Mapped[Short | None]

    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")


class ShiftClose(Base):
    """The end of a shift as somebody confirmed it: what was made, and what the time went to."""

    __tablename__ = "shift_closes"
    __table_args__ = (Index("ix_shift_closes_day", "work_centre_id", "day"), Index("ix_shift_closes_at", "at"))

    id: Mapped[Id]
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    #: The day on which the shift began: a night shift counts to the evening's date.
    day: Mapped[Day]
    shift_id: Mapped[Ref | None] = mapped_column(ForeignKey("shifts.id"))
    shift: Mapped[Name]
    began: Mapped[Moment]
    ended: Mapped[Moment]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    #: Minutes of all machines together.
    running: Mapped[int]
    stopped: Mapped[int]
    micro: Mapped[int]
    planned: Mapped[int]
    unexplained: Mapped[int]
    micro_stops: Mapped[int]
    #: Results of the person who confirms, among all.
    entries: Mapped[int]
    own_entries: Mapped[int]
    note: Mapped[LongText | None]

    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    lines: Mapped[list["ShiftCloseLine"]] = relationship(lazy="raise", order_by="ShiftCloseLine.id")


class ShiftCloseLine(Base):
    """What was made of one item in the shift."""

    __tablename__ = "shift_close_lines"

    id: Mapped[Id]
    close_id: Mapped[Ref] = mapped_column(ForeignKey("shift_closes.id"), index=True)
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    good: Mapped[Qty]
    defective: Mapped[Qty]
    scrap: Mapped[Qty]
    rework: Mapped[Qty]

    item: Mapped[Item] = relationship(lazy="raise")
