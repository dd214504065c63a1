"""Inspection standards from a file: one row for each characteristic, compared with the revision that is in force.

Rows of the same item, kind of inspection, operation and partner are one standard. How it is carried out (rule, AQL, who
acts) stands in its first row. Where anything differs a new revision is made.
"""

from dataclasses import fields
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.chunks import chunks
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.exchange import queries, words
from mes.exchange.choices import parse_choice
from mes.exchange.columns import Column, Sheet, read_columns
from mes.exchange.headings import Mapping
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_code, parse_integer, parse_name, parse_quantity, parse_text, parse_yes_no
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, NotKnown, RowTwice, StandardSaysBoth
from mes.exchange.standard_changes import HEAD, ROW, compare
from mes.inspection import standard_rules
from mes.inspection.models import InspectionKind, InspectionStandard, Nature, SampleRule
from mes.inspection.service import CharacteristicData, ChoiceData, StandardData, approve_standard, make_standard
from mes.inspection.standard_data import data_of, scope_of
from mes.inspection.standard_queries import WHOLE
from mes.inspection.written import read_choices
from mes.items.models import Item, Revision, Routing
from mes.partners.models import Partner


def _count(text: str) -> int:
    return parse_integer(text, zero=False)


COLUMNS = (
    Column("item", parse_code, needed=True),
    Column("kind", lambda text: InspectionKind(parse_choice("inspection_kind", text)), needed=True),
    Column("operation", _count),
    Column("partner", parse_code),
    Column("sample_rule", lambda text: SampleRule(parse_choice("sample_rule", text))),
    Column("sample_size", _count),
    Column("every", _count),
    Column("aql", lambda text: parse_name(text, 8)),
    Column("level", lambda text: parse_name(text, 4)),
    Column("double_plan", parse_yes_no),
    Column("gate", parse_yes_no),
    Column("hold_back", parse_yes_no),
    Column("act_by", lambda text: parse_name(text, 100)),
    Column("characteristic", parse_name, needed=True),
    Column("name_en", parse_name),
    Column("unit", lambda text: parse_name(text, 16)),
    Column("decimals", parse_integer),
    Column("lower", lambda text: parse_quantity(text, negative=True)),
    Column("nominal", lambda text: parse_quantity(text, negative=True)),
    Column("upper", lambda text: parse_quantity(text, negative=True)),
    Column("good_choices", parse_text),
    Column("bad_choices", parse_text),
    Column("gauge_type", lambda text: parse_name(text, 100)),
    Column("own_sample_size", _count),
    Column("frequency", lambda text: parse_name(text, 100)),
    Column("method", parse_text),
    Column("reaction", parse_text),
    Column("special", lambda text: parse_name(text, 16)),
    Column("pfmea", lambda text: parse_name(text, 100)),
    Column("limit_sample", parse_text),
    Column("of_process", parse_yes_no),
)


class Scope(NamedTuple):
    """Which inspections the rows of one standard are for."""

    item: str
    kind: InspectionKind
    operation: int | None
    partner: str | None


class Known(NamedTuple):
    """What the plant has of what the file names."""

    items: dict[str, Item]
    partners: dict[str, Partner]
    routings: dict[int, Routing]
    in_force: dict[str, InspectionStandard]
    drafts: frozenset[str]

    def scope(self, scope: Scope) -> str:
        """The scope as standards carry it."""
        partner = self.partners[scope.partner].id if scope.partner else None
        return scope_of(self.items[scope.item].id, scope.kind, scope.operation, partner)


class Fresh(NamedTuple):
    """A standard of which a new revision is made."""

    data: StandardData
    characteristics: list[CharacteristicData]


def read_standard_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a file of standards; needs no database."""
    return read_columns(COLUMNS, table.rows, mapping)


def judge_standards(session: Session, sheet: Sheet, options: Options) -> Plan:
    """Compare each standard of a file with its revision in force."""
    known = _known(session, sheet)
    fresh: dict[Scope, Fresh] = {}
    verdicts: dict[int, tuple[Verdict, list[Change]]] = {}
    for scope, rows in _group(sheet, known).items():
        if any(row in sheet.faults for row in rows):
            continue
        _judge(sheet, known, scope, rows, fresh, verdicts)
    judged = [
        sheet.judged(
            row, f"{sheet.value(row, 'item') or ''} {sheet.value(row, 'characteristic') or ''}".strip(),
            sheet.value(row, "characteristic") or "", *verdicts.get(row, (Verdict.SAME, [])),
        )
        for row in range(len(sheet.rows))
    ]  # fmt: skip
    return Plan(judged, lambda work: _record(work, known, fresh, release=options.release))


def _known(session: Session, sheet: Sheet) -> Known:
    items = queries.items_by_code(session, {code for code in sheet.values["item"] if code})
    ids = [item.id for item in items.values()]
    released, drafts = {}, set()
    for part in chunks(sorted(ids)):
        query = select(InspectionStandard).where(
            InspectionStandard.item_id.in_(part), InspectionStandard.state != Revision.OBSOLETE
        )
        for one in session.scalars(query.options(*WHOLE)):
            if one.state is Revision.DRAFT:
                drafts.add(one.scope)
            else:
                released[one.scope] = one
    routings = queries.released_routings(session, ids)
    return Known(items, queries.all_of(session, Partner), routings, released, frozenset(drafts))


def _group(sheet: Sheet, known: Known) -> dict[Scope, list[int]]:
    groups: dict[Scope, list[int]] = {}
    for row in range(len(sheet.rows)):
        item, partner = sheet.value(row, "item"), sheet.value(row, "partner")
        if item and item not in known.items:
            sheet.refuse(row, "item", NotKnown(what=_(N_("item")), value=item))
        if partner and partner not in known.partners:
            sheet.refuse(row, "partner", NotKnown(what=_(N_("partner")), value=partner))
        scope = Scope(item, sheet.value(row, "kind"), sheet.value(row, "operation"), partner)
        groups.setdefault(scope, []).append(row)
    return groups


def _judge(
    sheet: Sheet, known: Known, scope: Scope, rows: list[int], fresh: dict[Scope, Fresh],
    verdicts: dict[int, tuple[Verdict, list[Change]]],
) -> None:  # fmt: skip
    old = known.in_force.get(known.scope(scope))
    head = _head(sheet, rows[0], old)
    _check_said_once(sheet, rows, head)
    _check_scope(sheet, known, scope, rows[0], head)
    before = {one.name: data_of(one) for one in old.characteristics} if old else {}
    entered: dict[str, CharacteristicData] = {}
    for row in rows:
        name = sheet.value(row, "characteristic")
        if name in entered:
            first = str(sheet.rows[rows[list(entered).index(name)]][0])
            sheet.refuse(row, "characteristic", RowTwice(value=name, code=name, first=first))
            continue
        entered[name] = _characteristic(sheet, row, before.get(name))
        try:
            standard_rules.check_characteristic(entered[name])
        except Refused as reason:
            sheet.refuse(row, reason.field or "characteristic", reason)
    if any(row in sheet.faults for row in rows):
        return
    said = compare(old, head, before, list(entered.values()))
    if any(verdict is not Verdict.SAME for verdict, _changes in said):
        fresh[scope] = Fresh(head, list(entered.values()))
    verdicts.update(zip(rows, said, strict=True))


def _check_said_once(sheet: Sheet, rows: list[int], head: StandardData) -> None:
    """How a standard is carried out stands in its first row; what another row says of it is the same."""
    for row in rows[1:]:
        for name in HEAD:
            told, first = sheet.value(row, name), getattr(head, name)
            if told is not None and told != first:
                both = {"value": words.said("standards", name, told), "first": words.said("standards", name, first)}
                sheet.refuse(row, name, StandardSaysBoth(**both))


def _check_scope(sheet: Sheet, known: Known, scope: Scope, row: int, head: StandardData) -> None:
    """What the use case would refuse, said at its cell."""
    item = known.items[scope.item]
    try:
        if known.scope(scope) in known.drafts:
            raise standard_rules.StandardDraftExists(field="item", code=item.code)
        standard_rules.check_partner(scope.kind, known.partners[scope.partner] if scope.partner else None)
        if scope.operation is not None:
            standard_rules.check_operation(scope.kind)
            routing = known.routings.get(item.id)
            if routing is None or scope.operation not in {one.sequence for one in routing.operations}:
                raise standard_rules.OperationUnknown(field="operation", code=item.code, operation=str(scope.operation))
        standard_rules.check_sampling(scope.kind, head)
    except Refused as reason:
        sheet.refuse(row, reason.field or "item", reason)


def _head(sheet: Sheet, row: int, old: InspectionStandard | None) -> StandardData:
    """How a standard is carried out; what the file has no column for stays as it is in force."""
    said: dict[str, Any] = {}
    if old is not None:
        said = {one.name: getattr(old, one.name) for one in fields(StandardData) if one.name != "note"}
    for name in HEAD:
        if name in sheet.mapping:
            said[name] = sheet.value(row, name)
    said["sample_rule"] = said.get("sample_rule") or SampleRule.FIXED
    said["sample_size"] = said.get("sample_size") or 1
    for name in ("double_plan", "gate", "hold_back"):
        said[name] = bool(said.get(name))
    return StandardData(**said)


def _characteristic(sheet: Sheet, row: int, old: CharacteristicData | None) -> CharacteristicData:
    said: dict[str, Any] = {}
    for name, column in ROW.items():
        if column in sheet.mapping:
            said[name] = sheet.value(row, column)
        elif old is not None:
            said[name] = getattr(old, name)
    said["of_process"] = bool(said.get("of_process"))
    choices: list[ChoiceData] = []
    for good, column in ((True, "good_choices"), (False, "bad_choices")):
        if column in sheet.mapping:
            choices += read_choices(sheet.value(row, column) or "", good=good)
        elif old is not None:
            choices += [one for one in old.choices if one.good is good]
    nature = Nature.ATTRIBUTE if choices else Nature.VARIABLE
    return CharacteristicData(nature=nature, choices=tuple(choices), **said)


def _record(work: Work, known: Known, fresh: dict[Scope, Fresh], *, release: bool) -> None:
    for scope, one in fresh.items():
        draft = make_standard(
            work,
            item=known.items[scope.item],
            kind=scope.kind,
            operation=scope.operation,
            partner=known.partners[scope.partner] if scope.partner else None,
            data=one.data,
            characteristics=one.characteristics,
        )
        if release:
            approve_standard(work, draft.id, confirmed=True)
