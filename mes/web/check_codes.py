"""``mes check`` on codes that lots bore before, and on samples that are kept."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from mes.core.i18n import N_
from mes.lots.code_models import FormerCode
from mes.lots.models import Lot, LotStatus
from mes.lots.sample_models import RetainedSample

Found = tuple[str, dict[str, object]]


def faults(session: Session, most: int) -> Iterator[Found]:
    """Everything that is wrong with former codes and with samples: msgids with their values, so many of each kind."""
    yield from _codes(session, most)
    yield from _samples(session, most)


def _codes(session: Session, most: int) -> Iterator[Found]:
    """Codes that lead to two lots, or that a lot's page does not tell."""
    other = aliased(Lot)
    twice = select(FormerCode.code, Lot.code).join(Lot, Lot.id == FormerCode.lot_id)
    twice = twice.join(other, other.code == FormerCode.code)
    for code, lot in session.execute(twice.limit(most)):
        yield N_("%(code)s is the code of a lot and a former code of lot %(lot)s."), {"code": code, "lot": lot}
    count = func.count(FormerCode.id)
    told = case((func.coalesce(Lot.formerly, "") == "", 0), else_=1 + _commas())
    lots = select(Lot.code, Lot.formerly, count).outerjoin(FormerCode, FormerCode.lot_id == Lot.id)
    lots = lots.where(or_(Lot.formerly.is_not(None), FormerCode.id.is_not(None)))
    for lot, formerly, many in session.execute(lots.group_by(Lot.id).having(count != told).limit(most)):
        message = N_("Lot %(lot)s had %(count)s other codes before, but its page says: %(formerly)s.")
        yield message, {"lot": lot, "count": many, "formerly": formerly or "-"}


def _commas() -> ColumnElement[int]:
    """How many commas stand between the codes that a lot's page tells."""
    return func.length(Lot.formerly) - func.length(func.replace(Lot.formerly, ",", ""))


def _samples(session: Session, most: int) -> Iterator[Found]:
    """A lot is kept as a sample exactly where the list of samples says so."""
    kept = select(Lot.code).outerjoin(RetainedSample, RetainedSample.lot_id == Lot.id)
    for code in session.scalars(kept.where(Lot.status == LotStatus.RETAINED, RetainedSample.id.is_(None)).limit(most)):
        yield N_("Lot %(lot)s is kept as a sample, but no list says until when."), {"lot": code}
    free = select(Lot.code).join(RetainedSample, RetainedSample.lot_id == Lot.id)
    for code in session.scalars(free.where(Lot.status != LotStatus.RETAINED).limit(most)):
        yield N_("Lot %(lot)s is on the list of samples, but may be used."), {"lot": code}
    ended = select(Lot.code).join(RetainedSample, RetainedSample.lot_id == Lot.id)
    wrong = (RetainedSample.disposed_at.is_not(None) & (Lot.on_hand > 0)).label("gone")
    for code in session.scalars(ended.where(wrong).limit(most)):
        yield N_("The sample %(lot)s is gone by the list, but something is left of it."), {"lot": code}
