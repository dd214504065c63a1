"""Decisions about equipment, and the words of its fixed lists."""

from collections.abc import Sequence

from mes.core.errors import ReasonNeeded, Refused
from mes.core.i18n import N_, _
from mes.equipment.models import Downtime, LocationKind, Machine, MachineState, WorkCentre

LOCATION_NAMES = {
    LocationKind.STORE: N_("Store"),
    LocationKind.WORK_CENTRE: N_("Work centre"),
    LocationKind.QUARANTINE: N_("Quarantine"),
    LocationKind.SHIPPING: N_("Shipping"),
    LocationKind.OUTSIDE: N_("Outside the plant"),
}
MACHINE_NAMES = {
    MachineState.READY: N_("Ready"),
    MachineState.STOPPED: N_("Stopped"),
    MachineState.HELD: N_("On hold"),
}


class AlreadyStopped(Refused):
    """One standstill at a time: the open one is ended first."""

    message = N_("%(what)s has been standing still since %(since)s (%(reason)s).")
    hint = N_("Give that stop its reason, or end it first.")


class AlreadyEnded(Refused):
    """The stop was ended before."""

    message = N_("This stop was already ended at %(ended)s.")
    hint = N_("Record a new stop if it stands still again.")


class StoppedAgain(Refused):
    """An entry that comes late from a tablet, for a stop that began after it."""

    message = N_("This stop began at %(since)s, after this entry of %(at)s.")
    hint = N_("End it now if it runs again.")


class StopsOverlap(Refused):
    """A stretch of time that another stop has already."""

    message = N_("%(what)s was already standing still from %(began)s to %(ended)s.")
    hint = N_("Choose a time before or after it, or split that stop.")


class NotYetPast(Refused):
    """A stop that is recorded afterwards, but not in the past."""

    message = N_("A stop recorded afterwards lies in the past: %(began)s to %(ended)s does not.")
    hint = N_("Check both times. What stands still now is recorded as a stop without an end.")
    status = 422


class OutsideStop(Refused):
    """A cut that does not fall into the stop."""

    message = N_("The stop lasts from %(began)s to %(ended)s; it cannot be split at %(at)s.")
    hint = N_("Choose a time between its beginning and its end.")
    status = 422


class StopUnexplained(Refused):
    """The plant wants to know why it stood still before anything more is reported."""

    message = N_("Why did %(what)s stand still from %(began)s? The reason is needed before the next result.")
    hint = N_("Touch the stop above and choose the reason, then report.")


class MachineElsewhere(Refused):
    """The machine belongs to another work centre."""

    message = N_("Machine %(machine)s does not stand at %(centre)s.")
    hint = N_("Choose a machine of this work centre.")


class MachineHeld(Refused):
    """The machine is already on hold."""

    message = N_("Machine %(machine)s is already on hold: %(reason)s.")
    hint = N_("Release it first if the reason has changed.")


class MachineNotHeld(Refused):
    """There is nothing to release."""

    message = N_("Machine %(machine)s is not on hold.")
    hint = N_("Open it again to see its state now.")


class NotInUse(Refused):
    """Something that was taken out of use."""

    message = N_("%(code)s is no longer in use.")
    hint = N_("Choose another one, or put it back into use.")


def check_in_use(thing: object) -> None:
    """Refuse what was taken out of use. Raises NotInUse."""
    if not getattr(thing, "active"):
        raise NotInUse(code=getattr(thing, "code"))


def check_stands_at(machine: Machine | None, centre: WorkCentre) -> None:
    """A machine is named together with the work centre where it stands. Raises MachineElsewhere."""
    if machine is not None and machine.work_centre_id != centre.id:
        raise MachineElsewhere(field="machine_id", machine=machine.code, centre=centre.code)


def check_runs(code: str, still: Downtime | None) -> None:
    """Refuse what needs that a machine or work centre does not stand still; ``still`` is its open stop.

    Raises AlreadyStopped.
    """
    if still is not None:
        reason = f"{still.reason.code} {still.reason.name}" if still.reason else _("No reason yet")
        raise AlreadyStopped(what=code, since=still.started_at, reason=reason)


def machine_meant(of_job: int | None, there: Sequence[Machine]) -> int | None:
    """The machine that somebody means without naming it: the job's, else the only one of the work centre; of several
    nobody knows which."""
    return of_job or (there[0].id if len(there) == 1 else None)


def check_machine_reason(reason: str) -> str:
    """The reason as it is kept. Raises ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    return reason.strip()


def state_after_stop(machine: Machine, *, stopped: bool) -> MachineState:
    """A hold outlasts a stop; otherwise a machine without an open stop is ready."""
    if machine.hold_reason:
        return MachineState.HELD
    return MachineState.STOPPED if stopped else MachineState.READY
