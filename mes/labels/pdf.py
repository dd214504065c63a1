"""Drawings as PDF: dots become a scale at the head of the page, so that every edge falls on the printer's grid.

One document holds one subset font per weight, the static parts of its labels once as form XObjects, and for each
label only its own words and the one path of its code. reportlab makes the fonts and the file; the page contents
are written here, because a label has nothing but texts, bars, codes and logos, and there are thousands of them.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
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
from mes.core.fonts import FINISHING, shown
from mes.core.i18n import N_
from mes.core.qr import rectangles
from mes.labels.across import across, white_of
from mes.labels.drawing import Bar, Code, Drawing, Element, Ground, Picture, Stripes, Text
from mes.labels.layout import MM_PER_INCH, POINTS_PER_INCH, Layout, Row, Stock
from mes.labels.placing import Placer

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
    layout: Layout, rows: Iterable[Row], language: str = "ko", *, dpi: int | None = None, skip: int = 0,
    used: Collection[int] = (),
) -> bytes:  # fmt: skip
    """One label for each row of texts, as a PDF to be printed at 100 %; the same rows give the same bytes.

    ``dpi`` is the printer's, if other than the layout's. On sheets the first ``skip`` places of the first page and
    the places ``used`` (from 0, row by row) are left free, for a sheet that is partly used; a sheet without a free
    place is taken for a fresh one. Refused when a code does not fit, a character cannot be printed, or there are no
    rows.
    """
    placer = Placer(layout, language, dpi)
    taken = {*range(skip % layout.stock.places), *used}
    return write_pdf(map(placer.place, rows), layout.stock, placer.dpi, title=layout.title_in(language), used=taken)


def write_pdf(
    drawings: Iterable[Drawing], stock: Stock, dpi: int, *, title: str = "", used: Collection[int] = ()
) -> bytes:
    """Placed labels, in their order, on as many pages of the stock as they need, but not on the places ``used``."""
    document = _Document(stock, dpi, title)
    free = [place for place in range(stock.places) if place not in used]
    places = chain(free, _places_of_further_pages(stock))
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
        with FINISHING:
            return bytes(self.pdf.GetPDFData(None))

    def _label(self, place: int, drawing: Drawing) -> Iterator[bytes]:
        left, top = self.stock.place(place)
        move = (self.scale, self.scale, _points(left), _points(self.stock.page[1] - top))
        yield b"q %.7f 0 0 %.7f %.4f %.4f cm" % move
        if drawing.across:
            yield from self._across(drawing)
        yield self._ground(drawing.ground)
        yield from self._drawn(drawing.ink)
        yield b"Q"

    def _across(self, drawing: Drawing) -> Iterator[bytes]:
        """A pale word from corner to corner; codes keep their white, so that they are read."""
        width, height = (side / self.scale for side in map(_points, (self.stock.width, self.stock.height)))
        slant = across(drawing.across, width, height)
        turned = (slant.cos, slant.sin, -slant.sin, slant.cos, width / 2, -height / 2)
        yield b"q .8 g %.4f %.4f %.4f %.4f %.1f %.1f cm" % turned
        yield from self._written([Text(slant.x, slant.baseline, slant.size, "bold", drawing.across)])
        yield b"Q"
        fields = [white_of(element) for element in drawing.ink if isinstance(element, Code | Stripes)]
        if fields:
            yield b"1 g " + b" ".join(b"%d %d %d %d re" % (x, -y - h, w, h) for x, y, w, h in fields) + b" f 0 g"

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
            elif isinstance(element, Stripes):
                yield _stripes(element)
            elif isinstance(element, Picture):
                yield from _picture(element)

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
            for name, operators in shown(text.weight, text.text, text.size, self.pdf, _string):
                wanted = b"%s %d Tf" % (name, text.size)
                if wanted != font:
                    yield wanted
                    font = wanted
                yield operators
        yield b"0 g ET" if white else b"ET"


def _string(codes: bytes) -> bytes:
    for plain, escaped in _ESCAPES:
        codes = codes.replace(plain, escaped)
    return b"(%s)" % codes


def _bar(bar: Bar) -> bytes:
    left, low = bar.x + _INSET, -bar.y - bar.height + _INSET
    return b"%.1f %.1f %.1f %.1f re" % (left, low, bar.width - 2 * _INSET, bar.height - 2 * _INSET)


def _path(code: Code) -> bytes:
    """The symbol as one path, in hundredths of a module counted from its own corner, each edge one inwards."""
    parts = b" ".join(map(_rectangle, rectangles(code.symbol)))
    step = code.module / 100
    return b"q %g 0 0 %g %d %d cm %s f Q" % (step, -step, code.x, -code.y, parts)


def _stripes(code: Stripes) -> bytes:
    """The bars as one path: across in hundredths of a module as above, down in dots."""
    low, high = _INSET, code.height - 2 * _INSET
    parts = b" ".join(b"%d %.1f %d %.1f re" % (x * 100 + 1, low, width * 100 - 2, high) for x, width in code.bars)
    return b"q %g 0 0 -1 %d %d cm %s f Q" % (code.module / 100, code.x, -code.y, parts)


def _picture(picture: Picture) -> Iterator[bytes]:
    areas = picture.areas
    if areas:
        yield b" ".join(_bar(Bar(picture.x + x, picture.y + y, width, height)) for x, y, width, height in areas)
        yield b"f"


@lru_cache(maxsize=1 << 15)
def _rectangle(part: tuple[int, int, int, int]) -> bytes:
    x, y, width, height = part
    return b"%d %d %d %d re" % (x * 100 + 1, y * 100 + 1, width * 100 - 2, height * 100 - 2)


def _stream(content: bytes, head: Mapping[str, object] | None = None) -> PDFStream:
    return PDFStream(PDFDictionary({**(head or {}), "Filter": PDFName("FlateDecode")}), zlib.compress(content, 9))


def _points(mm: float) -> float:
    return mm / MM_PER_INCH * POINTS_PER_INCH
