"""Inspection standards, inspections and readings."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.items.models import Item
from mes.lots.models import Lot


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
