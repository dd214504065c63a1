"""GS1 identifiers: check digits and element strings (GS1-128, GS1 DataMatrix); addresses are in ``gs1_link``.

A GS1 code is a set of elements: an application identifier (AI) and its value, held here as ``{"01": gtin, "10": lot}``.
What a value may look like is taken from the GS1 table in ``biip``; check digits are always verified.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mes.core.errors import Refused
from mes.core.i18n import N_

#: Between a value of variable length and the next element (FNC1 in the symbol).
GS = "\x1d"
GTIN_LENGTHS = (8, 12, 13, 14)
SSCC_LENGTH = 18
GLN_LENGTH = 13

#: Identification keys and, in their order, the qualifiers that make them more exact.
KEYS: Mapping[str, tuple[str, ...]] = {
    "00": (), "01": ("22", "10", "21", "235"), "253": (), "255": (), "401": (), "402": (),
    **{f"41{n}": () for n in range(4)}, "414": ("254", "7040"), "415": ("8020",), "417": ("7040",), "8003": (),
    "8004": ("7040",), "8006": ("22", "10", "21"), "8010": ("8011",), "8013": (), "8017": ("8019",),
    "8018": ("8019",),
}  # fmt: skip
#: Elements whose first so many digits end in a check digit.
_CHECKED = {
    "00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17, "8003": 14, "8006": 14, "8017": 18,
    "8018": 18, "8026": 14, **{f"41{n}": 13 for n in range(8)},
}  # fmt: skip
#: Days without a century: production, due, payment, packaging, best before, sell by, expiry.
_DAYS = ("11", "12", "13", "15", "16", "17")
#: No symbol holds more.
LONGEST = 2000


class WrongCheckDigit(Refused):
    """A digit was misread or mistyped: the number belongs to something else or to nothing."""

    message = N_("The last digit of %(value)s is not the check digit of a GS1 number (%(ai)s).")
    hint = N_("Scan it once more, or compare the digits with what is printed.")
    status = 422


class BadElement(Refused):
    """A value that its identifier does not allow: a lot of 30 characters, a Hangul letter, a day that is none."""

    message = N_("“%(value)s” cannot stand behind the GS1 identifier (%(ai)s).")
    hint = N_("GS1 codes hold plain letters, digits and a few signs, of the length the identifier allows.")
    status = 422


class UnknownElement(Refused):
    """An application identifier that GS1 does not know."""

    message = N_("(%(ai)s) is no GS1 application identifier.")
    hint = N_("Check the label's layout, or scan the code once more.")
    status = 422


class NotElements(Refused):
    """A text that is no GS1 element string."""

    message = N_("“%(text)s” cannot be read as GS1 elements.")
    hint = N_("Scan it once more; the scanner must send the separator (GS) between the elements.")
    status = 422


class SaidTwice(Refused):
    """One element with two values."""

    message = N_("The GS1 identifier (%(ai)s) stands there twice, with different values.")
    hint = N_("Ask the maker of the label which one is right.")
    status = 422


@dataclass(frozen=True)
class Identifier:
    """What the GS1 table says about an application identifier."""

    ai: str
    pattern: str
    variable: bool


def check_digit(body: str) -> str:
    """The digit that follows the digits of a GTIN, SSCC or GLN (weights 3 and 1 from the right)."""
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return str(-weighted % 10)


def is_checked(text: str) -> bool:
    """Whether a text is digits that end in the right check digit."""
    return len(text) > 1 and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def is_gtin(text: str) -> bool:
    """Whether a text is the number of a trade item: 8, 12, 13 or 14 digits and the check digit right."""
    return len(text) in GTIN_LENGTHS and is_checked(text)


def spellings_of_gtin(gtin: str) -> set[str]:
    """A trade item's number with 14, 13, 12 and 8 digits, as far as only zeros fall away."""
    return {gtin[-length:] for length in GTIN_LENGTHS if len(gtin) >= length and not gtin[:-length].strip("0")}


def is_sscc(text: str) -> bool:
    """Whether a text is the number of a box or pallet: 18 digits and the check digit right."""
    return len(text) == SSCC_LENGTH and is_checked(text)


def is_gln(text: str) -> bool:
    """Whether a text is the number of a place or company: 13 digits and the check digit right."""
    return len(text) == GLN_LENGTH and is_checked(text)


def gtin14(gtin: str) -> str:
    """A GTIN as element (01) holds it, with leading zeros. Raises WrongCheckDigit."""
    if not is_gtin(gtin):
        raise WrongCheckDigit(value=gtin, ai="01")
    return gtin.zfill(14)


def make_sscc(extension: int, prefix: str, number: int) -> str:
    """The number of a box or pallet: extension digit, company prefix, running number, check digit.

    ``number`` is below ``serials_of(prefix)``.
    """
    room = SSCC_LENGTH - 2 - len(prefix)
    body = f"{extension}{prefix}{number:0{room}d}"
    return body + check_digit(body)


def serials_of(prefix: str) -> int:
    """How many boxes and pallets a company prefix leaves room for: a million with 10 digits, a billion with 7."""
    return int("1" + "0" * (SSCC_LENGTH - 2 - len(prefix)))


def day_text(day: date) -> str:
    """A day as GS1 codes write it: YYMMDD."""
    return f"{day:%y%m%d}"


def day_of(text: str, year: int) -> date | None:
    """The day of a YYMMDD, in the century nearest to ``year``; day 00 is the last of its month. None: there is no
    such day."""
    if not re.fullmatch(r"\d{6}", text, re.ASCII):
        return None
    full = year - year % 100 + int(text[:2])
    full += 100 if full <= year - 50 else -100 if full > year + 50 else 0
    month, day = int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(full, month)[1]
    return date(full, month, day or last) if day <= last else None


def checked(elements: Mapping[str, str]) -> dict[str, str]:
    """The elements with every value proved, in the order of ``ordered``.

    Raises UnknownElement, BadElement, WrongCheckDigit.
    """
    for ai, value in elements.items():
        _check(identifier(ai), value)
    return ordered(elements)


def ordered(elements: Mapping[str, str]) -> dict[str, str]:
    """The key first, behind it its qualifiers in their order ((01)(22)(10)(21)), then the attributes as given."""
    keys = [key for key in KEYS if key in elements]
    first = [ai for key in keys for ai in (key, *KEYS[key]) if ai in elements]
    return {ai: elements[ai] for ai in dict.fromkeys((*first, *elements))}


def element_string(elements: Mapping[str, str], *, as_given: bool = False) -> str:
    """What the symbol holds, without its leading FNC1: GS stands only between a value of variable length and the next.

    ``as_given``: in the order of the mapping (a medical label sets its days before the lot).
    """
    proved = checked(elements)
    parts = list(elements.items() if as_given else proved.items())
    text = ""
    for place, (ai, value) in enumerate(parts, 1):
        text += ai + value + (GS if identifier(ai).variable and place < len(parts) else "")
    return text


def readable(elements: Mapping[str, str], *, as_given: bool = False) -> str:
    """The elements as people read them below the symbol: (01)09501101530003(10)ABC."""
    return "".join(f"({ai}){value}" for ai, value in (elements if as_given else ordered(elements)).items())


def parse_elements(text: str) -> dict[str, str]:
    """The elements of a string with GS between them, in the order in which they stand.

    A leading GS and one behind a value of fixed length are let pass. Raises NotElements, UnknownElement, BadElement,
    WrongCheckDigit, SaidTwice.
    """
    rest = text.strip(GS)
    if not rest or len(text) > LONGEST:
        raise NotElements(text=text[:60])
    found: dict[str, str] = {}
    while rest:
        known = _leading(rest)
        if known is None:
            raise NotElements(text=text[:60])
        held = rest.partition(GS)[0]
        match = re.match(known.pattern.removesuffix("$"), held, re.ASCII)
        value = match[0][len(known.ai) :] if match else held[len(known.ai) :]
        add_element(found, known, value)
        rest = rest[len(known.ai) + len(value) :]
        if rest and known.variable and not rest.startswith(GS):
            raise BadElement(ai=known.ai, value=held[len(known.ai) :])
        rest = rest.lstrip(GS)
    return found


def parse_readable(text: str) -> dict[str, str]:
    """The elements of a text with brackets, as people type it: (01)09501101530003(10)ABC. Raises as parse_elements."""
    if not text.startswith("(") or len(text) > LONGEST:
        raise NotElements(text=text[:60])
    found: dict[str, str] = {}
    starts = [m for m in re.finditer(r"\((\d{2,4})\)", text, re.ASCII) if known_identifier(m[1])]
    if not starts or starts[0].start():
        raise NotElements(text=text[:60])
    for here, following in zip(starts, (*starts[1:], None), strict=True):
        value = text[here.end() : following.start() if following else None].strip()
        add_element(found, identifier(here[1]), value)
    return found


def known_identifier(ai: str) -> Identifier | None:
    """What GS1 says about an application identifier; None: it knows none of this number."""
    found = _leading(ai)
    return found if found is not None and found.ai == ai else None


def identifier(ai: str) -> Identifier:
    """The same. Raises UnknownElement."""
    found = known_identifier(ai)
    if found is None:
        raise UnknownElement(ai=ai)
    return found


def _leading(text: str) -> Identifier | None:
    """The identifier with which a text begins."""
    return _table(text[:4]) if re.match(r"\d\d", text, re.ASCII) else None


@lru_cache(10_000)
def _table(text: str) -> Identifier | None:
    from biip import ParseError
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        found = GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return None
    return Identifier(found.ai, found.pattern, found.separator_required)


def add_element(found: dict[str, str], known: Identifier, value: str) -> None:
    """Take a proved value in. Raises BadElement, WrongCheckDigit, SaidTwice."""
    _check(known, value)
    if found.setdefault(known.ai, value) != value:
        raise SaidTwice(ai=known.ai)


def _check(known: Identifier, value: str) -> None:
    if not re.fullmatch(known.pattern, known.ai + value, re.ASCII) or value.endswith("\n"):
        raise BadElement(ai=known.ai, value=value[:60])
    length = _CHECKED.get(known.ai)
    if length and not is_checked(value[:length]):
        raise WrongCheckDigit(ai=known.ai, value=value[:length])
    if known.ai in _DAYS and day_of(value, 2000) is None:
        raise BadElement(ai=known.ai, value=value)
