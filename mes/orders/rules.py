"""The life of orders and jobs, and how much may be reported: pure decisions on states and numbers."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_, own_name, say
from mes.core.plant import Plant
from mes.items.counting import check_whole
from mes.items.models import Consumption, Item, Tracking
from mes.orders.models import Job, JobState, OrderMaterial, OrderState, Report, WorkOrder

STATE_NAMES = {
    OrderState.DRAFT: N_("draft"),
    OrderState.RELEASED: N_("released"),
    OrderState.RUNNING: N_("running"),
    OrderState.HELD: N_("held"),
    OrderState.COMPLETED: N_("completed"),
    OrderState.CLOSED: N_("closed"),
    OrderState.CANCELLED: N_("cancelled"),
    JobState.WAITING: N_("waiting"),
    JobState.PAUSED: N_("paused"),
    JobState.DONE: N_("done"),
}
#: 1 is most urgent; numbers between these come from imports and programs.
PRIORITY_NAMES = {1: N_("urgent"), 3: N_("high"), 5: N_("normal"), 7: N_("low"), 9: N_("when there is time")}
#: What may be done with an order in which state.
ORDER_ACTS = {
    "change": {OrderState.DRAFT},
    "release": {OrderState.DRAFT},
    "hold": {OrderState.RELEASED, OrderState.RUNNING},
    "resume": {OrderState.HELD},
    "work": {OrderState.RELEASED, OrderState.RUNNING},
    "undo": {OrderState.RELEASED, OrderState.RUNNING, OrderState.COMPLETED},
    "close": {OrderState.COMPLETED},
    "cancel": {OrderState.DRAFT, OrderState.RELEASED, OrderState.RUNNING, OrderState.HELD},
}
#: What may be done with a job in which state.
JOB_ACTS = {
    "start": {JobState.WAITING, JobState.PAUSED},
    "pause": {JobState.RUNNING},
    "mount": {JobState.WAITING, JobState.RUNNING, JobState.PAUSED},
    "consume": {JobState.RUNNING},
    "report": {JobState.RUNNING, JobState.PAUSED},
    "finish": {JobState.RUNNING, JobState.PAUSED},
}


class NothingChosen(Refused):
    """An act on selected orders without any."""

    message = N_("No work order is selected.")
    hint = N_("Tick the orders in the list first.")
    status = 422


class NotInThisState(Refused):
    """The order's or job's state does not allow it."""

    message = N_("%(code)s is %(state)s, so this cannot be done now.")
    hint = N_("Open %(code)s to see what can be done next.")


class JobNotStarted(Refused):
    """A scan or a result before the job was started."""

    message = N_("%(job)s has not been started yet.")
    hint = N_("Press Start first, then do this once more.")


class JobIsPaused(Refused):
    """A scan while the job is interrupted."""

    message = N_("%(job)s is paused.")
    hint = N_("Press Go on first, then scan once more.")


class BeganAgain(Refused):
    """An entry that comes late from a tablet, for something that was begun again after it."""

    message = N_("%(job)s was started again at %(since)s, after this entry of %(at)s.")
    hint = N_("Pause or finish it now if it should not run.")


class OrderHeld(Refused):
    """The order is on hold."""

    message = N_("Work order %(code)s is on hold: %(reason)s.")
    hint = N_("Ask the production manager before going on.")


class MachineNotReady(Refused):
    """The machine is held."""

    message = N_("Machine %(machine)s may not be used: %(reason)s.")
    hint = N_("Choose another machine, or tell the leader.")


class WrongMachine(Refused):
    """The machine stands at another work centre."""

    message = N_("Machine %(machine)s does not belong to %(place)s.")
    hint = N_("Scan a machine of this work centre.")


class NothingPassedOn(Refused):
    """The operation before has not reported anything good yet."""

    message = N_("Nothing has come from %(before)s yet.")
    hint = N_("Report there first.")


class MoreThanPassedOn(Refused):
    """More pieces than the operation before passed on."""

    message = N_("%(before)s has passed on %(passed)s %(unit)s; with this entry %(total)s would be reported here.")
    hint = N_("Check the number, or report at %(before)s first.")


class OverPlan(Refused):
    """More good pieces than ordered, beyond the plant's tolerance: asks first."""

    message = N_("%(planned)s %(unit)s are ordered; with this entry it would be %(total)s.")
    hint = N_("Check the number before you save it.")
    asks = True
    yes = N_("Save it: %(total)s %(unit)s in all")
    no = N_("Correct the number")


class NothingToReport(Refused):
    """An empty report."""

    message = N_("There is nothing to report.")
    hint = N_("Enter how many are good or defective.")
    status = 422


class BelowZero(Refused):
    """A count below zero."""

    message = N_("A count cannot be below 0.")
    hint = N_("To take something back, undo the entry.")
    status = 422


class FirstPieceMissing(Refused):
    """The first piece must pass its inspection before anything is reported."""

    message = N_("The first piece of %(job)s has not passed its inspection.")
    hint = N_("Call quality to inspect the first piece.")


class MaterialMissing(Refused):
    """A material that must be scanned was not."""

    message = N_("%(item)s has not been scanned for this job (%(scanned)s of %(needed)s %(unit)s).")
    hint = N_("Scan the label of the %(item)s that was used.")


class MaterialShort(Refused):
    """Less stock than the bill of material takes by itself."""

    message = N_("%(item)s: %(needed)s %(unit)s are taken by this report, %(left)s %(unit)s are here.")
    hint = N_("Receive or move the material first, or correct the stock.")


class ShortOfMaterial(Refused):
    """An order is released without enough material: asks first."""

    message = N_("Not enough material for %(code)s: %(items)s.")
    hint = N_("Release it anyway if the material is on its way.")
    asks = True
    yes = N_("Release all the same")
    no = N_("Do not release yet")


class NotNeededHere(Refused):
    """The material belongs to nothing that this job needs."""

    message = N_("%(item)s (lot %(lot)s) is not needed here. Needed: %(wanted)s.")
    hint = N_("Bring the right material, or check which job is open.")


class EnoughAlready(Refused):
    """The job has all of this material that it needs."""

    message = N_("All %(item)s for this job has been scanned (%(needed)s %(unit)s).")
    hint = N_("If more was used, enter the quantity.")


class FinishShort(Refused):
    """Finishing with fewer good pieces than planned: asks first."""

    message = N_("%(good)s of %(planned)s %(unit)s are good so far.")
    hint = N_("Is more still to come, or is the job finished with that?")
    asks = True
    yes = N_("Finish with %(good)s %(unit)s")
    no = N_("Go on working")


class EarlierJobOpen(Refused):
    """An operation before is not finished."""

    message = N_("%(before)s is not finished yet.")
    hint = N_("Finish it first.")


class OwnProduct(Refused):
    """A lot that stems from the very lot that the order fills."""

    message = N_("%(lot)s was made from %(made)s, the lot that this order fills.")
    hint = N_("Scan another lot: nothing can become part of itself.")


class StillConsumed(Refused):
    """Material or results of the order are still booked."""

    message = N_("Material was consumed or results reported for %(code)s.")
    hint = N_("Return the material and undo the results first.")


class NoBom(Refused):
    """Nothing says what the item is made of."""

    message = N_("%(item)s has no released bill of material.")
    hint = N_("Release one on the item's page.")


class NoRouting(Refused):
    """Nothing says how the item is made."""

    message = N_("%(item)s has no released routing.")
    hint = N_("Release one on the item's page.")


def check_order(order: WorkOrder, act: str) -> None:
    """Whether the order's state allows an act. Raises OrderHeld, NotInThisState."""
    if order.state in ORDER_ACTS[act]:
        return
    if order.state is OrderState.HELD:
        raise OrderHeld(code=order.code, reason=order.hold_reason)
    raise NotInThisState(code=order.code, state=say(STATE_NAMES[order.state], {}))


def check_job(job: Job, act: str, at: datetime | None = None) -> None:
    """Whether the job's state allows an act; a late entry of ``at`` ends no run that began after it.

    Raises JobNotStarted, JobIsPaused, NotInThisState, BeganAgain.
    """
    if job.state in JOB_ACTS[act]:
        if at is not None and job.state is JobState.RUNNING and job.running_since and at < job.running_since:
            raise BeganAgain(job=own_name(job), since=job.running_since, at=at)
        return
    if job.state is JobState.WAITING:
        raise JobNotStarted(job=own_name(job))
    if job.state is JobState.PAUSED and act == "consume":
        raise JobIsPaused(job=own_name(job))
    raise NotInThisState(code=job.code, state=say(STATE_NAMES.get(job.state, STATE_NAMES[OrderState.RUNNING]), {}))


def processed(thing: Job | Report) -> Decimal:
    """Pieces that went through an operation, whatever became of them."""
    return thing.good + thing.defective + thing.scrap + thing.rework


def check_counts(item: Item, counts: Collection[Decimal]) -> None:
    """Counts are not negative, not all zero, and whole for items counted piece by piece."""
    if any(count < 0 for count in counts):
        raise BelowZero
    if not any(counts):
        raise NothingToReport(field="good")
    for count in counts:
        check_whole(item, count, "good")


def check_flow(job: Job, before: Job | None, unit: str, more: Decimal) -> None:
    """A later operation reports at most what the one before passed on."""
    if before is None:
        return
    total = processed(job) + more
    if total > before.good:
        raise MoreThanPassedOn(field="good", before=before.name, passed=before.good, total=total, unit=unit)


def check_plan(job: Job, order: WorkOrder, settings: Plant, more_good: Decimal, confirmed: bool) -> None:
    """Good pieces above the order and the plant's tolerance are asked for first."""
    most = order.quantity * (1 + settings.over_production / 100)
    total = job.good + more_good
    if more_good > 0 and total > most and not confirmed:
        raise OverPlan(field="good", planned=order.quantity, total=total, unit=order.item.unit)


def lacking(material: OrderMaterial, pieces: Decimal) -> bool:
    """Whether a material that is scanned was not: of pieces with serial numbers one for each place, else anything."""
    if material.consumption is not Consumption.SCAN:
        return False
    serial = material.item.tracking is Tracking.SERIAL
    return material.consumed <= 0 or (serial and material.consumed < material.per_piece * pieces)
