"""The test label on an A4 page: a QR, a Code 128 and a GS1 Data Matrix, large enough for any scanner."""

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from mes.core.barcodes import matrix, strip
from mes.core.i18n import _
from mes.core.paper_ink import SOFT, draw_text, load_fonts
from mes.core.qr import Symbol, black_areas, encode
from mes.scan.trial import GS1_LABEL, LABEL

PAGE = (210 * mm, 297 * mm)
LEFT, ROOM = 25 * mm, 160 * mm
#: A module of the squares and of the bars.
MODULE, BAR = 0.8 * mm, 0.4 * mm


def render(title: str, lead: str) -> bytes:
    """The page as PDF."""
    load_fonts()
    file = BytesIO()
    canvas = Canvas(file, pagesize=PAGE, pageCompression=1)
    canvas.setTitle(title)
    draw_text(canvas, LEFT, 265 * mm, title, 18, bold=True, room=ROOM)
    draw_text(canvas, LEFT, 256 * mm, lead, 10, SOFT, room=ROOM)
    _square(canvas, encode(LABEL), 205 * mm, "QR")
    _bars(canvas, 165 * mm)
    _square(canvas, matrix(GS1_LABEL, "gs1-datamatrix"), 110 * mm, "GS1 Data Matrix")
    canvas.save()
    return file.getvalue()


def _square(canvas: Canvas, symbol: Symbol, y: float, name: str) -> None:
    for x, down, width, height in black_areas(symbol.rows):
        top = y + (symbol.size - down - height) * MODULE
        canvas.rect(LEFT + x * MODULE, top, width * MODULE, height * MODULE, stroke=0, fill=1)
    beside = LEFT + (symbol.size + 8) * MODULE
    draw_text(canvas, beside, y + symbol.size * MODULE - 10, name, 12, bold=True)
    shown = symbol.data.replace("\x1d", " ")
    draw_text(canvas, beside, y + symbol.size * MODULE - 26, shown, 10, SOFT)


def _bars(canvas: Canvas, y: float) -> None:
    x = LEFT
    for place, width in enumerate(strip(LABEL).widths):
        if place % 2 == 0:
            canvas.rect(x, y, width * BAR, 18 * mm, stroke=0, fill=1)
        x += width * BAR
    draw_text(canvas, LEFT, y - 14, _("Code 128: %(text)s", text=LABEL), 10, SOFT, room=ROOM)
