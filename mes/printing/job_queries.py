"""Reads about print jobs: the queue, one job, somebody's batches, a thing's labels so far."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.paging import Slice, keyset
from mes.core.voided import VoidedLabel, voided_of
from mes.printing.models import IS_OPEN, LabelFile, LabelPrint, Printer, PrintJob, PrintState
from mes.printing.rules import OPEN_STATES


class Queued(NamedTuple):
    """A job and its printer; no printer: a file for the browser."""

    job: PrintJob
    printer: Printer | None


def get_job(session: Session, job_id: int) -> Queued:
    """One job. Raises NotFound."""
    job = session.get(PrintJob, job_id)
    if job is None:
        raise NotFound(what=_("print job"), code=str(job_id))
    return Queued(job, session.get(Printer, job.printer_id) if job.printer_id is not None else None)


def open_queue(session: Session, printer_id: int | None = None) -> list[Queued]:
    """What is not over yet, of all printers or of one, in the order in which it is printed."""
    query = select(PrintJob, Printer).outerjoin(Printer, Printer.id == PrintJob.printer_id)
    query = query.where(IS_OPEN).order_by(PrintJob.id).limit(200)
    if printer_id is not None:
        query = query.where(PrintJob.printer_id == printer_id)
    return [Queued(job, printer) for job, printer in session.execute(query)]


def jobs_over(
    session: Session, after: str | None, *, printer_id: int | None = None, person_id: int | None = None
) -> Slice[PrintJob]:
    """Jobs that are over, newest first: of one printer, or of one person."""
    query = select(PrintJob).where(PrintJob.state.not_in(OPEN_STATES))
    if printer_id is not None:
        query = query.where(PrintJob.printer_id == printer_id)
    if person_id is not None:
        query = query.where(PrintJob.person_id == person_id)
    return keyset(session, query, PrintJob.id, after=after, newest_first=True)


def jobs_of(session: Session, person_id: int | None, after: str | None) -> Slice[PrintJob]:
    """Everything that somebody sent, newest first."""
    query = select(PrintJob).where(PrintJob.person_id == person_id)
    return keyset(session, query, PrintJob.id, after=after, newest_first=True)


def printers_by_id(session: Session, jobs: Sequence[PrintJob]) -> dict[int, Printer]:
    """The printers of some jobs."""
    found = select(Printer).where(Printer.id.in_({job.printer_id for job in jobs if job.printer_id is not None}))
    return {one.id: one for one in session.scalars(found)}


def job_prints(session: Session, job_id: int) -> list[LabelPrint]:
    """The recorded prints of a job, in the order in which they are sent."""
    return list(session.scalars(select(LabelPrint).where(LabelPrint.job_id == job_id).order_by(LabelPrint.id)))


def due_printers(session: Session, now: datetime) -> list[int | None]:
    """Printers with a job that may be sent now, or that was left in the middle; None among them: files."""
    due = or_(PrintJob.next_try_at.is_(None), PrintJob.next_try_at <= now)
    query = select(PrintJob.printer_id).where(
        IS_OPEN,
        or_(
            (PrintJob.state == PrintState.WAITING) & due,
            (PrintJob.state == PrintState.SENDING) & (PrintJob.lease_until < now),
        ),
    )
    return list(session.scalars(query.distinct()))


def kept_file(session: Session, job_id: int) -> LabelFile | None:
    """The finished file of a job for the browser, while it is kept."""
    return session.get(LabelFile, job_id)


class OneLabel(NamedTuple):
    """One label of a thing: its print, its number, where it went, and who voided it, if anybody did."""

    print: LabelPrint
    number: int
    printer: Printer | None
    job: PrintJob | None
    voided: VoidedLabel | None


def labels_of(session: Session, subject: str, code: str, most: int = 50) -> list[OneLabel]:
    """Every label that was made of a thing, newest first; of many copies the newest ones."""
    query = (
        select(LabelPrint, PrintJob, Printer)
        .outerjoin(PrintJob, PrintJob.id == LabelPrint.job_id)
        .outerjoin(Printer, Printer.id == PrintJob.printer_id)
        .where(LabelPrint.subject == subject, LabelPrint.code == code)
        .order_by(LabelPrint.id.desc())
        .limit(most)
    )
    voided = voided_of(session, subject, code)
    found = [
        OneLabel(one, number, printer, job, voided.get((code, number)))
        for one, job, printer in session.execute(query)
        for number in reversed(one.numbers)
    ]
    return found[:most]
