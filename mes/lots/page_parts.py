"""What stands on the page of a lot beside its ledger: what became of it outside the ordinary course."""

from typing import Any

from sqlalchemy.orm import Session

from mes.lots import return_queries
from mes.lots.models import Lot
from mes.lots.return_rules import CONDITION_NAMES


def parts_of(session: Session, lot: Lot) -> dict[str, Any]:
    """Its returns from customers, and how much of it customers still have; a fixed number of statements."""
    return {
        "returns": return_queries.returns_of(session, lot.id),
        "still_away": return_queries.still_away(session, lot.id),
        "CONDITION_NAMES": CONDITION_NAMES,
    }
