"""Use cases of a call for help (andon): an operator calls, somebody comes, it is solved."""

from sqlalchemy import select

from mes.core.errors import NotFound
from mes.core.i18n import _, say
from mes.core.work import Work
from mes.equipment import call_queries, queries
from mes.equipment.call_rules import CALL_NAMES, AlreadyCalled, CallSolved, CallTaken, CauseNeeded, Limits, UpsideDown
from mes.equipment.models import Call, CallKind, CallRule, WorkCentre
from mes.equipment.service import start_downtime


def call_for(
    work: Work,
    *,
    kind: CallKind,
    work_centre_id: int,
    job_id: int | None = None,
    machine_id: int | None = None,
    note: str | None = None,
    stands_still: bool = False,
) -> Call:
    """Call somebody to a work centre (호출).

    With ``stands_still`` the machine (or the whole work centre) stops now, too, and says why later, unless it stands
    still already. Raises AlreadyCalled while a call of the same kind is open there.
    """
    centre = work.lock(WorkCentre, work_centre_id)
    same = next((call for call in call_queries.open_calls(work.session, centre.id) if call.kind is kind), None)
    if same:
        raise AlreadyCalled(kind=say(CALL_NAMES[kind], {}), since=same.placed_at)
    call = Call(kind=kind, work_centre_id=centre.id, job_id=job_id, note=note)
    call.placed_at, call.placed_by = work.now, work.actor.name[:100]
    if stands_still:
        known = queries.open_downtime(work.session, centre.id, machine_id)
        stop = known or start_downtime(work, work_centre_id=centre.id, machine_id=machine_id, job_id=job_id)
        call.downtime_id = stop.id
    return work.add(call, "equipment.call", code=centre.code)


def take_call(work: Work, call_id: int) -> Call:
    """Say that one is on the way. Raises CallSolved, CallTaken when somebody else is."""
    call = _lock_open(work, call_id)
    if call.taken_at:
        raise CallTaken(who=call.taken_by, when=call.taken_at)
    with work.change(call, "equipment.take_call"):
        call.taken_at, call.taken_by = max(work.now, call.placed_at), work.actor.name[:100]
        work.session.flush()
    return call


def solve_call(work: Work, call_id: int, cause: str | None = None) -> Call:
    """The help was given; the cause may be told later. Raises CallSolved."""
    call = _lock_open(work, call_id)
    with work.change(call, "equipment.solve_call"):
        call.solved_at, call.solved_by = max(work.now, call.placed_at), work.actor.name[:100]
        call.cause = (cause or "").strip() or call.cause
        work.session.flush()
    return call


def explain_call(work: Work, call_id: int, cause: str) -> Call:
    """Say what was the matter, also after the call was solved. Raises CauseNeeded."""
    if not cause.strip():
        raise CauseNeeded(field="cause")
    if work.session.get(Call, call_id) is None:
        raise NotFound(what=_("call"), code=str(call_id))
    call = work.lock(Call, call_id)
    with work.change(call, "equipment.explain_call"):
        call.cause = cause.strip()
        work.session.flush()
    return call


def set_call_limits(work: Work, limits: dict[CallKind, Limits]) -> None:
    """After how many minutes calls of each kind go further up. Raises UpsideDown."""
    known = {rule.kind: rule for rule in work.session.scalars(select(CallRule).with_for_update())}
    for kind, (leader, manager) in limits.items():
        if leader is not None and manager is not None and leader > manager:
            raise UpsideDown(field=f"manager-{kind}", leader=leader, manager=manager)
        if kind not in known:
            work.add(CallRule(kind=kind, leader_after=leader, manager_after=manager), "equipment.set_call_rule")
            continue
        with work.change(known[kind], "equipment.set_call_rule"):
            known[kind].leader_after, known[kind].manager_after = leader, manager
            work.session.flush()


def _lock_open(work: Work, call_id: int) -> Call:
    if work.session.get(Call, call_id) is None:
        raise NotFound(what=_("call"), code=str(call_id))
    call = work.lock(Call, call_id)
    if call.solved_at:
        raise CallSolved(who=call.solved_by, when=call.solved_at)
    return call
