"""Reads about retained samples: what is kept, where, until when, and what is due for disposal."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.equipment.models import Location
from mes.items.models import Item
from mes.lots.code_queries import as_written, named
from mes.lots.models import Lot
from mes.lots.queries import get_lot
from mes.lots.sample_models import RetainedSample, SampleTest
from mes.lots.sample_rules import NoSample

WITH_LOTS = (
    joinedload(RetainedSample.lot).options(joinedload(Lot.item), joinedload(Lot.location)),
    joinedload(RetainedSample.source),
)
IS_OPEN = RetainedSample.disposed_at.is_(None)


def sample_of(session: Session, lot_id: int) -> RetainedSample | None:
    """The entry of a lot on the list of samples."""
    return session.scalar(select(RetainedSample).options(*WITH_LOTS).where(RetainedSample.lot_id == lot_id))


def get_sample(session: Session, code: str) -> RetainedSample:
    """A sample by the code of its lot. Raises NotFound, NoSample."""
    lot = get_lot(session, code)
    found = sample_of(session, lot.id)
    if found is None:
        raise NoSample(lot=lot.code)
    return found


def lot_of(session: Session, sample: RetainedSample) -> Lot:
    """The lot of a sample, with its item."""
    return session.scalars(select(Lot).options(joinedload(Lot.item)).where(Lot.id == sample.lot_id)).one()


def samples_from(session: Session, lot_id: int) -> Sequence[RetainedSample]:
    """The samples that were put aside of a lot, oldest first."""
    query = select(RetainedSample).options(*WITH_LOTS).where(RetainedSample.source_id == lot_id)
    return session.scalars(query.where(RetainedSample.lot_id != lot_id).order_by(RetainedSample.id)).all()


def kept_days(session: Session, lot_ids: Collection[int]) -> dict[int, date]:
    """Until when these samples are kept, by lot; no lots ask nothing."""
    query = select(RetainedSample.lot_id, RetainedSample.keep_until).where(RetainedSample.lot_id.in_(lot_ids))
    return dict(session.execute(query).all()) if lot_ids else {}


def tests_of(session: Session, sample_id: int) -> Sequence[SampleTest]:
    """What was taken of a sample for tests, oldest first."""
    query = select(SampleTest).where(SampleTest.sample_id == sample_id).order_by(SampleTest.id)
    return session.scalars(query).all()


def get_test(session: Session, sample_id: int, test_id: int) -> SampleTest:
    """One test of a sample, by its id. Raises NotFound."""
    found = session.get(SampleTest, test_id)
    if found is None or found.sample_id != sample_id:
        raise NotFound(what=_(N_("test")), code=str(test_id))
    return found


def due_for_disposal(today: date) -> tuple[ColumnElement[bool], ...]:
    """Of samples: that they are kept still, and have been long enough."""
    return IS_OPEN, RetainedSample.keep_until < today


def _shown(show: str, today: date) -> tuple[ColumnElement[bool], ...]:
    if show == "due":
        return due_for_disposal(today)
    if show == "gone":
        return (~IS_OPEN,)
    return () if show == "all" else (IS_OPEN,)


def page_of_samples(
    session: Session, today: date, *, show: str = "kept", text: str = "", after: str | None = None, size: int = 30
) -> Slice[RetainedSample]:
    """Samples by the day until which they are kept. ``show``: kept, due, gone, all; ``text``: an item, or the code of a
    sample or of the lot it is of."""
    query = select(RetainedSample).options(*WITH_LOTS).where(*_shown(show, today))
    if text.strip():
        item = Item.code.icontains(text.strip(), autoescape=True) | Item.name.icontains(text.strip(), autoescape=True)
        lots = select(Lot.id).where(named([as_written(text)]))
        items = select(Lot.id).join(Item, Item.id == Lot.item_id).where(item)
        meant = RetainedSample.lot_id.in_(lots) | RetainedSample.source_id.in_(lots) | RetainedSample.lot_id.in_(items)
        query = query.where(meant)
    return keyset(session, query, RetainedSample.keep_until, RetainedSample.id, after=after, size=size)


class Standing(NamedTuple):
    """How many samples are kept, and of them how many are due for disposal."""

    kept: int
    due: int


def standing(session: Session, today: date) -> Standing:
    """The counts of the list's head."""
    due = func.count().filter(RetainedSample.keep_until < today)
    return Standing(*session.execute(select(func.count(), due).where(IS_OPEN)).one())


def listed_samples() -> Select[*tuple[object, ...]]:
    """All samples as rows of a file, by the day until which they are kept."""
    source = aliased(Lot)
    columns = (
        Lot.code, source.code, Item.code, Item.name, RetainedSample.quantity, Lot.on_hand, Item.unit, Location.code,
        Location.name, Lot.made_on, Lot.expires_on, RetainedSample.keep_until, RetainedSample.at, RetainedSample.person,
        RetainedSample.note, RetainedSample.disposed_at, RetainedSample.disposed_by, RetainedSample.dispose_reason,
    )  # fmt: skip
    query = select(*columns).select_from(RetainedSample).join(Lot, Lot.id == RetainedSample.lot_id)
    query = query.join(source, source.id == RetainedSample.source_id).join(Item, Item.id == Lot.item_id)
    query = query.outerjoin(Location, Location.id == Lot.location_id)
    return query.order_by(RetainedSample.keep_until, RetainedSample.id)
