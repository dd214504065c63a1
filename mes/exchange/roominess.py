"""Whether a file can be read in the memory that is left, asked before anything reads it."""

import io
import zipfile
from contextlib import suppress

from mes.core import memory
from mes.core.i18n import N_
from mes.exchange.errors import FileRefused

#: What reading takes for each byte of a file, unpacked: the file itself, its cells as text, and their values.
TIMES = 5
#: Files below this are read whatever the system says.
SMALL = 2 * 2**20


class FileNeedsMemory(FileRefused):
    """Reading it would take more memory than this computer has left."""

    message = N_("Reading the file %(name)s needs about %(needed)s MB of memory, and only %(room)s MB are free.")
    hint = N_("Nothing was imported. Split the file into several, or close other programs of this computer.")


def check_room(name: str, data: bytes) -> None:
    """Raise FileNeedsMemory when reading a file would take more than there is."""
    room = memory.room()
    if room is not None and len(data) > SMALL and _needed(data) > room:
        raise too_large_for_here(name, data)


def too_large_for_here(name: str, data: bytes) -> FileNeedsMemory:
    """The refusal, with what is needed and what is free in MB."""
    return FileNeedsMemory(name=name, needed=str(_needed(data) >> 20), room=str((memory.room() or 0) >> 20))


def _needed(data: bytes) -> int:
    size = len(data)
    if data.startswith(b"PK"):
        with suppress(zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                size += sum(entry.file_size for entry in packed.infolist())
            return size * TIMES // 2
    return size * TIMES
