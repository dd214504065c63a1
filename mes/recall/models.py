"""Recalls: what is suspected, the lots it reached, and the customers who are told."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Code, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.lots.models import Lot
from mes.partners.models import Partner


class RecallState(StrEnum):
    """진행 중, 종결, 취소."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Recall(Base):
    """A recall (회수), or the drill of one (모의 회수): the same, but nothing is held for it."""

    __tablename__ = "recalls"
    __table_args__ = (Index("ix_recalls_began", "began_at", "id"),)

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    reason: Mapped[LongText]
    drill: Mapped[bool]
    #: How the suspects were found, in words.
    chosen: Mapped[LongText]
    state: Mapped[RecallState] = mapped_column(default=RecallState.OPEN)
    began_at: Mapped[Moment]
    began_by: Mapped[Short]
    ended_at: Mapped[Moment | None]
    ended_by: Mapped[Short | None]
    conclusion: Mapped[LongText | None]
    #: The mass balance as it was at the end (JSON).
    figures: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """Whether it is still worked on."""
        return self.state is RecallState.OPEN


class RecallLot(Base):
    """A lot that a suspect reached: where it stood when it was found, and what was counted of it."""

    __tablename__ = "recall_lots"
    __table_args__ = (
        UniqueConstraint("recall_id", "lot_id"),
        partial_index("ix_recall_lots_stock", "recall_id", "id", where="on_hand > 0"),
        CheckConstraint("collected >= 0", name="collected_not_negative"),
    )

    id: Mapped[Id]
    recall_id: Mapped[Ref] = mapped_column(ForeignKey("recalls.id"))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    suspect: Mapped[bool]
    #: By the shortest way from a suspect.
    steps: Mapped[int]
    on_hand: Mapped[Qty]
    shipped: Mapped[Qty]
    found_at: Mapped[Moment]
    collected: Mapped[Qty | None]
    #: What was in stock on paper when it was counted.
    recorded: Mapped[Qty | None]
    #: When it was found first; the count, and who counted, are the newest.
    collected_at: Mapped[Moment | None]
    collected_by: Mapped[Short | None]
    note: Mapped[LongText | None]

    lot: Mapped[Lot] = relationship(lazy="raise")


class RecallNotice(Base):
    """A customer who got some of it: when he was told, what he answered, what came back."""

    __tablename__ = "recall_notices"
    __table_args__ = (UniqueConstraint("recall_id", "partner_id"),)

    id: Mapped[Id]
    recall_id: Mapped[Ref] = mapped_column(ForeignKey("recalls.id"))
    partner_id: Mapped[Ref] = mapped_column(ForeignKey("partners.id"), index=True)
    told_at: Mapped[Moment | None]
    told_by: Mapped[Short | None]
    told_how: Mapped[Short | None]
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[Short | None]
    answer: Mapped[LongText | None]
    #: What the customer sent back or put aside, in the words of his answer.
    returned: Mapped[Short | None]

    partner: Mapped[Partner] = relationship(lazy="raise")
