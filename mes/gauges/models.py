"""Measuring means, their calibrations and the studies of their measurement systems."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, reversal_index
from mes.core.files import StoredFile
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.equipment.models import WorkCentre
from mes.people.models import Person


class GaugeState(StrEnum):
    """Whether a gauge is there to be used."""

    IN_USE = "in_use"
    OUT_OF_USE = "out_of_use"
    LOST = "lost"


class Result(StrEnum):
    """What a calibration found: within its limits, outside and adjusted, outside and not to be used."""

    PASS = "pass"  # noqa: S105  # a result, not a password
    ADJUSTED = "adjusted"
    FAIL = "fail"


#: So many days before it is due, a gauge is named on the lists.
SOON_DAYS = 30


class Standing(StrEnum):
    """How a gauge stands today, the worst first."""

    LOST = "lost"
    OUT_OF_USE = "out_of_use"
    FAILED = "failed"
    OVERDUE = "overdue"
    NEVER = "never"
    SOON = "soon"
    GOOD = "good"


class Gauge(Base):
    """One measuring means (계측기): a caliper, a scale, a thermometer."""

    __tablename__ = "gauges"
    __table_args__ = (
        CheckConstraint("lower IS NULL OR upper IS NULL OR lower <= upper", name="range_in_order"),
        CheckConstraint("interval_months IS NULL OR interval_months > 0", name="interval_above_zero"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    #: What kind of gauge, in the plant's own words.
    kind: Mapped[Short | None]
    maker: Mapped[Short | None]
    serial: Mapped[Short | None]
    #: What its label's QR says.
    tag: Mapped[Code] = mapped_column(unique=True)
    lower: Mapped[Qty | None]
    upper: Mapped[Qty | None]
    resolution: Mapped[Qty | None]
    unit: Mapped[str | None] = mapped_column(String(16))
    work_centre_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_centres.id"), index=True)
    place: Mapped[Short | None]
    keeper_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    #: Months between calibrations; empty: it is never calibrated (a plug gauge that is replaced when worn).
    interval_months: Mapped[int | None]
    #: The day until which it may be used; kept up by its newest calibration.
    due_on: Mapped[Day | None] = mapped_column(index=True)
    #: What the newest calibration found.
    result: Mapped[Result | None]
    state: Mapped[GaugeState] = mapped_column(default=GaugeState.IN_USE)
    note: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    work_centre: Mapped[WorkCentre | None] = relationship(lazy="raise")
    keeper: Mapped[Person | None] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class Calibration(Base):
    """One calibration or check of a gauge (교정). Never changed; a wrong one is taken back by a row of its own."""

    __tablename__ = "calibrations"
    __table_args__ = (Index("ix_calibrations_gauge", "gauge_id", "done_on"), reversal_index("calibrations"))

    id: Mapped[Id]
    gauge_id: Mapped[Ref] = mapped_column(ForeignKey("gauges.id"))
    done_on: Mapped[Day]
    lab: Mapped[Short]
    certificate: Mapped[Short | None]
    result: Mapped[Result]
    #: What it was wrong by when it came, and when it left again.
    error: Mapped[Qty | None]
    error_after: Mapped[Qty | None]
    next_due_on: Mapped[Day | None]
    file_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    note: Mapped[LongText | None]
    #: The calibration that this row takes back.
    reverses_id: Mapped[Ref | None] = mapped_column(ForeignKey("calibrations.id"))
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]

    file: Mapped[StoredFile | None] = relationship(lazy="raise")


class StudyKind(StrEnum):
    """Gauge R&R, bias, linearity, attribute agreement."""

    GAUGE_RR = "gauge_rr"
    BIAS = "bias"
    LINEARITY = "linearity"
    ATTRIBUTE = "attribute"


class StudyState(StrEnum):
    """A study is filled in, concluded (and frozen), or given up."""

    OPEN = "open"
    CONCLUDED = "concluded"
    DROPPED = "dropped"


class GaugeStudy(Base):
    """A study of a measurement system: a gauge, what is measured with it, and by whom."""

    __tablename__ = "gauge_studies"
    __table_args__ = (Index("ix_gauge_studies_gauge", "gauge_id", "id"),)

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    gauge_id: Mapped[Ref] = mapped_column(ForeignKey("gauges.id"))
    kind: Mapped[StudyKind]
    item_code: Mapped[str | None] = mapped_column(String(64))
    characteristic: Mapped[Name]
    unit: Mapped[str | None] = mapped_column(String(16))
    #: Width of the specification, for the share of the tolerance.
    tolerance: Mapped[Qty | None]
    #: In a study of decisions: the word for a good piece.
    good: Mapped[Short | None]
    note: Mapped[LongText | None]
    #: Names, reference values and what was entered, as one text.
    data: Mapped[LongText]
    state: Mapped[StudyState] = mapped_column(default=StudyState.OPEN)
    #: What it came to, kept with the conclusion: the verdict's name, the figure that decides, distinct categories.
    verdict: Mapped[Short | None]
    figure: Mapped[Qty | None]
    categories: Mapped[int | None]
    begun_on: Mapped[Day]
    person: Mapped[Short]
    concluded_at: Mapped[Moment | None]
    concluded_by: Mapped[Short | None]
    version: Mapped[int] = mapped_column(default=1)

    gauge: Mapped[Gauge] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}
