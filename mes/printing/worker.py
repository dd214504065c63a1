"""The thread that brings print jobs to their printers while the pages are served.

Each printer has a thread of its own while it has jobs, so that a slow one keeps nobody waiting. Several processes may
do this on one database: a job is claimed in it, so that only one of them sends it.
"""

import atexit
import logging
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread
from time import monotonic

from sqlalchemy import delete, select

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.work import Work, act, utc_now
from mes.printing import printers
from mes.printing.job_queries import due_printers
from mes.printing.models import LabelFile, PrinterKind
from mes.printing.outputs import ask_printer
from mes.printing.queue import SOON, wake
from mes.printing.sending import Sender

#: Seconds between two looks at the queue, and between two questions to printers that have nothing to do.
LOOK, ASK = 1.0, 20.0
log = logging.getLogger(__name__)


class Printing:
    """Brings jobs to printers until it is stopped."""

    def __init__(self, database: Database, folders: Sequence[Path], clock: Callable[[], datetime] = utc_now) -> None:
        self.database = database
        self.clock = clock
        self.sender = Sender(database, folders, f"{os.getpid()}-{secrets.token_hex(4)}", clock)
        self._busy: dict[int | None, Thread] = {}
        self._asked = monotonic() - ASK
        self._thread = Thread(target=self._run, name="printing", daemon=True)

    def start(self) -> None:
        """Begin. At the end of the process the labels that are being sent are sent to their end, and no more."""
        atexit.register(self.stop)
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """End after the labels that are being sent; what is left is taken up by whoever runs next."""
        self.sender.stopping = True
        wake()
        for thread in (self._thread, *self._busy.values()):
            if thread.is_alive():
                thread.join(seconds)

    def _run(self) -> None:
        while not self.sender.stopping:
            try:
                self.look()
                if monotonic() - self._asked >= ASK:
                    self._asked = monotonic()
                    self._spawn(-1, self._round)
            except Exception:
                log.exception("looking at the print queue")
            SOON.wait(LOOK)
            SOON.clear()

    def look(self) -> None:
        """Give every printer with something to do a thread, unless it has one."""
        with self.database.read() as read:
            due = due_printers(read, self.clock())
        for printer_id in due:
            self._spawn(printer_id, partial(self._empty, printer_id))

    def _spawn(self, key: int | None, deed: Callable[[], None]) -> None:
        thread = self._busy.get(key)
        if thread is None or not thread.is_alive():
            self._busy[key] = Thread(target=deed, name=f"printing-{key}", daemon=True)
            self._busy[key].start()

    def _empty(self, printer_id: int | None) -> None:
        """Send one job of a printer after the other."""
        try:
            while not self.sender.stopping and self.sender.send_next(printer_id):
                pass
        except Exception:
            log.exception("printing on printer %s", printer_id)

    def _round(self) -> None:
        """Ask the printers that have nothing to do how they are, and throw old files away."""
        try:
            self.ask_idle()
            throw_away(self.database, self.clock())
        except Exception:
            log.exception("asking printers")

    def ask_idle(self) -> None:
        """Note how each network printer is that sends nothing just now."""
        with self.database.read() as read:
            known = [one for one in printers.list_printers(read) if one.kind is PrinterKind.TCP]
            before = {printer_id: state.condition for printer_id, state in printers.conditions(read).items()}
        for printer in known:
            thread = self._busy.get(printer.id)
            if self.sender.stopping or (thread is not None and thread.is_alive()):
                continue
            found = ask_printer(printer.address or "", printer.port, printer.language)
            if before.get(printer.id) != found:
                self._note(printer.id, found)

    def _note(self, printer_id: int, condition: str) -> None:
        act(
            self.database,
            SYSTEM,
            lambda work: printers.note_condition(work, printer_id, condition),
            source="printer",
            now=self.clock(),
        )


def throw_away(database: Database, now: datetime) -> None:
    """Files of labels that were kept long enough."""
    with database.read() as read:
        old = list(read.scalars(select(LabelFile.job_id).where(LabelFile.until < now)))
    if old:
        act(database, SYSTEM, lambda work: _delete(work, old), source="printer", now=now)


def _delete(work: Work, jobs: Sequence[int]) -> None:
    work.session.execute(delete(LabelFile).where(LabelFile.job_id.in_(jobs)))
