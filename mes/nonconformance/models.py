"""Nonconformances (부적합): lots in question, the eight steps, actions, effect checks, and what it cost."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index, reversal_index
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.inspection.models import Inspection
from mes.items.models import Item
from mes.lots.models import Lot, Shipment
from mes.partners.models import Partner
from mes.people.models import Person
from mes.quality.models import DefectCause


class Origin(StrEnum):
    """How it came to light: 검사, 불량, 고객 클레임, 기타."""

    INSPECTION = "inspection"
    DEFECT = "defect"
    CLAIM = "claim"
    OTHER = "other"


class Severity(StrEnum):
    """경미, 중대, 치명."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Nonconformance(Base):
    """Something that is not as it must be, and what the plant does about it, until that is proved to work."""

    __tablename__ = "nonconformances"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        Index("ix_nonconformances_day", "day", "id"),
        partial_index("ix_nonconformances_open", "id", where="closed_at IS NULL"),
    )  # fmt: skip

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    origin: Mapped[Origin]
    severity: Mapped[Severity]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    #: How much is not as it must be, in the item's unit; None while nobody knows.
    quantity: Mapped[Qty | None]
    what: Mapped[LongText]
    place: Mapped[Name | None]
    found_on: Mapped[Day]
    found_by: Mapped[Short]
    #: The production day on which it was opened, and by whom.
    day: Mapped[Day]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    inspection_id: Mapped[Ref | None] = mapped_column(ForeignKey("inspections.id"), index=True)
    #: Of a claim: who complains, about which shipment, under which number of theirs. Of bought goods: the supplier.
    partner_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"), index=True)
    shipment_id: Mapped[Ref | None] = mapped_column(ForeignKey("shipments.id"))
    reference: Mapped[Short | None]
    #: Until when the effect is to be checked.
    check_due_on: Mapped[Day | None]
    closed_at: Mapped[Moment | None]
    closed_by: Mapped[Short | None]
    #: Opened again after it had been closed: checks from before count no more.
    reopened_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[Item] = relationship(lazy="raise")
    inspection: Mapped[Inspection | None] = relationship(lazy="raise")
    partner: Mapped[Partner | None] = relationship(lazy="raise")
    shipment: Mapped[Shipment | None] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.closed_at is None


class NonconformingDefect(Base):
    """A row of the defect log that a nonconformance was opened from."""

    __tablename__ = "nonconformance_defects"
    __table_args__ = (UniqueConstraint("nonconformance_id", "defect_id"),)

    id: Mapped[Id]
    nonconformance_id: Mapped[Ref] = mapped_column(ForeignKey("nonconformances.id"))
    defect_id: Mapped[Ref] = mapped_column(ForeignKey("defects.id"), index=True)


class LotRole(StrEnum):
    """What a lot has to do with it: it was found in it (발생), may have it too (의심), or brought it in (원인)."""

    FOUND = "found"
    SUSPECT = "suspect"
    CAUSE = "cause"


class ConcernedLot(Base):
    """A lot that a nonconformance is about. ``why`` says what it shares with the lot in which it was found."""

    __tablename__ = "nonconformance_lots"
    __table_args__ = (UniqueConstraint("nonconformance_id", "lot_id"),)

    id: Mapped[Id]
    nonconformance_id: Mapped[Ref] = mapped_column(ForeignKey("nonconformances.id"))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    role: Mapped[LotRole]
    why: Mapped[LongText | None]
    at: Mapped[Moment]
    person: Mapped[Short]

    lot: Mapped[Lot] = relationship(lazy="raise")


class Share(StrEnum):
    """What a lot has in common with one in which it was found."""

    KIN = "kin"
    RAW = "raw"
    MACHINE = "machine"
    MOULD = "mould"
    TIME = "time"


class Decision(StrEnum):
    """What becomes of a contained lot: 해제, 재작업, 폐기, 반품, 특채."""

    RELEASE = "release"
    REWORK = "rework"
    SCRAP = "scrap"
    RETURN = "return"
    CONCESSION = "concession"


class LotDecision(Base):
    """A decision about a contained lot. A concession (특채) frees the lot only when somebody else approved it."""

    __tablename__ = "nonconformance_decisions"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)

    id: Mapped[Id]
    nonconformance_id: Mapped[Ref] = mapped_column(ForeignKey("nonconformances.id"), index=True)
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    decision: Mapped[Decision]
    quantity: Mapped[Qty]
    reason: Mapped[LongText]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    approved_at: Mapped[Moment | None]
    approved_by: Mapped[Short | None]

    lot: Mapped[Lot] = relationship(lazy="raise")


class Step(Base):
    """One version of one of the eight steps (8D). Append-only: a changed step is a new row, the newest one counts."""

    __tablename__ = "nonconformance_steps"
    __table_args__ = (
        CheckConstraint("step BETWEEN 1 AND 8", name="one_of_eight"),
        Index("ix_nonconformance_steps_of", "nonconformance_id", "step"),
    )

    id: Mapped[Id]
    nonconformance_id: Mapped[Ref] = mapped_column(ForeignKey("nonconformances.id"))
    step: Mapped[int]
    text: Mapped[LongText]
    #: Of the root cause (D4): the answers to up to five whys, a line each, and its code.
    whys: Mapped[LongText | None]
    cause_id: Mapped[Ref | None] = mapped_column(ForeignKey("defect_causes.id"))
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]

    cause: Mapped[DefectCause | None] = relationship(lazy="raise")

    @property
    def answers(self) -> list[str]:
        """The answers to the whys, in order."""
        return (self.whys or "").split("\n") if self.whys else []


class ActionKind(StrEnum):
    """What an action is for: 봉쇄, 시정, 예방."""

    CONTAINMENT = "containment"
    CORRECTIVE = "corrective"
    PREVENTIVE = "preventive"


class Action(Base):
    """Something a person does until a day (조치)."""

    __tablename__ = "nonconformance_actions"
    __table_args__ = (
        partial_index("ix_nonconformance_actions_open", "due_on", where="done_at IS NULL"),
    )  # fmt: skip

    id: Mapped[Id]
    nonconformance_id: Mapped[Ref] = mapped_column(ForeignKey("nonconformances.id"), index=True)
    kind: Mapped[ActionKind]
    what: Mapped[LongText]
    owner_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"))
    due_on: Mapped[Day]
    at: Mapped[Moment]
    person: Mapped[Short]
    done_at: Mapped[Moment | None]
    done_by: Mapped[Short | None]
    result: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[Person] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}

    @property
    def is_done(self) -> bool:
        """Whether somebody reported it as done."""
        return self.done_at is not None


class EffectCheck(Base):
    """Whether the actions helped (유효성 확인). Append-only; the newest one counts."""

    __tablename__ = "nonconformance_checks"

    id: Mapped[Id]
    nonconformance_id: Mapped[Ref] = mapped_column(ForeignKey("nonconformances.id"), index=True)
    day: Mapped[Day]
    passed: Mapped[bool]
    result: Mapped[LongText]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]


class CostKind(StrEnum):
    """폐기, 재작업, 선별, 반품, 기타."""

    SCRAP = "scrap"
    REWORK = "rework"
    SORTING = "sorting"
    RETURN = "return"
    OTHER = "other"


class Cost(Base):
    """A line of what a nonconformance cost, in the plant's currency. Append-only; a wrong one is taken back."""

    __tablename__ = "nonconformance_costs"
    __table_args__ = (Index("ix_nonconformance_costs_day", "day", "kind"), reversal_index("nonconformance_costs"))

    id: Mapped[Id]
    nonconformance_id: Mapped[Ref] = mapped_column(ForeignKey("nonconformances.id"), index=True)
    kind: Mapped[CostKind]
    what: Mapped[Name | None]
    quantity: Mapped[Qty]
    unit: Mapped[Short]
    unit_cost: Mapped[Qty]
    #: quantity x unit cost, exact to six places.
    amount: Mapped[Qty]
    day: Mapped[Day]
    at: Mapped[Moment]
    person: Mapped[Short]
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"))
    reverses_id: Mapped[Ref | None] = mapped_column(ForeignKey("nonconformance_costs.id"))
    reason: Mapped[LongText | None]
