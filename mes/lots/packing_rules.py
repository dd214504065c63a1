"""What may be packed on what: pure decisions."""

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.lots.models import Lot
from mes.lots.unit_models import HandlingUnit, UnitKind

UNIT_NAMES = {UnitKind.BOX: N_("Box"), UnitKind.PALLET: N_("Pallet")}
#: More lots on one pallet is a slip.
MOST_ON_ONE = 2000


class NothingToPack(Refused):
    """A box of nothing."""

    message = N_("There is nothing to pack.")
    hint = N_("Scan or type at least one lot or box.")
    status = 422


class TooManyToPack(Refused):
    """More at once than anybody puts on one pallet."""

    message = N_("These are %(count)s lots at once; at most %(most)s go on one pallet.")
    hint = N_("Pack them on several pallets.")
    status = 422


class EmptyLotPacked(Refused):
    """A label without goods."""

    message = N_("Nothing is left of lot %(lot)s, so it cannot be packed.")
    hint = N_("Check the label, and pack the lot that is there.")


class UnitShipped(Refused):
    """What has left is not in the plant any more."""

    message = N_("%(unit)s has left with shipment %(shipment)s.")
    hint = N_("Check the label; if it did not leave, take the shipment back.")


class UnitEnded(Refused):
    """A number whose box or pallet was taken apart."""

    message = N_("%(unit)s was taken apart at %(when)s; its number is not used again.")
    hint = N_("Make a new box or pallet, and print its label.")


class UnitClosed(Refused):
    """A closed box whose label tells what is in it."""

    message = N_("%(unit)s is closed.")
    hint = N_("Open it first; print its label again when it is full.")


class UnitIsEmpty(Refused):
    """A box or pallet with nothing on it."""

    message = N_("There is nothing on %(unit)s.")
    hint = N_("Pack something first.")


class NotOnUnit(Refused):
    """Something to be taken off that is not on it."""

    message = N_("%(what)s is not on %(unit)s.")
    hint = N_("Look at the page of the box or pallet, and scan what is on it.")


class WrongNesting(Refused):
    """A pallet in a box, or a box in a box."""

    message = N_("%(what)s cannot stand on %(unit)s: boxes stand on pallets, and nothing else on anything.")
    hint = N_("Put boxes on a pallet, and lots into either.")


class NumbersUsedUp(Refused):
    """All serial numbers that a company prefix leaves room for."""

    message = N_("All box and pallet numbers of the GS1 prefix %(prefix)s with the first digit %(digit)s are used up.")
    hint = N_("Choose another first digit among the plant's settings.")


class HalfAUnit(Refused):
    """A part of a box: nobody can say which."""

    message = N_("%(unit)s leaves as a whole, not with a quantity.")
    hint = N_("Write the quantity behind a lot, or take the lot off first.")
    status = 422


def check_here(unit: HandlingUnit, shipment: str = "") -> None:
    """Whether a box or pallet is in the plant at all. Raises UnitShipped, UnitEnded."""
    if unit.shipment_id is not None:
        raise UnitShipped(unit=unit.code, shipment=shipment)
    if unit.ended_at is not None:
        raise UnitEnded(unit=unit.code, when=unit.ended_at)


def check_open(unit: HandlingUnit) -> None:
    """Whether things may be put on it and taken off. Raises UnitClosed."""
    if unit.closed_at is not None:
        raise UnitClosed(unit=unit.code)


def check_packed(lot: Lot) -> None:
    """Held and rejected lots are packed too (they go back, or wait on their pallet); an empty one is not there."""
    if lot.on_hand <= 0:
        raise EmptyLotPacked(lot=lot.code)


def check_nesting(pallet: HandlingUnit, box: HandlingUnit) -> None:
    """A box stands on a pallet; so nothing ever stands on itself by any way. Raises WrongNesting."""
    if pallet.kind is not UnitKind.PALLET or box.kind is not UnitKind.BOX:
        raise WrongNesting(what=box.code, unit=pallet.code)
