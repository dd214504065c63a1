"""What is counted in whole pieces, and what is weighed or measured."""

from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.models import Item, Tracking

#: Containers that are counted, and of which one may stand there opened: half a roll, a bag that is begun.
OPENED = frozenset({"box", "박스", "포", "roll"})
#: Units of things that are counted; everything else is weighed or measured, with decimals.
COUNTED = OPENED | {"ea", "pc", "pcs", "개", "본", "매", "장", "대", "set", "병", "캔"}
DECIMALS = 3


class WholePieces(Refused):
    """Part of a piece of what is counted."""

    message = N_("%(item)s is counted in whole pieces.")
    hint = N_("Enter a whole number.")
    status = 422


def decimals_of(item: Item) -> int:
    """How many decimal places a count of this item may have: none for pieces, three for what is weighed."""
    return 0 if item.tracking is Tracking.SERIAL or _unit(item) in COUNTED else DECIMALS


def check_whole(item: Item, quantity: Decimal, field: str = "quantity") -> None:
    """What is ordered or made of an item that is counted is a whole number. Raises WholePieces."""
    if not decimals_of(item) and not is_whole(quantity):
        raise WholePieces(field=field, item=item.name)


def check_pieces(item: Item, quantity: Decimal) -> None:
    """As above for what stands in the plant, where a container may be opened. Raises WholePieces."""
    if _unit(item) not in OPENED:
        check_whole(item, quantity)


def is_whole(quantity: Decimal) -> bool:
    """Whether nothing stands behind the point."""
    return quantity == quantity.to_integral_value()


def _unit(item: Item) -> str:
    return item.unit.strip().casefold()


class NegativeQuantity(Refused):
    """A quantity that somebody keeps in mind, below nothing."""

    message = N_("%(value)s cannot be recorded here: it is less than 0.")
    hint = N_("Enter 0 or more, or leave the field empty.")
    status = 422


def check_not_negative(field: str, value: Decimal | None) -> None:
    """Refuse what is less than 0; nothing is fine. Raises NegativeQuantity."""
    if value is not None and value < 0:
        raise NegativeQuantity(field=field, value=value)
