"""The drawing of what a job makes, and the photos of its work steps, as large as the tablet."""

from flask import request, url_for

from mes.core.access import EVERYONE
from mes.core.drawings import PDF
from mes.core.forms import row_number
from mes.core.pages import Page
from mes.core.pdf_pages import count_pages
from mes.core.work import Reader
from mes.items.drawings import drawing_kind, get_drawing
from mes.items.models import OperationStep
from mes.items.steps import find_step
from mes.station import queries
from mes.station.here import here, room, shown


@room.read("/jobs/<code>/drawing", who=EVERYONE)
def drawing(read: Reader, code: str) -> Page:
    """The drawing of what is made, page by page; with ``step`` the photo of that work step."""
    here(read)
    sheet = queries.job_sheet(read, code)
    asked = row_number(request.args.get("step", ""))
    if asked is not None:
        step = find_step([one.step for one in sheet.steps], asked)
        return _page(read, sheet, url_for("steps.photo", ident=step.id, v=step.picture_id), step=step)
    item = sheet.job.order.item
    if drawing_kind(read, item) != PDF:
        kept = item.drawing_id
        return _page(read, sheet, url_for("items.drawing", code=item.code, n=kept) if kept else None)
    pages = count_pages(get_drawing(read, item.code).content)
    page = min(max(row_number(request.args.get("page", "")) or 1, 1), max(pages, 1))
    address = url_for("items.drawing_page", code=item.code, page=page, n=item.drawing_id) if pages else None
    return _page(read, sheet, address, pages, page)


def _page(
    read: Reader,
    sheet: queries.JobSheet,
    address: str | None,
    pages: int = 1,
    page: int = 1,
    step: OperationStep | None = None,
) -> Page:
    return shown(read, "station/drawing.html", sheet=sheet, paper=address, pages=pages, page=page, step=step)
