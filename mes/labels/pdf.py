"""Drawings as PDF: dots become a scale at the head of the page, so that every edge falls on the printer's grid.

One document holds one subset font per weight, the static parts of its labels once as form XObjects, and for each
label only its own words and the one path of its code. reportlab makes the fonts and the file; the page contents
are written here, because a label has nothing but texts, bars and codes, and there are thousands of them.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from threading import Lock
from typing import Any, cast

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFObjectReference,
    PDFPage,
    PDFStream,
)

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.qr import rectangles
from mes.labels.drawing import Bar, Code, Drawing, Element, Ground, Text
from mes.labels.fonts import face
from mes.labels.layout import MM_PER_INCH, POINTS_PER_INCH, Layout, Row, Stock
from mes.labels.placing import Placer

#: reportlab reads the glyphs of a font through one file position, so documents are finished one at a time.
_FINISHING = Lock()
_FONTS = "BasicFonts"
#: Printers in black and white blacken every dot that an edge touches, and no scale is exact to the last digit: edges
#: stay this much of a dot inside, or every line and module would come out a dot too wide.
_INSET = 0.1
_ESCAPES = ((b"\\", b"\\\\"), (b"(", b"\\("), (b")", b"\\)"), (b"\r", b"\\r"))


class NothingToPrint(Refused):
    """A print job without labels."""

    message = N_("There is no label to print.")
    hint = N_("Choose at least one thing, then print again.")
    status = 422


def render_pdf(
    layout: Layout, rows: Iterable[Row], language: str = "ko", *, dpi: int | None = None, skip: int = 0
) -> bytes:
    """One label for each row of texts, as a PDF to be printed at 100 %; the same rows give the same bytes.

    ``dpi`` is the printer's, if other than the layout's. On sheets the first ``skip`` places of the first page are
    left free, for a sheet that is partly used. Refused when a code does not fit, a character cannot be printed,
    or there are no rows.
    """
    placer = Placer(layout, language, dpi)
    return write_pdf(map(placer.place, rows), layout.stock, placer.dpi, title=layout.title_in(language), skip=skip)


def write_pdf(drawings: Iterable[Drawing], stock: Stock, dpi: int, *, title: str = "", skip: int = 0) -> bytes:
    """Placed labels, in their order, on as many pages of the stock as they need."""
    document = _Document(stock, dpi, title)
    places = chain(range(skip % stock.places, stock.places), _places_of_further_pages(stock))
    page: list[tuple[int, Drawing]] = []
    for place, drawing in zip(places, drawings, strict=False):
        if page and place <= page[-1][0]:
            document.add_page(page)
            page = []
        page.append((place, drawing))
    if not page:
        raise NothingToPrint()
    document.add_page(page)
    return document.finished()


def _places_of_further_pages(stock: Stock) -> Iterator[int]:
    while True:
        yield from range(stock.places)


class _Document:
    """A PDF in the making."""

    def __init__(self, stock: Stock, dpi: int, title: str) -> None:
        self.stock = stock
        self.scale = POINTS_PER_INCH / dpi
        self.pdf = cast("Any", PDFDocument(invariant=1, pdfVersion=(1, 6)))  # its types lack half of it
        self.pdf.setTitle(title)
        self.pdf.Catalog.ViewerPreferences = PDFDictionary({"PrintScaling": PDFName("None")})
        self._size = PDFArray([round(_points(side), 4) for side in stock.page])
        self._size.sequence[:0] = [0, 0]
        self._forms = PDFDictionary({})
        self._grounds: dict[Ground, bytes] = {}
        self._resources = self.pdf.Reference(
            PDFDictionary({"Font": PDFObjectReference(_FONTS), "XObject": self._forms})
        )

    def add_page(self, labels: Sequence[tuple[int, Drawing]]) -> None:
        """One page with its labels at their places."""
        page = PDFPage()
        page.MediaBox = self._size
        page.Resources = self._resources
        page.Contents = _stream(b"\n".join(chain.from_iterable(self._label(*label) for label in labels)))
        self.pdf.addPage(page)

    def finished(self) -> bytes:
        """The file."""
        with _FINISHING:
            return bytes(self.pdf.GetPDFData(None))

    def _label(self, place: int, drawing: Drawing) -> Iterator[bytes]:
        left, top = self.stock.place(place)
        move = (self.scale, self.scale, _points(left), _points(self.stock.page[1] - top))
        yield b"q %.7f 0 0 %.7f %.4f %.4f cm" % move
        yield self._ground(drawing.ground)
        yield from self._drawn(drawing.ink)
        yield b"Q"

    def _ground(self, ground: Ground) -> bytes:
        """The call of the form that holds these static parts."""
        if not ground.elements:
            return b""
        if ground not in self._grounds:
            name = f"G{len(self._grounds)}"
            content = b"\n".join(self._drawn(ground.elements))
            self._forms[name] = self.pdf.Reference(_stream(content, self._form_head()))
            self._grounds[ground] = b"/%s Do" % name.encode()
        return self._grounds[ground]

    def _form_head(self) -> dict[str, object]:
        width, height = (side / self.scale for side in map(_points, (self.stock.width, self.stock.height)))
        return {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Form"),
            "BBox": PDFArray([0, -round(height) - 1, round(width) + 1, 0]),
            "Resources": PDFDictionary({"Font": PDFObjectReference(_FONTS)}),
        }

    def _drawn(self, elements: Iterable[Element]) -> Iterator[bytes]:
        bars = [element for element in elements if isinstance(element, Bar)]
        if bars:
            yield b" ".join(map(_bar, bars))
            yield b"f"
        texts = [element for element in elements if isinstance(element, Text)]
        if texts:
            yield from self._written(texts)
        for element in elements:
            if isinstance(element, Code):
                yield _path(element)

    def _written(self, texts: Iterable[Text]) -> Iterator[bytes]:
        """Texts, each placed relative to the one before; a font is named only where it changes."""
        yield b"BT"
        x = y = 0
        font, white = b"", False
        for text in texts:
            if text.white != white:
                yield b"1 g" if text.white else b"0 g"
                white = text.white
            yield b"%d %d Td" % (text.x - x, y - text.baseline)
            x, y = text.x, text.baseline
            for wanted, shown in self._runs(text):
                if wanted != font:
                    yield wanted
                    font = wanted
                yield b"(%s) Tj" % shown
        yield b"0 g ET" if white else b"ET"

    def _runs(self, text: Text) -> Iterator[tuple[bytes, bytes]]:
        """Pieces of a text by the part of the font they are in (a part holds 256 characters)."""
        font = face(text.weight).font
        for subset, shown in font.splitString(text.text, self.pdf):
            name = font.getSubsetInternalName(subset, self.pdf).encode()
            yield b"%s %d Tf" % (name, text.size), _escaped(shown)


def _escaped(shown: bytes) -> bytes:
    for plain, escaped in _ESCAPES:
        shown = shown.replace(plain, escaped)
    return shown


def _bar(bar: Bar) -> bytes:
    left, low = bar.x + _INSET, -bar.y - bar.height + _INSET
    return b"%.1f %.1f %.1f %.1f re" % (left, low, bar.width - 2 * _INSET, bar.height - 2 * _INSET)


def _path(code: Code) -> bytes:
    """The symbol as one path, in hundredths of a module counted from its own corner, each edge one inwards."""
    parts = b" ".join(map(_rectangle, rectangles(code.symbol)))
    step = code.module / 100
    return b"q %g 0 0 %g %d %d cm %s f Q" % (step, -step, code.x, -code.y, parts)


@lru_cache(maxsize=1 << 15)
def _rectangle(part: tuple[int, int, int, int]) -> bytes:
    x, y, width, height = part
    return b"%d %d %d %d re" % (x * 100 + 1, y * 100 + 1, width * 100 - 2, height * 100 - 2)


def _stream(content: bytes, head: Mapping[str, object] | None = None) -> PDFStream:
    return PDFStream(PDFDictionary({**(head or {}), "Filter": PDFName("FlateDecode")}), zlib.compress(content, 9))


def _points(mm: float) -> float:
    return mm / MM_PER_INCH * POINTS_PER_INCH
