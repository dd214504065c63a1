"""Use cases of routings: drafts are edited step by step; a released revision is never edited again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.work import Work, check_version
from mes.equipment.models import WorkCentre
from mes.items import queries
from mes.items.models import Item, Operation, Routing
from mes.items.revisions import find_draft, give_up, lock_draft, make_room, next_number, put_in_force, touch
from mes.items.rules import (
    check_routing_complete,
    check_sequence,
    operation_numbers,
)
from mes.items.steps import StepData, data_of_step, drop_steps, steps_of, write_steps
from mes.partners.models import Partner


@dataclass(frozen=True, kw_only=True)
class OperationData:
    """One operation as it is entered. Times: minutes to set up, seconds per piece. ``steps``: how it is done, where a
    fresh one is entered with them."""

    sequence: int
    name: str
    work_centre: WorkCentre
    code: str | None = None
    name_en: str | None = None
    setup_minutes: Decimal | None = None
    cycle_seconds: Decimal | None = None
    outsourced: bool = False
    subcontractor: Partner | None = None
    inspected: bool = False
    instruction: str | None = None
    steps: Sequence[StepData] = ()


def make_routing(work: Work, item: Item, operations: Sequence[OperationData], *, note: str | None = None) -> Routing:
    """A new draft revision of an item's routing. Raises SequenceTaken, SequenceImpossible."""
    routing = Routing(item_id=item.id, revision=next_number(work, Routing, item), note=note)
    work.add(routing, "items.make_routing", code=item.code)
    taken: list[int] = []
    for step in operations:
        check_sequence(step.sequence, taken)
        taken.append(step.sequence)
        write_steps(work, _put_operation(work, Operation(routing_id=routing.id), step), step.steps)
    _note_operations(work, routing, item)
    return routing


def copy_routing(work: Work, item: Item) -> Routing:
    """The draft to work on: the one there is, else a copy of the released revision, else an empty one."""
    draft = find_draft(work, Routing, item)
    if draft:
        return draft
    released = queries.released_routing(work.session, item.id)
    return make_routing(work, item, whole_data(work, released) if released else [])


def whole_data(work: Work, routing: Routing) -> list[OperationData]:
    """The operations of a routing with their steps, as they would be entered."""
    steps = steps_of(work.session, [operation.id for operation in routing.operations])
    return [
        replace(data_of(operation), steps=[data_of_step(step) for step in steps.get(operation.id, ())])
        for operation in routing.operations
    ]


def data_of(step: Operation) -> OperationData:
    """A recorded operation as it would be entered, without its steps."""
    return OperationData(
        sequence=step.sequence, name=step.name, work_centre=step.work_centre, code=step.code, name_en=step.name_en,
        setup_minutes=step.setup_minutes, cycle_seconds=step.cycle_seconds, outsourced=step.outsourced,
        subcontractor=step.subcontractor, inspected=step.inspected, instruction=step.instruction,
    )  # fmt: skip


def add_operation(work: Work, routing_id: int, step: OperationData) -> Operation:
    """One more step of a draft. Raises NotDraft, SequenceTaken, SequenceImpossible."""
    routing, item = lock_draft(work, Routing, routing_id)
    check_sequence(step.sequence, operation_numbers(queries.whole_routing(work.session, routing.id).operations))
    made = _put_operation(work, Operation(routing_id=routing.id), step)
    _note_operations(work, routing, item)
    return made


def change_operation(
    work: Work, routing_id: int, sequence: int, step: OperationData, version: int | None = None
) -> Operation:
    """Change a step of a draft, its number too. ``version`` is the routing's. Raises NotDraft, SequenceTaken."""
    routing, item = lock_draft(work, Routing, routing_id)
    check_version(work, routing, version)
    operation = _operation(work, routing, sequence)
    others = operation_numbers(queries.whole_routing(work.session, routing.id).operations)
    check_sequence(step.sequence, [other for other in others if other != sequence])
    _put_operation(work, operation, step)
    _note_operations(work, routing, item)
    return operation


def remove_operation(work: Work, routing_id: int, sequence: int) -> None:
    """Take a step out of a draft. Raises NotDraft, NotFound."""
    routing, item = lock_draft(work, Routing, routing_id)
    operation = _operation(work, routing, sequence)
    drop_steps(work, operation)
    work.session.delete(operation)
    work.session.flush()
    _note_operations(work, routing, item)


def discard_routing(work: Work, routing_id: int) -> Routing:
    """Give up a draft: it stays readable as obsolete and is never used. Raises NotDraft."""
    routing, item = lock_draft(work, Routing, routing_id)
    give_up(work, routing)
    work.record("items.discard_routing", routing, code=item.code)
    return routing


def release_routing(work: Work, routing_id: int) -> Routing:
    """Put a draft in force; the revision before becomes obsolete, and open orders keep the one they froze.

    Raises EmptyRouting, SubcontractorMissing.
    """
    lock_draft(work, Routing, routing_id)
    routing = queries.whole_routing(work.session, routing_id)
    check_routing_complete(routing, routing.item.code)
    make_room(work, routing)
    with work.change(routing, "items.release_routing"):
        put_in_force(work, routing)
    return routing


def _operation(work: Work, routing: Routing, sequence: int) -> Operation:
    chosen = select(Operation).where(Operation.routing_id == routing.id, Operation.sequence == sequence)
    found = work.session.scalar(chosen)
    if found is None:
        raise NotFound(what=_("operation"), code=str(sequence))
    return found


def operation_at(routing: Routing, sequence: int) -> Operation:
    """A step of a routing that was read with its steps. Raises NotFound."""
    found = next((step for step in routing.operations if step.sequence == sequence), None)
    if found is None:
        raise NotFound(what=_("operation"), code=str(sequence))
    return found


def _put_operation(work: Work, operation: Operation, step: OperationData) -> Operation:
    operation.sequence, operation.code = step.sequence, step.code
    operation.name, operation.name_en = step.name, step.name_en
    operation.work_centre_id = step.work_centre.id
    operation.setup_minutes, operation.cycle_seconds = step.setup_minutes, step.cycle_seconds
    operation.outsourced, operation.inspected = step.outsourced, step.inspected
    operation.subcontractor_id = step.subcontractor.id if step.subcontractor else None
    operation.instruction = step.instruction
    work.session.add(operation)
    work.session.flush()
    return operation


def _note_operations(work: Work, routing: Routing, item: Item) -> None:
    """One event with the steps as they now are; the routing's version moves with its steps."""
    touch(work, routing)
    fresh = queries.whole_routing(work.session, routing.id)
    after = [f"{x.sequence}: {x.name} @ {x.work_centre.code}" for x in fresh.operations]
    work.record("items.routing_operations", routing, after={"operations": after}, code=item.code)
