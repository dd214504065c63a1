"""Which lots may be divided or poured together: pure decisions."""

from mes.core.errors import Refused
from mes.core.i18n import N_, say
from mes.items.models import Tracking
from mes.lots.models import Lot, LotStatus
from mes.lots.sample_rules import check_not_kept


class StaysOnePiece(Refused):
    """A serial number is one piece for ever."""

    message = N_("%(lot)s is one piece with its own serial number: it is neither split nor merged.")
    hint = N_("Move, use or ship the piece as it is.")


class CannotMerge(Refused):
    """Lots that do not belong together."""

    message = N_("%(first)s and %(second)s cannot become one lot: %(why)s.")
    hint = N_("Merge only lots of one item that may be used.")


class NothingToMerge(Refused):
    """One lot, or the same one twice."""

    message = N_("A merge takes at least two lots.")
    hint = N_("Scan the other lot, too, one in a line.")


def check_divisible(lot: Lot) -> None:
    """A piece with a serial number is neither split nor poured together with others, nor is a retained sample."""
    check_not_kept(lot)
    if lot.item.tracking is Tracking.SERIAL:
        raise StaysOnePiece(lot=lot.code)


def check_merge(first: Lot, second: Lot) -> None:
    """Only lots of one item, both free to be used and at one place, become one."""
    check_divisible(first)
    check_not_kept(second)
    why = None
    if first.item_id != second.item_id:
        why = "item"
    elif first.holds or second.holds:
        why = "hold"
    elif first.status is not LotStatus.AVAILABLE or second.status is not LotStatus.AVAILABLE:
        why = "status"
    elif first.location_id != second.location_id:
        why = "place"
    if why:
        raise CannotMerge(first=first.code, second=second.code, why=say(MERGE_WORDS[why], {}))


MERGE_WORDS = {
    "item": N_("they are different items"),
    "hold": N_("one of them is on hold"),
    "status": N_("one of them is not released"),
    "place": N_("they stand at different places"),
}
