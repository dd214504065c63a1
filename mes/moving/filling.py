"""Filling an empty database with a plant: block by block, each kept together with how far it is, so that a kill is
nothing to be afraid of.

The tables are made by the numbered migrations, as any plant's. Then what makes filling slow is taken away, the rows
come, each table is read back and compared with what was read from the other side, and indexes and references are made
again, which proves the references. Until the end the database bears a mark, and nobody serves it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mes.core import schema
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.installation import sqlite_file
from mes.keeping.marks import Mark, MarkState
from mes.moving.gate import find_mark, note, noted, remove_mark, set_mark
from mes.moving.sides import Side
from mes.moving.values import Proof, Shape, begun, blocks, prove

#: What is kept beside the mark: what is to be made again, and how far each table is.
_LATER, _TABLE = "later", "table:"


class TargetNotEmpty(Refused):
    """There is something in the other database: a plant is never mixed with anything."""

    message = N_("%(where)s is not empty: there is %(what)s.")
    hint = N_("Use an empty database (createdb NAME), or a file that is not there yet.")


class NotSame(Refused):
    """What was read back is not what was written."""

    message = N_("Table %(table)s did not arrive as it was: %(found)s rows of %(expected)s, or other values.")
    hint = N_("Nothing was changed in the plant. Check the disks, empty the new database, and begin again.")


class NotSound(Refused):
    """All rows are there, and the database around them is not as it should be."""

    message = N_("The new database is not sound: %(why)s.")
    hint = N_("Nothing was changed in the plant. Empty the new database, and begin again.")


@dataclass(frozen=True)
class Progress:
    """How far a table is."""

    table: str
    rows: int
    #: Whether it was read back and compared.
    is_proven: bool = False


#: Makes the tables of this version.
make_tables: Callable[[Database], None] = schema.upgrade
Tell = Callable[[Progress], object]


@dataclass(frozen=True)
class _State:
    """How far a table is, as it is kept in the database that is filled."""

    proof: Proof
    last: tuple[str | int, ...] = ()
    is_proven: bool = False

    def text(self) -> str:
        kept = {"rows": self.proof.rows, "hash": self.proof.hash, "last": self.last, "proven": self.is_proven}
        return json.dumps(kept)


class Filling:
    """A database that is being filled."""

    def __init__(self, side: Side, shapes: Sequence[Shape], tell: Tell = lambda _progress: None) -> None:
        self.side, self.shapes, self.tell = side, shapes, tell

    def start(self, mark: Mark) -> None:
        """Make the tables, or go on where this filling stopped. Raises TargetNotEmpty."""
        known = find_mark(self.side)
        if known is None or known.ident != mark.ident or known.state is not MarkState.FILLING:
            self.check_empty()
            set_mark(self.side, mark)
        if _LATER not in noted(self.side):
            self._make_tables()

    def check_empty(self) -> None:
        """Raises TargetNotEmpty."""
        if there := self.side.things():
            raise TargetNotEmpty(where=self.side.where, what=_listed(there))

    def _make_tables(self) -> None:
        database = Database(self.side.url)
        try:
            make_tables(database)
        finally:
            database.engine.dispose()
        with self.side.doing():
            for shape in reversed(self.shapes):  # migrations put a few rows into new tables
                self.side.run(f'DELETE FROM "{shape.name}"')  # noqa: S608  our own table
            note(self.side, _LATER, json.dumps(self.side.loosen(self.shapes)))

    def feed(self, shape: Shape, lines: Callable[[Sequence[str | int], int], Iterable[bytes]]) -> Proof:
        """Bring the rows of a table that are not here yet. ``lines`` gives those behind a key, or behind so many rows.
        Gives the proof of what was read."""
        state = self._state(shape)
        if state.is_proven:
            return state.proof
        for block in blocks(lines(state.last, state.proof.rows)):
            state = _State(state.proof.and_then(block), shape.key_of(block.lines[-1]))
            with self.side.doing():
                self.side.put(shape, block)
                note(self.side, _TABLE + shape.name, state.text())
            self.tell(Progress(shape.name, state.proof.rows))
        return state.proof

    def compare(self, shape: Shape, expected: Proof) -> None:
        """Read a table back: it has the rows and values that it should have. Raises NotSame."""
        state = self._state(shape)
        if state.is_proven and state.proof == expected:
            return
        found = prove(shape, self.side.lines(shape))
        if found != expected:
            raise NotSame(table=shape.name, found=f"{found.rows:,}", expected=f"{expected.rows:,}")
        with self.side.doing():
            note(self.side, _TABLE + shape.name, _State(expected, state.last, is_proven=True).text())
        self.tell(Progress(shape.name, expected.rows, is_proven=True))

    def tighten(self, said: Callable[[int, int], object] = lambda _done, _all: None) -> None:
        """Make indexes and references again, and let new rows be numbered behind the last ones."""
        later: list[tuple[str, str]] = json.loads(noted(self.side)[_LATER])
        made = self.side.made()
        for nth, (name, command) in enumerate(later):
            said(nth, len(later))
            if name not in made:
                self.side.run(command)
        self.side.number(self.shapes)
        self.side.settle()

    def done(self) -> None:
        """The database is a plant like any other."""
        remove_mark(self.side)
        if self.side.is_sqlite:
            self.side.settle()

    def give_up(self) -> None:
        """Leave nothing of it."""
        self.side.empty()
        file = sqlite_file(self.side.url)
        if file is not None:
            self.side.close()
            for end in ("", "-wal", "-shm"):
                file.with_name(file.name + end).unlink(missing_ok=True)

    def _state(self, shape: Shape) -> _State:
        kept = noted(self.side).get(_TABLE + shape.name)
        if kept is None:
            return _State(begun(shape))
        told = json.loads(kept)
        return _State(Proof(told["rows"], told["hash"]), tuple(told["last"]), told["proven"])


def _listed(things: Sequence[str]) -> str:
    return ", ".join(things[:3]) + (", ..." if len(things) > 3 else "")
