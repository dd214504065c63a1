"""What is asked once before a report is recorded, because it can hardly be: too fast, or after too long a silence."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.plant import Plant
from mes.orders.models import Job, Report
from mes.orders.rules import processed


class TooFast(Refused):
    """More pieces than the job can have made since it began: asks first."""

    message = N_("%(total)s %(unit)s in %(minutes)s minutes: by its standard this job makes %(most)s in that time.")
    hint = N_("Check the number. If the job began before it was started here, it is right.")
    asks = True
    yes = N_("Save it: %(more)s %(unit)s")
    no = N_("Correct the number")


class StillRunning(Refused):
    """A job of which nothing was heard for longer than a shift: asks first."""

    message = N_("Nothing was reported for %(hours)s hours. Was this job running all the time?")
    hint = N_("If it stood still, record the stop too, or tell your leader.")
    asks = True
    yes = N_("Save it all the same")
    no = N_("Do not save yet")


def check_rate(job: Job, settings: Plant, more: Decimal, now: datetime) -> None:
    """All pieces of a job against the time since its start: beyond the standard and what the plant allows above it,
    it is asked. Raises TooFast."""
    if not (job.cycle_seconds and job.started_at and settings.fastest_percent):
        return
    seconds = Decimal(int((now - job.started_at).total_seconds()))
    usual, total = seconds / job.cycle_seconds, processed(job) + more
    if total > usual * settings.fastest_percent / 100 and total * job.cycle_seconds > seconds:
        raise TooFast(
            field="good", total=total, more=more, unit=job.order.item.unit, minutes=int(seconds // 60), most=int(usual)
        )


def check_silence(session: Session, job: Job, settings: Plant, now: datetime) -> None:
    """A job that runs, and of which nothing was reported for longer than the plant's hours, is asked about once.

    Raises StillRunning.
    """
    longest = timedelta(hours=settings.longest_run_hours)
    since = job.running_since
    if not longest or since is None or now - since <= longest:
        return
    last = session.scalar(select(func.max(Report.at)).where(Report.job_id == job.id))
    heard = max(since, last) if last else since
    if now - heard > longest:
        raise StillRunning(field="good", hours=int((now - heard).total_seconds() // 3600))
