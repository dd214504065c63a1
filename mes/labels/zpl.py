"""Drawings as ZPL II, the language of Zebra's label printers and of many others that speak it too.

Codes are left to the printer where it can only draw them as large as they were placed, and are sent as dots where it
might choose another size. Words are sent as dots, unless the printer is said to hold the font. All data are hex
escapes (``^FH``) but letters and digits, so that nothing in a name or a code is ever taken for a command.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from mes.core.barcodes import GS1_DATAMATRIX, SEPARATOR
from mes.core.fonts import is_plain
from mes.labels.drawing import Bar, Code, Drawing, Element, Stripes, Text
from mes.labels.machine import Machine
from mes.labels.native import ascii_codewords_fit, code128_parts, is_plain_qr, qr_mode
from mes.labels.raster import Bitmap, bitmap_of, merged

#: ^BQ prints this much below where ^FO puts it: the printer adds the height that ^BY holds. It is set before each.
BQ_DROP = 10
#: The widest module that every printer's ^BQ and ^BY take.
WIDEST = 10
_PLAIN = re.compile(r"[^A-Za-z0-9 ]")
_AGAIN = re.compile(r"00+\n|([0-9A-F])\1{3,}")
#: ACS: so many times the next digit; G to Y are 1 to 19, g to z the multiples of 20.
_ONES = " GHIJKLMNOPQRSTUVWXY"
_TWENTIES = " ghijklmnopqrstuvwxyz"


def write_zpl(drawings: Iterable[Drawing], machine: Machine) -> bytes:
    """Placed labels in their order; labels that are the same one after the other are one format with a count."""
    return b"".join(label(drawing, machine, len(list(same))) for drawing, same in groupby(drawings))


def label(drawing: Drawing, machine: Machine, copies: int = 1) -> bytes:
    """One format: settings, what is on the label, and how often it is printed."""
    if any(isinstance(part, Text) and part.white for part in drawing.ink):
        fields = _fields((*drawing.ground.elements, *drawing.ink), machine.fonts)
    else:
        fields = _ground(drawing.ground.elements, machine.fonts) + _fields(drawing.ink, machine.fonts)
    return f"{_head(machine)}{fields}^PQ{copies},0,0,N\n^XZ\n".encode("ascii")


def _fields(elements: Iterable[Element], fonts: tuple[tuple[str, str], ...]) -> str:
    return "".join([_field(part, fonts) for part in merged(elements)])


@lru_cache(maxsize=256)
def _ground(elements: tuple[Element, ...], fonts: tuple[tuple[str, str], ...]) -> str:
    """What many labels share, written once."""
    return _fields(elements, fonts)


@lru_cache(maxsize=64)
def _head(machine: Machine) -> str:
    density = "" if machine.density is None else f"~SD{machine.density:02d}\n"
    speed = "" if machine.speed is None else f"^PR{machine.speed}"
    # ^LS moves to the left what is positive; ^LT downwards. Both stay in the printer, so they are always said.
    shift = f"^LH0,0^LS{-machine.shift_x}^LT{machine.shift_y}"
    return f"{density}^XA^CI28^MD0{speed}^PW{machine.width}^LL{machine.height}{shift}\n"


def _field(element: Element | Bitmap, fonts: tuple[tuple[str, str], ...]) -> str:
    native = _native(element, fonts)
    if native is not None:
        return native
    dots = bitmap_of(element)
    return "" if dots is None else _graphic(dots)


def _native(element: Element | Bitmap, fonts: tuple[tuple[str, str], ...]) -> str | None:
    """The printer's own drawing of an element, where it has exactly the placed size; none where it may not."""
    if isinstance(element, Bar):
        return _bar(element)
    if isinstance(element, Text):
        held = dict(fonts).get(element.weight)
        return _held(element, held) if held and is_plain(element.weight, element.text) else None
    if isinstance(element, Code):
        return _qr(element) if element.symbol.kind == "qr" else _datamatrix(element)
    return _code128(element) if isinstance(element, Stripes) else None


def _bar(bar: Bar) -> str:
    """A box as thick as its shorter side is filled."""
    return f"^FO{bar.x},{bar.y}^GB{bar.width},{bar.height},{min(bar.width, bar.height)}^FS\n"


def _held(text: Text, font: str) -> str:
    return f"^FT{text.x},{text.baseline}^A@N,{text.size},{text.size},{font}^FH^FD{escaped(text.text)}^FS\n"


def _qr(code: Code) -> str | None:
    """Printers choose version and mask by themselves. The version is ours when the text is one run of letters and
    digits at the level placed: there is one smallest version for it. Anything else goes as dots."""
    if code.module > WIDEST or code.y < BQ_DROP or not is_plain_qr(code.symbol):
        return None
    place = f"^FO{code.x},{code.y - BQ_DROP}^BY2,3.0,{BQ_DROP}^BQN,2,{code.module},{code.symbol.level},7"
    return f"{place}^FH^FD{code.symbol.level}M,{qr_mode(code.symbol.data)}{escaped(code.symbol.data)}^FS\n"


def _datamatrix(code: Code) -> str | None:
    """The size is demanded, which a printer can meet when the plainest encoding fits into it; else it would print
    nothing, and the code goes as dots. What leads in FNC1 is a sign that the text has not."""
    symbol = code.symbol
    lead = next((sign for sign in "_@#$" if sign not in symbol.data), None)
    if lead is None or not ascii_codewords_fit(symbol):
        return None
    data = symbol.data.replace(SEPARATOR, f"{lead}1")
    data = f"{lead}1{data}" if symbol.kind == GS1_DATAMATRIX else data
    size = f"{symbol.size},{symbol.size}"
    return f"^FO{code.x},{code.y}^BXN,{code.module},200,{size},6,{lead}^FH^FD{escaped(data)}^FS\n"


def _code128(code: Stripes) -> str | None:
    """Only in one code set, said at the start: how to switch within the data is where printers differ, so those codes
    go as dots. A row of bars is a short picture."""
    parts = code128_parts(code.symbol)
    if parts is None or code.module > WIDEST or ">" in code.symbol.data:
        return None
    start, *rest = parts
    if any(part.startswith("to-") for part in rest) or (start == "start-b" and "fnc1" in rest):
        return None
    data = "".join(">8" if part == "fnc1" else escaped(part) for part in rest)
    lead = ">;" if start == "start-c" else ">:"
    shape = f"^BY{code.module},3.0,{code.height}^BCN,{code.height},N,N,N,N"
    return f"^FO{code.x},{code.y}{shape}^FH^FD{lead}{data}^FS\n"


@lru_cache(maxsize=8192)
def escaped(text: str) -> str:
    """Field data in which nothing but letters, digits and blanks stands for itself."""
    return _PLAIN.sub(_hex, text)


def _hex(found: re.Match[str]) -> str:
    return "".join(f"_{byte:02X}" for byte in found.group().encode())


def _graphic(dots: Bitmap) -> str:
    size = len(dots.bits)
    return f"^FO{dots.x},{dots.y}^GFA,{size},{size},{dots.row_bytes},{compressed(dots)}^FS\n"


@lru_cache(maxsize=8192)
def _compressed(bits: bytes, row_bytes: int) -> str:
    digits = bits.hex().upper()
    step = 2 * row_bytes
    rows = [digits[at : at + step] for at in range(0, len(digits), step)]
    shown = [row if row != before else ":" for row, before in zip(rows, ["", *rows], strict=False)]
    return _AGAIN.sub(_run, "\n".join([*shown, ""])).replace("\n", "")


def compressed(dots: Bitmap) -> str:
    """The dots in ACS, which every printer of the language reads: runs are counted, ``,`` fills up a row with white,
    and a row like the one above is ``:``. (``!`` would fill it with black; not all programs read it so.)"""
    return _compressed(dots.bits, dots.row_bytes)


class _Runs(dict[str, str]):
    """Runs of one digit by how ACS says them, each worked out once."""

    def __missing__(self, run: str) -> str:
        digit = run[0]
        said = ",\n" if run[-1] == "\n" else _counted(len(run)) + digit
        self[run] = said
        return said


_RUNS = _Runs()


def _run(found: re.Match[str]) -> str:
    return _RUNS[found[0]]


def _counted(times: int) -> str:
    """How ACS says a number: 47 is ``hM`` (40 and 7); above 419 several of them follow."""
    most, rest = divmod(times, 400)
    text = _TWENTIES[20] * most
    twenties, ones = divmod(rest, 20)
    return text + (_TWENTIES[twenties] if twenties else "") + (_ONES[ones] if ones else "")
