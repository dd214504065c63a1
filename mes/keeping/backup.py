"""Keeping a copy of everything, and bringing it back. A copy counts only when it was opened and found whole.

SQLite is copied by its own online backup, while the plant works; PostgreSQL by its own tools. Beside the database go
the other files of the data folder (see ``bundle.py``); backups of the first versions, a bare database, come back too.
"""

import os
import sqlite3
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from mes.core import schema
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.items.models import Item
from mes.keeping import bundle
from mes.keeping.bundle import POSTGRESQL_MARK, SQLITE_MARK, BackupBroken
from mes.keeping.installation import NotInitialised, revision, shown_url, sqlite_file
from mes.keeping.postgresql import Tool, ToolFailed, load
from mes.lots.models import Lot
from mes.people.models import Person

#: How copies that a command makes are dated: in UTC, and saying so, as those of the night go by the plant's clock.
NAMED = "%Y%m%d-%H%M%SZ"


class NoBackup(Refused):
    """The file is none that mes backup made for this kind of database."""

    message = N_("%(file)s is not a backup that can be used here (%(why)s).")
    hint = N_("Use a file that mes backup made for the same kind of database.")


class NotAnOldBackup(Refused):
    """Writing there would destroy something else."""

    message = N_("%(file)s exists and is not a backup, so it was not overwritten.")
    hint = N_("Give the backup another name.")


class CannotWriteBackup(Refused):
    """The place does not accept the file."""

    message = N_("The backup could not be written to %(file)s: %(why)s.")
    hint = N_("Check the folder, its rights and the free space.")


class NotBroughtBack(Refused):
    """The restore began and could not be finished."""

    message = N_("The backup was not brought back: %(why)s.")
    hint = N_("Nothing was changed. The copy of what is there: %(kept)s")


class NotEmpty(Refused):
    """There is a plant already: bringing back a backup would replace it."""

    message = N_("There is a plant in %(where)s already; restoring replaces it.")
    hint = N_("Stop the program, then repeat the command with --yes.")


def backup(settings: Settings, file: Path, now: datetime) -> Path:
    """Write a verified copy of everything to a file (or, dated, into a folder). Gives its path.

    It holds the database, own label layouts, the key and whatever else is in the data folder. An older backup of that
    name is replaced only once the new one is whole.
    """
    if revision(settings) is None:
        raise NotInitialised(where=shown_url(settings.database))
    source = sqlite_file(settings.database)
    if file.is_dir():
        file = file / f"mes-{now:{NAMED}}.zip"
    if file.exists() and (not _mark(file) or (source and file.resolve() == source.resolve())):
        raise NotAnOldBackup(file=str(file))
    try:
        with bundle.written_beside(file) as fresh, bundle.scratch(file.parent) as folder:
            copy = folder / (bundle.SQLITE if source else bundle.POSTGRESQL)
            if source:
                copy_sqlite(source, copy)
                _make_single(copy)
                check_sqlite(copy)
            else:
                _dump(settings, copy)
            bundle.pack(settings, copy, copy.name, fresh)
    except OSError as error:
        raise CannotWriteBackup(file=str(file), why=os.strerror(error.errno or 0)) from error
    return file


def restore(settings: Settings, file: Path, now: datetime, *, yes: bool) -> Path | None:
    """Bring a backup back, whole or not at all. Gives the copy of what it replaced, if anything.

    Raises NotEmpty unless ``yes``; NoBackup, BackupBroken before anything is touched; NotBroughtBack.
    """
    is_bundle = _mark(file) == bundle.MARK
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with bundle.scratch(settings.data_dir) as folder:
        copy = opened_copy(file, folder) if is_bundle else file
        _check_copy(settings, file, copy)
        if revision(settings) is not None and not yes and has_content(settings):
            raise NotEmpty(where=shown_url(settings.database))
        kept = safety_copy(settings, "before-restore", now) if revision(settings) is not None else None
        try:
            with bundle.put_back(settings, file, folder) if is_bundle else nullcontext():
                _replace_database(settings, copy, folder)
        except (Refused, OSError) as error:
            raise NotBroughtBack(why=_why(error), kept=str(kept or "-")) from error
    target = sqlite_file(settings.database)
    if target is not None:
        check_sqlite(target)
    return kept


def _replace_database(settings: Settings, copy: Path, folder: Path) -> None:
    """Put the copy in the database's place, as a whole or not at all."""
    target = sqlite_file(settings.database)
    if target is None:
        load(settings, copy, folder)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_sqlite(copy, target)


def _why(error: Refused | OSError) -> str:
    """What went wrong, as the middle of a sentence."""
    if isinstance(error, Refused):
        return error.sentence.rstrip(".")
    return f"{error.filename}: {os.strerror(error.errno or 0)}"


def opened_copy(file: Path, folder: Path) -> Path:
    """The database's copy out of a backup, once all of the file was read. Raises BackupBroken, NoBackup."""
    bundle.check(file)
    name = bundle.database_in(file)
    if name is None:
        raise NoBackup(file=str(file), why="ZIP?")
    return bundle.take_out(file, name, folder / name)


def _check_copy(settings: Settings, file: Path, copy: Path) -> None:
    """Whether the copy is of this kind of database, and whole."""
    embedded, found = sqlite_file(settings.database) is not None, _mark(copy)
    if found != (SQLITE_MARK if embedded else POSTGRESQL_MARK):
        why = "SQLite" if embedded else "PostgreSQL"
        raise NoBackup(file=str(file), why=f"{why}?" if found else "?")
    if not embedded:
        _list_dump(copy)
    elif (at := check_sqlite(copy)) > schema.head():
        raise NoBackup(file=str(file), why=at)


def safety_copy(settings: Settings, name: str, now: datetime) -> Path:
    """A copy of everything in the data folder, before something large is done to it."""
    folder = settings.data_dir / bundle.BACKUPS
    folder.mkdir(parents=True, exist_ok=True)
    return backup(settings, folder / f"{now:{NAMED}}-{name}.zip", now)


def has_content(settings: Settings) -> bool:
    """Whether anybody has entered a person, an item or a lot; the bare tables of ``mes init`` do not count."""
    database = Database(settings.database)
    try:
        with database.read() as read:
            return any(read.scalar(select(table.id).limit(1)) is not None for table in (Person, Item, Lot))
    except SQLAlchemyError:  # tables of another version: somebody's all the same
        return True
    finally:
        database.engine.dispose()


def _mark(file: Path) -> bytes | None:
    """What the first bytes of a file say it is. Raises NoBackup for one that cannot be read."""
    try:
        return bundle.mark(file)
    except OSError as error:
        raise NoBackup(file=str(file), why=os.strerror(error.errno or 0)) from None


# SQLite

#: Seconds to wait for somebody who is just writing.
PATIENCE = 10.0


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database as of one moment, while others write to it; the target changes as a whole or not at all."""
    try:
        with (
            closing(sqlite3.connect(_uri(source), uri=True, timeout=PATIENCE)) as taken,
            closing(sqlite3.connect(target, timeout=PATIENCE, isolation_level=None)) as given,
        ):
            given.execute("BEGIN IMMEDIATE")  # the copying itself would wait without end for whoever writes there
            given.execute("ROLLBACK")
            taken.backup(given)
    except sqlite3.Error as error:
        raise CannotWriteBackup(file=str(target), why=str(error)) from error


def _make_single(file: Path) -> None:
    """Without a write-ahead log beside it, so that the copy is one file that opens from a read-only disk too."""
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")


def check_sqlite(file: Path) -> str:
    """Open a copy and let SQLite look at every page and reference; gives the version of its tables, which may be newer
    than ours: who goes back to an older program keeps what is there first. Raises BackupBroken, NoBackup."""
    try:
        with closing(sqlite3.connect(_uri(file), uri=True, timeout=PATIENCE)) as opened:
            said = [str(row[0]) for row in opened.execute("PRAGMA integrity_check(3)")]
            loose = opened.execute("PRAGMA foreign_key_check").fetchone()
            at = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        raise NoBackup(file=str(file), why=str(error)) from None
    except sqlite3.DatabaseError as error:
        raise BackupBroken(file=str(file), why=str(error)) from None
    if said != ["ok"] or loose:
        raise BackupBroken(file=str(file), why="; ".join(said) if said != ["ok"] else f"{loose[0]} -> {loose[2]}")
    if at is None:
        raise NoBackup(file=str(file), why="-")
    return str(at[0])


def _uri(file: Path) -> str:
    return f"{file.resolve().as_uri()}?mode=ro"


# PostgreSQL


def _dump(settings: Settings, file: Path) -> None:
    Tool("pg_dump")("--format=custom", "--no-owner", "--no-privileges", f"--file={file}", settings=settings)
    _list_dump(file)


def _list_dump(file: Path) -> None:
    try:
        listed = Tool("pg_restore")("--list", str(file))
    except ToolFailed as error:
        raise BackupBroken(file=str(file), why=error.values["why"]) from None
    if "alembic_version" not in listed:
        raise NoBackup(file=str(file), why="alembic_version")
