"""Routing files: each item's operations are compared with its routing in force; a new one only where they differ."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.equipment.models import WorkCentre
from mes.exchange import queries
from mes.exchange.columns import Column, Sheet, read_columns, recording
from mes.exchange.headings import Mapping
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_code, parse_integer, parse_name, parse_quantity, parse_text, parse_yes_no
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, NoLongerUsed, NotKnown, PartnerIsNot, RowTwice
from mes.items.models import Item, Operation
from mes.items.routings import OperationData, make_routing, release_routing, whole_data
from mes.items.rules import SubcontractorMissing, check_sequence
from mes.partners.models import Partner, PartnerKind

ITEM = N_("item")
ROUTING_COLUMNS = (
    Column("item", parse_code, needed=True),
    Column("sequence", lambda text: parse_integer(text, zero=False), needed=True),
    Column("operation_code", lambda text: parse_name(text, 100)),
    Column("operation_name", parse_name, needed=True),
    Column("name_en", parse_name),
    Column("work_centre", parse_code, needed=True),
    Column("setup_minutes", parse_quantity),
    Column("cycle_seconds", parse_quantity),
    Column("outsourced", parse_yes_no),
    Column("subcontractor", parse_code),
    Column("inspected", parse_yes_no),
    Column("instruction", parse_text),
)
#: Attribute of an operation -> field of the file, for what is compared.
STEP_FIELDS = {
    "sequence": "sequence", "name": "operation_name", "code": "operation_code", "name_en": "name_en",
    "setup_minutes": "setup_minutes", "cycle_seconds": "cycle_seconds", "outsourced": "outsourced",
    "inspected": "inspected", "instruction": "instruction",
}  # fmt: skip


def read_routing_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a routing file; needs no database."""
    return read_columns(ROUTING_COLUMNS, table.rows, mapping)


def judge_routings(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Compare each item's operations with its routing in force."""
    items = queries.items_by_code(session, {code for code in sheet.values["item"] if code})
    products = _group(sheet, items)
    centres, partners = queries.all_of(session, WorkCentre), queries.all_of(session, Partner)
    _check_steps(sheet, products, centres, partners)
    released = queries.released_routings(session, [items[code].id for code in products if code in items])
    fresh: dict[str, list[OperationData]] = {}
    verdicts: dict[int, tuple[Verdict, list[Change]]] = {}
    for product, rows in products.items():
        if any(row in sheet.faults for row in rows):
            continue
        routing = released.get(items[product].id)
        old = {step.sequence: step for step in routing.operations} if routing else {}
        steps = [_step(sheet, row, old, centres, partners) for row in rows]
        for row, step in zip(rows, steps, strict=True):
            if step.outsourced and step.subcontractor is None:  # neither told by the file nor recorded
                sheet.refuse(row, "outsourced", SubcontractorMissing(sequence=str(step.sequence)))
        said = _compare(old, steps)
        if any(verdict is not Verdict.SAME for verdict, _changes in said):
            fresh[product] = sorted(steps, key=lambda step: step.sequence)
        verdicts.update(zip(rows, said, strict=True))
    judged = [
        sheet.judged(
            row, f"{sheet.value(row, 'item') or ''} {sheet.value(row, 'sequence') or ''}".strip(),
            sheet.value(row, "operation_name") or "", *verdicts.get(row, (Verdict.SAME, [])),
        )
        for row in range(len(sheet.rows))
    ]  # fmt: skip
    first = {product: rows[0] for product, rows in products.items()}

    def record(work: Work) -> None:
        for product, steps in fresh.items():
            with recording(first[product]):
                _record_routing(work, items[product], steps, release=options.release)

    return Plan(judged, record)


def _compare(old: dict[int, Operation], steps: list[OperationData]) -> list[tuple[Verdict, list[Change]]]:
    """The verdict on each step; operations that are gone are told with the last one."""
    said: list[tuple[Verdict, list[Change]]] = []
    for step in steps:
        changes = _step_changes(old.get(step.sequence), step)
        verdict = Verdict.NEW if step.sequence not in old else Verdict.CHANGED if changes else Verdict.SAME
        said.append((verdict, changes))
    gone = sorted(set(old) - {step.sequence for step in steps})
    if gone:
        verdict, changes = said[-1]
        leave = Change("sequence", ", ".join(map(str, gone)), None)
        said[-1] = (verdict if verdict is Verdict.NEW else Verdict.CHANGED), [*changes, leave]
    return said


def _group(sheet: Sheet, items: dict[str, Item]) -> dict[str, list[int]]:
    products: dict[str, list[int]] = {}
    for row, code in enumerate(sheet.values["item"]):
        if code and code not in items:
            sheet.refuse(row, "item", NotKnown(what=_(ITEM), value=code))
        elif code and not items[code].active:
            sheet.refuse(row, "item", NoLongerUsed(what=_(ITEM), value=code))
        if code:
            products.setdefault(code, []).append(row)
    return products


def _check_steps(
    sheet: Sheet, products: dict[str, list[int]], centres: dict[str, WorkCentre], partners: dict[str, Partner]
) -> None:
    for rows in products.values():
        taken: dict[int, int] = {}
        for row in rows:
            if row in sheet.faults:
                continue
            sequence, centre = sheet.value(row, "sequence"), sheet.value(row, "work_centre")
            if taken.setdefault(sequence, row) != row:
                first = str(sheet.rows[taken[sequence]][0])
                sheet.refuse(row, "sequence", RowTwice(value=str(sequence), code=str(sequence), first=first))
            if centre not in centres:
                sheet.refuse(row, "work_centre", NotKnown(what=_(N_("work centre")), value=centre))
            elif not centres[centre].active:
                sheet.refuse(row, "work_centre", NoLongerUsed(what=_(N_("work centre")), value=centre))
            _check_subcontractor(sheet, row, partners)
            try:
                check_sequence(sequence, ())
            except Refused as reason:
                sheet.refuse(row, "sequence", reason)


def _check_subcontractor(sheet: Sheet, row: int, partners: dict[str, Partner]) -> None:
    code = sheet.value(row, "subcontractor")
    if not code:
        if sheet.value(row, "outsourced") and "subcontractor" in sheet.mapping:
            sheet.refuse(row, "subcontractor", SubcontractorMissing(sequence=str(sheet.value(row, "sequence"))))
        return
    if code not in partners:
        sheet.refuse(row, "subcontractor", NotKnown(what=_(N_("partner")), value=code))
    elif PartnerKind.SUBCONTRACTOR not in partners[code].kinds:
        sheet.refuse(row, "subcontractor", PartnerIsNot(value=code, kind=_(N_("subcontractor"))))
    elif not partners[code].active:
        sheet.refuse(row, "subcontractor", NoLongerUsed(what=_(N_("partner")), value=code))


def _step(
    sheet: Sheet, row: int, old: dict[int, Operation], centres: dict[str, WorkCentre], partners: dict[str, Partner]
) -> OperationData:
    """A row as an operation; what the file has no column for stays as it is recorded."""
    before = old.get(sheet.value(row, "sequence"))
    said: dict[str, Any] = {}
    for name, column in STEP_FIELDS.items():
        if column in sheet.mapping:
            said[name] = sheet.value(row, column)
        elif before is not None:
            said[name] = getattr(before, name)
    for name in ("outsourced", "inspected"):
        said[name] = bool(said.get(name))
    if "subcontractor" in sheet.mapping:
        code = sheet.value(row, "subcontractor")
        said["subcontractor"] = partners[code] if code else None
    elif before is not None:
        said["subcontractor"] = before.subcontractor
    return OperationData(**said, work_centre=centres[sheet.value(row, "work_centre")])


def _step_changes(old: Operation | None, new: OperationData) -> list[Change]:
    if old is None:
        return []
    changes = [
        Change(column, getattr(old, name), getattr(new, name))
        for name, column in STEP_FIELDS.items()
        if getattr(old, name) != getattr(new, name)
    ]
    if old.work_centre_id != new.work_centre.id:
        changes.append(Change("work_centre", old.work_centre.code, new.work_centre.code))
    if old.subcontractor_id != (new.subcontractor.id if new.subcontractor else None):
        before, after = old.subcontractor, new.subcontractor
        changes.append(Change("subcontractor", before.code if before else None, after.code if after else None))
    return changes


def _record_routing(work: Work, item: Item, steps: list[OperationData], *, release: bool) -> None:
    old = queries.released_routings(work.session, [item.id]).get(item.id)
    kept = {one.sequence: one.steps for one in whole_data(work, old)} if old else {}
    routing = make_routing(work, item, [replace(step, steps=kept.get(step.sequence, ())) for step in steps])
    if release:
        release_routing(work, routing.id)
