"""How much of what is asked for is in each lot of a trace, worked out only where somebody is shown it.

Both figures of ``shares`` stand side by side, each named for what it is; a quantity that every step recorded exactly
stands alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from mes.core.i18n import N_, _, number, own_name
from mes.core.types import PLACES, plain
from mes.trace.contents import contents_above, contents_below, measure_of
from mes.trace.exactness import Sure, walk
from mes.trace.queries import LOTS, Direction, Trace, TracedItem, exact, fetch, items_of
from mes.trace.shares import FINE, Content, Flow, Part, of_a_piece, shares_above, shares_below
from mes.trace.story import Story

#: Steps after which a quantity is still what was recorded, not what was worked out.
EXACT = frozenset({None, Sure.SCANNED, Sure.PART, Sure.RETURNED, Sure.RECOVERED, Sure.REWORKED, Sure.POURED})
#: As a person reads it; files and programs get all six places.
BRIEF = Decimal("0.001")
MOST_ITEMS = 4


class Share(NamedTuple):
    """So much of an item that is asked for is in a lot, in the unit of that item, and how exactly that is known."""

    item: TracedItem
    about: Decimal
    at_most: Decimal
    sure: Sure | None

    @property
    def is_exact(self) -> bool:
        """Whether both figures agree and every step was recorded exactly."""
        return self.about == self.at_most and self.sure in EXACT

    @property
    def is_known(self) -> bool:
        """Whether anything tells how much it is."""
        return bool(self.about)


@dataclass
class Reached:
    """What suspects reached, and how much of them is where."""

    items: Mapping[int, TracedItem] = field(default_factory=dict)
    contents: Mapping[int, Content] = field(default_factory=dict)
    parts: Mapping[int, Mapping[int, Part]] = field(default_factory=dict)
    #: What is missing at the step by which a lot was made, by lot and item.
    lost: Mapping[int, Mapping[int, int]] = field(default_factory=dict)

    def of(self, lot: int) -> list[Share]:
        """How much of the suspects is (or was) in a lot, by item."""
        return [_share(self.items[item], part) for item, part in self.parts.get(lot, {}).items()]

    def of_a_part(self, lot: int, quantity: Decimal) -> list[Share]:
        """How much of the suspects so much of a lot holds."""
        much, found = int(quantity.scaleb(PLACES)), []
        for ident, part in self.parts.get(lot, {}).items():
            item = self.items[ident]
            some = of_a_piece(part, self.contents[lot], much, measure_of(item.id, item.unit))
            found.append(_share(item, some))
        return found


@dataclass
class StoryShares:
    """Of a trace: what of each raw lot is in the lots asked for, and what of those is in each lot made of them."""

    asked: frozenset[int] = frozenset()
    above: Reached = field(default_factory=Reached)
    below: Reached = field(default_factory=Reached)

    def at(self, step: int, lot: int) -> list[Share]:
        """Of a line of the table: before the lots asked for (below 0), after them (above 0). They are all of it."""
        return [] if lot in self.asked or not step else self.above.of(lot) if step < 0 else self.below.of(lot)


def held_by(session: Session, suspects: Sequence[int]) -> Reached:
    """How much of suspects is in which lot; six statements, and one more for lots that a count began."""
    edges, sures = walk(session, suspects, Direction.DOWN)
    lots = fetch(session, LOTS, sorted({*suspects, *(edge[1] for edge in edges)}))
    flows = [Flow(*edge, sure) for edge, sure in zip(edges, sures, strict=True)]
    return _below(session, suspects, flows, {row[0]: row for row in lots}, items_of(session, lots))


def shares_of(session: Session, story: Story) -> StoryShares:
    """How much of what is where in a trace; four statements for both ways, and two more for lots that a count began."""
    found = StoryShares(frozenset(story.handle.lot_ids))
    if story.down and story.down.edges:
        flows = [Flow(*edge, sure) for edge, sure in _with(story.down, story.sures_down)]
        found.below = _below(session, story.handle.lot_ids, flows, story.down.lots, story.down.items)
    if story.up and story.up.edges:
        flows = [Flow(far, near, much, sure) for (near, far, much), sure in _with(story.up, story.sures_up)]
        found.above = _above(session, story.handle.lot_ids, flows, story.up.lots, story.up.items)
    return found


def _with(graph: Trace, sures: Sequence[Sure]) -> Iterable[tuple[tuple[int, int, int], Sure]]:
    return zip(graph.edges, sures, strict=True)


def _below(
    session: Session, suspects: Sequence[int], flows: Sequence[Flow], lots: Mapping[int, Any],
    items: Mapping[int, TracedItem],
) -> Reached:  # fmt: skip
    contents = contents_below(session, lots.values(), {item.id: item.unit for item in items.values()})
    found = shares_below({lot: lots[lot][2] for lot in suspects if lot in lots}, flows, contents)
    return Reached(items, contents, found.parts, found.lost)


def _above(
    session: Session, roots: Sequence[int], flows: Sequence[Flow], lots: Mapping[int, Any],
    items: Mapping[int, TracedItem],
) -> Reached:  # fmt: skip
    contents = contents_above(session, lots.values(), {item.id: item.unit for item in items.values()}, flows)
    parts = shares_above(roots, flows, contents)
    return Reached(items, contents, {lot: {lots[lot][2]: part} for lot, part in parts.items()})


def _share(item: TracedItem, part: Part) -> Share:
    """With six places. What is more than nothing is never told as nothing."""
    millionths = (2 * part.about + FINE) // (2 * FINE) or (1 if part.about else 0)
    return Share(item, exact(min(millionths, part.at_most)), exact(part.at_most), part.sure)


def share_words(shares: Iterable[Share]) -> str:
    """How much it is, in words, each item on its own: "about 3.2 kg, at most 5 kg". Of many items the first few; files
    and programs get all of them."""
    several = list(shares)
    if len(several) <= 1:
        return "".join(_one(share) for share in several)
    words = [f"{own_name(share.item)}: {_one(share)}" for share in several[:MOST_ITEMS]]
    return " · ".join(words if len(several) <= MOST_ITEMS else [*words, "…"])


ABOUT_AND_MOST = N_("about %(about)s, at most %(most)s")
ABOUT = N_("about %(about)s")
UNKNOWN = N_("how much is not known, at most %(most)s")
TOGETHER = N_("nothing of it; was together with it")


def _one(share: Share) -> str:
    about, most = f"{brief(share.about)} {share.item.unit}", f"{brief(share.at_most, ROUND_CEILING)} {share.item.unit}"
    if share.is_exact and share.about:
        return about
    if not share.at_most:
        return _(TOGETHER)
    if not share.is_known:
        return _(UNKNOWN, most=most)
    return _(ABOUT, about=about) if share.about == share.at_most else _(ABOUT_AND_MOST, about=about, most=most)


def brief(value: Decimal, rounding: str = ROUND_HALF_EVEN) -> str:
    """A quantity with three places, or with all six where nothing would be left of it."""
    short = value.quantize(BRIEF, rounding)
    return number(plain(short or value))
