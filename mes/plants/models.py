"""The plants whose copies lie at this head office."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base
from mes.core.types import Id, Moment


class FollowedPlant(Base):
    """A plant that head office follows: all that is recorded there comes into a database of its own here."""

    __tablename__ = "followed_plants"

    id: Mapped[Id]
    #: The plant's mark, as its codes bear it.
    mark: Mapped[str] = mapped_column(String(2), unique=True)
    #: Its database server, as "host:port"; the password is kept by PostgreSQL alone.
    place: Mapped[str] = mapped_column(String(200))
    at: Mapped[Moment]

    @property
    def code(self) -> str:
        """What the event log calls it."""
        return self.mark
