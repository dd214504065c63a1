"""How a supplier's own barcode is cut into its pieces: by places in the text, or by a sign between the pieces."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from mes.core.dresses import SEPARATORS
from mes.core.errors import Refused
from mes.core.gs1 import GS
from mes.core.i18n import N_, _
from mes.core.numbering import with_check

#: How the separator is written that no key types.
GS_WORD = "GS"
_AT = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3})?)?")


class Piece(StrEnum):
    """What stands in a supplier's barcode."""

    ITEM = "item"
    LOT = "lot"
    QUANTITY = "quantity"
    USE_BY = "use_by"
    MADE_ON = "made_on"


PIECE_NAMES: Mapping[Piece, str] = {
    Piece.ITEM: N_("Item"),
    Piece.LOT: N_("Lot"),
    Piece.QUANTITY: N_("Quantity"),
    Piece.USE_BY: N_("Use by"),
    Piece.MADE_ON: N_("Made on"),
}
#: The ways in which suppliers write a day.
DAY_FORMS: Mapping[str, str] = {
    "YYMMDD": "%y%m%d",
    "YYYYMMDD": "%Y%m%d",
    "DDMMYY": "%d%m%y",
    "DDMMYYYY": "%d%m%Y",
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYY.MM.DD": "%Y.%m.%d",
}


class PieceOutside(Refused):
    """A piece that the example does not have."""

    message = N_("%(at)s is not in the example: it has %(many)s.")
    hint = N_("Write the first and the last character, such as 9-16, or the number of the part, such as 2.")
    status = 422


class PieceUnreadable(Refused):
    """A quantity without digits, a day that is none."""

    message = N_("“%(value)s” in the example cannot be read as: %(piece)s.")
    hint = N_("Mark other characters, or choose another form of the day.")
    status = 422


@dataclass(frozen=True)
class Cut:
    """A supplier's barcode in pieces; what it does not hold is None."""

    item: str | None = None
    lot: str | None = None
    quantity: Decimal | None = None
    use_by: date | None = None
    made_on: date | None = None


@dataclass(frozen=True)
class Pattern:
    """Where the pieces stand. Without ``delimiter`` by character ("9-16", "9-"), otherwise by part ("2", or "Q": the
    part that begins with Q)."""

    example: str
    delimiter: str = ""
    #: How every such code begins.
    prefix: str = ""
    at: Mapping[Piece, str] = field(default_factory=dict)
    #: Digits of the quantity behind the point.
    places: int = 0
    day_form: str = "YYMMDD"

    def cut(self, text: str) -> Cut | None:
        """The pieces of a code; None where it is no such code."""
        if not self._has_form(text):
            return None
        try:
            return self.cut_hard(text)
        except Refused:
            return None

    def cut_hard(self, text: str) -> Cut:
        """The pieces of a code of this form. Raises PieceOutside, PieceUnreadable."""
        found: dict[str, str | Decimal | date] = {}
        for piece, where in self.at.items():
            span = self.span(text, where)
            if span is None:
                raise PieceOutside(
                    field=f"{piece}_at", at=where, many=len(self.parts(text)) if self.delimiter else len(text)
                )
            value = text[slice(*span)].strip()
            found[piece.value] = self._read(piece, value)
        return Cut(**found)  # type: ignore[arg-type]  # the names of the pieces are those of the fields

    def span(self, text: str, where: str) -> tuple[int, int] | None:
        """From which to which character a piece goes."""
        parts = self.parts(text)
        if self.delimiter and not _is_number(where):
            begun = [(a + len(where), b) for a, b in parts if text[a:b].upper().startswith(where.upper())]
            return begun[0] if begun and begun[0][0] < begun[0][1] else None
        if self.delimiter:
            return parts[int(where) - 1] if 1 <= int(where) <= len(parts) else None
        match = _AT.fullmatch(where.strip())
        if not match:
            return None
        first = int(match[1])
        last = int(match[2]) if match[2] else len(text) if "-" in where else first
        return (first - 1, last) if 1 <= first <= last <= len(text) else None

    def parts(self, text: str) -> list[tuple[int, int]]:
        """Where the parts between the delimiters are; the whole text without one."""
        if not self.delimiter:
            return [(0, len(text))]
        sign = SEPARATORS if self.delimiter == GS_WORD and GS not in text else re.compile(re.escape(self._sign))
        spans, begin = [], 0
        for match in sign.finditer(text):
            spans.append((begin, match.start()))
            begin = match.end()
        return [*spans, (begin, len(text))]

    @property
    def _sign(self) -> str:
        return GS if self.delimiter == GS_WORD else self.delimiter

    @property
    def is_open(self) -> bool:
        """Whether its codes may be longer than the example."""
        return not self.delimiter and any(where.strip().endswith("-") for where in self.at.values())

    def _has_form(self, text: str) -> bool:
        if not text.upper().startswith(self.prefix.upper()):
            return False
        if self.delimiter:
            named = any(not _is_number(where) for where in self.at.values())
            return len(self.parts(text)) == len(self.parts(self.example)) or (named and len(self.parts(text)) > 1)
        return len(text) == len(self.example) or (self.is_open and len(text) > 0)

    def _read(self, piece: Piece, value: str) -> str | Decimal | date:
        try:
            if piece is Piece.QUANTITY:
                return self._number(value)
            if piece in (Piece.USE_BY, Piece.MADE_ON):
                return datetime.strptime(value, DAY_FORMS[self.day_form]).date()  # noqa: DTZ007  a day of the label
        except ValueError:
            value = value or " "
        else:
            if value:
                return value
        raise PieceUnreadable(field=f"{piece}_at", value=value, piece=_(PIECE_NAMES[piece]))

    def _number(self, value: str) -> Decimal:
        if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", value, re.ASCII) or not value.strip("0."):
            raise ValueError(value)
        number = Decimal(value)
        return number if "." in value else number.scaleb(-self.places)


def _is_number(where: str) -> bool:
    """Whether a place is the number of a part; ``²`` and ``①`` are digits to Unicode, but no numbers."""
    return where.isascii() and where.isdigit()


def marked(pattern: Pattern, text: str) -> list[tuple[str, Piece | None]]:
    """The characters of a text in their order, each with the piece it belongs to (to be shown)."""
    owner: dict[int, Piece] = {}
    for piece, where in pattern.at.items():
        span = pattern.span(text, where)
        for place in range(*span) if span else ():
            owner.setdefault(place, piece)
    return [(letter, owner.get(place)) for place, letter in enumerate(text)]


def overlap(pattern: Pattern) -> tuple[Piece, Piece] | None:
    """Two pieces that share a character of the example."""
    spans = [(piece, pattern.span(pattern.example, where)) for piece, where in pattern.at.items()]
    known = sorted((span, piece) for piece, span in spans if span)
    for ((_a, end), one), ((begin, _b), other) in pairwise(known):
        if begin < end:
            return one, other
    return None


def our_codes() -> Iterator[str]:
    """Codes as we print them, of every length and with copy numbers: no supplier's pattern may fit one."""
    for letter in "LWJSIRDNCGHPUBKF":
        for number in ("0001", "0417", "12345"):
            for day in ("260105", "271231"):
                code = with_check(f"{letter}{day}-{number}")
                yield from (code, f"{code}.2", f"{code}.12", f"https://mes.local/l/{code}")
        yield from (with_check(f"{letter}0001"), with_check(f"{letter}00017"), with_check(f"{letter}0123456789AB"))


def could_both_fit(one: Pattern, other: Pattern) -> bool:
    """Whether a code may be of both forms, so that nobody could tell whose it is."""
    if one.cut(other.example) or other.cut(one.example):
        return True
    begin, other_begin = one.prefix.upper(), other.prefix.upper()
    if one.delimiter != other.delimiter or not (begin.startswith(other_begin) or other_begin.startswith(begin)):
        return False
    if one.delimiter:
        return len(one.parts(one.example)) == len(other.parts(other.example)) and one.at == other.at
    same_length = len(one.example) == len(other.example) or one.is_open or other.is_open
    return same_length and one.at == other.at
