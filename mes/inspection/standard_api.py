"""Inspection standards for programs: read, and drafts. A draft is put in force by a person."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from mes.core.access import EVERYONE, QUALITY_ONLY
from mes.core.api import MOST_NAMED, Api, CodeText, Listing, LongText, NameText, Paged, ShortText, UnitText, listing
from mes.core.work import Reader, Work
from mes.inspection import service, standard_queries
from mes.inspection.models import Characteristic, InspectionKind, InspectionStandard, Nature, SampleRule, Trigger
from mes.inspection.standard_queries import StandardFilter
from mes.items.models import Revision
from mes.items.queries import get_item
from mes.partners.queries import get_partner

api = Api("inspection_standards", __name__)
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class ChoiceShape(msgspec.Struct, forbid_unknown_fields=True):
    """One answer to what is decided by looking, and whether it is a good one."""

    name: ShortText
    good: bool
    name_en: ShortText | None = None


class NewCharacteristic(msgspec.Struct, forbid_unknown_fields=True):
    """What is inspected: limits for ``variable``, choices for ``attribute``."""

    name: NameText
    name_en: NameText | None = None
    nature: Nature = Nature.VARIABLE
    unit: UnitText | None = None
    decimals: Annotated[int, msgspec.Meta(ge=0, le=6)] | None = None
    nominal: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    choices: Annotated[list[ChoiceShape], MOST_NAMED] = []
    of_process: bool = False
    sample_size: Count | None = None
    gauge_type: ShortText | None = None
    method: LongText | None = None
    frequency: ShortText | None = None
    reaction: LongText | None = None
    special: UnitText | None = None
    pfmea: ShortText | None = None
    limit_sample: LongText | None = None


class NewStandard(msgspec.Struct, forbid_unknown_fields=True):
    """A draft of a standard. ``every``: pieces or minutes; ``aql`` and ``level`` as ISO 2859-1 writes them."""

    item: CodeText
    kind: InspectionKind
    operation: Count | None = None
    partner: CodeText | None = None
    characteristics: Annotated[list[NewCharacteristic], MOST_NAMED] = []
    sample_rule: SampleRule = SampleRule.FIXED
    sample_size: Count = 1
    every: Count | None = None
    triggers: list[Trigger] = []
    aql: Annotated[str, msgspec.Meta(max_length=8)] | None = None
    level: Annotated[str, msgspec.Meta(max_length=4)] | None = None
    double_plan: bool = False
    gate: bool = False
    hold_back: bool = False
    act_by: ShortText | None = None
    method: LongText | None = None
    reaction: LongText | None = None
    note: LongText | None = None


class CharacteristicOut(msgspec.Struct):
    """One characteristic. ``stem`` is the same in every revision."""

    id: int
    stem: int
    position: int
    name: str
    name_en: str | None
    nature: Nature
    unit: str | None
    decimals: int | None
    nominal: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    choices: list[ChoiceShape]
    of_process: bool
    sample_size: int | None
    gauge_type: str | None
    method: str | None
    frequency: str | None
    reaction: str | None
    special: str | None
    pfmea: str | None
    limit_sample: str | None


class StandardOut(msgspec.Struct):
    """One revision of a standard with what is inspected by it."""

    id: int
    item: str
    kind: InspectionKind
    operation: int | None
    partner: str | None
    revision: int
    state: Revision
    sample_rule: SampleRule
    sample_size: int
    every: int | None
    triggers: list[str]
    aql: str | None
    level: str | None
    double_plan: bool
    gate: bool
    hold_back: bool
    act_by: str | None
    method: str | None
    reaction: str | None
    note: str | None
    approved_at: datetime | None
    approved_by: str | None
    characteristics: list[CharacteristicOut]


class StandardRowOut(msgspec.Struct):
    """One revision of a standard in a list."""

    id: int
    item: str
    kind: InspectionKind
    operation: int | None
    partner: str | None
    revision: int
    state: Revision
    characteristics: int


class StandardQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which standards; without a state, drafts and what is in force."""

    item: CodeText | None = None
    kind: InspectionKind | None = None
    state: Revision | None = None
    partner: CodeText | None = None


_HEAD = (
    "sample_rule", "sample_size", "every", "aql", "level", "double_plan", "gate", "hold_back", "act_by", "method",
    "reaction", "note",
)  # fmt: skip
_ROW = (
    "name", "name_en", "nature", "unit", "decimals", "nominal", "lower", "upper", "of_process", "sample_size",
    "gauge_type", "method", "frequency", "reaction", "special", "pfmea", "limit_sample",
)  # fmt: skip


def _scope(one: InspectionStandard) -> dict[str, Any]:
    names = ("id", "kind", "operation", "revision", "state")
    partner = one.partner.code if one.partner else None
    return {**{name: getattr(one, name) for name in names}, "item": one.item.code, "partner": partner}


def _row(one: Characteristic) -> CharacteristicOut:
    choices = [ChoiceShape(choice.name, choice.good, choice.name_en) for choice in one.choices]
    values: dict[str, Any] = {name: getattr(one, name) for name in _ROW}
    return CharacteristicOut(id=one.id, stem=one.stem_id, position=one.position, choices=choices, **values)


def _out(one: InspectionStandard) -> StandardOut:
    values: dict[str, Any] = {name: getattr(one, name) for name in (*_HEAD, "approved_at", "approved_by")}
    rows = [_row(row) for row in one.characteristics]
    return StandardOut(**_scope(one), **values, triggers=sorted(one.triggers), characteristics=rows)


@api.read("/inspection-standards", who=EVERYONE, gives=Listing[StandardRowOut], query=StandardQuery)
def list_standards(read: Reader, query: StandardQuery) -> Listing[StandardRowOut]:
    """Inspection standards, by item and kind."""
    chosen = StandardFilter(item=query.item, kind=query.kind, state=query.state, partner=query.partner)
    found = standard_queries.page_of_standards(read, chosen, query.after, size=query.size)
    rows = [StandardRowOut(**_scope(row.standard), characteristics=row.records) for row in found.rows]
    return listing(rows, found.next)


@api.read("/inspection-standards/<int:ident>", who=EVERYONE, gives=StandardOut)
def show_standard(read: Reader, ident: int) -> StandardOut:
    """One revision of a standard with everything it says."""
    return _out(standard_queries.get_standard(read, ident))


@api.write("/inspection-standards", who=QUALITY_ONLY, takes=NewStandard, gives=StandardOut)
def draft_standard(work: Work, body: NewStandard) -> StandardOut:
    """A new draft; a person approves it at a desk."""
    head: dict[str, Any] = {name: getattr(body, name) for name in _HEAD}
    made = service.make_standard(
        work,
        item=get_item(work.session, body.item),
        kind=body.kind,
        operation=body.operation,
        partner=get_partner(work.session, body.partner) if body.partner else None,
        data=service.StandardData(**head, triggers=frozenset(one.value for one in body.triggers)),
        characteristics=[_entered(row) for row in body.characteristics],
    )
    return _out(standard_queries.get_standard(work.session, made.id))


def _entered(row: NewCharacteristic) -> service.CharacteristicData:
    values: dict[str, Any] = {name: getattr(row, name) for name in _ROW}
    choices = [service.ChoiceData(name=one.name, good=one.good, name_en=one.name_en) for one in row.choices]
    return service.CharacteristicData(**values, choices=tuple(choices))
