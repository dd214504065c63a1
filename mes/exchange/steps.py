"""Work steps from files and to them: each item's steps are compared with its routing in force; a new revision of it
only where they differ. An operation that the file names gets the steps of the file, the others keep theirs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.exchange import queries
from mes.exchange.choices import parse_choice
from mes.exchange.columns import Column, Sheet, read_columns, recording
from mes.exchange.headings import Mapping
from mes.exchange.masters import parse_unit
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_code, parse_integer, parse_quantity, parse_text, parse_yes_no
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, NoLongerUsed, NotKnown, RowTwice
from mes.items.models import Item, Operation, OperationStep, Revision, Routing, StepKind
from mes.items.routings import make_routing, release_routing, whole_data
from mes.items.step_rules import check_position, check_step
from mes.items.steps import StepData, data_of_step, steps_of

STEP_FIELDS = (
    "item", "item_name", "sequence", "step", "step_text", "name_en", "kind", "unit", "lower", "upper", "required",
    "every_start",
)  # fmt: skip
COLUMNS = (
    Column("item", parse_code, needed=True),
    Column("sequence", lambda text: parse_integer(text, zero=False), needed=True),
    Column("step", lambda text: parse_integer(text, zero=False), needed=True),
    Column("step_text", lambda text: parse_text(text, 2000), needed=True),
    Column("name_en", lambda text: parse_text(text, 2000)),
    Column("kind", lambda text: StepKind(parse_choice("step_kind", text))),
    Column("unit", parse_unit),
    Column("lower", lambda text: parse_quantity(text, negative=True)),
    Column("upper", lambda text: parse_quantity(text, negative=True)),
    Column("required", parse_yes_no),
    Column("every_start", parse_yes_no),
)
#: Attribute of a step -> field of the file.
_TOLD = {
    "name": "step_text", "name_en": "name_en", "kind": "kind", "unit": "unit", "lower": "lower", "upper": "upper",
    "required": "required", "every_start": "every_start",
}  # fmt: skip
Steps = dict[int, list[StepData]]


def read_step_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a list of work steps; needs no database."""
    return read_columns(COLUMNS, table.rows, mapping)


def judge_steps(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Compare the steps of each operation with those in force."""
    items = queries.items_by_code(session, {code for code in sheet.values["item"] if code})
    routings = queries.released_routings(session, [item.id for item in items.values()])
    recorded = steps_of(session, [one.id for routing in routings.values() for one in routing.operations])
    _check_rows(sheet, items, routings)
    fresh: dict[str, Steps] = {}
    verdicts: dict[int, tuple[Verdict, Sequence[Change]]] = {}
    for (code, sequence), rows in _groups(sheet).items():
        if any(row in sheet.faults for row in rows):
            continue
        operation = next(one for one in routings[items[code].id].operations if one.sequence == sequence)
        old = {step.position: data_of_step(step) for step in recorded.get(operation.id, ())}
        told = [_step(sheet, row, old) for row in rows]
        said = [_compared(old.get(one.position), one) for one in told]
        if set(old) - {one.position for one in told} or any(verdict is not Verdict.SAME for verdict, _changes in said):
            fresh.setdefault(code, {})[sequence] = sorted(told, key=lambda one: one.position)
        verdicts.update(zip(rows, _with_gone(said, old, told), strict=True))
    judged = [
        sheet.judged(row, _code(sheet, row), _line(sheet, row), *verdicts.get(row, (Verdict.SAME, ())))
        for row in range(len(sheet.rows))
    ]
    first = {code: rows[0] for (code, _sequence), rows in reversed(_groups(sheet).items())}

    def record(work: Work) -> None:
        for code, steps in fresh.items():
            with recording(first[code]):
                _record(work, items[code], steps, release=options.release)

    return Plan(judged, record)


def _code(sheet: Sheet, row: int) -> str:
    return " ".join(str(sheet.value(row, name) or "") for name in ("item", "sequence", "step")).strip()


def _line(sheet: Sheet, row: int) -> str:
    return str(sheet.value(row, "step_text") or "").split("\n", 1)[0][:80]


def _groups(sheet: Sheet) -> dict[tuple[str, int], list[int]]:
    found: dict[tuple[str, int], list[int]] = {}
    for row in range(len(sheet.rows)):
        code, sequence = sheet.value(row, "item"), sheet.value(row, "sequence")
        if code and sequence:
            found.setdefault((code, sequence), []).append(row)
    return found


def _check_rows(sheet: Sheet, items: dict[str, Item], routings: dict[int, Routing]) -> None:
    taken: dict[tuple[str, int, int], int] = {}
    for row in range(len(sheet.rows)):
        code, sequence, position = (sheet.value(row, name) for name in ("item", "sequence", "step"))
        if code and code not in items:
            sheet.refuse(row, "item", NotKnown(what=_(N_("item")), value=code))
        elif code and not items[code].active:
            sheet.refuse(row, "item", NoLongerUsed(what=_(N_("item")), value=code))
        elif code and sequence and not _has(routings.get(items[code].id), sequence):
            sheet.refuse(row, "sequence", NotKnown(what=_("operation"), value=f"{code} {sequence}"))
        if row in sheet.faults:
            continue
        first = taken.setdefault((code, sequence, position), row)
        if first != row:
            told = RowTwice(value=str(position), code=_code(sheet, row), first=str(sheet.rows[first][0]))
            sheet.refuse(row, "step", told)
        try:
            check_position(position, ())
        except Refused as reason:
            sheet.refuse(row, "step", reason)


def _has(routing: Routing | None, sequence: int) -> bool:
    return routing is not None and any(one.sequence == sequence for one in routing.operations)


def _step(sheet: Sheet, row: int, old: dict[int, StepData]) -> StepData:
    """A row as a step; what the file has no column for stays as it is recorded, the picture always."""
    position = sheet.value(row, "step")
    before = old.get(position)
    said: dict[str, Any] = {}
    for name, column in _TOLD.items():
        if column in sheet.mapping:
            said[name] = sheet.value(row, column)
        elif before is not None:
            said[name] = getattr(before, name)
    said["kind"] = said.get("kind") or StepKind.CHECK
    said["required"] = said.get("required") is not False and said["kind"] is not StepKind.DO
    said["every_start"] = bool(said.get("every_start"))
    told = StepData(position=position, picture_id=before.picture_id if before else None, **said)
    try:
        check_step(told.kind, told.unit, told.lower, told.upper)
    except Refused as reason:
        sheet.refuse(row, reason.field or "kind", reason)
    return told


def _compared(old: StepData | None, new: StepData) -> tuple[Verdict, Sequence[Change]]:
    if old is None:
        return Verdict.NEW, ()
    told = [(column, getattr(old, name), getattr(new, name)) for name, column in _TOLD.items()]
    changes = [Change(column, before, after) for column, before, after in told if before != after]
    return (Verdict.CHANGED if changes else Verdict.SAME), changes


def _with_gone(
    said: list[tuple[Verdict, Sequence[Change]]], old: dict[int, StepData], told: list[StepData]
) -> list[tuple[Verdict, Sequence[Change]]]:
    """Steps that the file does not name any more are told with the last row of their operation."""
    gone = sorted(set(old) - {one.position for one in told})
    if not gone:
        return said
    verdict, changes = said[-1]
    leave = Change("step", ", ".join(map(str, gone)), None)
    return [*said[:-1], (verdict if verdict is Verdict.NEW else Verdict.CHANGED, [*changes, leave])]


def _record(work: Work, item: Item, steps: Steps, *, release: bool) -> None:
    routing = queries.released_routings(work.session, [item.id])[item.id]
    operations = [
        replace(one, steps=steps[one.sequence]) if one.sequence in steps else one for one in whole_data(work, routing)
    ]
    made = make_routing(work, item, operations)
    if release:
        release_routing(work, made.id)


def listed_steps() -> Select[*tuple[Any, ...]]:
    """The steps in force, as the list goes out."""
    columns = (
        Item.code, Item.name, Operation.sequence, OperationStep.position, OperationStep.name, OperationStep.name_en,
        OperationStep.kind, OperationStep.unit, OperationStep.lower, OperationStep.upper, OperationStep.required,
        OperationStep.every_start,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Operation, Operation.id == OperationStep.operation_id)
        .join(Routing, Routing.id == Operation.routing_id)
        .join(Item, Item.id == Routing.item_id)
        .where(Routing.state == Revision.RELEASED)
        .order_by(Item.code, Operation.sequence, OperationStep.position)
    )
