"""What a generated plant makes: product lines with a bill of material of six levels, and campaigns of lots.

A campaign is what becomes of a few deliveries over two or three weeks: raw lots, five levels of semi-finished lots, and
finished ones that leave for a customer. It is planned backwards, from what the finished lots need to what had to be
delivered, so that every quantity closes to the last decimal. All quantities are whole millionths.
"""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from mes.core.types import ONE

LINES = 8
LEVELS = 6
#: Lots that a campaign of the usual size makes, and deliveries of its main material and of each other one.
MADE, MAIN, OTHERS = 73, 3, 4
#: Each level has half as many lots again as the one before: what is made goes into ever more things.
GROWTH = 1.5
#: One lot in so many keeps a rest that nobody needed.
RESTS = 10


class Need(NamedTuple):
    """One line of a product's bill: which of the line's items, and how much for one piece, in millionths."""

    item: int
    per_piece: int


@dataclass(frozen=True)
class Line:
    """One product: its items are numbered 0 (main material), 1 to 6 (other materials), 7 to 12 (levels 1 to 6)."""

    number: int
    bills: tuple[tuple[Need, ...], ...]


class Part(NamedTuple):
    """So much of the campaign's lot with this place went into another."""

    place: int
    taken: int


@dataclass(slots=True)
class Planned:
    """One lot of a campaign: received, where it is made of nothing."""

    item: int
    made: int
    rest: int
    parts: tuple[Part, ...]


def lines(chance: Random) -> list[Line]:
    """The plant's products."""
    return [
        Line(number, tuple(_bill(chance, level) for level in range(1, LEVELS + 1))) for number in range(1, LINES + 1)
    ]


def _bill(chance: Random, level: int) -> tuple[Need, ...]:
    """Each level is made of the one before, of a material of its own, and from the third on of the one before that."""
    before = 0 if level == 1 else LEVELS + level - 1
    bill = [
        Need(before, chance.randrange(400, 600) * ONE // 1000),
        Need(level, chance.randrange(50, 300) * ONE // 1000),
    ]
    if level > 2:
        bill.append(Need(LEVELS + level - 2, chance.randrange(20, 80) * ONE // 1000))
    return tuple(bill)


def edges_of(made: int = MADE) -> int:
    """How many edges a campaign has that makes so many lots."""
    sizes = _sizes(made)
    return sum(size * (2 if level < 2 else 3) for level, size in enumerate(sizes))


def _sizes(made: int) -> list[int]:
    """How many lots each level has."""
    weights = [GROWTH**level for level in range(LEVELS)]
    sizes = [max(1, int(made * weight / sum(weights))) for weight in weights]
    sizes[-1] += made - sum(sizes)
    return sizes


def plan(chance: Random, line: Line, made: int = MADE, *, traced: bool = False) -> list[Planned]:
    """The lots of a campaign, each after what went into it.

    ``traced``: all that is made stems from one delivery, and something of every lot is left: the families whose trace
    and recall are measured.
    """
    sizes = _sizes(made)
    first: dict[int, int] = {}
    count: dict[int, int] = {}
    lots: list[Planned] = []
    for item in range(LEVELS * 2 + 1):
        first[item] = len(lots)
        count[item] = (
            (1 if traced else MAIN)
            if item == 0
            else min(OTHERS, sizes[0])
            if item <= LEVELS
            else sizes[item - LEVELS - 1]
        )
        lots += [Planned(item, 0, 0, ()) for _ in range(count[item])]
    taken = [0] * len(lots)
    for place in range(len(lots) - 1, -1, -1):
        lot = lots[place]
        _fill(chance, lot, taken[place], traced)
        if lot.item > LEVELS:
            lot.parts = tuple(_parts(chance, line, lot, place - first[lot.item], first, count))
            for part in lot.parts:
                taken[part.place] += part.taken
    return lots


def _fill(chance: Random, lot: Planned, taken: int, traced: bool) -> None:
    """What is made of it: what others take, and perhaps a rest; of a finished lot pieces, most of which are shipped."""
    if lot.item == LEVELS * 2:
        lot.made = chance.randrange(60, 140) * ONE
        lot.rest = 5 * ONE if traced or not chance.randrange(RESTS) else 0
        return
    lot.rest = (chance.randrange(1, 20) * ONE // 2) if traced or not taken or not chance.randrange(RESTS) else 0
    lot.made = taken + lot.rest


def _parts(
    chance: Random, line: Line, lot: Planned, position: int, first: dict[int, int], count: dict[int, int]
) -> list[Part]:
    """Its materials, two percent around the standard: of each the lot whose turn it is; of two levels before, any."""
    found = []
    for nth, need in enumerate(line.bills[lot.item - LEVELS - 1]):
        of_these = count[need.item]
        at = chance.randrange(of_these) if nth == 2 else position * of_these // count[lot.item]
        standard = need.per_piece * lot.made // ONE
        found.append(Part(first[need.item] + at, standard * (980 + chance.randrange(41)) // 1000 + 1))
    return found
