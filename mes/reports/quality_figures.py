"""Figures of quality over a period: the defect rate with its control limits, first-pass yield, how suppliers do.

Each is a fixed small number of statements, and every figure opens the rows it was counted from.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from mes.core.paging import Slice, keyset
from mes.equipment.models import WorkCentre
from mes.items.models import Item
from mes.orders.models import Job, Report, WorkOrder
from mes.quality.models import Defect
from mes.statistics.attribute_charts import Count, p_chart, u_chart
from mes.statistics.values import measured
from mes.trace.details import called

ZERO = Decimal(0)
#: A longer period is shown week by week.
MOST_DAYS = 45


class ChartKind(StrEnum):
    """p: share of defective pieces. u: defects found for each unit made."""

    P = "p"
    U = "u"


class TrendPoint(NamedTuple):
    """A day (or week) of the trend. Without anything made there is no rate, and without one no limits."""

    first: date
    last: date
    found: Decimal
    made: Decimal
    #: Rates: exact for reading, and the limits of this very number made.
    lower: float | None
    upper: float | None
    beyond: bool

    @property
    def counts(self) -> bool:
        """Whether anything was made or found then."""
        return bool(self.found or self.made)

    @property
    def rate(self) -> Decimal | None:
        """Found for each one made; None where nothing was made."""
        return self.found / self.made if self.made else None


@dataclass(frozen=True)
class Trend:
    """The defect rate over a period in one unit; ``units`` are all that were reported, most used first."""

    kind: ChartKind
    unit: str | None
    units: list[str]
    points: list[TrendPoint]
    centre: float | None
    weekly: bool

    @property
    def found(self) -> Decimal:
        """All that was found."""
        return sum((point.found for point in self.points), ZERO)

    @property
    def made(self) -> Decimal:
        """All that was made."""
        return sum((point.made for point in self.points), ZERO)

    @property
    def top(self) -> float:
        """The largest value to be drawn."""
        rates = measured(point.rate for point in self.points if point.rate is not None)
        limits = [point.upper for point in self.points if point.upper is not None]
        return max([value for value in (*rates, *limits) if value is not None], default=0.0)


def trend(
    session: Session, since: date, until: date, *, kind: ChartKind = ChartKind.P, unit: str | None = None
) -> Trend:
    """The defect rate of each production day, both included, with three-sigma limits; two statements.

    p: defective / (good + defective) pieces reported at all operations. u: records in the defect log for each unit
    made. Pieces and kilograms are never added: the unit asked for counts, else the one with the most reports. Of what
    is not counted in whole pieces a share of pieces has no limits.
    """
    made = _made_by_day(session, since, until)
    reports = Counter[str]()
    for _day, of, _good, _bad, many in made:
        reports[of] += many
    units = sorted(reports, key=lambda of: (-reports[of], of))
    chosen = unit if unit in units else next(iter(units), None)
    weekly = (until - since).days > MOST_DAYS
    found: dict[date, Decimal] = {}
    size: dict[date, Decimal] = {}
    for day, of, good, bad, _reports in made:
        if of == chosen:
            size[_start(day, since, weekly)] = size.get(_start(day, since, weekly), ZERO) + good + bad
            if kind is ChartKind.P:
                found[_start(day, since, weekly)] = found.get(_start(day, since, weekly), ZERO) + bad
    if kind is ChartKind.U and chosen:
        for day, records in _records_by_day(session, since, until, chosen):
            found[_start(day, since, weekly)] = found.get(_start(day, since, weekly), ZERO) + records
    starts = list(_starts(since, until, weekly))
    counts = [(found.get(start, ZERO), size.get(start, ZERO)) for start in starts]
    limits, centre = _limits(kind, counts)
    step = timedelta(days=6 if weekly else 0)
    points = [
        TrendPoint(start, min(start + step, until), found_of, made_of, *limits[place])
        for place, (start, (found_of, made_of)) in enumerate(zip(starts, counts, strict=True))
    ]
    return Trend(kind, chosen, units, points, centre, weekly)


def _start(day: date, since: date, weekly: bool) -> date:
    return since + timedelta(days=(day - since).days // 7 * 7) if weekly else day


def _starts(since: date, until: date, weekly: bool) -> Iterable[date]:
    step = 7 if weekly else 1
    return (since + timedelta(days=back) for back in range(0, (until - since).days + 1, step))


def _limits(
    kind: ChartKind, counts: Collection[tuple[Decimal, Decimal]]
) -> tuple[list[tuple[float | None, float | None, bool]], float | None]:
    """Lower and upper limit of each point, whether it lies beyond, and the centre line."""
    none: list[tuple[float | None, float | None, bool]] = [(None, None, False)] * len(counts)
    whole = all(found == int(found) and (kind is ChartKind.U or made == int(made)) for found, made in counts)
    if not whole or not any(made > 0 for _found, made in counts) or any(min(one) < 0 for one in counts):
        return none, None
    given = [Count(*(measured([found, made]) if made else (None, None))) for found, made in counts]
    chart = (p_chart if kind is ChartKind.P else u_chart)(given)
    [track] = chart.tracks
    limits = [
        (None, None, False) if point.value is None else (point.lower, point.upper, point.is_above or point.is_below)
        for point in track.points
    ]
    return limits, chart.bases[0].centre


def _made_by_day(session: Session, since: date, until: date) -> list[Any]:
    """(day, unit, good, defective, reports); what was undone cancels out."""
    query = (
        select(Report.day, Item.unit, func.sum(Report.good), func.sum(Report.defective), func.count())
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .where(Report.day >= since, Report.day <= until)
        .group_by(Report.day, Item.unit)
        .order_by(Report.day, Item.unit)
    )
    return list(session.execute(query))


def _records_by_day(session: Session, since: date, until: date, unit: str) -> list[tuple[date, Decimal]]:
    back = aliased(Defect)
    query = (
        select(Defect.day, func.count())
        .join(Item, Item.id == Defect.item_id)
        .outerjoin(back, back.reverses_id == Defect.id)
        .where(Defect.day >= since, Defect.day <= until, Item.unit == unit)
        .where(Defect.reverses_id.is_(None), back.id.is_(None))
        .group_by(Defect.day)
    )
    return [(day, Decimal(records)) for day, records in session.execute(query)]


class Yield(NamedTuple):
    """One operation of one item: what was started, and how much of it was good the first time."""

    item: str
    item_code: str
    unit: str
    sequence: int
    operation: str
    work_centre: str
    good: Decimal
    defective: Decimal
    scrap: Decimal
    rework: Decimal

    @property
    def started(self) -> Decimal:
        """Everything that was worked on."""
        return self.good + self.defective + self.scrap + self.rework


def yields(session: Session, since: date, until: date) -> list[Yield]:
    """First-pass yield by operation in production days, both included, the lowest first; one statement."""
    query = (
        select(
            called(Item),
            Item.code,
            Item.unit,
            Job.sequence,
            func.min(called(Job)),
            func.min(called(WorkCentre)),
            func.sum(Report.good),
            func.sum(Report.defective),
            func.sum(Report.scrap),
            func.sum(Report.rework),
        )
        .select_from(Report)
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .join(WorkCentre, WorkCentre.id == Job.work_centre_id)
        .where(Report.day >= since, Report.day <= until)
        .group_by(Item.id, Job.sequence)
        .order_by(Item.code, Job.sequence)
    )
    found = [Yield(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: (one.good / one.started if one.started else Decimal(2), one.item_code))


class ReportRow(NamedTuple):
    """A production report behind a figure."""

    report: Report
    job: str
    order: str
    operation: str
    item: str
    unit: str
    undone: bool


@dataclass(frozen=True, kw_only=True)
class ReportFilter:
    """Which reports are meant; empty fields choose nothing. Days are production days, both included."""

    since: date | None = None
    until: date | None = None
    item: str | None = None
    operation: int | None = None
    unit: str | None = None


def reports_behind(session: Session, chosen: ReportFilter, after: str | None = None) -> Slice[ReportRow]:
    """The production reports from which a figure was counted, newest first."""
    back = aliased(Report)
    query: Any = (
        select(Report, Job.code, WorkOrder.code, called(Job), called(Item), Item.unit, back.id)
        .join(Job, Job.id == Report.job_id)
        .join(WorkOrder, WorkOrder.id == Job.order_id)
        .join(Item, Item.id == WorkOrder.item_id)
        .outerjoin(back, back.reverses_id == Report.id)
    )
    conditions = [
        None if chosen.since is None else Report.day >= chosen.since,
        None if chosen.until is None else Report.day <= chosen.until,
        None if not chosen.item else Item.code == chosen.item,
        None if chosen.operation is None else Job.sequence == chosen.operation,
        None if not chosen.unit else Item.unit == chosen.unit,
    ]
    query = query.where(*(one for one in conditions if one is not None))
    found = keyset(session, query, Report.day, Report.id, after=after, newest_first=True, whole_rows=True)
    taken: Any = found.rows
    rows = [ReportRow._make((*row[:6], row[6] is not None or row[0].reverses_id is not None)) for row in taken]
    return Slice(rows, found.next, found.first)
