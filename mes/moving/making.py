"""The export of everything that the office asks for on a page: made in the background, the newest one kept."""

import os
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import NamedTuple

from sqlalchemy import MetaData

from mes.core.config import Settings
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.bundle import sweep
from mes.keeping.copying import LEAST_FREE, NoRoom
from mes.keeping.installation import as_refusal, sqlite_file
from mes.moving.export import EXPORTS, export_all

NAMED = "mes-everything-"
_FAILED, _WANTED = "failed.txt", "wanted"
#: After so long without a word, whoever was making one has died; and the seconds between two words.
SILENT, BEAT = timedelta(minutes=10), 60.0


class ExportGone(Refused):
    """Nobody made one, or it was taken away."""

    message = N_("There is no export of everything.")
    hint = N_("Make one first; it appears on this page.")
    status = 404


class BeingMade(Refused):
    """One at a time."""

    message = N_("An export of everything is being made just now.")
    hint = N_("Wait until it is there; this page shows it.")


class Standing(NamedTuple):
    """What there is: the newest export, whether one is being made, and why the last one failed."""

    file: Path | None
    busy: bool
    failed: str | None

    @property
    def size(self) -> int:
        """Bytes of the newest one."""
        return self.file.stat().st_size if self.file else 0

    @property
    def at(self) -> str:
        """When the newest one was made, as its name says: 2026-01-05 03:00 UTC."""
        stem = self.file.stem.removeprefix(NAMED) if self.file else ""
        return f"{stem[:4]}-{stem[4:6]}-{stem[6:8]} {stem[9:11]}:{stem[11:13]} UTC" if stem else ""


def folder_of(settings: Settings) -> Path:
    """Where exports lie."""
    return settings.data_dir / EXPORTS


def standing(settings: Settings, now: datetime) -> Standing:
    """What there is."""
    folder = folder_of(settings)
    files = sorted(folder.glob(f"{NAMED}*.zip")) if folder.is_dir() else []
    failed = folder / _FAILED
    said = failed.read_text("utf-8") if failed.is_file() else None
    return Standing(files[-1] if files else None, _is_busy(folder, now), said)


def _is_busy(folder: Path, now: datetime) -> bool:
    marker = folder / _WANTED
    return marker.is_file() and now.timestamp() - marker.stat().st_mtime < SILENT.total_seconds()


class Wanted:
    """An export that somebody asked for: until its end it is said each minute, as long as this process lives, that it
    comes. It may wait long for the copy of the night, and a single table or the photos may take long, too."""

    def __init__(self, marker: Path) -> None:
        self._marker, self._end = marker, Signal()
        Thread(target=self._say, name="export", daemon=True).start()
        marker.touch()

    def __enter__(self) -> None:
        """What makes it begins."""

    def __exit__(self, *_error: object) -> None:
        """It is there, or failed."""
        self._end.set()
        self._marker.unlink(missing_ok=True)

    def _say(self) -> None:
        while not self._end.wait(BEAT):
            with suppress(OSError):  # that was the end
                os.utime(self._marker)


def check_free(settings: Settings, now: datetime) -> None:
    """Raises BeingMade."""
    if _is_busy(folder_of(settings), now):
        raise BeingMade


def want(settings: Settings, now: datetime) -> Wanted:
    """Somebody asked for one, which is made within the block. Raises BeingMade."""
    folder = folder_of(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    check_free(settings, now)
    return Wanted(folder / _WANTED)


def make(settings: Settings, metadata: MetaData, now: datetime) -> Path | None:
    """Make one and throw older ones away; None when it failed, which is noted beside them."""
    folder = folder_of(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    out = folder / f"{NAMED}{now:%Y%m%d-%H%M%S}.zip"
    sweep(folder)
    try:
        _check_room(settings, folder)
        out.unlink(missing_ok=True)
        export_all(settings, metadata, out, now, lambda _progress: None)
    except (Refused, OSError) as error:
        (folder / _FAILED).write_text(str(as_refusal(error) or error), "utf-8")
        return None
    (folder / _FAILED).unlink(missing_ok=True)
    for old in folder.glob(f"{NAMED}*.zip"):
        if old != out:
            old.unlink(missing_ok=True)
    return out


def _check_room(settings: Settings, folder: Path) -> None:
    """Packed it is smaller than the database. Raises NoRoom."""
    file = sqlite_file(settings.database)
    needed, free = (file.stat().st_size if file else 0) + LEAST_FREE, shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoom(free=str(free // 2**20), needed=str(needed // 2**20))
