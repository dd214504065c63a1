"""What the tablet decides by itself: which job is meant, how numbers are typed, who may undo what."""

from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.orders.models import JobState

#: Why a leader lets another lot be used than the rule says.
OVERRIDE_REASONS = (
    N_("The other lot cannot be reached now"),
    N_("The other lot is damaged"),
    N_("The customer wants this lot"),
    N_("The place on record is wrong"),
)
#: Why a leader undoes a result that is older, or somebody else's.
UNDO_REASONS = (
    N_("Wrong number"),
    N_("Wrong work order"),
    N_("Entered twice"),
)


class UnknownCode(Refused):
    """A scan at a tablet that leads nowhere."""

    message = N_("Nothing here has the code %(code)s.")
    hint = N_("Scan the label of a lot, an order or a machine, or your badge.")
    status = 404


class UnknownBadge(Refused):
    """A code that is nobody's badge, or a badge that could not be read, where somebody wants to sign in."""

    message = N_("%(code)s is no badge that is known here.")
    hint = N_("Hold your badge straight and scan it again, or touch your name.")
    status = 404


class NotAStation(Refused):
    """A device that nobody has paired with a work centre."""

    message = N_("This device is not a station yet.")
    hint = N_("A leader signs in at the station page and chooses which station it is.")


class SignInHere(Refused):
    """Something was scanned while nobody is signed in at the station."""

    message = N_("Nobody is signed in at this station.")
    hint = N_("Scan your badge first, or touch your name.")
    status = 401


class JobElsewhere(Refused):
    """A job of another work centre: asks first."""

    message = N_("%(job)s belongs to %(place)s. This station is %(here)s.")
    hint = N_("Open it here only if you really do it here.")
    asks = True
    yes = N_("Open it at %(here)s")
    no = N_("Do not open it")


class NothingHere(Refused):
    """A work order with nothing left to do at this work centre."""

    message = N_("Work order %(order)s has nothing left to do at %(here)s.")
    hint = N_("Look at the work order: where does it go next?")


class WhichJob(Refused):
    """A scan that needs an open job."""

    message = N_("It is not clear which job is meant by %(code)s.")
    hint = N_("Touch the job or scan its work order first, then scan again.")


class NoUseHere(Refused):
    """A code that is known but does nothing at a station."""

    message = N_("%(kind)s %(code)s cannot be used here.")
    hint = N_("Scan a lot, a machine, a work order or a badge.")


class SeveralLots(Refused):
    """A supplier's number under which several lots came."""

    message = N_("Several lots came under the supplier's number %(code)s.")
    hint = N_("Scan the plant's own label on the container.")


class NothingToUndo(Refused):
    """An undo without anything to undo."""

    message = N_("There is nothing on this job that you can undo.")
    hint = N_("Ask a leader: older results are undone with a reason.")


def main_key(state: JobState, *, first_piece_due: bool, good: Decimal, plan: Decimal) -> str:
    """The one thing to do next, which the biggest key does: start, inspect, report or finish."""
    if state is not JobState.RUNNING:
        return "finish" if state is JobState.PAUSED and good >= plan else "start"
    if first_piece_due:
        return "inspect"
    return "finish" if good >= plan else "report"
