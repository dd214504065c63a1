"""What is counted in whole pieces, and what is weighed or measured."""

from collections.abc import Iterable
from decimal import Decimal
from unicodedata import normalize

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.models import Item, Tracking

#: Containers that are counted, and of which one may stand there opened: half a roll, a bag that is begun.
OPENED = frozenset({"box", "박스", "포", "roll"})
#: Units of things that are counted; everything else is weighed or measured, with decimals.
COUNTED = OPENED | {"ea", "pc", "pcs", "개", "본", "매", "장", "대", "set", "병", "캔"}
DECIMALS = 3
#: Words for one and the same unit.
_SAME_UNITS = (
    "ea 개 pcs pc each",
    "kg 킬로그램",
    "g 그램",
    "m 미터",
    "l 리터",
    "box 박스 상자",
    "roll 롤",
    "set 세트",
)
UNIT_WORDS = {word: words.split()[0] for words in _SAME_UNITS for word in words.split()}


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


def plain_unit(unit: str) -> str:
    """A unit as it is compared: 개 and EA, ㎏ and kg are the same."""
    word = normalize("NFKC", unit).strip().casefold()
    return UNIT_WORDS.get(word, word)


class CountedOtherwise(Refused):
    """What takes the place of a material one for one, counted in another unit: a kilogram for a piece."""

    message = N_("%(other)s is counted in %(its)s and cannot take the place of %(component)s (%(unit)s).")
    hint = N_("A substitute is used one for one, so both have the same unit. Give it a line of its own in a draft.")


def check_same_unit(component: Item, others: Iterable[Item]) -> None:
    """What may be used instead of a component is counted as it is. Raises CountedOtherwise."""
    for other in others:
        if plain_unit(other.unit) != plain_unit(component.unit):
            raise CountedOtherwise(
                field="substitutes", other=other.code, its=other.unit, component=component.code, unit=component.unit
            )


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
