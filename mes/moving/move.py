"""Moving a plant to another database: all of it, proven, or not at all.

The order of the steps makes a kill at any moment harmless. The gate of the old database closes first and stays closed,
so that what was copied stays true; each block is kept together with how far it is; the old database is said to have
moved before the new one loses its mark. Giving the same command again goes on.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mes.core import schema
from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_, stamp
from mes.core.plant import Plant
from mes.core.work import Work, act
from mes.keeping.installation import NotInitialised, check_version, shown_url, sqlite_file
from mes.keeping.marks import Mark, MarkState
from mes.moving.doors import opened
from mes.moving.filling import Filling, NotSound, Tell
from mes.moving.gate import close_gate, find_mark, open_gate, set_mark
from mes.moving.postgresql import PostgresqlSide, is_same_server
from mes.moving.sides import Side
from mes.moving.values import Shape

#: What the event of a beginning and of a move given up is called.
BEGAN, GIVEN_UP = "keeping.move_database", "keeping.stay"
#: Says what is wrong with a database around its rows: pages, references, tables, guards.
ProveDatabase = Callable[[Database], Sequence[str]]


class SameDatabase(Refused):
    """The plant is there already."""

    message = N_("The plant is in %(where)s already.")
    hint = N_("Give the address of another, empty database.")
    status = 422


class MovingElsewhere(Refused):
    """A move to somewhere else was begun."""

    message = N_("A move of this plant to %(where)s was begun on %(when)s.")
    hint = N_("Go on with that one, or give it up first: mes move-database --give-up")


class NothingToGiveUp(Refused):
    """No move was begun."""

    message = N_("This plant is not being moved.")
    hint = N_("Nothing was changed.")


@dataclass(frozen=True)
class Plan:
    """What a move will do."""

    source: str
    target: str
    rows: int
    tables: int
    #: When it was begun, where it goes on.
    begun_at: datetime | None


@dataclass(frozen=True)
class Moved:
    """What a move did."""

    tables: int
    rows: int


class Move:
    """One move: from the plant in force to another database. ``now``: the time at which it begins."""

    def __init__(self, settings: Settings, target: str, shapes: Sequence[Shape], now: datetime) -> None:
        self.source, self.target, self.shapes, self.now = settings.database, target, shapes, now

    def plan(self) -> Plan:
        """What will be done. Raises whatever stands against it, before anything is touched."""
        self._check_places()
        with opened(self.source, to_write=False) as source, opened(self.target, to_write=True) as target:
            mark = self._check_marks(source, target)
            rows = sum(int(source.run(f'SELECT count(*) FROM "{shape.name}"')[0][0]) for shape in self.shapes)  # noqa: S608
            made = not target.things() and target.is_sqlite
        if made:
            _remove_empty_file(self.target)
        begun_at = mark.at if mark else None
        return Plan(shown_url(self.source), shown_url(self.target), rows, len(self.shapes), begun_at)

    def run(
        self, prove: ProveDatabase, tell: Tell, said: Callable[[int, int], object] = lambda _done, _all: None
    ) -> Moved:
        """Do it, or go on with it. Raises NotSame, NotSound, Broken; giving the same command again goes on."""
        mark = self._close()
        with opened(self.source, to_write=False) as source, opened(self.target, to_write=True) as target:
            filling = Filling(target, self.shapes, tell)
            filling.start(replace(mark, state=MarkState.FILLING, where=shown_url(self.source)))
            rows = sum(self._bring(source, filling, shape) for shape in self.shapes)
            filling.tighten(said)
        database = Database(self.target)
        try:
            wrong = prove(database)
        finally:
            database.engine.dispose()
        if wrong:
            raise NotSound(why=" ".join(wrong[:3]).rstrip("."))
        with opened(self.source, to_write=True) as source:
            set_mark(source, replace(mark, state=MarkState.MOVED))
        with opened(self.target, to_write=True) as target:
            Filling(target, self.shapes).done()
        return Moved(len(self.shapes), rows)

    @staticmethod
    def _bring(source: Side, filling: Filling, shape: Shape) -> int:
        proof = filling.feed(shape, lambda after, _rows: source.lines(shape, after))
        counted = int(source.run(f'SELECT count(*) FROM "{shape.name}"')[0][0])  # noqa: S608  our own table
        filling.compare(shape, replace(proof, rows=counted))
        return counted

    def _check_places(self) -> None:
        one, other = sqlite_file(self.source), sqlite_file(self.target)
        if one is None and other is None:
            same = is_same_server(self.source, self.target)
        else:
            same = one is not None and other is not None and one.resolve() == other.resolve()
        if same:
            raise SameDatabase(where=shown_url(self.target))
        if one is not None and not one.is_file():
            raise NotInitialised(where=shown_url(self.source))
        database = Database(self.source)
        try:
            check_version(schema.current(database), shown_url(self.source))
        finally:
            database.engine.dispose()

    def _check_marks(self, source: Side, target: Side) -> Mark | None:
        """The mark of a move that is gone on with. Raises what stands against it."""
        if isinstance(target, PostgresqlSide):
            target.check_rights()
        mark, there = find_mark(source), find_mark(target)
        if mark is None:
            Filling(target, self.shapes).check_empty()
            return None
        ours = there is not None and there.ident == mark.ident
        if mark.state is MarkState.FILLING or (mark.state is MarkState.MOVED and not ours):
            raise mark.refusal
        if mark.where != shown_url(self.target):
            raise MovingElsewhere(where=mark.where, when=stamp(mark.at))
        if not ours:
            Filling(target, self.shapes).check_empty()
        return mark

    def _close(self) -> Mark:
        """Close the gate of the old database, unless it is closed; the log says when, and on both sides."""
        with opened(self.source, to_write=True) as source:
            known = find_mark(source)
            if known is not None:
                return known
            note_in_log(self.source, BEGAN, self.now, shown_url(self.target))
            ident, where = secrets.token_hex(8), shown_url(self.target)
            mark = Mark(MarkState.MOVING, where, self.now, ident, schema.head())
            close_gate(source, self.shapes, mark)
        return mark


def give_up(settings: Settings, shapes: Sequence[Shape], now: datetime, *, target: str | None, away: bool) -> Mark:
    """Stay in (or come back to) the database in force: it takes entries again. Gives the mark that it bore.

    ``target``: the half-filled database, which is emptied. ``away``: also when the plant has moved, whose entries since
    then are not here. Raises NothingToGiveUp, PlantMovedAway.
    """
    with opened(settings.database, to_write=True) as source:
        mark = find_mark(source)
        if mark is None or mark.state is MarkState.FILLING:
            raise NothingToGiveUp
        if mark.state is MarkState.MOVED and not away:
            raise mark.refusal
        if target is not None:
            with opened(target, to_write=True) as half:
                there = find_mark(half)
                if there is not None and there.ident == mark.ident and there.state is MarkState.FILLING:
                    Filling(half, shapes).give_up()
        open_gate(source, shapes)
    note_in_log(settings.database, GIVEN_UP, now, mark.where)
    return mark


def note_in_log(url: str, verb: str, now: datetime, where: str) -> None:
    """Record what happens to the database as a whole."""

    def deed(work: Work) -> None:
        plant = work.session.get(Plant, 1)
        if plant is not None:
            work.record(verb, plant, after={"where": where}, code=plant.name[:100])

    database = Database(url)
    try:
        act(database, SYSTEM, deed, source="cli", now=now)
    finally:
        database.engine.dispose()


def _remove_empty_file(url: str) -> None:
    """Looking at a file that is not there makes it."""
    file = sqlite_file(url)
    if file is not None:
        for end in ("", "-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
