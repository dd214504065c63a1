"""Reading a layout file: TOML tables into layouts, every fault as one plain sentence.

Measures are mm. A negative ``x`` or ``y`` counts from the far edge, and a ``w`` or ``h`` of zero or less reaches
up to so many mm before it, so that one file can serve several stocks.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mes.core.barcodes import GS1_KINDS
from mes.core.fonts import WEIGHTS
from mes.core.i18n import N_, _
from mes.labels.codes import KINDS, is_linear
from mes.labels.content import CONTENTS
from mes.labels.layout import Area, Box, CodeField, Condition, Field, Layout, Line, Logo, Stock, When, Words
from mes.labels.tables import Table

ALIGNMENTS = ("left", "center", "right")
VERTICAL_ALIGNMENTS = ("top", "middle", "bottom")
INKS = ("black", "white")
#: What becomes of a pictograph that the font lacks: the label is refused, or a box stands for it.
MISSING = ("refuse", "box")
_STOCK = re.compile(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)")
_GAP = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONDITION = re.compile(r"(not )?([a-z][a-z0-9_]*)(?: = (.+))?")
_THICKNESS = 0.25
#: The largest layout of ours has a twentieth of this.
_MOST_TEXT = 200_000
#: No symbol holds more.
_MOST_CHARACTERS = 8000


def read_layouts(path: Path) -> tuple[list[Layout], list[str]]:
    """The layouts of a file, one per stock, and what is wrong with it. With faults the layouts are no good."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return [], [_("The file %(file)s cannot be read as UTF-8 text.", file=path.name)]
    if len(text) > _MOST_TEXT:
        return [], [_("The file %(file)s is too long for a layout.", file=path.name)]
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets in thousands of brackets
        return [], [_("The file %(file)s is not valid TOML: %(error)s.", file=path.name, error=str(error))]
    faults: list[str] = []
    stocks = _stocks(Table(path.name, values, faults))
    layouts = [_layout(Table(path.name, values, faults), stock, path) for stock in stocks]
    return layouts, list(dict.fromkeys(faults))


def _layout(table: Table, stock: Stock, path: Path) -> Layout:
    content = table.word("content", "lot", CONTENTS)
    styles = _styles(table)
    layout = Layout(
        name=f"{table.word('name', content)}-{stock.name}",
        content=content,
        stock=stock,
        keys=_keys(table, content),
        fields=tuple(_field(part, stock, styles) for part in table.tables("field", N_("field %(number)s"))),
        lines=tuple(_line(part, stock) for part in table.tables("line", N_("line %(number)s"))),
        boxes=tuple(_box(part, stock) for part in table.tables("box", N_("box %(number)s"))),
        codes=tuple(_code(part, stock) for part in table.tables("code", N_("code %(number)s"))),
        logos=tuple(_logo(part, stock) for part in table.tables("logo", N_("logo %(number)s"))),
        title=table.texts("title"),
        file=path,
    )
    for name in ("stock", "dpi"):
        table.raw(name)
    table.finish()
    return layout


def _stocks(table: Table) -> list[Stock]:
    dpi = table.whole("dpi", 203)
    entries = table.raw("stock")
    if not isinstance(entries, list) or not entries:
        table.fault(_("“stock” must list at least one size, such as “60x40”."))
        return []
    stocks = [_stock(table, entry, dpi) for entry in entries]
    return [stock for stock in stocks if stock is not None]


def _stock(table: Table, entry: object, dpi: int) -> Stock | None:
    if isinstance(entry, dict):
        return _described_stock(Table(f"{table.where}, “stock”", entry, table.faults), dpi)
    size = _STOCK.fullmatch(entry) if isinstance(entry, str) else None
    if size is None:
        table.fault(_("The stock “%(value)s” is no size in mm such as “60x40”.", value=str(entry)))
        return None
    return Stock(name=str(entry), width=float(size[1]), height=float(size[2]), dpi=dpi)


def _described_stock(table: Table, dpi: int) -> Stock:
    stock = Stock(
        name=table.word("name", "sheet"),
        width=table.number("width"),
        height=table.number("height"),
        dpi=table.whole("dpi", dpi),
        columns=table.whole("columns", 1),
        rows=table.whole("rows", 1),
        left=table.number("left", 0.0),
        top=table.number("top", 0.0),
        pitch_x=table.number("pitch_x", 0.0),
        pitch_y=table.number("pitch_y", 0.0),
        page_width=table.number("page_width", 0.0),
        page_height=table.number("page_height", 0.0),
    )
    table.finish()
    return stock


def _keys(table: Table, content: str) -> frozenset[str]:
    value = table.raw("keys")
    if not (isinstance(value, list) and all(isinstance(key, str) for key in value)):
        table.fault(_("“keys” must list the data which the label shows."))
        return frozenset()
    for key in value:
        if key not in CONTENTS[content]:
            table.fault(_("A label of the content “%(content)s” has no data “%(key)s”.", content=content, key=key))
    return frozenset(value)


def _styles(table: Table) -> dict[str, dict[str, Any]]:
    value = table.raw("style")
    if value is None:
        return {}
    if not (isinstance(value, dict) and all(isinstance(style, dict) for style in value.values())):
        table.fault(_("“style” must hold tables of field settings by name."))
        return {}
    return value


def _field(table: Table, stock: Stock, styles: Mapping[str, dict[str, Any]]) -> Field:
    style = table.values.get("style")
    if style is not None and style not in styles:
        table.fault(_("There is no style “%(style)s” in this file.", style=str(style)))
    table = Table(table.where, {**styles.get(str(style), {}), **table.values}, table.faults)
    table.raw("style")
    size = table.number("size")
    field = Field(
        area=_area(table, stock),
        words=_words(table, "text"),
        size=size,
        smallest=table.number("shrink", size),
        weight=table.word("weight", "regular", WEIGHTS),
        align=table.word("align", "left", ALIGNMENTS),
        valign=table.word("valign", "middle", VERTICAL_ALIGNMENTS),
        most_lines=table.whole("wrap", 1),
        white=table.word("ink", "black", INKS) == "white",
        boxes=table.word("missing", "refuse", MISSING) == "box",
        cut=table.flag("cut", True),
        when=_when(table),
    )
    table.finish()
    return field


def _line(table: Table, stock: Stock) -> Line:
    thickness = table.number("thickness", _THICKNESS)
    x, y = _from_edge(table.number("x"), stock.width), _from_edge(table.number("y"), stock.height)
    if ("w" in table.values) == ("h" in table.values):
        table.fault(_("A line needs either “w” (across) or “h” (down)."))
    across = "w" in table.values
    w = _up_to(x, table.number("w", thickness), stock.width) if across else thickness
    h = thickness if across else _up_to(y, table.number("h", thickness), stock.height)
    line = Line(area=Area(x, y, w, h), when=_when(table))
    table.finish()
    return line


def _box(table: Table, stock: Stock) -> Box:
    box = Box(
        area=_area(table, stock),
        thickness=table.number("thickness", _THICKNESS),
        filled=table.flag("fill", False),
        when=_when(table),
    )
    table.finish()
    return box


def _code(table: Table, stock: Stock) -> CodeField:
    kind = table.word("kind", "qr", KINDS)
    kind = "qr" if kind == "code" else kind
    code = CodeField(
        area=_area(table, stock) if is_linear(kind) else _square(table, stock),
        words=_words(table, "data"),
        kind=kind,
        longest=_longest(table, kind),
        when=_when(table),
    )
    table.finish()
    return code


def _square(table: Table, stock: Stock) -> Area:
    side = table.number("size")
    return Area(_from_edge(table.number("x"), stock.width), _from_edge(table.number("y"), stock.height), side, side)


def _longest(table: Table, kind: str) -> str:
    """The longest text of a code: itself, or so many capitals and digits (in addresses small letters)."""
    if isinstance(table.values.get("holds"), str):
        return table.word("holds", "")
    count = min(table.whole("holds", 16), _MOST_CHARACTERS)
    letters = "a" if kind in ("url", "link") else "A0"
    # (99) may hold any letters: a GS1 code as hard to hold as one of this length can be
    return (("99" if kind in GS1_KINDS else "") + letters * count)[:count]


def _logo(table: Table, stock: Stock) -> Logo:
    logo = Logo(
        area=_area(table, stock),
        file=table.word("file", ""),
        align=table.word("align", "center", ALIGNMENTS),
        when=_when(table),
    )
    table.finish()
    return logo


def _area(table: Table, stock: Stock) -> Area:
    x = _from_edge(table.number("x"), stock.width)
    y = _from_edge(table.number("y"), stock.height)
    return Area(x, y, _up_to(x, table.number("w"), stock.width), _up_to(y, table.number("h"), stock.height))


def _from_edge(value: float, whole: float) -> float:
    return value if value >= 0 else whole + value


def _up_to(start: float, value: float, whole: float) -> float:
    return value if value > 0 else whole + value - start


def _words(table: Table, name: str) -> Words:
    texts = table.texts(name)
    words = Words({language: words_of_text(text).pieces["en"] for language, text in texts.items()})
    for language, pieces in words.pieces.items():
        if any("{" in part or "}" in part for part in pieces[::2]):
            table.fault(_("“%(text)s” has a bracket that names no data, such as {code}.", text=texts[language]))
    return words


def words_of_text(text: str) -> Words:
    """A text with gaps such as ``{code}``, the same in every language."""
    return Words({"en": tuple(_GAP.split(text))})


def _when(table: Table) -> When | None:
    text = table.word("when", "")
    if not text:
        return None
    matches = [_CONDITION.fullmatch(part) for part in text.split(" and ")]
    if None in matches:
        table.fault(_("The condition “%(text)s” is not of the form “key”, “not key” or “key = value”.", text=text))
    return When(tuple(Condition(match[2], match[3], bool(match[1])) for match in matches if match))
