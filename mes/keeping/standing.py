"""How each place for copies stands: what lies there, what went wrong since, and whether it is too old."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from mes.core.i18n import _, stamp
from mes.keeping.models import Copy, Place
from mes.keeping.queries import last_failure, last_good, places
from mes.keeping.rules import is_old


class Kept(NamedTuple):
    """A place, the newest good copy there, what went wrong since, and whether there should be a newer one."""

    place: Place
    good: Copy | None
    failed: Copy | None
    old: bool

    @property
    def told(self) -> str:
        """How old the newest good copy is, in a sentence."""
        where = self.place.address or _("the data folder")
        if self.good is None:
            return _("There is no backup in %(where)s.", where=where)
        return _("The last good backup in %(where)s is of %(when)s.", where=where, when=stamp(self.good.as_of))


def kept(session: Session, now: datetime) -> list[Kept]:
    """How each place stands."""
    found = []
    for place in places(session):
        good = last_good(session, place.id)
        old = is_old(good.as_of if good else None, place.added_at, now, place.every_days)
        found.append(Kept(place, good, last_failure(session, place.id), old))
    return found
