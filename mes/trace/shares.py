"""How much of one lot is in another: by proportion, and at worst. Pure: no database, no clock, never a float.

What is asked for has amounts in its own unit, everything on the way has shares of it. Two figures, side by side:

*About* (by proportion). Of a lot of 100 kg into which 20 kg of A went, every kilogram holds 0.2 kg of A: 50 kg of it
carry 10 kg of A into the next lot. What comes on several ways is added up. A lot's content is all that ever came into
it, and what counts found more than that.

*At most* (worst case). Nobody can tell what lies where in a lot that was mixed, so what was taken out of it may have
been A to the last gram, or as much of A as is in it: over each way the lesser of what went along it and what there was,
all ways added up, never more than the lot's own content nor than was taken of A at all. Where quantities cannot be
compared (kilograms went into pieces, pieces of one thing into pieces of another) at most is all of A that may have come
along the ways. It takes the quantities as recorded: a wrong scan makes it wrong, too.

Losses. Where more went in than came out, as far as both can be compared (100 kg were dried to 60), what is missing is
taken off everything alike: about 60 % of A is still in it, the rest was lost at the step (``lost``). What is missing
may be water, so of the worst case nothing is taken off. Losses that no quantity tells (pieces thrown away at the step)
are taken off nowhere: all that was drawn for a lot counts as being in it. What was thrown away of a made lot carries
its share.

An edge without a quantity (a container that was used on after it was empty on paper, a by-product) carries nothing by
proportion as nobody knows how much, and at most all there was. A part that was taken out of a machine was together with
what else was in it and holds nothing of that.

What stands in a circle (a graph that was damaged by hand) still gets figures: at most all there is.

Proportional amounts are whole numbers of 10^-24 of a millionth (``FINE``): twentieths and thousandths are exact, a
third is wrong in the thirtieth place, and each of ten thousand steps (a tank that was topped up for years) costs what
the first one does, where the denominators of fractions would grow with every one.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mes.trace.exactness import SURENESS, Sure

#: So many parts a millionth has.
FINE = 10**24


class Flow(NamedTuple):
    """So much (millionths of the parent's unit) of one lot went into another, and how exactly that is known."""

    parent: int
    child: int
    quantity: int
    sure: Sure


class Content(NamedTuple):
    """A lot: all that ever came into it, and how much that can be compared with it went in, both in millionths."""

    #: What is measured alike can be compared: weights in one unit, pieces of one item.
    measure: str
    whole: int
    went_in: int = 0


class Part(NamedTuple):
    """So much of what is asked for is in a lot, and the least sure step on the way; None: no step at all."""

    #: In its own unit, in millionths of ``FINE`` parts.
    about: int
    #: In its own unit, in millionths.
    at_most: int
    sure: Sure | None = None


@dataclass
class Shares:
    """The parts of every lot on the way, by what is asked for."""

    #: By lot, and by what is asked for.
    parts: dict[int, dict[int, Part]] = field(default_factory=dict)
    #: What is missing at the step by which a lot was made, likewise.
    lost: dict[int, dict[int, int]] = field(default_factory=dict)


def shares_below(groups: Mapping[int, int], flows: Sequence[Flow], contents: Mapping[int, Content]) -> Shares:
    """How much of suspects is in each lot that was made of them (정방향).

    ``groups``: the suspects, each with the group it is added up in (lots of one item, so of one unit). All of a suspect
    is the suspect, whatever it was made of. ``flows``: all edges on the way down, in any order.
    """
    into = _by(flows, lambda flow: flow.child)
    measures = {group: contents[lot].measure for lot, group in groups.items()}
    there_is = _all_of(groups, flows, contents)
    found = Shares()
    in_order, circle = _in_order(flows, groups, contents)
    for lot in in_order:
        content, mine = contents[lot], found.parts.setdefault(lot, {})
        for group, came in _came(found, into.get(lot, ()), contents, measures).items():
            most = there_is[group] if lot in circle else min(came.at_most, there_is[group])
            if content.measure == measures[group]:
                most = min(most, content.whole)
            about = min(_kept(came.about, content), most * FINE)
            if about < came.about:
                found.lost.setdefault(lot, {})[group] = came.about - about
            mine[group] = Part(about, most, Sure.RECORDED if lot in circle else came.sure)
        if lot in groups:
            mine[groups[lot]] = Part(content.whole * FINE, content.whole)
            found.lost.get(lot, {}).pop(groups[lot], None)
    return found


def _all_of(groups: Mapping[int, int], flows: Sequence[Flow], contents: Mapping[int, Content]) -> dict[int, int]:
    """How much of each group can be in other lots: what was taken of it, or all where nobody knows how much that was.

    What one suspect got from another one of its group is counted with that one.
    """
    out, found = _by(flows, lambda flow: flow.parent), dict.fromkeys(groups.values(), 0)
    for lot, group in groups.items():
        mine = [flow for flow in out.get(lot, ()) if groups.get(flow.child) != group and flow.sure is not Sure.WAS_IN]
        known = all(flow.quantity for flow in mine)
        taken = sum(flow.quantity for flow in mine)
        found[group] += min(taken, contents[lot].whole) if known else contents[lot].whole
    return found


def _came(
    found: Shares, flows: Iterable[Flow], contents: Mapping[int, Content], measures: Mapping[int, str]
) -> dict[int, Part]:
    """What came into a lot on all ways, before anything is taken off."""
    came: dict[int, Part] = {}
    for flow in flows:
        parent = contents[flow.parent]
        for group, part in found.parts.get(flow.parent, {}).items():
            most = part.at_most
            if flow.sure is Sure.WAS_IN:
                most = 0
            elif flow.quantity and parent.measure == measures[group]:
                most = min(most, flow.quantity)
            one = Part(_share(part.about, flow.quantity, parent.whole), most, less_sure(part.sure, flow.sure))
            known = came.get(group)
            came[group] = one if known is None else _both(known, one)
    return came


def shares_above(roots: Iterable[int], flows: Sequence[Flow], contents: Mapping[int, Content]) -> dict[int, Part]:
    """How much of each lot that went into the lots asked for is in them, all of them together (역방향).

    Every lot stands for itself, in its own unit. ``flows``: all edges on the way up, in any order.
    """
    asked = dict.fromkeys(roots)
    out = _by(flows, lambda flow: flow.parent)
    found: dict[int, Part] = {}
    in_order, circle = _in_order([Flow(to, of, much, how) for of, to, much, how in flows], asked, contents)
    for lot in in_order:
        content = contents[lot]
        if lot in asked:
            found[lot] = Part(content.whole * FINE, content.whole)
            continue
        total = Part(0, 0)
        for flow in out.get(lot, ()):
            if flow.child in found:
                total = _both(total, _went(flow, found[flow.child], content, contents[flow.child]))
        most = content.whole if lot in circle else min(total.at_most, content.whole)
        about = min(total.about, most * FINE)
        found[lot] = Part(about, most, Sure.RECORDED if lot in circle else total.sure)
    return found


def _went(flow: Flow, made: Part, parent: Content, child: Content) -> Part:
    """What of a lot is in what is asked for, by one lot that it went into, of which ``made`` is in there."""
    most = flow.quantity or parent.whole
    if flow.sure is Sure.WAS_IN or (child.whole and not made.at_most):  # of what is not in there nothing is
        most = 0
    elif child.measure == parent.measure:
        most = min(most, made.at_most)
    about = _kept(_share(flow.quantity * FINE, made.about, child.whole * FINE), child)
    return Part(min(about, most * FINE), most, less_sure(made.sure, flow.sure))


def of_a_piece(part: Part, content: Content, quantity: int, measure: str) -> Part:
    """What so much (millionths) of a lot holds. ``measure``: of what is asked for."""
    most = (min(part.at_most, quantity) if content.measure == measure else part.at_most) if quantity else 0
    return Part(min(_share(part.about, quantity, content.whole), most * FINE), most, part.sure)


def less_sure(one: Sure | None, other: Sure | None) -> Sure | None:
    """The less sure of two; nothing is as sure as no step at all."""
    if one is None or other is None:
        return other if one is None else one
    return one if SURENESS[one] >= SURENESS[other] else other


def _kept(went_in: int, content: Content) -> int:
    """How much of what went in is in there: all, or less where less came out than went in."""
    return _share(went_in, content.whole, content.went_in) if content.went_in > content.whole else went_in


def _share(amount: int, part: int, whole: int) -> int:
    """So much of an amount as a part is of its whole, to the nearest. Of a lot into which nothing ever came (a damaged
    ledger) it is all."""
    if not part or not amount:
        return 0
    return amount if part >= whole else (2 * amount * part + whole) // (2 * whole)


def _both(one: Part, other: Part) -> Part:
    if not one.at_most or not other.at_most:  # what brings nothing makes nothing less sure
        return other if other.at_most else one
    return Part(one.about + other.about, one.at_most + other.at_most, less_sure(one.sure, other.sure))


def _by(flows: Iterable[Flow], end: Callable[[Flow], int]) -> dict[int, list[Flow]]:
    found: dict[int, list[Flow]] = {}
    for flow in flows:
        found.setdefault(end(flow), []).append(flow)
    return found


def _in_order(flows: Sequence[Flow], roots: Iterable[int], lots: Iterable[int]) -> tuple[list[int], set[int]]:
    """Every lot after all from which a flow leads to it. What stands in a circle or behind one (a damaged graph) comes
    last, nearest first, and is named."""
    waits, out = dict.fromkeys(lots, 0), _by(flows, lambda flow: flow.parent)
    for flow in flows:
        waits[flow.child] += 1
    ready = deque(lot for lot, many in waits.items() if not many)
    found: list[int] = []
    while ready:
        lot = ready.popleft()
        found.append(lot)
        for flow in out.get(lot, ()):
            waits[flow.child] -= 1
            if not waits[flow.child]:
                ready.append(flow.child)
    circle = set(waits).difference(found)
    if circle:
        found += _nearest(out, [*roots, *found], circle)
    return found, circle


def _nearest(out: Mapping[int, Sequence[Flow]], known: Iterable[int], circle: set[int]) -> list[int]:
    """The lots of a circle, those next to what is known first."""
    waiting = deque(dict.fromkeys(known))
    seen, found = set(waiting), [lot for lot in waiting if lot in circle]
    while waiting:
        for flow in out.get(waiting.popleft(), ()):
            if flow.child not in seen:
                seen.add(flow.child)
                waiting.append(flow.child)
                if flow.child in circle:
                    found.append(flow.child)
    return found
