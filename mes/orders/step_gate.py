"""What the steps of a job (작업표준) stand at, and what is open before pieces are reported."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, own_name
from mes.items.models import Operation, OperationStep
from mes.orders.models import Job, StepRecord, WorkOrder


class StepsOpen(Refused):
    """Steps that must be done before anything good is reported."""

    message = N_("Not done yet: %(steps)s.")
    hint = N_("Open the work steps and do them, or ask a leader to allow it.")


class JobStep(NamedTuple):
    """A step of a job with what was recorded of it last, since the start if it is done again after each one."""

    step: OperationStep
    last: StepRecord | None

    @property
    def done(self) -> bool:
        """Whether it was done, or a leader allowed to go on without it."""
        return self.last is not None and self.last.done

    @property
    def open(self) -> bool:
        """Whether it still keeps good pieces from being reported."""
        return self.step.required and not self.done


def steps_of_job(session: Session, job: Job) -> list[JobStep]:
    """The steps of a job, as its order froze them, in their order; none for most jobs. Two statements at most."""
    if not job.has_steps:
        return []
    query = (
        select(OperationStep)
        .join(Operation, Operation.id == OperationStep.operation_id)
        .join(WorkOrder, WorkOrder.routing_id == Operation.routing_id)
        .where(WorkOrder.id == job.order_id, Operation.sequence == job.sequence)
        .order_by(OperationStep.position)
    )
    steps = list(session.scalars(query))
    newest = select(func.max(StepRecord.id)).where(StepRecord.job_id == job.id).group_by(StepRecord.step_id)
    last = {record.step_id: record for record in session.scalars(select(StepRecord).where(StepRecord.id.in_(newest)))}
    return [JobStep(step, _of_this_start(step, last.get(step.id), job)) for step in steps]


def _of_this_start(step: OperationStep, record: StepRecord | None, job: Job) -> StepRecord | None:
    since = job.running_since if step.every_start else None
    return None if record is None or (since is not None and record.at < since) else record


def mark_steps(session: Session, jobs: Sequence[Job], routing_id: int) -> None:
    """Jobs that are made know whether their operation has steps."""
    query = select(Operation.sequence).join(OperationStep, OperationStep.operation_id == Operation.id)
    having = set(session.scalars(query.where(Operation.routing_id == routing_id).distinct()))
    for job in jobs:
        job.has_steps = job.sequence in having


def check_steps(session: Session, job: Job) -> None:
    """Good pieces are reported, and a job is finished, once its required steps are done. Raises StepsOpen."""
    still_open = [one.step for one in steps_of_job(session, job) if one.open]
    if still_open:
        raise StepsOpen(steps=", ".join(f"{step.position}. {_short(own_name(step))}" for step in still_open))


def _short(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= 60 else first[:59] + "…"
