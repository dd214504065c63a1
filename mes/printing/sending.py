"""One print job from the books to the printer."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TypeVar

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.errors import Busy, DatabaseAway, OutcomeUnknown, PlantMoves, Refused, StorageFailed
from mes.core.i18n import speaking
from mes.core.plant import plant
from mes.core.work import Work, act, utc_now
from mes.labels import tspl, zpl
from mes.labels.drawing import Drawing
from mes.labels.files import find_layouts, get_layout, stock_named
from mes.labels.layout import Layout, Row
from mes.labels.pdf import write_pdf
from mes.labels.placing import Placer
from mes.labels.service import things_to_print
from mes.printing import printers, queue
from mes.printing.job_queries import job_prints
from mes.printing.models import Printer, PrinterKind, PrinterLanguage, PrintJob
from mes.printing.outputs import Cut, Raw, Stopped, give_to_queue, put_into_folder
from mes.printing.printed import labels_in, rows_of_prints
from mes.printing.rules import WAITS
from mes.printing.testing import draw_test

T = TypeVar("T")
#: Labels that are read and placed at once.
AT_ONCE = 100
#: It is not the label that cannot be made or sent.
BOOKS_AWAY = (Busy, DatabaseAway, OutcomeUnknown, PlantMoves, StorageFailed)
#: Seconds between two signs of life while the printer is waited for.
SIGN = 1.0
log = logging.getLogger(__name__)


class Sender:
    """Sends claimed jobs for one process."""

    def __init__(
        self, database: Database, folders: Sequence[Path], name: str, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.database = database
        self.folders = folders
        self.name = name
        self.clock = clock
        #: Set to end after the label that is being sent.
        self.stopping = False

    def send_next(self, printer_id: int | None) -> bool:
        """Claim the next job of a printer (None: of the files for browsers) and send it; False when there is none.

        Raises what says that the books cannot be written: the job is left as a dead server leaves it, and whoever comes
        next knows from the books what may be on paper.
        """
        job = self._do(lambda work: queue.claim(work, printer_id, self.name))
        if job is None:
            return False
        with self.database.read() as read:
            settings = plant(read)
            printer = read.get(Printer, printer_id) if printer_id is not None else None
        with speaking(settings.language, settings.time_zone):
            try:
                self._send(job, printer)
            except BOOKS_AWAY:
                raise
            except Refused as refused:
                self._do(partial(queue.fail, job_id=job.id, worker=self.name, trouble="label", detail=str(refused)))
            except Exception:
                log.exception("print job %s", job.id)
                # of a file nothing is on paper, so nobody is asked which label came out last
                end = queue.fail if printer is None else queue.doubt
                self._do(partial(end, job_id=job.id, worker=self.name, trouble="server", detail=""))
        return True

    def _send(self, job: PrintJob, printer: Printer | None) -> None:
        layout = self._layout(job)
        if printer is None:
            content = b"".join(self._whole(job, None, layout))
            self._do(partial(queue.finish, job_id=job.id, worker=self.name, content=content))
        elif printer.kind is PrinterKind.TCP:
            self._send_raw(job, printer, layout)
        else:
            self._send_whole(job, printer, layout)

    # A network printer: label by label

    def _send_raw(self, job: PrintJob, printer: Printer, layout: Layout) -> None:
        way = Raw(printer.address or "", printer.port, printer.language)
        begun = False
        try:
            condition = way.open()
            self._note(printer, condition)
            if condition in WAITS:
                self._back(job, condition, counts=False)
                return
            keep = self._keeper(job, printer)
            for number, data in enumerate(self._each(job, printer, layout), job.sent + 1):
                if self.stopping:
                    self._back(job, None)
                    return
                if not self._do(partial(queue.advance, job_id=job.id, worker=self.name, sent=number)):
                    return
                begun = True
                way.send(data, keep)
            way.finish(keep)
        except Cut as cut:
            self._note(printer, "unreachable")
            if begun:
                self._doubt(job, cut)
            else:
                self._back(job, cut.trouble, cut.detail)
            return
        except Stopped:
            return
        finally:
            way.close()
        self._note(printer, "silent" if way.silent else "ready")
        self._do(partial(queue.finish, job_id=job.id, worker=self.name))

    def _keeper(self, job: PrintJob, printer: Printer) -> Callable[[str], bool]:
        """Tells the books now and then that the printer is waited for, and whether that is still wanted."""
        at, known = monotonic(), ""

        def keep(condition: str) -> bool:
            nonlocal at, known
            if condition == known and monotonic() - at < SIGN:
                return not self.stopping
            if condition != known:
                self._note(printer, condition)
            at, known = monotonic(), condition
            return self._do(lambda work: queue.renew(work, job.id, self.name, condition)) and not self.stopping

        return keep

    # A folder or a queue of this server: all in one file

    def _send_whole(self, job: PrintJob, printer: Printer, layout: Layout) -> None:
        content = b"".join(self._whole(job, printer, layout))
        if not self._do(partial(queue.advance, job_id=job.id, worker=self.name, sent=job.labels)):
            return
        name = f"{job.subject}-{job.id:06d}-{job.sent + 1:04d}.{printer.language}"
        try:
            if printer.kind is PrinterKind.FOLDER:
                put_into_folder(Path(printer.address or ""), name, content)
            else:
                give_to_queue(printer.address or "", name, content, raw=printer.language is not PrinterLanguage.PDF)
        except Cut as cut:
            if cut.trouble == "broken":  # it may be in the queue: a person looks
                self._doubt(job, cut)
                return
            self._note(printer, "unreachable")
            self._do(partial(queue.uncount, job_id=job.id, worker=self.name, sent=job.sent))
            self._back(job, cut.trouble, cut.detail)
            return
        self._note(printer, "ready")
        self._do(partial(queue.finish, job_id=job.id, worker=self.name))

    # What is sent

    def _each(self, job: PrintJob, printer: Printer, layout: Layout) -> Iterator[bytes]:
        """The labels that are left, each in the printer's language."""
        machine = printers.machine_of(printer, layout.stock)
        write = zpl.label if printer.language is PrinterLanguage.ZPL else tspl.label
        for drawing in self._drawings(job, printer, layout, printer.dpi):
            yield write(drawing, machine)

    def _whole(self, job: PrintJob, printer: Printer | None, layout: Layout) -> Iterator[bytes]:
        """The same as one file."""
        if printer is not None and printer.language is not PrinterLanguage.PDF:
            yield from self._each(job, printer, layout)
            return
        dpi = layout.stock.dpi
        used = [int(place) for place in (job.used or "").split(",") if place]
        drawings = self._drawings(job, printer, layout, dpi)
        yield write_pdf(drawings, layout.stock, dpi, title=layout.title_in(job.language), used=used)

    def _layout(self, job: PrintJob) -> Layout:
        if job.subject != queue.TEST:
            return get_layout(self.folders, job.layout)
        found = find_layouts(self.folders).values()
        return Layout(name=job.layout, content=job.subject, stock=stock_named(found, job.layout), keys=frozenset())

    def _drawings(self, job: PrintJob, printer: Printer | None, layout: Layout, dpi: int) -> Iterator[Drawing]:
        """The labels that are left. What is made in the background tells every hundred labels how far it is."""
        if job.subject == queue.TEST and printer is not None:
            yield draw_test(layout.stock, dpi, printer.name, printers.settings_in_words(printer))
            return
        placer = Placer(layout, job.language, dpi)
        for number, row in enumerate(self._rows(job), 1):
            if printer is None and number % AT_ONCE == 0:
                self._do(partial(queue.advance, job_id=job.id, worker=self.name, sent=number))
            yield placer.place(row)

    def _rows(self, job: PrintJob) -> Iterator[Row]:
        """The texts of the labels that are left, read in parts."""
        with self.database.read() as read:
            wanted = labels_in(job_prints(read, job.id))[job.sent :]
        for at in range(0, len(wanted), AT_ONCE):
            part = wanted[at : at + AT_ONCE]
            with self.database.read() as read:
                things = things_to_print(read, SYSTEM, job.subject, [one.code for one, _number in part])
                rows = rows_of_prints(read, things, part, job.language)
            yield from rows

    # The books

    def _note(self, printer: Printer, condition: str) -> None:
        self._do(partial(printers.note_condition, printer_id=printer.id, condition=condition))

    def _back(self, job: PrintJob, trouble: str | None, detail: str = "", *, counts: bool = True) -> None:
        self._do(lambda work: queue.put_back(work, job.id, self.name, trouble, detail, counts=counts))

    def _doubt(self, job: PrintJob, cut: Cut) -> None:
        self._do(lambda work: queue.doubt(work, job.id, self.name, cut.trouble, cut.detail))

    def _do(self, deed: Callable[[Work], T]) -> T:
        """One act in the books; while they are busy it is tried again, as nothing may be sent that is not written."""
        for _try in range(20):
            try:
                return act(self.database, SYSTEM, deed, source="printer", now=self.clock())
            except Busy:
                continue
        return act(self.database, SYSTEM, deed, source="printer", now=self.clock())
