"""Walks over the graph of lots inside the database, for questions smaller than a trace.

What an edge must be (not undone, perhaps a parting) is carried along the walk and compared edge by edge. Asked of
the edges alone, SQLite would first read all of them to build a filter, and one lot's page would take as long as the
whole table.
"""

from sqlalchemy import CTE, Select, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from mes.lots.models import Edge, EdgeKind, Lot

#: Edges by which a lot is divided or poured together, or is there again; what is made of it is another thing.
PARTED = Edge.kind.in_((EdgeKind.SPLIT, EdgeKind.MERGE, EdgeKind.REWORK, EdgeKind.COME_BACK, EdgeKind.RECOVER))


def upwards(lots: Select[int], name: str, *, parted: bool = False) -> CTE:
    """The lots (``id``) and, by any way, what went into them; ``parted``: only what they were divided from."""
    return _walk(lots, name, near="child_id", far="parent_id", parted=parted)


def downwards(lots: Select[int], name: str, *, parted: bool = False) -> CTE:
    """The lots (``id``) and, by any way, what they went into; ``parted``: only what they were divided into."""
    return _walk(lots, name, near="parent_id", far="child_id", parted=parted)


def _walk(lots: Select[int], name: str, *, near: str, far: str, parted: bool) -> CTE:
    start = lots.subquery()
    [ident] = start.columns
    walked = select(ident.label("id"), false().label("undone"), true().label("parted")).cte(name, recursive=True)
    step = select(getattr(Edge, far), walked.c.undone, walked.c.parted)
    step = step.join(walked, (getattr(Edge, near) == walked.c.id) & (Edge.undone == walked.c.undone))
    if parted:
        step = step.where(walked.c.parted == PARTED)
    return walked.union(step)


def delivered(lots: Select[int]) -> CTE:
    """Lots that came from suppliers (``came``), each with itself and every part of it (``id``), each part once.

    Lots of one supplier that were poured together go on as the first of them, what is of several suppliers is nobody's.
    """
    start = lots.subquery()
    [ident] = start.columns
    columns = ident.label("came"), ident.label("id"), false().label("undone"), true().label("parted")
    parts = select(*columns).cte("delivered", recursive=True)
    other = aliased(Edge)
    earlier = select(other.id).where(other.child_id == Edge.child_id, other.kind == EdgeKind.MERGE, ~other.undone)
    first = ~earlier.where(other.parent_id < Edge.parent_id).exists()
    part = select(parts.c.came, Edge.child_id, parts.c.undone, parts.c.parted)
    part = part.join(parts, (Edge.parent_id == parts.c.id) & (Edge.undone == parts.c.undone))
    part = part.join(Lot, Lot.id == Edge.child_id)
    goes_on = and_(PARTED, Lot.supplier_id.is_not(None), or_(Edge.kind != EdgeKind.MERGE, first))
    return parts.union(part.where(parts.c.parted == goes_on))
