"""Several people on one job: who joins and leaves, whose work a report is, how long each worked; taking over."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.access import LEADERS
from mes.core.errors import NotAllowed
from mes.core.work import Work
from mes.orders.crew_keeping import at_work, join, leave
from mes.orders.crew_models import JobWorker, ReportWorker
from mes.orders.models import Job, JobState
from mes.orders.rules import check_job
from mes.orders.service import lock_job
from mes.people.models import Person
from mes.people.queries import get_person


class Worked(NamedTuple):
    """Somebody's work on a job: how long in all, and since when now (None: not at work on it)."""

    person: Person
    time: timedelta
    since: datetime | None


def crew_of(session: Session, job_id: int, now: datetime) -> list[Worked]:
    """Everybody who works or worked on a job: those at work first, in the order in which they came."""
    query = select(JobWorker, Person).join(Person, Person.id == JobWorker.person_id).where(JobWorker.job_id == job_id)
    found: dict[int, Worked] = {}
    for row, person in session.execute(query.order_by(JobWorker.id)):
        before = found.get(person.id, Worked(person, timedelta(0), None))
        time = before.time + ((row.left_at or now) - row.joined_at)
        found[person.id] = Worked(person, time, row.joined_at if row.left_at is None else before.since)
    return sorted(found.values(), key=lambda one: one.since is None)


class Labour(NamedTuple):
    """What people put into a job: all their stretches added up, and who they were, in the order in which they came."""

    time: timedelta
    people: list[Person]


def labour_of(session: Session, job_ids: Iterable[int], now: datetime) -> dict[int, Labour]:
    """Labour time and people by job. One statement."""
    query = select(JobWorker, Person).join(Person, Person.id == JobWorker.person_id)
    found: dict[int, Labour] = {}
    for row, person in session.execute(query.where(JobWorker.job_id.in_(job_ids)).order_by(JobWorker.id)):
        before = found.get(row.job_id, Labour(timedelta(0), []))
        people = before.people if person in before.people else [*before.people, person]
        found[row.job_id] = Labour(before.time + ((row.left_at or now) - row.joined_at), people)
    return found


def toggle_on_job(work: Work, job_code: str, person_code: str, joins: bool | None = None) -> bool:
    """Whoever works on a job leaves it, which goes on; anybody else joins it. Gives whether they work on it now.

    ``joins`` says which of both is meant: who works on it already then goes on, and who does not stays away.
    Raises JobNotStarted, JobIsPaused, NotFound.
    """
    job, person = lock_job(work, job_code), get_person(work.session, person_code)
    works = bool(at_work(work, job, person.id))
    wanted = not works if joins is None else joins
    if works and not wanted:
        leave(work, job, person.id)
    elif wanted and not works:
        check_job(job, "consume")
        join(work, job, person.id)
    return wanted


def take_over(work: Work, job_code: str) -> Job:
    """A leader takes a job over from whoever started it, who leaves it. Raises NotAllowed, JobNotStarted."""
    job = lock_job(work, job_code)
    if not work.actor.is_one_of(LEADERS) or work.actor.person_id is None:
        raise NotAllowed
    check_job(job, "report")
    before = job.person_id
    if before == work.actor.person_id:
        return job
    with work.change(job, "orders.take_over"):
        job.person_id = work.actor.person_id
        work.session.flush()
    if before is not None:
        leave(work, job, before)
    if job.state is JobState.RUNNING:
        join(work, job, work.actor.person_id)
    return job


def workers_of(session: Session, report_ids: Iterable[int]) -> dict[int, list[Person]]:
    """Who worked on what reports tell of."""
    query = select(ReportWorker.report_id, Person).join(Person, Person.id == ReportWorker.person_id)
    found: dict[int, list[Person]] = {}
    for report_id, person in session.execute(query.where(ReportWorker.report_id.in_(report_ids)).order_by(Person.name)):
        found.setdefault(report_id, []).append(person)
    return found
