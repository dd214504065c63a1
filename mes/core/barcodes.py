"""Data Matrix and Code 128, plain and with GS1 content: what boxes, pallets and medical packs carry beside the QR.

GS1 content is an element string: identifiers and values in a row, a group separator (``\\x1d``) after a value whose
length is not fixed. The symbol itself starts with FNC1, which its kind says and the data leaves out.
"""

from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from mes.core.gs1 import GS, parse_elements
from mes.core.qr import CodeEmpty, CodeTooLong, CodeUnreadable, Symbol, is_scannable, shortened

DATAMATRIX = "datamatrix"
GS1_DATAMATRIX = "gs1-datamatrix"
CODE128 = "code128"
GS1_128 = "gs1-128"
MATRIX_KINDS = (DATAMATRIX, GS1_DATAMATRIX)
LINEAR_KINDS = (CODE128, GS1_128)
GS1_KINDS = (GS1_DATAMATRIX, GS1_128)
#: White modules to the left and right of a linear symbol (ISO/IEC 15417).
LINEAR_QUIET = 10
#: Between two GS1 elements, the first of which has no fixed length.
SEPARATOR = GS


class Strip(NamedTuple):
    """An encoded linear code: its text, its kind and the widths of its bars and spaces in turn, in modules."""

    data: str
    kind: str
    widths: tuple[int, ...]

    @property
    def modules(self) -> int:
        """Its length in modules, without the quiet zones."""
        return sum(self.widths)


@lru_cache(maxsize=512)
def matrix(data: str, kind: str = DATAMATRIX) -> Symbol:
    """The smallest square Data Matrix (ECC 200) that holds the text.

    Raises CodeEmpty, CodeUnreadable, CodeTooLong and, for GS1 data, what ``parse_elements`` raises.
    """
    height, width, dots = _drawn(data, kind)
    rows = (dots[number * width : (number + 1) * width] for number in range(height))
    return Symbol(data, kind, tuple(bytes(map(_BLACK.__getitem__, row)) for row in rows))


@lru_cache(maxsize=512)
def strip(data: str, kind: str = CODE128) -> Strip:
    """The shortest Code 128 that holds the text. Raises as ``matrix`` does."""
    _height, width, dots = _drawn(data, kind)
    return Strip(data, kind, tuple(len(tuple(run)) for _dark, run in groupby(dots[:width])))


#: The library's picture: black is 0, white 255.
_BLACK = bytes([1]) + bytes(255)


def _drawn(data: str, kind: str) -> tuple[int, int, bytes]:
    """Height, width and pixels of the symbol, a pixel for each module."""
    import zxingcpp

    gs1 = kind in GS1_KINDS
    _check(data, gs1)
    of = zxingcpp.BarcodeFormat.DataMatrix if kind in MATRIX_KINDS else zxingcpp.BarcodeFormat.Code128
    # without its force the encoder prefers long flat symbols, which few old scanners know
    try:
        made = zxingcpp.create_barcode(_bracketed(data) if gs1 else data, of, gs1=gs1, force_square=True)
    except ValueError as error:
        raise CodeTooLong(data=shortened(data)) from error
    image = made.to_image(scale=1, add_hrt=False, add_quiet_zones=False)
    height, width = image.shape
    return height, width, bytes(memoryview(image))  # type: ignore[arg-type]  # a buffer, which its types leave out


def _check(data: str, gs1: bool) -> None:
    if not data:
        raise CodeEmpty()
    if not is_scannable(data.replace(GS, "") if gs1 else data):
        raise CodeUnreadable(data=shortened(data))


def _bracketed(data: str) -> str:
    """``[01]…[10]…``: the encoder sets the separators where they are due. Raises what parse_elements raises."""
    return "".join(f"[{ai}]{value}" for ai, value in parse_elements(data).items())
