"""Decisions about shifts, and the words of their fixed lists."""

import re

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.shifts.timeline import Kind

KIND_NAMES = {
    Kind.RUNNING: N_("Running"),
    Kind.STOPPED: N_("Stopped"),
    Kind.MICRO: N_("Micro-stops"),
    Kind.PLANNED: N_("Planned"),
    Kind.UNEXPLAINED: N_("Unexplained"),
}
WEEKDAYS = {
    "0": N_("Monday"),
    "1": N_("Tuesday"),
    "2": N_("Wednesday"),
    "3": N_("Thursday"),
    "4": N_("Friday"),
    "5": N_("Saturday"),
    "6": N_("Sunday"),
}


class ShiftsOverlap(Refused):
    """Two shifts of one place at the same time."""

    message = N_("This shift overlaps with %(name)s.")
    hint = N_("Change the times or the weekdays of one of them.")
    status = 422


class NoWeekday(Refused):
    """A shift that is never worked."""

    message = N_("The shift is worked on no day of the week.")
    hint = N_("Tick at least one weekday.")
    status = 422


class BreakOutside(Refused):
    """A break that does not lie in its shift, or in another break."""

    message = N_("The break %(name)s does not fit into the shift.")
    hint = N_("A break lies between the beginning and the end of its shift, and breaks follow one another.")
    status = 422


class PlannedBackwards(Refused):
    """A planned stop that ends before it begins."""

    message = N_("The planned stop ends before it begins.")
    hint = N_("Check both times.")
    status = 422


class NotPlanned(Refused):
    """A planned stop for a reason that is not planned."""

    message = N_("%(reason)s is no planned reason.")
    hint = N_("Choose a reason that is marked as planned.")
    status = 422


BREAK = re.compile(r"(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})\s+(.+)")


def wall_minutes(hours: str, minutes: str) -> int | None:
    """Minutes after midnight; None for a time that no clock shows. 24:00 is the end of the day."""
    found = int(hours) * 60 + int(minutes)
    return found if int(minutes) < 60 and found <= 24 * 60 else None


def on_the_wall(minutes: int) -> str:
    """Minutes after midnight as a clock shows them."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
