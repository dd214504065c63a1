"""Keeping when a job ran. Written with each start, pause and end; read by the page of a day's times."""

from sqlalchemy import select

from mes.core.work import Work
from mes.orders.crew_keeping import end_crew
from mes.orders.models import Job, JobState
from mes.orders.run_models import JobRun


def begin_run(work: Work, job: Job) -> None:
    """The job runs from now on. A run that is still open (another machine) ends."""
    end_run(work, job)
    run = JobRun(job_id=job.id, work_centre_id=job.work_centre_id, machine_id=job.machine_id)
    run.person_id, run.started_at = work.actor.person_id, work.now
    work.session.add(run)


def end_run(work: Work, job: Job) -> None:
    """The job is interrupted or done."""
    for run in work.session.scalars(select(JobRun).where(JobRun.job_id == job.id, JobRun.ended_at.is_(None))):
        run.ended_at = max(run.started_at, work.now)  # an entry that comes late cannot end it before it began


def stop_jobs(work: Work, order_id: int) -> None:
    """The locked order ends without its jobs: none of them runs any more, and nobody works on them."""
    running = select(Job).where(Job.order_id == order_id, Job.state == JobState.RUNNING).order_by(Job.id)
    for job in work.session.scalars(running.with_for_update().execution_options(populate_existing=True)).all():
        with work.change(job, "orders.pause_job"):
            job.state = JobState.PAUSED
            work.session.flush()
        end_run(work, job)
        end_crew(work, job, paused=False)
