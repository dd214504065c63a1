"""A trace through several plants: what one shipped is, at the other, the lot that came under the code on its label.

The rule: a lot received under a supplier's lot number is the lot of another plant when that number is a code with the
other plant's mark and a right check character, and that plant has a lot of this code. Such a code was made by no other
plant, nor by a supplier. A code without a mark (made before the plants had one) proves nothing: it is told of, and the
trace does not go on there.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from mes.core.chunks import chunks
from mes.core.dresses import OURS
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.numbering import is_checked
from mes.lots.code_models import FormerCode
from mes.lots.models import Lot
from mes.plants.registry import Registry
from mes.plants.standing import Standing
from mes.trace.handles import ALL, LOT, SUPPLIER_LOT, Handle, NothingToTrace, chosen, find_handles
from mes.trace.queries import Direction
from mes.trace.story import Story, tell_of

#: Goods that went to and fro more often than this are a circle of names.
MOST_STEPS = 40


class WhichPlant(Refused):
    """A code that several plants have."""

    message = N_("%(code)s is the code of something at several plants: %(found)s.")
    hint = N_("Choose the plant that is meant.")


@dataclass(frozen=True)
class Found:
    """What a code is at one plant."""

    standing: Standing
    handle: Handle


@dataclass(frozen=True)
class Part:
    """The part of a trace that lies in one plant. ``direction``: none for where it begins."""

    standing: Standing
    story: Story
    direction: Direction | None

    @property
    def suppliers(self) -> list[str]:
        """From whom the first lots came."""
        facts = [self.story.fact(lot) for lot in self.story.sources]
        return list(dict.fromkeys(one.supplier for one in facts if one.supplier))


@dataclass(frozen=True)
class Link:
    """Goods of one plant that another one received: under this code there."""

    code: str
    maker: str
    receiver: str


@dataclass
class Across:
    """A trace through all plants."""

    parts: list[Part] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    #: Codes without a mark under which one plant received something and another one made something.
    doubtful: list[Link] = field(default_factory=list)
    #: Plants whose copies cannot be asked now.
    missing: list[Standing] = field(default_factory=list)

    @property
    def customers(self) -> list[tuple[str, str]]:
        """Who received some of it, and from which plant."""
        return list(dict.fromkeys((part.standing.mark, name) for part in self.parts for name in part.story.customers))


class Plants:
    """All copies that can be read, each as of one moment."""

    def __init__(self, registry: Registry, now: datetime, stack: ExitStack) -> None:
        self.standings: dict[str, Standing] = {}
        self.reads: dict[str, Session] = {}
        self.missing: list[Standing] = []
        for one in registry.standings(now):
            if one.is_whole:
                self.standings[one.mark] = one
                self.reads[one.mark] = stack.enter_context(registry.copy(one.mark).read())
            else:
                self.missing.append(one)

    def find(self, text: str, mark: str | None, only: str | None) -> list[Found]:
        """All beginnings that a text may name. What a plant made itself goes before what another one received."""
        found = [
            Found(self.standings[here], handle)
            for here, read in self.reads.items()
            if mark in (None, here)
            for handle in chosen(find_handles(read, text), only)
        ]
        made = [one for one in found if one.handle.kind != SUPPLIER_LOT]
        return made or found


def trace_across(
    registry: Registry, text: str, now: datetime, mark: str | None = None, only: str | None = None
) -> Across | list[Found]:
    """Trace what a code names through all plants; the beginnings to choose from, where it names several.

    Raises NothingToTrace.
    """
    with ExitStack() as stack:
        plants = Plants(registry, now, stack)
        found = plants.find(text, mark, only)
        if not found:
            raise NothingToTrace(code=text[:60])
        if len(found) > 1 and only != ALL:
            return found
        across = Across(missing=plants.missing)
        for one in found:
            _walk(plants, across, one)
        return across


def _walk(plants: Plants, across: Across, begin: Found) -> None:
    """Follow goods from plant to plant, in both directions, each lot once."""
    seen: dict[tuple[str, Direction], set[int]] = {}
    waiting: list[tuple[str, Handle, Direction | None]] = [(begin.standing.mark, begin.handle, None)]
    while waiting and len(across.parts) < MOST_STEPS:
        mark, handle, way = waiting.pop(0)
        story = tell_of(plants.reads[mark], handle, way)
        across.parts.append(Part(plants.standings[mark], story, way))
        for graph, direction in ((story.up, Direction.UP), (story.down, Direction.DOWN)):
            if graph is None:
                continue
            seen.setdefault((mark, direction), set()).update(graph.lots)
            for other, lots in _beyond(plants, across, mark, story, list(graph.lots), direction):
                fresh = {ident: code for ident, code in lots.items()
                         if ident not in seen.get((other, direction), set())}  # fmt: skip
                if fresh:
                    seen.setdefault((other, direction), set()).update(fresh)
                    first = next(iter(fresh.values()))
                    waiting.append((other, Handle(LOT, first, ALL, "", "", tuple(fresh)), direction))


def _beyond(
    plants: Plants, across: Across, mark: str, story: Story, lots: Sequence[int], way: Direction
) -> Iterator[tuple[str, dict[int, str]]]:
    """The lots of other plants that these lots were before (up) or became (down): by plant, their ids with codes."""
    if way is Direction.UP:
        wanted = {code: code for lot in lots if (code := story.fact(lot).supplier_lot)}
        for other, read in plants.reads.items():
            if other != mark:
                made = dict(_bearing(read, [code for code in wanted if _has_no_mark(code) or _is_of(code, other)]))
                for code in made.values():
                    _note(across, Link(code, other, mark), other)
                yield other, {ident: code for ident, code in made.items() if _is_of(code, other)}
        return
    mine = _codes_of(plants.reads[mark], [story.fact(lot).code for lot in lots], lots)
    for other, read in plants.reads.items():
        if other != mark:
            came = dict(_received(read, [code for code in mine if _has_no_mark(code) or _is_of(code, mark)]))
            for _own, code in came.values():
                _note(across, Link(code, mark, other), mark)
            yield other, {ident: own for ident, (own, code) in came.items() if _is_of(code, mark)}


def _is_of(code: str, mark: str) -> bool:
    """Whether a code was made by the plant of this mark."""
    found = OURS.fullmatch(code)
    return found is not None and found[1] == mark and is_checked(code)


def _has_no_mark(code: str) -> bool:
    """Whether it looks like a code of ours and does not say of which plant."""
    found = OURS.fullmatch(code)
    return found is not None and not found[1]


def _note(across: Across, link: Link, maker: str) -> None:
    known = across.links if _is_of(link.code, maker) else across.doubtful
    if link not in known:
        known.append(link)


def _bearing(read: Session, codes: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lots that bear one of these codes, or bore it: id and that code."""
    for part in chunks(codes):
        now = select(Lot.id, Lot.code).where(Lot.code.in_(part))
        before = select(FormerCode.lot_id, FormerCode.code).where(FormerCode.code.in_(part))
        yield from ((row[0], row[1]) for row in read.execute(union_all(now, before)))


def _received(read: Session, codes: Sequence[str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Lots that came under one of these numbers: id, own code, and the number."""
    for part in chunks(codes):
        query = select(Lot.id, Lot.code, Lot.supplier_lot).where(Lot.supplier_lot.in_(part)).order_by(Lot.id)
        for ident, own, code in read.execute(query):
            yield ident, (own, str(code))


def _codes_of(read: Session, codes: Iterable[str], lots: Sequence[int]) -> list[str]:
    """All codes that these lots bear or bore: on the label of what left may be an old one."""
    found = dict.fromkeys(codes)
    for part in chunks(lots):
        found |= dict.fromkeys(read.scalars(select(FormerCode.code).where(FormerCode.lot_id.in_(part))))
    return list(found)
