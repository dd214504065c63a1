"""Making copies and bringing them to their places, while the plant works.

Each copy is made in the data folder, opened there and found whole (``backup.py``), and then brought to the other
places, where it is read again from the disk. What comes of it is recorded either way.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DatabaseError

from mes.core.access import SYSTEM, Actor
from mes.core.computers import this_computer
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_, _, speaking
from mes.core.plant import plant
from mes.core.work import Reader, Work, act, utc_now
from mes.keeping import queries, rules, service
from mes.keeping.backup import backup
from mes.keeping.bundle import BACKUPS, BackupBroken, proof, sweep
from mes.keeping.installation import sqlite_file
from mes.keeping.models import Copy, Place, PlaceKind
from mes.keeping.proving import ProveApart, damage, last_file, last_good, last_proven
from mes.keeping.shelves import Folder, Shelf, shelf
from mes.keeping.standing import Kept, kept, lies_here
from mes.keeping.trying import prove_copy

R = TypeVar("R")
#: A copy must leave so much of the disk free: a plant whose disk is full stands still.
LEAST_FREE = 500 * 1024 * 1024
#: How the name of what lies beside a copy ends until that is listed.
UNLISTED = ".unlisted"


class NoRoom(Refused):
    """The copy would fill the disk on which the plant itself works."""

    message = N_("There is no room for a copy: %(free)s MB are free, about %(needed)s MB are needed.")
    hint = N_("Make room on the disk of the data folder, or move the data folder to a larger disk.")


def check_room(settings: Settings, folder: Path) -> None:
    """Raise NoRoom where a copy would leave too little of the disk."""
    source = sqlite_file(settings.database)
    if source is not None:
        needed, free = source.stat().st_size * 3 // 2 + LEAST_FREE, shutil.disk_usage(folder).free
        if free < needed:
            raise NoRoom(free=str(free // 2**20), needed=str(needed // 2**20))


class Copying:
    """Makes and brings copies for one plant."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        prove: ProveApart | None = None,
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        #: The first place whose copy was too old at the last look; pages tell of it without asking the database.
        self.old: Kept | None = None
        #: Proves each new copy; None: somebody else does.
        self.prove = prove
        #: What the last proof found wrong, with the backup to go back to.
        self.damage: str | None = None
        self._unmade: str | None = None

    def _is_newest(self, known: Copy | None) -> bool:
        with self.database.read() as read:
            newest = queries.newest_here(read)
            return (newest and newest.id) == (known and known.id)

    @property
    def folder(self) -> Path:
        """Where copies are made."""
        return self.settings.data_dir / BACKUPS

    def look(self) -> None:
        """Do what is due now: the copy of the night, its proof, and what a place lacks."""
        try:
            self._look()
        except DatabaseError as error:
            if type(error) is DatabaseError:  # not one that is away or held: too damaged to be asked for its copies
                self.damage = " ".join(filter(None, [_("The database is damaged."), last_file(self.settings)]))
            raise

    def _look(self) -> None:
        hour = rules.hour_of(self.settings.backup_at)
        with self.database.read() as read:
            zone, places = ZoneInfo(plant(read).time_zone), queries.places(read)
            here, good = queries.the_folder_here(read), queries.newest_here(read)
            missing = rules.is_due(good.as_of if good else None, self.clock(), hour, zone)
            due = missing and (here is None or self._may_try(read, here))
        if due:
            with suppress(Refused):
                self.make(unless=lambda: not self._is_newest(good))
        if self.prove is not None:
            with suppress(Refused):
                self._prove_newest(self.prove)
        for place in places:
            if place.kind is not PlaceKind.HERE:
                self._catch_up(place)
        with self.database.read() as read:
            self.old = next((one for one in kept(read, self.clock()) if one.old), None)

    def make(self, actor: Actor = SYSTEM, unless: Callable[[], bool] = lambda: False) -> Copy:
        """Make a copy in the data folder now. ``unless``: asked when nobody else is at work (any more).
        Raises AtWork; NoRoom and what ``backup`` raises, after noting it."""
        here = self._do(service.the_folder_here, actor)
        person = None if actor is SYSTEM else actor.name
        with self._at_work(here.id, actor), self.spoken() as zone:
            if unless():
                raise rules.AtWork
            for folder in (self.settings.data_dir, self.folder):
                sweep(folder)
            as_of = self.clock()
            name = f"mes-{as_of.astimezone(zone):%Y%m%d-%H%M%S}.zip"
            try:
                file = self._written(name, as_of)
            except Refused as refused:
                why = str(refused)
                if isinstance(refused, BackupBroken):  # it is copied page by page: the plant's own is not whole
                    with self.database.read() as read:
                        told = _("The database is damaged: %(what)s.", what=str(refused.values["why"]))
                        self.damage = self._unmade = f"{told} {last_good(read)}"
                self._do(
                    lambda work: service.note_failed(work, here.id, as_of=as_of, file=name, person=person, why=why),
                    actor,
                )
                raise
            self._unmade = None
            size, sha256, mine = file.stat().st_size, proof(file), this_computer(self.settings)
            made = self._do(
                lambda work: service.note_good(
                    work, here.id, as_of=as_of, file=name, size=size, sha256=sha256, person=person, computer=mine
                ),
                actor,
            )
            with suppress(OSError):
                self._unlisted(name).unlink()
            self._clear()
            self._tidy(here.id, Folder(self.folder, self.settings))
        return made

    def _prove_newest(self, prove: ProveApart) -> None:
        """Open the newest copy and prove all books, once; what is wrong is said until a later one is well."""
        with self.database.read() as read:
            here = queries.the_folder_here(read)
            newest, before = (queries.last_good(read, here.id), last_proven(read)) if here else (None, None)
        if newest is not None and newest.tried_at is None and (self.folder / newest.file).is_file():
            with self.spoken():
                older = self.folder / before.file if before is not None else None
                well, said = prove_copy(self.settings, self.folder / newest.file, newest.sha256 or "", older, prove)
            self._do(lambda work: service.note_trial(work, newest.id, well=well, said=said), SYSTEM)
        with self.spoken(), self.database.read() as read:
            self.damage = damage(read) or self._unmade

    def bring(self, place: Place, copy: Copy, actor: Actor = SYSTEM) -> Copy | None:
        """Bring a copy from the data folder to a place; None when it did not come there, which is noted."""
        source, person = self.folder / copy.file, None if actor is SYSTEM else actor.name
        with self._at_work(place.id, actor), self.spoken():
            try:
                if not source.is_file():
                    raise rules.CopyGone(file=copy.file)
                there = shelf(place, self.settings)
                there.put(source)
            except Refused as refused:
                why = str(refused)
                self._do(
                    lambda work: service.note_failed(
                        work, place.id, as_of=copy.as_of, file=copy.file, person=person, why=why
                    ),
                    actor,
                )
                return None
            brought = self._do(
                lambda work: service.note_good(
                    work, place.id, as_of=copy.as_of, file=copy.file, size=copy.size, sha256=copy.sha256 or "",
                    person=person,
                ),
                actor,
            )  # fmt: skip
            self._tidy(place.id, there)
        return brought

    def _catch_up(self, place: Place) -> None:
        with self.database.read() as read:
            newest = queries.newest_here(read)
            known = queries.last_good(read, place.id)
            lacks = newest is not None and (known is None or known.as_of < newest.as_of)
            due = lacks and self._may_try(read, place)
        if due and newest is not None and lies_here(newest, self.settings):  # else the computer that has it brings it
            with suppress(rules.AtWork):
                self.bring(place, newest)

    def _may_try(self, read: Reader, place: Place) -> bool:
        """Nobody is at work there, and the last failure is a while ago."""
        now, failed = self.clock(), queries.last_failure(read, place.id)
        return not place.is_busy(now) and (failed is None or now - failed.at >= rules.AGAIN)

    def _written(self, name: str, as_of: datetime) -> Path:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                check_room(self.settings, self.folder)
            except NoRoom:
                if not self._clear():
                    raise
                check_room(self.settings, self.folder)
            self._unlisted(name).touch()
        except OSError as error:
            raise rules.PlaceShut(place=str(self.folder), why=os.strerror(error.errno or 0)) from error
        return backup(self.settings, self.folder / name, as_of)

    def _unlisted(self, name: str) -> Path:
        """Lies beside a copy of ours until it is listed: others (of somebody's hand, or made after the one that was
        brought back) are listed nowhere either, and must stay."""
        return self.folder / f"{name}{UNLISTED}"

    def _clear(self) -> int:
        """Remove what was made and never listed, since the database was away just then or the program died: no rule
        would ever throw it away. Whoever could still list it has lost his claim to be at work. Gives how many went."""
        gone = 0
        with self.database.read() as read:
            for mark in self.folder.glob(f"mes-*{UNLISTED}"):
                file = self.folder / mark.name.removesuffix(UNLISTED)
                with suppress(OSError):
                    if file.exists() and not queries.is_listed(read, file.name):
                        file.unlink()
                        gone += 1
                    mark.unlink()
        return gone

    def _tidy(self, place_id: int, there: Shelf) -> None:
        """Throw away what the rule keeps no longer."""
        with self.database.read() as read:
            zone = ZoneInfo(plant(read).time_zone)
            going = rules.to_throw_away(queries.good_copies(read, place_id), zone)
            proven = last_proven(read)
        for copy in going:
            if proven is not None and copy.as_of == proven.as_of:
                continue  # whatever came after it is not known to be well
            if lies_here(copy, self.settings) and there.throw_away(copy.file):
                self._do(lambda work, ident=copy.id: service.note_removed(work, ident), SYSTEM)  # type: ignore[misc]

    @contextmanager
    def _at_work(self, place_id: int, actor: Actor) -> Iterator[None]:
        self._do(lambda work: service.claim(work, place_id), actor)
        try:
            yield
        finally:
            self._do(lambda work: service.let_go(work, place_id), actor)

    @contextmanager
    def spoken(self) -> Iterator[ZoneInfo]:
        """What is noted is said in the plant's language."""
        with self.database.read() as read:
            settings = plant(read)
        with speaking(settings.language, settings.time_zone):
            yield ZoneInfo(settings.time_zone)

    def _do(self, deed: Callable[[Work], R], actor: Actor) -> R:
        return act(self.database, actor, deed, source="system" if actor is SYSTEM else "desk", now=self.clock())
