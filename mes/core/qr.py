"""QR symbols: what is printed so that a scanner leads back to the thing or its record.

Two kinds of content: ``code`` (our own short codes, error correction Q) and ``url`` (addresses, correction M). Where
there is room for more modules, the next higher correction is taken: the symbol then outlives a deeper scratch.
"""

import re
from collections.abc import Iterable
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.practice import printed

#: White modules around a symbol without which scanners do not find it (ISO/IEC 18004).
QUIET = 4
#: Weighing all eight masks takes nine tenths of the encoding time. These two have the lowest mean penalty over
#: codes of each kind; tests prove that two decoders read them.
_MASKS = {"code": 0, "url": 2}
#: Correction by kind: where room is short, and where there is room.
_LEVELS = {"code": "QH", "url": "MQ"}
_RUN = re.compile(b"\x01+")


class CodeEmpty(Refused):
    """A paper without the code it exists for."""

    message = N_("There is nothing to put into the code.")
    hint = N_("Give the thing a code first, then print it.")
    status = 422


class CodeUnreadable(Refused):
    """Scanners type what they read: letters of other alphabets arrive garbled or not at all."""

    message = N_("“%(data)s” cannot be scanned: a code holds only Latin letters, digits and signs.")
    hint = N_("Change the code, or print the address of its page instead.")
    status = 422


class CodeTooLong(Refused):
    """The code's modules would be too fine for the space it has."""

    message = N_("“%(data)s” is too long to be printed as a code here.")
    hint = N_("Choose a larger label, or a shorter code.")
    status = 422


class Symbol(NamedTuple):
    """An encoded square code: its text, its kind (``qr``, ``datamatrix``, ``gs1-datamatrix``), its square of modules,
    a byte each (1 is black), and the level of error correction of a QR (L, M, Q, H)."""

    data: str
    kind: str
    rows: tuple[bytes, ...]
    level: str = ""

    @property
    def size(self) -> int:
        """Modules on a side, without the quiet zone."""
        return len(self.rows)

    @property
    def quiet(self) -> int:
        """White modules around it without which scanners do not find it; Data Matrix asks for 1, two are surer."""
        return QUIET if self.kind == "qr" else 2


def encode(data: str, kind: str = "code", *, room: int = 0) -> Symbol:
    """The smallest QR symbol that holds the text; refused when a scanner could not type it.

    ``room``: how many modules a side may have, quiet zone apart, so that the higher correction is taken.
    """
    import qrcode
    from qrcode.util import QRData

    if not data:
        raise CodeEmpty()
    data = printed(data)
    if not is_scannable(data):
        raise CodeUnreadable(data=shortened(data))
    part = QRData(data)
    version = _version(kind, True, part.mode, len(part)) if room else None
    tough = version is not None and 17 + 4 * version <= room
    if not tough:
        version = _version(kind, False, part.mode, len(part))
    if version is None:
        raise CodeTooLong(data=shortened(data))
    maker = qrcode.QRCode(version, _correction(kind, tough), border=0, mask_pattern=_MASKS[kind])
    maker.add_data(part)
    maker.make(fit=False)
    return Symbol(data, "qr", tuple(bytes(map(bool, row)) for row in maker.modules), _LEVELS[kind][tough])


@cache
def _version(kind: str, tough: bool, mode: int, length: int) -> int | None:
    """The smallest version (size) that holds so many characters; none when even the largest does not."""
    import qrcode
    from qrcode.exceptions import DataOverflowError
    from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

    letter = {MODE_NUMBER: "1", MODE_ALPHA_NUM: "A", MODE_8BIT_BYTE: "a"}[mode]
    maker = qrcode.QRCode(error_correction=_correction(kind, tough))
    maker.add_data(QRData(letter * length))
    try:
        return int(maker.best_fit())
    except (DataOverflowError, ValueError):
        return None


def _correction(kind: str, tough: bool) -> int:
    from qrcode import constants

    return {
        "M": constants.ERROR_CORRECT_M,
        "Q": constants.ERROR_CORRECT_Q,
        "H": constants.ERROR_CORRECT_H,
    }[_LEVELS[kind][tough]]


def is_scannable(data: str) -> bool:
    """Whether a scanner can type this text; a code the plant gave in Hangul is printed as text alone."""
    return bool(data) and data.isascii() and data.isprintable()


def shortened(data: str) -> str:
    """A text short enough to be named in a sentence."""
    return data if len(data) <= 60 else data[:59] + "…"


def rectangles(symbol: Symbol) -> list[tuple[int, int, int, int]]:
    """The black area of a symbol as few (x, y, width, height) in modules."""
    return black_areas(symbol.rows)


def black_areas(rows: Iterable[bytes]) -> list[tuple[int, int, int, int]]:
    """The black of rows with a byte for each point (1 is black) as few (x, y, width, height): runs of a row, joined
    downwards where they repeat."""
    growing: dict[tuple[int, int], int] = {}
    done: list[tuple[int, int, int, int]] = []
    for y, row in enumerate((*rows, b"")):
        runs = {run.span() for run in _RUN.finditer(row)}
        for left, right in growing.keys() - runs:
            top = growing.pop((left, right))
            done.append((left, top, right - left, y - top))
        for run in runs - growing.keys():
            growing[run] = y
    done.sort(key=itemgetter(1, 0))
    return done


class Drawn(NamedTuple):
    """A symbol for a page: modules on a side with the quiet zone, and its black area as the path of an SVG."""

    side: int
    path: str


def drawn(data: str, kind: str = "code") -> Drawn | None:
    """The symbol of a short code, or of an address (``url``), as one SVG path in a square of ``side`` units; none for
    what cannot be scanned."""
    if not is_scannable(data):
        return None
    symbol = encode(data, kind)
    return Drawn(symbol.size + 2 * QUIET, path_of(rectangles(symbol), QUIET))


def path_of(areas: Iterable[tuple[int, int, int, int]], quiet: int) -> str:
    """Black areas as the path of an SVG, moved in by the quiet zone."""
    return "".join(f"M{x + quiet} {y + quiet}h{width}v{height}h-{width}z" for x, y, width, height in areas)
