"""What a leader may allow although a rule speaks against it: by badge or acting himself, always with a reason."""

from mes.core.access import LEADERS, Actor
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.lots.rules import check_reason

#: Refusals of the scan gate that a leader may lift. A wrong item, a hold and an expired lot never are.
LIFTED_BY_LEADER = ("NotFirstOut", "WrongPlace")
#: Why a leader lets another lot be used than the rule says.
OVERRIDE_REASONS = (
    N_("The other lot cannot be reached now"),
    N_("The other lot is damaged"),
    N_("The customer wants this lot"),
    N_("The place on record is wrong"),
)


class NotAnOverride(Refused):
    """An exception that only a leader may allow."""

    message = N_("Only a leader may allow this, with a reason.")
    hint = N_("Ask a leader to scan a badge.")
    status = 403


def override(actor: Actor, approver: Actor | None, reason: str | None) -> bool:
    """Whether a leader allows an exception: the approver, else the one who acts. False: nobody asked for one.

    Raises NotAnOverride, ReasonNeeded.
    """
    if reason is None and approver is None:
        return False
    if not (approver or actor).is_one_of(LEADERS):
        raise NotAnOverride
    check_reason(reason)
    return True
