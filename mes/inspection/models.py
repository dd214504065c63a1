"""Inspection standards, inspections and readings."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index, sparse_index
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short, Words
from mes.items.models import Item, Revision
from mes.lots.models import Lot
from mes.partners.models import Partner


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


class SampleRule(StrEnum):
    """How many pieces are looked at, and when: 전수, 정해진 수, 몇 개마다, 몇 분마다, 초·중·종물, AQL."""

    ALL = "all"
    FIXED = "fixed"
    EVERY_PIECES = "every_pieces"
    EVERY_MINUTES = "every_minutes"
    FIRST_MIDDLE_LAST = "first_middle_last"
    AQL = "aql"


class Trigger(StrEnum):
    """After what an inspection is due again: 작업 시작, 교대, 자재 교체, 금형 교체, 작업 끝."""

    START = "start"
    SHIFT = "shift"
    MATERIAL = "material"
    MOULD = "mould"
    END = "end"


class InspectionStandard(Base):
    """One revision of what is inspected on an item, and how (검사기준).

    A standard is for one kind of inspection; ``operation`` (routing sequence) and ``partner_id`` (supplier of incoming
    goods, else customer) narrow it further. ``scope`` says all four in one word, so that the database can tell two
    standards for the same thing from each other.
    """

    __tablename__ = "inspection_standards"
    __table_args__ = (
        UniqueConstraint("scope", "revision"),
        partial_index("uq_inspection_standards_released", "scope", unique=True, where="state = 'released'"),
        partial_index("uq_inspection_standards_draft", "scope", unique=True, where="state = 'draft'"),
        Index("ix_inspection_standards_item", "item_id", "kind", "state"),
        CheckConstraint("sample_size > 0", name="sample_above_zero"),
        CheckConstraint("every IS NULL OR every > 0", name="every_above_zero"),
    )  # fmt: skip

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[InspectionKind]
    operation: Mapped[int | None]
    partner_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"))
    scope: Mapped[Short]
    revision: Mapped[int]
    state: Mapped[Revision] = mapped_column(default=Revision.DRAFT)
    sample_rule: Mapped[SampleRule] = mapped_column(default=SampleRule.FIXED)
    sample_size: Mapped[int] = mapped_column(default=1)
    #: Pieces or minutes between two inspections.
    every: Mapped[int | None]
    triggers: Mapped[Words] = mapped_column(default=frozenset())
    #: As the tables of ISO 2859-1 write it: "0.65".
    aql: Mapped[str | None] = mapped_column(String(8))
    level: Mapped[str | None] = mapped_column(String(4))
    double_plan: Mapped[bool] = mapped_column(default=False)
    #: Nothing may be reported before it has passed.
    gate: Mapped[bool] = mapped_column(default=False)
    #: A failure also holds every lot made since the last good check.
    hold_back: Mapped[bool] = mapped_column(default=False)
    #: Who must act on a failure.
    act_by: Mapped[Short | None]
    method: Mapped[LongText | None]
    reaction: Mapped[LongText | None]
    #: Why this revision was made.
    note: Mapped[LongText | None]
    drafted_at: Mapped[Moment | None]
    drafted_by: Mapped[Short | None]
    approved_at: Mapped[Moment | None]
    approved_by: Mapped[Short | None]
    ended_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[Item] = relationship(lazy="raise")
    partner: Mapped[Partner | None] = relationship(lazy="raise")
    characteristics: Mapped[list["Characteristic"]] = relationship(
        lazy="raise", order_by="(Characteristic.position, Characteristic.id)", back_populates="standard"
    )
    __mapper_args__ = {"version_id_col": version}


class Nature(StrEnum):
    """A characteristic is measured (계량), or decided by looking (계수)."""

    VARIABLE = "variable"
    ATTRIBUTE = "attribute"


class Characteristic(Base):
    """What is inspected in one revision of a standard (검사항목): a value with its limits, or a choice.

    ``stem_id`` is the id of the same characteristic in the revision in which it was first entered: readings of one
    stem belong together over all revisions. A limit that is missing is open on that side.
    """

    __tablename__ = "characteristics"
    __table_args__ = (
        CheckConstraint("lower IS NULL OR upper IS NULL OR lower <= upper", name="limits_in_order"),
        CheckConstraint("sample_size IS NULL OR sample_size > 0", name="sample_above_zero"),
    )

    id: Mapped[Id]
    standard_id: Mapped[Ref] = mapped_column(ForeignKey("inspection_standards.id"), index=True)
    stem_id: Mapped[Ref] = mapped_column(index=True, default=0)
    position: Mapped[int]
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    nature: Mapped[Nature] = mapped_column(default=Nature.VARIABLE)
    unit: Mapped[str | None] = mapped_column(String(16))
    #: Places after the point that a reading is given with.
    decimals: Mapped[int | None]
    nominal: Mapped[Qty | None]
    lower: Mapped[Qty | None]
    upper: Mapped[Qty | None]
    #: A setting of the process (an oven's temperature) rather than a feature of the piece.
    of_process: Mapped[bool] = mapped_column(default=False)
    #: Pieces for this one where it is not as many as the standard says.
    sample_size: Mapped[int | None]
    #: The kind of gauge, in the words that gauges carry.
    gauge_type: Mapped[Short | None]
    method: Mapped[LongText | None]
    frequency: Mapped[Short | None]
    reaction: Mapped[LongText | None]
    #: The mark of a special characteristic, as the customer draws it: CC, SC, ◇.
    special: Mapped[str | None] = mapped_column(String(16))
    #: The line of the process FMEA that it guards.
    pfmea: Mapped[Short | None]
    limit_sample: Mapped[LongText | None]
    good_photo_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    bad_photo_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))

    standard: Mapped[InspectionStandard] = relationship(lazy="raise", back_populates="characteristics")
    choices: Mapped[list["Choice"]] = relationship(lazy="raise", order_by="Choice.position")


class Choice(Base):
    """One answer to a characteristic that is decided by looking, and whether it is a good one."""

    __tablename__ = "characteristic_choices"
    __table_args__ = (UniqueConstraint("characteristic_id", "name"),)

    id: Mapped[Id]
    characteristic_id: Mapped[Ref] = mapped_column(ForeignKey("characteristics.id"))
    position: Mapped[int]
    name: Mapped[Short]
    name_en: Mapped[str | None] = mapped_column(String(100))
    good: Mapped[bool]


class Severity(StrEnum):
    """How hard lots of an item are looked at (ISO 2859-1): 보통, 까다로운, 수월한 검사, 중지."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    REDUCED = "reduced"
    DISCONTINUED = "discontinued"


class Verdict(StrEnum):
    """Computed from the readings, never typed."""

    PASS = "pass"  # noqa: S105  # a verdict, not a password
    FAIL = "fail"


class Inspection(Base):
    """One inspection of a lot or of a job's pieces, by the revision of the standard that was in force when it began.

    It is open until ``closed_at``; its verdict is computed then. Closed without a verdict, it was given up.
    By AQL: ``lot_size`` and ``severity`` tell the plan it began with, ``found`` the nonconforming pieces of the first
    sample and ``found_in_both`` those of both, when a second one was drawn.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        Index("ix_inspections_at", "at"),
        sparse_index("inspections", "lot_id"),
        partial_index("ix_inspections_open", "kind", "job_id", "lot_id", where="closed_at IS NULL"),
        CheckConstraint("verdict IS NULL OR closed_at IS NOT NULL", name="verdict_at_the_end"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[InspectionKind]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"))
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"))
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    standard_id: Mapped[Ref] = mapped_column(ForeignKey("inspection_standards.id"), index=True)
    lot_size: Mapped[int | None]
    severity: Mapped[Severity | None]
    found: Mapped[int | None]
    found_in_both: Mapped[int | None]
    day: Mapped[Day]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    verdict: Mapped[Verdict | None]
    note: Mapped[LongText | None]
    #: Pieces of the first sample, and of the second one once it is drawn.
    pieces: Mapped[int] = mapped_column(default=1, server_default="1")
    more_pieces: Mapped[int | None]
    #: What made it due: a start, a change of shift, material or mould.
    trigger: Mapped[str | None] = mapped_column(String(16))
    #: Where it was made, and what the job had made by then.
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    tool_id: Mapped[Ref | None] = mapped_column(ForeignKey("tools.id"))
    made: Mapped[Qty | None]
    closed_at: Mapped[Moment | None]
    closed_by: Mapped[Short | None]

    item: Mapped[Item] = relationship(lazy="raise")
    lot: Mapped[Lot | None] = relationship(lazy="raise")
    standard: Mapped[InspectionStandard] = relationship(lazy="raise")
    readings: Mapped[list["Reading"]] = relationship(lazy="raise", order_by="Reading.position")


class Reading(Base):
    """One measured value, or one choice, of one piece, with the limits that were in force.

    Of what is decided by looking the value is 0 for a good choice and 1 for a bad one. A wrong reading stays and is
    marked as replaced; the one in its place names it and says why. So are those of an inspection that was given up.
    """

    __tablename__ = "readings"
    __table_args__ = (
        partial_index(
            "uq_readings_one_each", "inspection_id", "characteristic_id", "piece", unique=True,
            where="replaced_at IS NULL",
        ),
    )  # fmt: skip

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
    piece: Mapped[int] = mapped_column(default=1, server_default="1")
    choice_id: Mapped[Ref | None] = mapped_column(ForeignKey("characteristic_choices.id"))
    gauge_id: Mapped[Ref | None] = mapped_column(ForeignKey("gauges.id"), index=True)
    at: Mapped[Moment | None]
    person: Mapped[Short | None]
    replaced_at: Mapped[Moment | None]
    replaces_id: Mapped[Ref | None] = mapped_column(ForeignKey("readings.id"), unique=True)
    #: Why it took the place of another one.
    reason: Mapped[LongText | None]

    choice: Mapped[Choice | None] = relationship(lazy="raise")
