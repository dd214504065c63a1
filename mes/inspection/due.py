"""What a running job owes: which inspection is due, since when, and when it is late.

Worked out from the last inspection of each kind, the pieces made since, minutes of running, and changes of shift,
material, mould and machine. Whether a first piece blocks reporting is the job's own state (``orders.first_piece``).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.events import Event
from mes.core.i18n import N_, _, number
from mes.core.plant import Plant, day_began, plant, production_day
from mes.inspection.models import Inspection, InspectionKind, InspectionStandard, SampleRule, Trigger, Verdict
from mes.inspection.standard_queries import in_force_at
from mes.lots.models import Movement, MovementKind
from mes.orders.models import Job, JobState

#: Kinds that pieces of a job owe; goods in a lot are inspected when they come and go.
AT_JOBS = (
    InspectionKind.FIRST, InspectionKind.SELF, InspectionKind.MIDDLE, InspectionKind.PATROL, InspectionKind.LAST,
)  # fmt: skip
#: After a change there is this much time before an inspection is late; every so many pieces or minutes it is a tenth.
GRACE = timedelta(minutes=15)
TENTH = Decimal("1.1")


class DueState(StrEnum):
    """How an inspection stands: not yet due, due, late, or begun by somebody."""

    LATER = "later"
    DUE = "due"
    LATE = "late"
    OPEN = "open"


class Due(NamedTuple):
    """One inspection of a running job. ``why`` says it in words; ``trigger`` is recorded with it."""

    kind: InspectionKind
    state: DueState
    why: str
    trigger: str | None = None
    code: str | None = None
    act_by: str | None = None
    #: Whether nothing may be reported before it has passed.
    gate: bool = False
    #: Whether the last one failed.
    failed: bool = False

    @property
    def presses(self) -> bool:
        """Whether somebody should do something now."""
        return self.state is not DueState.LATER


class _Story(NamedTuple):
    """What happened at a job, as far as standards ask."""

    job: Job
    now: datetime
    settings: Plant
    last: dict[InspectionKind, Inspection]
    open: dict[InspectionKind, Inspection]
    materials: Sequence[datetime]
    runs: Sequence[tuple[datetime, datetime]]


def due_at(session: Session, job: Job, now: datetime) -> list[Due]:
    """What a job owes, the most pressing first; nothing before it starts. The order must be loaded with the job."""
    return dues_of(session, [job], now).get(job.id, [])


def dues_of(session: Session, jobs: Sequence[Job], now: datetime) -> dict[int, list[Due]]:
    """What each of several jobs owes, in a fixed number of statements; a job that owes nothing is not in it."""
    begun = [job for job in jobs if job.state in (JobState.RUNNING, JobState.PAUSED) and job.started_at is not None]
    standards = {ident: found for ident, found in in_force_at(session, begun, AT_JOBS).items() if found}
    stories = _stories(session, [job for job in begun if job.id in standards], now, standards)
    return {story.job.id: _dues(story, standards[story.job.id]) for story in stories}


def _dues(story: _Story, standards: Sequence[InspectionStandard]) -> list[Due]:
    failed = {kind for kind, one in story.last.items() if one.verdict is Verdict.FAIL}
    found = [_due(story, one)._replace(gate=one.gate, failed=one.kind in failed) for one in standards]
    order = (DueState.LATE, DueState.DUE, DueState.OPEN, DueState.LATER)
    return sorted(found, key=lambda one: (order.index(one.state), AT_JOBS.index(one.kind)))


def _stories(
    session: Session, jobs: Sequence[Job], now: datetime, standards: Mapping[int, Sequence[InspectionStandard]]
) -> list[_Story]:
    if not jobs:
        return []
    last: dict[int, dict[InspectionKind, Inspection]] = {job.id: {} for job in jobs}
    begun: dict[int, dict[InspectionKind, Inspection]] = {job.id: {} for job in jobs}
    query = select(Inspection).where(Inspection.job_id.in_(last)).order_by(Inspection.id.desc())
    for one in session.scalars(query):
        if one.closed_at is None:
            begun[one.job_id or 0].setdefault(one.kind, one)
        elif one.verdict is not None:
            last[one.job_id or 0].setdefault(one.kind, one)
    asked = [one for job in jobs for one in standards[job.id]]
    changes = _changes_of_material(session, last) if any(Trigger.MATERIAL in one.triggers for one in asked) else {}
    by_minutes = any(one.sample_rule is SampleRule.EVERY_MINUTES for one in asked)
    runs = _runs(session, last, now) if by_minutes else {}
    settings = plant(session)
    return [
        _Story(job, now, settings, last[job.id], begun[job.id], changes.get(job.id, ()), runs.get(job.id, ()))
        for job in jobs
    ]


def _changes_of_material(session: Session, jobs: Iterable[int]) -> dict[int, list[datetime]]:
    """When another lot was taken for the first time; the lots with which the job began are no change."""
    first = select(Movement.job_id, func.min(Movement.at)).where(
        Movement.job_id.in_(jobs), Movement.kind == MovementKind.CONSUME, Movement.reverses_id.is_(None),
        Movement.report_id.is_(None),
    )  # fmt: skip
    found: dict[int, list[datetime]] = {}
    for job_id, at in session.execute(first.group_by(Movement.job_id, Movement.lot_id)):
        found.setdefault(job_id or 0, []).append(at)
    return {job_id: sorted(moments) for job_id, moments in found.items()}


def _runs(session: Session, jobs: Iterable[int], now: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """From when to when each job ran."""
    verbs = ("orders.start_job", "orders.pause_job", "orders.finish_job")
    query = select(Event.thing_id, Event.at, Event.verb).where(
        Event.thing == Job.__tablename__, Event.thing_id.in_(jobs), Event.verb.in_(verbs)
    )
    runs: dict[int, list[tuple[datetime, datetime]]] = {}
    since: dict[int, datetime] = {}
    for job_id, at, verb in session.execute(query.order_by(Event.id)):
        if verb == "orders.start_job":
            since.setdefault(job_id, at)
        elif job_id in since:
            runs.setdefault(job_id, []).append((since.pop(job_id), at))
    for job_id, at in since.items():
        runs.setdefault(job_id, []).append((at, now))
    return runs


def _due(story: _Story, standard: InspectionStandard) -> Due:
    kind, act_by = standard.kind, standard.act_by
    begun = story.open.get(kind)
    if begun is not None:
        return Due(kind, DueState.OPEN, _("Begun by %(who)s", who=begun.person), begun.trigger, begun.code, act_by)
    for check in (_after_failure, _after_change, _by_progress, _by_pieces, _by_minutes):
        found = check(story, standard)
        if found is not None:
            state, why, trigger = found
            if state is not DueState.LATER or check in (_by_pieces, _by_minutes):
                return Due(kind, state, why, trigger, None, act_by)
    last = story.last.get(kind)
    why = _("Passed at %(time)s", time=_clock(story, last.closed_at or last.at)) if last else _("Not due yet")
    return Due(kind, DueState.LATER, why, None, None, act_by)


_Found = tuple[DueState, str, str | None] | None


def _after_failure(story: _Story, standard: InspectionStandard) -> _Found:
    last = story.last.get(standard.kind)
    if last is None or last.verdict is Verdict.PASS:
        return None
    return _since(story, last.closed_at or last.at), _("The last one failed"), last.trigger


def _after_change(story: _Story, standard: InspectionStandard) -> _Found:
    """A start, another shift, another material or another machine since the last one."""
    last, job = story.last.get(standard.kind), story.job
    if last is None:
        starts = Trigger.START in standard.triggers or standard.kind is InspectionKind.FIRST
        started = job.started_at or story.now
        return (_since(story, started), _("The job was started"), Trigger.START) if starts else None
    seen = last.closed_at or last.at
    today, judged_on = (production_day(story.settings, moment) for moment in (story.now, seen))
    if Trigger.SHIFT in standard.triggers and today != judged_on:
        return _since(story, max(day_began(story.settings, story.now), seen)), _("Change of shift"), Trigger.SHIFT
    changed = [at for at in story.materials if at > seen] if Trigger.MATERIAL in standard.triggers else []
    if changed:
        return _since(story, changed[0]), _("Another material lot was taken"), Trigger.MATERIAL
    follows = standard.triggers or (standard.kind is InspectionKind.FIRST and job.inspected)
    if Trigger.MOULD in standard.triggers and last.tool_id != job.tool_id:
        return _since(story, seen), _("Another mould or tool"), Trigger.MOULD
    moved = follows and last.machine_id != job.machine_id
    return (_since(story, seen), _("Another machine"), Trigger.START) if moved else None


def _by_progress(story: _Story, standard: InspectionStandard) -> _Found:
    """The middle piece is due at half of the plan, the last one at its end; once each."""
    job, last = story.job, story.last.get(standard.kind)
    if standard.every is not None or last is not None:
        return None
    plan = job.order.quantity
    at_end = standard.kind is InspectionKind.LAST or Trigger.END in standard.triggers
    if at_end and job.good >= plan:
        return DueState.DUE, _("The planned quantity is made"), Trigger.END
    if standard.kind is InspectionKind.MIDDLE and job.good * 2 >= plan:
        late = job.good * 4 >= plan * 3
        return (DueState.LATE if late else DueState.DUE), _("Half of the planned quantity is made"), None
    return None


def _by_pieces(story: _Story, standard: InspectionStandard) -> _Found:
    if standard.sample_rule is not SampleRule.EVERY_PIECES or not standard.every:
        return None
    last = story.last.get(standard.kind)
    made = story.job.good - (last.made or Decimal(0) if last else Decimal(0))
    return _so_far(made, Decimal(standard.every), story.job.order.item.unit)


def _by_minutes(story: _Story, standard: InspectionStandard) -> _Found:
    if standard.sample_rule is not SampleRule.EVERY_MINUTES or not standard.every:
        return None
    last = story.last.get(standard.kind)
    since = (last.closed_at or last.at) if last else (story.job.started_at or story.now)
    ran = sum(((end - max(begin, since)) for begin, end in story.runs if end > since), timedelta())
    return _so_far(Decimal(int(ran.total_seconds() // 60)), Decimal(standard.every), _("min"))


def _so_far(done: Decimal, every: Decimal, unit: str) -> tuple[DueState, str, None]:
    """Due when so much was made or run, late a tenth after it."""
    if done < every:
        return DueState.LATER, _("In %(left)s %(unit)s", left=number(every - done), unit=unit), None
    why = _("%(done)s %(unit)s since the last one (every %(every)s)", done=number(done), every=number(every), unit=unit)
    return (DueState.LATE if done >= every * TENTH else DueState.DUE), why, None


def _since(story: _Story, moment: datetime) -> DueState:
    return DueState.LATE if story.now - moment > GRACE else DueState.DUE


def _clock(story: _Story, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(story.settings.time_zone)):%H:%M}"


#: Said in the lists of due inspections.
STATE_NAMES = {
    DueState.LATER: N_("Later"),
    DueState.DUE: N_("Due"),
    DueState.LATE: N_("Late"),
    DueState.OPEN: N_("Begun"),
}


def state_name(state: DueState) -> str:
    """How an inspection stands, in the reader's language."""
    return _(STATE_NAMES[state])
