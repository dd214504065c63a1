"""What the material handler may not do, one sentence each."""

from mes.core.errors import Refused
from mes.core.i18n import N_


class NoLotScanned(Refused):
    """A place was scanned before any lot."""

    message = N_("No lot has been scanned yet.")
    hint = N_("Scan the lots first, then the place where you put them.")


class TooManyLots(Refused):
    """More lots than one person carries to one place at a time."""

    message = N_("At most %(most)s lots are put away together.")
    hint = N_("Scan the place now, then go on with the others.")


class NoPlaceToBring(Refused):
    """A work centre without a place of its own."""

    message = N_("%(centre)s has no place, so nothing can be brought there.")
    hint = N_("Set the place of the work centre under Equipment.")


class AlreadyBrought(Refused):
    """The lot stands where it is to be brought."""

    message = N_("Lot %(lot)s stands at %(place)s already.")
    hint = N_("Scan a lot that stands elsewhere.")


class EnoughBrought(Refused):
    """All that the order needs of it was brought."""

    message = N_("All %(item)s for this order has been brought (%(needed)s %(unit)s).")
    hint = N_("Bring more only if more is used than planned.")
    asks = True
    yes = N_("Bring it all the same")
    no = N_("Leave it where it is")


class NothingToTakeBack(Refused):
    """An undo without anything to undo."""

    message = N_("There is nothing here to take back.")
    hint = N_("Scan a lot first.")


class NotTheLast(Refused):
    """The lot was moved on since."""

    message = N_("Lot %(lot)s does not stand at %(place)s any more, so it cannot be brought back from there.")
    hint = N_("Put it away where it shall stand.")


class LoadingClosed(Refused):
    """A shipment that has left, or was given up."""

    message = N_("This shipment is not open any more.")
    hint = N_("Begin a new one.")


class LoadedAlready(Refused):
    """The lot is on the list."""

    message = N_("Lot %(lot)s is on the list already: %(quantity)s %(unit)s.")
    hint = N_("To ship another quantity of it, change the line.")


class NotThisCustomers(Refused):
    """A work order for somebody else."""

    message = N_("Work order %(order)s is for %(whose)s, not for %(customer)s.")
    hint = N_("Scan a work order of this customer, or begin another shipment.")


class NoCustomer(Refused):
    """A work order that is made for nobody in particular."""

    message = N_("Work order %(order)s names no customer.")
    hint = N_("Choose the customer from the list.")


class MoreThanOrdered(Refused):
    """More leaves than the order is for."""

    message = N_("With lot %(lot)s %(sum)s %(unit)s would leave; the order is for %(ordered)s %(unit)s.")
    hint = N_("Load it all the same only if the customer takes more.")
    asks = True
    yes = N_("Load it all the same")
    no = N_("Leave it out")


class NothingLoaded(Refused):
    """A shipment without a lot."""

    message = N_("Nothing has been loaded yet.")
    hint = N_("Scan the lots that leave.")


class UnknownCustomer(Refused):
    """A code that is no customer's."""

    message = N_("%(code)s is no customer that is known here.")
    hint = N_("Choose the customer from the list.")
    status = 404


class NotForThis(Refused):
    """A code that is known but does nothing on this page."""

    message = N_("%(kind)s %(code)s does nothing on this page.")
    hint = N_("The green line says what to scan next.")
