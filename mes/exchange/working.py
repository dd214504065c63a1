"""Large imports work on after their request was answered: one act, once, and its outcome waits to be looked at.

Nothing about the work is kept but what the act itself records: ``Upload.imported_at`` and the event are written in the
same transaction as the rows. A program that is stopped in between has imported nothing, and the file can be imported
again; a second press, or another process, waits for the first and is then told that the file is in.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, Thread

from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_, speaking

#: What an import is doing, in its order.
STAGES = (N_("Reading the file"), N_("Checking every row"), N_("Recording"))
#: Smaller files are in before a person has looked up.
LARGE = 300_000
Told = Callable[[int], None]


class ImportFailed(Refused):
    """The import ended in a fault of the program or the machine."""

    message = N_("The import was not finished, and nothing of the file was recorded (%(why)s).")
    hint = N_("Try again; if it happens once more, tell the administrator.")


@dataclass
class Running:
    """An import that works on: since when, at what stage, and how it ended if it did not go in."""

    since: datetime
    stage: int = 0
    refused: Refused | None = None


class Workshop:
    """The imports that one process has in hand, by database and upload."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[tuple[int, int], Running] = {}

    def find(self, database: Database, number: int) -> Running | None:
        """The import of an upload that works, or that ended with a refusal nobody has read yet."""
        return self._running.get((id(database), number))

    def forget(self, database: Database, number: int) -> None:
        """The refusal was read."""
        with self._lock:
            self._running.pop((id(database), number), None)

    def start(
        self,
        database: Database,
        number: int,
        deed: Callable[[Told], object],
        *,
        now: datetime,
        language: str,
        zone: str,
    ) -> None:
        """Let an import work on by itself; one that is at work already is left alone."""
        key = (id(database), number)
        with self._lock:
            found = self._running.get(key)
            if found is not None and found.refused is None:
                return
            running = self._running[key] = Running(now)

        def told(stage: int) -> None:
            running.stage = stage

        def work() -> None:
            try:
                with speaking(language, zone):
                    deed(told)
            except Refused as refused:
                running.refused = refused
            except Exception as error:  # whatever it is, the person who waits must learn of it
                logging.getLogger("mes").exception("import of upload %s", number)
                running.refused = ImportFailed(why=type(error).__name__)
            else:
                self.forget(database, number)

        Thread(target=work, name=f"import {number}", daemon=True).start()


workshop = Workshop()
