"""How exact the quantity of an edge is: as exact as the plant recorded what went into what, and said in words."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sqlalchemy.orm import Session

from mes.core.i18n import N_, _
from mes.lots.models import EdgeKind
from mes.trace.queries import ENDS, REACHED, Direction, Trace, fetch


class Sure(StrEnum):
    """From the surest to the least sure."""

    SCANNED = "scanned"
    PART = "part"
    RETURNED = "returned"
    RECOVERED = "recovered"
    WAS_IN = "was_in"
    REWORKED = "reworked"
    POURED = "poured"
    SHARED = "shared"
    PROPOSED = "proposed"
    CONTACT = "contact"
    RECORDED = "recorded"


SURE_NAMES = {
    Sure.SCANNED: N_("scanned: exact"),
    Sure.PART: N_("split off: exact"),
    Sure.RETURNED: N_("brought back by the customer: exact"),
    Sure.RECOVERED: N_("taken out of a machine: exact"),
    Sure.WAS_IN: N_("was in this machine"),
    Sure.REWORKED: N_("reworked: exact"),
    Sure.POURED: N_("poured together: proportional from here on"),
    Sure.SHARED: N_("scanned, shared out by the BOM"),
    Sure.PROPOSED: N_("back-flush: proposed by the BOM"),
    Sure.CONTACT: N_("used on: how much is not known"),
    Sure.RECORDED: N_("as recorded"),
}
#: What that means for somebody who asks how much of a bad lot is in there.
SURE_NOTES = {
    Sure.SCANNED: N_("This lot was scanned, and all that was taken went in here."),
    Sure.PART: N_("A part of the lot under its own label."),
    Sure.RETURNED: N_("It had left, and came back under a label of its own."),
    Sure.RECOVERED: N_("The same part, out of a machine that was taken apart, under a label of its own."),
    Sure.WAS_IN: N_("It is no part of this machine any more, but was together with what else was in it."),
    Sure.REWORKED: N_("The same pieces after rework."),
    Sure.POURED: N_(
        "Nobody can tell the lots apart in there: what is taken out has its share of each, at worst all of one."
    ),
    Sure.SHARED: N_(
        "The lot was scanned; how much of it went into which lot follows from the BOM, the oldest scan first."
    ),
    Sure.PROPOSED: N_("Nobody scanned: the BOM's quantity was taken from the lots at the place, first out first."),
    Sure.CONTACT: N_("More was made than was scanned, so the last container was used on."),
    Sure.RECORDED: N_("It is not known how it was worked out."),
}
#: How exact an edge is that no order made.
WITHOUT_WORK = {
    EdgeKind.SPLIT: Sure.PART,
    EdgeKind.MERGE: Sure.POURED,
    EdgeKind.REWORK: Sure.REWORKED,
    EdgeKind.COME_BACK: Sure.RETURNED,
    EdgeKind.RECOVER: Sure.RECOVERED,
    EdgeKind.DISMANTLE: Sure.WAS_IN,
}
#: The place of each from the surest to the least sure.
SURENESS = {one: place for place, one in enumerate(Sure)}

#: The edges of a walk with what tells how exact they are.
EDGES = (
    REACHED
    + """
SELECT g.{near}, g.{far}, g.quantity, g.kind, m.quantity, m.report_id
FROM reached {join} genealogy AS g ON g.{near} = reached.id AND g.undone = reached.undone
LEFT JOIN movements AS m ON m.id = g.movement_id
"""
)


def sureness(kind: str, quantity: int, taken: int | None, report: int | None) -> Sure:
    """How exact one edge is. ``quantity`` went in, of what a movement took; ``report``: it was taken with a result,
    by the BOM, and nobody scanned."""
    if kind != EdgeKind.CONSUME:
        return WITHOUT_WORK[EdgeKind(kind)]
    if taken is None:
        return Sure.RECORDED
    if not quantity:
        return Sure.CONTACT
    if report is not None:
        return Sure.PROPOSED
    return Sure.SCANNED if quantity == -taken else Sure.SHARED


def sure_word(sure: Sure) -> str:
    """How exact it is, in words."""
    return _(SURE_NAMES[sure])


def least(found: Iterable[Sure]) -> Sure:
    """The least sure of several: a sum is no surer than its parts."""
    return max(found, key=SURENESS.__getitem__)


def walk(
    session: Session, lot_ids: Sequence[int], direction: Direction
) -> tuple[list[tuple[int, int, int]], list[Sure]]:
    """The edges of a trace as in ``Trace``, and how exact each is; one statement."""
    rows = fetch(session, EDGES, lot_ids, **ENDS[direction])
    edges = [row[:3] for row in rows]
    return edges, [sureness(kind, much, taken, report) for _near, _far, much, kind, taken, report in rows]


def exactness_of(graph: Trace, sures: Sequence[Sure]) -> dict[tuple[int, int], Sure]:
    """By (parent lot, child lot) how exact what went from the one into the other is. ``sures``: of each edge."""
    found: dict[tuple[int, int], Sure] = {}
    up = graph.direction is Direction.UP
    for (near, far, _quantity), sure in zip(graph.edges, sures, strict=True):
        pair = (far, near) if up else (near, far)
        known = found.get(pair)
        found[pair] = sure if known is None else least((known, sure))
    return found
