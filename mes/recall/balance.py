"""Mass balance (수불 대조): what was received of a suspect is consumed, in stock, scrapped, returned or shipped.

A suspect's material stays its own under other labels: a part that was split off, a lot it was poured into. Of each lot
of such a family the share of every suspect is worked out along its partings, as exact fractions: what came in from
which lot, divided by all that came in. A mixed lot is so counted by proportion; what it would be in the worst case (all
of a lot that has any of it) stands beside it. Everything is pure: no database, no clock.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from mes.core.types import ONE, PLACES, plain

NONE = Fraction(0)
ALL = Fraction(1)


class Parting(NamedTuple):
    """So much of one lot became part of another one by a split, a merge or a sorting out for rework. The parent may be
    a lot without a book: what came from outside the family is no suspect's."""

    parent: int
    child: int
    quantity: Decimal


@dataclass(frozen=True)
class Book:
    """What the ledger says about one lot: sums without what was taken back. ``counted`` is what counts took away
    (negative: found more); ``drawn`` of what was consumed went into made lots, ``lost`` into what was scrapped there,
    the rest is in process."""

    origin: Decimal = Decimal(0)
    consumed: Decimal = Decimal(0)
    drawn: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    scrapped: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    #: Machines that were taken apart; their parts have books of their own.
    apart: Decimal = Decimal(0)
    shipped: Decimal = Decimal(0)
    counted: Decimal = Decimal(0)
    stock: Decimal = Decimal(0)
    #: Taken of samples for tests, and kept as samples: not ``stock``.
    tested: Decimal = Decimal(0)
    retained: Decimal = Decimal(0)
    #: In stock, but held because a customer brought it back.
    back: Decimal = Decimal(0)
    #: All that customers ever brought back of it; it is not in ``shipped``.
    came_back: Decimal = Decimal(0)


@dataclass
class Balance:
    """What was received of one suspect (or of several of one unit) and where it is; the sums are exact."""

    received: Fraction = NONE
    drawn: Fraction = NONE
    in_process: Fraction = NONE
    lost: Fraction = NONE
    stock: Fraction = NONE
    back: Fraction = NONE
    retained: Fraction = NONE
    tested: Fraction = NONE
    scrapped: Fraction = NONE
    returned: Fraction = NONE
    apart: Fraction = NONE
    shipped: Fraction = NONE
    counted: Fraction = NONE
    #: Of what had left, what came back since: it is wherever it is now, so this is no place of its own.
    came_back: Fraction = NONE
    #: All that mixed lots hold or shipped, as if every piece of them were the suspect's.
    worst_stock: Fraction = NONE
    worst_shipped: Fraction = NONE

    @property
    def accounted(self) -> Fraction:
        """What is known to be somewhere."""
        return sum((getattr(self, name) for name in PLACES_OF), NONE)

    @property
    def gap(self) -> Fraction:
        """What counts took away, and what the ledger does not explain; negative when more was found."""
        return self.received - self.accounted

    @property
    def unexplained(self) -> Fraction:
        """What not even a count explains: 0 unless the ledger was damaged."""
        return self.gap - self.counted

    @property
    def share(self) -> Fraction | None:
        """The share of what was received that is accounted for; None when nothing was received."""
        return self.accounted / self.received if self.received else None

    def in_numbers(self) -> dict[str, Decimal]:
        """The figures with six decimals, rounded so that they still close: received = the places + counted + the
        unexplained."""
        names = (*PLACES_OF, "counted", "unexplained")
        rounded = dict(zip(names, close([getattr(self, name) for name in names], self.received), strict=True))
        return rounded | {
            "received": decimal(self.received),
            "came_back": decimal(self.came_back),
            "worst_stock": decimal(self.worst_stock),
            "worst_shipped": decimal(self.worst_shipped),
        }


#: Where what was received can be.
PLACES_OF = (
    "drawn",
    "in_process",
    "lost",
    "stock",
    "back",
    "retained",
    "tested",
    "scrapped",
    "returned",
    "apart",
    "shipped",
)


@dataclass
class Family:
    """Lots with their books and the partings between them."""

    books: Mapping[int, Book]
    partings: Sequence[Parting]
    into: dict[int, list[Parting]] = field(init=False)
    out: dict[int, list[Parting]] = field(init=False)

    def __post_init__(self) -> None:
        self.into, self.out = {}, {}
        for one in self.partings:
            self.into.setdefault(one.child, []).append(one)
            self.out.setdefault(one.parent, []).append(one)

    def inflow(self, lot: int) -> Decimal:
        """All that ever came into a lot."""
        return self.books[lot].origin + sum((one.quantity for one in self.into.get(lot, ())), Decimal(0))

    def in_order(self) -> list[int]:
        """Every lot after those that went into it. What stands in a circle (a damaged graph) comes last, as it is."""
        waits = {lot: sum(one.parent in self.books for one in self.into.get(lot, ())) for lot in self.books}
        ready = deque(sorted(lot for lot, many in waits.items() if not many))
        found: list[int] = []
        while ready:
            lot = ready.popleft()
            found.append(lot)
            for one in self.out.get(lot, ()):
                waits[one.child] -= 1
                if not waits[one.child]:
                    ready.append(one.child)
        return found + sorted(set(self.books).difference(found))


def shares(family: Family, groups: Mapping[int, int]) -> tuple[dict[int, dict[int, Fraction]], dict[int, Fraction]]:
    """Of each lot the share of each group of suspects, and what each suspect received that no other one already had.

    ``groups``: the suspects, each with its group (itself for a line of its own).
    """
    found: dict[int, dict[int, Fraction]] = {}
    received: dict[int, Fraction] = {}
    for lot in family.in_order():
        inflow = Fraction(family.inflow(lot))
        came: dict[int, Fraction] = {}
        for one in family.into.get(lot, ()):
            for group, share in found.get(one.parent, {}).items():
                came[group] = came.get(group, NONE) + share * Fraction(one.quantity)
        if lot in groups:
            mine = groups[lot]
            received[lot] = inflow - sum(came.values(), NONE)
            came[mine] = came.get(mine, NONE) + received[lot]
        if inflow:
            found[lot] = {group: much / inflow for group, much in came.items() if much}
        else:
            found[lot] = {groups[lot]: ALL} if lot in groups else {}
    return found, received


def balances(family: Family, groups: Mapping[int, int]) -> dict[int, Balance]:
    """The balance of each group of suspects; all of them together are their sum, as nothing is counted twice."""
    found, received = shares(family, groups)
    sums = {group: Balance() for group in groups.values()}
    for lot, much in received.items():
        sums[groups[lot]].received += much
    for lot, mine in found.items():
        for group, share in mine.items():
            _add(sums[group], family.books[lot], share)
    return sums


def _add(to: Balance, book: Book, share: Fraction) -> None:
    to.drawn += share * Fraction(book.drawn)
    to.lost += share * Fraction(book.lost)
    to.in_process += share * Fraction(book.consumed - book.drawn - book.lost)
    to.stock += share * Fraction(book.stock)
    to.retained += share * Fraction(book.retained)
    to.tested += share * Fraction(book.tested)
    to.back += share * Fraction(book.back)
    to.came_back += share * Fraction(book.came_back)
    to.scrapped += share * Fraction(book.scrapped)
    to.returned += share * Fraction(book.returned)
    to.apart += share * Fraction(book.apart)
    to.shipped += share * Fraction(book.shipped)
    to.counted += share * Fraction(book.counted)
    to.worst_stock += Fraction(book.stock)
    to.worst_shipped += Fraction(book.shipped)


def decimal(value: Fraction) -> Decimal:
    """A fraction with six decimals."""
    return plain(Decimal(round(value * ONE)).scaleb(-PLACES))


def close(parts: Sequence[Fraction], whole: Fraction) -> list[Decimal]:
    """Parts with six decimals whose sum is the rounded whole: what rounding leaves goes where most was cut off."""
    cut = [part * ONE for part in parts]
    floors = [part.numerator // part.denominator for part in cut]
    left = round(whole * ONE) - sum(floors)
    order = sorted(range(len(parts)), key=lambda place: floors[place] - cut[place])
    for place in order[: max(left, 0)]:
        floors[place] += 1
    return [plain(Decimal(floor).scaleb(-PLACES)) for floor in floors]
