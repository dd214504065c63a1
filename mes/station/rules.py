"""What the tablet decides by itself: which job is meant, how numbers are typed, who may undo what."""

from collections.abc import Sequence
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.models import StepKind
from mes.orders.models import Job, JobState
from mes.orders.rules import processed
from mes.orders.step_gate import JobStep

#: Why a leader lets a job go on without a work step.
STEP_REASONS = (
    N_("It was done and could not be ticked"),
    N_("It does not apply this time"),
    N_("What it needs is missing; it is done later"),
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


class NothingToAnswer(Refused):
    """Yes, no or save, where nothing is asked and nothing is open."""

    message = N_("Nothing is open here that this code could answer.")
    hint = N_("Scan what you want to do first.")


class NoLotToPrint(Refused):
    """A job that has made no lot yet."""

    message = N_("This job has no lot yet whose label could be printed.")
    hint = N_("Report good pieces first, or scan a lot.")


class NotStopped(Refused):
    """Nothing stands still here."""

    message = N_("Nothing is recorded as standing still here.")
    hint = N_("To record a stop, scan Stop.")


class NothingToUndo(Refused):
    """An undo without anything to undo."""

    message = N_("There is nothing on this job that you can undo.")
    hint = N_("Ask a leader: older results are undone with a reason.")


def step_to_do(steps: Sequence[JobStep], after: int = 0) -> int | None:
    """The number of the next step that is not done: those behind ``after`` first, then what was left out before. A
    step that is only shown is never done, and not gone back to."""
    ahead = [one.step.position for one in steps if not one.done and one.step.position > after]
    left = [one.step.position for one in steps if not one.done and one.step.kind is not StepKind.DO]
    return next(iter(ahead or left), None)


def seconds_left(job: Job, plan: Decimal) -> int | None:
    """How long a job still takes by its standard, in seconds: the set-up as long as nothing is made, and the time per
    piece for what is missing. None where there is no standard."""
    if not job.cycle_seconds:
        return None
    setup = Decimal(0) if processed(job) else (job.setup_minutes or Decimal(0)) * 60
    return int(setup + job.cycle_seconds * max(plan - job.good, Decimal(0)))


def main_key(state: JobState, *, first_piece_due: bool, good: Decimal, plan: Decimal) -> str:
    """The one thing to do next, which the biggest key does: start, inspect, report or finish."""
    if state is not JobState.RUNNING:
        return "finish" if state is JobState.PAUSED and good >= plan else "start"
    if first_piece_due:
        return "inspect"
    return "finish" if good >= plan else "report"
