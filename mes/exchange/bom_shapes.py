"""BOM lists in the shapes plants keep them in, all brought to parent/child lines.

- one level per file: the parent comes from the caller, from a cell above the headings or the file's name;
- one multi-level list with a level column: 0 1 2, ``..2`` or 1.1.2;
- parent/child pairs.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from unicodedata import normalize

from mes.exchange.bom_errors import (
    ComponentTwice,
    LevelNotReadable,
    LevelSkipsOne,
    ListsDiffer,
    ParentUnknown,
)
from mes.exchange.cell_errors import CellRefused
from mes.exchange.headings import SYNONYMS, Mapping, plain_heading
from mes.exchange.parsing import parse_code, parse_quantity, parse_yes_no, shown
from mes.exchange.reading import Table

DEEPEST = 50
#: What tells the lines of one listing apart: component, operation, whether it is a by-product.
Key = tuple[str, str, bool]
_OUTLINE = re.compile(r"[0-9]+(?:[.-][0-9]+)+\.?", re.ASCII)
#: Columns of which a sub-assembly that is listed again may say something else.
_APART = ("level", "parent", "parent_name", "component_name")
_LEADERS = " .·-+>└├─│|*"


@dataclass(frozen=True)
class BomRow:
    """One line: ``component`` is part of ``parent``; the mapping reads the rest from ``cells``.

    ``listing`` is the parent's row in a multi-level list, else 0: a sub-assembly may be listed several times.
    """

    number: int
    parent: str
    component: str
    cells: list[str]
    listing: int = 0


@dataclass(frozen=True)
class BomList:
    """The lines of a file, the reason of each row that gives none, and products with a row (``tops``)."""

    lines: list[BomRow]
    problems: list[tuple[int, CellRefused]]
    tops: list[str]


def read_bom(table: Table, mapping: Mapping, parent: str | None = None) -> BomList:
    """Bring a BOM file to parent/child lines; ``parent`` overrules what the file says about its top item.

    Nothing is raised for a row: its reason stands in ``problems`` and the row gives no line. Quantities are
    not checked here.
    """
    if "parent" in mapping:
        found = _pairs(table, mapping, parent)
    elif "level" in mapping:
        found = _levels(table, mapping, parent or top_item_above(table))
    else:
        top = parent or top_item_above(table) or PurePath(table.name).stem
        found = _pairs(table, mapping, top)
    lines, doubles = _without_doubles(found.lines, mapping)
    return BomList(lines, sorted(found.problems + doubles, key=lambda problem: problem[0]), found.tops)


def top_item_above(table: Table) -> str | None:
    """The item code beside a word such as 모품목 or "Assembly" in the rows above the headings."""
    words = {*SYNONYMS["boms"]["parent"].split(), "품목코드", "품번", "품목", "item", "itemcode"}
    for _, cells in table.above:
        filled = [cell.strip() for cell in cells if cell.strip()]
        for place, cell in enumerate(filled):
            word, _, rest = cell.partition(":")
            if plain_heading(word) in words:
                if rest.strip():
                    return rest.strip()
                if place + 1 < len(filled):
                    return filled[place + 1]
    return None


def _pairs(table: Table, mapping: Mapping, top: str | None) -> BomList:
    lines: list[BomRow] = []
    problems: list[tuple[int, CellRefused]] = []
    for number, cells in table.rows:
        try:
            above = mapping.value(cells, "parent").strip() or top
            component = parse_code(mapping.value(cells, "component"))
            if not above:
                raise ParentUnknown(value="")
            lines.append(BomRow(number, parse_code(above), component, cells))
        except CellRefused as reason:
            problems.append((number, reason))
    return BomList(lines, problems, [])


def _levels(table: Table, mapping: Mapping, top: str | None) -> BomList:
    """Walk a multi-level list, keeping the path of (component, row) from the top down to the row above."""
    depth_of = level_reader([mapping.value(cells, "level") for _, cells in table.rows])
    root, top = _root(table, mapping, depth_of, top)
    path: list[tuple[str, int]] = [] if top is None else [(top, 0)]
    found = BomList([], [], [])
    for number, cells in table.rows:
        try:
            level = mapping.value(cells, "level")
            depth = depth_of(level) - root
            component = parse_code(mapping.value(cells, "component"))
            if depth > len(path):
                raise (
                    LevelSkipsOne(value=shown(level), above=str(len(path) - 1 + root))
                    if path
                    else ParentUnknown(value="")
                )
            del path[depth:]
            if depth:
                parent, listing = path[-1]
                found.lines.append(BomRow(number, parent, component, cells, listing))
            else:
                found.tops.append(component)
            path.append((component, number))
        except CellRefused as reason:
            found.problems.append((number, reason))
    return found


def _root(table: Table, mapping: Mapping, depth_of: Callable[[str], int], top: str | None) -> tuple[int, str | None]:
    """The level on which the products stand, and the product of a list that names none on any of its rows.

    Level 0 names products. Level 1 does when it stands on the first row only and no other product is known.
    """
    depths: list[int] = []
    for _, cells in table.rows:
        with suppress(CellRefused):
            depths.append(depth_of(mapping.value(cells, "level")))
    lowest = min(depths, default=0)
    first = mapping.value(table.rows[0][1], "component").strip()
    only_first = len(depths) > 1 and depths[0] == lowest and depths.count(lowest) == 1
    if lowest == 0 or (only_first and top in (None, first)):
        return lowest, None
    return lowest - 1, top or PurePath(table.name).stem


def level_reader(levels: Iterable[str]) -> Callable[[str], int]:
    """How the levels of one list are written: as an outline if any looks like 1.1.2, else as numbers."""
    outline = any(_OUTLINE.fullmatch(level.strip()) for level in levels)

    def depth(level: str) -> int:
        text = normalize("NFKC", level).strip()
        if outline:
            parts = [part for part in re.split(r"[.-]", text) if part]
            if parts and len(parts) <= DEEPEST and all(part.isascii() and part.isdigit() for part in parts):
                return len(parts)
        else:
            digits = text.lstrip(_LEADERS)
            digits = digits[2:] if digits[:2].lower() == "lv" else digits[1:] if digits[:1].lower() == "l" else digits
            digits = digits.removesuffix("단계").strip(_LEADERS)
            if digits.isascii() and digits.isdigit() and len(digits) <= 2 and int(digits) <= DEEPEST:
                return int(digits)
        raise LevelNotReadable(value=shown(level))

    return depth


def _without_doubles(lines: list[BomRow], mapping: Mapping) -> tuple[list[BomRow], list[tuple[int, CellRefused]]]:
    """Each parent's lines once.

    A sub-assembly listed again with the same components and quantities is dropped; with others it is a
    problem, as is the same component twice in one listing, unless two different operations consume it.
    """
    listings: dict[str, dict[int, dict[Key, BomRow]]] = {}
    problems: list[tuple[int, CellRefused]] = []
    for line in lines:
        also = _is_yes(mapping.value(line.cells, "by_product"))
        key = line.component, mapping.value(line.cells, "operation").strip(), also
        listing = listings.setdefault(line.parent, {}).setdefault(line.listing, {})
        first = listing.setdefault(key, line)
        if first is not line:
            where = {"first": str(first.number), "second": str(line.number)}
            twice = ComponentTwice(value="", component=line.component, parent=line.parent, **where)
            problems.append((line.number, twice))
    kept: list[BomRow] = []
    for parent, places in listings.items():
        first_place, *others = places.values()
        kept.extend(first_place.values())
        for other in others:
            if _contents(other, mapping) != _contents(first_place, mapping):
                rows = [str(next(iter(place.values())).number) for place in (first_place, other)]
                differ = ListsDiffer(value="", parent=parent, first=rows[0], second=rows[1])
                problems.append((next(iter(other.values())).number, differ))
    return sorted(kept, key=lambda line: line.number), problems


def _contents(listing: dict[Key, BomRow], mapping: Mapping) -> dict[Key, list[Decimal | str]]:
    """What every column says of every line; names and the depth at which it stands do not matter."""
    names = [name for name in mapping.columns if name not in _APART]
    return {key: [_plain(mapping.value(line.cells, name)) for name in names] for key, line in listing.items()}


def _is_yes(text: str) -> bool:
    with suppress(CellRefused):
        return parse_yes_no(text)
    return False


def _plain(text: str) -> Decimal | str:
    """2 and 2.0 are the same."""
    try:
        return parse_quantity(text)
    except CellRefused:
        return " ".join(text.split())
