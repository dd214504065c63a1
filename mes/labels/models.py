"""What was printed, and by whom."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base
from mes.core.types import Code, Id, LongText, Moment, Ref, Short


class LabelPrint(Base):
    """One print of one code's label (발행이력); prints after the first are reprints and are counted."""

    __tablename__ = "label_prints"
    __table_args__ = (Index("ix_label_prints_subject", "subject", "code"),)

    id: Mapped[Id]
    #: What the label is for: lot, order, location, machine, tool, gauge, badge.
    subject: Mapped[str] = mapped_column(String(32))
    code: Mapped[Code]
    layout: Mapped[Short]
    copies: Mapped[int]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None]
    person: Mapped[Short]
    station: Mapped[Short | None]
    reason: Mapped[LongText | None]
