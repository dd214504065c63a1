"""Decisions about daily checks: when they are due, and what counts as in order. The words of their lists."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.shifts.check_models import AnswerKind, CheckItem, Every, OnFailure

EVERY_NAMES = {Every.SHIFT: N_("each shift"), Every.DAY: N_("each day"), Every.WEEK: N_("each week")}
FAILURE_NAMES = {
    OnFailure.NOTHING: N_("it is only recorded"),
    OnFailure.CALL: N_("somebody is called to the machine"),
    OnFailure.HOLD: N_("the machine is put on hold"),
}
ANSWER_NAMES = {
    AnswerKind.TICK: N_("in order or not"),
    AnswerKind.VALUE: N_("a value"),
    AnswerKind.PHOTO: N_("a photo"),
}


class Standing(StrEnum):
    """How a sheet stands in its shift, day or week."""

    RESTS = "rests"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    FAILED = "failed"


class NothingToCheck(Refused):
    """A sheet without lines."""

    message = N_("Check sheet %(code)s has no lines yet.")
    hint = N_("Enter what is looked at first.")
    status = 422


class Unanswered(Refused):
    """A line that was passed over."""

    message = N_("“%(name)s” is not answered.")
    hint = N_("Every line of the sheet needs its answer.")
    status = 422


class NoLimits(Refused):
    """Limits where nothing is measured, or the wrong way round."""

    message = N_("The limits of “%(name)s” cannot be kept.")
    hint = N_("Only a value has limits, and the lower one is not above the upper one.")
    status = 422


class HoldWithoutMachine(Refused):
    """A sheet that would hold a machine without naming one."""

    message = N_("A sheet of a whole work centre cannot put a machine on hold.")
    hint = N_("Choose the machine, or let somebody be called.")
    status = 422


class PositionTaken(Refused):
    """Two lines with one number."""

    message = N_("Line %(position)s is taken by “%(name)s”.")
    hint = N_("Choose another number.")
    status = 422


def check_line(item: CheckItem) -> None:
    """Refuse limits that cannot be kept. Raises NoLimits."""
    limits = [one for one in (item.lower, item.upper) if one is not None]
    if limits and (item.kind is not AnswerKind.VALUE or limits != sorted(limits)):
        raise NoLimits(field="lower", name=item.name)


@dataclass(frozen=True)
class Period:
    """The shift, day or week for which a sheet is filled in, when it began and when the sheet is overdue."""

    day: date
    shift_id: int | None
    began: datetime
    late: datetime


def standing(period: Period | None, passed: bool | None, now: datetime) -> Standing:
    """How a sheet stands: ``passed`` is what the newest check of the period found, None when there is none."""
    if passed is not None:
        return Standing.DONE if passed else Standing.FAILED
    if period is None or now < period.began:
        return Standing.RESTS
    return Standing.OVERDUE if now >= period.late else Standing.DUE
