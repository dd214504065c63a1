"""Defects and inspections."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.items.models import Item
from mes.lots.models import Lot


class DefectCode(Base):
    """A type of defect (불량유형) under its group."""

    __tablename__ = "defect_codes"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    name_vi: Mapped[str | None] = mapped_column(String(200))
    group: Mapped[Short | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Disposition(StrEnum):
    """What becomes of defective pieces: open until decided."""

    OPEN = "open"
    REWORK = "rework"
    CONCESSION = "concession"
    SORT = "sort"
    RETURN = "return"
    SCRAP = "scrap"


class Defect(Base):
    """Defective pieces of one type (불량). Negative quantities take back a report that was undone."""

    __tablename__ = "defects"
    straight = True
    __table_args__ = (Index("ix_defects_day", "day", "code_id"),)

    id: Mapped[Id]
    code_id: Mapped[Ref] = mapped_column(ForeignKey("defect_codes.id"), index=True)
    quantity: Mapped[Qty]
    day: Mapped[Day]
    at: Mapped[Moment]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    report_id: Mapped[Ref | None] = mapped_column(ForeignKey("production_reports.id"), index=True)
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"), index=True)
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    cause: Mapped[LongText | None]
    note: Mapped[LongText | None]
    photo_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    disposition: Mapped[Disposition] = mapped_column(default=Disposition.OPEN)
    disposed_at: Mapped[Moment | None]
    disposed_by: Mapped[Short | None]
    disposition_reason: Mapped[LongText | None]
    reverses_id: Mapped[Ref | None] = mapped_column(ForeignKey("defects.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    type: Mapped[DefectCode] = relationship(lazy="raise")
    item: Mapped[Item] = relationship(lazy="raise")
    lot: Mapped[Lot | None] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}
