"""Taking a bill of material apart: what goes into a quantity, as a tree and in flat totals.

Works on the lines of all BOMs below an item, read by one recursive statement; each BOM is looked at once, however
often it is used, so that a deep structure with shared sub-assemblies stays fast.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.types import SMALLEST, plain
from mes.items.models import BomLine, Item

#: A tree with more branches than this below its own lines is cut (the totals never are).
MOST_BRANCHES = 3000
DEEPEST = 60
#: Digits of a product over all levels: it is rounded once, at the end, and a slip of the pen on each level fits in.
DIGITS = 100_000
LOOP_SHOWN = 20


class BomLoop(Refused):
    """An item that would be made of itself."""

    message = N_("The bill of material goes round in a circle: %(loop)s.")
    hint = N_("Take one of these components out, then release it.")


@dataclass
class Branch:
    """One use of an item in the tree, with the quantity for the whole."""

    item: Item
    quantity: Decimal
    line: BomLine | None = None
    children: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True)
class Total:
    """How much of an item is needed in all; ``level`` is its deepest place, ``made`` whether it has a BOM."""

    item: Item
    quantity: Decimal
    level: int
    made: bool


@dataclass(frozen=True)
class Explosion:
    """What goes into a quantity of an item."""

    root: Branch
    totals: Sequence[Total]
    #: Whether the tree was too large to show whole.
    cut: bool


Lines = Mapping[int, Sequence[BomLine]]


def gross(line: BomLine, quantity: Decimal) -> Decimal:
    """What a line takes for so many pieces, with its expected loss (not rounded)."""
    return quantity * line.quantity * (100 + line.scrap_percent).scaleb(-2)


def take_apart(item: Item, quantity: Decimal, lines: Lines) -> Explosion:
    """Explode a quantity of an item. ``lines`` has the BOM lines in force by product. Raises BomLoop.

    Sub-assemblies count themselves and hand their need down. A phantom only hands it down; one without a BOM in force
    counts itself, or what it stands for would be missing from the totals without a word.
    """
    order = _from_top_to_bottom(item, lines)
    with localcontext(prec=DIGITS):
        totals = _totals(item, quantity, lines, order)
        root, left = Branch(item, quantity), [MOST_BRANCHES]
        _grow(root, quantity, lines, left)
    return Explosion(root, totals, cut=left[0] < 0)


def _from_top_to_bottom(item: Item, lines: Lines) -> list[int]:
    users: dict[int, int] = defaultdict(int)
    for used in lines.values():
        for component in {line.component_id for line in used}:
            users[component] += 1
    order, ready = [], [item.id] if not users[item.id] else []
    while ready:
        current = ready.pop()
        order.append(current)
        for component in {line.component_id for line in lines.get(current, ())}:
            users[component] -= 1
            if not users[component]:
                ready.append(component)
    if len(order) < len({item.id, *users}):
        raise BomLoop(loop=" > ".join(_any_loop(item, lines)))
    return order


def _totals(item: Item, quantity: Decimal, lines: Lines, order: Sequence[int]) -> list[Total]:
    passed: dict[int, Decimal] = defaultdict(Decimal)
    needed: dict[int, Decimal] = defaultdict(Decimal)
    level: dict[int, int] = defaultdict(int)
    known = {item.id: item}
    passed[item.id] = quantity
    for product in order:
        for line in lines.get(product, ()):
            amount = gross(line, passed[product])
            known[line.component_id] = line.component
            level[line.component_id] = max(level[line.component_id], level[product] + 1)
            passed[line.component_id] += amount
            if not line.phantom or line.component_id not in lines:
                needed[line.component_id] += amount
    return [Total(known[i], rounded(amount), level[i], i in lines) for i, amount in _sorted(needed, known)]


def _sorted(amounts: Mapping[int, Decimal], known: Mapping[int, Item]) -> list[tuple[int, Decimal]]:
    return sorted(amounts.items(), key=lambda entry: known[entry[0]].code)


def _grow(branch: Branch, exact: Decimal, lines: Lines, left: list[int], depth: int = 0) -> None:
    used = lines.get(branch.item.id, ())
    left[0] -= len(used) if depth else 0  # its own lines are always shown: nobody asks for less
    if used and (left[0] < 0 or depth == DEEPEST):
        left[0] = -1
        return
    for line in used:
        amount = gross(line, exact)
        child = Branch(line.component, rounded(amount), line)
        branch.children.append(child)
        _grow(child, amount, lines, left, depth + 1)


def rounded(amount: Decimal) -> Decimal:
    """A quantity as it is shown and kept: six places."""
    return plain(amount.quantize(SMALLEST, ROUND_HALF_UP))


def find_loop(start: int, edges: Mapping[int, Iterable[int]]) -> list[int]:
    """The way from ``start`` back to itself along product -> component, empty when there is none."""
    came_from: dict[int, int] = {}
    waiting = [start]
    while waiting:
        product = waiting.pop()
        for component in edges.get(product, ()):
            if component == start:
                way = [product]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return [*reversed(way), start]
            if component not in came_from:
                came_from[component] = product
                waiting.append(component)
    return []


def _any_loop(item: Item, lines: Lines) -> list[str]:
    edges = {p: [line.component_id for line in used] for p, used in lines.items()}
    codes = {line.component_id: line.component.code for used in lines.values() for line in used} | {item.id: item.code}
    loops = (find_loop(product, edges) for product in edges)
    return [codes[step] for step in next(loop for loop in loops if loop)][:LOOP_SHOWN]
