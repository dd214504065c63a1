"""Calibrating a gauge, and what that says about the readings taken with it."""

from typing import Any

from mes.core.work import Work
from mes.gauges.models import Calibration
from mes.gauges.service import record_calibration


def calibrate(work: Work, code: str, **calibration: Any) -> Calibration:
    """Record a calibration, as ``mes.gauges.service.record_calibration``; it refuses the same things."""
    return record_calibration(work, code, **calibration)
