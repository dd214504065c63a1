"""What holds when one lot is counted at its page: pure decisions."""

from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.lots.models import Lot


class QuantityMoved(Refused):
    """Something was taken or brought between the look at a lot and the saving of its count."""

    message = N_("Lot %(lot)s has %(left)s %(unit)s now. Before it was counted, %(seen)s %(unit)s were seen.")
    hint = N_(
        "Something was taken or brought meanwhile. Compare your count with what is there now, and save again if it "
        "is right."
    )


def check_seen(lot: Lot, seen: Decimal | None) -> None:
    """Whether a locked lot still has what was seen of it before it was counted (None: nobody says what was seen): what
    was taken meanwhile would come back by the count. Raises QuantityMoved."""
    if seen is not None and seen != lot.on_hand:
        raise QuantityMoved(lot=lot.code, left=lot.on_hand, seen=seen, unit=lot.item.unit)
