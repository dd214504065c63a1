"""What differs between a BOM in force and the list in a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from mes.exchange.models import Verdict
from mes.exchange.rules import Change
from mes.items.boms import BomLineData
from mes.items.by_products import ByProductData

#: The verdict on a row, and what it changes.
Said = tuple[Verdict, list[Change]]


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
