"""What may be done with retained samples, and until when they are kept: pure decisions."""

from datetime import date, timedelta

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.models import Item, SampleFrom
from mes.lots.models import Lot, LotStatus


class LotRetained(Refused):
    """It is kept as a sample."""

    message = N_("Lot %(lot)s is a retained sample and stays one.")
    hint = N_("Take another lot. A sample is only tested, and thrown away when its time is over.")


class NoSample(Refused):
    """An ordinary lot."""

    message = N_("Lot %(lot)s is not a retained sample.")
    hint = N_("Look it up in the list of retained samples.")


class SampleGone(Refused):
    """Nothing is left of the sample."""

    message = N_("The sample %(lot)s is gone: %(why)s.")
    hint = N_("Look it up in the list of retained samples.")


class KeepUntilNeeded(Refused):
    """No rule says how long samples of this item are kept, and nobody typed it."""

    message = N_("It is not known until when a sample of %(item)s is kept.")
    hint = N_("Enter the day, or say on the item's page how long its samples are kept.")
    status = 422


class KeepUntilPast(Refused):
    """A day that is over."""

    message = N_("A sample is kept until a day that is still to come, not until %(day)s.")
    hint = N_("Enter a later day.")
    status = 422


class KeptLonger(Refused):
    """It is thrown away before its time by somebody who may not decide that."""

    message = N_("The sample %(lot)s is kept until %(day)s.")
    hint = N_("Only quality or a manager throws it away earlier, with a reason.")


class ResultNeeded(Refused):
    """A test whose result is nothing."""

    message = N_("A test needs its result.")
    hint = N_("Enter what the test gave.")
    status = 422


class ResultKnown(Refused):
    """The result stands already."""

    message = N_("The result of this test is recorded already: %(result)s.")
    hint = N_("Open the sample to see it. Test it once more if it was wrong.")


def check_result(result: str) -> str:
    """What a test gave, trimmed. Raises ResultNeeded."""
    if not result.strip():
        raise ResultNeeded(field="result")
    return result.strip()


def check_not_kept(lot: Lot) -> None:
    """Nothing is done with a retained sample that is done with stock. Raises LotRetained."""
    if lot.status is LotStatus.RETAINED:
        raise LotRetained(lot=lot.code)


def kept_until(item: Item, lot: Lot) -> date | None:
    """The last day on which a sample of the lot is kept by its item's rule; None where the item has none.

    The days count from the use-by date, or from the day it was made (or came) where the rule says so or there is no
    use-by date.
    """
    if item.sample_days is None:
        return None
    begin = lot.made_on if item.sample_from is SampleFrom.MADE else lot.expires_on or lot.made_on
    return begin + timedelta(days=item.sample_days)


def check_keep(item: Item, day: date | None, today: date) -> date:
    """The day until which a sample is kept. Raises KeepUntilNeeded, KeepUntilPast."""
    if day is None:
        raise KeepUntilNeeded(field="keep_until", item=item.name)
    if day < today:
        raise KeepUntilPast(field="keep_until", day=day)
    return day


def is_due(day: date, today: date) -> bool:
    """Whether a sample has been kept long enough: its last day is over."""
    return day < today
