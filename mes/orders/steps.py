"""Use cases of the steps of a job: tick one, tell its value, let a job go on without."""

from decimal import Decimal

from mes.core.access import Actor
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.work import Work
from mes.items.models import OperationStep, StepKind
from mes.items.step_rules import is_within
from mes.items.steps import find_step
from mes.orders.models import Job, StepRecord
from mes.orders.override_rules import NotAnOverride, override
from mes.orders.rules import check_job, check_order
from mes.orders.service import lock_job
from mes.orders.step_gate import steps_of_job


class StepWithoutValue(Refused):
    """A step that asks for a value, without one."""

    message = N_("Step %(position)s asks for a value.")
    hint = N_("Enter what you read or see.")
    status = 422


class StepOutside(Refused):
    """A value beyond its limits: asks first."""

    message = N_("%(value)s %(unit)s is outside %(lower)s – %(upper)s.")
    hint = N_("Check the value. If it is right, tell your leader before you go on.")
    asks = True
    yes = N_("Record %(value)s %(unit)s")
    no = N_("Correct the value")


def record_step(
    work: Work,
    job_code: str,
    position: int,
    *,
    done: bool = True,
    number: Decimal | None = None,
    text: str | None = None,
    confirmed: bool = False,
) -> StepRecord:
    """Tick a step of a started job, or record its value; ``done=False`` takes a tick back by one that says so.

    A number outside its limits asks first (``confirmed`` records it); it does not count as done. Raises NotFound,
    StepWithoutValue, StepOutside, JobNotStarted.
    """
    job = lock_job(work, job_code)
    check_order(job.order, "work")
    check_job(job, "report")
    step = find_step([one.step for one in steps_of_job(work.session, job)], position)
    if step.kind is StepKind.NUMBER and done:
        if number is None:
            raise StepWithoutValue(field="number", position=position)
        done = is_within(number, step.lower, step.upper)
        if not done and not confirmed:
            raise StepOutside(field="number", value=number, unit=step.unit, lower=step.lower, upper=step.upper)
    text = (text or "").strip() or None
    if step.kind is StepKind.TEXT and done and text is None:
        raise StepWithoutValue(field="text", position=position)
    return _write(work, job, step, done=done, number=number, text=text)


def allow_steps(work: Work, job_code: str, *, approver: Actor | None, reason: str | None) -> list[StepRecord]:
    """A leader lets a job go on without the steps that are open, and says why. Raises NotAnOverride,
    ReasonNeeded."""
    job = lock_job(work, job_code)
    check_order(job.order, "work")
    check_job(job, "report")
    if not override(work.actor, approver, reason):
        raise NotAnOverride
    told = f"{(approver or work.actor).name}: {reason}"
    still_open = [one.step for one in steps_of_job(work.session, job) if one.open]
    return [_write(work, job, step, done=True, reason=told) for step in still_open]


def _write(
    work: Work,
    job: Job,
    step: OperationStep,
    *,
    done: bool,
    number: Decimal | None = None,
    text: str | None = None,
    reason: str | None = None,
) -> StepRecord:
    record = StepRecord(
        job_id=job.id,
        step_id=step.id,
        at=work.now,
        done=done,
        number=number,
        text=text,
        reason=reason,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
        station=work.actor.station,
    )
    return work.add(record, "orders.allow_step" if reason else "orders.step", reason=reason, code=job.code)
