"""How each place for copies stands: what lies there, what went wrong since, and whether it is too old."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from mes.core.computers import this_computer
from mes.core.config import Settings
from mes.core.i18n import _, stamp
from mes.keeping.bundle import BACKUPS
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


def lies_here(copy: Copy, settings: Settings) -> bool:
    """Whether a copy lies in this computer's data folder, or in one that several computers of the plant share."""
    return copy.computer in (None, this_computer(settings)) or (settings.data_dir / BACKUPS / copy.file).is_file()


def kept(session: Session, now: datetime) -> list[Kept]:
    """How each place stands."""
    found = []
    for place in places(session):
        good = last_good(session, place.id)
        old = is_old(good.as_of if good else None, place.added_at, now, place.every_days)
        found.append(Kept(place, good, last_failure(session, place.id), old))
    return found
