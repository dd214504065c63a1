"""What each gap means in words, and what is refused when it is mended."""

from collections.abc import Sequence
from datetime import datetime

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.genealogy.models import Gap, How
from mes.items.models import Tracking
from mes.lots.models import Lot
from mes.orders.models import WorkOrder

#: Of lots in a sentence so many are named.
NAMED = 5

GAP_NAMES = {
    Gap.RECEIPT: N_("Consumed without a receipt"),
    Gap.PAPER: N_("Below zero on paper"),
    Gap.OPERATOR: N_("Result without an operator"),
    Gap.MATERIAL: N_("Step without material"),
    Gap.PARENTS: N_("Made of nothing"),
    Gap.CONSUMPTION: N_("Order closed without a material"),
    Gap.EXACT: N_("Exactly the standard, again and again"),
    Gap.TIME: N_("Made before its material came"),
}
GAP_HELP = {
    Gap.RECEIPT: N_("The lot only appeared in a count: nobody knows which delivery it was. Enter the delivery."),
    Gap.PAPER: N_("By the times entered, more was taken than was there, or a count found more than was recorded."),
    Gap.OPERATOR: N_("No person is named for what was made. Enter who worked on it."),
    Gap.MATERIAL: N_("The step needs material, something good was reported, and none was taken. Enter what was used."),
    Gap.PARENTS: N_("Nothing leads from a raw lot to this one: a recall would not find it. Enter what was used."),
    Gap.CONSUMPTION: N_("The order is done, and of a material it needs nothing was taken. Enter what was used."),
    Gap.EXACT: N_("Weighed material is never exact. Count what is left, or let this material be scanned."),
    Gap.TIME: N_("The result stands before the receipt of what is in it. Enter when the delivery really came."),
}
HOW_NAMES = {How.ENTERED: N_("Entered afterwards"), How.EXPLAINED: N_("Explained")}


class StillToCome(Refused):
    """What is entered afterwards has happened."""

    message = N_("That moment is still to come.")
    hint = N_("Enter when it happened.")
    status = 422


class UsedBeforeItCame(Refused):
    """Nothing is used before it is there."""

    message = N_("Lot %(lot)s was not there yet: it came on %(came)s.")
    hint = N_("Check the time; if the delivery came earlier, enter that first.")


class NotOfThisOrder(Refused):
    """The order does not need such a material."""

    message = N_("Order %(order)s needs no %(item)s (lot %(lot)s); it needs: %(wanted)s.")
    hint = N_("Check the lot, or let the bill of material name it as a substitute.")


class OrderNotBegun(Refused):
    """An order that never ran used nothing."""

    message = N_("Order %(order)s has not begun: nothing was used for it.")
    hint = N_("Material of a running order is scanned at its station.")


class MadeOfItself(Refused):
    """What was made of an order cannot have gone into it."""

    message = N_("Lot %(lot)s stems from what order %(order)s made: it cannot have gone into it.")
    hint = N_("Check the lot.")


class WhichMachine(Refused):
    """One piece is in one machine."""

    message = N_("%(part)s is one piece, and order %(order)s made several: %(lots)s.")
    hint = N_("Enter the serial number of the one that it went into.")


class ReceiptKnown(Refused):
    """A receipt is entered once."""

    message = N_("Lot %(lot)s came with receipt %(receipt)s on %(came)s, and nothing was made of it before.")
    hint = N_("There is nothing to enter afterwards.")


class MadeHere(Refused):
    """What the plant made itself never came in."""

    message = N_("Lot %(lot)s was made here: it has no receipt.")
    hint = N_("Enter what was used for its order instead.")


class WorkerNamed(Refused):
    """Somebody is named already."""

    message = N_("%(person)s is named for this result already.")
    hint = N_("Whoever else worked on it can be entered, too.")


class NothingToSettle(Refused):
    """A gap that is not there (any more)."""

    message = N_("There is nothing to explain here any more.")
    hint = N_("Open the list again to see what is left.")


def check_happened(happened_at: datetime, now: datetime) -> None:
    """What is entered afterwards lies behind us. Raises StillToCome."""
    if happened_at > now:
        raise StillToCome(field="happened_at")


def check_in_one(order: WorkOrder, lot: Lot, made: Sequence[Lot]) -> None:
    """A piece with a serial number is in one of several pieces, and somebody knows in which. Raises WhichMachine."""
    if len(made) > 1 and {lot.item.tracking, order.item.tracking} == {Tracking.SERIAL}:
        named = ", ".join(one.code for one in made[:NAMED]) + (" …" if len(made) > NAMED else "")
        raise WhichMachine(field="into", part=lot.code, order=order.code, lots=named)
