"""How hard the lots of each item and supplier are looked at, and what made it so."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Id, LongText, Moment, Name, Ref, Short
from mes.inspection.models import Inspection, InspectionKind, Severity
from mes.items.models import Item
from mes.lots.models import Lot
from mes.partners.models import Partner


class SamplingState(Base):
    """Where the lots of one standard's scope from one supplier stand. ``series`` names the scope and the supplier."""

    __tablename__ = "sampling_states"

    id: Mapped[Id]
    series: Mapped[Short] = mapped_column(unique=True)
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    kind: Mapped[InspectionKind]
    operation: Mapped[int | None]
    #: The partner that the standard is for.
    partner_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"))
    supplier_id: Mapped[Ref | None] = mapped_column(ForeignKey("partners.id"), index=True)
    severity: Mapped[Severity] = mapped_column(default=Severity.NORMAL)
    #: The last lots in this severity, oldest first: 1 accepted, 0 not accepted.
    recent: Mapped[str] = mapped_column(String(5), default="")
    score: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    #: Why it came to this severity.
    reason: Mapped[Name | None]
    since: Mapped[Moment]
    #: Who wants reduced inspection as soon as the score allows it, and why.
    reduced_by: Mapped[Short | None]
    reduced_why: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[Item] = relationship(lazy="raise")
    partner: Mapped[Partner | None] = relationship(lazy="raise", foreign_keys=[partner_id])
    supplier: Mapped[Partner | None] = relationship(lazy="raise", foreign_keys=[supplier_id])
    __mapper_args__ = {"version_id_col": version}


class SamplingStep(Base):
    """What one lot, or one decision, did to a sampling state. Never changed.

    A lot that was presented again after sorting has no step: only first inspections count.
    """

    __tablename__ = "sampling_steps"
    __table_args__ = (UniqueConstraint("state_id", "lot_id"),)

    id: Mapped[Id]
    state_id: Mapped[Ref] = mapped_column(ForeignKey("sampling_states.id"), index=True)
    inspection_id: Mapped[Ref | None] = mapped_column(ForeignKey("inspections.id"), unique=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"))
    at: Mapped[Moment]
    person: Mapped[Short]
    #: The plan that was used: its letter, the pieces inspected, and what was found in them.
    letter: Mapped[str | None] = mapped_column(String(1))
    pieces: Mapped[int | None]
    found: Mapped[int | None]
    accepted: Mapped[bool | None]
    severity: Mapped[Severity]
    severity_after: Mapped[Severity]
    score_after: Mapped[int]
    #: The rule that changed the severity, or what the person who decided said.
    reason: Mapped[Name | None]
    note: Mapped[LongText | None]

    inspection: Mapped[Inspection | None] = relationship(lazy="raise")
    lot: Mapped[Lot | None] = relationship(lazy="raise")
