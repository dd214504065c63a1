"""What may be received: pure decisions."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_

#: More labels than this nobody sticks at once.
MOST_LABELS = 1000


class NothingReceived(Refused):
    """A receipt without a container."""

    message = N_("A receipt needs at least one quantity.")
    hint = N_("Enter how much came, once for each container.")
    status = 422


class DatesReversed(Refused):
    """Use-by before it was made."""

    message = N_("The use-by date %(expires)s is before the day it was made, %(made)s.")
    hint = N_("Read both dates from the label again.")
    status = 422


class MadeLater(Refused):
    """Made on a day that has not come."""

    message = N_("%(day)s has not come yet, so nothing was made on it.")
    hint = N_("Read the date from the label again.")
    status = 422


class CameLater(Refused):
    """Stock that is said to have come on a day that lies ahead."""

    message = N_("%(day)s has not come yet, so nothing came in on it.")
    hint = N_("Correct the day on which it came.")
    status = 422


class CameBeforeMade(Refused):
    """In the store before it was made."""

    message = N_("It came in on %(came)s, before the day it was made, %(made)s.")
    hint = N_("Read both dates again.")
    status = 422


class ExpiredOnArrival(Refused):
    """Material that may not be used any more comes in."""

    message = N_("The use-by date %(day)s has passed. Receive it all the same?")
    hint = N_("It is kept apart as expired and cannot be used.")
    asks = True
    yes = N_("Receive it as expired")
    no = N_("Do not receive it")


class TooManyContainers(Refused):
    """A receipt of more containers than anybody labels at once."""

    message = N_("The number of containers must be a whole number, at most %(most)s.")
    hint = N_("Receive the rest in a second step.")
    status = 422


def check_receipt(quantities: Sequence[Decimal]) -> None:
    """A receipt has a container, and no more than anybody labels. Raises NothingReceived, TooManyContainers."""
    if not quantities:
        raise NothingReceived(field="quantities")
    if len(quantities) > MOST_LABELS:
        raise TooManyContainers(field="quantities", most=MOST_LABELS)


def check_dates(
    made: date | None, expires: date | None, today: date, *, confirmed: bool, came: date | None = None
) -> None:
    """Dates of material that comes in, or ``came`` on an earlier day.

    Raises MadeLater, CameLater, CameBeforeMade, DatesReversed and, as a question, ExpiredOnArrival.
    """
    if made is not None and made > today:
        raise MadeLater(field="made_on", day=made)
    if came is not None and came > today:
        raise CameLater(field="received_on", day=came)
    if made is not None and came is not None and came < made:
        raise CameBeforeMade(field="received_on", came=came, made=made)
    if made is not None and expires is not None and expires < made:
        raise DatesReversed(field="expires_on", expires=expires, made=made)
    if expires is not None and expires < today and not confirmed:
        raise ExpiredOnArrival(field="expires_on", day=expires)
