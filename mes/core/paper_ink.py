"""What every document is written with: styles, measures, words in every language, lines that fit, QR squares."""

import unicodedata
from functools import lru_cache
from typing import Any

from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from mes.core.fonts import EM, MAIN, WEIGHTS, has, load, shown, width
from mes.core.letters import JOINERS, SOFT_END, clusters, is_tall, pieces
from mes.core.qr import QUIET, encode, rectangles

#: What a canvas begins with.
FACE = f"{MAIN}-regular"
MARGIN = 14 * mm
WIDTH = A4[0] - 2 * MARGIN
#: Height of the head on the first page of a sheet, and on its later pages.
HEAD, LATER_HEAD, FOOT = 34 * mm, 9 * mm, 8 * mm
DOTS = "..."
#: Stands for a character that no font has.
BOX = "□"
#: From one line to the next, in ems; more where signs stand above and below the letters.
LEADING, TALL_LEADING = 1.35, 1.65
#: From the baseline to the optical middle of Hangul, capitals and digits, in ems.
MIDDLE = 0.37
LEFT, CENTER, RIGHT = "left", "center", "right"
LINE, TINT, SOFT = HexColor(0x888888), HexColor(0xF0EEEA), HexColor(0x444444)


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
    for left, top, wide, high in rectangles(symbol):
        path.rect(x + (left + QUIET) * module, y + side - (top + high + QUIET) * module, wide * module, high * module)
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)


class Words(Flowable):
    """Words that take as many lines as they need, in any language; line ends are kept."""

    def __init__(
        self, text: str, *, bold: bool = False, size: float = 9, align: str = LEFT, color: Any = black,
    ) -> None:  # fmt: skip
        super().__init__()
        self.text, self.size, self.align, self.color = text, size, align, color
        self.weight = "bold" if bold else "regular"
        self.leading = size * (TALL_LEADING if is_tall(text) else LEADING)
        self.lines: list[str] = []

    def wrap(self, aW: float, _aH: float = 0) -> tuple[float, float]:  # noqa: N803  # the base names them so
        """Break the lines for a width; says the size."""
        self.width = aW
        self.lines = [line for part in self.text.split("\n") for line in broken(self.weight, part, aW / self.size)]
        self.height = len(self.lines) * self.leading
        return aW, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803
        """What stands on this page, and what on the next."""
        if not self.lines:  # a table asks with its cell's whole width, in which the lines would end elsewhere
            self.wrap(aW)
        room = int(aH / self.leading + 0.01)
        if room >= len(self.lines):
            return [self]
        if room <= 0:
            return []
        first, rest = self._of(self.lines[:room]), self._of(self.lines[room:])
        first.spaceBefore, rest.spaceAfter = self.getSpaceBefore(), self.getSpaceAfter()
        return [first, rest]

    def _of(self, lines: list[str]) -> "Words":
        part = Words("\n".join(lines), bold=self.weight == "bold", size=self.size, align=self.align, color=self.color)
        part.leading = self.leading
        return part

    def draw(self) -> None:
        """Each line in the middle of its height."""
        y = self.height - self.leading / 2 - MIDDLE * self.size
        for line in self.lines:
            draw_line(self.canv, self._left(line), y, line, self.weight, self.size, self.color)
            y -= self.leading

    def _left(self, line: str) -> float:
        spare = self.width - measured(self.weight, line, self.size)
        return {LEFT: 0.0, CENTER: spare / 2, RIGHT: spare}[self.align]


def load_fonts() -> None:
    """Make the main fonts known. Raises FontMissing."""
    for weight in WEIGHTS:
        pdfmetrics.registerFont(load(MAIN, weight))


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """The text as it is drawn: composed, without invisible characters; a box where no font has a character."""
    kept = ""
    for character in unicodedata.normalize("NFC", text):
        if character in JOINERS:
            kept += character if is_tall(kept[-1:]) else ""
        elif unicodedata.category(character) in ("Cc", "Cf") or 0xFE00 <= ord(character) <= 0xFE0F:
            continue
        else:
            kept += character if has("regular", character) else BOX
    return kept


def measured(weight: str, text: str, size: float) -> float:
    """The width of a line in points."""
    return width(weight, printable(text)) * size / EM


@lru_cache(maxsize=4096)
def broken(weight: str, text: str, room: float) -> tuple[str, ...]:
    """The lines of a paragraph, at most ``room`` ems wide; a word wider than that is parted between its letters."""
    lines, row, used = [], "", 0.0
    for piece in _within(weight, text.replace("\t", " "), room):
        if row and used + measured(weight, piece.rstrip(f" {SOFT_END}"), 1) > room:
            lines.append(row.rstrip())
            row, used = "", 0.0
        row, used = row + piece, used + measured(weight, piece, 1)
    return (*lines, row.rstrip())


def _within(weight: str, text: str, room: float) -> list[str]:
    """Where the text may be parted, no piece wider than the room unless it is one letter."""
    found: list[str] = []
    for piece in pieces(text):
        wide = measured(weight, piece.rstrip(), 1) > room
        found += clusters(piece) if wide else [piece]
    return found


def fitting(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as there is room for, and dots."""
    weight = "bold" if bold else "regular"
    if measured(weight, text, size) <= room:
        return text
    letters = clusters(text)
    while letters and measured(weight, "".join(letters) + DOTS, size) > room:
        letters.pop()
    return "".join(letters).rstrip() + DOTS


def draw_line(canvas: Canvas, x: float, y: float, text: str, weight: str, size: float, color: Any = black) -> None:
    """One line of text as it is, beginning at x on the baseline y."""
    canvas.setFillColor(color)
    line = canvas.beginText(x, y)
    document: Any = canvas._doc  # type: ignore[attr-defined]  # the document that a font's letters are counted in
    for font, operators in shown(weight, printable(text), size, document, _hex):
        line._code.append(f"{font.decode()} {size:g} Tf {operators.decode()}")  # type: ignore[attr-defined]
    canvas.drawText(line)
    canvas.setFillColor(black)


def _hex(codes: bytes) -> bytes:
    return b"<%s>" % codes.hex().encode()


def draw_text(
    canvas: Canvas, x: float, y: float, text: str, size: int, color: Any = black, *, bold: bool = False,
    room: float = WIDTH,
) -> None:  # fmt: skip
    """One line of text; what is longer than ``room`` is cut."""
    draw_line(canvas, x, y, fitting(text, room, size, bold=bold), "bold" if bold else "regular", size, color)
