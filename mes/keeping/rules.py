"""When a copy is due, which ones are kept, and when the last good one is too old."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from pathlib import PurePath
from typing import Protocol, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.models import PlaceKind

#: Kept of each place: the newest of so many days, then the last of each of so many weeks, then of so many months.
DAYS, WEEKS, MONTHS = 7, 4, 12
#: So much later than due a copy may be before somebody is told.
GRACE = timedelta(hours=12)
#: So long somebody may be at work at a place; a failed attempt is followed by the next after so long.
AT_WORK, AGAIN = timedelta(hours=2), timedelta(hours=1)
MOST_DAYS = 92
_STORE = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class Dated(Protocol):
    """A copy, as the rule of keeping sees it."""

    @property
    def as_of(self) -> datetime: ...


C = TypeVar("C", bound=Dated)


class PlaceUnclear(Refused):
    """Copies would land wherever the program happened to be started."""

    message = N_("%(place)s is neither a whole path of a folder nor the address of a store.")
    hint = N_("Write the folder from its beginning (D:/backup, /mnt/usb) or s3://bucket/folder.")
    status = 422


class PlaceAway(Refused):
    """The disk is not plugged in, or the other computer is off."""

    message = N_("The folder %(place)s is not there.")
    hint = N_("Plug the disk in, switch the other computer on, or correct the path.")


class PlaceShut(Refused):
    """The folder is there and takes nothing."""

    message = N_("Nothing can be written to %(place)s: %(why)s.")
    hint = N_("Check the folder's rights and the free space.")


class PlaceOfOurs(Refused):
    """The data folder copied into itself."""

    message = N_("%(place)s lies in the data folder itself: the disk that dies would take the copies with it.")
    hint = N_("Choose a folder on another disk or another computer.")


class CopyBroken(Refused):
    """What was written to a place is not what was read."""

    message = N_("The copy did not arrive whole at %(place)s.")
    hint = N_("The disk may be failing: use another one.")


class AtWork(Refused):
    """A copy is being made just now."""

    message = N_("A copy is being made just now.")
    hint = N_("Wait until it is there; this page shows it.")


class CopyGone(Refused):
    """The list knows it, the disk does not."""

    message = N_("The copy %(file)s is not at its place any more.")
    hint = N_("Use another one, or make a new one.")


class CopyElsewhere(Refused):
    """Several computers serve the plant, and another one has made this copy."""

    message = N_("The copy %(file)s lies on another computer: %(computer)s.")
    hint = N_("Open the pages of that computer, or fetch the copy from its data folder.")


def read_place(text: str) -> tuple[PlaceKind, str]:
    """What was typed for a place, as it is kept. Raises PlaceUnclear."""
    typed = text.strip()
    if typed.startswith("s3://"):
        parts = urlsplit(typed)
        if not _STORE.fullmatch(parts.netloc) or parts.query or parts.fragment or ".." in parts.path:
            raise PlaceUnclear(field="address", place=typed)
        return PlaceKind.STORE, f"s3://{parts.netloc}{parts.path.rstrip('/')}"
    path = PurePath(typed)
    if not path.is_absolute() or ".." in path.parts or not typed.isprintable():
        raise PlaceUnclear(field="address", place=typed)
    return PlaceKind.FOLDER, str(path)


def hour_of(text: str) -> time | None:
    """The setting: ``02:30``; nothing switches the nightly copy off. Raises ValueError for what is no time."""
    return time.fromisoformat(text.strip()) if text.strip() else None


def last_hour(now: datetime, hour: time, zone: ZoneInfo) -> datetime:
    """The newest moment at which the clock on the wall showed that hour."""
    there = now.astimezone(zone)
    night = there.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return night if night <= there else night - timedelta(days=1)


def is_due(last_good: datetime | None, now: datetime, hour: time | None, zone: ZoneInfo) -> bool:
    """Whether the copy of the last night is missing. A computer that is off at night makes it in the morning."""
    return hour is not None and (last_good is None or last_good < last_hour(now, hour, zone))


def is_old(last_good: datetime | None, added: datetime, now: datetime, every_days: int) -> bool:
    """Whether a place should have had a newer copy; one without any is waited for since it was added."""
    return now - (last_good or added) > timedelta(days=every_days) + GRACE


def to_throw_away(copies: Iterable[C], zone: ZoneInfo) -> list[C]:
    """The copies of one place that the rule keeps no longer.

    Kept are all of the seven days up to the newest one (and the newest seven, when the plant was away), then the last
    of each of the four weeks before that have any, then the last of each of the twelve months before that have any.
    """
    ordered = sorted(copies, key=lambda one: one.as_of, reverse=True)
    first = sum(ordered[0].as_of - one.as_of < timedelta(days=DAYS) for one in ordered) if ordered else 0
    kept, rest = ordered[: max(first, DAYS)], ordered[max(first, DAYS) :]
    going: list[C] = []
    for span, most in ((_week, WEEKS), (_month, MONTHS)):
        seen, more, left = {span(one, zone) for one in kept}, 0, []
        for one in rest:
            if span(one, zone) in seen:
                going.append(one)
            elif more < most:
                seen.add(span(one, zone))
                kept.append(one)
                more += 1
            else:
                left.append(one)
        rest = left
    return going + rest


def _week(copy: Dated, zone: ZoneInfo) -> tuple[int, int]:
    return copy.as_of.astimezone(zone).isocalendar()[:2]


def _month(copy: Dated, zone: ZoneInfo) -> tuple[int, int]:
    there = copy.as_of.astimezone(zone)
    return there.year, there.month
