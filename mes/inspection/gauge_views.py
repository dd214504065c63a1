"""Calibrating a gauge at the desk: it may put readings in doubt, so it stands with inspection."""

from mes.core.access import OFFICE, QUALITY_ONLY
from mes.core.forms import Form
from mes.core.i18n import _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.gauges.forms import CalibrationForm
from mes.gauges.queries import get_gauge
from mes.inspection import gauge_check

room = Room("gauge_check", __name__, part_of="gauges")


def _calibrate_page(read: Reader, form: Form, code: str) -> Page:
    return page("gauges/calibrate.html", form=form, gauge=get_gauge(read, code))


@room.form("/gauges/<path:code>/calibrate", who=QUALITY_ONLY, form=CalibrationForm, show=_calibrate_page)
def calibrate(work: Work, form: CalibrationForm, code: str) -> Page:
    """Record a calibration with its certificate."""
    gauge_check.calibrate(work, code, **form.values)
    return go("gauges.show", code=code, said=_("The calibration is recorded."))


@room.read("/gauges/<path:code>/readings", who=OFFICE)
def readings(read: Reader, code: str) -> Page:
    """The readings that are in doubt because the gauge was found wrong afterwards."""
    gauge = get_gauge(read, code)
    return page("gauges/readings.html", gauge=gauge, rows=gauge_check.readings_of_gauge_in_doubt(read, gauge))
