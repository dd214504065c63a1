"""From the text of one cell to a value, or to a reason in words.

All functions take the cell's text and raise a ``CellRefused``; the caller knows the row and the column. A
blank cell is refused as missing: use ``optional(parse, text)`` where a blank is allowed.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from unicodedata import is_normalized, normalize

from mes.exchange.cell_errors import (
    CellIsExcelError,
    CellIsMerged,
    CellIsMissing,
    CellIsNotCalculated,
    CellWasShortened,
    DateImplausible,
    NotADate,
    NotANumber,
    NotAWholeNumber,
    NotYesOrNo,
    NumberAboveMost,
    NumberIsNegative,
    NumberIsZero,
    NumberTooFine,
    NumberTooLarge,
    ShareTooLarge,
    TextHasControlCharacters,
    TextTooLong,
)

DECIMALS = 6
LONGEST_CODE = 64
LONGEST_NAME = 200
#: What a column of whole numbers holds.
LARGEST_INTEGER = 2**31 - 1
#: What Excel shows in a cell whose formula failed.
EXCEL_ERROR_WORDS = (
    "#N/A #DIV/0! #REF! #NAME? #VALUE! #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #UNKNOWN! #GETTING_DATA"
)
#: What a workbook's reader puts where a formula has no result in the file.
NOT_CALCULATED = "#FORMULA"
#: What stands for a number in a cell that is merged with the one above: it may count for each row or for all.
MERGED = "#MERGED"
EXCEL_ERRORS = frozenset(EXCEL_ERROR_WORDS.split())
YES_WORDS = "예 네 y yes true t 1 o ○ ◯ 유 있음 해당 ✓ ✔ v"
NO_WORDS = "아니오 아니요 n no false f 0 x × 무 없음 미해당 해당없음 -"
YES, NO = frozenset(YES_WORDS.split()), frozenset(NO_WORDS.split())

_PLAIN = re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]*)?|[+-]?\.[0-9]+", re.ASCII)
_POWER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE]\+[0-9]+", re.ASCII)
#: Raised, lowered, circled and broken figures: ``10²`` is not 102.
_RAISED = re.compile("[²³¹⁰⁴-⁹₀-₉①-⓿¼-¾⅐-⅞]")
_DATE = re.compile(
    r"([0-9]{4})\s*(?:[-./]|년)\s*([0-9]{1,2})\s*(?:[-./]|월)\s*([0-9]{1,2})\s*[.일]?"
    r"(?:\s*\(\S{1,3}\))?(?:[T\s]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?",
    re.ASCII,
)
_CELL_BREAKS = re.compile(r"[\t\r\n\v\f]+")
_EXCEL_DAY_ZERO = date(1899, 12, 30)

Value = TypeVar("Value")


def shown(text: str) -> str:
    """A cell's text as a sentence can carry it: one line, at most 40 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def optional(parse: Callable[[str], Value], text: str) -> Value | None:
    """The parsed value, or None for a blank cell."""
    return parse(text) if text and not text.isspace() else None


def _filled(text: str) -> str:
    text = text.strip()
    if not text:
        raise CellIsMissing(value="")
    if text == NOT_CALCULATED:
        raise CellIsNotCalculated(value="")
    if text == MERGED:
        raise CellIsMerged(value="")
    if text[0] == "#" and text in EXCEL_ERRORS:
        raise CellIsExcelError(value=text)
    return text


def parse_quantity(text: str, *, negative: bool = False, zero: bool = True) -> Decimal:
    """An exact number: ``1,234.5`` or ``１２``, at most 6 decimals, below 10^12 in size.

    ``negative`` lets numbers below zero through, ``zero=False`` refuses zero. Units, words, powers of ten and
    commas that do not group thousands are refused: a plant's "1,5" may be 1.5 or a slip for 15, its "0,125" is no 125.
    """
    written = _filled(text)
    plain = written if written.isascii() else normalize("NFKC", written).replace("−", "-")
    if not _PLAIN.fullmatch(plain) or _RAISED.search(written):
        raise CellWasShortened(value=written) if _POWER.fullmatch(plain) else NotANumber(value=shown(written))
    if len(plain) > 100:
        raise (
            NumberTooFine(value=shown(written), places=DECIMALS)
            if "." in plain
            else NumberTooLarge(value=shown(written))
        )
    number = Decimal(plain.replace(",", ""))
    if number.adjusted() >= 12 and number:
        raise NumberTooLarge(value=shown(written))
    if "." in plain and number != round(number, DECIMALS):
        raise NumberTooFine(value=shown(written), places=DECIMALS)
    if number < 0 and not negative:
        raise NumberIsNegative(value=shown(written))
    if not zero and not number:
        raise NumberIsZero(value=shown(written))
    return number


def parse_percent(text: str) -> Decimal:
    """A share of a hundred: ``5``, ``5 %`` and an Excel cell shown as 5 % are all 5; 0 to below 100."""
    written = text.strip()
    number = parse_quantity(written[:-1] if written[-1:] in ("%", "％") else written)
    if number >= 100:
        raise ShareTooLarge(value=shown(written))
    return number


def parse_integer(text: str, *, negative: bool = False, zero: bool = True, most: int = LARGEST_INTEGER) -> int:
    """A whole number of at most ``most``, with the same rules as a quantity; ``5.0`` is 5."""
    number = parse_quantity(text, negative=negative, zero=zero)
    if number != number.to_integral_value():
        raise NotAWholeNumber(value=shown(text))
    if abs(number) > most:
        raise NumberAboveMost(value=shown(text), most=most)
    return int(number)


@lru_cache(maxsize=4096)
def parse_date(text: str, first_year: int = 2000, last_year: int = 2100) -> date:
    """A day in year-month-day order: 2026-01-05, 2026.1.5, 20260105, 2026년 1월 5일, or Excel's day number.

    Two-digit years and day-month orders are refused, because they can be read in more than one way.
    """
    written = _filled(text)
    plain = written if written.isascii() else normalize("NFKC", written)
    try:
        day = _day(plain)
    except (ValueError, OverflowError):
        day = None
    if day is None:
        year = plain[:4]
        if _DATE.fullmatch(plain) and not first_year <= int(year) <= last_year:
            raise DateImplausible(value=shown(written), first=str(first_year), last=str(last_year))
        raise NotADate(value=shown(written))
    if not first_year <= day.year <= last_year:
        raise DateImplausible(value=shown(written), first=str(first_year), last=str(last_year))
    return day


def _day(plain: str) -> date | None:
    if plain.isdigit():
        if len(plain) == 8:
            return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
        return _EXCEL_DAY_ZERO + timedelta(days=int(plain)) if len(plain) == 5 else None
    found = _DATE.fullmatch(plain)
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None


def parse_yes_no(text: str) -> bool:
    """Yes or no: 예/아니오, Y/N, O/X, TRUE/FALSE, 유/무, 1/0."""
    word = normalize("NFKC", _filled(text)).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise NotYesOrNo(value=shown(text))


def parse_code(text: str) -> str:
    """A code: trimmed, at most 64 characters, no invisible ones, otherwise exactly as written.

    ``00123``, ``1E5`` and ``3-4`` stay; ``9.55167E+12`` is refused, because Excel has thrown digits away.
    """
    code = text.strip()
    if not code or code[0] == "#":
        code = _filled(code)
    if len(code) > LONGEST_CODE:
        raise TextTooLong(value=shown(code), limit=LONGEST_CODE)
    if not code.isprintable():
        raise TextHasControlCharacters(value=shown(code))
    if "+" in code and _POWER.fullmatch(code):
        raise CellWasShortened(value=code)
    return code if code.isascii() or is_normalized("NFC", code) else normalize("NFC", code)


def parse_name(text: str, limit: int = LONGEST_NAME) -> str:
    """A name or short text: trimmed, at most 200 characters; line breaks become spaces."""
    name = _filled(text)
    if not name.isprintable():
        name = _CELL_BREAKS.sub(" ", name)
        if any(letter < " " or "\x7f" <= letter < "\xa0" for letter in name):
            raise TextHasControlCharacters(value=shown(name))
    if len(name) > limit:
        raise TextTooLong(value=shown(name), limit=limit)
    return name if name.isascii() or is_normalized("NFC", name) else normalize("NFC", name)


def parse_text(text: str, limit: int = 4000) -> str:
    """A longer text such as an instruction: like a name, but its line breaks stay."""
    lines = _filled(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join(parse_name(line, limit) if line.strip() else "" for line in lines)
    if len(kept) > limit:
        raise TextTooLong(value=shown(kept), limit=limit)
    return kept


def parse_codes(text: str) -> tuple[str, ...]:
    """Several codes in one cell, parted by commas, semicolons or line breaks; other signs are part of a code."""
    return tuple(parse_code(word) for word in re.split(r"[,;\n]", text) if word.strip())


def parse_list(text: str) -> list[str]:
    """Several words in one cell, parted by commas, semicolons, slashes or line breaks; blank gives none."""
    words = re.split(r"[,;/|\n、·]", text)
    return [word.strip() for word in words if word.strip()]
