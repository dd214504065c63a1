"""Pages of a PDF as pictures: a tablet shows and enlarges a picture, while many of them can only download a PDF."""

import io
from threading import Lock

from mes.core.errors import Refused
from mes.core.i18n import N_

#: Pixels of the longer side: an A3 drawing stays legible three times enlarged on a tablet of 1280 pixels.
LONGEST_SIDE = 3200
#: More pages than this nobody reads at a machine.
MOST_PAGES = 40
#: The library draws one page at a time.
_one_at_a_time = Lock()


class PageNotDrawn(Refused):
    """A page that the PDF does not have, or that cannot be drawn."""

    message = N_("Page %(page)s of this PDF cannot be shown.")
    hint = N_("Tell the office: print the drawing to PDF once more, or save it as a picture.")
    status = 404


def count_pages(raw: bytes) -> int:
    """How many pages can be shown; none of a PDF that cannot be read (it is locked, for example)."""
    import pypdfium2 as pdfium

    with _one_at_a_time:
        try:
            with pdfium.PdfDocument(raw) as document:
                return min(len(document), MOST_PAGES)
        except pdfium.PdfiumError:
            return 0


def draw_page(raw: bytes, page: int) -> bytes:
    """One page (the first is 1) as WebP. Raises PageNotDrawn."""
    import pypdfium2 as pdfium

    if not 1 <= page <= MOST_PAGES:
        raise PageNotDrawn(page=page)
    out = io.BytesIO()
    with _one_at_a_time:
        try:
            with pdfium.PdfDocument(raw) as document:
                if page > len(document):
                    raise PageNotDrawn(page=page)
                found = document[page - 1]
                scale = LONGEST_SIDE / max(found.get_width(), found.get_height(), 1)
                found.render(scale=scale).to_pil().convert("RGB").save(out, "WEBP", quality=80, method=2)
        except pdfium.PdfiumError as error:
            raise PageNotDrawn(page=page) from error
    return out.getvalue()
