"""Use cases: the eight steps, actions, the effect check, closing and reopening."""

from collections.abc import Sequence
from datetime import date

from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.lots.rules import check_reason
from mes.nonconformance import queries, rules
from mes.nonconformance.models import Action, ActionKind, EffectCheck, Nonconformance, Step
from mes.nonconformance.opening import lock_open
from mes.people.models import Person
from mes.quality.models import DefectCause


def write_step(
    work: Work,
    code: str,
    step: int,
    text: str,
    *,
    whys: Sequence[str] = (),
    cause: DefectCause | None = None,
) -> Step:
    """Write one of the eight steps (8D), 1 to 8. What it said before is kept. ``whys`` and ``cause`` belong to D4.

    Raises StepEmpty, StepUnchanged, NonconformanceClosed, NotFound.
    """
    found = lock_open(work, code)
    if not text.strip():
        raise rules.StepEmpty(field="text", step=step)
    is_cause = step == rules.ROOT_CAUSE
    answers, cause_id = (rules.whys_of(whys), cause.id if cause else None) if is_cause else (None, None)
    before = queries.newest_step(work.session, found.id, step)
    if before is not None and (before.text, before.whys, before.cause_id) == (text.strip(), answers, cause_id):
        raise rules.StepUnchanged(field="text", step=step)
    made = Step(
        nonconformance_id=found.id,
        step=step,
        text=text.strip(),
        whys=answers,
        cause_id=cause_id,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
    )
    return work.add(made, "nonconformance.step", code=found.code)


def add_action(work: Work, code: str, *, kind: ActionKind, what: str, owner: Person, due_on: date) -> Action:
    """Give somebody something to do until a day (조치). Raises OwnerGone, DueBeforeToday, NothingFound."""
    found = lock_open(work, code)
    if not what.strip():
        raise rules.NothingFound(field="what")
    _check_assignment(work, owner, due_on)
    made = Action(
        nonconformance_id=found.id,
        kind=kind,
        what=what.strip(),
        owner_id=owner.id,
        due_on=due_on,
        at=work.now,
        person=work.actor.name[:100],
    )
    return work.add(made, "nonconformance.add_action", code=found.code)


def _check_assignment(work: Work, owner: Person, due_on: date) -> None:
    if not owner.active:
        raise rules.OwnerGone(field="owner", who=owner.name)
    if due_on < this_production_day(work):
        raise rules.DueBeforeToday(field="due_on", day=due_on)


def _lock_action(work: Work, action_id: int) -> tuple[Action, Nonconformance]:
    seen, of = queries.get_action(work.session, action_id)
    found = lock_open(work, of.code)
    owner = seen.owner.name
    action = work.lock(Action, action_id)
    if action.done_at is not None:
        raise rules.ActionDone(who=action.done_by, when=action.done_at)
    rules.check_finisher(action.owner_id, owner, work.actor)
    return action, found


def finish_action(work: Work, action_id: int, result: str) -> Action:
    """An action was done, with what came of it: by its owner or by quality. Raises ActionDone, NotYourAction,
    ReasonNeeded, NonconformanceClosed, NotFound.
    """
    action, _of = _lock_action(work, action_id)
    result = check_reason(result)
    with work.change(action, "nonconformance.finish_action", reason=result):
        action.done_at, action.done_by, action.result = work.now, work.actor.name[:100], result
        work.session.flush()
    return action


def move_action(work: Work, action_id: int, *, owner: Person, due_on: date, reason: str) -> Action:
    """Give an action to somebody else or another day, with the reason. Raises as ``add_action`` and
    ``finish_action`` do.
    """
    action, _of = _lock_action(work, action_id)
    reason = check_reason(reason)
    _check_assignment(work, owner, due_on)
    with work.change(action, "nonconformance.move_action", reason=reason):
        action.owner_id, action.due_on = owner.id, due_on
        work.session.flush()
    return action


def check_effect(work: Work, code: str, *, day: date, passed: bool, result: str) -> EffectCheck:
    """Record whether the actions helped (유효성 확인), once all of them are done.

    Raises ActionsOpen, CheckInFuture, ReasonNeeded, NonconformanceClosed.
    """
    found = lock_open(work, code)
    result = check_reason(result)
    if day > work.today:
        raise rules.CheckInFuture(field="day", day=day)
    rules.check_actions_done(found.code, queries.actions_of(work.session, found.id))
    made = EffectCheck(
        nonconformance_id=found.id,
        day=day,
        passed=passed,
        result=result,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
    )
    return work.add(made, "nonconformance.check", code=found.code)


def close_nonconformance(work: Work, code: str) -> Nonconformance:
    """Close it (종결): every action done, the effect proved since, nothing held by it any more.

    Raises ActionsOpen, EffectNotChecked, EffectMissing, LotsStillHeld, NonconformanceClosed.
    """
    found = lock_open(work, code)
    rules.check_closing(
        found.code,
        queries.actions_of(work.session, found.id),
        queries.checks_of(work.session, found.id),
        found.reopened_at,
        queries.held_lots(work.session, found.code),
    )
    with work.change(found, "nonconformance.close"):
        found.closed_at, found.closed_by = work.now, work.actor.name[:100]
        work.session.flush()
    return found


def reopen_nonconformance(work: Work, code: str, reason: str) -> Nonconformance:
    """Open a closed one again, with the reason; its effect must be proved anew. Raises NotClosed, ReasonNeeded."""
    reason = check_reason(reason)
    found = work.lock(Nonconformance, queries.get_nonconformance(work.session, code).id)
    if found.closed_at is None:
        raise rules.NotClosed(code=found.code)
    with work.change(found, "nonconformance.reopen", reason=reason):
        found.closed_at = found.closed_by = None
        found.reopened_at = work.now
        work.session.flush()
    return found
