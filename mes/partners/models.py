"""Companies the plant deals with."""

from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base
from mes.core.types import Code, Id, LongText, Name, Short, Words


class PartnerKind(StrEnum):
    """What a company is to the plant; it may be several."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    SUBCONTRACTOR = "subcontractor"


class Partner(Base):
    """A customer, supplier or subcontractor."""

    __tablename__ = "partners"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    kinds: Mapped[Words]
    contact: Mapped[Short | None]
    phone: Mapped[Short | None]
    email: Mapped[Short | None]
    address: Mapped[LongText | None]
    #: So many days a lot must still be usable when it leaves for this customer; empty: none.
    shelf_days: Mapped[int | None]
    #: The number under which GS1 knows the company (GLN).
    gln: Mapped[str | None] = mapped_column(String(13))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
