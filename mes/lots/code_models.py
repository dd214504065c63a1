"""Codes that lots bore before they got another one (재라벨)."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base
from mes.core.types import Code, Id, LongText, Moment, Ref, Short


class FormerCode(Base):
    """A code that a lot bore: it leads to the lot for ever, and no other thing gets it.

    A lot that gets a former code of its own again has it no longer here; what it bore meanwhile is here instead. The
    whole history is in the event log (``lots.relabel``).
    """

    __tablename__ = "former_codes"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    #: The last four characters, by which people ask for a lot.
    tail: Mapped[str] = mapped_column(String(4), index=True)
    lot_id: Mapped[Ref] = mapped_column(ForeignKey("lots.id"), index=True)
    #: When, by whom and why the lot got another code.
    at: Mapped[Moment]
    person: Mapped[Short]
    reason: Mapped[LongText]
