"""What holds for a piece with its own serial number: it is one, and at one place. Pure decisions."""

from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.items.models import Tracking
from mes.lots.models import Lot, Movement, MovementKind

#: After these a piece is somewhere else; it is here again when that is taken back, or when it is returned.
GONE = {
    MovementKind.SHIP: N_("it was shipped"),
    MovementKind.CONSUME: N_("it was used"),
    MovementKind.DISMANTLE: N_("it was taken apart"),
    MovementKind.COME_BACK: N_("its return was taken back"),
    MovementKind.RECOVER: N_("the taking apart it came from was taken back"),
}


class PieceIsHere(Refused):
    """One piece would be there twice."""

    message = N_("%(lot)s is one piece, and by the books it is here already.")
    hint = N_("Look it up on the lot's page. If it was counted by mistake, count it to 0 first.")


class PieceIsElsewhere(Refused):
    """A piece is counted that by the books is with a customer or in a machine, or is no machine any more."""

    message = N_("%(lot)s cannot be counted as here: %(how)s.")
    hint = N_("If it is here, record its return, or take back the shipment, the use or the taking apart.")


def check_one(lot: Lot, quantity: Decimal) -> None:
    """A serial number stands for one piece, whatever brings ``quantity`` of it. Raises PieceIsHere."""
    if quantity > 0 and lot.item.tracking is Tracking.SERIAL and lot.on_hand + quantity > 1:
        raise PieceIsHere(lot=lot.code)


def check_found(lot: Lot, last: Movement | None) -> None:
    """Whether a piece of which nothing is left may be counted as found; ``last`` is the line that took or brought it,
    counts and receipts aside.

    Raises PieceIsElsewhere.
    """
    if lot.item.tracking is Tracking.SERIAL and last is not None and last.quantity < 0 and last.kind in GONE:
        raise PieceIsElsewhere(lot=lot.code, how=_(GONE[last.kind]))
