"""Where a lot may be put down: pure decisions on the kind of place and how the lot stands."""

from datetime import date

from mes.core.errors import Refused
from mes.core.i18n import N_, say
from mes.equipment.models import Location, LocationKind
from mes.equipment.rules import check_in_use
from mes.lots.models import Lot, LotStatus
from mes.lots.rules import LotEmpty

#: How a lot stands that does not go everywhere, in words.
STANDINGS = {
    "held": N_("on hold"),
    "rejected": N_("rejected"),
    "expired": N_("expired"),
    "inspection": N_("waiting for its inspection"),
}


class PlaceOutside(Refused):
    """A place that is not in the plant."""

    message = N_("%(place)s is outside the plant: nothing is put away there.")
    hint = N_("Ship the lot, or send it back to the supplier.")


class NotForThisPlace(Refused):
    """A lot that is not free does not stand where free ones are taken from."""

    message = N_("Lot %(lot)s is %(why)s and does not go to %(place)s.")
    hint = N_("Take it to %(kinds)s.")


class FreeIntoQuarantine(Refused):
    """A lot that nothing is wrong with, put aside by mistake perhaps."""

    message = N_("%(place)s is a quarantine place, but nothing is wrong with lot %(lot)s.")
    hint = N_("Put it there only if it shall not be used.")
    asks = True
    yes = N_("Put it into quarantine")
    no = N_("Scan another place")


def standing(lot: Lot, today: date) -> str | None:
    """Why a lot does not go everywhere; None for a free one."""
    if lot.holds:
        return "held"
    if lot.status is LotStatus.REJECTED:
        return "rejected"
    if lot.expires_on is not None and lot.expires_on < today:
        return "expired"
    return "inspection" if lot.status is LotStatus.INSPECTION else None


def may_stand(lot: Lot, kind: LocationKind, today: date, *, quarantine: bool) -> bool:
    """Whether a place of this kind takes the lot; ``quarantine``: the plant has such a place.

    A held, rejected or expired lot goes into quarantine; a plant without one keeps it in the store, marked. A lot that
    waits for its inspection stays in the store or in quarantine. A free one goes anywhere in the plant.
    """
    why = standing(lot, today)
    if kind is LocationKind.QUARANTINE or why is None:
        return True
    return kind is LocationKind.STORE and (why == "inspection" or not quarantine)


def check_place(lot: Lot, place: Location, today: date, *, quarantine: bool, confirmed: bool = False) -> None:
    """Whether a lot may be put down at a place.

    Raises LotEmpty, NotInUse, PlaceOutside, NotForThisPlace, FreeIntoQuarantine.
    """
    if lot.on_hand <= 0:
        raise LotEmpty(lot=lot.code, who=None)
    check_in_use(place)
    if place.kind is LocationKind.OUTSIDE:
        raise PlaceOutside(place=place.name)
    why = standing(lot, today)
    if why is not None and not may_stand(lot, place.kind, today, quarantine=quarantine):
        kinds = N_("a place of the store or of quarantine") if why == "inspection" else N_("a quarantine place")
        if not quarantine:
            kinds = N_("a place of the store")
        raise NotForThisPlace(lot=lot.code, why=say(STANDINGS[why], {}), place=place.name, kinds=say(kinds, {}))
    if place.kind is LocationKind.QUARANTINE and why is None and not confirmed:
        raise FreeIntoQuarantine(lot=lot.code, place=place.name)
