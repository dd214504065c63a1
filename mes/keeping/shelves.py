"""The places that copies are brought to, as something that takes a copy: a folder of another disk, or a store."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from mes.core.config import Settings
from mes.keeping import rules
from mes.keeping.bundle import proof, sweep
from mes.keeping.models import Place, PlaceKind
from mes.keeping.store import Store

#: Bytes read at once.
CHUNK = 1 << 20


class Shelf(Protocol):
    """A place that takes copies."""

    def put(self, source: Path) -> None:
        """Take a copy, read it again, and give it its name only then. Raises Refused, OSError."""

    def throw_away(self, name: str) -> bool:
        """Remove a copy; False while the place cannot be reached."""


class Folder:
    """A folder of another disk."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.data = settings.data_dir

    def put(self, source: Path) -> None:
        """Raises PlaceAway, PlaceOfOurs, PlaceShut, CopyBroken."""
        if not self.folder.is_dir():
            raise rules.PlaceAway(place=str(self.folder))
        if self.folder.resolve().is_relative_to(self.data.resolve()):
            raise rules.PlaceOfOurs(place=str(self.folder))
        target, part = self.folder / source.name, self.folder / f"{source.name}.part"
        sweep(self.folder)
        try:
            with source.open("rb") as given, part.open("wb") as taken:
                shutil.copyfileobj(given, taken, CHUNK)
                taken.flush()
                os.fsync(taken.fileno())
            if proof(part) != proof(source):
                raise rules.CopyBroken(place=str(self.folder))
            part.replace(target)
        except OSError as error:
            raise rules.PlaceShut(place=str(self.folder), why=os.strerror(error.errno or 0)) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def throw_away(self, name: str) -> bool:
        """Remove a copy. A disk that is away keeps its own until it comes back."""
        try:
            (self.folder / name).unlink(missing_ok=self.folder.is_dir())
        except OSError:
            return False
        return True


def shelf(place: Place, settings: Settings) -> Shelf:
    """The place itself. Raises StoreNotSet, StoreProgramMissing for a store that cannot be spoken with."""
    if place.kind is PlaceKind.STORE:
        return Store(place.address, settings)
    return Folder(Path(place.address), settings)
