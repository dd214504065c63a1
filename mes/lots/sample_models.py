"""Retained samples (보관품, 보존시료): what is put aside of a lot and kept, and what was taken of it for testing."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Day, Id, LongText, Moment, Qty, Ref, Short
from mes.lots.models import Lot


class RetainedSample(Base):
    """A lot that is kept as a sample until a day; its quantity and place are the lot's own.

    A quantity of a lot is a lot of its own (a split); a piece with a serial number is kept itself, ``source_id`` is
    then ``lot_id``.
    """

    __tablename__ = "retained_samples"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        partial_index("ix_retained_samples_kept", "keep_until", "id", where="disposed_at IS NULL"),
    )

    id: Mapped[Id]
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), unique=True)
    source_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    #: How much was put aside.
    quantity: Mapped[Qty]
    keep_until: Mapped[Day]
    at: Mapped[Moment]
    person: Mapped[Short]
    note: Mapped[LongText | None]
    #: When the last of it was thrown away or used up.
    disposed_at: Mapped[Moment | None]
    disposed_by: Mapped[Short | None]
    dispose_reason: Mapped[LongText | None]

    lot: Mapped[Lot] = relationship(lazy="raise", foreign_keys=[lot_id])
    source: Mapped[Lot] = relationship(lazy="raise", foreign_keys=[source_id])


class SampleTest(Base):
    """So much of a retained sample was taken for a test: why, and what it gave."""

    __tablename__ = "sample_tests"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("retained_samples.id"), index=True)
    movement_id: Mapped[Ref] = mapped_column(ForeignKey("movements.id"))
    quantity: Mapped[Qty]
    at: Mapped[Moment]
    person: Mapped[Short]
    reason: Mapped[LongText]
    #: What the test gave; written later if it was not known yet.
    result: Mapped[LongText | None]
