"""What an import says about each row, and why it may be refused: pure decisions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.types import PLACES
from mes.exchange.cell_errors import CellRefused, NumberTooFine, NumberTooLarge
from mes.exchange.models import Verdict
from mes.exchange.parsing import shown
from mes.items.counting import UNIT_WORDS, plain_unit

#: Rows shown of a large file, beside all refused ones (of which at most ``MOST_REFUSED`` are named).
MOST_SHOWN = 200
MOST_REFUSED = 1000


VERDICT_NAMES = {
    Verdict.NEW: N_("New"),
    Verdict.CHANGED: N_("Changed"),
    Verdict.SAME: N_("Unchanged"),
    Verdict.REFUSED: N_("Refused"),
}


class Change(NamedTuple):
    """One column of a recorded thing that a row changes."""

    field: str
    before: object
    after: object


class Judged(NamedTuple):
    """One row: its number in the file, what it is about, its verdict, and the reason and cell of a refusal."""

    number: int
    code: str
    name: str
    verdict: Verdict
    reason: Refused | None = None
    cell: str = ""
    changes: Sequence[Change] = ()
    #: A sentence about what is worth a second look, though the row can be imported.
    doubt: str = ""


@dataclass
class Preview:
    """What an import would do, row by row."""

    kind: str
    name: str
    rows: list[Judged]
    ignored: list[str] = field(default_factory=list)
    #: Items that are made on the way because the file names them.
    missing: list[str] = field(default_factory=list)

    @cached_property
    def counts(self) -> dict[Verdict, int]:
        """How many rows have which verdict."""
        counted = Counter(row.verdict for row in self.rows)
        return {verdict: counted[verdict] for verdict in Verdict}

    @property
    def refused(self) -> list[Judged]:
        """The refused rows."""
        return [row for row in self.rows if row.verdict is Verdict.REFUSED]

    @property
    def doubts(self) -> int:
        """How many rows are worth a second look."""
        return sum(bool(row.doubt) for row in self.rows)

    @property
    def does_something(self) -> bool:
        """Whether anything would be recorded."""
        return bool(self.counts[Verdict.NEW] or self.counts[Verdict.CHANGED])

    def shown(self) -> list[Judged]:
        """The rows worth looking at: the first ones and all refused or doubtful ones (up to a limit), in order."""
        refused = [row for row in self.rows[MOST_SHOWN:] if row.verdict is Verdict.REFUSED or row.doubt]
        return [*self.rows[:MOST_SHOWN], *refused[:MOST_REFUSED]]


class RowsRefused(Refused):
    """A file with refused rows is not imported at all. ``preview`` holds every row and its reason; ``while_recording``
    if only that import knows it: whoever looks at the file again finds the row in order.
    """

    message = N_("%(count)s rows of %(name)s cannot be imported, so nothing was imported.")
    hint = N_("Correct the rows and import the file again.")
    status = 422

    def __init__(self, preview: Preview, *, while_recording: bool = False) -> None:
        super().__init__(count=preview.counts[Verdict.REFUSED], name=preview.name)
        self.preview, self.while_recording = preview, while_recording


class ImportedBefore(Refused):
    """The very same file again: rows without a code of their own would be entered twice. Asks first."""

    message = N_("The file %(name)s was imported already, at %(when)s by %(who)s.")
    hint = N_("Importing it again enters its rows a second time.")
    asks = True
    yes = N_("Import it a second time")
    no = N_("Do not import it")


class ImportedAlready(Refused):
    """The same upload a second time: another press, or another window."""

    message = N_("%(name)s is in already, since %(when)s.")
    hint = N_("There is nothing left to do with this file.")


class KindUnclear(Refused):
    """The headings fit no kind of list."""

    message = N_("It is not clear what kind of list %(name)s is.")
    hint = N_("Choose the kind of list, and compare the headings with the example file.")
    status = 422


class KindUnknown(Refused):
    """A word on the command line or in an address that is no kind of list."""

    message = N_("There is no kind of list %(kind)s.")
    hint = N_("Choose one of: %(kinds)s.")
    status = 404


class DueWorkedOut(CellRefused):
    """A due date that a calibration has worked out is not overwritten by a list."""

    message = N_("Gauge %(code)s has calibrations on record; when it is due follows from them, not from “%(value)s”.")
    hint = N_("Leave the cell blank, and record the calibration on the gauge's page.")


class RowTwice(CellRefused):
    """The same code in two rows."""

    message = N_("%(code)s stands in row %(first)s already.")
    hint = N_("Keep one of the rows.")


class SheetSaysBoth(CellRefused):
    """Two rows of one check sheet that say different things of the whole sheet."""

    message = N_("%(code)s has %(first)s in its first row and %(value)s here.")
    hint = N_("Write the same in all rows of a check sheet, or give the other sheet another code.")


class StandardSaysBoth(CellRefused):
    """Two rows of one inspection standard that say different things of how all of it is carried out."""

    message = N_("The first row of this standard says %(first)s, and this row says %(value)s.")
    hint = N_("Write the same in all rows of a standard, or in its first row only.")


class CodesTooSimilar(CellRefused):
    """Two codes of the file that a person would take for one."""

    message = N_("%(code)s differs from %(other)s in row %(first)s only in upper or lower case or in width.")
    hint = N_("Write both the same way and keep one of the rows, or choose another code.")


class NotKnown(CellRefused):
    """A code that leads to nothing in the plant."""

    message = N_("There is no %(what)s %(value)s.")
    hint = N_("Check the code, or import the list in which it is entered first.")


class SeveralLotsOfNumber(CellRefused):
    """A supplier's number under which several lots came."""

    message = N_("Several lots came under the number %(value)s: %(lots)s.")
    hint = N_("Write the number of the one that is meant.")


class NoLongerUsed(CellRefused):
    """A code of something that was taken out of use."""

    message = N_("%(what)s %(value)s is no longer in use.")
    hint = N_("Choose another one, or put it back into use.")


class UnitDiffers(CellRefused):
    """A quantity in a unit that the item does not have."""

    message = N_("%(item)s is counted in %(own)s, not in %(value)s.")
    hint = N_("Convert the quantity, or enter the conversion on the item's page.")


class OrderIsReleased(CellRefused):
    """A work order that is no draft any more is not changed by a file."""

    message = N_("Work order %(value)s is %(state)s already and cannot be changed by a file.")
    hint = N_("Delete the row, or copy the order under another number.")


class OrderItemDiffers(CellRefused):
    """A work order keeps what it makes."""

    message = N_("Work order %(code)s makes %(own)s, not %(value)s.")
    hint = N_("Correct the number or the item, or cancel that order and enter a new one.")


class PartnerIsNot(CellRefused):
    """A partner that is nothing of the wanted kind."""

    message = N_("%(value)s is not entered as a %(kind)s.")
    hint = N_("Add the kind on the partner's page, or choose another partner.")


class LotIsThere(CellRefused):
    """A lot number that the plant has already."""

    message = N_("There is a lot %(value)s already.")
    hint = N_("Delete the row, or correct the quantity of that lot by a stock count.")


#: Units that every plant converts the same way: from -> to -> how many.
_METRIC = {
    ("g", "kg"): Decimal("0.001"), ("kg", "g"): Decimal(1000), ("t", "kg"): Decimal(1000),
    ("mg", "g"): Decimal("0.001"), ("ml", "l"): Decimal("0.001"), ("l", "ml"): Decimal(1000),
    ("mm", "m"): Decimal("0.001"), ("cm", "m"): Decimal("0.01"), ("m", "mm"): Decimal(1000),
    ("m", "cm"): Decimal(100),
}  # fmt: skip


#: Units that nobody has to ask about, even when a plant uses them for the first time.
_OTHER_UNITS = (
    "톤 봉 봉지 포 포대 장 매 본 대 병 캔 통 팩 쌍 켤레 벌 줄 판 자루 묶음 조 식 건 시간 분 m2 m3 "
    "sheet pair pack bag can bottle h min"
)
_USUAL_UNITS = {
    *UNIT_WORDS,
    *UNIT_WORDS.values(),
    *(word for pair in _METRIC for word in pair),
    *_OTHER_UNITS.split(),
}


def is_usual_unit(unit: str) -> bool:
    """Whether a unit is one of those that most plants have."""
    return plain_unit(unit) in _USUAL_UNITS


def unit_factor(written: str, own: str, others: Iterable[tuple[str, Decimal]], item: str) -> Decimal:
    """How many of the item's own unit one written unit is. ``others`` are the item's conversions.

    Raises UnitDiffers.
    """
    wanted, base = plain_unit(written), plain_unit(own)
    if not wanted or wanted == base:
        return Decimal(1)
    for unit, factor in others:
        if plain_unit(unit) == wanted:
            return factor
    metric = _METRIC.get((wanted, base))
    if metric is None:
        raise UnitDiffers(value=shown(written), own=own, item=item)
    return metric


def converted(quantity: Decimal, factor: Decimal, written: str) -> Decimal:
    """A quantity in the item's own unit. Raises NumberTooFine or NumberTooLarge where it cannot be kept exactly."""
    result = quantity * factor
    if result != round(result, PLACES):
        raise NumberTooFine(value=shown(f"{written} = {result.normalize():f}"), places=PLACES)
    if result.adjusted() >= 12:
        raise NumberTooLarge(value=shown(f"{result:f}"))
    return result
