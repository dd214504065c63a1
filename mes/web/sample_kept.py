"""What a sample factory keeps of its lots (보관품), and lots whose labels were spoilt and that were labelled anew."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Select, select

from mes.core.work import Work
from mes.equipment.models import Location
from mes.items.models import Item
from mes.lots.models import Lot, LotStatus
from mes.lots.sample_queries import lot_of
from mes.lots.service import record_result, retain_sample, use_sample
from mes.scan.relabelling import label_anew
from mes.web.sample_stage import Stage, Story, Wait


def kept(floor: Stage, who: str, item: str, quantity: int, until: date, note: str, place: str | None = None) -> Story:
    """A sample of the newest lot of an item is put aside; gives its code, none where too little is there."""

    def deed(work: Work) -> str | None:
        lot = work.session.scalar(_newest(item, quantity).where(Lot.status == LotStatus.AVAILABLE, Lot.holds == 0))
        if lot is None:
            return None
        where = work.session.scalars(select(Location).where(Location.code == place)).one() if place else None
        row = retain_sample(work, lot, Decimal(quantity), keep_until=until, location=where, note=note)
        return lot_of(work.session, row).code

    return floor.do(who, deed)
    yield


def tried(
    floor: Stage, who: str, keeping: Story, quantity: int, why: str, times: tuple[Wait, Wait], found: str
) -> Story:
    """A sample is put aside; at the first of two times some of it is taken for a test, at the second it is known what
    that gave."""
    sample = yield from keeping
    yield times[0]
    if sample:
        test: int = floor.do(who, lambda work: use_sample(work, sample, Decimal(quantity), why).id)
        yield times[1]
        floor.do(who, lambda work: record_result(work, sample, test, found))


def spoilt(floor: Stage, who: str, item: str, why: str) -> Story:
    """The label of the newest lot of an item cannot be read any more: it gets the next number."""

    def deed(work: Work) -> None:
        lot = work.session.scalar(_newest(item, 0))
        if lot is not None:
            label_anew(work, lot, None, why)

    floor.do(who, deed)
    yield 1


def _newest(item: str, more_than: int) -> Select[str]:
    query = select(Lot.code).join(Item, Item.id == Lot.item_id).where(Item.code == item, Lot.on_hand > more_than)
    return query.order_by(Lot.id.desc()).limit(1)
