"""Lists of recalls and of their lots."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from mes.core.paging import Slice, keyset
from mes.core.types import NOTHING
from mes.equipment.models import Location
from mes.lots.models import Lot
from mes.recall.models import Recall, RecallLot
from mes.recall.queries import with_names

#: Which lots of a recall a list shows.
SHOWN = {
    "stock": RecallLot.on_hand > NOTHING,
    "shipped": RecallLot.shipped > NOTHING,
    "suspects": RecallLot.suspect.is_(True),
    "gone": (RecallLot.on_hand == NOTHING) & (RecallLot.shipped == NOTHING),
}


def _lots(recall_id: int) -> Select[RecallLot]:
    return with_names().where(RecallLot.recall_id == recall_id)


#: The lots to collect stand by the place where they are now.
PLACE = func.coalesce(Location.code, "")


def _to_collect(recall_id: int) -> Select[RecallLot]:
    query = _lots(recall_id).join(Lot, Lot.id == RecallLot.lot_id).outerjoin(Location, Location.id == Lot.location_id)
    return query.where(RecallLot.on_hand > NOTHING)


def page_of_lots(session: Session, recall_id: int, which: str | None, after: str | None) -> Slice[RecallLot]:
    """Lots of a recall, the suspects and their nearest first."""
    query = _lots(recall_id).where(SHOWN[which]) if which in SHOWN else _lots(recall_id)
    return keyset(session, query, RecallLot.steps, RecallLot.id, after=after, size=100)


def to_collect(session: Session, recall_id: int, after: str | None, *, left: bool) -> Slice[RecallLot]:
    """The lots to collect and count by the place where they stand now; ``left``: only those not counted yet."""
    query = _to_collect(recall_id).where(RecallLot.collected.is_(None)) if left else _to_collect(recall_id)
    return keyset(session, query, PLACE, RecallLot.id, after=after, size=100)


def page_of_recalls(session: Session, after: str | None = None, size: int = 30) -> Slice[Recall]:
    """Recalls and drills, newest first."""
    return keyset(session, select(Recall), Recall.began_at, Recall.id, after=after, size=size, newest_first=True)


def all_lots(session: Session, recall_id: int, most: int) -> list[RecallLot]:
    """The lots of a recall for paper, the suspects first."""
    return list(session.scalars(_lots(recall_id).order_by(RecallLot.steps, RecallLot.id).limit(most)))


def all_to_collect(session: Session, recall_id: int, most: int) -> list[RecallLot]:
    """The lots to collect for paper, by the place where they stand now."""
    return list(session.scalars(_to_collect(recall_id).order_by(PLACE, RecallLot.id).limit(most)))
