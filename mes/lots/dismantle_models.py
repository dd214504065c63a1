"""Machines that were taken apart (분해), and what became of each part that had gone in."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Code, Id, LongText, Moment, Qty, Ref, Short
from mes.lots.models import Lot


class PartOutcome(StrEnum):
    """재고, 보류, 폐기, 회수 못함."""

    STOCK = "stock"
    HOLD = "hold"
    SCRAP = "scrap"
    LOST = "lost"


class Dismantling(Base):
    """A piece with a serial number was taken apart: it is used up by that."""

    __tablename__ = "dismantlings"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    movement_id: Mapped[Ref] = mapped_column(ForeignKey("movements.id"))
    at: Mapped[Moment]
    person: Mapped[Short]
    reason: Mapped[LongText]
    undone_at: Mapped[Moment | None]
    undone_by: Mapped[Short | None]
    undo_reason: Mapped[LongText | None]

    lot: Mapped[Lot] = relationship(lazy="raise")


class DismantledPart(Base):
    """So much of a lot that was in the machine came out as ``lot_id``, or did not come out (LOST)."""

    __tablename__ = "dismantled_parts"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[Id]
    dismantling_id: Mapped[Ref] = mapped_column(ForeignKey("dismantlings.id"), index=True)
    #: The lot that had gone in.
    source_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    #: The lot as which it is here again.
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"), index=True)
    quantity: Mapped[Qty]
    outcome: Mapped[PartOutcome]
    note: Mapped[LongText | None]

    source: Mapped[Lot] = relationship(lazy="raise", foreign_keys=[source_id])
    lot: Mapped[Lot | None] = relationship(lazy="raise", foreign_keys=[lot_id])
