"""Codes as label printers need them: a module is a whole number of dots, wide enough to be read when worn."""

import math

from mes.core.qr import QUIET

#: No module is narrower than this, in mm: 4 dots at 203 dpi, 5 at 300.
NARROWEST = 0.42
KINDS = ("code", "url")


def narrowest_module(dpi: int) -> int:
    """The fewest dots a module may be wide on a printer of this resolution."""
    return math.ceil(NARROWEST * dpi / 25.4)


def widest_module(symbol_size: int, dots: int) -> int:
    """The most dots a module may be wide so that the symbol and its quiet zone fit into a square of ``dots``."""
    return dots // (symbol_size + 2 * QUIET)
