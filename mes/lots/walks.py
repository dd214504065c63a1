"""Walks over the graph of lots inside the database, for questions smaller than a trace.

What an edge must be (not undone, perhaps a parting) is carried along the walk and compared edge by edge. Asked of
the edges alone, SQLite would first read all of them to build a filter, and one lot's page would take as long as the
whole table.
"""

from sqlalchemy import CTE, Select, false, select, true

from mes.lots.models import Edge, EdgeKind

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
