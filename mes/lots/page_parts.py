"""What stands on the page of a lot beside its ledger: what became of it outside the ordinary course."""

from typing import Any

from sqlalchemy.orm import Session

from mes.lots import dismantle_queries, return_queries, sample_queries
from mes.lots.code_queries import former_of
from mes.lots.dismantle_rules import OUTCOME_NAMES
from mes.lots.models import Lot, LotStatus
from mes.lots.return_rules import CONDITION_NAMES


def parts_of(session: Session, lot: Lot) -> dict[str, Any]:
    """Its returns from customers, how much of it customers still have; whether it can be taken apart, and out of which
    machines it, or what it went into, came."""
    sample = sample_queries.sample_of(session, lot.id) if lot.status is LotStatus.RETAINED else None
    return {
        "sample": sample,
        "sample_tests": sample_queries.tests_of(session, sample.id) if sample else [],
        "samples": sample_queries.samples_from(session, lot.id),
        "former": former_of(session, lot.id) if lot.formerly else [],
        "returns": return_queries.returns_of(session, lot.id),
        "still_away": return_queries.still_away(session, lot.id),
        "CONDITION_NAMES": CONDITION_NAMES,
        "has_inside": bool(lot.on_hand) and bool(dismantle_queries.inside_of(session, lot)),
        "dismantlings": dismantle_queries.dismantlings_of(session, lot.id),
        "taken_out": dismantle_queries.taken_out(session, lot.id),
        "OUTCOME_NAMES": OUTCOME_NAMES,
    }
