"""A stock count (재고실사): what was expected when it began, what was found, and what was made of the differences.

Nothing stands still for a count. Each entry keeps what the ledger said at that moment (``book``), so a difference is
what was found against what should have been there right then, whatever moved before and moves after.
"""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base
from mes.core.types import Code, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.equipment.models import Location
from mes.lots.models import Lot


class CountScope(StrEnum):
    """What a count covers."""

    PLANT = "plant"
    PLACES = "places"
    ITEMS = "items"


class CountState(StrEnum):
    """The life of a count."""

    COUNTING = "counting"
    POSTED = "posted"
    CANCELLED = "cancelled"


class StockCount(Base):
    """One count of the stock."""

    __tablename__ = "stock_counts"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    scope: Mapped[CountScope]
    #: Whether counters are not told what is expected.
    blind: Mapped[bool] = mapped_column(default=False)
    #: Percent of the book quantity above which a second person counts again.
    tolerance: Mapped[Qty]
    state: Mapped[CountState] = mapped_column(default=CountState.COUNTING)
    frozen_at: Mapped[Moment]
    begun_by: Mapped[Short]
    posted_at: Mapped[Moment | None]
    approved_by: Mapped[Short | None]
    note: Mapped[LongText | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CountedPlace(Base):
    """A place within a count: whoever opened it counts it, until it is finished. No location: lots without a place."""

    __tablename__ = "counted_places"
    __table_args__ = (UniqueConstraint("count_id", "location_id"),)

    id: Mapped[Id]
    count_id: Mapped[Ref] = mapped_column(ForeignKey("stock_counts.id"))
    location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short | None]
    opened_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]

    location: Mapped[Location | None] = relationship(lazy="raise")


class CountLine(Base):
    """One lot within a count."""

    __tablename__ = "count_lines"
    __table_args__ = (
        UniqueConstraint("count_id", "lot_id"),
        Index("ix_count_lines_place", "count_id", "location_id"),
    )

    id: Mapped[Id]
    count_id: Mapped[Ref] = mapped_column(ForeignKey("stock_counts.id"))
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    #: How much, and where, when the count began.
    expected: Mapped[Qty]
    location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    #: Nobody expected it: it was not in stock, or is not what is counted.
    unexpected: Mapped[bool] = mapped_column(default=False)
    #: The entry that stands: the newest one (without a foreign key, as entries point here).
    entry_id: Mapped[Ref | None]
    reason: Mapped[LongText | None]
    #: The ledger's lines that were written for it.
    movement_id: Mapped[Ref | None] = mapped_column(ForeignKey("movements.id"))
    move_id: Mapped[Ref | None] = mapped_column(ForeignKey("movements.id"))

    lot: Mapped[Lot] = relationship(lazy="raise")


class CountEntry(Base):
    """What one person found of one lot. Append-only: counting again adds an entry."""

    __tablename__ = "count_entries"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)

    id: Mapped[Id]
    line_id: Mapped[Ref] = mapped_column(ForeignKey("count_lines.id"), index=True)
    quantity: Mapped[Qty]
    #: What the ledger said at this moment, and where.
    book: Mapped[Qty]
    book_location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    #: The last line of the lot's ledger then.
    ledger_id: Mapped[Ref | None] = mapped_column(ForeignKey("movements.id"))
    #: Where it was found; for a lot that was not found, where it was looked for.
    location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    #: Nobody scanned it: its place was finished without it.
    missed: Mapped[bool] = mapped_column(default=False)
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
