"""Decisions about equipment, and the words of its fixed lists."""

from mes.core.errors import ReasonNeeded, Refused
from mes.core.i18n import N_
from mes.equipment.models import LocationKind, Machine, MachineState

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
    hint = N_("End that stop first, then record the new one.")


class AlreadyEnded(Refused):
    """The stop was ended before."""

    message = N_("This stop was already ended at %(ended)s.")
    hint = N_("Record a new stop if it stands still again.")


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
