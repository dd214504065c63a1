"""Keeping who works on a job: written with each start, pause and end, and with each report."""

from sqlalchemy import Select, bindparam, func, or_, select

from mes.core.fetch import fetch
from mes.core.sending import BY_KEY
from mes.core.types import BigId
from mes.core.work import Work
from mes.orders.crew_models import JobWorker, ReportWorker
from mes.orders.models import Job, Report
from mes.orders.run_models import JobRun


def begin_crew(work: Work, job: Job) -> None:
    """A job starts or goes on: who starts it works on it, and whoever its last pause sent away does again."""
    ended = select(JobRun.ended_at).where(JobRun.job_id == job.id, JobRun.ended_at.is_not(None))
    last_pause = ended.order_by(JobRun.id.desc()).limit(1).scalar_subquery()
    sent_away = select(JobWorker.person_id).where(JobWorker.job_id == job.id, JobWorker.paused)
    back = set(work.session.scalars(sent_away.where(JobWorker.left_at >= last_pause)))
    for person_id in [work.actor.person_id, *sorted(back)]:
        if person_id is not None:
            join(work, job, person_id)


def end_crew(work: Work, job: Job, *, paused: bool) -> None:
    """A job is paused or ends: nobody works on it any more."""
    for row in at_work(work, job):
        row.left_at, row.paused = max(row.joined_at, work.now), paused
    work.session.flush()


def name_workers(work: Work, report: Report) -> None:
    """A report names everybody who worked on the job since the report before it that stands, and who reported it."""
    with work.session.no_autoflush:  # the report itself need not be written for this
        chosen = fetch(work.session, SINCE_THE_LAST, job_id=report.job_id, report_id=report.id)
    people = {person_id for (person_id,) in chosen} | ({report.person_id} if report.person_id is not None else set())
    work.session.add_all(ReportWorker(report_id=report.id, person_id=one) for one in sorted(people))


def _since_the_last() -> Select[int]:
    job = bindparam("job_id", type_=BigId)
    of_job = select(func.max(Report.at)).where(Report.job_id == job, Report.id < bindparam("report_id", type_=BigId))
    undone = select(Report.reverses_id).where(Report.job_id == job, Report.reverses_id.is_not(None))
    before = of_job.where(Report.reverses_id.is_(None), Report.id.not_in(undone)).scalar_subquery()
    return select(JobWorker.person_id).where(
        JobWorker.job_id == job,
        or_(JobWorker.left_at.is_(None), before.is_(None), JobWorker.left_at > before),
    )


SINCE_THE_LAST = _since_the_last().execution_options(**BY_KEY)


def at_work(work: Work, job: Job, person_id: int | None = None) -> list[JobWorker]:
    """The open stretches of a job, or of one person on it."""
    query = select(JobWorker).where(JobWorker.job_id == job.id, JobWorker.left_at.is_(None))
    if person_id is not None:
        query = query.where(JobWorker.person_id == person_id)
    return list(work.session.scalars(query))


def join(work: Work, job: Job, person_id: int) -> JobWorker:
    """Somebody works on a job from now on; who does already goes on."""
    for row in at_work(work, job, person_id):
        return row
    made = JobWorker(job_id=job.id, person_id=person_id, joined_at=work.now)
    return work.add(made, "orders.join_job", code=job.code)


def leave(work: Work, job: Job, person_id: int) -> None:
    """Somebody does not work on a job any more."""
    for row in at_work(work, job, person_id):
        with work.change(row, "orders.leave_job"):
            row.left_at = max(row.joined_at, work.now)
            work.session.flush()
