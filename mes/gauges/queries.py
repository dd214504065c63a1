"""Reads about gauges, their calibrations and studies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.paging import PAGE, Slice, keyset
from mes.core.scanning import named_code
from mes.gauges.models import (
    SOON_DAYS,
    Calibration,
    Gauge,
    GaugeState,
    GaugeStudy,
    Result,
    Standing,
    StudyKind,
    StudyState,
)

WITH_NAMES = (joinedload(Gauge.work_centre), joinedload(Gauge.keeper))


def find_gauge(session: Session, code: str) -> Gauge | None:
    """The gauge with exactly this code, or with this tag (what its label says); with place and keeper."""
    text = named_code(code.strip())
    exact = Gauge.code == text
    query = select(Gauge).options(*WITH_NAMES).where(or_(exact, Gauge.tag == text.upper()))
    return session.scalar(query.order_by(exact.desc()).limit(1))


def get_gauge(session: Session, code: str) -> Gauge:
    """The same. Raises NotFound."""
    found = find_gauge(session, code)
    if found is None:
        raise NotFound(field="gauge", what=_("gauge"), code=code)
    return found


@dataclass(frozen=True, kw_only=True)
class GaugeFilter:
    """Which gauges are meant; empty fields choose nothing."""

    search: str = ""
    standing: Standing | None = None
    work_centre_id: int | None = None


def _standing(standing: Standing, today: date) -> ColumnElement[bool]:
    """The same decision as ``rules.standing_of``, for the database."""
    used = Gauge.state == GaugeState.IN_USE
    fine = and_(used, or_(Gauge.result.is_(None), Gauge.result != Result.FAIL))
    soon = today + timedelta(days=SOON_DAYS)
    never = and_(Gauge.due_on.is_(None), Gauge.interval_months.is_not(None), Gauge.result.is_(None))
    return {
        Standing.LOST: Gauge.state == GaugeState.LOST,
        Standing.OUT_OF_USE: Gauge.state == GaugeState.OUT_OF_USE,
        Standing.FAILED: and_(used, Gauge.result == Result.FAIL),
        Standing.OVERDUE: and_(fine, Gauge.due_on < today),
        Standing.NEVER: and_(fine, never),
        Standing.SOON: and_(fine, Gauge.due_on >= today, Gauge.due_on <= soon),
        Standing.GOOD: and_(fine, or_(Gauge.due_on > soon, and_(Gauge.due_on.is_(None), ~never))),
    }[standing]


def page_of_gauges(
    session: Session, chosen: GaugeFilter, today: date, after: str | None = None, size: int = PAGE
) -> Slice[Gauge]:
    """Gauges in the order in which they are due; those that are never due come last. What is lost or out of use is
    listed only when it is asked for."""
    query: Any = select(Gauge).options(*WITH_NAMES)
    if chosen.standing:
        query = query.where(_standing(chosen.standing, today))
    elif not chosen.search:
        query = query.where(Gauge.state == GaugeState.IN_USE)
    if chosen.work_centre_id is not None:
        query = query.where(Gauge.work_centre_id == chosen.work_centre_id)
    if chosen.search:
        columns = (Gauge.code, Gauge.name, Gauge.name_en, Gauge.kind, Gauge.serial, Gauge.tag)
        query = query.where(or_(*(column.icontains(chosen.search, autoescape=True) for column in columns)))
    due = func.coalesce(Gauge.due_on, date(9999, 12, 31), type_=Gauge.due_on.type)
    return keyset(session, query, due, Gauge.id, after=after, size=size)


def standings(session: Session, today: date) -> dict[Standing, int]:
    """How many gauges stand how, in one statement."""
    counts = [func.count().filter(_standing(one, today)) for one in Standing]
    row = session.execute(select(*counts).select_from(Gauge)).one()
    return dict(zip(Standing, row, strict=True))


def gauges_in_use(session: Session) -> list[Gauge]:
    """Gauges to choose from, by code."""
    query = select(Gauge).options(*WITH_NAMES).where(Gauge.state == GaugeState.IN_USE)
    return list(session.scalars(query.order_by(Gauge.code)))


def kinds_in_use(session: Session) -> list[str]:
    """The plant's own words for kinds of gauges."""
    query = select(Gauge.kind).where(Gauge.kind.is_not(None)).distinct().order_by(Gauge.kind)
    return [kind for kind in session.scalars(query) if kind]


def calibrations_of(session: Session, gauge_id: int) -> list[Calibration]:
    """Everything recorded of a gauge, the newest first; what was taken back too."""
    query = select(Calibration).options(joinedload(Calibration.file)).where(Calibration.gauge_id == gauge_id)
    return list(session.scalars(query.order_by(Calibration.done_on.desc(), Calibration.id.desc())))


def calibrations_by_gauge(session: Session, gauge_ids: Collection[int]) -> dict[int, list[Calibration]]:
    """All calibrations of several gauges, in one statement."""
    found: dict[int, list[Calibration]] = {}
    for one in session.scalars(select(Calibration).where(Calibration.gauge_id.in_(gauge_ids))):
        found.setdefault(one.gauge_id, []).append(one)
    return found


def get_calibration(session: Session, gauge: Gauge, ident: int) -> Calibration:
    """A calibration of this gauge. Raises NotFound."""
    query = select(Calibration).options(joinedload(Calibration.file))
    found = session.scalar(query.where(Calibration.id == ident, Calibration.gauge_id == gauge.id))
    if found is None:
        raise NotFound(what=_("calibration"), code=str(ident))
    return found


def studies_of(session: Session, gauge_id: int) -> Sequence[GaugeStudy]:
    """The studies of a gauge, the newest first."""
    query = select(GaugeStudy).where(GaugeStudy.gauge_id == gauge_id)
    return session.scalars(query.order_by(GaugeStudy.id.desc())).all()


def newest_verdicts(session: Session, gauge_ids: Sequence[int]) -> dict[int, GaugeStudy]:
    """The newest concluded study of each gauge."""
    newest = (
        select(func.max(GaugeStudy.id))
        .where(GaugeStudy.gauge_id.in_(gauge_ids), GaugeStudy.state == StudyState.CONCLUDED)
        .group_by(GaugeStudy.gauge_id)
    )
    found = session.scalars(select(GaugeStudy).where(GaugeStudy.id.in_(newest)))
    return {one.gauge_id: one for one in found}


def page_of_studies(
    session: Session, *, kind: StudyKind | None = None, state: StudyState | None = None, after: str | None = None
) -> Slice[GaugeStudy]:
    """All studies, the newest first."""
    query: Any = select(GaugeStudy).options(joinedload(GaugeStudy.gauge))
    if kind:
        query = query.where(GaugeStudy.kind == kind)
    if state:
        query = query.where(GaugeStudy.state == state)
    return keyset(session, query, GaugeStudy.id, after=after, newest_first=True)


def get_study(session: Session, code: str) -> GaugeStudy:
    """A study with its gauge. Raises NotFound."""
    query = select(GaugeStudy).options(joinedload(GaugeStudy.gauge).options(*WITH_NAMES))
    found = session.scalar(query.where(GaugeStudy.code == named_code(code.strip()).upper()))
    if found is None:
        raise NotFound(what=_("study"), code=code)
    return found
