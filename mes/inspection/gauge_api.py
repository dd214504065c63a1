"""Calibrations from a laboratory's program; like those at the desk, they may put readings in doubt."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from mes.core.access import QUALITY_ONLY
from mes.core.api import Api, LongText, ShortText
from mes.core.work import Work
from mes.gauges.models import Result
from mes.gauges.queries import get_gauge
from mes.inspection import gauge_check

api = Api("gauge_check", __name__)


class NewCalibration(msgspec.Struct, forbid_unknown_fields=True):
    """A calibration; ``error`` is what the gauge was wrong by when it came, in its own unit."""

    done_on: date
    lab: ShortText
    result: Result
    error: Decimal | None = None
    error_after: Decimal | None = None
    certificate: ShortText | None = None
    next_due_on: date | None = None
    note: LongText | None = None


class CalibrationOut(msgspec.Struct):
    """A recorded calibration."""

    id: int
    gauge: str
    done_on: date
    lab: str
    result: Result
    next_due_on: date | None
    at: datetime
    person: str


@api.write("/gauges/<path:code>/calibrations", who=QUALITY_ONLY, takes=NewCalibration, gives=CalibrationOut)
def record_calibration(work: Work, body: NewCalibration, code: str) -> CalibrationOut:
    """Record a calibration of a gauge."""
    made = gauge_check.calibrate(work, code, **msgspec.structs.asdict(body))
    return CalibrationOut(
        id=made.id, gauge=get_gauge(work.session, code).code, done_on=made.done_on, lab=made.lab,
        result=made.result, next_due_on=made.next_due_on, at=made.at, person=made.person,
    )  # fmt: skip
