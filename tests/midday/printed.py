"""Labels in the bakery's day: a printer that waits for an answer, a file for the browser, a label that was voided."""

from mes.core.config import bundled
from mes.core.work import Work
from mes.labels.files import get_layout
from mes.lots.queries import get_lot
from mes.printing import queue
from mes.printing.models import PrintJob
from mes.printing.service import print_on
from mes.printing.voiding import void_label
from tests.conftest import Shop
from tests.factories import make_printer, make_supplier_barcode
from tests.midday.measured import Known


def print_some(shop: Shop, lot: str) -> Known:
    """The lot's labels, on their way to a printer that broke off, and as a file."""
    layout = get_layout([bundled("labels")], "lot-60x40")
    given = {"subject": "lot", "codes": [lot], "layout": layout, "language": "ko", "copies": 2, "reason": "Label lost"}

    def deed(work: Work) -> Known:
        printer = make_printer(work)
        job = print_on(work, printer, **given)  # type: ignore[arg-type]  # as on the page
        file = print_on(work, None, **given)  # type: ignore[arg-type]
        void_label(work, subject="lot", code=lot, copy=1, reason="Lost")
        queue.claim(work, printer.id, "killed")
        queue.advance(work, job.id, "killed", 1)
        queue.doubt(work, job.id, "killed", "broken", "")
        file.person_id = None
        taught = make_supplier_barcode(work, item_id=get_lot(work.session, lot).item_id)
        queue.claim(work, None, "one")
        queue.finish(work, file.id, "one", b"%PDF-1.6 labels")
        return {
            "printer": [printer.code],
            "print job": [job.id, file.id],
            "label file": [file.id],
            "barcode": [taught.id],
        }

    known = shop.do(deed)
    with shop.read() as read:
        assert read.query(PrintJob).count() == 2
    return known
