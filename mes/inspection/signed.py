"""What is signed when quality decides about a lot that failed: the lot, the decision, and the readings it rests on."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mes.core.types import plain
from mes.inspection.models import Inspection, Reading
from mes.items.models import Item
from mes.lots.models import Lot
from mes.lots.queries import origins_of
from mes.people.models import RecordSignature
from mes.people.signature_rules import Standing, standing
from mes.people.signing import signatures_under


def content_of_decision(
    session: Session, lot: Lot, *, accept: bool, reason: str, codes: Collection[str] | None = None
) -> dict[str, Any]:
    """The decision with the inspections that it rests on: all that are judged, or those of these codes."""
    query = select(Inspection).where(Inspection.verdict.is_not(None)).order_by(Inspection.id)
    if codes is None:
        query = query.where(Inspection.lot_id.in_(origins_of(session, lot.id)))
    else:
        query = query.where(Inspection.code.in_(codes))
    found = session.scalars(query.options(selectinload(Inspection.readings).joinedload(Reading.choice)))
    return {
        "lot": lot.code,
        "item": session.scalar(select(Item.code).where(Item.id == lot.item_id)),
        "decision": "accept" if accept else "reject",
        "reason": reason,
        "inspections": [_inspection(one) for one in found],
    }


def _inspection(one: Inspection) -> dict[str, Any]:
    readings = [reading for reading in one.readings if reading.replaced_at is None]
    return {
        "code": one.code,
        "kind": one.kind.value,
        "verdict": one.verdict.value if one.verdict else None,
        "person": one.person,
        "readings": {
            f"{reading.name} {reading.piece}": [
                reading.choice.name if reading.choice else f"{plain(reading.value)} {reading.unit or ''}".strip(),
                reading.verdict.value,
            ]
            for reading in readings
        },
    }


def decision_signatures(session: Session, lot_id: int) -> Sequence[Standing]:
    """The signatures under decisions about a lot, and what was changed since."""
    found = signatures_under(session, Lot.__tablename__, [lot_id])
    return [standing(one, _now(session, one)) for one in found]


def _now(session: Session, signature: RecordSignature) -> dict[str, Any] | None:
    """What would be signed by the records of now."""
    lot = session.get(Lot, signature.thing_id)
    try:
        signed = json.loads(signature.content)
        accept, reason = signed["decision"] == "accept", signed["reason"]
        codes = [one["code"] for one in signed["inspections"]]
        named = signed["lot"]
    except (ValueError, KeyError, TypeError):  # somebody changed the text itself
        return None
    if lot is None:
        return None
    now = content_of_decision(session, lot, accept=accept, reason=reason, codes=codes)
    return now | {"lot": lot.called(named)}  # labelled anew since: it is the same lot
