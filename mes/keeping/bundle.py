"""A backup as one file: the database's copy and, beside it, what else the data folder holds.

Own label layouts, the key that signs sessions and later files of the plant are as needed on another machine as the
database. A backup is therefore a ZIP: ``database.db`` or ``database.dump``, and ``data/...`` as it stands in the
folder, without databases and older backups. It holds the key: whoever has the file can pass for anybody.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath

from mes.core.config import Settings
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.aside import SEATS_FILE
from mes.keeping.installation import sqlite_file

#: How files begin: a backup, an embedded database, a dump of PostgreSQL.
MARK, SQLITE_MARK, POSTGRESQL_MARK = b"PK\x03\x04", b"SQLite format 3\0", b"PGDMP"
#: What SQLite writes beside a database.
_BESIDE = ("-wal", "-shm", "-journal")
#: The database's copy inside, by the kind of database.
SQLITE, POSTGRESQL = "database.db", "database.dump"
_DATA = "data"
#: How folders begin that are there for a moment.
SCRATCH = ".mes-"
#: What lies half done where copies are made or kept, and after how many seconds nobody is at work on it any more.
_HALF_DONE, _LEFT_ALONE = (f"{SCRATCH}*", ".*.zip.part", "mes-*.zip.part"), 24 * 3600
#: Older copies are not copied again, and what people only practised is no part of the plant.
BACKUPS = "backups"
_APART = (BACKUPS, "training", "exports", SEATS_FILE)


class BackupBroken(Refused):
    """The copy was opened and is not whole."""

    message = N_("The backup %(file)s is not whole: %(why)s.")
    hint = N_("Check the disk, and use or make another backup.")


def proof(file: Path) -> str:
    """The SHA-256 of a file as it lies on the disk, not as the machine still has it in memory."""
    with file.open("rb") as read:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(read.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(read, "sha256").hexdigest()


def pack(settings: Settings, database: Path, name: str, target: Path) -> None:
    """Write the database's copy and the data folder into one file, and read all of it again. Raises BackupBroken."""
    # a ZIP knows no day before 1980: files of a machine whose clock was never set are packed as of then
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False) as packed:
        packed.write(database, name)
        for file in files_of(settings):
            packed.write(file, PurePosixPath(_DATA, *file.relative_to(settings.data_dir).parts).as_posix())
    check(target)


def files_of(settings: Settings) -> Iterator[Path]:
    """What the data folder holds besides databases and older copies, in order.

    The files of the plant's own database are not even looked into. The program that serves has them open, and whoever
    opens and closes such a file beside SQLite takes away the locks that SQLite holds on it: the next program that
    closes the database (``mes check``, say) believes that it is the last one and removes the log that is written to.
    """
    ours = files_of_the_database(settings)
    for file in sorted(settings.data_dir.rglob("*")):
        inside = file.relative_to(settings.data_dir)
        if not file.is_file() or inside.parts[0] in _APART or _is_passing(inside) or file.resolve() in ours:
            continue
        if not _is_copy(file):
            yield file


def _is_passing(inside: Path) -> bool:
    """A file that is just being written and will have another name or be gone."""
    half = inside.name.startswith(".") and inside.suffix in (".part", ".new")
    return half or any(folder.startswith(SCRATCH) for folder in inside.parts[:-1])


def _is_copy(file: Path) -> bool:
    """A database, what SQLite keeps beside it, or a backup: packed, each backup would hold the ones before it.

    A database that lies there unused (the plant went to PostgreSQL, say) would come back over the restored one.
    """
    end = next((end for end in _BESIDE if file.name.endswith(end)), "")
    database = file.with_name(file.name.removesuffix(end))
    begin = mark(database if database.is_file() else file)
    return begin in (SQLITE_MARK, POSTGRESQL_MARK) or (begin == MARK and _is_bundle(file))


def _is_bundle(file: Path) -> bool:
    try:
        return database_in(file) is not None
    except zipfile.BadZipFile:
        return False


def mark(file: Path) -> bytes | None:
    """What the first bytes of a file say it is; None for anything else."""
    with file.open("rb") as opened:
        begin = opened.read(len(SQLITE_MARK))
    return next((known for known in (SQLITE_MARK, POSTGRESQL_MARK, MARK) if begin.startswith(known)), None)


def check(file: Path) -> None:
    """Read all of a backup. Raises BackupBroken."""
    try:
        with zipfile.ZipFile(file) as packed:
            broken = packed.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
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


@contextmanager
def put_back(settings: Settings, file: Path, folder: Path) -> Iterator[None]:
    """Put the files of the data folder back; when what follows fails, all of them are again as they were.

    Files that the backup does not know stay. ``folder`` is a scratch folder on the same disk.
    """
    fresh = _unpacked(settings, file, folder)
    with ExitStack() as undo:
        for unpacked, target in fresh:
            _make_folders(target.parent, undo)
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
            if target.exists():
                old = unpacked.with_suffix(".old")
                shutil.move(target, old)
                undo.callback(shutil.move, old, target)
            shutil.move(unpacked, target)
            undo.callback(target.unlink)
        yield
        undo.pop_all()


def _unpacked(settings: Settings, file: Path, folder: Path) -> list[tuple[Path, Path]]:
    """The files of the data folder out of a backup, each with the place where it belongs.

    Only names that lead into the folder are followed, and none of them to the database.
    """
    done: list[tuple[Path, Path]] = []
    kept = files_of_the_database(settings)
    with zipfile.ZipFile(file) as packed:
        for entry in packed.infolist():
            parts = PurePosixPath(entry.filename).parts
            if entry.is_dir() or len(parts) < 2 or parts[0] != _DATA or parts[1] in _APART:
                continue
            if leads_out(parts):
                continue
            target = settings.data_dir.joinpath(*parts[1:])
            if target.resolve() in kept:
                continue
            fresh = folder / f"{len(done)}.new"
            with packed.open(entry) as source, os.fdopen(_opened(fresh), "wb") as written:
                shutil.copyfileobj(source, written, 1 << 20)
            done.append((fresh, target))
    return done


def leads_out(parts: Sequence[str], *, windows: bool = os.name == "nt") -> bool:
    """Whether a name in a backup leads out of the folder; Windows reads two more signs as ways out."""
    return any(part == ".." or (windows and ("\\" in part or ":" in part)) for part in parts)


def files_of_the_database(settings: Settings) -> frozenset[Path]:
    """An embedded database, and what SQLite keeps beside it; none for PostgreSQL."""
    database = sqlite_file(settings.database)
    if database is None:
        return frozenset()
    return frozenset(database.with_name(database.name + end).resolve() for end in ("", *_BESIDE))


def _make_folders(folder: Path, undo: ExitStack) -> None:
    for missing in reversed([at for at in (folder, *folder.parents) if not at.exists()]):
        missing.mkdir()
        undo.callback(missing.rmdir)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


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
    """A file that takes its real name only when it is finished and on the disk: a copy that is recorded as good must
    outlive the power cut of the next second."""
    fresh = file.with_name(f".{file.name}.part")
    fresh.unlink(missing_ok=True)
    try:
        yield fresh
        fresh.chmod(0o600)
        with fresh.open("rb+") as written:
            os.fsync(written.fileno())
        fresh.replace(file)
    finally:
        for left in (fresh, *(fresh.with_name(fresh.name + end) for end in _BESIDE)):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a program that died over its work left half done, by a power cut for example: each is as large as
    the plant, has a name that no later copy has, and would fill the disk in some years. Raises nothing: what cannot be
    removed goes the next time."""
    for left in (one for names in _HALF_DONE for one in folder.glob(names)):
        with suppress(OSError):
            newest = max(one.stat().st_mtime for one in (left, *left.glob("*")))
            if newest > time.time() - _LEFT_ALONE:
                continue
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
