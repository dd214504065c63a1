"""Jobs on their way to a printer: made, claimed, counted, and what becomes of them.

The rule above all: a label is sent twice only because a person said so. ``sent`` is raised and committed before a
label goes out; whoever finds a job that was left in the middle (the connection broke, the server was killed) makes it
``unsure`` and a person says which label came out last. Between two labels, and before the first, a job can be put
back and taken up again by anybody.
"""

from collections.abc import Collection, Sequence
from threading import Event

from sqlalchemy import select

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.work import Work
from mes.printing import queries, rules
from mes.printing.job_queries import job_prints
from mes.printing.models import IS_OPEN, LabelFile, LabelPrint, Printer, PrintJob, PrintState
from mes.printing.rules import PRINTER_FAULT

#: What a test label is of.
TEST = "test"
#: Set when there is a new job, so that the thread that prints looks now rather than in a second.
SOON = Event()


def wake() -> None:
    """There is something to print."""
    SOON.set()


def make_job(
    work: Work, prints: Sequence[LabelPrint], printer: Printer | None, language: str, used: Collection[int] = ()
) -> PrintJob:
    """A job for recorded prints of one layout: for a printer, or for one file made in the background. ``used``: places
    of the first sheet, from 0, that carry no label any more."""
    lead, actor = prints[0], work.actor
    job = PrintJob(
        printer_id=printer.id if printer else None, subject=lead.subject, layout=lead.layout, language=language,
        labels=sum(one.copies for one in prints), used=",".join(map(str, sorted(used))) or None, at=work.now,
        person_id=actor.person_id, person=actor.name, station=actor.station,
    )  # fmt: skip
    work.session.add(job)
    work.session.flush()
    for one in prints:
        one.job_id = job.id
    return job


def make_test(work: Work, printer: Printer, stock: str, language: str) -> PrintJob:
    """One test label for a printer, on the stock of this name."""
    job = PrintJob(
        printer_id=printer.id, subject=TEST, layout=stock, language=language, labels=1, at=work.now,
        person_id=work.actor.person_id, person=work.actor.name, station=work.actor.station,
    )  # fmt: skip
    work.add(job, "labels.test", code=printer.code)
    work.after(wake)
    return job


def lock_job(work: Work, job_id: int) -> PrintJob:
    """The job, locked. Raises NotFound."""
    if work.session.get(PrintJob, job_id) is None:
        raise NotFound(what=_("print job"), code=str(job_id))
    return work.lock(PrintJob, job_id)


# What the sender does


def claim(work: Work, printer_id: int | None, worker: str) -> PrintJob | None:
    """The next job of a printer, which this process alone may send from now on; none while an earlier one is being
    sent, waits for its next try, or for a person's answer. Several processes wait here for each other."""
    if printer_id is not None:
        printer = work.lock(Printer, printer_id)
        if printer.paused or not printer.active:
            return None
    first = work.session.scalar(
        select(PrintJob)
        .where(PrintJob.printer_id == printer_id, IS_OPEN)
        .order_by(PrintJob.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if first is None:
        return None
    if first.state is PrintState.SENDING:
        _left(work, first)
    if first.state is not PrintState.WAITING or (first.next_try_at and first.next_try_at > work.now):
        return None
    first.state, first.claimed_by, first.lease_until = PrintState.SENDING, worker, work.now + rules.LEASE
    first.next_try_at = None
    if printer_id is None:  # how far a file was is on no paper: it is made whole or not at all
        first.sent = 0
    return first


def _left(work: Work, job: PrintJob) -> None:
    """A job whose sender gave no sign for a while: it is taken from it. What became of the last label nobody knows."""
    if job.lease_until is not None and job.lease_until >= work.now:
        return
    if job.printer_id is None or job.sent == 0:  # nothing is on paper
        job.sent = 0
        _release(job, PrintState.WAITING)
        return
    _doubt(work, job, "server", "")


def mine(work: Work, job_id: int, worker: str) -> PrintJob | None:
    """The job, locked, if this process still sends it: not cancelled, not taken over meanwhile."""
    job = work.lock(PrintJob, job_id)
    return job if job.state is PrintState.SENDING and job.claimed_by == worker else None


def advance(work: Work, job_id: int, worker: str, sent: int) -> bool:
    """Write that label ``sent`` (from 1) goes out now; False when it must not. A printer that was paused gets no
    more: the job is put back between two labels."""
    job = mine(work, job_id, worker)
    if job is None:
        return False
    printer = work.session.get(Printer, job.printer_id) if job.printer_id is not None else None
    if printer is not None and (printer.paused or not printer.active):
        _release(job, PrintState.WAITING)
        return False
    job.sent, job.trouble, job.detail = sent, None, None
    job.lease_until = work.now + rules.LEASE
    return True


def renew(work: Work, job_id: int, worker: str, condition: str) -> bool:
    """A sign of life while the printer is waited for, with what it has; False when nobody wants the rest any more."""
    job = mine(work, job_id, worker)
    if job is None:
        return False
    job.trouble = condition if condition in rules.WAITS else None
    job.lease_until = work.now + rules.LEASE
    return True


def put_back(
    work: Work, job_id: int, worker: str, trouble: str | None = None, detail: str = "", *, counts: bool = True
) -> None:
    """Nothing is in doubt: it is tried again, later and later, or given up at last. ``trouble`` None: at once."""
    job = mine(work, job_id, worker)
    if job is None:
        return
    _release(job, PrintState.WAITING)
    job.trouble, job.detail = trouble, detail or None
    if trouble is None:
        return
    job.tries += counts
    job.next_try_at = work.now + rules.pause_after(job.tries)
    if job.tries >= rules.MOST_TRIES:
        _fail(work, job, "gave_up", detail)


def uncount(work: Work, job_id: int, worker: str, sent: int) -> None:
    """Labels that were counted and certainly did not go out: a file that was not taken."""
    job = mine(work, job_id, worker)
    if job is not None:
        job.sent = sent


def doubt(work: Work, job_id: int, worker: str, trouble: str, detail: str) -> None:
    """The way was cut in the middle: a person is asked which label came out last."""
    job = mine(work, job_id, worker)
    if job is not None:
        _doubt(work, job, trouble, detail)


def fail(work: Work, job_id: int, worker: str, trouble: str, detail: str) -> None:
    """A job that no trying helps."""
    job = mine(work, job_id, worker)
    if job is not None:
        _fail(work, job, trouble, detail)


def finish(work: Work, job_id: int, worker: str, content: bytes | None = None) -> None:
    """All is out. ``content``: the file of a job without a printer."""
    job = mine(work, job_id, worker)
    if job is None:
        return
    if content is not None:
        job.sent = job.labels
        work.session.add(LabelFile(job_id=job.id, until=work.now + rules.KEPT, content=content))
    _end(work, job, PrintState.DONE, "labels.sent")


def _release(job: PrintJob, state: PrintState) -> None:
    job.state, job.claimed_by, job.lease_until = state, None, None


def _doubt(work: Work, job: PrintJob, trouble: str, detail: str) -> None:
    _release(job, PrintState.UNSURE)
    job.trouble, job.detail = trouble, detail or None
    work.record("labels.unsure", job, after={"sent": job.sent, "trouble": trouble}, code=str(job.id))


def _fail(work: Work, job: PrintJob, trouble: str, detail: str) -> None:
    _end(work, job, PrintState.FAILED, "labels.fail")
    job.trouble, job.detail = trouble, detail or None


def _end(work: Work, job: PrintJob, state: PrintState, verb: str) -> None:
    _release(job, state)
    job.finished_at, job.trouble, job.detail = work.now, None, None
    work.record(verb, job, after={"sent": job.sent, "labels": job.labels}, code=str(job.id))


# What people do


def cancel_job(work: Work, job_id: int) -> PrintJob:
    """Print no more of it. What is in the printer's memory may still come out. Raises NotFound, JobIsOver."""
    job = lock_job(work, job_id)
    if rules.is_over(job):
        raise rules.JobIsOver
    _end(work, job, PrintState.CANCELLED, "labels.cancel")
    return job


def try_again(work: Work, job_id: int) -> PrintJob:
    """Try a waiting job at once, or a failed one from where it stopped. Raises NotFound, JobIsOver."""
    job = lock_job(work, job_id)
    if job.state not in (PrintState.FAILED, PrintState.WAITING):
        raise rules.JobIsOver
    job.state, job.tries, job.next_try_at, job.finished_at = PrintState.WAITING, 0, None, None
    work.record("labels.try_again", job, after={"sent": job.sent}, code=str(job.id))
    return job


def answer_job(work: Work, job_id: int, last: int, *, again: bool = False) -> PrintJob:
    """Which label came out last, as a person sees it lying there (0: none). The job goes on after it.

    ``again``: that last label is damaged; it is printed once more at the end, as a numbered reprint.
    Raises NotFound, JobNeedsNoAnswer, NoSuchLabelInJob.
    """
    job = lock_job(work, job_id)
    if job.state is not PrintState.UNSURE:
        raise rules.JobNeedsNoAnswer
    if not 0 <= last <= job.sent or (again and last == 0):
        raise rules.NoSuchLabelInJob(field="last", number=last)
    if again:
        _print_again(work, job, last)
    job.sent, job.tries, job.next_try_at, job.trouble, job.detail = last, 0, None, None, None
    job.state = PrintState.WAITING
    work.record("labels.answer", job, after={"sent": last, "again": again}, code=str(job.id))
    if job.sent == job.labels:
        _end(work, job, PrintState.DONE, "labels.sent")
    return job


def _print_again(work: Work, job: PrintJob, number: int) -> None:
    queries.take_numbers(work.session)
    from_here = label_at(job_prints(work.session, job.id), number)
    newest = select(LabelPrint).where(LabelPrint.subject == from_here.subject, LabelPrint.code == from_here.code)
    last = work.session.scalars(newest.order_by(LabelPrint.number.desc()).limit(1)).one()
    actor = work.actor
    again = LabelPrint(
        subject=from_here.subject, code=from_here.code, layout=from_here.layout, copies=1,
        number=last.number + last.copies, at=work.now, person_id=actor.person_id, person=actor.name,
        station=actor.station, reason=PRINTER_FAULT, job_id=job.id,
    )  # fmt: skip
    work.session.add(again)
    work.session.flush()
    job.labels += 1
    work.record("labels.print", again, after={"copies": 1}, reason=PRINTER_FAULT, code=again.code)


def label_at(prints: Sequence[LabelPrint], number: int) -> LabelPrint:
    """The print that label ``number`` (from 1) of a job belongs to."""
    for one in prints:
        if number <= one.copies:
            return one
        number -= one.copies
    raise rules.NoSuchLabelInJob(field="last", number=number)
