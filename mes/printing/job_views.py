"""The pages of print jobs: the queue, one job, a question about it, and what somebody had printed."""

from collections.abc import Sequence

from flask import make_response, request
from markupsafe import Markup

from mes.core.access import EVERYONE, MATERIALS, OFFICE, Role
from mes.core.errors import NotAllowed, NotFound, Refused
from mes.core.forms import row_number
from mes.core.i18n import N_, _
from mes.core.pages import Page, actor, go, page, reader
from mes.core.work import Reader, Work
from mes.labels.files import find_layouts
from mes.labels.folders import folders
from mes.labels.placing import Placer
from mes.labels.rules import SUBJECTS
from mes.labels.service import things_to_print
from mes.labels.svg import render_svg
from mes.printing import job_queries, queue, rules
from mes.printing.models import LabelPrint, PrintJob, PrintState
from mes.printing.printed import labels_in, rows_of_prints
from mes.printing.printer_forms import VoidForm
from mes.printing.printer_views import room
from mes.printing.voiding import void_label

room.entry("printers.jobs", N_("Print queue"), "list-checks", "settings", OFFICE)
#: Labels of a job that its page shows as pictures.
SHOWN = 6


@room.read("/jobs", who=EVERYONE)
def jobs(read: Reader) -> Page:
    """What is not printed yet, and what was printed last."""
    over = job_queries.jobs_over(read, request.args.get("after"))
    return page(
        "printing/jobs.html", queue=job_queries.open_queue(read), over=over,
        printers=job_queries.printers_by_id(read, over.rows), states=rules.STATE_NAMES, troubles=rules.TROUBLE_NAMES,
    )  # fmt: skip


@room.read("/mine", who=EVERYONE)
def mine(read: Reader) -> Page:
    """What this person had printed: batches can be left and come back to."""
    who = actor()
    found = job_queries.jobs_of(read, who.person_id if who else None, request.args.get("after"))
    return page(
        "printing/mine.html", found=found, printers=job_queries.printers_by_id(read, found.rows),
        states=rules.STATE_NAMES, troubles=rules.TROUBLE_NAMES,
    )  # fmt: skip


@room.read("/jobs/<int:ident>", who=EVERYONE)
def job(read: Reader, ident: int) -> Page:
    """One job: how far it is, what is in the way, what it prints."""
    one, printer = job_queries.get_job(read, ident)
    prints = job_queries.job_prints(read, ident)
    labels = labels_in(prints)
    asked = [(number, *labels[number - 1]) for number in range(one.sent, max(0, one.sent - 30), -1)] if labels else []
    return page(
        "printing/job.html", job=one, printer=printer, prints=prints[:200], asked=asked,
        pictures=_pictures(read, one, prints), states=rules.STATE_NAMES, troubles=rules.TROUBLE_NAMES,
        over=rules.is_over(one),
        file=job_queries.kept_file(read, ident) if printer is None and one.state is PrintState.DONE else None,
        title=find_layouts(folders()).get(one.layout), subject=SUBJECTS.get(one.subject),
    )  # fmt: skip


def _pictures(read: Reader, one: PrintJob, prints: Sequence[LabelPrint]) -> list[Markup]:
    """The first labels of a job as they print."""
    layout = find_layouts(folders()).get(one.layout)
    wanted = labels_in(prints)[:SHOWN]
    who = actor()
    if layout is None or not wanted or who is None or one.subject == "badge":
        return []
    try:
        things = things_to_print(read, who, one.subject, [printed.code for printed, _number in wanted])
        rows = rows_of_prints(read, things, wanted, one.language)
        placer = Placer(layout, one.language)
        return [render_svg(placer.place(row), layout.stock, placer.dpi, row["code"]) for row in rows]
    except Refused:
        return []


@room.write("/jobs/<int:ident>/cancel", who=EVERYONE, show=job)
def cancel(work: Work, ident: int) -> Page:
    """Print no more of it."""
    queue.cancel_job(work, ident)
    return go("printers.job", ident=ident, said=_("The print job was cancelled."))


@room.write("/jobs/<int:ident>/again", who=EVERYONE, show=job)
def try_again(work: Work, ident: int) -> Page:
    """Try it now."""
    queue.try_again(work, ident)
    work.after(queue.wake)
    return go("printers.job", ident=ident)


@room.write("/jobs/<int:ident>/answer", who=EVERYONE, show=job)
def answer(work: Work, ident: int) -> Page:
    """Say which label came out last."""
    last = row_number(request.form.get("last", ""))
    if last is None:
        raise rules.NoSuchLabelInJob(number=request.form.get("last", ""))
    queue.answer_job(work, ident, last, again=request.form.get("then") == "again")
    work.after(queue.wake)
    return go("printers.job", ident=ident, said=_("The print job goes on."))


@room.read("/jobs/<int:ident>.pdf", who=EVERYONE)
def file(read: Reader, ident: int) -> Page:
    """The finished file of a large job, for who asked for it, for a day."""
    one = job_queries.get_job(read, ident).job
    who = actor()
    if who is None or (one.person_id != who.person_id and Role.ADMIN not in who.roles):
        raise NotAllowed
    kept = job_queries.kept_file(read, ident)
    if kept is None:
        raise rules.FileIsGone
    response = make_response(kept.content)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{one.subject}-{ident}.pdf"'
    return response


@room.read("/labels/<subject>/<path:code>", who=EVERYONE)
def labels(read: Reader, subject: str, code: str) -> Page:
    """Every label that was made of a thing, and what became of it."""
    if subject not in SUBJECTS:
        raise NotFound(what=_("label"), code=subject)
    return page(
        "printing/labels.html", subject=SUBJECTS[subject], code=code,
        labels=job_queries.labels_of(read, subject, code, 300), states=rules.STATE_NAMES,
    )  # fmt: skip


def _void_page(read: Reader, form: VoidForm, subject: str, copy: int, code: str) -> Page:
    return page("printing/void.html", form=form, subject=SUBJECTS.get(subject), code=code, copy=copy)


@room.form("/void/<subject>/<int:copy>/<path:code>", who=MATERIALS, form=VoidForm, show=_void_page)
def void(work: Work, form: VoidForm, subject: str, copy: int, code: str) -> Page:
    """Say that a label counts no longer."""
    void_label(work, subject=subject, code=code, copy=copy, reason=str(form.reason.data))
    said = _("Label %(copy)s of %(code)s counts no longer.", copy=copy, code=code)
    return go("printers.labels", subject=subject, code=code, said=said)


@room.app_template_global()
def print_states() -> dict[PrintState, tuple[str, str]]:
    """Status colour and word of each state of a job."""
    return rules.STATE_NAMES


@room.app_template_global()
def labels_so_far(subject: str, code: str) -> list[job_queries.OneLabel]:
    """The newest labels of a thing, for its own page."""
    return job_queries.labels_of(reader(), subject, code, 10)
