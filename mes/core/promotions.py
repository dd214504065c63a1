"""What is remembered of a database server: how often it was succeeded. An old one that comes back is known by it."""

import json
import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import ClassVar

FILE = "primary.json"


class Memory:
    """The highest number of a promotion that was ever seen of each database system."""

    #: Where it outlives the program; None: only while it runs.
    folder: ClassVar[Path | None] = None
    _known: ClassVar[dict[int, int]] = {}
    _lock: ClassVar[Lock] = Lock()

    @classmethod
    def highest(cls, system: int) -> int:
        """What is known of a system; 0 for one that was never met, or never had a successor."""
        with cls._lock:
            return max(cls._known.get(system, 0), cls._read().get(system, 0))

    @classmethod
    def keep(cls, system: int, timeline: int) -> None:
        """A server with that number was met. The first one of a system has 1, which is nothing to remember."""
        if timeline <= max(1, cls.highest(system)):
            return
        with cls._lock:
            cls._known[system] = timeline
            known = cls._read() | {system: timeline}
            if cls.folder is not None:
                with suppress(OSError):  # a folder that takes nothing: known while the program runs
                    part = cls.folder / f"{FILE}.{os.getpid()}"
                    part.write_text(json.dumps({str(one): number for one, number in known.items()}), "utf-8")
                    part.replace(cls.folder / FILE)

    @classmethod
    def _read(cls) -> dict[int, int]:
        if cls.folder is None:
            return {}
        try:
            kept = json.loads((cls.folder / FILE).read_text("utf-8"))
            return {int(one): int(number) for one, number in kept.items()}
        except (OSError, ValueError, AttributeError):
            return {}
