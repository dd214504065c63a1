"""What every document is written with: fonts, styles, measures, words, lines of text that fit, QR squares."""

from functools import cache
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, black
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from mes.core.config import asset
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.qr import QUIET, encode, rectangles

FONTS = {"Paper": "fonts/NotoSansKR-Regular.ttf", "Paper-Bold": "fonts/NotoSansKR-Bold.ttf"}
MARGIN = 14 * mm
WIDTH = A4[0] - 2 * MARGIN
#: Height of the head on the first page of a sheet, and on its later pages.
HEAD, LATER_HEAD, FOOT = 34 * mm, 9 * mm, 8 * mm
DOTS = "..."
LINE, TINT, SOFT = HexColor(0x888888), HexColor(0xF0EEEA), HexColor(0x444444)


class PaperFontMissing(Refused):
    """The fonts arrive when the program is installed; without them there is no document."""

    message = N_("The document font %(file)s is not installed.")
    hint = N_("Install the program again; the font comes with it.")
    status = 503


class QrSquare(Flowable):
    """A QR symbol with its quiet zone."""

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self.text, self.width, self.height = text, side, side

    def draw(self) -> None:
        """One path, so that no viewer shows seams between the modules."""
        draw_qr(self.canv, self.text, 0, 0, self.width)


def draw_qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """A QR symbol in the square with its lower left corner at x, y."""
    symbol = encode(text)
    module = side / (symbol.size + 2 * QUIET)
    path = canvas.beginPath()
    for left, top, width, height in rectangles(symbol):
        path.rect(
            x + (left + QUIET) * module, y + side - (top + height + QUIET) * module, width * module, height * module
        )
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)


@cache
def style(bold: bool = False, size: int = 9, align: Literal[0, 1, 2, 4] = 0, soft: bool = False) -> ParagraphStyle:
    """How words look."""
    load_fonts()
    return ParagraphStyle(
        f"{bold}{size}{align}{soft}",
        fontName="Paper-Bold" if bold else "Paper",
        fontSize=size,
        leading=size * 1.35,
        alignment=align,
        textColor=SOFT if soft else black,
    )


@cache
def load_fonts() -> None:
    """Make the fonts known. Raises PaperFontMissing."""
    for name, address in FONTS.items():
        file = asset(address)
        if not file.is_file():
            raise PaperFontMissing(file=file.name)
        pdfmetrics.registerFont(TTFont(name, str(file)))


def words(
    text: str, *, bold: bool = False, size: int = 9, number: bool = False, soft: bool = False,
    align: Literal[0, 1, 2, 4] = 0,
) -> Flowable:  # fmt: skip
    """Words that take as many lines as they need."""
    plain = escape(text).replace("\n", "<br/>")
    return Paragraph(plain, style(bold, size, TA_RIGHT if number else align, soft))


def fitting(text: str, room: float, size: int, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as there is room for, and dots."""
    load_fonts()
    face = "Paper-Bold" if bold else "Paper"
    if pdfmetrics.stringWidth(text, face, size) <= room:
        return text
    while text and pdfmetrics.stringWidth(text + DOTS, face, size) > room:
        text = text[:-1]
    return text.rstrip() + DOTS


def draw_text(
    canvas: Canvas, x: float, y: float, text: str, size: int, color: Any = black, *, bold: bool = False,
    room: float = WIDTH,
) -> None:  # fmt: skip
    """One line of text; what is longer than ``room`` is cut."""
    canvas.setFont("Paper-Bold" if bold else "Paper", size)
    canvas.setFillColor(color)
    canvas.drawString(x, y, fitting(text, room, size, bold=bold))
    canvas.setFillColor(black)
