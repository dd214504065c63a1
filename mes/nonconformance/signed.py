"""What is signed when a held lot is released or conceded: the nonconformance as it is written, and the decision."""

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy.orm import Session

from mes.core.types import plain
from mes.lots.models import Lot
from mes.nonconformance.models import LotDecision, Nonconformance
from mes.people.signature_rules import Standing, standing
from mes.people.signing import signatures_under


def content_of_decision(found: Nonconformance, decision: LotDecision, lot: Lot) -> dict[str, Any]:
    """What was found, and what becomes of which lot, why and by whose wish."""
    return content_before(found) | {
        "lot": lot.code,
        "decision": decision.decision.value,
        "quantity": f"{plain(decision.quantity)}",
        "reason": decision.reason,
        "person": decision.person,
        "at": decision.at.astimezone(UTC).isoformat(),
    }


def content_before(found: Nonconformance) -> dict[str, Any]:
    """What is written of a nonconformance before somebody decides about a lot of it."""
    return {
        "nonconformance": found.code,
        "what": found.what,
        "severity": found.severity.value,
        "origin": found.origin.value,
        "concerned": f"{plain(found.quantity)}" if found.quantity is not None else None,
    }


def _lot_named(content: str) -> object:
    """The lot that a signed text names; None where somebody changed the text itself."""
    try:
        return json.loads(content)["lot"]
    except (ValueError, KeyError, TypeError):
        return None


def decision_signatures(
    session: Session, found: Nonconformance, decisions: Sequence[LotDecision]
) -> dict[int, list[Standing]]:
    """The signatures under the decisions of a nonconformance, by decision, and what was changed since."""
    known = {one.id: one for one in decisions}
    standings: dict[int, list[Standing]] = {}
    for one in signatures_under(session, LotDecision.__tablename__, known):
        decision = known[one.thing_id]
        now = content_of_decision(found, decision, decision.lot)
        now["lot"] = decision.lot.called(_lot_named(one.content))  # labelled anew since: it is the same lot
        standings.setdefault(decision.id, []).append(standing(one, now))
    return standings
