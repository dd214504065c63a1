"""What stands on the page of a lot: what happened to it, and what became of it outside the ordinary course."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from mes.lots import dismantle_queries, queries, return_queries, sample_queries
from mes.lots.code_queries import former_of
from mes.lots.dismantle_rules import OUTCOME_NAMES
from mes.lots.models import Edge, Lot, LotStatus
from mes.lots.return_rules import CONDITION_NAMES

#: So many rows of one kind stand there at first: the flour of a silo goes into thousands of lots.
SHOWN = 100


def rows_of(session: Session, lot_id: int, *, whole: bool) -> dict[str, Any]:
    """What happened to a lot, what it was made from and what it went into: all of it, or the last rows of each."""
    lines, most = queries.ledger(session, lot_id), None if whole else SHOWN
    kept = lines[-most:] if most else lines
    came = _edges(session, Edge.parent_id, Edge.child_id == lot_id, most)
    went = _edges(session, Edge.child_id, Edge.parent_id == lot_id, most)
    return {
        "ledger": kept,
        "balance_before": sum((line.movement.quantity for line in lines[: -len(kept)]), Decimal(0)),
        "life": queries.life(lines),
        "parents": came[-most:] if most else came,
        "children": went[-most:] if most else went,
        "shown": most if most and max(len(lines), len(came), len(went)) > most else None,
    }


def _edges(session: Session, other: Any, mine: ColumnElement[bool], most: int | None) -> Sequence[tuple[Edge, Lot]]:
    """The lots at the other end, in the order of recording. ``most``: the last ones, and one more if there is one."""
    query = select(Edge, Lot).join(Lot, Lot.id == other).options(joinedload(Lot.item)).where(mine, ~Edge.undone)
    found = session.execute(query.order_by(Edge.id.desc()).limit(most + 1 if most else None))
    return [(edge, lot) for edge, lot in found][::-1]


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
