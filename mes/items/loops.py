"""No item is made of itself: neither of its components nor of what may be used in their place.

What comes out beside a product closes no circle: scrap and trimmings that go back into the next batch are everyday.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import CTE, Select, case, literal, select, true, union_all
from sqlalchemy.orm import Session

from mes.core.work import Work
from mes.items.explosion import LOOP_SHOWN, BomLoop, find_loop
from mes.items.models import Bom, BomLine, Item, Revision, Substitute


def check_no_loop(work: Work, bom: Bom) -> None:
    """Refuse a BOM that would lead an item back into itself. Raises BomLoop naming the way round."""
    parts = parts_of(bom)
    below = parts_below(work.session, parts)
    involved = {bom.item_id, *parts, *below, *(part for used in below.values() for part in used)}
    # Two drafts that would close a loop together have an item in common: the second waits here, and looks again.
    work.session.execute(select(Item.id).where(Item.id.in_(involved)).order_by(Item.id).with_for_update()).all()
    below = parts_below(work.session, parts)
    loop = find_loop(bom.item_id, below | {bom.item_id: parts})
    if loop:
        names = work.session.execute(select(Item.id, Item.code).where(Item.id.in_(loop)))
        codes = {row.id: row.code for row in names}
        raise BomLoop(loop=" > ".join([codes[step] for step in loop][:LOOP_SHOWN]))


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


def _taken(below: CTE) -> Select[int, int]:
    """Each product below with each of its parts."""
    return (
        select(Bom.item_id, PART)
        .select_from(below)
        .join(Bom, (Bom.item_id == below.c.item_id) & (Bom.state == Revision.RELEASED))
        .join(BomLine, BomLine.bom_id == Bom.id)
        .join(PLACE, true())
        .outerjoin(Substitute, (Substitute.line_id == BomLine.id) & (PLACE.c.number == 1))
        .where((PLACE.c.number == 0) | Substitute.id.is_not(None))
    )
