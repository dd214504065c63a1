"""What came back from customers (반품 입고): each line names the line of the shipment by which it had left."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Code, Id, LongText, Moment, Qty, Ref, Short
from mes.lots.models import Lot
from mes.partners.models import Partner


class ReturnCondition(StrEnum):
    """미개봉, 개봉, 파손, 불량, 미확인."""

    UNOPENED = "unopened"
    OPENED = "opened"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    UNKNOWN = "unknown"


class CustomerReturn(Base):
    """Goods that a customer brought or sent back together. The shipment itself stays as it was."""

    __tablename__ = "customer_returns"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("partners.id"), index=True)
    at: Mapped[Moment]
    person: Mapped[Short]
    reason: Mapped[LongText]
    #: The customer's own number of it.
    reference: Mapped[Short | None]
    note: Mapped[LongText | None]

    customer: Mapped[Partner] = relationship(lazy="raise")


class ReturnLine(Base):
    """So much of one line of a shipment is back: as a lot of its own that stems from the shipped one, a piece with a
    serial number as itself."""

    __tablename__ = "customer_return_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[Id]
    return_id: Mapped[Ref] = mapped_column(ForeignKey("customer_returns.id"), index=True)
    #: The line of the ledger by which it left.
    shipped_id: Mapped[Ref] = mapped_column(ForeignKey("movements.id"), index=True)
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    #: The lot as which it is here again; of a piece with a serial number the same.
    back_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    movement_id: Mapped[Ref] = mapped_column(ForeignKey("movements.id"))
    quantity: Mapped[Qty]
    condition: Mapped[ReturnCondition]
    undone_at: Mapped[Moment | None]
    undone_by: Mapped[Short | None]
    undo_reason: Mapped[LongText | None]

    lot: Mapped[Lot] = relationship(lazy="raise", foreign_keys=[lot_id])
    back: Mapped[Lot] = relationship(lazy="raise", foreign_keys=[back_id])
