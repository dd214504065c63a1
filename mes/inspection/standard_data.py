"""What a standard says, as it is entered: how it is carried out, and its characteristics with limits or choices."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from mes.inspection.models import Characteristic, InspectionKind, Nature, SampleRule


@dataclass(frozen=True, kw_only=True)
class ChoiceData:
    """One answer to a characteristic that is decided by looking."""

    name: str
    good: bool
    name_en: str | None = None


@dataclass(frozen=True, kw_only=True)
class CharacteristicData:
    """What is inspected, as it is entered: limits for what is measured, choices for what is decided by looking."""

    name: str
    name_en: str | None = None
    nature: Nature = Nature.VARIABLE
    unit: str | None = None
    decimals: int | None = None
    nominal: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    choices: Sequence[ChoiceData] = field(default=())
    of_process: bool = False
    sample_size: int | None = None
    gauge_type: str | None = None
    method: str | None = None
    frequency: str | None = None
    reaction: str | None = None
    special: str | None = None
    pfmea: str | None = None
    limit_sample: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What is stored beside the choices; an attribute has neither limits nor a unit."""
        names = [one.name for one in fields(self) if one.name != "choices"]
        open_ = ("unit", "decimals", "nominal", "lower", "upper") if self.nature is Nature.ATTRIBUTE else ()
        return {name: None if name in open_ else getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class StandardData:
    """How a standard is carried out. ``every``: pieces or minutes; ``aql`` and ``level`` as ISO 2859-1 names them."""

    sample_rule: SampleRule = SampleRule.FIXED
    sample_size: int = 1
    every: int | None = None
    triggers: frozenset[str] = frozenset()
    aql: str | None = None
    level: str | None = None
    double_plan: bool = False
    gate: bool = False
    hold_back: bool = False
    act_by: str | None = None
    method: str | None = None
    reaction: str | None = None
    note: str | None = None


#: One piece, nothing more.
PLAIN = StandardData()


def data_of(one: Characteristic) -> CharacteristicData:
    """A recorded characteristic as it would be entered."""
    choices = tuple(ChoiceData(name=row.name, name_en=row.name_en, good=row.good) for row in one.choices)
    names = [column.name for column in fields(CharacteristicData) if column.name != "choices"]
    return CharacteristicData(choices=choices, **{name: getattr(one, name) for name in names})


def scope_of(item_id: int, kind: InspectionKind, operation: int | None, partner_id: int | None) -> str:
    """Item, kind, operation and partner as one word."""
    return f"{item_id}/{kind}/{operation or '-'}/{partner_id or '-'}"
