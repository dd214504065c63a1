"""The whole answer to "which raw lot, which machine, who, which customer": both graphs and what is known on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from mes.core.i18n import _
from mes.trace.details import MAKING, details_of
from mes.trace.exactness import SURE_NOTES, Sure, exactness_of, least, sure_word, walk
from mes.trace.facts import Details, Flaw, Inspected, LotFacts, Making, Shipped
from mes.trace.handles import Handle, get_handle
from mes.trace.queries import Direction, Trace, TracedItem, exact, items_of
from mes.trace.reads import rows_of

FINISHED = "finished"
#: More than this nobody reads as a tree; the table has all of them.
MOST_BRANCHES = 200
DEEPEST = 40


@dataclass
class Branch:
    """A lot in the tree, with what went from it into the lot above (upwards) or of that lot into it (downwards)."""

    lot_id: int
    quantity: Decimal | None = None
    unit: str = ""
    #: How exact that quantity is.
    sure: Sure | None = None
    #: Its own branches are shown where it first stands.
    again: bool = False
    children: list["Branch"] = field(default_factory=list)


class Step(msgspec.Struct, gc=False):
    """A lot as a line of a table: how many steps before (-) or after (+) the lots asked for, and how much of it."""

    step: int
    lot_id: int
    quantity: Decimal
    sure: Sure | None = None


@dataclass
class Story:
    """A trace, told. ``up`` or ``down`` is missing when only the other way was asked for."""

    handle: Handle
    up: Trace | None
    down: Trace | None
    details: Details
    #: How exact each edge of ``up`` and of ``down`` is.
    sures_up: Sequence[Sure] = ()
    sures_down: Sequence[Sure] = ()

    @cached_property
    def sure(self) -> dict[tuple[int, int], Sure]:
        """By (parent, child) how exact what went from the one into the other is."""
        above = exactness_of(self.up, self.sures_up) if self.up else {}
        return above | (exactness_of(self.down, self.sures_down) if self.down else {})

    @cached_property
    def items(self) -> dict[int, TracedItem]:
        """The items on the way, by id."""
        return {**(self.up.items if self.up else {}), **(self.down.items if self.down else {})}

    @cached_property
    def lots(self) -> dict[int, tuple[Any, ...]]:
        """All lots on the way, by id: (id, code, item, ...)."""
        return {**(self.up.lots if self.up else {}), **(self.down.lots if self.down else {})}

    def fact(self, lot_id: int) -> LotFacts:
        """A lot as it is now."""
        return self.details.facts[lot_id]

    def item(self, lot_id: int) -> TracedItem:
        """The item of a lot."""
        return self.items[self.lots[lot_id][2]]

    def makings(self, lot_id: int) -> list[Making]:
        """How a lot came into being."""
        return self.details.makings.get(lot_id, [])

    def made(self, lot_id: int) -> Decimal:
        """All that ever came into a lot."""
        ways = self.makings(lot_id)
        return ways[0].quantity if len(ways) == 1 else sum((one.quantity for one in ways), Decimal(0))

    @cached_property
    def sources(self) -> list[int]:
        """The lots where everything began: raw material and what suppliers delivered."""
        return self.up.ends if self.up else []

    @cached_property
    def finished(self) -> list[int]:
        """Finished goods among the lots asked for and what was made of them."""
        finished = {item.id for item in self.items.values() if item.kind == FINISHED}
        return [lot for lot in self.down.depths if self.down.lots[lot][2] in finished] if self.down else []

    @cached_property
    def shipped(self) -> list[Shipped]:
        """What left for customers, of the lots asked for and of what was made of them."""
        touched = set(self.down.lots) if self.down else set(self.handle.lot_ids)
        return [one for one in self.details.shipped if one.lot_id in touched]

    @cached_property
    def customers(self) -> list[str]:
        """Who received some of it."""
        return list(dict.fromkeys(one.customer for one in self.shipped))

    @cached_property
    def _inspected(self) -> dict[tuple[str, int | None], list[Inspected]]:
        found: dict[tuple[str, int | None], list[Inspected]] = {}
        for row in self.details.inspected:
            for key in (("lot", row.lot_id), ("order", row.order_id)):
                if key[1] is not None:
                    found.setdefault(key, []).append(row)
        return found

    @cached_property
    def _flaws(self) -> dict[int | None, list[Flaw]]:
        first: dict[int | None, int] = {}
        for lot_id in sorted(self.lots):
            first.setdefault(self.fact(lot_id).order_id, lot_id)
        found: dict[int | None, list[Flaw]] = {}
        for row in self.details.flaws:
            found.setdefault(first.get(row.order_id) if row.lot_id is None else row.lot_id, []).append(row)
        return found

    def inspected(self, lot_id: int) -> list[Inspected]:
        """Inspections of a lot and of the work that made it."""
        keys = (("lot", lot_id), ("order", self.fact(lot_id).order_id))
        return list(dict.fromkeys(row for key in keys for row in self._inspected.get(key, ())))

    def flaws(self, lot_id: int) -> list[Flaw]:
        """Defects recorded on a lot. Those of its order that name no lot count once: at the order's first lot."""
        return self._flaws.get(lot_id, [])

    def unit(self, lot_id: int) -> str:
        """The unit of a lot."""
        return self.item(lot_id).unit

    def steps(self) -> list[Step]:
        """All lots as lines: what came before (how much of it went in), the lots themselves, what came after."""
        above, below = self._sure_above, self._sure_below
        return [
            Step(step, lot, exact(much), above.get(lot) if step < 0 else below.get(lot) if step else None)
            for step, lot, much in self.line()
        ]

    def line(self) -> list[tuple[int, int, int]]:
        """The same as (step, lot, quantity in millionths), in the order of making; within a step the older first."""
        made = self.details.rows.quantity
        before = [(-far, lot, self._went.get(lot, 0)) for lot, far in self._far(self.up)]
        after = [(far, lot, made(lot)) for lot, far in self._far(self.down)]
        return [*sorted(before, key=itemgetter(0)), *((0, lot, made(lot)) for lot in self.handle.lot_ids), *after]

    def _far(self, graph: Trace | None) -> Iterable[tuple[int, int]]:
        return [(lot, far) for lot, far in graph.depths.items() if far] if graph else []

    @cached_property
    def _sure_above(self) -> dict[int, Sure]:
        """How exact it is how much of a lot went in."""
        return self._surest(self.up, upwards=True)

    @cached_property
    def _sure_below(self) -> dict[int, Sure]:
        """How exact it is how much went into a lot."""
        return self._surest(self.down, upwards=False)

    def _surest(self, graph: Trace | None, *, upwards: bool) -> dict[int, Sure]:
        found: dict[int, list[Sure]] = {}
        for near, far, _quantity in graph.edges if graph else ():
            known = self.sure.get((far, near) if upwards else (near, far))
            if known:
                found.setdefault(far, []).append(known)
        return {lot: least(several) for lot, several in found.items()}

    def how_sure(self, sure: Sure) -> str:
        """How exact a quantity is, in words."""
        return sure_word(sure)

    @cached_property
    def sures(self) -> list[tuple[str, str]]:
        """Every way in which quantities of this trace were recorded, with what it means."""
        return [(sure_word(one), _(SURE_NOTES[one])) for one in Sure if one in set(self.sure.values())]

    @cached_property
    def mixed(self) -> set[int]:
        """The lots into which others were poured: from there on a share is proportional, at worst all of it."""
        return {child for (_parent, child), sure in self.sure.items() if sure is Sure.POURED}

    @cached_property
    def _went(self) -> dict[int, int]:
        sums: dict[int, int] = {}
        for _near, far, millionths in self.up.edges if self.up else ():
            sums[far] = sums.get(far, 0) + millionths
        return sums

    def tree(self, direction: Direction, most: int = MOST_BRANCHES) -> tuple[list[Branch], bool]:
        """The lots asked for with their branches, nearest first, and whether some had to be left out.

        A lot that is reached on several ways has its own branches only where it stands first.
        """
        graph = self.up if direction is Direction.UP else self.down
        roots = [Branch(lot) for lot in self.handle.lot_ids[:most]]
        whole = len(roots) == len(self.handle.lot_ids)
        if graph is None:
            return roots, whole
        opened: set[int] = set()
        level, count = roots, len(roots)
        for _depth in range(DEEPEST):
            following: list[Branch] = []
            for branch in level:
                branch.again = branch.lot_id in opened and branch.lot_id in graph.steps
                if branch.again:
                    continue
                opened.add(branch.lot_id)
                room = graph.steps.get(branch.lot_id, [])[: max(most - count, 0)]
                whole = whole and len(room) == len(graph.steps.get(branch.lot_id, []))
                branch.children = [self._branch(direction, branch.lot_id, lot, much) for lot, much in room]
                count += len(room)
                following += branch.children
            level = following
        return roots, whole and not any(b.lot_id in graph.steps and b.lot_id not in opened for b in level)

    def _branch(self, direction: Direction, near: int, far: int, millionths: int) -> Branch:
        parent, child = (far, near) if direction is Direction.UP else (near, far)
        return Branch(far, exact(millionths), self.unit(parent), self.sure.get((parent, child)))


def tell(session: Session, text: str, direction: Direction | None = None, only: str | None = None) -> Story:
    """Trace what a code names, one way or both. Raises NothingToTrace, WhichOne."""
    return tell_of(session, get_handle(session, text, only), direction)


def tell_of(session: Session, handle: Handle, direction: Direction | None = None) -> Story:
    """Trace the lots of one beginning, one way or both."""
    ways = [way for way in Direction if direction in (None, way)]
    walks = {way: walk(session, handle.lot_ids, way) for way in ways}
    reached = {way: {*handle.lot_ids, *(edge[1] for edge in edges)} for way, (edges, _sures) in walks.items()}
    rows = rows_of(session, set().union(*reached.values()), MAKING)
    items = items_of(session, rows.facts.values())
    graphs, sures = {}, {}
    for way, (edges, sure) in walks.items():
        lots = {lot: rows.facts[lot] for lot in reached[way]}
        graphs[way] = Trace(way, handle.lot_ids, edges, lots, items)
        sures[way] = sure
    details = details_of(session, list(rows.facts), rows)
    up, down = Direction.UP, Direction.DOWN
    return Story(handle, graphs.get(up), graphs.get(down), details, sures.get(up, ()), sures.get(down, ()))
