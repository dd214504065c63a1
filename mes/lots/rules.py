"""What may be done with a lot: pure decisions, each refusal one reason.

The scan gate answers one question: may this lot be used here, now, for this? It looks in this order, and the first
"no" is the answer: is there any left, is it the right item, is it held, rejected, waiting for inspection, expired,
in the right place, and is it the one to use first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from mes.core.errors import ReasonNeeded, Refused
from mes.core.i18n import N_
from mes.core.plant import Strictness
from mes.core.types import LARGEST
from mes.items.counting import check_pieces, is_whole
from mes.items.models import Item, Tracking
from mes.lots.models import Lot, LotStatus
from mes.lots.sample_rules import check_not_kept


class LotEmpty(Refused):
    """Nothing is left of the lot."""

    message = N_("Nothing is left of lot %(lot)s (last taken by %(who)s).")
    hint = N_("Take another lot.")


class NotEnough(Refused):
    """Less is left than is wanted."""

    message = N_("Lot %(lot)s has only %(left)s %(unit)s left; %(wanted)s %(unit)s are wanted.")
    hint = N_("Take at most %(left)s %(unit)s of it, and the rest from another lot.")


class WrongItem(Refused):
    """The lot is of an item that is not wanted here."""

    message = N_("Lot %(lot)s is %(item)s. Wanted here: %(wanted)s.")
    hint = N_("Bring the right material and scan its label.")


class LotOnHold(Refused):
    """Somebody or a rule has put the lot aside."""

    message = N_("Lot %(lot)s is on hold: %(reason)s.")
    hint = N_("Take another lot, or ask quality to lift the hold.")


class LotRejected(Refused):
    """The lot failed its inspection."""

    message = N_("Lot %(lot)s was rejected by inspection.")
    hint = N_("Put it in quarantine and take another lot.")


class LotNotInspected(Refused):
    """The lot waits for its incoming inspection."""

    message = N_("Lot %(lot)s waits for its inspection.")
    hint = N_("Take another lot, or ask quality to inspect it.")


class LotExpired(Refused):
    """The lot is past its use-by date."""

    message = N_("Lot %(lot)s expired on %(day)s.")
    hint = N_("Put it aside and take a fresh lot.")


class TooLittleLife(Refused):
    """The lot would expire too soon for whom it is meant."""

    message = N_("Lot %(lot)s may be used until %(day)s; %(customer)s wants %(days)s days left.")
    hint = N_("Take a fresher lot.")


class WrongPlace(Refused):
    """The lot is recorded somewhere else."""

    message = N_("Lot %(lot)s is recorded at %(place)s, not here.")
    hint = N_("Move it here first, or check the label.")


class NotFirstOut(Refused):
    """Another lot of the item must be used first."""

    message = N_("Lot %(first)s must be used before %(lot)s (%(why)s).")
    hint = N_("Scan %(first)s, or let a leader approve this one with a reason.")


class NothingToMove(Refused):
    """A quantity of nothing, or below."""

    message = N_("The quantity must be more than 0.")
    hint = N_("Enter how much it is.")
    status = 422


class TooMuch(Refused):
    """A quantity no plant handles."""

    message = N_("The quantity %(quantity)s is too large to be meant.")
    hint = N_("Check the number and the unit.")
    status = 422


class NotWholePieces(Refused):
    """Part of a piece."""

    message = N_("Lot %(lot)s is one piece with its own serial number and cannot be divided.")
    hint = N_("Use the whole piece.")


class SerialIsOne(Refused):
    """A serial number stands for exactly one piece."""

    message = N_("%(item)s is tracked piece by piece: each label stands for exactly 1.")
    hint = N_("Enter one line for each piece.")


class NotTracked(Refused):
    """An item that the plant does not keep in stock."""

    message = N_("%(item)s is not tracked by lots.")
    hint = N_("Set its tracking to lot or serial on the item's page first.")


class HoldLifted(Refused):
    """The hold was lifted before."""

    message = N_("This hold was lifted already, by %(who)s at %(when)s.")
    hint = N_("Open the lot again to see how it stands.")


class NothingToHoldWith(Refused):
    """Nothing free is left beside the held lot, or it is not held itself."""

    message = N_("No other lot is held with %(lot)s: it is free itself, or none that belongs to it is free.")
    hint = N_("Open the lot again to see how it stands.")


class AlreadyTakenBack(Refused):
    """The ledger line was reversed before."""

    message = N_("This entry was taken back already.")
    hint = N_("Open the page again to see how it stands.")


class Dated(Protocol):
    """What decides the order of use: a lot, or a row of its columns."""

    @property
    def id(self) -> int:
        """The lot's id."""

    @property
    def code(self) -> str:
        """What its label says."""

    @property
    def expires_on(self) -> date | None:
        """Use-by date."""

    @property
    def made_on(self) -> date:
        """The day it was made."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """What a lot is wanted for, and how strict the plant is about it."""

    today: date
    #: Items that will do: the wanted one first, then its released substitutes. Empty: any.
    items: Sequence[Item] = ()
    #: Places that count as "here".
    places: Collection[int] = ()
    right_place: Strictness = Strictness.OFF
    first_out: Strictness = Strictness.OFF
    #: The lot that should go first, if there is another than the scanned one.
    first: Dated | None = None
    #: The day on which it must still be usable, and who wants that with how many days left.
    keeps_until: date | None = None
    customer: str = ""
    days_left: int = 0
    hold_reasons: Sequence[str] = field(default=())
    #: Who took the last of it, when nothing is left.
    taken_by: str = ""


def check_lot(lot: Lot, use: Use) -> None:
    """The scan gate without the order of use: raises the first reason why the lot may not be used."""
    if lot.on_hand <= 0:
        raise LotEmpty(lot=lot.code, who=use.taken_by or None)
    if use.items and lot.item_id not in {item.id for item in use.items}:
        raise WrongItem(lot=lot.code, item=lot.item.name, wanted=", ".join(item.name for item in use.items))
    check_not_kept(lot)
    if lot.holds:
        raise LotOnHold(lot=lot.code, reason=", ".join(use.hold_reasons) or "-")
    if lot.status is LotStatus.REJECTED:
        raise LotRejected(lot=lot.code)
    if lot.status is LotStatus.INSPECTION:
        raise LotNotInspected(lot=lot.code)
    if lot.expires_on is not None and lot.expires_on < use.today:
        raise LotExpired(lot=lot.code, day=lot.expires_on)
    if lot.expires_on is not None and use.keeps_until is not None and lot.expires_on < use.keeps_until:
        raise TooLittleLife(lot=lot.code, day=lot.expires_on, customer=use.customer, days=use.days_left)
    if use.right_place is not Strictness.OFF and use.places and lot.location_id not in use.places:
        raise WrongPlace(lot=lot.code, place=lot.location.name if lot.location else "-")


def check_first_out(lot: Lot, use: Use) -> None:
    """FEFO, else FIFO: raises NotFirstOut when the plant refuses and an older lot is there."""
    if use.first_out is Strictness.REFUSE and goes_before(use.first, lot):
        raise NotFirstOut(first=use.first.code if use.first else "", lot=lot.code, why=order_of_use(use.first))


def goes_before(first: Dated | None, lot: Lot) -> bool:
    """Whether ``first`` expires earlier than ``lot`` or, with equal dates, came earlier."""
    if first is None or first.id == lot.id:
        return False
    return first_out_key(first) < first_out_key(lot)


def first_out_key(lot: Dated) -> tuple[date, date]:
    """Order of use: use-by date, then the day it was made; lots without a date come last. Same days are equal."""
    return lot.expires_on or date.max, lot.made_on


def order_of_use(lot: Dated | None) -> str:
    """The date that decides, for the sentence."""
    if lot is None:
        return ""
    return (lot.expires_on or lot.made_on).isoformat()


def check_quantity(quantity: Decimal) -> None:
    """A quantity that moves is above zero and within what a plant handles."""
    if quantity <= 0:
        raise NothingToMove(field="quantity")
    if quantity >= LARGEST:
        raise TooMuch(field="quantity", quantity=quantity)


def check_enough(lot: Lot, quantity: Decimal) -> None:
    """No lot goes below zero; a piece with a serial number goes whole."""
    check_quantity(quantity)
    if quantity > lot.on_hand:
        raise NotEnough(field="quantity", lot=lot.code, left=lot.on_hand, wanted=quantity, unit=lot.item.unit)
    if lot.item.tracking is Tracking.SERIAL and quantity != lot.on_hand:
        raise NotWholePieces(lot=lot.code)


def check_part(lot: Lot, quantity: Decimal) -> None:
    """What somebody takes off a lot: there, and whole pieces unless a part of one is left already."""
    check_enough(lot, quantity)
    if is_whole(lot.on_hand):
        check_pieces(lot.item, quantity)


def check_count(lot: Lot, counted: Decimal) -> None:
    """What was counted of a lot: whole pieces unless a part of one was recorded already."""
    check_kept(lot.item, counted)
    if is_whole(lot.on_hand):
        check_pieces(lot.item, counted)


def check_new_lot(item: Item, quantity: Decimal) -> None:
    """What becomes a lot of its own is kept in lots and comes in whole pieces where it is counted."""
    check_kept(item, quantity)
    check_pieces(item, quantity)


def check_kept(item: Item, quantity: Decimal) -> None:
    """A lot is made of a tracked item; a serial of exactly one."""
    check_quantity(quantity)
    if item.tracking is Tracking.NONE:
        raise NotTracked(item=item.name)
    if item.tracking is Tracking.SERIAL and quantity != 1:
        raise SerialIsOne(field="quantity", item=item.name)


def is_free(lot: Lot, today: date, places: Collection[int]) -> bool:
    """Whether nothing forbids to take a lot without asking anybody; no places mean any place."""
    in_date = lot.expires_on is None or lot.expires_on >= today
    here = not places or lot.location_id in places
    return not lot.holds and lot.status is LotStatus.AVAILABLE and in_date and here


def check_reason(reason: str | None) -> str:
    """The reason, trimmed. Raises ReasonNeeded."""
    if not reason or not reason.strip():
        raise ReasonNeeded(field="reason")
    return reason.strip()
