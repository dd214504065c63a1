"""How the pieces of a report were counted, where nobody counted them one by one."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base
from mes.core.types import Qty, Ref, Short


class CountWay(StrEnum):
    """By weighing, or from the counter of the machine."""

    WEIGHT = "weight"
    COUNTER = "counter"


class ReportCount(Base):
    """What was read on the scales or at the machine for one report. Append-only: it goes with its report."""

    __tablename__ = "report_counts"
    __table_args__ = (
        Index("ix_report_counts_machine_id", "machine_id", "report_id"),
        CheckConstraint("above >= below", name="readings_in_order"),
    )

    report_id: Mapped[Ref] = mapped_column(ForeignKey("production_reports.id"), primary_key=True, autoincrement=False)
    way: Mapped[CountWay]
    #: Gross and tare weight, or the counter at the end and at the beginning.
    above: Mapped[Qty]
    below: Mapped[Qty]
    #: Unit of the weight; pieces in one of it, or in one shot.
    unit: Mapped[Short | None]
    factor: Mapped[Qty]
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
