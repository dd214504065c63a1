"""``mes check`` on inspections: a verdict follows from its readings, and was never typed against them."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from mes.core.i18n import N_
from mes.inspection.models import Characteristic, Inspection, InspectionStandard, Reading, Severity, Verdict
from mes.inspection.sampling import planned

Found = tuple[str, dict[str, object]]
AGAINST_LIMITS = N_("In inspection %(code)s, %(value)s of %(name)s is not judged as its limits say.")
NOTHING_FAILED = N_("Inspection %(code)s is recorded as failed, but none of its readings failed.")
TOO_MANY_FAILED = N_("Inspection %(code)s is recorded as passed, but more of its readings failed than may.")


def faults(session: Session, most: int) -> Iterator[Found]:
    """Everything that is wrong with verdicts: msgids with their values, so many of each kind."""
    yield from _readings(session, most)
    yield from islice(_inspections(session), most)


def _readings(session: Session, most: int) -> Iterator[Found]:
    """Each reading against the limits that were in force; a value on a limit passes."""
    low = and_(Reading.lower.is_not(None), Reading.value < Reading.lower)
    fails = or_(low, and_(Reading.upper.is_not(None), Reading.value > Reading.upper))
    wrong = or_(and_(fails, Reading.verdict == Verdict.PASS), and_(~fails, Reading.verdict == Verdict.FAIL))
    query = select(Inspection.code, Reading.name, Reading.value)
    query = query.join(Inspection, Inspection.id == Reading.inspection_id).where(wrong)
    for code, name, value in session.execute(query.order_by(Reading.id).limit(most)):
        yield AGAINST_LIMITS, {"code": code, "name": name, "value": value}


def _inspections(session: Session) -> Iterator[Found]:
    """Each verdict against what failed: nothing but what the plan accepts, which is nothing without one."""
    bad = and_(Reading.replaced_at.is_(None), Reading.verdict == Verdict.FAIL)
    apart = or_(Characteristic.of_process, Characteristic.sample_size.is_not(None))
    counts = (_many(bad), _many(and_(bad, apart)), _many(and_(bad, ~apart)), _pieces(and_(bad, ~apart)))
    query = select(Inspection.id, *counts).join(Reading, Reading.inspection_id == Inspection.id)
    query = query.join(Characteristic, Characteristic.id == Reading.characteristic_id)
    query = query.where(Inspection.verdict.is_not(None)).group_by(Inspection.id)
    failed, passed = Inspection.verdict == Verdict.FAIL, Inspection.verdict == Verdict.PASS
    none = query.where(failed).having(counts[0] == 0).subquery()
    for code in session.scalars(select(Inspection.code).join(none, none.c.id == Inspection.id).order_by(Inspection.id)):
        yield NOTHING_FAILED, {"code": code}
    some = query.where(passed).having(counts[0] > 0).subquery()
    rows = select(Inspection, InspectionStandard, some).join(some, some.c.id == Inspection.id)
    rows = rows.join(InspectionStandard, InspectionStandard.id == Inspection.standard_id).order_by(Inspection.id)
    for inspection, standard, _id, _bad, alone, readings, pieces in session.execute(rows):
        if alone or not _accepts(inspection, standard, readings, pieces):
            yield TOO_MANY_FAILED, {"code": inspection.code}


def _many(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((what, Reading.id)))


def _pieces(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((what, Reading.piece)).distinct())


def _accepts(inspection: Inspection, standard: InspectionStandard, readings: int, pieces: int) -> bool:
    """Whether the plan with which it began accepts so many; of a job's pieces none may fail."""
    if inspection.lot_id is None:
        return False
    plan = planned(standard, inspection.lot_size or 1, inspection.severity or Severity.NORMAL)
    many = pieces if plan.counts_pieces else readings
    if inspection.more_pieces is None:
        return many <= plan.samples[0].accept
    return len(plan.samples) == 2 and max(many, inspection.found or 0) <= plan.samples[1].accept
