"""The work steps of a job on the tablet: one after another, with photo, tick or value; a leader may let it go on."""

from flask import request

from mes.core.access import EVERYONE
from mes.core.i18n import _
from mes.core.pages import Page, confirmed, go
from mes.core.work import Reader, Work
from mes.items.steps import find_step
from mes.orders.steps import allow_steps, record_step
from mes.station import queries, rules
from mes.station.approving import approver
from mes.station.forms import StepForm
from mes.station.here import here, room, shown


@room.read("/jobs/<code>/steps", who=EVERYONE)
def steps(read: Reader, code: str) -> Page:
    """The step that is to be done now."""
    here(read)
    n = _meant(read, code)
    return go("station.job", code=code) if n is None else go("station.step", code=code, n=n)


def _meant(read: Reader, code: str) -> int | None:
    steps = queries.job_sheet(read, code).steps
    return rules.step_to_do(steps) or (steps[0].step.position if steps else None)


def _show_step(read: Reader, form: StepForm, code: str, n: int) -> Page:
    sheet = queries.job_sheet(read, code)
    find_step([one.step for one in sheet.steps], n)
    at = next(i for i, one in enumerate(sheet.steps) if one.step.position == n)
    return shown(
        read,
        "station/step.html",
        form=form,
        sheet=sheet,
        one=sheet.steps[at],
        reasons=rules.STEP_REASONS,
        before=sheet.steps[at - 1].step.position if at else None,
        after=sheet.steps[at + 1].step.position if at + 1 < len(sheet.steps) else None,
    )


@room.form("/jobs/<code>/steps/<int:n>", who=EVERYONE, form=StepForm, show=_show_step)
def step(work: Work, form: StepForm, code: str, n: int) -> Page:
    """Tick a step or tell its value, and go on to the next one that is open."""
    here(work.session)
    record = record_step(
        work,
        code,
        n,
        done=form.undo.data != "1",
        number=form.number.data,
        text=form.text.data or None,
        confirmed=confirmed(),
    )
    sheet = queries.job_sheet(work.session, code)
    if form.undo.data == "1" or not record.done:
        return go("station.step", code=code, n=n, said=_("Step %(n)s is open again.", n=n))
    after = rules.step_to_do(sheet.steps, n)
    if after is None:
        return go("station.job", code=code, said=_("All work steps are done."))
    return go("station.step", code=code, n=after, said=_("Step %(n)s is done.", n=n))


def _not_allowed(read: Reader, code: str) -> Page:
    n = _meant(read, code)
    return go("station.job", code=code) if n is None else _show_step(read, StepForm(formdata=None), code, n)


@room.write("/jobs/<code>/steps/allow", who=EVERYONE, show=_not_allowed)
def let_go(work: Work, code: str) -> Page:
    """A leader lets the job go on without the steps that are open: by badge, or signed in as one, with a reason."""
    here(work.session)
    reason = request.form.get("reason", "")
    allow_steps(work, code, approver=approver(work), reason=_(reason) if reason else "")
    return go("station.job", code=code, said=_("The leader lets it go on."))
