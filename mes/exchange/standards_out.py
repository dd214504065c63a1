"""Inspection standards as a list: one row for each characteristic, as the importer reads it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from mes.inspection.models import Characteristic, Choice, InspectionStandard
from mes.inspection.written import choices_as_text
from mes.items.models import Item, Revision
from mes.partners.models import Partner

STANDARD_FIELDS = (
    "item", "item_name", "kind", "operation", "partner", "sample_rule", "sample_size", "every", "aql", "level",
    "double_plan", "gate", "hold_back", "act_by", "characteristic", "name_en", "unit", "decimals", "lower", "nominal",
    "upper", "good_choices", "bad_choices", "gauge_type", "own_sample_size", "frequency", "method", "reaction",
    "special", "pfmea", "limit_sample", "of_process",
)  # fmt: skip


def listed_standards() -> Select[*tuple[Any, ...]]:
    """Every characteristic of the standards in force, each with how its standard is carried out."""
    standard, one = InspectionStandard, Characteristic
    columns = (
        one.id, Item.code, Item.name, standard.kind, standard.operation, Partner.code, standard.sample_rule,
        standard.sample_size, standard.every, standard.aql, standard.level, standard.double_plan, standard.gate,
        standard.hold_back, standard.act_by, one.name, one.name_en, one.unit, one.decimals, one.lower, one.nominal,
        one.upper, one.gauge_type, one.sample_size, one.frequency, one.method, one.reaction, one.special, one.pfmea,
        one.limit_sample, one.of_process,
    )  # fmt: skip
    return (
        select(*columns)
        .join(standard, standard.id == one.standard_id)
        .join(Item, Item.id == standard.item_id)
        .outerjoin(Partner, Partner.id == standard.partner_id)
        .where(standard.state == Revision.RELEASED)
        .order_by(Item.code, standard.kind, standard.id, one.position)
    )


def with_answers(session: Session, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The answers of what is decided by looking stand behind the limits."""
    answers: dict[int, list[Choice]] = {}
    for choice in session.scalars(select(Choice).order_by(Choice.position)):
        answers.setdefault(choice.characteristic_id, []).append(choice)
    behind = STANDARD_FIELDS.index("good_choices")
    for ident, *row in rows:
        texts = [choices_as_text(answers.get(ident, ()), good=good, between=" / ") for good in (True, False)]
        yield (*row[:behind], *texts, *row[behind:])
