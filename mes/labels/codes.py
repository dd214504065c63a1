"""Codes as label printers need them: their data put together, their modules whole dots and wide enough to be read."""

import math
import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from mes.core.barcodes import (
    CODE128,
    DATAMATRIX,
    GS1_128,
    GS1_DATAMATRIX,
    GS1_KINDS,
    LINEAR_KINDS,
    LINEAR_QUIET,
    MATRIX_KINDS,
    Strip,
    matrix,
    strip,
)
from mes.core.errors import Refused
from mes.core.gs1 import add_element, element_string, gtin14, identifier, is_gtin, parse_elements
from mes.core.gs1_link import NotWebLink, parse_link
from mes.core.i18n import N_
from mes.core.practice import practising, printed
from mes.core.qr import CodeTooLong, Symbol, encode, shortened
from mes.labels.layout import MM_PER_INCH, CodeField, Row, Words

#: No module of a square code is narrower than this, in mm: 4 dots at 203 dpi, 5 at 300.
NARROWEST = 0.42
#: No bar of a linear code is narrower than this: 2 dots at 203 dpi, 3 at 300; nor wider than GS1 allows.
NARROWEST_BAR, WIDEST_BAR = 0.25, 1.016
#: Bars lower than this, in mm, are missed by a scanner held a little askew.
LOWEST_BARS = 5.0
#: ``qr`` holds our own codes; ``url`` an address and ``link`` a GS1 Digital Link, both in a QR; ``code`` is what older
#: layout files call ``qr``.
KINDS = ("qr", "url", "link", DATAMATRIX, GS1_DATAMATRIX, CODE128, GS1_128, "code")
_ADDRESSES = ("url", "link")
#: What these become in training: a plain code with the mark, which nobody's scanner takes for a GS1 one.
_PRACTISED = {DATAMATRIX: DATAMATRIX, GS1_DATAMATRIX: DATAMATRIX, CODE128: CODE128, GS1_128: CODE128}
_IDENTIFIER = re.compile(r"\((\d{2,4})\)", re.ASCII)


class NoIdentifier(Refused):
    """Data that stands before the first bracket of a GS1 code belongs to nothing."""

    message = N_("“%(data)s” in a GS1 code has no identifier before it, such as (10) for the lot.")
    hint = N_("Write the identifiers in brackets: (01){gtin}(10){code}.")
    status = 422


def is_linear(kind: str) -> bool:
    """Whether a kind of code is bars side by side."""
    return kind in LINEAR_KINDS


# -- data --------------------------------------------------------------------------------------------------------------
def data_of(code: CodeField, row: Row, language: str) -> str:
    """What the code of a row holds.

    Data in an address is percent-encoded, unless it is the whole address; a GS1 code is given with identifiers in
    brackets, of which those without data fall away, or as a ready element string. Raises what mes.core.gs1 refuses,
    NotWebLink for what is no http(s) address, NoIdentifier.
    """
    if code.kind in _ADDRESSES:
        return _address(code, row, language)
    if code.kind in GS1_KINDS:
        return _elements(code.words, row, language)
    return code.words.filled(row, language)


def scanned(row: Row) -> Row:
    """The row with what its code holds: the plain code, unless the row says another (that of a reprint)."""
    return row if row.get("scan") else {**row, "scan": row.get("code", "")}


def _address(code: CodeField, row: Row, language: str) -> str:
    pieces = code.words.pieces_in(language)
    if any(pieces[::2]):
        row = {key: quote(text, safe="") for key, text in row.items()}
    address = code.words.filled(row, language)
    if not address:
        return ""
    if not is_web(address):
        raise NotWebLink(text=shortened(address))
    if code.kind == "link":
        parse_link(address)
    return address


def is_web(address: str) -> bool:
    """Whether an address is one that a browser opens: http or https, and a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _elements(words: Words, row: Row, language: str) -> str:
    pieces = words.pieces_in(language)
    if not _IDENTIFIER.search("".join(pieces[::2])):
        ready = words.filled(row, language)
        return element_string(parse_elements(ready), as_given=True) if ready else ""
    found: dict[str, str] = {}
    for ai, value in _valued(pieces, row):
        if value:
            short = ai in ("01", "02") and is_gtin(value)
            add_element(found, identifier(ai), gtin14(value) if short else value)
    return element_string(found, as_given=True) if found else ""


def _valued(pieces: Sequence[str], row: Row) -> list[tuple[str, str]]:
    """Each identifier in brackets with what stands behind it, up to the next one."""
    found: list[tuple[str, str]] = []
    for number, piece in enumerate(pieces):
        parts = [row.get(piece, "")] if number % 2 else _IDENTIFIER.split(piece)
        if parts[0] and not found:
            raise NoIdentifier(data=parts[0])
        if parts[0]:
            found[-1] = (found[-1][0], found[-1][1] + parts[0])
        found += zip(parts[1::2], parts[2::2], strict=True)
    return found


# -- symbols -----------------------------------------------------------------------------------------------------------
def symbol_of(kind: str, data: str, room: int = 0) -> Symbol | Strip:
    """The encoded code. ``room``: modules a QR may have on a side with its quiet zones, for a higher correction.

    Raises CodeEmpty, CodeUnreadable, CodeTooLong and, for GS1 data, what parse_elements raises.
    """
    if practising() and kind in _PRACTISED:
        kind, data = _PRACTISED[kind], printed(_readable(data) if kind in GS1_KINDS else data)
    if kind in LINEAR_KINDS:
        return strip(data, kind)
    if kind in MATRIX_KINDS:
        return matrix(data, kind)
    return encode(data, "url" if kind in _ADDRESSES else "code", room=room)


def _readable(data: str) -> str:
    return "".join(f"({ai}){value}" for ai, value in parse_elements(data).items())


def span(symbol: Symbol | Strip) -> int:
    """Modules from side to side, with the quiet zones."""
    if isinstance(symbol, Strip):
        return symbol.modules + 2 * LINEAR_QUIET
    return symbol.size + 2 * symbol.quiet


def narrowest_module(dpi: int, kind: str = "qr") -> int:
    """The fewest dots a module may be wide on a printer of this resolution."""
    return math.ceil((NARROWEST_BAR if is_linear(kind) else NARROWEST) * dpi / MM_PER_INCH)


def fitted(kind: str, data: str, width: int, height: int, dpi: int) -> tuple[Symbol | Strip, int]:
    """The code as large as its area of ``width`` x ``height`` dots allows, and the dots of its module.

    Raises CodeTooLong where the module would be too fine.
    """
    narrowest = narrowest_module(dpi, kind)
    side = width if is_linear(kind) else min(width, height)
    # a scratch that takes a tenth of the data is read twice as often with the higher correction
    symbol = symbol_of(kind, data, room=side // narrowest - 8)
    module = side // span(symbol)
    if module < narrowest:
        raise CodeTooLong(data=shortened(data))
    if is_linear(kind):
        module = min(module, int(WIDEST_BAR * dpi / MM_PER_INCH))
    return symbol, module
