"""A plant with a label printer, for the tests of the queue."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mes.core.config import bundled
from mes.labels.files import get_layout
from mes.lots.models import Lot
from mes.printing.fake import FakePrinter
from mes.printing.job_queries import get_job
from mes.printing.models import Printer, PrinterKind, PrinterLanguage, PrintJob
from mes.printing.printers import add_printer
from mes.printing.sending import Sender
from mes.printing.service import print_on
from tests.conftest import Shop

FOLDERS = [bundled("labels")]


@contextmanager
def fake(**how: Any) -> Iterator[FakePrinter]:
    """A printer that listens."""
    printer = FakePrinter(**how).start()
    try:
        yield printer
    finally:
        printer.stop()


def add(shop: Shop, listening: FakePrinter | None = None, **values: Any) -> Printer:
    """A printer in the books: the one that listens, or one where nobody does."""
    given = {
        "name": "포장 프린터", "kind": PrinterKind.TCP, "language": PrinterLanguage.ZPL, "address": "127.0.0.1",
        "port": listening.port if listening else 1, **values,
    }  # fmt: skip
    return shop.do(lambda work: add_printer(work, **given))


def send(shop: Shop, printer: Printer | None, lots: Sequence[Lot], **values: Any) -> PrintJob:
    """Labels of lots, handed to the queue."""
    layout = get_layout(FOLDERS, values.pop("layout", "lot-60x40"))
    codes = [lot.code for lot in lots]
    given = {"subject": "lot", "codes": codes, "layout": layout, "language": "ko", **values}
    return shop.do(lambda work: print_on(work, printer, **given))


def sender(shop: Shop, name: str = "one") -> Sender:
    """What a serving process does, here by hand."""
    return Sender(shop.database, FOLDERS, name, lambda: shop.now)


def job(shop: Shop, one: PrintJob) -> PrintJob:
    """The job as it is now."""
    with shop.read() as read:
        return get_job(read, one.id).job


def came_out(listening: FakePrinter) -> list[str]:
    """The codes on the labels that came out, in their order."""
    return [_code(label) for label in listening.labels]


def _code(label: bytes) -> str:
    """What the QR of a ZPL label says."""
    data = label.partition(b"^BQN")[2].partition(b"M,A")[2].partition(b"^FS")[0].decode()
    return data.replace("_2D", "-").replace("_2E", ".")
