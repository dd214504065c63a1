"""What differs between a BOM in force and the list in a file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mes.exchange.models import Verdict
from mes.exchange.rules import Change
from mes.items.boms import BomLineData
from mes.items.by_products import ByProductData

#: The verdict on a row, and what it changes.
Said = tuple[Verdict, list[Change]]
#: A component and the operation that consumes it.
Place = tuple[str, int | None]


def pair_lines(
    old: Sequence[BomLineData], new: Mapping[int, Place]
) -> tuple[dict[int, BomLineData], list[BomLineData]]:
    """The recorded line of each row, and the recorded lines that no row stands for.

    A component at the same operation is the same line; one that is left once on either side was moved to another
    operation. Rows that could be one of several recorded lines are new.
    """
    waiting: dict[Place, list[BomLineData]] = {}
    for line in old:
        waiting.setdefault((line.component.code, line.operation), []).append(line)
    pairs = {row: waiting[place].pop(0) for row, place in new.items() if waiting.get(place)}
    left: dict[str, list[BomLineData]] = {}
    for (component, _operation), lines in waiting.items():
        left.setdefault(component, []).extend(lines)
    moved = Counter(component for row, (component, _operation) in new.items() if row not in pairs)
    for row, (component, _operation) in new.items():
        if row not in pairs and moved[component] == 1 and len(left.get(component, ())) == 1:
            pairs[row] = left[component].pop()
    return pairs, [line for lines in left.values() for line in lines]


def _said(line: BomLineData) -> dict[str, Any]:
    """A line in plain words, for comparing."""
    names = ("quantity", "scrap_percent", "operation", "consumption", "phantom", "reference")
    plain: dict[str, Any] = {name: getattr(line, name) for name in names}
    substitutes = tuple(sorted(item.code for item in line.substitutes))
    return plain | {"component": line.component.code, "substitutes": substitutes}


def differences(old: BomLineData, new: BomLineData) -> list[Change]:
    """What a component's line would change."""
    before, after = _said(old), _said(new)
    return [Change(name, before[name], after[name]) for name in before if before[name] != after[name]]


def compare_lines(pairs: Mapping[int, BomLineData], new: Mapping[int, BomLineData]) -> dict[int, Said]:
    """The verdict on each line by row."""
    said: dict[int, Said] = {}
    for row, line in new.items():
        changes = differences(pairs[row], line) if row in pairs else []
        said[row] = Verdict.NEW if row not in pairs else Verdict.CHANGED if changes else Verdict.SAME, changes
    return said


def compare_by_products(
    old: Sequence[ByProductData], new: Mapping[int, ByProductData]
) -> tuple[dict[int, Said], list[str]]:
    """The verdict on each by-product by row, and the codes of those that are not in the file."""
    waiting = {one.item.code: one for one in old}
    said: dict[int, Said] = {}
    for row, fresh in new.items():
        twin = waiting.pop(fresh.item.code, None)
        if twin is None:
            said[row] = (Verdict.NEW, [])
            continue
        pairs = (("quantity", twin.quantity, fresh.quantity), ("operation", twin.operation, fresh.operation))
        changes = [Change(*pair) for pair in pairs if pair[1] != pair[2]]
        said[row] = (Verdict.CHANGED if changes else Verdict.SAME, changes)
    return said, list(waiting)


def tell_gone(said: dict[int, Said], row: int, name: str, gone: Sequence[str]) -> None:
    """What a list does not have any more is told with one of its rows, beside what that row changes itself."""
    if gone:
        verdict, changes = said[row]
        leave = Change(name, ", ".join(gone), None)
        said[row] = (verdict if verdict is Verdict.NEW else Verdict.CHANGED), [*changes, leave]
