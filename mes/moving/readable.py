"""The same rows as a CSV that people and other programs read: exact, and read back line by line.

A text stands in quotes, nothing at all is an empty cell, so that an empty text is told from none. A quantity is a
decimal number, a moment ISO 8601 in UTC, yes and no are true and false; bytes (photos) lie in files of their own, and
the cell names the file.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.types import ONE, PLACES
from mes.moving.values import NOTHING, Kind, Shape, bits, escaped, measured, unescaped

#: Bytes that are read at once, and how long a single row may be.
CHUNK, LONGEST = 1 << 20, 1 << 28
#: Beginnings of files, by which their kind is told.
_ENDINGS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"%PDF", "pdf"), (b"RIFF", "webp"), (b"PK", "zip"))


class RowUnreadable(Refused):
    """A row that is not as the export writes them."""

    message = N_("Row %(row)s of %(file)s cannot be read.")
    hint = N_("The file was changed or damaged. Use the export as it was made.")


#: Where the bytes of a cell lie, and the bytes of a file.
NameFile = Callable[[bytes, bytes], str]
ReadFile = Callable[[str], bytes]


def heading(shape: Shape) -> bytes:
    """The first line."""
    return ",".join(shape.columns).encode() + b"\n"


def record(line: bytes, shape: Shape, name_file: NameFile) -> bytes:
    """A line as a row of the CSV. ``name_file`` gives the place of a cell's bytes, from the row's key and the bytes."""
    cells = line.rstrip(b"\n").split(b"\t")
    for at, kind in enumerate(shape.kinds):
        cell = cells[at]
        if cell == NOTHING:
            cells[at] = b""
        elif kind is Kind.TEXT:
            cells[at] = b'"' + unescaped(cell).replace(b'"', b'""') + b'"'
        elif kind is Kind.QUANTITY:
            cells[at] = _decimal(cell)
        elif kind is Kind.MOMENT:
            cells[at] = cell.replace(b" ", b"T").replace(b"+00", b"Z")
        elif kind is Kind.YES_NO:
            cells[at] = b"true" if cell == b"t" else b"false"
        elif kind is Kind.MEASURED:
            cells[at] = repr(measured(cell)).encode()
        elif kind is Kind.BYTES:
            cells[at] = name_file(cells[shape.key[0]], bytes.fromhex(cell[3:].decode())).encode()
    return b",".join(cells) + b"\n"


def file_name(table: str, key: bytes, content: bytes) -> str:
    """Where the bytes of a row lie in an export."""
    ending = next((ending for begin, ending in _ENDINGS if content.startswith(begin)), "bin")
    return f"files/{table}/{key.decode()}.{ending}"


def _decimal(cell: bytes) -> bytes:
    millionths = int(cell)
    whole, rest = divmod(abs(millionths), ONE)
    told = f"{whole}.{rest:0{PLACES}}".rstrip("0") if rest else str(whole)
    return f"{'-' if millionths < 0 else ''}{told}".encode()


def _millionths(cell: bytes) -> bytes:
    minus, digits = cell[:1] == b"-", cell.lstrip(b"-")
    whole, _point, rest = digits.partition(b".")
    if len(rest) > PLACES or not (whole + rest).isdigit():
        raise ValueError(cell)
    value = int(whole) * ONE + int(rest.ljust(PLACES, b"0") or b"0")
    return str(-value if minus else value).encode()


def records(file: BinaryIO, shape: Shape, name: str, read_file: ReadFile) -> Iterator[bytes]:
    """The lines of a CSV that the export wrote. Raises RowUnreadable."""
    pattern = _pattern(shape)
    buffer, at, row, is_end = b"", 0, 0, False
    if file.readline(LONGEST) != heading(shape):
        raise RowUnreadable(row=1, file=name)
    while True:
        found = pattern.match(buffer, at)
        if found is None:
            if is_end:
                if at < len(buffer):
                    raise RowUnreadable(row=row + 2, file=name)
                return
            more = file.read(CHUNK)
            is_end, buffer, at = not more, buffer[at:] + more, 0
            if len(buffer) > LONGEST:
                raise RowUnreadable(row=row + 2, file=name)
            continue
        row, at = row + 1, found.end()
        try:
            yield b"\t".join(map(_cell, found.groups(), shape.kinds, [read_file] * len(shape.kinds))) + b"\n"
        except (ValueError, ArithmeticError):
            raise RowUnreadable(row=row + 1, file=name) from None


def _pattern(shape: Shape) -> re.Pattern[bytes]:
    """One row; no way back inside a text, so that a damaged one does not take for ever."""
    text, other = rb'(?:"([^"]*+(?:""[^"]*+)*+)")?', rb'([^,"\n]*+)'
    return re.compile(b",".join(text if kind is Kind.TEXT else other for kind in shape.kinds) + rb"\n")


def _cell(cell: bytes | None, kind: Kind, read_file: ReadFile) -> bytes:
    if cell is None or (not cell and kind is not Kind.TEXT):
        return NOTHING
    if kind is Kind.BYTES:
        return b"\\\\x" + read_file(cell.decode()).hex().encode()
    return _READ[kind](cell) if kind in _READ else cell


def _yes_no(cell: bytes) -> bytes:
    return (b"f", b"t")[(b"false", b"true").index(cell)]


_READ: dict[Kind, Callable[[bytes], bytes]] = {
    Kind.TEXT: lambda cell: escaped(cell.replace(b'""', b'"')),
    Kind.QUANTITY: _millionths,
    Kind.MOMENT: lambda cell: cell.replace(b"T", b" ").replace(b"Z", b"+00"),
    Kind.YES_NO: _yes_no,
    Kind.MEASURED: lambda cell: (bits(float(cell)) or "").encode(),
}
