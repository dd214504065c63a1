"""The graph of lots: everything that went into lots, or that they went into, by one recursive statement.

The statement walks the edges inside the database. It gathers lots by ``UNION``, so that each is visited once and
the walk ends even on a graph that is damaged and has a circle. ``undone`` is walked along as a key (false, all the
way) rather than asked for beside it: so the index alone answers each step. Asked for beside it, SQLite would first
read the whole index to build a filter, and the shortest trace would take as long as the whole table.
"""

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from mes.core.types import PLACES, plain


class Direction(StrEnum):
    """Up (역방향): what went into the lots. Down (정방향): what they went into."""

    UP = "up"
    DOWN = "down"


class TracedItem(NamedTuple):
    """The item of lots on the way."""

    id: int
    code: str
    name: str
    name_en: str | None
    unit: str
    kind: str


#: The lots reached from those asked for.
REACHED = """
WITH RECURSIVE reached (id, undone) AS (
  SELECT start.value, false FROM {start}
  UNION
  SELECT g.{far}, g.undone FROM reached {join} genealogy AS g ON g.{near} = reached.id AND g.undone = reached.undone
)
"""
#: Edges from the lots asked for: (from, to, quantity in millionths), ``from`` being nearer to them.
WALK = (
    REACHED
    + """
SELECT g.{near}, g.{far}, g.quantity
FROM reached {join} genealogy AS g ON g.{near} = reached.id AND g.undone = reached.undone
"""
)
LOTS = "SELECT l.id, l.code, l.item_id FROM {start} {join} lots AS l ON l.id = start.value"
ITEMS = "SELECT i.id, i.code, i.name, i.name_en, i.unit, i.kind FROM {start} {join} items AS i ON i.id = start.value"
#: How each database takes a list of ids, and is kept to the order of the join (SQLite: CROSS JOIN).
DIALECTS = {
    "sqlite": {"start": "json_each(?) AS start", "join": "CROSS JOIN"},
    "postgresql": {"start": "unnest(%s::bigint[]) AS start (value)", "join": "JOIN"},
}
ENDS = {
    Direction.DOWN: {"near": "parent_id", "far": "child_id"},
    Direction.UP: {"near": "child_id", "far": "parent_id"},
}


@dataclass
class Trace:
    """A walked graph. ``edges`` are (from, to, quantity in millionths): ``from`` is nearer to the lots asked for."""

    direction: Direction
    roots: tuple[int, ...]
    edges: Sequence[tuple[int, int, int]]
    #: By id: (id, code, id of the item), and more where more was read.
    lots: dict[int, tuple[Any, ...]]
    items: dict[int, TracedItem]

    def flows(self) -> Iterator[tuple[int, int, Decimal]]:
        """The edges as (parent lot, child lot, quantity that went from the one into the other)."""
        up = self.direction is Direction.UP
        for near, far, millionths in self.edges:
            yield (far, near, exact(millionths)) if up else (near, far, exact(millionths))

    @cached_property
    def steps(self) -> dict[int, list[tuple[int, int]]]:
        """From each lot the next ones with the quantity in millionths; several edges between two lots are one."""
        sums: dict[int, dict[int, int]] = {}
        for near, far, millionths in self.edges:
            mine = sums.setdefault(near, {})
            mine[far] = mine.get(far, 0) + millionths
        return {near: sorted(mine.items()) for near, mine in sums.items()}

    @cached_property
    def depths(self) -> dict[int, int]:
        """How many steps each lot is away, by the shortest way; nearest first, of equally near ones the older first.

        A database may give the edges in any order, and another one when its tables have grown: what is shown, printed
        and answered has one.
        """
        found = self._met() or self._searched()
        return {lot: found[lot] for lot in sorted(sorted(found), key=found.__getitem__)}

    def _met(self) -> dict[int, int] | None:
        """Databases mostly give the nearer edges first: then each lot is met by its shortest way; else nothing."""
        found, last = dict.fromkeys(self.roots, 0), 0
        for near, far, _quantity in self.edges:
            here = found.get(near, -1)
            if here < last:
                return None
            last = here
            if far not in found:
                found[far] = here + 1
        return found

    def _searched(self) -> dict[int, int]:
        """The same, however the edges are ordered."""
        found = dict.fromkeys(self.roots, 0)
        waiting = deque(self.roots)
        while waiting:
            here = waiting.popleft()
            for further, _quantity in self.steps.get(here, ()):
                if further not in found:
                    found[further] = found[here] + 1
                    waiting.append(further)
        return found

    @property
    def ends(self) -> list[int]:
        """The lots where the way ends: raw material upwards, what nothing was made of downwards."""
        left = {edge[0] for edge in self.edges}
        return [lot for lot in self.depths if lot not in left]


def exact(millionths: int) -> Decimal:
    """A quantity as the database keeps it, as a number."""
    return plain(Decimal(millionths).scaleb(-PLACES))


def trace(session: Session, lot_ids: Collection[int], direction: Direction) -> Trace:
    """What went into the lots (up) or what they went into (down), with every quantity; three statements."""
    roots = tuple(dict.fromkeys(lot_ids))
    edges = fetch(session, WALK, roots, **ENDS[direction])
    ids = {edge[1] for edge in edges}
    ids.update(roots)
    lots = {row[0]: row for row in fetch(session, LOTS, sorted(ids))}
    return Trace(direction, roots, edges, lots, items_of(session, lots.values()))


def items_of(session: Session, lots: Iterable[Sequence[Any]]) -> dict[int, TracedItem]:
    """The items of lots, given as (id, code, id of the item, ...), by id; one statement."""
    used = sorted({lot[2] for lot in lots})
    return {row[0]: TracedItem._make(row) for row in fetch(session, ITEMS, used)}


def statement(session: Session, template: str, **words: str) -> str:
    """A statement in the words of the session's database."""
    return template.format(**DIALECTS[session.get_bind().dialect.name], **words)


def fetch(session: Session, template: str, ids: Sequence[int], **words: str) -> Sequence[Any]:
    """The rows of a statement about a list of ids, as the driver gives them: a graph may have many thousands."""
    sql = statement(session, template, **words)
    # as text: the driver of PostgreSQL would write a list number by number, which takes longer than finding the rows
    given = json.dumps(ids) if "json_each" in sql else f"{{{','.join(map(str, ids))}}}"
    result = session.connection().exec_driver_sql(sql, (given,))
    rows: Sequence[Any] = result.cursor.fetchall()
    result.close()
    return rows
