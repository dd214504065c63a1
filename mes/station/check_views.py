"""Daily checks at the tablet: which are due here, and filling one in."""

from flask import request

from mes.core.access import EVERYONE
from mes.core.i18n import _, own_name
from mes.core.pages import Page, go, mes
from mes.core.work import Reader, Work
from mes.shifts import check_queries, checks
from mes.shifts.check_forms import told_of
from mes.shifts.check_rules import EVERY_NAMES
from mes.station.here import here, room, shown


@room.read("/checks", who=EVERYONE)
def check_sheets(read: Reader) -> Page:
    """The sheets of this work centre, those that are due first."""
    station = here(read)
    due = check_queries.due_sheets(read, mes().clock(), station.work_centre_id)
    return shown(read, "station/checks.html", due=due, every=EVERY_NAMES)


@room.read("/checks/<path:code>", who=EVERYONE)
def check_sheet(read: Reader, code: str) -> Page:
    """One sheet, to be filled in."""
    return shown(read, "station/check.html", paper=check_queries.get_sheet(read, code), given=request.form)


@room.write("/checks/<path:code>", who=EVERYONE, show=check_sheet)
def fill_in_check(work: Work, code: str) -> Page:
    """What was found is recorded."""
    here(work.session)
    sheet = check_queries.get_sheet(work.session, code)
    lines = [item for item in sheet.items if item.active]
    done = checks.fill_in(work, code, told_of(lines), request.form.get("note"))
    name = own_name(sheet)
    if done.passed:
        return go("station.check_sheets", said=_("%(name)s: all in order.", name=name))
    wrong = sum(not answer.ok for answer in done.answers)
    return go("station.check_sheets", said=_("%(name)s: %(n)s not in order. It is passed on.", name=name, n=wrong))
