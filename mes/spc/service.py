"""Use cases of control charts: set up, freeze limits, record inspections with the rules watching, answer alarms."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from mes.core.access import INSPECTORS, Role
from mes.core.i18n import _
from mes.core.work import Work, check_version
from mes.inspection.models import Characteristic, Inspection, InspectionKind
from mes.inspection.service import record_inspection as record_readings
from mes.inspection.standard_queries import get_characteristic
from mes.inspection.tablet_rules import needs
from mes.lots import service as lots
from mes.lots.queries import open_holds
from mes.lots.rules import check_reason
from mes.orders import service as orders
from mes.orders.models import Job, WorkOrder
from mes.orders.queries import lots_of_order
from mes.orders.rules import ORDER_ACTS
from mes.spc import queries, rules
from mes.spc import readings as readings_of
from mes.spc.charting import Met, Plot, Sample, draw, is_single
from mes.spc.models import AlarmAnswer, ChartAlarm, ChartKind, ChartPhase, ControlChart
from mes.spc.readings import Chosen
from mes.statistics.errors import NothingMeasured

#: So many of the newest points are judged with those of an inspection: others may be saved at the same moment.
WINDOW = 4
NUMBERS = ("weight", "width", "step", "decision")


class Recorded(NamedTuple):
    """An inspection and the alarms that it raised."""

    inspection: Inspection
    alarms: list[ChartAlarm]


def add_chart(
    work: Work,
    *,
    characteristic_id: int,
    kind: ChartKind,
    size: int = 1,
    rules_by_name: Sequence[str] = ("western-electric",),
    acts: Role = Role.LEADER,
    reaction: str | None = None,
    holds: bool = False,
    **numbers: Decimal,
) -> ControlChart:
    """Watch a characteristic by a control chart (관리도). It raises alarms from when limits are frozen.

    ``size``: pieces measured in one inspection, or looked at for each count. ``numbers``: weight and width of EWMA,
    step and decision limit of CUSUM, in standard deviations. Raises ChartedAlready, SizeUnfit, RulesMissing,
    NotApprovedYet,
    UnknownRule, WeightImpossible, NotFound.
    """
    measured = get_characteristic(work.session, characteristic_id)
    if (
        work.session.scalar(select(ControlChart.id).where(ControlChart.characteristic_id == measured.stem_id))
        is not None
    ):
        raise rules.ChartedAlready(field="characteristic", name=measured.name)
    if not readings_of.approved_revisions(work.session, measured.stem_id):
        raise rules.NotApprovedYet(field="characteristic", name=measured.name)
    rules.check_settings(kind, size, rules_by_name, numbers)
    made = ControlChart(
        characteristic_id=measured.stem_id, kind=kind, size=size, rules=frozenset(rules_by_name), acts=acts,
        reaction=reaction, holds=holds, **numbers,
    )  # fmt: skip
    return work.add(made, "spc.add_chart", code=measured.name[:64])


def change_chart(work: Work, ident: int, *, version: int | None = None, **columns: Any) -> ControlChart:
    """Change how a characteristic is watched. Frozen phases stay; those of another kind of chart no longer apply.

    Raises StaleEdit and what ``add_chart`` raises of settings.
    """
    chart = queries.get_chart(work.session, ident, lock=True)
    check_version(work, chart, version)
    with work.change(chart, "spc.change_chart"):
        for name, value in columns.items():
            setattr(chart, name, value)
        rules.check_settings(chart.kind, chart.size, chart.rules, {name: getattr(chart, name) for name in NUMBERS})
        work.session.flush()
    return chart


def freeze_limits(work: Work, ident: int, *, first: str, last: str, reason: str) -> ChartPhase:
    """Freeze the limits from the points between two inspections (관리한계 고정); they hold from the first one on.

    The phase begins a new judgement, the phases before it stay as they are. Raises ReasonNeeded, NotOnThisChart,
    RangeReversed, PhaseBefore, TooFewToFreeze, NotFound.
    """
    reason = check_reason(reason)
    chart = queries.get_chart(work.session, ident, lock=True)
    ends = [queries.find_inspection(work.session, code) for code in (first, last)]
    if ends[1].id < ends[0].id:
        raise rules.RangeReversed(field="last", first=ends[0].code, last=ends[1].code)
    points = queries.samples_between(work.session, chart, *ends)
    before = work.session.scalar(
        select(ChartPhase).where(ChartPhase.chart_id == chart.id).order_by(ChartPhase.number.desc()).limit(1)
    )
    if before is not None and before.first_id > ends[0].id:
        code = work.session.get_one(Inspection, before.first_id).code
        raise rules.PhaseBefore(field="first", number=before.number, code=code)
    try:
        [basis] = draw(chart, points, ()).bases
    except NothingMeasured:
        basis = None
    if basis is None or len(points) < 2:
        raise rules.TooFewToFreeze(field="last", points=len(points))
    phase = ChartPhase(
        chart_id=chart.id, number=(before.number if before else 0) + 1, kind=chart.kind,
        first_id=ends[0].id, last_id=ends[1].id, points=len(points),
        centre=basis.centre, sigma=basis.sigma, method=basis.method,
        at=work.now, person=work.actor.name[:100], reason=reason,
    )  # fmt: skip
    return work.add(phase, "spc.freeze", reason=reason, code=str(phase.number))


def record_inspection(
    work: Work,
    *,
    kind: InspectionKind,
    lot_code: str | None = None,
    job_code: str | None = None,
    readings: Mapping[int, Decimal],
    note: str | None = None,
) -> Recorded:
    """Record an inspection and look at the control charts of what was measured (관리도 이상 확인).

    This is what stations, desks and programs call. Points of one chart are judged one after the other, so that two
    stations that measure the same at once see each other's readings. Raises what inspection refuses.
    """
    charts = _locked(work, list(readings))
    inspection = record_readings(work, kind=kind, lot_code=lot_code, job_code=job_code, readings=readings, note=note)
    return Recorded(inspection, watch(work, inspection, charts))


def watch(work: Work, inspection: Inspection, charts: Sequence[ControlChart]) -> list[ChartAlarm]:
    """Raise the alarms of an inspection that was recorded just now."""
    phases = queries.phases_of(work.session, [chart.id for chart in charts]) if charts else {}
    raised: list[ChartAlarm] = []
    for chart in charts:
        if not any(rules.same_family(phase.kind, chart.kind) for phase in phases[chart.id]):
            continue
        # an inspection may be long open, or take many readings at once: its own points are behind others, or many
        points = readings_of.points_from(work.session, chart.characteristic_id, inspection.id, single=is_single(chart))
        seen = queries.closely(work.session, chart, phases[chart.id], Chosen(points=points)) if points else None
        raised += _raise(work, chart, inspection, seen) if seen else []
    for ident in sorted({alarm.inspection_id for alarm in raised if alarm.held}):
        _hold(work, work.session.get_one(Inspection, ident), raised)
    return raised


def answer_alarm(work: Work, ident: int, *, cause: str, action: str, let_go: bool = False) -> AlarmAnswer:
    """Close an alarm with what caused it and what was done (원인, 조치).

    ``let_go``: also lift what it holds of its lot, or of what the order made; only quality and leaders may. What alarms
    of other inspections hold, and an order, stay held. Raises AnswerIncomplete, AnsweredAlready, NotYoursToLift,
    NotFound.
    """
    if not cause.strip() or not action.strip():
        raise rules.AnswerIncomplete(field="action" if cause.strip() else "cause")
    if let_go and not work.actor.is_one_of(INSPECTORS):
        raise rules.NotYoursToLift(field="let_go")
    alarm = queries.get_alarm(work.session, ident)
    queries.get_chart(work.session, alarm.chart_id, lock=True)
    before = work.session.scalar(select(AlarmAnswer).where(AlarmAnswer.alarm_id == ident))
    if before is not None:
        raise rules.AnsweredAlready(person=before.person, at=before.at)
    answer = AlarmAnswer(
        alarm_id=ident, cause=cause.strip(), action=action.strip(), at=work.now,
        person_id=work.actor.person_id, person=work.actor.name[:100],
    )  # fmt: skip
    work.add(answer, "spc.answer_alarm", code=alarm.inspection.code)
    if let_go:
        _let_go(work, alarm.inspection, action.strip())
    return answer


def _locked(work: Work, characteristics: Sequence[int]) -> list[ControlChart]:
    """The charts of what is measured, locked in one order before anything else, so that nobody waits in a circle."""
    return queries.charts_of(work.session, characteristics, lock=True)


def _raise(work: Work, chart: ControlChart, inspection: Inspection, seen: Plot) -> list[ChartAlarm]:
    """Alarms for the rules met at this inspection and, as others may record at the same time, at the newest points."""
    own = next((at for at, one in enumerate(seen.samples) if one.inspection_id >= inspection.id), None)
    if own is None:
        return []
    mine = seen.samples[own]
    if mine.inspection_id == inspection.id and not _is_whole(work, chart, mine):
        return []
    newest = len(seen.samples) - WINDOW
    fresh = [
        met
        for met in seen.met
        if met.at >= own and (met.at >= newest or seen.samples[met.at].inspection_id == inspection.id)
    ]
    fresh = [met for met in fresh if _is_whole(work, chart, seen.samples[met.at])]
    if not fresh:
        return []
    already = _open_rules(work, chart)
    known = _known(work, chart, inspection.id)
    raised = []
    for met in fresh:
        if (met.goes_on and (met.track, met.rule) in already) or (met.track, met.rule, met.last) in known:
            continue
        already.add((met.track, met.rule))
        raised.append(work.add(_alarm(work, chart, inspection, seen, met), "spc.alarm", code=met.last))
    return raised


def _is_whole(work: Work, chart: ControlChart, sample: Sample) -> bool:
    """A subgroup is judged once it is complete, also one that somebody else is measuring: by what its inspection wants
    of it, which may be more pieces than the chart says, or fewer."""
    inspection = work.session.get_one(Inspection, sample.inspection_id)
    if inspection.closed_at is not None or is_single(chart):
        return True
    measured = select(Characteristic).where(
        Characteristic.standard_id == inspection.standard_id, Characteristic.stem_id == chart.characteristic_id
    )
    wanted = [need.pieces for need in needs(inspection, work.session.scalars(measured).all())]
    return len(sample.values) >= max(wanted, default=chart.size)


def _alarm(work: Work, chart: ControlChart, inspection: Inspection, seen: Plot, met: Met) -> ChartAlarm:
    track = next(track for track in seen.tracks if track.name == met.track)
    point = track.points[met.at]
    return ChartAlarm(
        chart_id=chart.id, inspection_id=seen.samples[met.at].inspection_id, track=met.track, rule=met.rule,
        first=met.first, last=met.last, value=point.value or 0.0, centre=point.centre,
        lower=point.lower, upper=point.upper, day=inspection.day, at=work.now, person=work.actor.name[:100],
        acts=chart.acts, held=chart.holds,
    )  # fmt: skip


def _open_rules(work: Work, chart: ControlChart) -> set[tuple[str, str]]:
    query = select(ChartAlarm.track, ChartAlarm.rule).outerjoin(ChartAlarm.answer)
    rows = work.session.execute(query.where(ChartAlarm.chart_id == chart.id, AlarmAnswer.id.is_(None)))
    return {(track, rule) for track, rule in rows}


def _known(work: Work, chart: ControlChart, first_id: int) -> set[tuple[str, str, str]]:
    query = select(ChartAlarm.track, ChartAlarm.rule, ChartAlarm.last)
    rows = work.session.execute(query.where(ChartAlarm.chart_id == chart.id, ChartAlarm.inspection_id >= first_id))
    return {(track, rule, last) for track, rule, last in rows}


def _hold(work: Work, inspection: Inspection, raised: Sequence[ChartAlarm]) -> None:
    """Hold the lot of an alarm; at a job what the order has made so far or, when there is nothing yet, the order."""
    alarm = next(alarm for alarm in raised if alarm.held and alarm.inspection_id == inspection.id)
    reason = _("Control chart alarm at %(code)s: %(what)s", code=inspection.code, what=rules.sentence_of(alarm))
    job = work.session.get_one(Job, inspection.job_id) if inspection.job_id else None
    held = _touched(work, inspection, job)
    for lot_id in held:
        lots.hold_lot(work, lot_id, reason, source=rules.BY_ALARM)
    if job is not None and not held:
        order = work.session.get_one(WorkOrder, job.order_id)
        if order.state in ORDER_ACTS["hold"]:
            orders.hold_order(work, order.code, reason)


def _touched(work: Work, inspection: Inspection, job: Job | None) -> list[int]:
    if inspection.lot_id is not None:
        return [inspection.lot_id]
    made = lots_of_order(work.session, job.order_id) if job is not None else []
    return sorted(lot.id for lot in made if lot.on_hand > 0)


def _let_go(work: Work, inspection: Inspection, reason: str) -> None:
    """Lift the holds that the inspection of an alarm placed."""
    job = work.session.get_one(Job, inspection.job_id) if inspection.job_id else None
    touched = _touched(work, inspection, job)
    for hold in open_holds(work.session, touched) if touched else ():
        if hold.source == rules.BY_ALARM and rules.held_at(hold.reason) == inspection.code:
            lots.lift_hold(work, hold.id, reason)
