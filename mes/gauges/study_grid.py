"""The sheet of a gauge study: parts across, operators and trials down, as on the form of AIAG.

What was entered is kept as it was typed, in one text; numbers are read from it when the study is worked out.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.gauges.models import StudyKind
from mes.statistics.attribute_study import Decision, plain_rating
from mes.statistics.errors import NotOneReference
from mes.statistics.gauge_study import Measurement
from mes.statistics.sheets import number, sheet
from mes.statistics.study_rows import decisions, measurements, referenced

MOST_PARTS, MOST_OPERATORS, MOST_TRIALS = 60, 10, 60
#: Kinds of study whose cells are numbers, and those that compare with a reference.
MEASURED = frozenset({StudyKind.GAUGE_RR, StudyKind.BIAS, StudyKind.LINEARITY})
REFERENCED = frozenset({StudyKind.BIAS, StudyKind.LINEARITY, StudyKind.ATTRIBUTE})


class SizeImpossible(Refused):
    """A sheet without room, or one that nobody fills in."""

    message = N_("A study of %(parts)s parts, %(operators)s operators and %(trials)s trials cannot be laid out.")
    hint = N_("At most 60 parts, 10 operators and 60 trials, and at least one of each.")
    status = 422


class CellUnreadable(Refused):
    """A cell of the sheet that should hold a number."""

    message = N_("%(operator)s, trial %(trial)s, part %(part)s: “%(value)s” is not a number.")
    hint = N_("Write it with digits and a point, such as 10.5, and leave the cell of a missing reading blank.")
    status = 422


class ReferenceUnreadable(Refused):
    """A reference value that should be a number."""

    message = N_("The reference value of part %(part)s, “%(value)s”, is not a number.")
    hint = N_("Write it with digits and a point, such as 10.5.")
    status = 422


class NameTwice(Refused):
    """Two parts or operators with one name would be one in the study."""

    message = N_("The name %(name)s stands twice.")
    hint = N_("Give every part and every operator a name of its own.")
    status = 422


class OnePartOnly(Refused):
    """A table of several references for a study of bias: all but one would be left out of it."""

    message = N_("A study of bias is of one part, but the table has %(count)s reference values.")
    hint = N_("Paste the rows of one part, or begin a study of linearity for several.")
    status = 422


class NothingPasted(Refused):
    """An empty paste."""

    message = N_("Nothing was pasted.")
    hint = N_("Copy the table with its heading from Excel and paste it here.")
    status = 422


@dataclass(frozen=True)
class Grid:
    """The sheet. ``rows`` are operator by operator, trial by trial; ``references`` is as long as ``parts``."""

    parts: tuple[str, ...]
    operators: tuple[str, ...]
    trials: int
    references: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def places(self) -> int:
        """How many cells there are."""
        return len(self.parts) * len(self.rows)

    @property
    def filled(self) -> int:
        """How many of them hold something."""
        return sum(1 for row in self.rows for cell in row if cell)

    def lines(self) -> Iterator[tuple[int, str, int, tuple[str, ...]]]:
        """Row number, operator, trial (from 1) and cells."""
        for place, cells in enumerate(self.rows):
            yield place, self.operators[place // self.trials], place % self.trials + 1, cells


def new_grid(parts: Sequence[str], operators: Sequence[str], trials: int) -> Grid:
    """An empty sheet. Raises SizeImpossible, NameTwice."""
    if not (1 <= len(parts) <= MOST_PARTS and 1 <= len(operators) <= MOST_OPERATORS and 1 <= trials <= MOST_TRIALS):
        raise SizeImpossible(parts=len(parts), operators=len(operators), trials=trials)
    _once(parts)
    _once(operators)
    rows = tuple(("",) * len(parts) for _ in range(len(operators) * trials))
    return Grid(tuple(parts), tuple(operators), trials, ("",) * len(parts), rows)


def names(text: str, count: int) -> list[str]:
    """Names from a line (``김, 이, 박``), filled up to ``count`` with numbers."""
    given = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
    free = (str(number) for number in range(1, count + len(given) + 1) if str(number) not in given)
    return given[:count] + [next(free) for _ in range(count - len(given))]


def _once(given: Sequence[str]) -> None:
    for place, name in enumerate(given):
        if name in given[:place]:
            raise NameTwice(name=name)


def to_text(grid: Grid) -> str:
    """The sheet as it is kept."""
    kept = {
        "operators": grid.operators,
        "parts": grid.parts,
        "references": grid.references,
        "rows": grid.rows,
        "trials": grid.trials,
    }
    return json.dumps(kept, ensure_ascii=False)


def from_text(text: str) -> Grid:
    """The sheet that was kept."""
    kept = json.loads(text)
    return Grid(
        tuple(kept["parts"]),
        tuple(kept["operators"]),
        int(kept["trials"]),
        tuple(kept["references"]),
        tuple(tuple(row) for row in kept["rows"]),
    )


def with_typed(grid: Grid, typed: Mapping[str, str]) -> Grid:
    """The sheet with what a page sent: ``v-<row>-<part>`` and ``ref-<part>``; what it does not name stays."""
    rows = tuple(
        tuple(_plain(typed.get(f"v-{row}-{part}", cell)) for part, cell in enumerate(cells))
        for row, cells in enumerate(grid.rows)
    )
    references = tuple(_plain(typed.get(f"ref-{part}", value)) for part, value in enumerate(grid.references))
    return replace(grid, rows=rows, references=references)


def _plain(text: str) -> str:
    return normalize("NFKC", text).strip()[:60]


def check_grid(kind: StudyKind, grid: Grid) -> Grid:
    """Refuse what could not be worked out later: cells that are no numbers. Raises CellUnreadable, ReferenceUnreadable.

    Blank cells are readings still missing.
    """
    if kind not in MEASURED:
        return grid
    for _row, operator, trial, cells in grid.lines():
        for part, cell in zip(grid.parts, cells, strict=True):
            if _no_number(cell):
                raise CellUnreadable(operator=operator, trial=trial, part=part, value=cell)
    for part, reference in zip(grid.parts, grid.references, strict=True):
        if kind in REFERENCED and _no_number(reference):
            raise ReferenceUnreadable(part=part, value=reference)
    return grid


def _no_number(text: str) -> bool:
    try:
        number([text], 0, 1)
    except Refused:
        return True
    return False


def value(text: str) -> float | None:
    """A cell as a number; None when it is blank."""
    return number([text], 0, 1)


def measured(grid: Grid) -> list[Measurement]:
    """Every measurement of the sheet."""
    return [
        Measurement(part, operator, found)
        for _row, operator, _trial, cells in grid.lines()
        for part, cell in zip(grid.parts, cells, strict=True)
        if (found := value(cell)) is not None
    ]


def decided(grid: Grid) -> list[Decision]:
    """Every decision of the sheet, with the reference where there is one."""
    return [
        Decision(part, operator, cell, reference or None)
        for _row, operator, _trial, cells in grid.lines()
        for part, cell, reference in zip(grid.parts, cells, grid.references, strict=True)
        if cell
    ]


def by_reference(grid: Grid) -> list[tuple[float, list[float]]]:
    """Readings of each part that has a reference value, by that value."""
    found = []
    for place, reference in enumerate(grid.references):
        truth = value(reference)
        readings = [one for row in grid.rows if (one := value(row[place])) is not None]
        if truth is not None and readings:
            found.append((truth, readings))
    return sorted(found)


def pasted(kind: StudyKind, text: str) -> Grid:
    """A sheet from a table copied out of Excel or a CSV file: the form of AIAG, or one row per reading.

    Raises NothingPasted, SizeImpossible, OnePartOnly and what ``mes.statistics`` refuses, naming the row.
    """
    if not text.strip():
        raise NothingPasted
    delimiter = "\t" if "\t" in text else ";" if ";" in text else ","
    table = sheet(list(csv.reader(io.StringIO(text), delimiter=delimiter)))
    if kind is StudyKind.ATTRIBUTE:
        rated = decisions(table)
        truths: dict[str, str] = {}
        for one in rated:
            first, truth = truths.setdefault(one.part, one.reference or ""), one.reference or ""
            if plain_rating(first) != plain_rating(truth):
                raise NotOneReference(part=one.part, one=first or "-", other=truth or "-")
        return _arranged([(one.part, one.operator, one.rating) for one in rated], truths)
    if kind is StudyKind.GAUGE_RR:
        return _arranged([(one.part, one.operator, _written(one.value)) for one in measurements(table)], {})
    known = referenced(table)
    if kind is StudyKind.BIAS and len(known) > 1:
        raise OnePartOnly(count=str(len(known)))
    parts = {_written(truth): [_written(reading) for reading in readings] for truth, readings in known}
    rows = [(part, "1", reading) for part, readings in parts.items() for reading in readings]
    return _arranged(rows, {part: part for part in parts})


def _written(value: float) -> str:
    """A number as it was read, with all its figures."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _arranged(rows: Sequence[tuple[str, str, str]], references: Mapping[str, str]) -> Grid:
    parts = list(dict.fromkeys(part for part, _operator, _value in rows))
    operators = list(dict.fromkeys(operator for _part, operator, _value in rows))
    cells: dict[tuple[str, str], list[str]] = {}
    for part, operator, text in rows:
        cells.setdefault((operator, part), []).append(text)
    trials = max(len(found) for found in cells.values()) if cells else 0
    grid = new_grid(parts, operators, trials)
    filled = tuple(
        tuple((cells.get((operator, part), []) + [""] * trials)[trial] for part in parts)
        for operator in operators
        for trial in range(trials)
    )
    return replace(grid, rows=filled, references=tuple(references.get(part, "") for part in parts))
