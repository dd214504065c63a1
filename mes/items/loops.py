"""No item is made of itself: neither of its components nor of what may be used in their place.

What comes out beside a product closes no circle: scrap and trimmings that go back into the next batch are everyday.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import CTE, Select, case, literal, select, true, union_all
from sqlalchemy.orm import Session

from mes.core.chunks import chunks
from mes.core.work import Work
from mes.items.explosion import LOOP_SHOWN, BomLoop, find_loop
from mes.items.models import Bom, BomLine, Item, Revision, Substitute

Name = TypeVar("Name", bound=Hashable)


def check_no_loop(work: Work, bom: Bom) -> None:
    """Refuse a BOM that would lead an item back into itself. Raises BomLoop naming the way round."""
    parts = parts_of(bom)

    def involved() -> set[int]:
        below = parts_below(work.session, parts)
        return {bom.item_id, *parts, *below, *(part for used in below.values() for part in used)}

    _lock_all(work.session, involved)
    below = parts_below(work.session, parts)
    loop = find_loop(bom.item_id, below | {bom.item_id: parts})
    if loop:
        raise _refusal(work.session, loop)


def check_no_loops(work: Work, item_ids: Iterable[int]) -> None:
    """Refuse BOMs of many items, in force already, that lead an item back into itself. Raises BomLoop."""
    started = list(item_ids)
    _lock_all(work.session, lambda: reached(started, edges_in_force(work.session)))
    edges = edges_in_force(work.session)
    below = reached(started, edges)
    loops = find_loops(edge for edge in edges if edge[0] in below)
    if loops:
        raise _refusal(work.session, loops[0])


def _lock_all(session: Session, involved: Callable[[], set[int]]) -> None:
    """Lock all items that are involved. Two drafts that would close a loop together have an item in common: the second
    waits here, and looks again. What came below them while it waited is locked, too, until nothing new is found: else
    two who waited for the same others would pass each other unseen."""
    locked: set[int] = set()
    while fresh := involved() - locked:
        lock_items(session, fresh)
        locked |= fresh


def lock_items(session: Session, item_ids: Iterable[int]) -> None:
    """Lock items in the order of their ids."""
    for part in chunks(sorted(set(item_ids))):
        session.execute(select(Item.id).where(Item.id.in_(part)).order_by(Item.id).with_for_update()).all()


def _refusal(session: Session, loop: Sequence[int]) -> BomLoop:
    shown = loop[:LOOP_SHOWN]
    codes = dict(session.execute(select(Item.id, Item.code).where(Item.id.in_(shown))).all())
    return BomLoop(loop=" > ".join(codes[step] for step in shown))


def reached(started: Iterable[int], edges: Iterable[tuple[int, int]]) -> set[int]:
    """These items and everything below them."""
    parts: dict[int, list[int]] = defaultdict(list)
    for product, part in edges:
        parts[product].append(part)
    found = set(started)
    waiting = list(found)
    while waiting:
        fresh = set(parts.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found


def find_loops(edges: Iterable[tuple[Name, Name]]) -> list[list[Name]]:
    """All the ways in which product/part pairs go round, each as [A, B, A]."""
    children: dict[Name, list[Name]] = {}
    for parent, component in edges:
        children.setdefault(parent, []).append(component)
    done: set[Name] = set()
    loops: list[list[Name]] = []
    for start in list(children):
        if start in done:
            continue
        path, place, stack = [start], {start: 0}, [iter(children.get(start, ()))]
        while stack:
            for child in stack[-1]:
                if child in place:
                    loops.append([*path[place[child] :], child])
                elif child not in done:
                    place[child] = len(path)
                    path.append(child)
                    stack.append(iter(children.get(child, ())))
                    break
            else:
                stack.pop()
                finished = path.pop()
                del place[finished]
                done.add(finished)
    return loops


def parts_of(bom: Bom) -> list[int]:
    """The components of a BOM and their substitutes, each once."""
    components = [line.component_id for line in bom.lines]
    return list(dict.fromkeys([*components, *(other.item_id for line in bom.lines for other in line.substitutes)]))


def parts_below(session: Session, item_ids: Collection[int]) -> dict[int, list[int]]:
    """What may go into these items and into everything below them by the BOMs in force: one recursive statement."""
    below = select(Item.id.label("item_id")).where(Item.id.in_(item_ids)).cte("below", recursive=True)
    below = below.union(_taken(below).with_only_columns(PART))
    found: dict[int, list[int]] = defaultdict(list)
    for product, part in session.execute(_taken(below)):
        found[product].append(part)
    return dict(found)


#: A line stands for its component (0) and for each of its substitutes (1).
PLACE = union_all(select(literal(0).label("number")), select(literal(1))).subquery("place")
PART = case((PLACE.c.number == 0, BomLine.component_id), else_=Substitute.item_id)


def edges_in_force(session: Session) -> list[tuple[int, int]]:
    """Each product with each of its parts, by all BOMs in force."""
    in_force = select(Bom.item_id, PART).select_from(Bom).where(Bom.state == Revision.RELEASED)
    return [(product, part) for product, part in session.execute(_with_parts(in_force))]


def _taken(below: CTE) -> Select[int, int]:
    """Each product below with each of its parts."""
    known = select(Bom.item_id, PART).select_from(below)
    return _with_parts(known.join(Bom, (Bom.item_id == below.c.item_id) & (Bom.state == Revision.RELEASED)))


def _with_parts(boms: Select[int, int]) -> Select[int, int]:
    return (
        boms.join(BomLine, BomLine.bom_id == Bom.id)
        .join(PLACE, true())
        .outerjoin(Substitute, (Substitute.line_id == BomLine.id) & (PLACE.c.number == 1))
        .where((PLACE.c.number == 0) | Substitute.id.is_not(None))
    )
