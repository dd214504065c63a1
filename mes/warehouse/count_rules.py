"""A stock count: what may not be done, what is asked first, and how a difference is worked out."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from mes.core.access import LEADERS, Actor, may
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.warehouse.count_models import CountEntry, CountState, StockCount

#: Why the ledger and the shelf differ.
COUNT_REASONS = (
    N_("Counting or typing error before"),
    N_("Used without being scanned"),
    N_("Received without being entered"),
    N_("Damaged or spoiled"),
    N_("Loss by weighing or drying"),
    N_("Cause unknown"),
)
#: Places of one count, and items or places that narrow it down.
MOST_CHOSEN = 200
HUNDRED = Decimal(100)


class NothingToCount(Refused):
    """A count of nothing."""

    message = N_("There is nothing to count: no stock and no place was chosen.")
    hint = N_("Choose places or items that hold stock.")
    status = 422


class SampleGrew(Refused):
    """More of a retained sample than there was."""

    message = N_("More was counted of the sample %(lot)s than is left of it.")
    hint = N_("Count it again. What is more belongs to another lot: ask quality.")


class CountedElsewhere(Refused):
    """Two counts of the same lots would write every difference twice."""

    message = N_("Count %(count)s is open and covers some of the same lots.")
    hint = N_("Post or cancel it first, or choose other places or items.")


class CountClosed(Refused):
    """A count that was posted or cancelled."""

    message = N_("Count %(count)s is closed.")
    hint = N_("Begin a new count.")


class BlindCount(Refused):
    """What is expected stays hidden until a blind count is closed."""

    message = N_("%(count)s is a blind count: what is expected is not shown to those who count.")
    hint = N_("A leader sees it, and everybody once it is posted.")
    status = 403


class PlaceNotCounted(Refused):
    """A place that does not belong to the count."""

    message = N_("%(place)s is not part of this count.")
    hint = N_("Scan a place from the list.")


class ScanPlaceFirst(Refused):
    """A lot was scanned, but nobody said where."""

    message = N_("It is not clear where lot %(lot)s stands.")
    hint = N_("Scan the place first, then its lots.")


class PlaceTaken(Refused):
    """Somebody else counts here."""

    message = N_("%(person)s is counting %(place)s since %(since)s.")
    hint = N_("Count another place, or take this one over.")
    asks = True
    yes = N_("Take it over")
    no = N_("Count another place")


class PlaceFinished(Refused):
    """The place was counted to its end."""

    message = N_("%(place)s was finished by %(person)s at %(when)s.")
    hint = N_("Open it again to count something once more.")
    asks = True
    yes = N_("Open it again")
    no = N_("Leave it")


class LotCounted(Refused):
    """The lot has been counted: once more replaces, it never adds."""

    message = N_("%(person)s counted lot %(lot)s at %(when)s: %(quantity)s %(unit)s at %(place)s.")
    hint = N_("If you counted it once more, your number takes the place of that one.")
    asks = True
    yes = N_("Take my number")
    no = N_("Leave it as it is")


class LotNotInCount(Refused):
    """A lot of an item that is not counted."""

    message = N_("Lot %(lot)s is %(item)s, which is not part of this count.")
    hint = N_("Leave it where it is and go on.")


class LotsMissed(Refused):
    """A place is finished, but some lots were not scanned."""

    message = N_("%(n)s lots should be at %(place)s and were not scanned: %(lots)s.")
    hint = N_("Look for them. If they are really not here, finish the place.")
    asks = True
    yes = N_("They are not here")
    no = N_("Go on counting")


class SecondCountNeeded(Refused):
    """A large difference that only one person has seen."""

    message = N_("%(n)s lots differ by more than %(percent)s %% and were counted by one person only: %(lots)s.")
    hint = N_("Another person counts them once more.")


class DifferenceNeedsReason(Refused):
    """A difference that nobody has explained."""

    message = N_("%(n)s differences have no reason yet: %(lots)s.")
    hint = N_("Choose a reason for each.")
    status = 422


class PlacesOpen(Refused):
    """The count is not complete."""

    message = N_("%(n)s places are not finished; lots that nobody counted stay as they are.")
    hint = N_("Finish the places, or post what was counted.")
    asks = True
    yes = N_("Post what was counted")
    no = N_("Go on counting")


class BelowNothing(Refused):
    """More was taken since than was found."""

    message = N_("Lot %(lot)s cannot be set: less was found than has been taken since.")
    hint = N_("Count this lot once more.")


def is_hidden(count: StockCount, who: Actor | None) -> bool:
    """Whether somebody may not see what is expected: of a blind count that goes on, only leaders do."""
    return count.blind and count.state is CountState.COUNTING and not may(who, LEADERS)


@dataclass(frozen=True)
class Finding:
    """What a lot's entries come to. ``persons``: so many different people counted it."""

    entry: CountEntry
    persons: int
    tolerance: Decimal

    @property
    def difference(self) -> Decimal:
        """Found less what should have been there at that moment."""
        return self.entry.quantity - self.entry.book

    @property
    def is_elsewhere(self) -> bool:
        """Found at another place than the ledger says."""
        entry = self.entry
        return not entry.missed and entry.quantity > 0 and entry.location_id != entry.book_location_id

    @property
    def percent(self) -> Decimal | None:
        """The difference as percent of the book quantity; None where the book said nothing."""
        return abs(self.difference) * HUNDRED / self.entry.book if self.entry.book else None

    @property
    def needs_second(self) -> bool:
        """Whether another person must look: the difference is over the tolerance and one person has seen it."""
        if not self.difference or self.persons > 1:
            return False
        return self.percent is None or self.percent > self.tolerance


def seen_by(entries: Collection[CountEntry]) -> int:
    """How many different people have looked for a lot."""
    return len({entry.person_id or entry.person for entry in entries})
