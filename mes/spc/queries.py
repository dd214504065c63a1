"""Reads about control charts, their phases and alarms."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.equipment.models import Machine
from mes.inspection.models import Characteristic, Inspection
from mes.items.models import Revision
from mes.spc import readings
from mes.spc.charting import MEMORY, Plot, Sample, is_single, plot, points_of
from mes.spc.kinds import ENOUGH, NotOnThisChart, State, same_family, state_of
from mes.spc.models import AlarmAnswer, ChartAlarm, ChartKind, ChartPhase, ControlChart
from mes.spc.readings import Bucket, Chosen

#: So many points are judged by all rules at once; longer stretches are drawn from buckets.
MOST_JUDGED = 1000
#: Points before the shown ones that rules look at: the longest looks at 15, and whether it was met before.
REACH = 16
WEIGHTED = (ChartKind.EWMA, ChartKind.CUSUM)
#: Charts whose points may be put together with their neighbours.
THINNED = (ChartKind.XBAR_R, ChartKind.XBAR_S, ChartKind.I_MR)


def get_chart(session: Session, ident: int, *, lock: bool = False) -> ControlChart:
    """A chart with its characteristic; locked, as it is now, until the act ends. Raises NotFound."""
    query = select(ControlChart).options(joinedload(ControlChart.characteristic, innerjoin=True))
    if lock:
        query = query.with_for_update(of=ControlChart).execution_options(populate_existing=True)
    found = session.scalar(query.where(ControlChart.id == ident))
    if found is None:
        raise NotFound(what=_(N_("control chart")), code=str(ident))
    return found


def charts_of(session: Session, characteristics: Sequence[int], *, lock: bool = False) -> list[ControlChart]:
    """Charts in use of what is measured, whichever revision of it, by id; locked until the act ends."""
    stems = select(Characteristic.stem_id).where(Characteristic.id.in_(characteristics))
    query = select(ControlChart).where(ControlChart.characteristic_id.in_(stems), ControlChart.active)
    query = query.options(joinedload(ControlChart.characteristic, innerjoin=True)).order_by(ControlChart.id)
    if lock:
        query = query.with_for_update(of=ControlChart).execution_options(populate_existing=True)
    return list(session.scalars(query))


def phases_of(session: Session, charts: Sequence[int]) -> dict[int, list[ChartPhase]]:
    """Frozen phases by chart, the oldest first."""
    found: dict[int, list[ChartPhase]] = {ident: [] for ident in charts}
    query = select(ChartPhase).where(ChartPhase.chart_id.in_(charts)).order_by(ChartPhase.chart_id, ChartPhase.number)
    for phase in session.scalars(query):
        found[phase.chart_id].append(phase)
    return found


def phases_with_ends(session: Session, chart_id: int) -> list[ChartPhase]:
    """All phases with their first and last inspection, the oldest first."""
    query = select(ChartPhase).where(ChartPhase.chart_id == chart_id).order_by(ChartPhase.number)
    return list(session.scalars(query.options(joinedload(ChartPhase.first), joinedload(ChartPhase.last))))


def closely(
    session: Session, chart: ControlChart, phases: Sequence[ChartPhase], chosen: Chosen, most: int = MOST_JUDGED
) -> Plot | None:
    """The newest points that are meant, judged by all rules of the chart; one statement after their revisions."""
    most = min(chosen.points or most, most)
    # the points before are remembered by charts whose points hang together, and carry the runs of the others on
    before = MEMORY if chart.kind in WEIGHTED else REACH
    wanted = replace(chosen, since=None, first_id=None)
    revisions = readings.revisions_of(session, chart.characteristic_id)
    points = _points(session, chart, revisions, wanted, most + before + 1)
    shown = [at for at, one in enumerate(points) if _is_meant(one, chosen)][-most:]
    if not shown:
        return None
    if not any(same_family(phase.kind, chart.kind) for phase in phases):
        return plot(chart, points[shown[0] :], ())
    begin = max(0, shown[0] - before)
    return plot(chart, points[begin:], phases, skip=shown[0] - begin)


def _points(session: Session, chart: ControlChart, revisions: Sequence[int], chosen: Chosen, many: int) -> list[Sample]:
    single = is_single(chart)
    samples = readings.newest_points(session, revisions, chosen, many, size=chart.size, single=single)
    return points_of(chart, samples)


def _is_meant(point: Sample, chosen: Chosen) -> bool:
    since, first = chosen.since, chosen.first_id
    return (since is None or point.at >= since) and (first is None or point.inspection_id >= first)


def is_long(session: Session, chart: ControlChart, chosen: Chosen) -> bool:
    """Whether more points are meant than are judged at once."""
    if chosen.points is not None or chart.kind not in THINNED:
        return False
    revisions = readings.revisions_of(session, chart.characteristic_id)
    return readings.are_more(session, revisions, chosen, MOST_JUDGED * chart.size)


def widely(session: Session, chart: ControlChart, chosen: Chosen, most: int) -> list[Bucket]:
    """Everything that is meant, in at most so many buckets."""
    revisions = readings.revisions_of(session, chart.characteristic_id)
    return readings.buckets(session, revisions, chosen, single=chart.kind is ChartKind.I_MR, most=most)


def samples_between(session: Session, chart: ControlChart, first: Inspection, last: Inspection) -> list[Sample]:
    """The points from one inspection to another, from which limits are frozen. Raises NotOnThisChart."""
    revisions = readings.revisions_of(session, chart.characteristic_id)
    chosen = Chosen(first_id=first.id, last_id=last.id)
    points = _points(session, chart, revisions, chosen, MOST_JUDGED + 1)
    for end in (first, last):
        if not any(one.inspection_id == end.id for one in points):
            raise NotOnThisChart(code=end.code)
    return points


def find_inspection(session: Session, code: str) -> Inspection:
    """An inspection by its code. Raises NotFound."""
    found = session.scalar(select(Inspection).where(Inspection.code == code.strip().upper()))
    if found is None:
        raise NotFound(what=_(N_("inspection")), code=code)
    return found


def alarms_of(session: Session, chart_id: int, *, first_id: int = 0, most: int = 200) -> list[ChartAlarm]:
    """Alarms of a chart with what was answered, the newest first, from an inspection on."""
    query = _alarms().where(ChartAlarm.chart_id == chart_id, ChartAlarm.inspection_id >= first_id)
    return list(session.scalars(query.order_by(ChartAlarm.id.desc()).limit(most)))


def open_alarms(session: Session, charts: Sequence[int] | None = None, most: int = 50) -> list[ChartAlarm]:
    """Alarms that nobody has answered yet, the newest first; of these charts, or of all."""
    query = _alarms().where(AlarmAnswer.id.is_(None))
    if charts is not None:
        query = query.where(ChartAlarm.chart_id.in_(charts))
    return list(session.scalars(query.order_by(ChartAlarm.id.desc()).limit(most)))


class ChartInAlarm(NamedTuple):
    """The first alarm of a chart that nobody has answered, and how many came after it."""

    alarm: ChartAlarm
    more: int


def charts_in_alarm(session: Session, most: int = 50) -> list[ChartInAlarm]:
    """Charts with open alarms, the one that alarmed last first: one shift of a mean breaks many rules."""
    found: dict[int, list[ChartAlarm]] = {}
    for alarm in open_alarms(session, most=most):
        found.setdefault(alarm.chart_id, []).append(alarm)
    return [ChartInAlarm(alarms[-1], len(alarms) - 1) for alarms in found.values()]


def get_alarm(session: Session, ident: int) -> ChartAlarm:
    """An alarm with its chart, inspection and answer. Raises NotFound."""
    found: ChartAlarm | None = session.scalar(_alarms().where(ChartAlarm.id == ident))
    if found is None:
        raise NotFound(what=_(N_("alarm")), code=str(ident))
    return found


def _alarms() -> Any:
    chart = joinedload(ChartAlarm.chart).joinedload(ControlChart.characteristic)
    query = select(ChartAlarm).outerjoin(ChartAlarm.answer).options(contains_eager(ChartAlarm.answer))
    return query.options(chart, joinedload(ChartAlarm.inspection).joinedload(Inspection.lot))


class ListedChart(NamedTuple):
    """A chart as the list shows it: how it stands, its newest points and its open alarms."""

    chart: ControlChart
    characteristic: Characteristic
    state: State
    alarms: int
    points: int
    values: list[float | None]
    at: datetime | None


#: Points of a small chart in the list.
SPARK = 30
_URGENCY = list(State)


def list_charts(session: Session) -> list[ListedChart]:
    """All charts, what needs attention first; five statements, however many there are."""
    query = select(ControlChart).options(joinedload(ControlChart.characteristic))
    charts = list(session.scalars(query))
    phases = phases_of(session, [chart.id for chart in charts])
    alarms = _count_open(session)
    in_force = readings.in_force(session, [chart.characteristic_id for chart in charts])
    lately = readings.newest_of_many(session, {one.characteristic_id: is_single(one) for one in charts}, SPARK)
    rows = []
    for chart in charts:
        samples = points_of(chart, lately.get(chart.characteristic_id, []))[-SPARK:]
        drawn = plot(chart, samples, phases[chart.id])
        values = [point.value for point in drawn.tracks[0].points] if drawn else []
        frozen = any(same_family(phase.kind, chart.kind) for phase in phases[chart.id])
        state = state_of(chart, alarms=alarms.get(chart.id, 0), points=len(samples), frozen=frozen)
        at = samples[-1].at if samples else None
        named = in_force.get(chart.characteristic_id, chart.characteristic)
        rows.append(ListedChart(chart, named, state, alarms.get(chart.id, 0), len(samples), values, at))
    return sorted(rows, key=lambda row: (_URGENCY.index(row.state), -row.alarms, row.chart.id))


def _count_open(session: Session) -> dict[int, int]:
    query = select(ChartAlarm.chart_id, func.count()).outerjoin(ChartAlarm.answer)
    rows = session.execute(query.where(AlarmAnswer.id.is_(None)).group_by(ChartAlarm.chart_id))
    return {ident: count for ident, count in rows}  # noqa: C416  rows are no pairs to the types


def without_chart(session: Session) -> list[Characteristic]:
    """Characteristics in force that no chart watches yet, by item."""
    charted = set(session.scalars(select(ControlChart.characteristic_id)))
    free = [
        one
        for stem, one in readings.in_force(session).items()
        if stem not in charted and one.standard.state is Revision.RELEASED
    ]
    return sorted(free, key=lambda one: (one.standard.item.code, one.standard.kind, one.position))


class Studied(NamedTuple):
    """What a characteristic's page shows."""

    chart: ControlChart
    measured: Characteristic
    #: Whether an earlier revision had other limits.
    limits_changed: bool
    phases: list[ChartPhase]
    plot: Plot | None
    buckets: list[Bucket]
    alarms: list[ChartAlarm]
    #: Subgroups for the capability: those of the plot or, of a long stretch, the newest.
    samples: Sequence[Sample]
    machines: list[Machine]


#: So many readings tell the capability of a stretch of many thousands.
CAPABILITY_READINGS = 2500


def study(session: Session, ident: int, chosen: Chosen, most: int, *, capable: bool = True) -> Studied:
    """A chart with everything its page shows; about ten statements. Raises NotFound.

    ``capable``: with the samples that tell the capability of a long stretch."""
    chart = get_chart(session, ident)
    revisions = readings.approved_revisions(session, chart.characteristic_id)
    phases = phases_with_ends(session, ident)
    plot_: Plot | None = None
    buckets: list[Bucket] = []
    samples: list[Sample] = []
    if is_long(session, chart, chosen):
        buckets = widely(session, chart, chosen, most)
        if capable:
            known = readings.revisions_of(session, chart.characteristic_id)
            samples = points_of(chart, readings.newest(session, known, chosen, CAPABILITY_READINGS))
    else:
        plot_ = closely(session, chart, phases, chosen)
        samples = list(plot_.samples) if plot_ else []
    return Studied(
        chart=chart,
        measured=revisions[-1],
        limits_changed=len({(one.lower, one.upper) for one in revisions}) > 1,
        phases=phases,
        plot=plot_,
        buckets=buckets,
        alarms=alarms_of(session, ident),
        samples=samples,
        machines=readings.machines_of(session, chart.characteristic_id),
    )


def newest_codes(session: Session, ident: int, most: int = ENOUGH) -> list[str]:
    """Codes of the newest inspections on a chart, the oldest first."""
    chart = get_chart(session, ident)
    revisions = readings.revisions_of(session, chart.characteristic_id)
    samples = readings.newest_points(session, revisions, Chosen(), most + 1, size=chart.size, single=is_single(chart))
    return [one.code for one in samples[-most:]]
