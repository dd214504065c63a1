"""Which gauge may be used for readings, and when it must be calibrated again."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.gauges.models import SOON_DAYS, Calibration, Gauge, GaugeState, Result, Standing, StudyKind, StudyState

STATE_NAMES = {
    GaugeState.IN_USE: N_("In use"),
    GaugeState.OUT_OF_USE: N_("Out of use"),
    GaugeState.LOST: N_("Lost"),
}
RESULT_NAMES = {
    Result.PASS: N_("Pass"),
    Result.ADJUSTED: N_("Adjusted"),
    Result.FAIL: N_("Fail"),
}
STUDY_NAMES = {
    StudyKind.GAUGE_RR: N_("Gauge R&R"),
    StudyKind.BIAS: N_("Bias"),
    StudyKind.LINEARITY: N_("Linearity"),
    StudyKind.ATTRIBUTE: N_("Agreement of decisions"),
}
STUDY_STATE_NAMES = {
    StudyState.OPEN: N_("Being filled in"),
    StudyState.CONCLUDED: N_("Concluded"),
    StudyState.DROPPED: N_("Given up"),
}
MOST_MONTHS = 240


STANDING_NAMES = {
    Standing.LOST: N_("Lost"),
    Standing.OUT_OF_USE: N_("Out of use"),
    Standing.FAILED: N_("Failed its calibration"),
    Standing.OVERDUE: N_("Calibration overdue"),
    Standing.NEVER: N_("Not calibrated yet"),
    Standing.SOON: N_("Due soon"),
    Standing.GOOD: N_("May be used"),
}
#: What quality must do something about.
URGENT = (Standing.FAILED, Standing.OVERDUE, Standing.NEVER, Standing.SOON)


class GaugeOutOfUse(Refused):
    """A gauge that was taken out of use."""

    message = N_("Gauge %(code)s %(name)s is out of use.")
    hint = N_("Take another gauge, or put this one back into use.")


class GaugeLost(Refused):
    """A gauge that was said to be lost."""

    message = N_("Gauge %(code)s %(name)s is recorded as lost.")
    hint = N_("Give it to quality: they look at it and put it back into use.")


class GaugeFailed(Refused):
    """What the newest calibration found wrong cannot be measured with."""

    message = N_("Gauge %(code)s %(name)s failed its calibration, so nothing may be measured with it.")
    hint = N_("Take another gauge. It may be used again after a calibration that it passes.")


class GaugeOverdue(Refused):
    """The day until which the calibration holds has passed."""

    message = N_("The calibration of gauge %(code)s %(name)s was due on %(due)s.")
    hint = N_("Take another gauge and give this one to quality for calibration.")


class GaugeNeverCalibrated(Refused):
    """A gauge that needs calibration and has had none."""

    message = N_("Gauge %(code)s %(name)s has not been calibrated yet.")
    hint = N_("Record its calibration first, or take another gauge.")


class CalibratedInFuture(Refused):
    """A calibration that has not been."""

    message = N_("The calibration cannot be on %(day)s: that day is yet to come.")
    hint = N_("Enter the day on which it was done.")
    status = 422


class DueBeforeDone(Refused):
    """A next calibration before this one."""

    message = N_("The next calibration (%(due)s) cannot be before this one (%(done)s).")
    hint = N_("Correct one of the two days.")
    status = 422


class ErrorMissing(Refused):
    """An adjusted or failed gauge whose error nobody knows cannot be judged afterwards."""

    message = N_("How much was the gauge wrong by when it came?")
    hint = N_("Enter the error as found; the readings made with it are judged by it.")
    status = 422


class GaugeRangeReversed(Refused):
    """A range that ends before it begins."""

    message = N_("The range from %(lower)s to %(upper)s is the wrong way round.")
    hint = N_("Enter the smaller value first.")
    status = 422


class IntervalImpossible(Refused):
    """A calibration interval of no months, or of decades."""

    message = N_("A calibration interval of %(months)s months cannot be.")
    hint = N_("Enter 1 to 240 months, or leave it empty for a gauge that is never calibrated.")
    status = 422


class CalibrationTakenBack(Refused):
    """A calibration is taken back once."""

    message = N_("This calibration was already taken back.")
    hint = N_("Open the gauge again to see what holds.")


class SameState(Refused):
    """Nothing to change."""

    message = N_("Gauge %(code)s is already: %(state)s.")
    hint = N_("Open it again to see its state now.")


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where that month is shorter."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_due(result: Result, done_on: date, interval_months: int | None, said: date | None) -> date | None:
    """Until when a calibration holds: the day that the certificate says, else a whole interval.

    None for a failed one and for a gauge without interval. Raises DueBeforeDone.
    """
    if said is not None and said <= done_on:
        raise DueBeforeDone(field="next_due_on", due=said, done=done_on)
    if result is Result.FAIL:
        return None
    return said or (add_months(done_on, interval_months) if interval_months else None)


def check_calibration(result: Result, done_on: date, today: date, error: Decimal | None) -> None:
    """Raises CalibratedInFuture, ErrorMissing."""
    if done_on > today:
        raise CalibratedInFuture(field="done_on", day=done_on)
    if result is not Result.PASS and error is None:
        raise ErrorMissing(field="error")


def check_gauge(lower: Decimal | None, upper: Decimal | None, interval_months: int | None) -> None:
    """Raises GaugeRangeReversed, IntervalImpossible."""
    if lower is not None and upper is not None and lower > upper:
        raise GaugeRangeReversed(field="upper", lower=lower, upper=upper)
    if interval_months is not None and not 1 <= interval_months <= MOST_MONTHS:
        raise IntervalImpossible(field="interval_months", months=interval_months)


def in_force(calibrations: Sequence[Calibration]) -> list[Calibration]:
    """Calibrations that were not taken back, the newest (by the day it was done) first."""
    undone = {one.reverses_id for one in calibrations if one.reverses_id is not None}
    standing = [one for one in calibrations if one.reverses_id is None and one.id not in undone]
    return sorted(standing, key=lambda one: (one.done_on, one.id), reverse=True)


def in_doubt_since(calibrations: Sequence[Calibration], found: Calibration) -> date | None:
    """Since when readings are in doubt because of what ``found`` shows: the good calibration before it.

    None when there was none: then everything measured with the gauge is in doubt.
    """
    before = [one for one in in_force(calibrations) if (one.done_on, one.id) < (found.done_on, found.id)]
    good = next((one for one in before if one.result is not Result.FAIL), None)
    return good.done_on if good else None


def days_in_doubt(calibrations: Sequence[Calibration]) -> list[tuple[date | None, date]]:
    """From the last good calibration to each one that found the gauge wrong: what was measured then is in doubt.

    None begins with the first reading. A calibration that is taken back takes its doubt with it.
    """
    return [
        (in_doubt_since(calibrations, found), found.done_on)
        for found in in_force(calibrations)
        if found.result is not Result.PASS
    ]


def is_in_doubt(measured_on: date, spans: Sequence[tuple[date | None, date]]) -> bool:
    """Whether a reading of that day is in doubt. The day of a good calibration is not, that of a bad one is."""
    return any((since is None or since < measured_on) and measured_on <= until for since, until in spans)


def standing_of(gauge: Gauge, today: date, soon_days: int = SOON_DAYS) -> Standing:
    """How a gauge stands on a day. On the very day it is due it may still be used."""
    if gauge.state is not GaugeState.IN_USE:
        return Standing.LOST if gauge.state is GaugeState.LOST else Standing.OUT_OF_USE
    if gauge.result is Result.FAIL:
        return Standing.FAILED
    if gauge.due_on is None:
        return Standing.NEVER if gauge.interval_months and gauge.result is None else Standing.GOOD
    if gauge.due_on < today:
        return Standing.OVERDUE
    return Standing.SOON if gauge.due_on <= today + timedelta(days=soon_days) else Standing.GOOD


_NO = {
    Standing.LOST: GaugeLost,
    Standing.OUT_OF_USE: GaugeOutOfUse,
    Standing.FAILED: GaugeFailed,
    Standing.OVERDUE: GaugeOverdue,
    Standing.NEVER: GaugeNeverCalibrated,
}


def check_usable(gauge: Gauge, today: date) -> None:
    """Refuse a gauge for readings.

    Raises GaugeLost, GaugeOutOfUse, GaugeFailed, GaugeOverdue, GaugeNeverCalibrated.
    """
    reason = _NO.get(standing_of(gauge, today))
    if reason:
        raise reason(field="gauge", code=gauge.code, name=gauge.name, due=gauge.due_on or "-")


def range_text(gauge: Gauge) -> str:
    """What it measures, as on its plate: ``0 ~ 150 mm``."""
    ends = [f"{end:f}" if end is not None else "" for end in (gauge.lower, gauge.upper)]
    between = " ~ ".join(ends).strip() if any(ends) else ""
    return f"{between} {gauge.unit or ''}".strip() if between else ""


def state_word(state: GaugeState) -> str:
    """The state in the reader's language."""
    return _(STATE_NAMES[state])
