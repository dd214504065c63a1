"""From a sheet to the measurements and decisions of a gauge study.

One row per measurement with part, operator, trial and value; or, as on the form of AIAG, one row per operator and trial
with a column for each part.
"""

from collections.abc import Iterator

from mes.statistics.attribute_study import Decision
from mes.statistics.errors import NotOneReference, ReferenceMissing
from mes.statistics.gauge_study import Measurement
from mes.statistics.sheet_errors import MeasuredTwice
from mes.statistics.sheets import Sheet, number, word
from mes.statistics.values import Reading


def measurements(table: Sheet) -> list[Measurement]:
    """All measurements; a blank value was not measured. Raises ColumnMissing, ReadingUnreadable, MeasuredTwice."""
    operator, trial, part = table.needed("operator"), table.column("trial"), table.column("part")
    if part is None and table.column("value") is None:
        return list(_by_form(table, operator, trial))
    part, value = table.needed("part"), table.needed("value")
    seen: set[tuple[str, str, str]] = set()
    found = []
    for row, cells in table.rows:
        reading = number(cells, value, row)
        key = (word(cells, operator, row, "operator"), word(cells, part, row, "part"))
        if trial is not None:
            _once(seen, row, (*key, word(cells, trial, row, "trial")))
        if reading is not None:
            found.append(Measurement(key[1], key[0], reading))
    return found


def decisions(table: Sheet) -> list[Decision]:
    """All decisions, with the reference where the file has one. Raises ColumnMissing, CellBlank, MeasuredTwice."""
    part, operator, rating = table.needed("part"), table.needed("operator"), table.needed("rating")
    trial, reference = table.column("trial"), table.column("reference")
    seen: set[tuple[str, str, str]] = set()
    found = []
    for row, cells in table.rows:
        who, which = word(cells, operator, row, "operator"), word(cells, part, row, "part")
        if trial is not None:
            _once(seen, row, (who, which, word(cells, trial, row, "trial")))
        truth = None if reference is None else word(cells, reference, row, "reference")
        found.append(Decision(which, who, word(cells, rating, row, "rating"), truth))
    return found


def referenced(table: Sheet, reference: float | None = None) -> list[tuple[float, list[float]]]:
    """Readings by reference value, in the order of the references; ``reference`` for a file of one part.

    Raises ColumnMissing, ReadingUnreadable, ReferenceMissing, NotOneReference.
    """
    value = table.needed("value") if table.headings else 0
    column, part = table.column("reference"), table.column("part")
    known: dict[str, float] = {}
    found: dict[float, list[float]] = {}
    for row, cells in table.rows:
        reading = number(cells, value, row)
        truth: Reading = reference if reference is not None or column is None else number(cells, column, row)
        if truth is None:
            raise ReferenceMissing
        if part is not None:
            name = word(cells, part, row, "part")
            if known.setdefault(name, truth) != truth:
                raise NotOneReference(part=name, one=f"{known[name]:g}", other=f"{truth:g}")
        if reading is not None:
            found.setdefault(truth, []).append(reading)
    return sorted(found.items())


def _by_form(table: Sheet, operator: int, trial: int | None) -> Iterator[Measurement]:
    places = [place for place in range(table.width) if place not in (operator, trial)]
    for row, cells in table.rows:
        who = word(cells, operator, row, "operator")
        for place in places:
            reading = number(cells, place, row)
            if reading is not None:
                yield Measurement(table.titles[place], who, reading)


def _once(seen: set[tuple[str, str, str]], row: int, key: tuple[str, str, str]) -> None:
    if key in seen:
        raise MeasuredTwice(row=str(row), operator=key[0], part=key[1], trial=key[2])
    seen.add(key)
