"""Use cases of measuring means: entering them, calibrating them, and asking whether one may be used."""

from datetime import date
from decimal import Decimal
from typing import Any

from mes.core.coded import add_coded, change_coded, lock_coded
from mes.core.drawings import clean_drawing
from mes.core.errors import ReasonNeeded
from mes.core.files import store_file
from mes.core.i18n import _
from mes.core.numbering import running_code
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.gauges import queries
from mes.gauges.models import Calibration, Gauge, GaugeState, Result
from mes.gauges.rules import (
    CalibrationTakenBack,
    SameState,
    check_calibration,
    check_gauge,
    check_usable,
    in_force,
    next_due,
    state_word,
)

#: Before the number of the label of a gauge.
PREFIX = "G"


def add_gauge(work: Work, *, code: str = "", name: str, **columns: Any) -> Gauge:
    """Enter a gauge; the tag for its label is made here, and is its code where none is given.

    Raises AlreadyExists, SimilarCode, GaugeRangeReversed, IntervalImpossible.
    """
    gauge = Gauge(name=name, state=GaugeState.IN_USE, **columns)
    check_gauge(gauge.lower, gauge.upper, gauge.interval_months)
    gauge.tag = running_code(work.session, PREFIX)
    gauge.code = code or gauge.tag
    return add_coded(work, gauge, "gauges.add")


def change_gauge(work: Work, code: str, *, version: int | None = None, **columns: Any) -> Gauge:
    """Change a gauge; its code and tag stay. With another interval it is due on another day, unless its certificate
    named one. Raises StaleEdit, GaugeRangeReversed, IntervalImpossible."""
    gauge = lock_gauge(work, code)
    kept = {name: columns.get(name, getattr(gauge, name)) for name in ("lower", "upper", "interval_months")}
    check_gauge(**kept)
    if kept["interval_months"] != gauge.interval_months:
        columns["due_on"] = _due_by(work, gauge, kept["interval_months"])
    change_coded(work, gauge, "gauges.change", version, columns)
    return gauge


def _due_by(work: Work, gauge: Gauge, months: int | None) -> date | None:
    """Until when the last calibration holds with another interval."""
    newest = next(iter(in_force(queries.calibrations_of(work.session, gauge.id))), None)
    if newest is None or gauge.due_on != next_due(newest.result, newest.done_on, gauge.interval_months, None):
        return gauge.due_on
    return next_due(newest.result, newest.done_on, months, None)


def set_state(work: Work, code: str, state: GaugeState, reason: str) -> Gauge:
    """Say that a gauge is in use, out of use or lost, with a reason. Raises SameState, ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    gauge = lock_gauge(work, code)
    if gauge.state is state:
        raise SameState(code=gauge.code, state=state_word(state))
    with work.change(gauge, "gauges.set_state", reason=reason.strip()):
        gauge.state = state
        work.session.flush()
    return gauge


def record_calibration(
    work: Work,
    code: str,
    *,
    done_on: date,
    lab: str,
    result: Result,
    error: Decimal | None = None,
    error_after: Decimal | None = None,
    certificate: str | None = None,
    next_due_on: date | None = None,
    note: str | None = None,
    file: tuple[str, bytes] | None = None,
) -> Calibration:
    """Record a calibration; the gauge is due again a whole interval later, or when the certificate says.

    ``file``: name and content of the certificate, PDF or picture. ``error`` is in the gauge's unit, as found. Whoever
    must mark readings calls ``mes.inspection.gauge_check.calibrate`` instead.
    Raises CalibratedInFuture, ErrorMissing, DueBeforeDone, NotADrawing, DrawingTooLarge, DrawingActs.
    """
    gauge = lock_gauge(work, code)
    check_calibration(result, done_on, work.today, error)  # at night the day on the calendar is a later one
    calibration = Calibration(
        gauge_id=gauge.id,
        done_on=done_on,
        lab=lab,
        certificate=certificate,
        result=result,
        error=error,
        error_after=error_after,
        next_due_on=next_due(result, done_on, gauge.interval_months, next_due_on),
        note=note,
    )
    if file:
        name, raw = file
        kind, content = clean_drawing(name, raw)
        calibration.file_id = store_file(work, name, kind, content).id
    return _record(work, gauge, calibration, "gauges.calibrate")


def take_back_calibration(work: Work, code: str, calibration_id: int, reason: str) -> Calibration:
    """Take back a calibration that was recorded wrongly; both rows stay. Raises CalibrationTakenBack, ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    gauge = lock_gauge(work, code)
    wrong = queries.get_calibration(work.session, gauge, calibration_id)
    if wrong not in in_force(queries.calibrations_of(work.session, gauge.id)):
        raise CalibrationTakenBack
    back = Calibration(
        gauge_id=gauge.id,
        done_on=wrong.done_on,
        lab=wrong.lab,
        result=wrong.result,
        reverses_id=wrong.id,
        note=reason.strip(),
    )
    return _record(work, gauge, back, "gauges.take_back_calibration", reason.strip())


def usable_gauge(work: Work, code: str) -> Gauge:
    """The gauge with this code or label, when readings may be taken with it today.

    Raises NotFound, GaugeLost, GaugeOutOfUse, GaugeFailed, GaugeOverdue, GaugeNeverCalibrated.
    """
    gauge = queries.get_gauge(work.session, code)
    check_usable(gauge, today_of(work))
    return gauge


def lock_gauge(work: Work, code: str) -> Gauge:
    """The gauge with this code, locked until the act ends. Raises NotFound."""
    return lock_coded(work, Gauge, queries.get_gauge(work.session, code).code, _("gauge"))


def today_of(work: Work) -> date:
    """The production day."""
    return this_production_day(work)


def _record(work: Work, gauge: Gauge, calibration: Calibration, verb: str, reason: str | None = None) -> Calibration:
    calibration.at, calibration.person_id, calibration.person = work.now, work.actor.person_id, work.actor.name[:100]
    work.add(calibration, verb, code=gauge.code, reason=reason)
    newest = next(iter(in_force(queries.calibrations_of(work.session, gauge.id))), None)
    with work.change(gauge, "gauges.calibrated"):
        gauge.result = newest.result if newest else None
        gauge.due_on = newest.next_due_on if newest else None
        work.session.flush()
    return calibration
