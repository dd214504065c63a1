"""What was measured in the inspections on the way, and what was recorded at the steps of the work."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.chunks import among
from mes.core.i18n import language
from mes.inspection.models import Choice, Reading
from mes.items.models import OperationStep
from mes.orders.models import Job, StepRecord, WorkOrder
from mes.trace.facts import Condition, Measured


def called(model: Any) -> Any:
    """The column with the plant's own name for a thing in the reader's language."""
    return model.name if language() == "ko" else func.coalesce(func.nullif(model.name_en, ""), model.name)


def measured_in(session: Session, inspections: Collection[int]) -> dict[int, list[Measured]]:
    """The readings that count, by inspection, in their order; one statement."""
    query = (
        select(
            Reading.inspection_id, Reading.name, Reading.value, called(Choice), Reading.unit, Reading.lower,
            Reading.upper, Reading.verdict,
        )
        .outerjoin(Choice, Choice.id == Reading.choice_id)
        .where(among(session, Reading.inspection_id, inspections), Reading.replaced_at.is_(None))
        .order_by(Reading.inspection_id, Reading.position, Reading.piece, Reading.id)
    )  # fmt: skip
    found: dict[int, list[Measured]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(Measured(*row))
    return found


def conditions_of(session: Session, orders: Collection[int]) -> Iterable[Condition]:
    """What was recorded at the steps of the jobs of orders, in the order of recording; one statement."""
    query = (
        select(
            Job.order_id, WorkOrder.code, called(Job), called(OperationStep), StepRecord.number, OperationStep.unit,
            OperationStep.lower, OperationStep.upper, StepRecord.text, StepRecord.done, StepRecord.reason,
            StepRecord.at, StepRecord.person,
        )
        .join(Job, Job.id == StepRecord.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(OperationStep, OperationStep.id == StepRecord.step_id)
        .where(among(session, Job.order_id, orders))
        .order_by(StepRecord.id)
    )  # fmt: skip
    rows: Iterable[Any] = session.execute(query)
    return (Condition(*row) for row in rows)
