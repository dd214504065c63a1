"""Use cases of the steps of operations (작업표준): written on drafts, copied with the revision, frozen by release."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mes.core.errors import NotFound
from mes.core.files import StoredFile, clean_photo, get_file, store_file
from mes.core.i18n import _
from mes.core.work import Work, check_version
from mes.items.models import Item, Operation, OperationStep, Routing, StepKind
from mes.items.revisions import lock_draft, touch
from mes.items.step_rules import check_position, check_step


@dataclass(frozen=True, kw_only=True)
class StepData:
    """One step as it is entered. ``required``: nothing good is reported before it is done; ``every_start``: it is done
    again after each start of a job."""

    position: int
    name: str
    kind: StepKind = StepKind.DO
    name_en: str | None = None
    unit: str | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    required: bool = True
    every_start: bool = False
    picture_id: int | None = None


def steps_of(session: Session, operation_ids: Collection[int]) -> dict[int, list[OperationStep]]:
    """The steps of operations in their order, by operation."""
    query = select(OperationStep).where(OperationStep.operation_id.in_(operation_ids))
    found: dict[int, list[OperationStep]] = defaultdict(list)
    for step in session.scalars(query.order_by(OperationStep.operation_id, OperationStep.position)):
        found[step.operation_id].append(step)
    return dict(found)


def data_of_step(step: OperationStep) -> StepData:
    """A recorded step as it would be entered."""
    return StepData(
        position=step.position, name=step.name, kind=step.kind, name_en=step.name_en, unit=step.unit,
        lower=step.lower, upper=step.upper, required=step.required, every_start=step.every_start,
        picture_id=step.picture_id,
    )  # fmt: skip


def add_step(work: Work, routing_id: int, sequence: int, data: StepData) -> OperationStep:
    """One more step of an operation of a draft. Raises NotDraft, NotFound, StepTaken, StepImpossible,
    StepLimitsReversed, LimitsOfNothing."""
    routing, item, operation = _lock_operation(work, routing_id, sequence)
    check_position(data.position, _positions(work, operation))
    made = _put(work, OperationStep(operation_id=operation.id), data)
    _note(work, routing, item, operation)
    return made


def change_step(
    work: Work, routing_id: int, sequence: int, position: int, data: StepData, version: int | None = None
) -> OperationStep:
    """Change a step of a draft, its number too; its picture stays. ``version`` is the routing's.

    Raises StaleEdit, and as ``add_step``.
    """
    routing, item, operation = _lock_operation(work, routing_id, sequence)
    check_version(work, routing, version)
    step = _step(work, operation, position)
    check_position(data.position, _positions(work, operation) - {position})
    picture = step.picture_id
    _put(work, step, data)
    step.picture_id = picture
    _note(work, routing, item, operation)
    return step


def remove_step(work: Work, routing_id: int, sequence: int, position: int) -> None:
    """Take a step out of a draft. Raises NotDraft, NotFound."""
    routing, item, operation = _lock_operation(work, routing_id, sequence)
    work.session.delete(_step(work, operation, position))
    work.session.flush()
    _note(work, routing, item, operation)


def set_step_picture(work: Work, routing_id: int, sequence: int, position: int, name: str, raw: bytes) -> OperationStep:
    """Show a photo with a step of a draft. Raises NotDraft, NotFound, and what a photo is refused for."""
    routing, item, operation = _lock_operation(work, routing_id, sequence)
    step = _step(work, operation, position)
    step.picture_id = store_file(work, name, "image/jpeg", clean_photo(name, raw)).id
    work.session.flush()
    _note(work, routing, item, operation)
    return step


def write_steps(work: Work, operation: Operation, steps: Sequence[StepData]) -> None:
    """Give a fresh operation its steps."""
    taken: set[int] = set()
    for data in steps:
        check_position(data.position, taken)
        taken.add(data.position)
        _put(work, OperationStep(operation_id=operation.id), data)


def drop_steps(work: Work, operation: Operation) -> None:
    """The steps of an operation that is taken out of a draft go with it."""
    work.session.execute(delete(OperationStep).where(OperationStep.operation_id == operation.id))


def _put(work: Work, step: OperationStep, data: StepData) -> OperationStep:
    check_step(data.kind, data.unit, data.lower, data.upper)
    step.position, step.kind, step.name, step.name_en = data.position, data.kind, data.name, data.name_en
    step.unit, step.lower, step.upper = data.unit, data.lower, data.upper
    step.required = data.required and data.kind is not StepKind.DO  # what is only shown leaves nothing to wait for
    step.every_start, step.picture_id = data.every_start, data.picture_id
    work.session.add(step)
    work.session.flush()
    return step


def _lock_operation(work: Work, routing_id: int, sequence: int) -> tuple[Routing, Item, Operation]:
    routing, item = lock_draft(work, Routing, routing_id)
    chosen = select(Operation).where(Operation.routing_id == routing.id, Operation.sequence == sequence)
    operation = work.session.scalar(chosen)
    if operation is None:
        raise NotFound(what=_("operation"), code=str(sequence))
    return routing, item, operation


def _positions(work: Work, operation: Operation) -> set[int]:
    return set(work.session.scalars(select(OperationStep.position).where(OperationStep.operation_id == operation.id)))


def _step(work: Work, operation: Operation, position: int) -> OperationStep:
    return find_step(steps_of(work.session, [operation.id]).get(operation.id, []), position)


def find_step(steps: Sequence[OperationStep], position: int) -> OperationStep:
    """A step by its number. Raises NotFound."""
    found = next((step for step in steps if step.position == position), None)
    if found is None:
        raise NotFound(what=_("step"), code=str(position))
    return found


def _note(work: Work, routing: Routing, item: Item, operation: Operation) -> None:
    """One event with the steps as they now are; the routing's version moves with them."""
    touch(work, routing)
    steps = steps_of(work.session, [operation.id]).get(operation.id, [])
    after = {"operation": operation.sequence, "steps": [f"{step.position}: {step.name}" for step in steps]}
    work.record("items.routing_steps", routing, after=after, code=item.code)


def get_picture(session: Session, step_id: int) -> StoredFile:
    """The photo of a step with its content. Raises NotFound."""
    query = select(StoredFile).join(OperationStep, OperationStep.picture_id == StoredFile.id)
    return get_file(session, query.where(OperationStep.id == step_id), _("picture"), step_id)
