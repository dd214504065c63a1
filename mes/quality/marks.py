"""Where on the part defects sit: the marks that fingers left on an item's picture."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.items.models import Item
from mes.quality.models import Defect, DefectCode
from mes.quality.queries import DefectFilter, joined, standing

#: More marks than can be told apart.
MOST = 2000


class Marked(NamedTuple):
    """An item with how many marks it has."""

    item: Item
    records: int


class MarkRow(NamedTuple):
    """One mark: which defect, of what type, and where in thousandths of the picture."""

    defect: int
    type: DefectCode
    x: int
    y: int


def marked_items(session: Session, chosen: DefectFilter) -> list[Marked]:
    """Items with marks on their picture, most marks first, whatever item is asked for."""
    every = DefectFilter(**{**vars(chosen), "item": None})
    query = joined(select(Item, func.count()).select_from(Defect)).where(*standing(every), Defect.mark_x.is_not(None))
    rows = session.execute(query.where(Item.picture_id.is_not(None)).group_by(Item.id)).all()
    return sorted((Marked(*row) for row in rows), key=lambda one: (-one.records, one.item.code))


def item_of(items: Sequence[Marked], code: str | None) -> Item | None:
    """The item asked for, or else the one with most marks."""
    return next((one.item for one in items if code in (None, one.item.code)), None)


def marks(session: Session, chosen: DefectFilter) -> list[MarkRow]:
    """The marks of a filter, newest first; what was taken back is not among them."""
    query = joined(select(Defect.id, DefectCode, Defect.mark_x, Defect.mark_y).select_from(Defect))
    query = query.where(*standing(chosen), Defect.mark_x.is_not(None)).order_by(Defect.id.desc()).limit(MOST)
    return [MarkRow(*row) for row in session.execute(query)]
