"""From a layout and rows of data to drawings in whole printer dots."""

from collections.abc import Iterator
from dataclasses import dataclass

from mes.core.barcodes import Strip
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.practice import ACROSS, practising
from mes.core.qr import CodeTooLong, shortened
from mes.labels.codes import data_of, fitted, scanned
from mes.labels.content import keys_of
from mes.labels.drawing import Bar, Code, Drawing, Element, Ground, Picture, Static, Stripes, Text
from mes.labels.fonts import face
from mes.labels.layout import (
    Area,
    Box,
    CodeField,
    Field,
    Layout,
    Line,
    Logo,
    Row,
    mm_to_dots,
    points_to_dots,
)
from mes.labels.logo import logo_bits
from mes.labels.typeset import MIDDLE, TALL_MIDDLE, TALL_PITCH, Setting, set_text


class WordsDoNotFit(Refused):
    """Half a code, date or quantity is worse than no label."""

    message = N_("“%(text)s” does not fit on this label.")
    hint = N_("Choose a larger label.")
    status = 422


@dataclass(frozen=True)
class _Dots:
    """An area in dots."""

    x: int
    y: int
    width: int
    height: int


class Placer:
    """Places the rows of one print job on one layout, in one language, for one printer resolution."""

    def __init__(self, layout: Layout, language: str, dpi: int | None = None) -> None:
        self.layout = layout
        self.language = language
        self.dpi = dpi or layout.stock.dpi
        self._keys = keys_of(layout.content)
        self._own = [field for field in layout.fields if field.words.keys]
        self._conditions = layout.conditions
        self._grounds: dict[tuple[bool, ...], Ground] = {}
        self._fields = {id(field): self._dots(field.area) for field in layout.fields}

    def place(self, row: Row) -> Drawing:
        """One label. Names which this kind of label does not have are a mistake of the caller (KeyError)."""
        if not row.keys() <= self._keys:
            raise KeyError(f"a {self.layout.content} label has no {sorted(row.keys() - self._keys)}")
        row = scanned(row)
        ink: list[Element] = []
        for field in self._own:
            if field.when is None or field.when.holds(row):
                ink += self._texts(field, row)
        for code in self.layout.codes:
            if code.when is None or code.when.holds(row):
                ink += self._codes(code, row)
        return Drawing(self._ground(row), tuple(ink), ACROSS if practising() else "")

    def _ground(self, row: Row) -> Ground:
        """Words, lines and boxes of the layout, made once for each outcome of its conditions."""
        key = tuple(condition.holds(row) for condition in self._conditions)
        if key not in self._grounds:
            elements = tuple(self._static(row))
            same = [ground for ground in self._grounds.values() if ground.elements == elements]
            self._grounds[key] = same[0] if same else Ground(elements)
        return self._grounds[key]

    def _static(self, row: Row) -> Iterator[Static]:
        for logo in self.layout.logos:
            if logo.when is None or logo.when.holds(row):
                yield self._logo(logo)
        for box in self.layout.boxes:
            if box.when is None or box.when.holds(row):
                yield from self._box(box)
        for line in self.layout.lines:
            if line.when is None or line.when.holds(row):
                yield self._line(line)
        for field in self.layout.fields:
            if not field.words.keys and (field.when is None or field.when.holds(row)):
                yield from self._texts(field, row)

    def _texts(self, field: Field, row: Row) -> Iterator[Text]:
        text = face(field.weight).printable(field.words.filled(row, self.language), field.boxes)
        if not text:
            return
        area = self._fields[id(field)]
        setting = set_text(
            field.weight,
            text,
            area.width,
            area.height,
            points_to_dots(field.size, self.dpi),
            points_to_dots(field.smallest, self.dpi),
            field.most_lines,
        )
        if setting.cut and not field.cut:
            raise WordsDoNotFit(text=shortened(text))
        for number, (line, width) in enumerate(setting.lines):
            x = area.x + _indent(field.align, area.width - width)
            baseline = round(_first_baseline(field.valign, area, setting) + number * setting.pitch * setting.size)
            yield Text(x, baseline, setting.size, field.weight, line, field.white)

    def _codes(self, code: CodeField, row: Row) -> Iterator[Code | Stripes]:
        """The code; in training, where its content is longer than the real one's, none where it has no room."""
        try:
            yield self._code(code, row)
        except CodeTooLong:
            if not practising():
                raise

    def _code(self, code: CodeField, row: Row) -> Code | Stripes:
        """The code as large as its area allows, in the middle of it; too fine a module is refused."""
        area = self._dots(code.area)
        symbol, module = fitted(code.kind, data_of(code, row, self.language), area.width, area.height, self.dpi)
        if isinstance(symbol, Strip):
            left = area.x + (area.width - symbol.modules * module) // 2
            return Stripes(left, area.y, area.height, module, symbol)
        side = symbol.size * module
        return Code(area.x + (area.width - side) // 2, area.y + (area.height - side) // 2, module, symbol)

    def _logo(self, logo: Logo) -> Picture:
        area = self._dots(logo.area)
        bits = logo_bits(self.layout.folder, logo.file, area.width, area.height)
        top = area.y + (area.height - bits.height) // 2
        return Picture(area.x + _indent(logo.align, area.width - bits.width), top, *bits)

    def _line(self, line: Line) -> Bar:
        area = self._dots(line.area)
        return Bar(area.x, area.y, max(1, area.width), max(1, area.height))

    def _box(self, box: Box) -> Iterator[Bar]:
        area = self._dots(box.area)
        if box.filled:
            yield Bar(area.x, area.y, area.width, area.height)
            return
        rim = max(1, mm_to_dots(box.thickness, self.dpi))
        yield Bar(area.x, area.y, area.width, rim)
        yield Bar(area.x, area.y + area.height - rim, area.width, rim)
        yield Bar(area.x, area.y + rim, rim, area.height - 2 * rim)
        yield Bar(area.x + area.width - rim, area.y + rim, rim, area.height - 2 * rim)

    def _dots(self, area: Area) -> _Dots:
        left, top = mm_to_dots(area.x, self.dpi), mm_to_dots(area.y, self.dpi)
        return _Dots(left, top, mm_to_dots(area.right, self.dpi) - left, mm_to_dots(area.bottom, self.dpi) - top)


def _indent(align: str, spare: int) -> int:
    if align == "right":
        return spare
    return spare // 2 if align == "center" else 0


def _first_baseline(valign: str, area: _Dots, setting: Setting) -> float:
    below_first = (len(setting.lines) - 1) * setting.pitch * setting.size
    tall = setting.pitch == TALL_PITCH
    if valign == "top":
        return area.y + (1.1 if tall else 1) * setting.size
    if valign == "bottom":
        return area.y + area.height - (0.45 if tall else 0.25) * setting.size - below_first
    return area.y + (area.height - below_first) / 2 + (TALL_MIDDLE if tall else MIDDLE) * setting.size
