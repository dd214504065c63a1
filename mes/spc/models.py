"""Control charts of characteristics, their phases with frozen limits, alarms and what was done about them.

A chart belongs to a characteristic over all revisions of its standard: the characteristic's id is that of the first
one. Points are not kept: they are worked out from the readings, so a corrected reading corrects its point.
"""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.access import Role
from mes.core.db import Base
from mes.core.types import Day, Id, LongText, Moment, Name, Qty, Ref, Short, Words
from mes.inspection.models import Characteristic, Inspection, Reading


class ChartKind(StrEnum):
    """Which chart is drawn, by the names of the statistics."""

    XBAR_R = "xbar-r"
    XBAR_S = "xbar-s"
    I_MR = "i-mr"
    EWMA = "ewma"
    CUSUM = "cusum"
    P = "p"
    NP = "np"
    C = "c"
    U = "u"


class ControlChart(Base):
    """How a characteristic is watched: chart, rules, who acts, and whether an alarm holds what was made."""

    __tablename__ = "control_charts"
    __table_args__ = (CheckConstraint("size >= 1", name="size_at_least_one"),)

    id: Mapped[Id]
    characteristic_id: Mapped[Ref] = mapped_column(ForeignKey("characteristics.id"), unique=True)
    kind: Mapped[ChartKind]
    #: Pieces measured in one inspection; of a chart of counts, pieces looked at for each count.
    size: Mapped[int]
    #: Sets of rules, or rules, by their names: western-electric, nelson, run-8.
    rules: Mapped[Words]
    #: Who must act on an alarm, and what is done first.
    acts: Mapped[Role]
    reaction: Mapped[LongText | None]
    holds: Mapped[bool] = mapped_column(default=False)
    #: Weight and width of an EWMA chart; step and decision limit of a CUSUM chart, in standard deviations.
    weight: Mapped[Qty] = mapped_column(default=Decimal("0.2"))
    width: Mapped[Qty] = mapped_column(default=Decimal(3))
    step: Mapped[Qty] = mapped_column(default=Decimal("0.5"))
    decision: Mapped[Qty] = mapped_column(default=Decimal(5))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    characteristic: Mapped[Characteristic] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class ChartPhase(Base):
    """Limits frozen from a stated range of inspections; they hold from its first one until the next phase begins.

    A phase is never changed: new limits are a new phase, and the old one stays visible.
    """

    __tablename__ = "chart_phases"
    __table_args__ = (UniqueConstraint("chart_id", "number"),)

    id: Mapped[Id]
    chart_id: Mapped[Ref] = mapped_column(ForeignKey("control_charts.id"))
    number: Mapped[int]
    #: The kind and size of chart from which the limits were worked out.
    kind: Mapped[ChartKind]
    first_id: Mapped[Ref] = mapped_column(ForeignKey("inspections.id"))
    last_id: Mapped[Ref] = mapped_column(ForeignKey("inspections.id"))
    points: Mapped[int]
    #: Of single readings, as the statistics gave them; a chart of counts has no standard deviation of its own.
    centre: Mapped[float] = mapped_column(Double)
    sigma: Mapped[float | None] = mapped_column(Double)
    method: Mapped[str] = mapped_column(String(24))
    at: Mapped[Moment]
    person: Mapped[Short]
    reason: Mapped[LongText]

    first: Mapped[Inspection] = relationship(lazy="raise", foreign_keys=[first_id])
    last: Mapped[Inspection] = relationship(lazy="raise", foreign_keys=[last_id])


class ChartAlarm(Base):
    """A rule that was met when an inspection was recorded. Never changed: what was done is an answer beside it."""

    __tablename__ = "chart_alarms"
    __table_args__ = (Index("ix_chart_alarms_chart", "chart_id", "inspection_id"),)

    id: Mapped[Id]
    chart_id: Mapped[Ref] = mapped_column(ForeignKey("control_charts.id"))
    inspection_id: Mapped[Ref] = mapped_column(ForeignKey("inspections.id"), index=True)
    #: Which line of the chart (mean, range), which rule, and the codes of its first and last inspection.
    track: Mapped[str] = mapped_column(String(24))
    rule: Mapped[str] = mapped_column(String(32))
    first: Mapped[Name]
    last: Mapped[Name]
    #: What was plotted, between which limits.
    value: Mapped[float] = mapped_column(Double)
    centre: Mapped[float] = mapped_column(Double)
    lower: Mapped[float | None] = mapped_column(Double)
    upper: Mapped[float | None] = mapped_column(Double)
    day: Mapped[Day]
    at: Mapped[Moment]
    person: Mapped[Short]
    acts: Mapped[Role]
    held: Mapped[bool] = mapped_column(default=False)

    chart: Mapped[ControlChart] = relationship(lazy="raise")
    inspection: Mapped[Inspection] = relationship(lazy="raise")
    answer: Mapped["AlarmAnswer | None"] = relationship(lazy="raise", back_populates="alarm")

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what it was and what was done."""
        return self.answer is None


class AlarmAnswer(Base):
    """What caused an alarm and what was done about it: it closes the alarm."""

    __tablename__ = "alarm_answers"

    id: Mapped[Id]
    alarm_id: Mapped[Ref] = mapped_column(ForeignKey("chart_alarms.id"), unique=True)
    cause: Mapped[LongText]
    action: Mapped[LongText]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    at: Mapped[Moment]

    alarm: Mapped[ChartAlarm] = relationship(lazy="raise", back_populates="answer")


# The newest readings of a characteristic, and its subgroups, come straight from this index.
Index(
    "ix_readings_charted", Reading.characteristic_id, Reading.inspection_id, Reading.piece, Reading.value,
    sqlite_where=text("replaced_at IS NULL"),
)  # fmt: skip
