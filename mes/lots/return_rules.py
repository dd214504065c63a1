"""What may come back from a customer: pure decisions."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.counting import check_pieces, is_whole
from mes.items.models import Item
from mes.lots.return_models import ReturnCondition
from mes.lots.rules import check_quantity

CONDITION_NAMES = {
    ReturnCondition.UNOPENED: N_("Pack unopened"),
    ReturnCondition.OPENED: N_("Pack opened"),
    ReturnCondition.DAMAGED: N_("Damaged"),
    ReturnCondition.DEFECTIVE: N_("Defective"),
    ReturnCondition.UNKNOWN: N_("Not looked at yet"),
}
#: More lines at once nobody unloads.
MOST_BACK = 500


class Goods(NamedTuple):
    """What came back: a lot, piece, box or pallet by its label; no quantity means all of it that is still away."""

    code: str
    quantity: Decimal | None = None
    #: By which shipment it had left, where there were several.
    shipment: str | None = None
    condition: ReturnCondition = ReturnCondition.UNKNOWN


class Away(NamedTuple):
    """A line of a shipment, and how much of it is still with the customer."""

    movement_id: int
    shipment_id: int
    shipment: str
    customer_id: int
    lot_id: int
    quantity: Decimal
    left: Decimal


class NothingCameBack(Refused):
    """A return without goods."""

    message = N_("A return needs at least one lot, and at most %(most)s.")
    hint = N_("Scan the label of what came back.")
    status = 422


class NeverShipped(Refused):
    """A lot that no customer ever got."""

    message = N_("Lot %(lot)s was not shipped to a customer, so it cannot come back from one.")
    hint = N_("Check the label. What a supplier gets back is sent back on the lot's own page.")


class AllBack(Refused):
    """Everything that had left of a lot is here again."""

    message = N_("Everything of lot %(lot)s that was shipped has come back already.")
    hint = N_("Open the lot to see its returns.")


class MoreThanShipped(Refused):
    """More would come back than had left."""

    message = N_("Of lot %(lot)s only %(left)s %(unit)s are still away with shipment %(shipment)s.")
    hint = N_("Count again what came back, or name the shipment by which the rest had left.")


class WhichShipment(Refused):
    """The lot had left by several shipments."""

    message = N_("Lot %(lot)s left with several shipments: %(shipments)s.")
    hint = N_("Say from which of them it came back.")


class OtherCustomer(Refused):
    """Goods of two customers in one return."""

    message = N_("Lot %(lot)s had left for another customer than the others.")
    hint = N_("Record one return for each customer.")


class GoodsTwice(Refused):
    """The same label on two lines."""

    message = N_("Lot %(lot)s stands on two lines.")
    hint = N_("Write it once, with the whole quantity.")
    status = 422


class CameBackAlready(Refused):
    """A shipment is said not to have left, though some of it came back from the customer."""

    message = N_("Some of lot %(lot)s came back from the customer with %(code)s, so it did leave.")
    hint = N_("If the return was a mistake, undo it first.")


class ReturnMovedOn(Refused):
    """What came back was already used, shipped again or thrown away."""

    message = N_("Lot %(lot)s has moved on since it came back.")
    hint = N_("Correct the lot itself: what was done with it since stays recorded.")


class ReturnUndone(Refused):
    """The return was undone before."""

    message = N_("The return %(code)s was undone already.")
    hint = N_("Open it again to see how it stands.")


def check_lines(lines: Sequence[Goods]) -> None:
    """Something came back, each thing in one condition once. Raises NothingCameBack, GoodsTwice."""
    if not 0 < len(lines) <= MOST_BACK:
        raise NothingCameBack(field="lines", most=MOST_BACK)
    seen: set[tuple[str, str | None, ReturnCondition]] = set()
    for one in lines:
        key = (one.code, one.shipment, one.condition)
        if key in seen:
            raise GoodsTwice(field="lines", lot=one.code)
        seen.add(key)


def the_line(lot: str, item: Item, found: Sequence[Away], wanted: Decimal | None) -> tuple[Away, Decimal]:
    """The line of a shipment by which goods had left, and how much of it is back.

    Raises NeverShipped, AllBack, WhichShipment, MoreThanShipped, NothingToMove, NotWholePieces.
    """
    if not found:
        raise NeverShipped(field="lines", lot=lot)
    away = [one for one in found if one.left > 0]
    if not away:
        raise AllBack(field="lines", lot=lot)
    if len(away) > 1:
        raise WhichShipment(field="shipment", lot=lot, shipments=", ".join(one.shipment for one in away))
    [line] = away
    quantity = line.left if wanted is None else wanted
    check_quantity(quantity)
    if quantity > line.left:
        known = {"left": line.left, "unit": item.unit, "shipment": line.shipment}
        raise MoreThanShipped(field="lines", lot=lot, **known)
    if is_whole(line.left):
        check_pieces(item, quantity)
    return line, quantity
