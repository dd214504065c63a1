"""What a recall refuses and asks, and what its parts are called."""

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.recall.models import RecallState

STATE_NAMES = {
    RecallState.OPEN: N_("In progress"),
    RecallState.CLOSED: N_("Closed out"),
    RecallState.CANCELLED: N_("Cancelled"),
}
#: Where received material can be, in the order of the balance.
PLACE_NAMES = {
    "drawn": N_("In made lots"),
    "in_process": N_("In process"),
    "lost": N_("In what was scrapped"),
    "stock": N_("In stock"),
    "back": N_("Brought back, on hold"),
    "retained": N_("Kept as a sample"),
    "tested": N_("Taken for a test"),
    "scrapped": N_("Scrapped"),
    "returned": N_("Returned to the supplier"),
    "apart": N_("Taken apart"),
    "shipped": N_("Shipped"),
    "counted": N_("Counted away"),
    "unexplained": N_("Not explained"),
}


class RecallEnded(Refused):
    """Something is done about a recall that is closed or cancelled."""

    message = N_("The recall %(code)s ended already.")
    hint = N_("Begin a new one if something was left out.")


class NotInRecall(Refused):
    """A lot (or customer) that the recall did not reach."""

    message = N_("%(what)s does not belong to the recall %(code)s.")
    hint = N_("It may be used. If it was made of a suspect since, add what was reached since first.")


class NothingToAdd(Refused):
    """The recall reached nothing new."""

    message = N_("Nothing was reached since: everything is on the list.")
    hint = N_("Look again when more was made or came back from the line.")


class TitleNeeded(Refused):
    """A recall without a name."""

    message = N_("Give the recall a title.")
    hint = N_("Say what is called back, as the customers will read it.")
    status = 422


class AlreadyTold(Refused):
    """A customer is told a second time: the time of the first counts."""

    message = N_("This customer was told already: %(how)s, by %(who)s, at %(when)s.")
    hint = N_("Note as its answer what was said since.")


class NotFinished(Refused):
    """A recall is closed while something is still to be done."""

    asks = True
    message = N_(
        "Still open: %(uncounted)s lots not counted, %(untold)s customers not told, %(reached)s reached since and not "
        "added. %(held)s lots will be free."
    )
    hint = N_("Close it only if what is in stock was decided about; its holds are lifted.")
