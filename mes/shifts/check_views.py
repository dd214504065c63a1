"""Daily checks at the desk: what is due, what was found, and the sheets themselves."""

from flask import request

from mes.core.access import EVERYONE, LEADERS, OFFICE
from mes.core.forms import Form
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, mes, page
from mes.core.serving import served
from mes.core.work import Reader, Work
from mes.shifts import check_queries, checks
from mes.shifts.check_forms import LineForm, SheetForm
from mes.shifts.check_rules import ANSWER_NAMES, EVERY_NAMES, FAILURE_NAMES

room = Room("checks", __name__)
room.entry("checks.index", N_("Daily checks"), "clipboard-check", "equipment", OFFICE)


@room.read("/checks", who=OFFICE)
def index(read: Reader) -> Page:
    """How every sheet stands now, and how its last days were."""
    now = mes().clock()
    due = check_queries.due_sheets(read, now)
    return page(
        "shifts/checks.html",
        due=due,
        past=check_queries.past_days(read, [one.sheet for one in due], now),
        every=EVERY_NAMES,
        retired=check_queries.list_sheets(read, active=False),
    )


@room.read("/checks/done", who=OFFICE)
def done(read: Reader) -> Page:
    """Sheets that were filled in, newest first."""
    return page("shifts/checks_done.html", found=check_queries.page_of_checks(read, after=request.args.get("after")))


@room.read("/checks/done/<int:ident>", who=OFFICE)
def check(read: Reader, ident: int) -> Page:
    """One sheet as it was filled in."""
    return page("shifts/check.html", check=check_queries.get_check(read, ident))


@room.read("/checks/photos/<int:ident>.jpg", who=EVERYONE)
def photo(read: Reader, ident: int) -> Page:
    """The photo of an answer."""
    return served(check_queries.get_answer_photo(read, ident), "check.jpg")


@room.read("/check-sheets/<path:code>", who=OFFICE)
def sheet(read: Reader, code: str) -> Page:
    """A sheet: its lines, and how it was filled in lately."""
    one = check_queries.get_sheet(read, code)
    return page(
        "shifts/sheet.html",
        sheet=one,
        found=check_queries.page_of_checks(read, sheet_id=one.id, after=request.args.get("after")),
        every=EVERY_NAMES,
        answers=ANSWER_NAMES,
        failures=FAILURE_NAMES,
    )


def _sheet_form(read: Reader, form: Form, code: str | None = None) -> Page:
    return page("shifts/sheet_edit.html", form=form, code=code)


@room.form("/new/check-sheet", who=LEADERS, form=SheetForm, show=_sheet_form)
def new_sheet(work: Work, form: SheetForm) -> Page:
    """Enter a check sheet."""
    made = checks.add_sheet(work, code=str(form.code.data), **form.columns)
    return go("checks.sheet", code=made.code, said=_("%(name)s was saved.", name=own_name(made)))


@room.form("/change/check-sheet/<path:code>", who=LEADERS, form=SheetForm, show=_sheet_form)
def change_sheet(work: Work, form: SheetForm, code: str) -> Page:
    """Change a check sheet, or take it out of use."""
    changed = checks.change_sheet(work, code, version=form.row_version, **form.columns, active=bool(form.active.data))
    return go("checks.sheet", code=changed.code, said=_("%(name)s was saved.", name=own_name(changed)))


def _line_form(read: Reader, form: Form, code: str, number: int | None = None) -> Page:
    return page("shifts/line.html", form=form, sheet=check_queries.get_sheet(read, code), number=number)


@room.form("/new/check-line/<path:code>", who=LEADERS, form=LineForm, show=_line_form)
def new_line(work: Work, form: LineForm, code: str) -> Page:
    """Enter a line of a sheet."""
    made = checks.set_line(work, code, form.position.data or 1, **form.columns)
    return go("checks.sheet", code=code, said=_("%(name)s was saved.", name=own_name(made)))


@room.form("/check-lines/<int:number>/<path:code>", who=LEADERS, form=LineForm, show=_line_form)
def line(work: Work, form: LineForm, code: str, number: int) -> Page:
    """Change a line of a sheet."""
    changed = checks.set_line(work, code, number, again=True, **form.columns)
    return go("checks.sheet", code=code, said=_("%(name)s was saved.", name=own_name(changed)))


@room.write("/drop-check-line/<int:number>/<path:code>", who=LEADERS, show=lambda read, code, number: sheet(read, code))
def drop_line(work: Work, code: str, number: int) -> Page:
    """A line is asked no more."""
    checks.drop_line(work, code, number)
    return go("checks.sheet", code=code, said=_("The line is asked no more."))
