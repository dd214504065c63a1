"""Drawings as TSPL, the language of TSC's label printers and of most Korean and Chinese ones beside ZPL.

As in ZPL, words are sent as dots, and a code as the printer's own only where its size is certain. What stands between
quotes is escaped, so that no name or code ends the quotes it stands in.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from mes.core.barcodes import GS1_DATAMATRIX, SEPARATOR
from mes.labels.drawing import Bar, Code, Drawing, Element, Stripes, Text
from mes.labels.layout import MM_PER_INCH
from mes.labels.machine import Machine
from mes.labels.native import ascii_codewords_fit, code128_parts, is_plain_qr, qr_mode
from mes.labels.raster import Bitmap, bitmap_of, merged
from mes.labels.zpl import WIDEST

#: Between two labels of a roll, in mm: what most rolls have. The printer measures its own when it is calibrated.
GAP = 2
_INVERTED = bytes(255 - byte for byte in range(256))
_STEPS = {"start-b": "!104", "start-c": "!105", "to-b": "!100", "to-c": "!099", "fnc1": "!102"}


def write_tspl(drawings: Iterable[Drawing], machine: Machine) -> bytes:
    """Placed labels in their order; labels that are the same one after the other are drawn once and counted."""
    return b"".join(label(drawing, machine, len(list(same))) for drawing, same in groupby(drawings))


def label(drawing: Drawing, machine: Machine, copies: int = 1) -> bytes:
    """One label: settings, what is on it, and how often it is printed."""
    elements = (*drawing.ground.elements, *drawing.ink)
    if any(isinstance(part, Text) and part.white for part in drawing.ink):
        fields = b"".join(map(_field, merged(elements)))
    else:
        fields = _ground(drawing.ground.elements) + b"".join(map(_field, merged(drawing.ink)))
    return _head(machine) + fields + b"PRINT 1,%d\r\n" % copies


@lru_cache(maxsize=256)
def _ground(elements: tuple[Element, ...]) -> bytes:
    return b"".join(map(_field, merged(elements)))


@lru_cache(maxsize=64)
def _head(machine: Machine) -> bytes:
    width, height = (_mm(dots, machine.dpi) for dots in (machine.width, machine.height))
    lines = [f"SIZE {width} mm,{height} mm", f"GAP {GAP} mm,0 mm"]
    if machine.density is not None:
        lines.append(f"DENSITY {min(15, (machine.density + 1) // 2)}")
    if machine.speed is not None:
        lines.append(f"SPEED {machine.speed}")
    # REFERENCE takes no number below nothing; SHIFT moves up and, where the printer takes two numbers, to the left
    left, up = min(0, machine.shift_x), min(0, machine.shift_y)
    lines += ["DIRECTION 1", f"REFERENCE {max(0, machine.shift_x)},{max(0, machine.shift_y)}"]
    lines += [f"SHIFT {left},{up}" if left else f"SHIFT {up}", "CODEPAGE UTF-8", "CLS"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _mm(dots: int, dpi: int) -> Decimal:
    """Dots as mm with one decimal, as the printer's menu shows them."""
    return round(Decimal(dots) * Decimal(str(MM_PER_INCH)) / dpi, 1)


def _field(element: Element | Bitmap) -> bytes:
    native = _native(element)
    if native is not None:
        return f"{native}\r\n".encode("ascii")
    dots = bitmap_of(element)
    return b"" if dots is None else _bitmap(dots)


def _bitmap(dots: Bitmap) -> bytes:
    """Mode 1 adds to what is there; a dot is burnt where the bit is 0."""
    head = b"BITMAP %d,%d,%d,%d,1," % (dots.x, dots.y, dots.row_bytes, dots.height)
    return head + dots.bits.translate(_INVERTED) + b"\r\n"


def _native(element: Element | Bitmap) -> str | None:
    """The printer's own drawing of an element, where it has exactly the placed size; none where it may not."""
    if isinstance(element, Bar):
        return f"BAR {element.x},{element.y},{element.width},{element.height}"
    if isinstance(element, Code):
        return _qr(element) if element.symbol.kind == "qr" else _datamatrix(element)
    return _code128(element) if isinstance(element, Stripes) else None


def _qr(code: Code) -> str | None:
    symbol = code.symbol
    if code.module > WIDEST or not is_plain_qr(symbol):
        return None
    data = quoted(qr_mode(symbol.data) + symbol.data)
    return f"QRCODE {code.x},{code.y},{symbol.level},{code.module},M,0,M2,S7,{data}"


def _datamatrix(code: Code) -> str | None:
    """``~1`` is FNC1. A text with a tilde of its own goes as dots: printers differ in how they want it doubled."""
    symbol = code.symbol
    if "~" in symbol.data or "\\" in symbol.data or not ascii_codewords_fit(symbol):
        return None
    data = symbol.data.replace(SEPARATOR, "~1")
    data = f"~1{data}" if symbol.kind == GS1_DATAMATRIX else data
    side = symbol.size * code.module
    shape = f"c126,x{code.module},r0,a0,{symbol.size},{symbol.size}"
    return f"DMATRIX {code.x},{code.y},{side},{side},{shape},{quoted(data)}"


def _code128(code: Stripes) -> str | None:
    """128M takes start, switches and FNC1 one by one, each after an exclamation mark; a text with one of its own goes
    as dots."""
    parts = code128_parts(code.symbol)
    if parts is None or set("!\\") & set(code.symbol.data) or code.module > WIDEST:
        return None
    data = quoted("".join(_STEPS.get(part, part) for part in parts))
    return f'BARCODE {code.x},{code.y},"128M",{code.height},0,0,{code.module},{2 * code.module},{data}'


def quoted(text: str) -> str:
    """Field data between quotes: a quote of its own is ``\\["]``. A text with a backslash goes as dots, as ``\\[R]``
    is a line's end to the printer. Control characters never come this far: no code
    with one can be scanned, and words are dots."""
    return '"' + text.replace('"', '\\["]') + '"'
