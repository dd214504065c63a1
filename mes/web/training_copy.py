"""The copy of the plant in which people practise: made whole or not at all, and never of anything that could be used.

It is a SQLite file of its own in the data folder, also where the plant is on PostgreSQL. A small file beside it names
the copy that counts; it is written last, so that a copy whose making was cut off is never opened. The plant is only
read, as of one moment.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, insert, select, text, update

from mes.core import schema
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.keys import OneTimeKey
from mes.equipment.device_models import Contact
from mes.people.models import ApiToken, SignIn, UnknownLogin
from mes.printing.models import IS_OPEN, LabelFile, Printer, PrintJob, PrintState
from mes.web.tables import metadata

FOLDER = "training"
NAMED = "copy.json"
#: A copy older than this says so: orders and lots have moved on since.
OLD_DAYS = 7
#: What is left free on the disk at least, in bytes: the plant itself must go on writing.
SPARE = 300 * 2**20
#: Rows that are copied at once from PostgreSQL.
AT_ONCE = 1000
#: What opens or belongs to the plant alone: sign-ins, keys of programs, what was said to devices, finished files.
LEFT_OUT: tuple[type, ...] = (SignIn, UnknownLogin, ApiToken, OneTimeKey, Contact, LabelFile)


class NoRoomToPractise(Refused):
    """The copy takes as much as the plant, and the plant needs the rest."""

    message = N_("There is no room on the server's disk for a copy to practise in (%(size)s MB).")
    hint = N_("Tell the administrator to make room.")


class CopyFailed(Refused):
    """The copy could not be made; what went wrong is in the log."""

    message = N_("The copy to practise in could not be made (%(why)s).")
    hint = N_("Try again. If it comes back, tell the administrator.")


@dataclass(frozen=True)
class Copy:
    """A finished copy."""

    file: Path
    made_at: datetime
    revision: str

    def days_old(self, now: datetime) -> int:
        """Whole days since it was made."""
        return max(0, (now - self.made_at).days)


def folder_of(settings: Settings) -> Path:
    """Where copies lie."""
    return settings.data_dir / FOLDER


def find_copy(folder: Path) -> Copy | None:
    """The copy that counts; none where there is none, where it was torn, or where the program has moved on since."""
    try:
        told = json.loads((folder / NAMED).read_text("utf-8"))
        found = Copy(folder / Path(told["file"]).name, datetime.fromisoformat(told["made_at"]), told["revision"])
        whole = found.file.stat().st_size >= told["size"]  # whoever practises adds to it
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if whole and found.revision == schema.head() else None


def make_copy(source: Database, folder: Path, now: datetime) -> Copy:
    """Copy the plant as it is now. Raises NoRoomToPractise, CopyFailed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(folder, find_copy(folder))
    _check_room(source, folder)
    file = folder / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.db"
    try:
        _take(source, file)
        _prepare(file)
        made = Copy(file, now, schema.head())
        _name(folder, made)
    except BaseException:
        _remove(file)
        raise
    sweep(folder, made)
    return made


def drop_copies(settings: Settings) -> None:
    """Forget every copy: the plant was brought to other tables, or replaced."""
    folder = folder_of(settings)
    with suppress(OSError):
        (folder / NAMED).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path, kept: Copy | None) -> None:
    """Remove what an earlier making left behind; what somebody still holds open goes the next time."""
    for file in folder.iterdir():
        if file.name != NAMED and (kept is None or not file.name.startswith(kept.file.name)):
            with suppress(OSError):
                file.unlink()


def _remove(file: Path) -> None:
    for left in file.parent.glob(f"{file.name}*"):
        with suppress(OSError):
            left.unlink()


def _check_room(source: Database, folder: Path) -> None:
    size = _size(source)
    if shutil.disk_usage(folder).free < size + SPARE:
        raise NoRoomToPractise(size=size // 2**20 + 1)


def _size(source: Database) -> int:
    with source.reads.connect() as taken:
        if source.is_sqlite:
            pages, each = (taken.exec_driver_sql(f"PRAGMA {what}").scalar() for what in ("page_count", "page_size"))
            return int(pages or 0) * int(each or 0)
        return int(taken.scalar(select(func.pg_database_size(func.current_database()))) or 0)


def _take(source: Database, file: Path) -> None:
    if source.is_sqlite:
        _take_file(Path(str(source.engine.url.database)), file)
        return
    target = Database(f"sqlite:///{file}")
    try:
        with source.reads.connect() as taken, target.engine.begin() as given:
            metadata.create_all(given)  # not by the migrations: forty of them take seconds
            given.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            given.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.head()})
            given.execute(text("PRAGMA defer_foreign_keys=ON"))  # tables point to each other in circles
            for table in metadata.tables.values():
                for rows in _rows(table, taken):
                    given.execute(insert(table), rows)
    finally:
        target.engine.dispose()


def _take_file(source: Path, file: Path) -> None:
    from mes.keeping.backup import CannotWriteBackup, copy_sqlite  # no start waits for what only a copy needs

    try:
        copy_sqlite(source, file)
    except CannotWriteBackup as error:
        raise CopyFailed(why=error.values["why"]) from error


def _rows(table: Table, taken: Connection) -> Iterator[list[dict[str, object]]]:
    found = taken.execution_options(stream_results=True, yield_per=AT_ONCE).execute(select(table))
    for part in found.partitions():
        yield [dict(row._mapping) for row in part]


def _prepare(file: Path) -> None:
    """Nobody is signed in to the copy, no program may use it, and nothing waits for a printer of the plant."""
    target = Database(f"sqlite:///{file}")
    try:
        with target.engine.begin() as given:
            for model in LEFT_OUT:
                given.execute(delete(model))
            given.execute(update(Printer).values(active=False))
            given.execute(update(PrintJob).where(IS_OPEN).values(state=PrintState.CANCELLED))
    finally:
        target.close()


def _name(folder: Path, made: Copy) -> None:
    """From now on this is the copy that counts."""
    told = {
        "file": made.file.name, "made_at": made.made_at.isoformat(), "revision": made.revision,
        "size": made.file.stat().st_size,
    }  # fmt: skip
    fresh = folder / f".{NAMED}.new"
    with fresh.open("w", encoding="utf-8") as written:
        json.dump(told, written)
        written.flush()
        os.fsync(written.fileno())
    fresh.replace(folder / NAMED)
