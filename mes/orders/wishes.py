"""What a planner asks for: priorities in words, and what is likelier a slip than a wish."""

from datetime import date
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_, say
from mes.orders.rules import PRIORITY_NAMES

#: From here on an order is asked about: a slip of the hand is likelier than a wish.
HUGE = Decimal(1_000_000)


class UnusualOrder(Refused):
    """A huge quantity or a due date in the past: asks first. ``doubts`` says which, in whole sentences."""

    message = N_("%(doubts)s Is this right?")
    hint = N_("Look at the order once more before it is written.")
    asks = True
    yes = N_("Yes, write it so")
    no = N_("Correct it")


def priority_name(number: int) -> str:
    """A priority in words; what lies between the named ones has its number beside the nearest word towards normal."""
    if number in PRIORITY_NAMES:
        return say(PRIORITY_NAMES[number], {})
    nearest = PRIORITY_NAMES[3 if number < 5 else 7]
    return f"{say(nearest, {})} ({number})"


def check_usual(quantity: Decimal, unit: str, due_on: date | None, today: date) -> None:
    """What is likelier a slip than a wish. ``due_on``: none where the day stays as it is. Raises UnusualOrder."""
    doubts = []
    if quantity >= HUGE:
        doubts.append(say(N_("The order is for %(quantity)s %(unit)s."), {"quantity": quantity, "unit": unit}))
    if due_on is not None and due_on < today:
        doubts.append(say(N_("The due date %(day)s has passed already."), {"day": due_on}))
    if doubts:
        raise UnusualOrder(doubts=" ".join(doubts))
