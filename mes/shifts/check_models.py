"""Daily checks (일상점검, 5S, TBM): sheets with their items, and what was found."""

from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.equipment.models import Machine, WorkCentre


class Every(StrEnum):
    """How often a sheet is filled in."""

    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"


class OnFailure(StrEnum):
    """What follows by itself from an item that is not in order."""

    NOTHING = "nothing"
    CALL = "call"
    HOLD = "hold"


class AnswerKind(StrEnum):
    """How an item is answered."""

    TICK = "tick"
    VALUE = "value"
    PHOTO = "photo"


class CheckSheet(Base):
    """What is looked at, at one machine or a whole work centre, each shift, day or week."""

    __tablename__ = "check_sheets"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"), index=True)
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    every: Mapped[Every] = mapped_column(default=Every.DAY)
    #: Minutes after the beginning of the shift (of the day's first shift) until it is overdue.
    within_minutes: Mapped[int] = mapped_column(default=60)
    on_failure: Mapped[OnFailure] = mapped_column(default=OnFailure.CALL)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    machine: Mapped[Machine | None] = relationship(lazy="raise")
    items: Mapped[list["CheckItem"]] = relationship(lazy="raise", order_by="CheckItem.position")
    __mapper_args__ = {"version_id_col": version}


class CheckItem(Base):
    """One line of a sheet. What was answered keeps the line it was; a line that is not in use is asked no more."""

    __tablename__ = "check_items"
    __table_args__ = (UniqueConstraint("sheet_id", "position"),)

    id: Mapped[Id]
    sheet_id: Mapped[Ref] = mapped_column(ForeignKey("check_sheets.id"))
    position: Mapped[int]
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[AnswerKind] = mapped_column(default=AnswerKind.TICK)
    unit: Mapped[str | None] = mapped_column(String(16))
    lower: Mapped[Qty | None]
    upper: Mapped[Qty | None]
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def asked(self) -> str:
        """What the line asks, short: an answer goes with the words that were read, not with the line's number."""
        told = (self.name, self.name_en, self.kind.value, self.unit, self.lower, self.upper)
        return sha256(repr(told).encode()).hexdigest()[:12]


class Check(Base):
    """A sheet that was filled in: for which day (and shift), by whom, and whether all was in order."""

    __tablename__ = "checks"
    __table_args__ = (Index("ix_checks_day", "sheet_id", "day"),)

    id: Mapped[Id]
    sheet_id: Mapped[Ref] = mapped_column(ForeignKey("check_sheets.id"))
    day: Mapped[Day]
    shift_id: Mapped[Ref | None] = mapped_column(ForeignKey("shifts.id"))
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    station: Mapped[Short | None]
    passed: Mapped[bool]
    note: Mapped[LongText | None]

    sheet: Mapped[CheckSheet] = relationship(lazy="raise")
    answers: Mapped[list["CheckAnswer"]] = relationship(lazy="raise", order_by="CheckAnswer.id")


class CheckAnswer(Base):
    """What was found at one line: in order or not, with the value or the photo. The line as it read then is kept."""

    __tablename__ = "check_answers"

    id: Mapped[Id]
    check_id: Mapped[Ref] = mapped_column(ForeignKey("checks.id"), index=True)
    item_id: Mapped[Ref] = mapped_column(ForeignKey("check_items.id"))
    name: Mapped[Name]
    ok: Mapped[bool]
    value: Mapped[Qty | None]
    unit: Mapped[str | None] = mapped_column(String(16))
    lower: Mapped[Qty | None]
    upper: Mapped[Qty | None]
    photo_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
