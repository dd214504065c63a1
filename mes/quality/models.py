"""Types of defect and their causes, and what was found defective."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, reversal_index, sparse_index
from mes.core.types import Code, Day, Id, LongText, Moment, Name, Qty, Ref, Short
from mes.items.models import Item
from mes.lots.models import Lot


class DefectCode(Base):
    """A type of defect (불량유형) under its group."""

    __tablename__ = "defect_codes"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    name_vi: Mapped[str | None] = mapped_column(String(200))
    group: Mapped[Short | None]
    #: What it looks like, for those who choose it by touch.
    picture_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class DefectCause(Base):
    """Why something became defective (불량원인), from the plant's own list."""

    __tablename__ = "defect_causes"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    name_vi: Mapped[str | None] = mapped_column(String(200))
    group: Mapped[Short | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Disposition(StrEnum):
    """What becomes of defective pieces: open until decided."""

    OPEN = "open"
    REWORK = "rework"
    CONCESSION = "concession"
    SORT = "sort"
    RETURN = "return"
    SCRAP = "scrap"


class Defect(Base):
    """Defective pieces of one type (불량). Negative quantities take back a report that was undone."""

    __tablename__ = "defects"
    straight = True
    __table_args__ = (
        Index("ix_defects_day", "day", "code_id"),
        Index("ix_defects_disposition", "disposition"),
        reversal_index("defects"),
        sparse_index("defects", "report_id"),
        sparse_index("defects", "lot_id"),
        CheckConstraint(
            "mark_x BETWEEN 0 AND 1000 AND mark_y BETWEEN 0 AND 1000 OR mark_x IS NULL AND mark_y IS NULL",
            name="mark_on_the_picture",
        ),
    )

    id: Mapped[Id]
    code_id: Mapped[Ref] = mapped_column(ForeignKey("defect_codes.id"), index=True)
    quantity: Mapped[Qty]
    day: Mapped[Day]
    at: Mapped[Moment]
    item_id: Mapped[Ref] = mapped_column(ForeignKey("items.id"), index=True)
    report_id: Mapped[Ref | None] = mapped_column(ForeignKey("production_reports.id"))
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"))
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Short]
    cause_id: Mapped[Ref | None] = mapped_column(ForeignKey("defect_causes.id"), index=True)
    cause: Mapped[LongText | None]
    note: Mapped[LongText | None]
    #: The first photo; further ones are in ``defect_photos``.
    photo_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    #: The mould or tool, and its cavity, as they are marked on the floor.
    tool: Mapped[Short | None]
    cavity: Mapped[Short | None]
    #: Where a finger pointed on the picture of the item: thousandths of its width and height from the upper left.
    mark_x: Mapped[int | None]
    mark_y: Mapped[int | None]
    disposition: Mapped[Disposition] = mapped_column(default=Disposition.OPEN)
    disposed_at: Mapped[Moment | None]
    disposed_by: Mapped[Short | None]
    disposition_reason: Mapped[LongText | None]
    #: How many were good after sorting; the rest is decided again.
    sorted_good: Mapped[Qty | None]
    #: Who approved a concession.
    approved_by: Mapped[Short | None]
    #: The lot that was reworked: a part of its own, or the lot in which the pieces stayed.
    rework_lot_id: Mapped[Ref | None] = mapped_column(ForeignKey("lots.id"), index=True)
    reverses_id: Mapped[Ref | None] = mapped_column(ForeignKey("defects.id"))
    version: Mapped[int] = mapped_column(default=1)

    type: Mapped[DefectCode] = relationship(lazy="raise")
    item: Mapped[Item] = relationship(lazy="raise")
    lot: Mapped[Lot | None] = relationship(lazy="raise", foreign_keys=[lot_id])
    rework_lot: Mapped[Lot | None] = relationship(lazy="raise", foreign_keys=[rework_lot_id])
    why: Mapped[DefectCause | None] = relationship(lazy="raise")
    photos: Mapped[list["DefectPhoto"]] = relationship(lazy="raise", order_by="DefectPhoto.position")
    __mapper_args__ = {"version_id_col": version}

    @property
    def left(self) -> Decimal:
        """What is still to be decided, or was: all of it, less what was good after sorting."""
        return self.quantity - (self.sorted_good or Decimal(0))


class DefectPhoto(Base):
    """A further photo of a defect, after the first."""

    __tablename__ = "defect_photos"
    __table_args__ = (UniqueConstraint("defect_id", "position"),)

    id: Mapped[Id]
    defect_id: Mapped[Ref] = mapped_column(ForeignKey("defects.id"))
    position: Mapped[int]
    file_id: Mapped[Ref] = mapped_column(ForeignKey("files.id"))


def mark_of(text: str | None) -> str | None:
    """A mark on a mould as people read it: ``m-01 `` is M-01."""
    return (text or "").strip().upper()[:100] or None
