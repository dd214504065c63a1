"""From a sheet to subgroups or counts: one row per subgroup (wide), or one row per reading (long)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mes.statistics.attribute_charts import Count
from mes.statistics.sheet_errors import ColumnMissing
from mes.statistics.sheets import LABELS, NAMES, Sheet, called, number, plain, word
from mes.statistics.values import Reading


@dataclass(frozen=True)
class Subgroups:
    """Readings by subgroup, with the name of each."""

    labels: tuple[str, ...]
    groups: tuple[tuple[Reading, ...], ...]


def subgroups(
    table: Sheet, *, size: int | None = None, value: str | None = None, subgroup: str | None = None
) -> Subgroups:
    """The subgroups of a sheet. ``size`` cuts a single column into subgroups in the order of its rows.

    Long when there is a column of values and one of subgroups whose names repeat, or a column of values alone; else
    each row is a subgroup. ``value`` and ``subgroup`` name the columns. Raises ReadingUnreadable, ColumnMissing.
    """
    by = table.needed(subgroup) if subgroup else table.column("subgroup")
    if by is None and table.headings and table.width > 1 and not value and table.names_first():
        by = 0
    readings = _reading_columns(table, value, by)
    if not readings:
        raise ColumnMissing(column=called("value"), choices=", ".join(NAMES["value"]))
    if len(readings) == 1:
        return _long(table, readings[0], by, size)
    labels = [cells[by].strip() if by is not None and by < len(cells) else "" for _, cells in table.rows]
    groups = tuple(tuple(number(cells, place, row) for place in readings) for row, cells in table.rows)
    return Subgroups(tuple(label or str(at) for at, label in enumerate(labels, 1)), groups)


def counts(table: Sheet, *, size: int | None = None, needs_size: bool = True) -> tuple[tuple[str, ...], list[Count]]:
    """Counts with the number inspected, from its column or the same for all. Raises as ``subgroups``, ColumnMissing."""
    by = table.column("subgroup")
    found, inspected = table.column("found"), table.column("size")
    if not table.headings:
        found, inspected = 0, 1 if table.width > 1 else None
    if found is None:
        others = [place for place in _reading_columns(table, None, by) if place != inspected]
        found = others[0] if len(others) == 1 else table.needed("found")
    if needs_size and inspected is None and size is None:
        raise ColumnMissing(column=called("size"), choices=", ".join(NAMES["size"]))
    labels, counted = [], []
    for at, (row, cells) in enumerate(table.rows, 1):
        label = cells[by].strip() if by is not None and by < len(cells) else ""
        labels.append(label or str(at))
        pieces = number(cells, inspected, row) if size is None and inspected is not None else size
        counted.append(Count(number(cells, found, row), pieces if needs_size else 1))
    return tuple(labels), counted


def _reading_columns(table: Sheet, value: str | None, by: int | None) -> list[int]:
    if value:
        return [table.needed(value)]
    if not table.headings:
        return list(range(table.width))
    own = next((table.headings.index(name) for name in NAMES["value"] if name in table.headings), None)
    if own is not None and sum(1 for name in table.headings if name.startswith(table.headings[own])) == 1:
        return [own]
    return [place for place, name in enumerate(table.headings) if place != by and plain(name) not in LABELS]


def _long(table: Sheet, value: int, by: int | None, size: int | None) -> Subgroups:
    readings = [number(cells, value, row) for row, cells in table.rows]
    if size and size > 1:
        cut = [tuple(readings[start : start + size]) for start in range(0, len(readings), size)]
        return Subgroups(tuple(str(at) for at in range(1, len(cut) + 1)), tuple(cut))
    names = _names(table, by)
    groups: dict[str, list[Reading]] = {}
    for name, reading in zip(names, readings, strict=True):
        groups.setdefault(name, []).append(reading)
    return Subgroups(tuple(groups), tuple(tuple(group) for group in groups.values()))


def _names(table: Sheet, by: int | None) -> Sequence[str]:
    if by is None:
        return [str(at) for at in range(1, len(table.rows) + 1)]
    return [word(cells, by, row, "subgroup") for row, cells in table.rows]
