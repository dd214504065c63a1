"""Defects and inspections."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
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


class InspectionKind(StrEnum):
    """수입, 초물, 중물, 종물, 자주, 순회, 최종, 출하."""

    INCOMING = "incoming"
    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"
    SELF = "self"
    PATROL = "patrol"
    FINAL = "final"
    OUTGOING = "outgoing"


class Characteristic(Base):
    """What is measured on an item in one kind of inspection (검사항목), with its limits."""

    __tablename__ = "characteristics"
    __table_args__ = (
        CheckConstraint("lower IS NULL OR upper IS NULL OR lower <= upper", name="limits_in_order"),
        Index("ix_characteristics_item", "item_id", "kind"),
    )

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[InspectionKind]
    position: Mapped[int]
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(16))
    nominal: Mapped[Qty | None]
    lower: Mapped[Qty | None]
    upper: Mapped[Qty | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[Item] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class Verdict(StrEnum):
    """Computed from the readings, never typed."""

    PASS = "pass"  # noqa: S105  # a verdict, not a password
    FAIL = "fail"


class Inspection(Base):
    """One inspection of a lot or of a job's pieces."""

    __tablename__ = "inspections"
    __table_args__ = (Index("ix_inspections_at", "at"),)

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[InspectionKind]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"), index=True)
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    day: Mapped[Day]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    verdict: Mapped[Verdict]
    note: Mapped[LongText | None]

    item: Mapped[Item] = relationship(lazy="raise")
    lot: Mapped[Lot | None] = relationship(lazy="raise")
    readings: Mapped[list["Reading"]] = relationship(lazy="raise", order_by="Reading.position")


class Reading(Base):
    """One measured value with the limits that were in force."""

    __tablename__ = "readings"

    id: Mapped[Id]
    inspection_id: Mapped[Ref] = mapped_column(ForeignKey("inspections.id"), index=True)
    characteristic_id: Mapped[Ref] = mapped_column(ForeignKey("characteristics.id"), index=True)
    position: Mapped[int]
    name: Mapped[Name]
    unit: Mapped[str | None] = mapped_column(String(16))
    lower: Mapped[Qty | None]
    upper: Mapped[Qty | None]
    value: Mapped[Qty]
    verdict: Mapped[Verdict]
