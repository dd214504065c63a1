"""How healthy the genealogy of a period is: what was entered in it, and its gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from mes.genealogy.models import Gap, How

#: How often the same material must have been taken exactly as the standard says before it looks like nobody weighed.
AGAIN = 10
#: Days that are looked at for it, up to the end of the period: a day alone has too few orders.
AGAIN_DAYS = 30


class Finding(NamedTuple):
    """One gap: what it is about, the codes that lead there, and figures that show it."""

    gap: Gap
    thing: int
    at: datetime
    #: The order, and the lot (of two lots: the one that is in the other).
    order: str | None = None
    lot: str | None = None
    other: str | None = None
    item: str | None = None
    quantity: Decimal | None = None
    unit: str = ""
    #: How many times, where it is about a repetition.
    times: int | None = None


class Entries(NamedTuple):
    """What was entered in a period: results, takings of material, orders completed."""

    results: int
    takings: int
    orders: int

    @property
    def total(self) -> int:
        """All of them: what the gaps are divided by."""
        return self.results + self.takings + self.orders


@dataclass(frozen=True)
class Health:
    """The genealogy of a period: what was entered, how many gaps of each kind are open, and the first of them."""

    entries: Entries
    counts: Mapping[Gap, int]
    findings: Mapping[Gap, Sequence[Finding]] = field(default_factory=dict)
    #: Gaps that somebody entered afterwards or explained, by what was done.
    settled: Mapping[How, int] = field(default_factory=dict)

    @property
    def gaps(self) -> int:
        """All open gaps."""
        return sum(self.counts.values())

    @property
    def score(self) -> Decimal | None:
        """100 x (1 - gaps / entries), rounded down so that 100 means none; nothing where nothing was made."""
        return score_of(self.entries, self.gaps)


def score_of(entries: Entries, gaps: int) -> Decimal | None:
    """As ``Health.score`` says it."""
    if not entries.results:
        return None
    share = 100 * (1 - Decimal(gaps) / entries.total)
    return max(share, Decimal(0)).quantize(Decimal("0.1"), ROUND_FLOOR)
