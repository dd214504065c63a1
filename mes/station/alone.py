"""What a tablet says by itself, while it has no connection: refusals in the words of the server, and its own."""

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.practice import FromTraining
from mes.lots.rules import (
    LotEmpty,
    LotExpired,
    LotNotInspected,
    LotOnHold,
    LotRejected,
    NotEnough,
    NotFirstOut,
    WrongPlace,
)
from mes.lots.sample_rules import LotRetained
from mes.orders.rules import EnoughAlready, JobIsPaused, JobNotStarted, NothingToReport, NotNeededHere, OverPlan
from mes.shifts.check_rules import Unanswered
from mes.station.late_rules import PhotosTooLarge
from mes.station.rules import NothingHere, SeveralLots, SignInHere, UnknownBadge, WhichJob

#: What only a tablet says, while it has no connection: what happened, and what to do next.
ALONE = {
    "NotKnownHere": (
        N_("Without the connection this tablet does not know the code %(code)s."),
        N_("Take a lot that is known here, or wait for the connection."),
    ),
    "NeedsConnection": (
        N_("This needs the connection to the server."),
        N_("Go on with something else. What you entered is kept and sent as soon as the connection is back."),
    ),
    "ShiftEndLater": (
        N_("The end of a shift is confirmed with the connection: only then are its figures complete."),
        N_("Your note stays on this page until the connection is back."),
    ),
    "TabletFull": (
        N_("This tablet has no room left: the entry could not be kept, and nothing was recorded."),
        N_("What you typed is still here. Save it when the connection is back, or take fewer photos."),
    ),
    "WrongPinHere": (
        N_("Without the connection this PIN cannot be checked, or it is wrong."),
        N_("Scan your badge, or use the PIN with which you signed in on this tablet before."),
    ),
    "WaitWithPin": (
        N_("Too many wrong PINs. Wait %(seconds)s seconds."),
        N_("Scan your badge instead."),
    ),
}
#: Refusals that a tablet makes by itself, in the words of the server.
JUDGED: tuple[type[Refused], ...] = (
    LotEmpty, NotEnough, NotNeededHere, LotOnHold, LotRejected, LotRetained, LotNotInspected, LotExpired, WrongPlace,
    NotFirstOut, EnoughAlready, JobNotStarted, JobIsPaused, NothingToReport, OverPlan, NothingHere, UnknownBadge,
    WhichJob, SeveralLots, SignInHere, Unanswered, PhotosTooLarge, FromTraining,
)  # fmt: skip
#: Other sentences that a tablet shows by itself.
SAID = {
    "kept": N_("Kept on this tablet. It is sent as soon as the connection is back."),
    "opened": N_("A scan of %(time)s only opened a page: nothing was recorded. Scan again what you still need."),
    "anew": N_("%(old)s was labelled anew: it is %(new)s now. Take the old label off."),
    "taken": N_("%(item)s: %(quantity)s %(unit)s taken from %(lot)s."),
    "not_kept_page": N_("This page is not kept on this tablet. It opens when the connection is back."),
    "signed_out": N_("You are signed out. What waits is sent in the name of who entered it."),
    "queue": N_("Next jobs"),
}
