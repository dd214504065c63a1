"""What may be taken out of a machine: pure decisions."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.counting import check_pieces, is_whole
from mes.items.models import Tracking
from mes.lots.dismantle_models import PartOutcome
from mes.lots.models import Lot
from mes.lots.rules import check_quantity

OUTCOME_NAMES = {
    PartOutcome.STOCK: N_("To stock"),
    PartOutcome.HOLD: N_("To stock, on hold"),
    PartOutcome.SCRAP: N_("Thrown away"),
    PartOutcome.LOST: N_("Could not be recovered"),
}


class TakenOut(NamedTuple):
    """So much of a lot that is in the machine, and what becomes of it."""

    code: str
    quantity: Decimal
    outcome: PartOutcome
    note: str | None = None


class Inside(NamedTuple):
    """A lot of which something went into a machine."""

    lot: Lot
    quantity: Decimal


class NothingInside(Refused):
    """No machine, or one of which nobody recorded what is in it."""

    message = N_("Nothing is recorded to be in %(lot)s, so it cannot be taken apart.")
    hint = N_("Only a piece with a serial number and recorded parts is taken apart.")


class NotInside(Refused):
    """A part of another machine."""

    message = N_("%(part)s is not in %(lot)s.")
    hint = N_("Compare the serial number on the part with the list of what went in.")


class MoreThanInside(Refused):
    """More comes out than had gone in."""

    message = N_("Only %(inside)s %(unit)s of %(part)s went into %(lot)s.")
    hint = N_("Count again what was taken out.")


class PartMovedOn(Refused):
    """A part that was taken out is used already."""

    message = N_("%(part)s has moved on since it was taken out.")
    hint = N_("Put it back first, or leave the machine taken apart.")


class PutTogetherAlready(Refused):
    """The taking apart was undone before."""

    message = N_("The taking apart %(code)s was undone already.")
    hint = N_("Open it again to see how it stands.")


def the_rest(machine: Lot, inside: Sequence[Inside], taken: Sequence[TakenOut]) -> Mapping[str, Decimal]:
    """How much of each part is not accounted for by what was taken out.

    Raises NothingInside, NotInside, MoreThanInside, NothingToMove, WholePieces.
    """
    if not inside:
        raise NothingInside(lot=machine.code)
    left = {one.lot.code: one.quantity for one in inside}
    lots = {one.lot.code: one.lot for one in inside}
    for one in taken:
        if one.code not in left:
            raise NotInside(part=one.code, lot=machine.code)
        check_quantity(one.quantity)
        item = lots[one.code].item
        if is_whole(left[one.code]) or item.tracking is Tracking.SERIAL:
            check_pieces(item, one.quantity)
        left[one.code] -= one.quantity
        if left[one.code] < 0:
            whole = next(each.quantity for each in inside if each.lot.code == one.code)
            raise MoreThanInside(part=one.code, lot=machine.code, inside=whole, unit=item.unit)
    return {code: much for code, much in left.items() if much}
