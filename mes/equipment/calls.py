"""Use cases of a call for help (andon): an operator calls, somebody comes, it is solved."""

from mes.core.errors import NotFound, Refused
from mes.core.i18n import N_, _, say
from mes.core.work import Work
from mes.equipment import call_queries
from mes.equipment.models import Call, CallKind, WorkCentre

CALL_NAMES = {
    CallKind.MATERIAL: N_("Material"),
    CallKind.QUALITY: N_("Quality"),
    CallKind.MACHINE: N_("Machine"),
    CallKind.LEADER: N_("Line leader"),
    CallKind.SAFETY: N_("Safety"),
}


class AlreadyCalled(Refused):
    """One open call of a kind at a work centre: calling twice does not make anybody come faster."""

    message = N_("%(kind)s was already called here at %(since)s.")
    hint = N_("Somebody is on the way. If it is solved, close that call first.")


class CallSolved(Refused):
    """There is nothing left to take or solve."""

    message = N_("This call was already solved, by %(who)s at %(when)s.")
    hint = N_("Call again if help is needed once more.")


class CallTaken(Refused):
    """Somebody else is on the way."""

    message = N_("%(who)s took this call at %(when)s.")
    hint = N_("Nobody else needs to go.")


def call_for(
    work: Work, *, kind: CallKind, work_centre_id: int, job_id: int | None = None, note: str | None = None
) -> Call:
    """Call somebody to a work centre (호출). Raises AlreadyCalled while a call of the same kind is open there."""
    centre = work.lock(WorkCentre, work_centre_id)
    same = next((call for call in call_queries.open_calls(work.session, centre.id) if call.kind is kind), None)
    if same:
        raise AlreadyCalled(kind=say(CALL_NAMES[kind], {}), since=same.placed_at)
    call = Call(kind=kind, work_centre_id=centre.id, job_id=job_id, note=note)
    call.placed_at, call.placed_by = work.now, work.actor.name[:100]
    return work.add(call, "equipment.call", code=centre.code)


def take_call(work: Work, call_id: int) -> Call:
    """Say that one is on the way. Raises CallSolved, CallTaken when somebody else is."""
    call = _lock_open(work, call_id)
    if call.taken_at:
        raise CallTaken(who=call.taken_by, when=call.taken_at)
    with work.change(call, "equipment.take_call"):
        call.taken_at, call.taken_by = work.now, work.actor.name[:100]
        work.session.flush()
    return call


def solve_call(work: Work, call_id: int, note: str | None = None) -> Call:
    """The help was given. Raises CallSolved."""
    call = _lock_open(work, call_id)
    with work.change(call, "equipment.solve_call"):
        call.solved_at, call.solved_by = work.now, work.actor.name[:100]
        call.note = (note or "").strip() or call.note
        work.session.flush()
    return call


def _lock_open(work: Work, call_id: int) -> Call:
    if work.session.get(Call, call_id) is None:
        raise NotFound(what=_("call"), code=str(call_id))
    call = work.lock(Call, call_id)
    if call.solved_at:
        raise CallSolved(who=call.solved_by, when=call.solved_at)
    return call
