"""What a trace reads of the large tables: lots, ledger lines, results. Each kind is read once for all lots on the way.

The statements begin with the lots and go from index to index: left to itself, a database that expects few rows has
begun with all results of ten years. Rows stay as the driver gives them (quantities in millionths, times as the database
keeps them), as most are only handed on; ``moment``, ``day`` and ``queries.exact`` make more of a value. What was taken
back is told apart here: the database would look for the opposite of every single line.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from mes.core.i18n import language
from mes.lots.models import MovementKind
from mes.trace.queries import fetch

FACTS = """
SELECT l.id, l.code, l.item_id, l.on_hand, l.status, l.holds, l.made_on, l.arrived_on, l.expires_on, l.supplier_lot,
  l.trace_number, l.formerly, {supplier}, {place}, l.order_id, l.receipt_id
FROM {start} {join} lots AS l ON l.id = start.value
LEFT JOIN partners AS p ON p.id = l.supplier_id
LEFT JOIN locations AS c ON c.id = l.location_id
"""
CODES = "SELECT x.id, x.code FROM {start} {join} {table} AS x ON x.id = start.value"
RESULTS = """
SELECT r.id, r.reverses_id, r.person, {machine}, {tool}, r.good, r.defective, r.scrap, r.rework, r.at, j.code,
  {operation}, j.order_id
FROM {start} {join} jobs AS j ON j.order_id = start.value {join} production_reports AS r ON r.job_id = j.id
LEFT JOIN machines AS a ON a.id = r.machine_id
LEFT JOIN tools AS t ON t.id = r.tool_id
"""
#: The same beginning of a row for results of other orders.
FURTHER_RESULTS = """
SELECT r.id, r.reverses_id, r.person, {machine}, {tool}
FROM {start} {join} production_reports AS r ON r.id = start.value
LEFT JOIN machines AS a ON a.id = r.machine_id
LEFT JOIN tools AS t ON t.id = r.tool_id
"""
LINES = """
SELECT m.id, m.reverses_id, m.lot_id, m.kind, m.quantity, m.at, m.report_id, m.person_id, m.shipment_id
FROM {start} {join} movements AS m ON m.lot_id = start.value
WHERE m.kind IN ({kinds})
"""
PERSONS = "SELECT p.id, p.name FROM {start} {join} persons AS p ON p.id = start.value"
SHIPMENTS = """
SELECT s.id, s.code, {customer}, s.at, s.reference
FROM {start} {join} shipments AS s ON s.id = start.value JOIN partners AS p ON p.id = s.customer_id
"""
#: What came back of lines of shipments.
RETURNED = """
SELECT b.shipped_id, b.quantity FROM {start} {join} customer_return_lines AS b ON b.shipped_id = start.value
WHERE b.undone_at IS NULL
"""


@dataclass
class Rows:
    """What was read, in the order of recording. Quantities in millionths."""

    #: The rows of FACTS, by lot.
    facts: dict[int, Any] = field(default_factory=dict)
    #: How lots came into being, by lot: (kind, quantity, at, who, machine, tool). A piece that came back from a
    #: customer as itself was there before.
    makings: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    #: What left for customers: (lot, quantity, how much of it came back, row of SHIPMENTS).
    shipped: list[tuple[int, int, int, Any]] = field(default_factory=list)
    #: The rows of RESULTS.
    results: list[Any] = field(default_factory=list)
    #: Codes by id.
    orders: dict[int, str] = field(default_factory=dict)
    receipts: dict[int, str] = field(default_factory=dict)

    def quantity(self, lot_id: int) -> int:
        """All that ever came into a lot, in millionths."""
        ways = self.makings.get(lot_id, ())
        return ways[0][1] if len(ways) == 1 else sum(way[1] for way in ways)


def rows_of(session: Session, lot_ids: Collection[int], making: Iterable[str]) -> Rows:
    """What is known of lots and of the work on the orders that made them; eight statements.

    ``making``: the kinds of ledger lines by which a lot comes into being.
    """
    ids = sorted(lot_ids)
    facts = {row[0]: row for row in fetch(session, FACTS, ids, supplier=named("p"), place=named("c"))}
    orders, receipts = ({row[place] for row in facts.values()} - {None} for place in (-2, -1))
    results = fetch(session, RESULTS, sorted(orders), operation=named("j"), machine=named("a"), tool=named("t"))
    made, gone = _lines(session, ids, making)
    return Rows(
        facts,
        _makings(session, made, results),
        _shipped(session, gone),
        _standing(results),
        dict(fetch(session, CODES, sorted(orders), table="work_orders")),
        dict(fetch(session, CODES, sorted(receipts), table="receipts")),
    )


def shipped_lines(session: Session, lot_ids: Collection[int]) -> list[tuple[int, int, int, Any]]:
    """What of lots left for customers, as in ``Rows``; three statements."""
    return _shipped(session, _lines(session, sorted(lot_ids), ())[1])


def named(table: str) -> str:
    """The plant's own name for a thing in the reader's language, in a statement."""
    return f"{table}.name" if language() == "ko" else f"COALESCE(NULLIF({table}.name_en, ''), {table}.name)"


def moment(kept: Any) -> datetime:
    """A time as the database gave it."""
    if isinstance(kept, str):
        return datetime.fromisoformat(f"{kept}+00:00")
    at: datetime = kept
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def day(kept: Any) -> date | None:
    """A day as the database gave it."""
    found: date | None = date.fromisoformat(kept) if isinstance(kept, str) else kept
    return found


def _lines(session: Session, ids: Sequence[int], making: Iterable[str]) -> tuple[list[Any], list[Any]]:
    """The ledger lines by which something came into lots, and by which something left for customers."""
    kinds = ", ".join(f"'{kind}'" for kind in (*making, MovementKind.SHIP))
    made, gone = [], []
    for row in _standing(fetch(session, LINES, ids, kinds=kinds)):
        if row[3] == MovementKind.SHIP:
            gone.append(row)
        elif row[4] > 0:
            made.append(row)
    return made, gone


def _makings(session: Session, lines: Sequence[Any], results: Sequence[Any]) -> dict[int, list[tuple[Any, ...]]]:
    by = {row[0]: row[2:5] for row in results}
    further = sorted({line[6] for line in lines if line[6] is not None and line[6] not in by})
    if further:
        rows = fetch(session, FURTHER_RESULTS, further, machine=named("a"), tool=named("t"))
        by.update((row[0], row[2:5]) for row in rows)
    persons = dict(fetch(session, PERSONS, sorted({line[7] for line in lines if line[7] and line[6] is None})))
    found: dict[int, list[tuple[Any, ...]]] = {}
    for _id, _back, lot, kind, much, at, result, person, _shipment in lines:
        who = by[result] if result is not None else (persons.get(person), None, None)
        found.setdefault(lot, []).append((kind, much, at, *who))
    for lot in {line[2] for line in lines if line[3] == MovementKind.COME_BACK}:
        found[lot] = [way for way in found[lot] if way[0] != MovementKind.COME_BACK] or found[lot]
    return found


def _shipped(session: Session, lines: Sequence[Any]) -> list[tuple[int, int, int, Any]]:
    back: dict[int, int] = {}
    for line, much in fetch(session, RETURNED, [line[0] for line in lines]):
        back[line] = back.get(line, 0) + much
    headers = fetch(session, SHIPMENTS, sorted({line[8] for line in lines}), customer=named("p"))
    by = {row[0]: row for row in headers}
    return [(line[2], -line[4], back.get(line[0], 0), by[line[8]]) for line in lines]


def _standing(rows: Iterable[Any]) -> list[Any]:
    """In the order of recording, without what was taken back and what took it back: rows of (id, of which it is the
    opposite, ...). The opposite of a line is a line of the same lot and kind, that of a result one of the same job."""
    ordered = sorted(rows, key=itemgetter(0))
    back = {row[1] for row in ordered}
    return [row for row in ordered if row[1] is None and row[0] not in back]
