"""A backup as one file: the database's copy and, beside it, what else the data folder holds.

Own label layouts, the key that signs sessions and later files of the plant are as needed on another machine as the
database. A backup is therefore a ZIP: ``database.db`` or ``database.dump``, and ``data/...`` as it stands in the
folder. It holds the key: whoever has the file can pass for anybody.
"""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from mes.core.config import Settings
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.web.installation import sqlite_file

MARK = b"PK\x03\x04"
#: The database's copy inside, by the kind of database.
SQLITE, POSTGRESQL = "database.db", "database.dump"
_DATA = "data"
#: How folders begin that are there for a moment.
SCRATCH = ".mes-"
#: Older copies are not copied again.
_APART = ("backups",)


class BackupBroken(Refused):
    """The copy was opened and is not whole."""

    message = N_("The backup %(file)s is not whole: %(why)s.")
    hint = N_("Check the disk, and use or make another backup.")


def pack(settings: Settings, database: Path, name: str, target: Path, leave: Path) -> None:
    """Write the database's copy and the data folder into one file, and read all of it again.

    ``leave``: the backup's own place, should that be inside the folder. Raises BackupBroken.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.write(database, name)
        for file in files_of(settings, frozenset({target, leave})):
            packed.write(file, PurePosixPath(_DATA, *file.relative_to(settings.data_dir).parts).as_posix())
    check(target)


def files_of(settings: Settings, leave: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """What the data folder holds besides the embedded database and older copies, in order."""
    database = sqlite_file(settings.database)
    apart = {path.resolve() for path in leave}
    if database is not None:
        apart |= {database.with_name(database.name + end).resolve() for end in ("", "-wal", "-shm", "-journal")}
    for file in sorted(settings.data_dir.rglob("*")):
        inside = file.relative_to(settings.data_dir)
        if file.is_file() and inside.parts[0] not in _APART and not _is_passing(file) and file.resolve() not in apart:
            yield file


def _is_passing(file: Path) -> bool:
    """A file that is just being written and will have another name or be gone."""
    return (file.name.startswith(".") and file.suffix in (".part", ".new")) or SCRATCH in str(file.parent)


def check(file: Path) -> None:
    """Read all of a backup. Raises BackupBroken."""
    try:
        with zipfile.ZipFile(file) as packed:
            broken = packed.testzip()
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise BackupBroken(file=str(file), why=str(error).rstrip(".")) from None
    if broken:
        raise BackupBroken(file=str(file), why=broken)


def database_in(file: Path) -> str | None:
    """The name of the database's copy in a backup; none when the file is a ZIP of something else."""
    with zipfile.ZipFile(file) as packed:
        return next((name for name in (SQLITE, POSTGRESQL) if name in packed.namelist()), None)


def take_out(file: Path, name: str, target: Path) -> Path:
    """The database's copy, by itself."""
    with zipfile.ZipFile(file) as packed, packed.open(name) as source, target.open("wb") as taken:
        shutil.copyfileobj(source, taken, 1 << 20)
    return target


def put_back(settings: Settings, file: Path) -> list[Path]:
    """Put the files of the data folder back, each whole; files that the backup does not know stay. Gives them.

    Only names that lead into the folder are followed.
    """
    done: list[Path] = []
    with zipfile.ZipFile(file) as packed:
        for entry in packed.infolist():
            parts = PurePosixPath(entry.filename).parts
            if entry.is_dir() or len(parts) < 2 or parts[0] != _DATA or ".." in parts or parts[1] in _APART:
                continue
            target = settings.data_dir.joinpath(*parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f".{target.name}.new")
            with packed.open(entry) as source, os.fdopen(_opened(fresh), "wb") as written:
                shutil.copyfileobj(source, written, 1 << 20)
            fresh.replace(target)
            done.append(target)
    return done


def _opened(file: Path) -> int:
    """A new file that only its owner may read: one of them is the key."""
    file.unlink(missing_ok=True)
    return os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for a moment, on the disk that has room for the copy, closed to others."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder, ignore_cleanup_errors=True) as made:
        yield Path(made)


@contextmanager
def written_beside(file: Path) -> Iterator[Path]:
    """A file that takes its real name only when it is finished."""
    fresh = file.with_name(f".{file.name}.part")
    fresh.unlink(missing_ok=True)
    try:
        yield fresh
        fresh.chmod(0o600)
        fresh.replace(file)
    finally:
        for left in (fresh, *(fresh.with_name(fresh.name + end) for end in ("-journal", "-wal", "-shm"))):
            with suppress(OSError):
                left.unlink(missing_ok=True)
