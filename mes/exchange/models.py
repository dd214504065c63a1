"""Uploaded files between preview and import."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base
from mes.core.types import Id, Moment, Name, Ref, Short


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class Upload(Base):
    """A file that was uploaded and looked at; imported once, or left."""

    __tablename__ = "uploads"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[Name]
    file_id: Mapped[Ref] = mapped_column(ForeignKey("files.id"))
    at: Mapped[Moment]
    person: Mapped[Short]
    imported_at: Mapped[Moment | None]
