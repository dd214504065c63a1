"""An export as files: written whole or not at all, into a folder or a ZIP, each file with its hash; and read back.

Nothing of a foreign file is trusted: names must be on its list and lead nowhere else, sizes and hashes must be those of
the list, and what would fill the disk is refused before it is unpacked.
"""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, NamedTuple

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.bundle import SCRATCH, written_beside

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
#: The form of the export; another number is another form.
FORMAT = 1
CHUNK = 1 << 20
#: So much smaller than its content a ZIP may be; beyond, and above so many bytes, somebody made it to fill a disk.
TIGHTEST, SMALL = 250, 1 << 28
#: The list itself.
LONGEST_LIST = 1 << 26


class NotAnExport(Refused):
    """A folder or file that holds no export."""

    message = N_("%(file)s is not an export of a plant (%(why)s).")
    hint = N_("Use the folder or ZIP that mes export --all made.")


class ExportChanged(Refused):
    """A file is not the one that was written."""

    message = N_("%(file)s of the export was changed, cut or is missing.")
    hint = N_("Use the export as it was made; nothing was imported.")


class UnsafeName(Refused):
    """A name in a ZIP that leads out of it."""

    message = N_("The export holds a file with the name %(name)s, which leads out of it.")
    hint = N_("Somebody made this file to do harm; nothing was imported.")


class ExportTooLarge(Refused):
    """What is packed would not fit, or is far larger than any plant packs to."""

    message = N_("The export unpacks to %(size)s MB, which is more than there is room for or than can be right.")
    hint = N_("Check where the file came from, and the free space; nothing was imported.")


class ExportInTheWay(Refused):
    """Writing there would mix the export with something else."""

    message = N_("%(file)s is there already and was not overwritten.")
    hint = N_("Give the export a new name, or an empty folder.")


class Written(NamedTuple):
    """A file of an export: its size and hash."""

    size: int
    sha256: str


# Writing


class Writer:
    """Takes the files of an export, one after the other."""

    def __init__(self, folder: Path | None, packed: zipfile.ZipFile | None) -> None:
        self.folder, self.packed = folder, packed
        self.files: dict[str, Written] = {}

    @contextmanager
    def file(self, name: str) -> Iterator["Hashed"]:
        """One file, hashed while it is written."""
        with self._open(name) as given:
            hashed = Hashed(given)
            yield hashed
        self.files[name] = Written(hashed.size, hashed.digest.hexdigest())

    def put(self, name: str, content: bytes | str) -> None:
        """A small file."""
        with self.file(name) as given:
            given.write(content.encode() if isinstance(content, str) else content)

    def finish(self, about: dict[str, object]) -> str:
        """Write the list of all files, and their hashes as ``sha256sum`` reads them. Gives the list's own hash."""
        files = {name: {"size": one.size, "sha256": one.sha256} for name, one in sorted(self.files.items())}
        self.put(MANIFEST, json.dumps(about | {"files": files}, ensure_ascii=False, indent=1) + "\n")
        lines = [f"{one.sha256}  {name}\n" for name, one in sorted(self.files.items())]
        self.put(SUMS, "".join(lines))
        return self.files[MANIFEST].sha256

    def _open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        if self.packed is not None:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            return self.packed.open(entry, "w", force_zip64=True)
        assert self.folder is not None
        target = self.folder.joinpath(*PurePosixPath(name).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


class Hashed:
    """A file that is counted and hashed while it is written."""

    def __init__(self, given: IO[bytes]) -> None:
        self.given, self.size, self.digest = given, 0, hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Write on."""
        self.given.write(content)
        self.size += len(content)
        self.digest.update(content)


@contextmanager
def written(out: Path) -> Iterator[Writer]:
    """An export that has its name only when it is whole: a ZIP by its ending, else a folder. Raises ExportInTheWay."""
    if out.suffix.lower() == ".zip":
        if out.exists():
            raise ExportInTheWay(file=str(out))
        with written_beside(out) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            yield Writer(None, packed)
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportInTheWay(file=str(out))
    part = out.resolve().with_name(f"{SCRATCH}{out.resolve().name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        yield Writer(part, None)
        with suppress(FileNotFoundError):
            out.rmdir()
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


# Reading


class Package:
    """An export that is read."""

    def __init__(self, path: Path, packed: zipfile.ZipFile | None) -> None:
        self.path, self.packed = path, packed
        self.about = self._list()
        self.files = _listed(self.about, path)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A file on the list. Raises ExportChanged for one that is not there, or not on the list."""
        if name not in self.files and name != MANIFEST:
            raise ExportChanged(file=name)
        try:
            with self.packed.open(name) if self.packed else self._place(name).open("rb") as opened:
                yield opened  # type: ignore[misc]  # what reads a packed file reads bytes
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise ExportChanged(file=name) from error

    def check(self, room: int) -> None:
        """Every file is the one that was written, and there is room for all (``room`` bytes). Raises UnsafeName,
        ExportTooLarge, ExportChanged."""
        total = sum(one.size for one in self.files.values())
        packed = self.path.stat().st_size if self.packed else total
        if total > room or (total > SMALL and total > packed * TIGHTEST):
            raise ExportTooLarge(size=f"{total // 2**20:,}")
        for name, expected in self.files.items():
            with self.open(name) as opened:
                if hashed(opened, expected.size) != expected:
                    raise ExportChanged(file=name)

    def content(self, name: str) -> bytes:
        """A file as a whole; it is no larger than the list says."""
        with self.open(name) as opened:
            return opened.read(self.files[name].size)

    def _place(self, name: str) -> Path:
        place = self.path.joinpath(*PurePosixPath(name).parts)
        if place.is_symlink() or not place.resolve().is_relative_to(self.path.resolve()):
            raise UnsafeName(name=name)
        return place

    def _list(self) -> dict[str, Any]:
        self.files = {}
        for name in self.packed.namelist() if self.packed else ():
            check_name(name.removesuffix("/"))  # who packs an export anew packs the folders, too
        try:
            with self.open(MANIFEST) as opened:
                about = json.loads(opened.read(LONGEST_LIST))
        except ExportChanged:
            raise NotAnExport(file=str(self.path), why=f"{MANIFEST}?") from None
        except ValueError as error:
            raise NotAnExport(file=str(self.path), why=str(error)) from None
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise NotAnExport(file=str(self.path), why="format")
        return about


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """An export, folder or ZIP. Raises NotAnExport, UnsafeName."""
    if path.is_dir():
        yield Package(path, None)
        return
    try:
        packed = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NotAnExport(file=str(path), why=str(error).rstrip(".")) from None
    with packed:
        yield Package(path, packed)


def check_name(name: str) -> None:
    """Raises UnsafeName for a name that leads out of the export, that another system would read otherwise, or that
    says the same place in other letters ("a//b", "a/./b"): what is kept apart is told by its name."""
    path = PurePosixPath(name)
    is_plain = bool(path.parts) and name == path.as_posix() and not path.is_absolute() and ".." not in path.parts
    if not is_plain or "\\" in name or ":" in name or not name.isprintable():
        raise UnsafeName(name=name[:100])


def _listed(about: dict[str, Any], path: Path) -> dict[str, Written]:
    try:
        files = {str(name): Written(int(one["size"]), str(one["sha256"])) for name, one in about["files"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotAnExport(file=str(path), why="files") from None
    for name, one in files.items():
        check_name(name)
        if one.size < 0:
            raise NotAnExport(file=str(path), why=name)
    return files


def hashed(opened: BinaryIO, most: int) -> Written:
    """Size and hash, read no further than a byte more than there should be."""
    digest, size = hashlib.sha256(), 0
    while size <= most and (part := opened.read(min(CHUNK, most + 1 - size))):
        digest.update(part)
        size += len(part)
    return Written(size, digest.hexdigest())
