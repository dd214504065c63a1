"""What stations ask for, what leaders answer and write, and what is refused."""

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.leader.models import AskKind

ASK_NAMES = {
    AskKind.LOT: N_("Allow another lot"),
    AskKind.UNDO_RESULT: N_("Undo a result"),
    AskKind.UNDO_TAKEN: N_("Give material back"),
}
#: Why a leader says no; or anything that is typed.
DENIALS = (
    N_("Use the lot that was asked for"),
    N_("I am coming"),
    N_("The number is right"),
)
#: Messages that need no typing.
QUICK_MESSAGES = (
    N_("Please come to me."),
    N_("I am coming to you."),
    N_("Material is on its way."),
    N_("Quality is on its way."),
    N_("Please report what you have made."),
    N_("Please clean up and end your shift."),
)


class AlreadyAsked(Refused):
    """The same request once more."""

    message = N_("The leader was asked this already, at %(when)s.")
    hint = N_("The answer appears on this screen. To ask for something else, withdraw it first.")


class AlreadyAnswered(Refused):
    """Somebody was quicker."""

    message = N_("%(who)s answered this already, at %(when)s.")
    hint = N_("Nothing was done twice.")


class WithdrawnMeanwhile(Refused):
    """The station does not want it any more."""

    message = N_("%(who)s withdrew this at the station.")
    hint = N_("There is nothing left to answer.")


class NotYours(Refused):
    """A message or request of another station."""

    message = N_("This belongs to another station.")
    hint = N_("Open the page of this station again.")


class NobodyToTell(Refused):
    """A message without a station."""

    message = N_("No station is chosen.")
    hint = N_("Choose at least one station. Stations without a paired tablet cannot show a message.")
    status = 422
