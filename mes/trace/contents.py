"""What is in lots: all that ever came in, as the ledger says; by statements that begin with the lots."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from mes.lots.models import MovementKind
from mes.trace.queries import fetch
from mes.trace.shares import Content, Flow

#: Units in which nothing comes of nothing.
CONSERVED = frozenset({"kg", "g", "mg", "t", "lb", "oz", "l", "ml"})
#: A line that brought something, or the opposite of one.
CAME = "(m.quantity > 0) = (m.reverses_id IS NULL)"
SUMS = """
SELECT m.lot_id, MIN(m.id),
  SUM(CASE WHEN m.kind NOT IN ('count', 'come_back') AND {came} THEN m.quantity ELSE 0 END),
  SUM(CASE WHEN m.kind = 'come_back' THEN m.quantity ELSE 0 END),
  SUM(CASE WHEN m.kind = 'count' THEN m.quantity ELSE 0 END)
FROM {start} {join} movements AS m ON m.lot_id = start.value
GROUP BY m.lot_id
"""
FIRST = "SELECT m.lot_id, m.quantity FROM {start} {join} movements AS m ON m.id = start.value WHERE m.kind = '{count}'"
#: What went into lots, by the item it was of.
INTO = """
SELECT g.child_id, p.item_id, SUM(g.quantity)
FROM {start} {join} genealogy AS g ON g.child_id = start.value AND g.undone = false
{join} lots AS p ON p.id = g.parent_id
GROUP BY g.child_id, p.item_id
"""


def wholes_of(session: Session, lot_ids: Collection[int]) -> dict[int, int]:
    """All that ever came into lots, without what was taken back, in millionths; one statement, or two.

    What counts found more than they took away came in, too. A lot that began with a count began with what was counted.
    A piece that came back from a customer as itself was there before.
    """
    rows = fetch(session, SUMS, sorted(lot_ids), came=CAME)
    opened = [first for _lot, first, came, back, counted in rows if not came and not back]
    opening: dict[int, int] = dict(fetch(session, FIRST, opened, count=MovementKind.COUNT.value)) if opened else {}
    found = dict.fromkeys(lot_ids, 0)
    for lot, _first, came, back, counted in rows:
        began = int(came) or int(back) or max(opening.get(lot, 0), 0)
        found[lot] = began + max(int(counted) - opening.get(lot, 0), 0)
    return found


def measure_of(item: int, unit: str) -> str:
    """What a quantity can be compared with: weights and volumes in one unit, else only the same item. Two pieces of
    film in one piece of cake are no loss of a piece."""
    plain = unit.strip().casefold()
    return plain if plain in CONSERVED else f"item {item}"


def contents_below(session: Session, lots: Iterable[tuple[Any, ...]], units: Mapping[int, str]) -> dict[int, Content]:
    """The contents of lots on the way down, given as (id, code, id of the item, ...); ``units`` by item.

    What else went into them is asked for: a trace down knows only what stems from the suspects.
    """
    items = {row[0]: row[2] for row in lots}
    rows = fetch(session, INTO, sorted(items))
    measures = _measures({**units, **_units(session, {row[1] for row in rows} - units.keys())})
    went = dict.fromkeys(items, 0)
    for child, item, much in rows:
        if measures[item] == measures[items[child]]:
            went[child] += int(much)
    return _contents(session, items, measures, went)


def contents_above(
    session: Session, lots: Iterable[tuple[Any, ...]], units: Mapping[int, str], flows: Iterable[Flow]
) -> dict[int, Content]:
    """The contents of lots on the way up, of which all edges are known."""
    items = {row[0]: row[2] for row in lots}
    measures, went = _measures(units), dict.fromkeys(items, 0)
    for flow in flows:
        if measures[items[flow.parent]] == measures[items[flow.child]]:
            went[flow.child] += flow.quantity
    return _contents(session, items, measures, went)


def _contents(
    session: Session, items: Mapping[int, int], measures: Mapping[int, str], went: Mapping[int, int]
) -> dict[int, Content]:
    wholes = wholes_of(session, items)
    return {lot: Content(measures[item], wholes[lot], went[lot]) for lot, item in items.items()}


def _measures(units: Mapping[int, str]) -> dict[int, str]:
    return {item: measure_of(item, unit) for item, unit in units.items()}


UNITS = "SELECT i.id, i.unit FROM {start} {join} items AS i ON i.id = start.value"


def _units(session: Session, items: Collection[int]) -> dict[int, str]:
    return dict(fetch(session, UNITS, sorted(items))) if items else {}
