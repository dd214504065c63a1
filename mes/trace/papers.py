"""Papers that belong to lots on the way: drawings of items, and what rooms above this one bring (certificates)."""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.i18n import N_, _, own_name
from mes.items.models import Item
from mes.trace.story import Story


class Paper(NamedTuple):
    """A document: what it is, of what, and the page that shows it."""

    kind: str
    code: str
    of: str
    endpoint: str
    address: dict[str, str]


#: Rooms above add theirs: for lots, their papers.
PROVIDERS: list[Callable[[Session, Collection[int]], Iterable[Paper]]] = []
DRAWING = N_("Drawing")


def papers_of(session: Session, story: Story) -> list[Paper]:
    """Every paper of the lots and items on the way: one statement, and one for each room that brings some."""
    drawn = select(Item).where(Item.id.in_(list(story.items)), Item.drawing_id.is_not(None)).order_by(Item.code)
    found = [
        Paper(_(DRAWING), one.code, own_name(one), "items.drawing", {"code": one.code})
        for one in session.scalars(drawn)
    ]
    lots = sorted(story.lots)
    return [*found, *(paper for provide in PROVIDERS for paper in provide(session, lots))]
