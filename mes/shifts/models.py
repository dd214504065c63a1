"""When is worked: shifts with their breaks, days that differ, and stops that were planned."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Day, Id, LongText, Moment, Name, Ref, Short, Words
from mes.equipment.models import Machine, StopReason, WorkCentre


class Shift(Base):
    """One shift of the week, of one work centre or of all that have none of their own. A night shift ends on the next
    day and belongs to the one on which it began.
    """

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("starts_at BETWEEN 0 AND 1439", name="starts_within_the_day"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="not_longer_than_a_day"),
    )

    id: Mapped[Id]
    work_centre_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_centres.id"), index=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    #: Days of the week, 0 is Monday.
    weekdays: Mapped[Words]
    #: Minutes after midnight on the plant's clock, and how long it lasts with its breaks.
    starts_at: Mapped[int]
    minutes: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    work_centre: Mapped[WorkCentre | None] = relationship(lazy="raise")
    breaks: Mapped[list["ShiftBreak"]] = relationship(
        lazy="raise", order_by="ShiftBreak.after", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}


class ShiftBreak(Base):
    """A break of a shift: so many minutes after its beginning, so long."""

    __tablename__ = "shift_breaks"
    __table_args__ = (CheckConstraint("after >= 0 AND minutes > 0", name="break_lasts"),)

    id: Mapped[Id]
    shift_id: Mapped[Ref] = mapped_column(ForeignKey("shifts.id"), index=True)
    name: Mapped[Short]
    after: Mapped[int]
    minutes: Mapped[int]


class CalendarDay(Base):
    """A day that differs from the week: a holiday, or a Saturday on which is worked all the same."""

    __tablename__ = "calendar_days"
    __table_args__ = (Index("ix_calendar_days_day", "day"),)

    id: Mapped[Id]
    day: Mapped[Day]
    work_centre_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_centres.id"))
    #: True: all shifts run, whatever weekday it is. False: none.
    works: Mapped[bool]
    name: Mapped[Short]

    work_centre: Mapped[WorkCentre | None] = relationship(lazy="raise")


class PlannedStop(Base):
    """A stretch in which a machine or work centre is meant to stand: maintenance, a trial, no work."""

    __tablename__ = "planned_stops"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="planned_stop_lasts"),
        Index("ix_planned_stops_ends", "work_centre_id", "ends_at"),
    )

    id: Mapped[Id]
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    reason_id: Mapped[Ref] = mapped_column(ForeignKey("stop_reasons.id"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    note: Mapped[LongText | None]

    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    machine: Mapped[Machine | None] = relationship(lazy="raise")
    reason: Mapped[StopReason] = relationship(lazy="raise")
