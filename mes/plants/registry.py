"""The plants that this head office follows, and their copies, kept open while pages are served."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.plants.copies import url_of
from mes.plants.models import FollowedPlant
from mes.plants.refusals import NotFollowed
from mes.plants.standing import Standing, stand


class NotWhole(Refused):
    """A copy that would tell half of the truth."""

    message = N_("The copy of plant %(plant)s cannot be shown now.")
    hint = N_("The page Plants says why, and what to do.")
    status = 503


class Registry:
    """Finds the copy of a plant by its mark."""

    def __init__(self, own: Database) -> None:
        self.own = own
        self._open: dict[str, Database] = {}
        self._lock = Lock()

    def followed(self) -> list[FollowedPlant]:
        """All of them, by their marks."""
        with self.own.read() as read:
            return followed(read)

    def find(self, mark: str) -> FollowedPlant | None:
        """The one of this mark."""
        with self.own.read() as read:
            return find_followed(read, mark)

    def copy(self, mark: str) -> Database:
        """The copy of a plant."""
        with self._lock:
            if mark not in self._open:
                self._open[mark] = Database(url_of(self.own.url, mark), standby=True)
            return self._open[mark]

    def standing(self, one: FollowedPlant, now: datetime) -> Standing:
        """How its copy stands."""
        return stand(self.copy(one.mark), one.mark, one.place, now)

    def standings(self, now: datetime) -> list[Standing]:
        """How all copies stand. They are asked side by side: each plant that cannot be reached lets one wait."""
        plants = self.followed()
        with ThreadPoolExecutor(max(len(plants), 1)) as pool:
            asked = [pool.submit(copy_context().run, self.standing, one, now) for one in plants]
        return [one.result() for one in asked]

    def whole(self, mark: str, now: datetime) -> Standing:
        """How a copy stands that can be shown. Raises NotFollowed, NotWhole."""
        found = self.find(mark)
        if found is None:
            raise NotFollowed(mark=mark)
        known = self.standing(found, now)
        if not known.is_whole:
            raise NotWhole(plant=known.called)
        return known

    def close(self) -> None:
        """Let go of all copies."""
        with self._lock:
            for database in self._open.values():
                database.engine.dispose()
            self._open.clear()


def followed(session: Session) -> list[FollowedPlant]:
    """The plants that are followed, by their marks."""
    return list(session.scalars(select(FollowedPlant).order_by(FollowedPlant.mark)))


def find_followed(session: Session, mark: str) -> FollowedPlant | None:
    """The one of this mark."""
    return session.scalar(select(FollowedPlant).where(FollowedPlant.mark == mark))


@contextmanager
def registered(own: Database) -> Iterator[Registry]:
    """The plants, for one command."""
    registry = Registry(own)
    try:
        yield registry
    finally:
        registry.close()
