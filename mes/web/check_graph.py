"""Looking for a circle in the genealogy without asking the database once per lot."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.lots.models import Edge, Lot


def find_loop(session: Session) -> list[str]:
    """The codes of lots that lead to themselves, first one repeated at the end; empty when there are none.

    Lots get their numbers in the order in which they are made, so that nearly every edge leads to a higher one, and
    a circle needs an edge that leads down. Without such an edge nothing else is read.
    """
    down = select(Edge.id).where(~Edge.undone, Edge.parent_id >= Edge.child_id).limit(1)
    if session.scalar(down) is None:
        return []
    loop = _loop(_children(session))
    codes = {lot.id: lot.code for lot in session.execute(select(Lot.id, Lot.code).where(Lot.id.in_(loop)))}
    return [codes.get(ident, str(ident)) for ident in loop]


def _children(session: Session) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    query = select(Edge.parent_id, Edge.child_id).where(~Edge.undone).execution_options(yield_per=10_000)
    for parent, child in session.execute(query):
        found[parent].append(child)
    return found


def _loop(children: dict[int, list[int]]) -> list[int]:
    """Take away lots that nothing leads to, again and again; what is left goes round."""
    parents: dict[int, int] = defaultdict(int)
    for below in children.values():
        for child in below:
            parents[child] += 1
    free = [lot for lot in children if not parents[lot]]
    while free:
        for child in children.get(free.pop(), ()):
            parents[child] -= 1
            if not parents[child]:
                free.append(child)
    left = {lot for lot, count in parents.items() if count > 0}
    if not left:
        return []
    return _walk(children, left)


def _walk(children: dict[int, list[int]], left: set[int]) -> list[int]:
    """Go backwards from any lot that is left: each of them has a parent among them, so the way must repeat."""
    parent_of = {child: lot for lot in left for child in children.get(lot, ()) if child in left}
    way: list[int] = []
    seen: dict[int, int] = {}
    here = next(iter(left))
    while here not in seen:
        seen[here] = len(way)
        way.append(here)
        here = parent_of[here]
    circle = way[seen[here] :]
    circle.reverse()
    first = circle.index(min(circle))
    return [*circle[first:], *circle[:first], circle[first]]
