"""The dresses in which a code arrives: symbology prefix, web address, GS1 Digital Link, GS1 elements, bare numbers."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from urllib.parse import unquote, urlsplit

from mes.core.errors import Refused
from mes.core.gs1 import (
    GS,
    WrongCheckDigit,
    is_gtin,
    is_sscc,
    parse_elements,
    parse_readable,
)
from mes.core.gs1 import (
    is_checked as has_check_digit,
)
from mes.core.gs1_link import NoKey, NotWebLink, parse_link
from mes.core.numbering import is_checked
from mes.core.practice import scanned
from mes.core.strangers import StrangersPage, refuse_strangers


class Correction(StrEnum):
    """What had to be taken off or turned back to read the code."""

    HANGUL = "hangul"
    LAYOUT = "layout"
    WIDTH = "width"
    PREFIX = "prefix"
    CONTROL = "control"
    ADDRESS = "address"
    SEPARATOR = "separator"
    DASH = "dash"
    COPY = "copy"


@dataclass(frozen=True)
class Reading:
    """One way to read the text: a plain code, or the identifiers of a GS1 code."""

    code: str = ""
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires: str | None = None
    #: Of the label: 1 is the first one that was printed.
    copy: int = 1
    #: The number of a box or pallet.
    sscc: str | None = None
    #: Every element of a GS1 code, as it stands there.
    elements: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def texts(self) -> tuple[str, ...]:
        """What to look for, in the spellings in which it may be recorded."""
        plain = self.code or self.serial or self.lot or self.sscc or ""
        return tuple(dict.fromkeys(t for t in (plain, plain.upper(), plain.lower()) if t))


@dataclass
class Undressing:
    """What is learned about a text on the way: what was taken off, and what is wrong with it."""

    corrections: set[Correction] = field(default_factory=set)
    trouble: Refused | None = None


#: The form of the codes that we print: lots, orders, jobs, papers. In the group: the mark of the plant, if it has one.
OURS = re.compile(r"[A-Z]\d{6}-([A-Z]{0,2})\d{4,}[0-9A-Z]")
_WITHOUT_DASH = re.compile(r"([A-Z]\d{6})([A-Z]{0,2}\d{4,}[0-9A-Z])")
_COPY = re.compile(r"(.{3,}[0-9A-Za-z])\.([1-9][0-9]{0,2})")
#: What a scanner that is set to it sends first: the kind of the symbol.
SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
#: The prefixes that say "GS1 elements follow": GS1-128, DataBar, Data Matrix, QR, DotCode.
_GS1_SYMBOLOGY = re.compile(r"\](C1|e0|d2|Q3|J1)")
#: How keyboards, drivers and other programs write the separator that they cannot type.
SEPARATORS = re.compile(r"\x1d|\u241d|\u2194|\^\]|\{GS\}|<GS>|\[GS\]|\\x1d|\\u001d|\\F|[|~]", re.IGNORECASE)
_WEB = re.compile(r"https?:/", re.IGNORECASE)
_SHORT = re.compile(r"/[ls]/([^/]+)/?$", re.IGNORECASE)
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
#: Lot and serial number have no fixed length; what may follow them on a label.
_VARIABLE = ("10", "21")
_FOLLOWING = (*_VARIABLE, "11", "15", "17", "37")
_LONGEST_GS1 = 200
#: No label carries more lost separators than make this many ways to read it.
_MOST_WAYS = 8


def undress(text: str, seen: Undressing) -> Iterator[Reading]:
    """The readings of a text, the likeliest first. Raises what ``refuse_strangers`` raises."""
    is_gs1 = bool(_GS1_SYMBOLOGY.match(text)) or text.startswith(GS)
    if SYMBOLOGY.match(text):
        seen.corrections.add(Correction.PREFIX)
        text = text[3:]
    text = scanned(text.strip().strip(GS))
    if _WEB.match(text):
        seen.corrections.add(Correction.ADDRESS)
        yield from _address(text, seen)
        return
    refuse_strangers(text)
    yield from _elements(text, is_gs1, seen)
    plain = text.replace(GS, "")
    if plain:
        yield from _plain(plain, seen)


def _plain(text: str, seen: Undressing) -> Iterator[Reading]:
    """A code as it stands, without its copy number, and with the dash that somebody left out."""
    copied = _COPY.fullmatch(text)
    if copied and is_checked(copied[1]):
        seen.corrections.add(Correction.COPY)
        yield Reading(code=copied[1], copy=int(copied[2]))
    # a sharp s, which a German keyboard types for the dash, becomes two letters in capitals: they are no plant's mark
    slim = _WITHOUT_DASH.fullmatch(re.sub(r"[ -]", "", text.upper())) if text.isascii() else None
    if slim and is_checked(slim[0]) and not OURS.fullmatch(text.upper()):
        seen.corrections.add(Correction.DASH)
        yield Reading(code=f"{slim[1]}-{slim[2]}")
    yield Reading(code=text)


def _address(text: str, seen: Undressing) -> Iterator[Reading]:
    """The code in a web address, whatever its host: /s/CODE, /l/CODE or a GS1 Digital Link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    short = _SHORT.search(parts.path)
    if short:
        yield from _plain(unquote(short[1]).strip(), seen)
        return
    try:
        yield _identified(parse_link(text))
        return
    except (NoKey, NotWebLink):
        pass
    except Refused as trouble:
        seen.trouble = trouble
        return
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]).strip()
    if is_checked(last.partition(".")[0]):
        yield from _plain(last, seen)
    else:
        seen.trouble = StrangersPage(host=(parts.hostname or "?")[:60])


def _identified(elements: Mapping[str, str]) -> Reading:
    gtin = elements.get("01") or elements.get("02")
    return Reading(
        gtin=gtin.zfill(14) if gtin else None,
        lot=elements.get("10"),
        serial=elements.get("21"),
        expires=elements.get("17") or elements.get("15"),
        sscc=elements.get("00"),
        elements=tuple(elements.items()),
    )


def _elements(text: str, is_gs1: bool, seen: Undressing) -> Iterator[Reading]:
    """GS1 elements: with brackets, with separators, or without any; and the bare number of a package or pallet."""
    if is_gtin(text):
        yield Reading(gtin=text.zfill(14), elements=(("01", text.zfill(14)),))
        return
    if is_sscc(text):
        yield Reading(sscc=text, elements=(("00", text),))
        return
    if text.startswith("("):
        yield from _parsed_with(parse_readable, text, seen, told=True)
        return
    begins = re.match(r"(01|02)(\d{14})|(00)(\d{18})", text, re.ASCII)
    number = begins and (begins[2] or begins[4])
    if len(text) > _LONGEST_GS1 or not (is_gs1 or number):
        return
    if number and not has_check_digit(number):
        seen.trouble = WrongCheckDigit(ai=text[:2], value=number)
        return
    separated = SEPARATORS.sub(GS, text)
    if separated != text:
        seen.corrections.add(Correction.SEPARATOR)
    yield from _parsed_with(parse_elements, separated, seen, told=is_gs1)
    for candidate in islice(_split_again(separated), _MOST_WAYS):
        yield from _parsed_with(parse_elements, candidate, seen, told=False)


def _parsed_with(
    parse: Callable[[str], dict[str, str]], text: str, seen: Undressing, *, told: bool
) -> Iterator[Reading]:
    """The reading, if it is one; where the text itself says that it is GS1, what is wrong with it is remembered."""
    try:
        yield _identified(parse(text))
    except Refused as trouble:
        if told or isinstance(trouble, WrongCheckDigit):
            seen.trouble = trouble


def _split_again(text: str) -> Iterator[str]:
    """Where separators may have been lost: after a lot or serial number, before what can be another element."""
    if GS in text:
        return
    at = 0
    while len(text) - at > 2 and len(text) - at >= 2 + (length := _FIXED.get(text[at : at + 2], len(text))):
        at += 2 + length
    if text[at : at + 2] not in _VARIABLE:
        return
    for cut in range(at + 3, min(len(text), at + 23)):
        if text[cut : cut + 2] in _FOLLOWING and _is_gs1(text[cut:]):
            yield f"{text[:cut]}{GS}{text[cut:]}"
            yield from (f"{text[:cut]}{GS}{tail}" for tail in _split_again(text[cut:]))


def _is_gs1(text: str) -> bool:
    try:
        parse_elements(text)
    except Refused:
        return False
    return True
