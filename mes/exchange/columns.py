"""From the text of a table to values, column by column: the same text is read once, so that large files are quick."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mes.core.errors import Refused
from mes.exchange.cell_errors import CellIsMissing
from mes.exchange.headings import Mapping, cell_name
from mes.exchange.models import Verdict
from mes.exchange.rules import Judged

Rows = Sequence[tuple[int, list[str]]]


class Column(NamedTuple):
    """How one field is read from its cell. A blank cell gives None, or a refusal where a value is needed."""

    field: str
    parse: Callable[[str], Any]
    needed: bool = False


class RowStopped(Exception):
    """A row that was in order when it was judged and cannot be recorded after all."""

    def __init__(self, row: int, reason: Refused, cell: str = "") -> None:
        super().__init__(row, reason)
        self.row, self.reason, self.cell = row, reason, cell


@contextmanager
def recording(row: int) -> Iterator[None]:
    """What is refused while a row is recorded stands with that row. Raises RowStopped."""
    try:
        yield
    except Refused as reason:
        raise RowStopped(row, reason) from reason


@dataclass
class Sheet:
    """A table read to values: ``values[field][row]``, and the first fault of each row that has one."""

    rows: Rows
    mapping: Mapping
    values: dict[str, list[Any]]
    faults: dict[int, tuple[Refused, str]] = field(default_factory=dict)
    #: What is worth a second look in a row that can be imported.
    doubts: dict[int, str] = field(default_factory=dict, kw_only=True)

    def value(self, row: int, name: str) -> Any:
        """One value; None when the file has no such column or the cell is blank."""
        column = self.values.get(name)
        return None if column is None else column[row]

    def refuse(self, row: int, name: str, reason: Refused) -> None:
        """Note why a row cannot be imported; its first reason stays."""
        number = self.rows[row][0]
        column = self.mapping.columns.get(name)
        self.faults.setdefault(row, (reason, "" if column is None else cell_name(number, column)))

    def judged(self, row: int, code: str, name: str, verdict: Verdict, changes: Sequence[Any] = ()) -> Judged:
        """The verdict on a row, which is "refused" when a fault was found."""
        number = self.rows[row][0]
        if row in self.faults:
            reason, cell = self.faults[row]
            return Judged(number, code, name, Verdict.REFUSED, reason, cell)
        return Judged(number, code, name, verdict, None, "", changes, self.doubts.get(row, ""))


def read_columns(columns: Sequence[Column], rows: Rows, mapping: Mapping) -> Sheet:
    """Read the cells of all columns that the file has. Nothing is raised: faults stand with their rows."""
    sheet = Sheet(rows, mapping, {})
    for column in columns:
        place = mapping.columns.get(column.field)
        if place is not None:
            sheet.values[column.field] = _read(sheet, column, [cells[place] for _, cells in rows])
    return sheet


def _read(sheet: Sheet, column: Column, texts: list[str]) -> list[Any]:
    known: dict[str, Any] = {}
    faults: dict[str, Refused] = {}
    for text in set(texts):
        try:
            known[text] = _value(column, text)
        except Refused as reason:
            known[text], faults[text] = None, reason
    if faults:
        for row, text in enumerate(texts):
            if text in faults:
                sheet.refuse(row, column.field, faults[text])
    return [known[text] for text in texts]


def _value(column: Column, text: str) -> Any:
    if text and not text.isspace():
        return column.parse(text)
    if column.needed:
        raise CellIsMissing(value="")
    return None
