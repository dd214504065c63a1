"""How a row is written down so that two databases can be compared: one line of text for each row, the same everywhere.

The line is what PostgreSQL's ``COPY ... TO STDOUT`` writes when its time zone is UTC: columns apart by a tab, ``\\N``
for nothing, a backslash before what would break the line. A quantity is its whole number of millionths, a moment
``2026-01-05 00:30:00.5+00``, yes and no are ``t`` and ``f``, bytes are hexadecimal, and so are the 64 bits of a
measured value, which the databases would spell with other digits. A table is proven by the number of its rows and by
one SHA-256 over all its lines in the order of its key.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from mes.core.types import ExactDecimal

#: A block of lines ends with so many rows, or with this many bytes: what is copied and kept in one go.
ROWS, BYTES = 10_000, 4 * 2**20
NOTHING = b"\\N"
#: Stands for nothing while a row comes out of SQLite: no text in UTF-8 holds this byte.
HOLE = b"\xff"
#: What would break a line, and how it is written.
ESCAPES = {b"\\": b"\\\\", b"\b": b"\\b", b"\t": b"\\t", b"\n": b"\\n", b"\v": b"\\v", b"\f": b"\\f", b"\r": b"\\r"}
_MEANT = {escape[1:]: byte for byte, escape in ESCAPES.items()}
_BREAKING = (b"\\", b"\n", b"\r", b"\b", b"\v", b"\f")


class Kind(StrEnum):
    """What a column holds, as far as writing it down goes."""

    WHOLE = "whole"
    QUANTITY = "quantity"
    TEXT = "text"
    MOMENT = "moment"
    DAY = "day"
    YES_NO = "yes_no"
    MEASURED = "measured"
    BYTES = "bytes"


_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (String, Kind.TEXT), (Boolean, Kind.YES_NO), (Integer, Kind.WHOLE), (DateTime, Kind.MOMENT), (Date, Kind.DAY),
    (Double, Kind.MEASURED), (LargeBinary, Kind.BYTES),
)  # fmt: skip


def kind_of(column: Column[Any]) -> Kind:
    """What a column holds. Raises TypeError for a type that nobody has said how to write down."""
    kept: TypeEngine[Any] = column.type
    if isinstance(kept, ExactDecimal):
        return Kind.QUANTITY
    if isinstance(kept, TypeDecorator):
        kept = kept.impl_instance
    found = next((kind for known, kind in _KINDS if isinstance(kept, known)), None)
    if found is None:
        raise TypeError(f"say in moving/values.py how {column.table.name}.{column.name} ({kept!r}) is written down")
    return found


@dataclass(frozen=True)
class Shape:
    """A table as it is written down: its columns in their order, what each holds, and which are its key."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    #: Places of the key's columns.
    key: tuple[int, ...]

    @cached_property
    def heading(self) -> bytes:
        """With what a table's hash begins: other columns are another table."""
        return "\t".join((self.name, *self.columns)).encode() + b"\n"

    def key_of(self, line: bytes) -> tuple[str | int, ...]:
        """The key of a line, as a database takes it."""
        cells = line.rstrip(b"\n").split(b"\t")
        return tuple(
            int(cells[at]) if self.kinds[at] in (Kind.WHOLE, Kind.QUANTITY) else unescaped(cells[at]).decode()
            for at in self.key
        )


def shape_of(table: Table) -> Shape:
    """How a table is written down."""
    columns = list(table.columns)
    key = tuple(columns.index(column) for column in table.primary_key)
    return Shape(table.name, tuple(str(one.name) for one in columns), tuple(kind_of(one) for one in columns), key)


def shapes(metadata: MetaData) -> list[Shape]:
    """All tables, those that others refer to first, in the same order everywhere."""
    return [shape_of(table) for table in metadata.sorted_tables]


# Cells


def escaped(text: bytes) -> bytes:
    """A text as it stands in a line."""
    if any(byte in text for byte in ESCAPES):
        for byte, escape in ESCAPES.items():
            text = text.replace(byte, escape)
    return text


def unescaped(cell: bytes) -> bytes:
    """The text that stands in a line."""
    if b"\\" not in cell:
        return cell
    first, *rest = cell.split(b"\\")
    parts, after = [first], iter(rest)
    for part in after:
        if part:
            parts.append(_MEANT.get(part[:1], part[:1]) + part[1:])
        else:  # two of them: one that is meant
            parts.append(b"\\" + next(after, b""))
    return b"".join(parts)


def bits(value: float | None) -> str | None:
    """A measured value as its 64 bits: two databases may spell the same one with other digits."""
    return None if value is None else struct.pack(">d", value + 0.0).hex()  # the zero below zero is zero


def measured(cell: bytes) -> float:
    """The measured value of a line."""
    value: float = struct.unpack(">d", bytes.fromhex(cell.decode()))[0]
    return value


# Rows of SQLite


def asked_of_sqlite(shape: Shape) -> str:
    """What is asked of SQLite so that each cell comes as the bytes that stand in a line, but for escaping."""
    return ", ".join(_sqlite_cell(name, kind) for name, kind in zip(shape.columns, shape.kinds, strict=True))


def _sqlite_cell(column: str, kind: Kind) -> str:
    name, hole = f'"{column}"', "CAST(x'ff' AS TEXT)"
    told = {
        Kind.TEXT: f"CAST({name} AS TEXT)",
        Kind.MOMENT: f"CASE length({name}) WHEN 26 THEN rtrim(rtrim({name}, '0'), '.') ELSE {name} END || '+00'",
        Kind.YES_NO: f"CASE {name} WHEN 1 THEN 't' WHEN 0 THEN 'f' ELSE CAST({name} AS TEXT) END",
        Kind.BYTES: f"'\\\\x' || lower(hex({name}))",
        Kind.MEASURED: f"bits({name})",
    }.get(kind, f"CAST({name} AS TEXT)")
    if kind is Kind.BYTES:  # hex of nothing would be an empty text
        told = f"CASE WHEN {name} IS NOT NULL THEN {told} END"
    return f"ifnull({told}, {hole})"


def line_of(cells: Sequence[bytes], shape: Shape) -> bytes:
    """The line of a row as SQLite gave it."""
    line = b"\t".join(cells)
    if line.count(b"\t") != len(cells) - 1 or any(byte in line for byte in _BREAKING):
        line = b"\t".join(
            escaped(cell) if kind is Kind.TEXT else cell for cell, kind in zip(cells, shape.kinds, strict=True)
        )
    return (line.replace(HOLE, NOTHING) if HOLE in line else line) + b"\n"


def values_of(line: bytes, shape: Shape) -> list[Any]:
    """The values of a line as SQLite keeps them; whole numbers go as text, which its columns turn into numbers."""
    return [
        None if cell == NOTHING else _KEPT[kind](cell)
        for cell, kind in zip(line.rstrip(b"\n").split(b"\t"), shape.kinds, strict=True)
    ]


def _moment(cell: bytes) -> str:
    text = cell.decode().removesuffix("+00")
    return text.ljust(26, "0") if len(text) > 19 else f"{text}.000000"


_KEPT: dict[Kind, Callable[[bytes], Any]] = {
    Kind.WHOLE: bytes.decode,
    Kind.QUANTITY: bytes.decode,
    Kind.TEXT: lambda cell: unescaped(cell).decode(),
    Kind.MOMENT: _moment,
    Kind.DAY: bytes.decode,
    Kind.YES_NO: lambda cell: int(cell == b"t"),
    Kind.MEASURED: measured,
    Kind.BYTES: lambda cell: bytes.fromhex(cell[3:].decode()),
}


# Proofs


class Block(NamedTuple):
    """Lines that are copied and counted together."""

    lines: list[bytes]

    @property
    def content(self) -> bytes:
        """The lines as one text."""
        return b"".join(self.lines)


def blocks(lines: Iterable[bytes]) -> Iterator[Block]:
    """The lines of a table in blocks; the same lines make the same blocks everywhere."""
    kept, size = list[bytes](), 0
    for line in lines:
        kept.append(line)
        size += len(line)
        if len(kept) >= ROWS or size >= BYTES:
            yield Block(kept)
            kept, size = [], 0
    if kept:
        yield Block(kept)


@dataclass(frozen=True)
class Proof:
    """How many rows a table has, and the hash over them so far. Written down, it can be gone on from."""

    rows: int
    hash: str

    def and_then(self, block: Block) -> "Proof":
        """The proof of these rows and of a block more."""
        inner = hashlib.sha256(block.content).digest()
        return Proof(self.rows + len(block.lines), hashlib.sha256(bytes.fromhex(self.hash) + inner).hexdigest())


def begun(shape: Shape) -> Proof:
    """The proof of a table that has no rows."""
    return Proof(0, hashlib.sha256(shape.heading).hexdigest())


def prove(shape: Shape, lines: Iterable[bytes]) -> Proof:
    """The proof of all lines of a table, in the order of its key."""
    proof = begun(shape)
    for block in blocks(lines):
        proof = proof.and_then(block)
    return proof
