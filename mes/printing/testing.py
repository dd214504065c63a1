"""The test label of a printer: does it print at all, dark enough, and where it should?

A frame stands 2 mm inside the edge, with a mark every 5 mm, so that a ruler says by how much everything is to be
shifted; bars of one to four dots show whether the print is too pale or too dark; the code must be scannable.
"""

from collections.abc import Iterator

from mes.core.i18n import _
from mes.core.qr import encode
from mes.labels.drawing import Bar, Code, Drawing, Element, Ground, Text
from mes.labels.fonts import face
from mes.labels.layout import Stock, mm_to_dots
from mes.labels.typeset import set_text

#: How far the frame stands inside the edge, in mm.
RIM = 2


def draw_test(stock: Stock, dpi: int, name: str, words: str) -> Drawing:
    """The test label of a printer; ``words``: a line about its settings. Its code is ``TEST``."""
    width, height, rim = (mm_to_dots(mm, dpi) for mm in (stock.width, stock.height, RIM))
    frame = list(_frame(width, height, rim))
    frame += [Bar(x, rim, 1, rim // 2) for x in _marks(stock.width, dpi)]
    frame += [Bar(rim, y, rim // 2, 1) for y in _marks(stock.height, dpi)]
    inside = height - 4 * rim
    module = max(1, min(inside // 25, mm_to_dots(0.75, dpi)))
    symbol = encode("TEST")
    left = 2 * rim + symbol.size * module + 2 * rim
    texts = list(
        _texts(left, width - left - 2 * rim, rim, inside, dpi, (name, words, _("The frame stands 2 mm inside")))
    )
    ink: list[Element] = [Code(2 * rim + module, 2 * rim + module, module, symbol), *texts]
    return Drawing(Ground(tuple(frame)), (*ink, *_bars(left, height - 2 * rim, dpi, width - 2 * rim)))


def _frame(width: int, height: int, rim: int) -> Iterator[Bar]:
    yield Bar(rim, rim, width - 2 * rim, 1)
    yield Bar(rim, height - rim, width - 2 * rim, 1)
    yield Bar(rim, rim, 1, height - 2 * rim)
    yield Bar(width - rim, rim, 1, height - 2 * rim)


def _marks(length: float, dpi: int) -> list[int]:
    """Every 5 mm from the edge."""
    return [mm_to_dots(mm, dpi) for mm in range(5, int(length) - RIM, 5)]


def _texts(left: int, width: int, rim: int, height: int, dpi: int, lines: tuple[str, ...]) -> Iterator[Text]:
    """Words beside the code, as large as they fit."""
    row = height // (len(lines) + 1)
    for number, line in enumerate(lines):
        words = face("regular").printable(line, boxes=True)
        if not words or width < dpi // 4:
            continue
        weight = "regular" if number else "bold"
        setting = set_text(weight, words, width, row, round(10 * dpi / 72), round(5 * dpi / 72), 1)
        yield Text(left, 2 * rim + number * row + setting.size, setting.size, weight, setting.lines[0][0])


def _bars(left: int, bottom: int, dpi: int, right: int) -> Iterator[Bar]:
    """Bars of one to four dots, as far apart as they are wide."""
    x, height = left, mm_to_dots(3, dpi)
    for dots in (1, 2, 3, 4):
        for _time in range(5):
            if x + dots >= right:
                return
            yield Bar(x, bottom - height, dots, height)
            x += 2 * dots
        x += mm_to_dots(1, dpi)
